"""What the pages of reports say, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text
from addrsvc.tickets.model import Kind

KIND_LEADS: Final[dict[Kind, Text]] = {
    Kind.NO_NUMBER: Text(
        "Nhà đã có người ở hoặc đang dùng nhưng chưa được cấp số nhà, mã địa chỉ số.",
        "A house that is lived in or used but was given no number and no code.",
    ),
    Kind.MISSING: Text(
        "Nhà có số nhà nhưng tra cứu ở đây không thấy.",
        "A house that has a number but is not found here.",
    ),
    Kind.WRONG: Text(
        "Địa chỉ đã có mã nhưng số nhà, tên đường, vị trí hoặc thông tin khác không đúng.",
        "An address with a code whose number, street, place or anything else is not right.",
    ),
}

KIND_TITLES: Final[dict[Kind, Text]] = {
    Kind.NO_NUMBER: Text("Báo nhà chưa có số", "Report a house without a number"),
    Kind.MISSING: Text("Báo nhà chưa có trong sổ", "Report a missing house"),
    Kind.WRONG: Text("Báo thông tin sai", "Report something wrong"),
}

REPORT_WORDS: Final[dict[str, Text]] = {
    "report_nav": Text("Báo sai, báo thiếu", "Report a mistake"),
    "report_title": Text("Báo sai, báo thiếu địa chỉ", "Report a missing or wrong address"),
    "report_lead": Text(
        "Không cần tài khoản. Gửi xong bạn nhận một mã theo dõi để xem cơ quan xử lý đến đâu.",
        "No account is needed. You get a number by which to see what becomes of the report.",
    ),
    "report_choose": Text("Bạn muốn báo việc gì?", "What do you want to report?"),
    "report_follow": Text("Đã gửi rồi? Xem kết quả", "Sent one already? Follow it"),
    "report_number": Text("Mã theo dõi", "Tracking number"),
    "report_number_hint": Text(
        "18 chữ và số, ví dụ 3PJ-5JN-PUC-HXU-B7W-J3X; viết liền hay có gạch, chữ thường hay chữ "
        "hoa đều được.",
        "18 letters and digits such as 3PJ-5JN-PUC-HXU-B7W-J3X; with or without dashes, in any "
        "case.",
    ),
    "report_number_ask": Text("Xem kết quả", "Show"),
    "report_other_kind": Text("Chọn việc khác", "Choose something else"),
    "report_mend": Text("Cần xem lại", "Please look at this again"),
    "report_again": Text(
        "Mẫu này đã được gửi rồi; phần bạn vừa sửa chưa được gửi. Nếu muốn gửi thêm một phản ánh "
        "nữa, hãy bấm Gửi lần nữa.",
        "This form was sent before; what you changed since was not. To send it as another report, "
        "press Send once more.",
    ),
    "report_code": Text("Mã địa chỉ số có thông tin sai", "Code of the address that is wrong"),
    "report_code_hint": Text(
        "10 hoặc 11 chữ số trên biển hay thông báo, ví dụ 75123-04827-7.",
        "The 10 or 11 digits on the plate or notice, such as 75123-04827-7.",
    ),
    "report_place": Text("Nhà ở đâu", "Where the house is"),
    "report_place_hint": Text(
        "Ghi địa chỉ như vẫn gọi kèm tên phường, xã; hoặc tọa độ, mã cộng. Ví dụ: cạnh nhà số 12 "
        "hẻm 5 Lê Lợi, phường Phú Lợi.",
        "Write it as you say it, with the ward or commune; or coordinates, or a plus code. For "
        "example: beside 12, alley 5, Lê Lợi, Phú Lợi ward.",
    ),
    "report_here": Text("Dùng vị trí tôi đang đứng", "Use where I am"),
    "report_here_waiting": Text("Đang xác định vị trí…", "Finding where you are…"),
    "report_here_refused": Text(
        "Thiết bị không cho phép lấy vị trí. Hãy ghi địa chỉ, hoặc chọn trên bản đồ.",
        "The device does not give its position. Write the address, or tap the map.",
    ),
    "report_here_failed": Text(
        "Không xác định được vị trí. Hãy ghi địa chỉ, hoặc chọn trên bản đồ.",
        "The position was not found. Write the address, or tap the map.",
    ),
    "report_here_done": Text(
        "Đã điền vị trí, sai số khoảng {metres} m. Có thể chọn lại trên bản đồ.",
        "Filled in, to about {metres} m. You may choose again on the map.",
    ),
    "report_map_open": Text("Chọn trên bản đồ", "Choose on a map"),
    "report_map_hint": Text("Chạm vào đúng chỗ có nhà.", "Tap where the house is."),
    "report_map_use": Text("Dùng chỗ vừa chọn", "Use this place"),
    "report_map_done": Text("Đã điền chỗ vừa chọn.", "The place is filled in."),
    "report_text": Text("Nội dung", "What you want to say"),
    "report_text_wrong": Text("Sai ở đâu, đúng là thế nào", "What is wrong, and what is right"),
    "report_text_hint": Text(
        "Nên ghi cách nhận ra nhà: màu cổng, gần trường, chợ nào. Không cần ghi số giấy tờ.",
        "Say how to recognise the house: its gate, a school or market near by. Numbers of papers "
        "are not needed.",
    ),
    "report_optional": Text("không bắt buộc", "optional"),
    "report_contact": Text("Liên hệ với bạn", "How to reach you"),
    "report_contact_lead": Text(
        "Chỉ để cán bộ hỏi thêm khi cần. Không để lại vẫn theo dõi được bằng mã.",
        "Only for questions. Without it you can still follow the report by its number.",
    ),
    "report_name": Text("Họ và tên", "Name"),
    "report_phone": Text("Số điện thoại", "Telephone"),
    "report_email": Text("Thư điện tử", "E-mail"),
    "report_send": Text("Gửi phản ánh", "Send"),
    "report_one_title": Text("Theo dõi phản ánh", "Your report"),
    "report_keep": Text(
        "Hãy chép hoặc chụp lại mã này: mã không được lưu ở đâu khác và không cấp lại được. Ai có "
        "mã đều xem được trang này, nhưng không thấy nội dung và liên hệ bạn đã gửi.",
        "Write this number down or take a picture: it is kept nowhere else and cannot be given "
        "again. Whoever has it sees this page, but not what you wrote or how to reach you.",
    ),
    "report_copy": Text("Chép mã", "Copy the number"),
    "report_kind": Text("Việc đã báo", "About"),
    "report_state": Text("Tình trạng", "State"),
    "report_received": Text("Ngày nhận", "Received"),
    "report_due": Text("Trả lời trước hết ngày", "To be answered by"),
    "report_overdue": Text(
        "Đã quá hạn trả lời. Bạn có thể hỏi Ủy ban nhân dân phường, xã và đọc mã theo dõi.",
        "The answer is late. You may ask the People’s Committee of the commune, with this number.",
    ),
    "report_closed": Text("Ngày đóng", "Closed"),
    "report_answer": Text("Trả lời của cơ quan", "Answer of the office"),
    "report_result": Text("Địa chỉ sau khi xử lý", "Address that came of it"),
    "report_new": Text("Gửi phản ánh khác", "Send another report"),
}
