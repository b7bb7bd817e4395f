"""What the pages of jobs over files say, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text
from addrsvc.file_jobs.model import Kind

KIND_TITLES: Final[dict[Kind, Text]] = {
    Kind.GEOCODE: Text(
        "Tìm tọa độ và mã cho danh sách địa chỉ", "Find coordinates and codes for addresses"
    ),
    Kind.REVERSE: Text(
        "Tìm phường, xã và địa chỉ gần nhất cho danh sách tọa độ",
        "Find communes and nearest addresses for coordinates",
    ),
    Kind.VALIDATE: Text(
        "Kiểm tra danh sách địa chỉ: đúng hay cần sửa", "Check addresses: right, or to be mended"
    ),
    Kind.CONVERT: Text(
        "Đổi phường, xã cũ sang phường, xã hiện nay", "Turn former communes into present ones"
    ),
    Kind.CHECK: Text("Kiểm tra danh sách mã địa chỉ số", "Check digital address codes"),
    Kind.PLANNING: Text(
        "Tra quy hoạch cho danh sách mã địa chỉ số hoặc tọa độ",
        "Find what plans say of addresses or coordinates",
    ),
    Kind.DOSSIERS: Text(
        "Đưa hồ sơ vào sổ và liên kết địa chỉ của hồ sơ",
        "Bring dossiers in and link their addresses",
    ),
}

COUNT_NAMES: Final[dict[str, Text]] = {
    "certain": Text("Chắc chắn, dùng được ngay", "Certain, may be used as it is"),
    "review": Text("Cần người xem lại", "For a person to look at"),
    "not_found": Text("Không tìm thấy", "Not found"),
    "received": Text("Hồ sơ mới", "New dossiers"),
    "changed": Text("Hồ sơ đã có, được cập nhật", "Dossiers that were there, changed"),
    "unchanged": Text("Hồ sơ đã có, không thay đổi", "Dossiers that were there, unchanged"),
    "empty": Text("Ô trống", "Empty"),
    "too_long": Text("Quá dài để đọc", "Too long to be read"),
    "refused": Text("Không hợp lệ (lý do ghi trong kết quả)", "Refused (the result says why)"),
    "unreadable": Text(
        "Dòng không đọc được (lý do ghi trong kết quả)", "Unreadable (the result says why)"
    ),
}

FORMAT_NAMES: Final[dict[str, Text]] = {
    "csv": Text("CSV (mở bằng Excel, LibreOffice)", "CSV (opens in Excel, LibreOffice)"),
    "xlsx": Text("Bảng tính Excel (XLSX)", "Excel spreadsheet (XLSX)"),
    "geojson": Text("GeoJSON (bản đồ trên web)", "GeoJSON (web maps)"),
    "gpkg": Text("GeoPackage (QGIS)", "GeoPackage (QGIS)"),
    "ndjson": Text("NDJSON (cho phần mềm)", "NDJSON (for software)"),
    "parquet": Text("Parquet (phân tích dữ liệu)", "Parquet (data analysis)"),
}

JOB_WORDS: Final[dict[str, Text]] = {
    # sending a file
    "jobs_title": Text("Xử lý tệp danh sách", "Files of rows"),
    "jobs_nav": Text("Xử lý tệp", "Files"),
    "jobs_lead": Text(
        "Gửi một tệp, mỗi dòng một địa chỉ, tọa độ, mã hay hồ sơ. Kết quả giữ nguyên mọi dòng, mọi "
        "cột theo đúng thứ tự và thêm các cột trả lời.",
        "Send a file with an address, a point, a code or a dossier in each row. The result keeps "
        "every row and column in order and adds columns with the answers.",
    ),
    "jobs_send_title": Text("Gửi tệp mới", "Send a file"),
    "jobs_kind": Text("Bạn muốn làm gì?", "What do you want to do?"),
    "jobs_template": Text("Tải tệp mẫu", "Template"),
    "jobs_file": Text("Chọn tệp", "Choose a file"),
    "jobs_file_drop": Text("Kéo thả tệp vào đây, hoặc", "Drop a file here, or"),
    "jobs_file_hint": Text(
        "CSV, XLSX, NDJSON, GeoJSON, GeoPackage hoặc Parquet, tới {size}. Tên cột ở dòng đầu.",
        "CSV, XLSX, NDJSON, GeoJSON, GeoPackage or Parquet, up to {size}. Names of columns in the "
        "first row.",
    ),
    "jobs_format": Text("Định dạng kết quả", "Format of the result"),
    "jobs_send": Text("Gửi tệp", "Send the file"),
    "jobs_send_next": Text(
        "Sau khi gửi, bạn xem lại các cột rồi mới bắt đầu xử lý.",
        "Once it is sent you look at its columns before anything is done.",
    ),
    "jobs_sending": Text("Đang gửi tệp", "Sending the file"),
    "jobs_stop_sending": Text("Dừng gửi", "Stop sending"),
    "jobs_no_file": Text("Hãy chọn một tệp.", "Please choose a file."),
    "jobs_too_large": Text(
        "Tệp lớn hơn {size}. Hãy chia thành nhiều tệp, mỗi tệp có dòng tên cột.",
        "The file is larger than {size}. Cut it into several, each with the names of the columns.",
    ),
    "jobs_connection": Text(
        "Mất kết nối khi đang gửi nên tệp chưa tới nơi. Hãy kiểm tra mạng rồi gửi lại.",
        "The connection was lost and the file did not arrive. Check the network and send it again.",
    ),
    "jobs_stopped": Text("Đã dừng, tệp không được nhận.", "Stopped; the file was not taken."),
    "jobs_needs_script": Text(
        "Gửi tệp từ trang này cần JavaScript. Danh sách và kết quả dưới đây vẫn dùng được; phần "
        "mềm có thể gửi tệp qua API: POST /v1/jobs.",
        "To send a file from this page, turn on JavaScript. The list and results below work "
        "without; software sends files to POST /v1/jobs.",
    ),
    # the list
    "jobs_list_title": Text("Các tệp của bạn", "Your files"),
    "jobs_none": Text("Bạn chưa gửi tệp nào.", "You have sent no file yet."),
    "jobs_column_file": Text("Tệp", "File"),
    "jobs_column_state": Text("Tình trạng", "State"),
    "jobs_column_rows": Text("Số dòng", "Rows"),
    "jobs_column_sent": Text("Gửi lúc", "Sent"),
    "jobs_column_kept": Text("Tệp được giữ đến", "Files kept until"),
    "jobs_files_gone": Text("đã xóa", "deleted"),
    "jobs_files_not_kept": Text("không giữ", "not kept"),
    "jobs_older": Text("Các tệp gửi trước đó", "Earlier ones"),
    "jobs_all": Text("Về danh sách tệp", "All your files"),
    # one job
    "job_sent": Text("gửi lúc {moment}", "sent at {moment}"),
    "job_progress": Text("Tiến độ", "Progress"),
    "job_rows": Text("Đã xong", "Done"),
    "job_rows_of": Text("{done} / {total} dòng", "{done} / {total} rows"),
    "job_rate": Text("Tốc độ", "Rate"),
    "job_rate_value": Text("{count} dòng/giây", "{count} rows/s"),
    "job_left": Text("Còn lại", "Time left"),
    "job_seconds": Text("khoảng {count} giây", "about {count} s"),
    "job_minutes": Text("khoảng {count} phút", "about {count} min"),
    "job_hours": Text("khoảng {count} giờ", "about {count} h"),
    "job_counts": Text("Kết quả theo loại", "Rows by outcome"),
    "job_ahead": Text(
        "Có {count} tệp đang chờ trước tệp này.", "{count} files wait before this one."
    ),
    "job_stuck_title": Text("Chưa có tiến trình xử lý tệp", "No process takes files"),
    "job_stuck": Text(
        "Tệp còn nguyên và sẽ tự được làm tiếp khi có tiến trình xử lý tệp. Nếu chờ lâu, hãy báo "
        "quản trị viên chạy lệnh:",
        "The file is safe and will be gone on with once a process for files runs. If it takes "
        "long, ask the operator to start one:",
    ),
    "job_connection": Text(
        "Mất kết nối với máy chủ; trang sẽ tự thử lại. Việc xử lý không bị ảnh hưởng.",
        "No connection to the server; this page keeps trying. The work itself goes on.",
    ),
    "job_reload": Text(
        "Trang tự tải lại sau mỗi 10 giây. Bật JavaScript để theo dõi liên tục.",
        "This page loads itself anew every 10 seconds. Turn on JavaScript to follow it live.",
    ),
    "job_cancel": Text("Hủy xử lý", "Cancel"),
    "job_cancel_sure": Text(
        "Dừng hẳn và xóa tệp đã gửi. Không lấy lại được.",
        "It ends for good and the file is deleted. This cannot be undone.",
    ),
    "job_cancel_yes": Text("Hủy và xóa tệp", "Cancel and delete the file"),
    "job_cancelled": Text(
        "Bạn đã hủy lần xử lý này; tệp đã gửi được xóa. Muốn làm lại, hãy gửi lại tệp.",
        "You cancelled this; the file is deleted. To do it after all, send the file again.",
    ),
    # columns
    "job_columns_title": Text("Cột nào là gì?", "Which column is which?"),
    "job_columns_lead": Text(
        "Hệ thống đoán như dưới đây. Hãy xem lại, sửa nếu cần, rồi bắt đầu.",
        "This is a guess. Look at it, put it right if need be, then begin.",
    ),
    "job_column_none": Text("— không có —", "— none —"),
    "job_other_columns": Text("Chọn thêm cột khác", "Other columns"),
    "job_start": Text("Bắt đầu xử lý", "Begin"),
    "job_first_rows": Text("Những dòng đầu của tệp", "The first rows of the file"),
    "job_first_rows_hint": Text(
        "Nếu chữ có dấu hiện sai, hãy lưu lại tệp bằng bảng mã UTF-8 rồi gửi lại.",
        "If accents look wrong, save the file as UTF-8 and send it again.",
    ),
    "job_encoding": Text("Bảng mã: {encoding}", "Encoding: {encoding}"),
    # how it ended
    "job_download": Text("Tải kết quả", "Download the result"),
    "job_result_kept": Text("Kết quả được giữ đến {moment}.", "The result is kept until {moment}."),
    "job_result_gone": Text(
        "Tệp và kết quả đã được xóa; biên nhận vẫn còn dưới đây.",
        "File and result are deleted; the receipt below is left.",
    ),
    "job_changes": Text("Xem những gì đã thay đổi từ đó đến nay", "See what has changed since"),
    "job_changes_title": Text("Những gì đã thay đổi từ đó đến nay", "What has changed since"),
    "job_changes_hint": Text(
        "Các dòng có địa chỉ đã tách, gộp, chuyển hay ngừng dùng từ lúc xử lý tệp.",
        "Rows whose address was split, merged, moved or retired since the file was worked on.",
    ),
    "job_changes_line": Text("Dòng", "Line"),
    "job_changes_done": Text("Đã xảy ra", "What happened"),
    "job_changes_now": Text("Hiện nay", "Now"),
    "job_changes_unseen": Text("không còn được xem", "not yours to see any more"),
    "job_changes_none": Text(
        "Chưa có địa chỉ nào trong tệp thay đổi.", "No address of the file has changed."
    ),
    "job_changes_more": Text("Xem tiếp", "Go on"),
    "job_refused_line": Text("Dòng {line}", "Line {line}"),
    "job_refused_next": Text(
        "Hãy sửa chỗ đó trong tệp rồi gửi lại.", "Put that right in the file and send it again."
    ),
    "job_send_again": Text("Gửi lại tệp", "Send a file again"),
    # the receipt
    "job_receipt": Text("Biên nhận", "Receipt"),
    "job_print": Text("In biên nhận", "Print the receipt"),
    "job_receipt_id": Text("Mã lần xử lý", "Number"),
    "job_receipt_input": Text("Tệp đã gửi", "File sent"),
    "job_receipt_result": Text("Tệp kết quả", "Result"),
    "job_receipt_rows": Text("Số dòng vào = số dòng ra", "Rows in = rows out"),
    "job_receipt_began": Text("Bắt đầu", "Began"),
    "job_receipt_ended": Text("Kết thúc", "Ended"),
    "job_receipt_took": Text("Thời gian xử lý", "Took"),
    "job_receipt_data": Text("Dữ liệu địa chỉ đến sự kiện số", "Data as of event number"),
    "job_receipt_sha256": Text("SHA-256", "SHA-256 checksum"),
    "job_receipt_columns": Text("Cột đã dùng", "Columns used"),
    # forgetting
    "job_forget": Text("Xóa tệp và kết quả ngay", "Delete file and result now"),
    "job_forget_sure": Text(
        "Tệp và kết quả bị xóa khỏi máy chủ. Không lấy lại được; biên nhận vẫn còn.",
        "File and result are deleted from the server for good; the receipt stays.",
    ),
    "job_forget_yes": Text("Xóa", "Delete"),
}
