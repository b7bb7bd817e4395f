"""What the planners' pages of plans say, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

ENCODING_NAMES: Final[dict[str, Text]] = {
    "utf-8": Text("Unicode (UTF-8)", "Unicode (UTF-8)"),
    "cp1258": Text("Windows tiếng Việt (cp1258)", "Windows Vietnamese (cp1258)"),
    "tcvn3": Text("TCVN3 (phông .VnTime, ABC)", "TCVN3 (.VnTime fonts, ABC)"),
    "vni": Text("VNI (phông VNI-Times)", "VNI (VNI-Times fonts)"),
}

PLAN_WORDS: Final[dict[str, Text]] = {
    # describing
    "plan_new_title": Text("Lập bản nháp quy hoạch", "New draft of a plan"),
    "plan_edit_title": Text("Sửa thông tin quy hoạch", "Describe the plan"),
    "plan_back_to_draft": Text("Quay lại bản nháp", "Back to the draft"),
    "plan_form_lead": Text(
        "Ghi như trong quyết định phê duyệt. Số và ngày quyết định có thể bổ sung sau, nhưng phải "
        "có khi công bố.",
        "As the decision says it. Number and day of the decision may come later; they are needed "
        "to publish.",
    ),
    "plan_form_wrong": Text("Có chỗ cần sửa", "Something has to be mended"),
    "plan_field_name": Text("Tên quy hoạch", "Name of the plan"),
    "plan_field_scale": Text("Tỷ lệ bản đồ, ví dụ 1:2.000", "Scale, such as 1:2,000"),
    "plan_field_decision_number": Text("Số quyết định phê duyệt", "Number of the decision"),
    "plan_field_decision_date": Text("Ngày quyết định", "Day of the decision"),
    "plan_field_period_from": Text("Từ năm", "From the year"),
    "plan_field_period_to": Text("Đến năm", "To the year"),
    "plan_field_synthetic": Text(
        "Dữ liệu giả lập để thử: mọi câu trả lời sẽ nói rõ như vậy",
        "Invented, for trying things out: every answer will say so",
    ),
    "plan_create": Text("Lập bản nháp", "Begin the draft"),
    "plan_save": Text("Lưu thông tin", "Save"),
    "plan_name_missing": Text("Hãy ghi tên quy hoạch.", "Give the name of the plan."),
    "plan_choice_missing": Text("Hãy chọn trong danh sách.", "Choose from the list."),
    "plan_number_bad": Text("Hãy ghi một số nguyên.", "Give a whole number."),
    "plan_day_bad": Text(
        "Hãy ghi một ngày theo dạng 2026-01-05.", "Give a day, written like 2026-01-05."
    ),
    "plan_reason_missing": Text("Hãy ghi lý do.", "Give the reason."),
    # what is next
    "plan_work": Text("Việc của người lập quy hoạch", "For planners"),
    "plan_step_describe": Text("Thông tin theo quyết định", "What the decision says"),
    "plan_edit": Text("Sửa thông tin", "Change it"),
    "plan_step_file": Text("Tệp bản đồ các vùng", "File of the zones"),
    "plan_step_publish": Text("Công bố", "Publish"),
    "plan_publish_open": Text("Xem trước và công bố", "Look ahead and publish"),
    "plan_publish_later": Text(
        "Công bố được khi đã lưu các vùng từ một tệp.",
        "This opens when the zones of a file are stored.",
    ),
    "plan_no_files_here": Text(
        "Máy chủ này chưa nhận tệp (chưa đặt ADDRSVC_FILES_DIR). Hãy báo quản trị viên.",
        "This server takes no files yet (ADDRSVC_FILES_DIR is not set). Tell the operator.",
    ),
    "plan_needs_script": Text(
        "Gửi tệp từ trang này cần JavaScript. Không có JavaScript, hãy dùng API hoặc lệnh addrsvc "
        "plans import.",
        "Sending a file from this page needs JavaScript. Without it, use the API or the command "
        "addrsvc plans import.",
    ),
    "plan_file_hint": Text(
        "GeoJSON, GeoPackage hoặc Shapefile nén ZIP, tối đa {size}. Tệp được kiểm tra trước, chưa "
        "lưu gì vào bản nháp.",
        "GeoJSON, GeoPackage or a zipped Shapefile, {size} at most. It is checked first; nothing "
        "is stored by sending it.",
    ),
    "plan_reading_options": Text("Cách đọc tệp", "How to read it"),
    "plan_reading_hint": Text(
        "Bỏ trống thì hệ thống tự nhận ra và ghi rõ trong kết quả kiểm tra.",
        "What is left open is found out, and the report says how.",
    ),
    "plan_option_auto": Text("Tự nhận ra", "Found out"),
    "plan_option_crs": Text("Hệ tọa độ", "Reference system"),
    "plan_option_encoding": Text("Bảng mã chữ", "Encoding of texts"),
    "plan_option_layer": Text("Tên lớp (layer)", "Layer"),
    "plan_option_code_column": Text("Cột mã loại đất", "Column of codes"),
    "plan_option_label_column": Text("Cột tên, ghi chú", "Column of labels"),
    "plan_send": Text("Gửi và kiểm tra", "Send and check"),
    "plan_discard": Text("Hủy bản nháp", "Discard the draft"),
    "plan_discard_sure": Text(
        "Bản nháp, các tệp và các vùng đã lưu sẽ bị xóa. Lịch sử vẫn còn.",
        "The draft, its files and stored zones go away. Its history stays.",
    ),
    "plan_discard_yes": Text("Hủy bản nháp này", "Discard this draft"),
    "plan_withdraw": Text("Thu hồi quy hoạch", "Withdraw the plan"),
    "plan_withdraw_sure": Text(
        "Quy hoạch thôi hiệu lực từ ngày ghi dưới đây; quy hoạch mà nó đã thay thế không tự có "
        "hiệu lực lại.",
        "The plan holds no more from the day below; what it replaced does not come back by itself.",
    ),
    "plan_withdraw_day": Text("Thôi hiệu lực từ ngày", "Holds no more from"),
    "plan_withdraw_reason": Text("Lý do thu hồi", "Reason"),
    "plan_withdraw_yes": Text("Thu hồi", "Withdraw"),
    # a file
    "plan_send_again": Text("Sửa tệp rồi gửi lại", "Mend the file and send it again"),
    "plan_moving_hint": Text(
        "Trang tự cập nhật. Tệp lớn có thể mất vài phút; bạn có thể đóng trang rồi quay lại sau.",
        "The page follows by itself. Large files take minutes; you may close it and come back.",
    ),
    "plan_stored": Text(
        "Các vùng của tệp này đã được lưu vào bản nháp.",
        "The zones of this file are stored in the draft.",
    ),
    "plan_stored_before": Text(
        "Các vùng của tệp này từng được lưu; bản nháp nay dùng tệp khác.",
        "The zones of this file were stored once; the draft has those of another one now.",
    ),
    "plan_file_gone": Text(
        "Tệp đã hết hạn giữ và bị xóa. Nếu cần, hãy gửi lại.",
        "The time of this file is over and it was deleted. Send it again if you need it.",
    ),
    "report_read": Text("Đã đọc được gì", "What was read"),
    "report_asked": Text("theo bạn chọn", "as you said"),
    "report_of_file": Text("tệp ghi như vậy", "as the file says"),
    "report_guessed": Text("hệ thống tự nhận ra", "found out"),
    "report_exchanged": Text(
        "X trong tệp là hướng Bắc, đã đổi lại.", "X in the file is the northing, and was taken so."
    ),
    "report_features": Text("Đối tượng trong tệp", "Features in the file"),
    "report_sound": Text("Vùng lưu được ngay", "Zones that can be stored as they are"),
    "report_vertices": Text("Số đỉnh", "Vertices"),
    "report_no_column": Text("không có", "none"),
    "report_other_layers": Text("Các lớp khác: {names}", "Other layers: {names}"),
    "report_faults": Text("Có gì không ổn", "What is wrong"),
    "report_sound_all": Text("Không tìm thấy lỗi nào.", "Nothing was found."),
    "report_fault": Text("Điều không ổn", "Fault"),
    "report_weight": Text("Mức", "Weight"),
    "report_count": Text("Số chỗ", "Times"),
    "report_weights": Text(
        "Lỗi: vùng không lưu được nếu không sửa. Cảnh báo: lưu được, nhưng nên xem lại. Lưu ý: "
        "không ảnh hưởng.",
        "Error: a zone is not stored unless it is repaired. Warning: it is stored, but look at it. "
        "Note: does no harm.",
    ),
    "report_map": Text("Bản đồ các chỗ không ổn", "Map of what is wrong"),
    "report_marks": Text("Những chỗ lớn nhất", "The largest of them"),
    "report_feature": Text("Đối tượng số", "Feature"),
    "report_said": Text("Tệp ghi", "The file says"),
    "report_codes": Text("Các mã loại đất trong tệp", "Land uses in the file"),
    "report_codes_left": Text("Còn {count} mã khác.", "{count} more."),
    "report_repairs": Text("Đề xuất sửa hình", "Repairs proposed"),
    "report_repairs_lead": Text(
        "Chưa sửa gì cả. Hãy xem diện tích trước và sau, phần sẽ chồng lên vùng khác, rồi đánh dấu "
        "những vùng bạn đồng ý sửa.",
        "Nothing is repaired yet. Look at the areas before and after and at what would overlap "
        "other zones, then tick those you agree to.",
    ),
    "report_take": Text("Nhận sửa", "Take"),
    "report_zone_n": Text("Vùng {n}", "Zone {n}"),
    "report_before": Text("Trước", "Before"),
    "report_after": Text("Sau", "After"),
    "report_lost": Text("Mất", "Lost"),
    "report_gained": Text("Thêm", "Gained"),
    "report_overlap": Text("Chồng lấn sau khi sửa", "Overlap as repaired"),
    "report_overlap_with": Text("{area} (vùng {numbers})", "{area} (zones {numbers})"),
    "report_overlap_unknown": Text("chưa kiểm tra được", "not found out"),
    "report_repairs_left": Text(
        "Còn {count} đề xuất không liệt kê ở đây: nhận bằng nút nhận tất cả, hoặc qua API.",
        "{count} more are not listed: they are taken by the button for all, or by the API.",
    ),
    "repair_crashed": Text("Không sửa được.", "It could not be repaired."),
    "repair_too_long": Text("Không sửa được: mất quá nhiều thời gian.", "It takes too long."),
    "repair_too_large": Text("Không sửa được: quá lớn.", "It is too large to be repaired."),
    "repair_nothing_left": Text(
        "Sửa xong thì không còn diện tích.", "Nothing would be left of it."
    ),
    "report_leave_out": Text(
        "Bỏ qua vùng lỗi không được sửa (có {count} vùng không lưu được như trong tệp)",
        "Leave out what stays invalid ({count} cannot be stored as they are)",
    ),
    "report_invalid_left": Text(
        "Còn {count} vùng lỗi chưa được sửa. Hãy đánh dấu nhận sửa, hoặc chọn bỏ qua các vùng đó.",
        "{count} zones are invalid still. Take their repairs, or choose to leave them out.",
    ),
    "report_store_title": Text("Lưu vào bản nháp", "Store in the draft"),
    "report_store_hint": Text(
        "{count} vùng không lỗi được lưu như trong tệp.",
        "{count} sound zones are stored as the file has them.",
    ),
    "report_store_again": Text(
        "Các vùng đang có của bản nháp sẽ được thay hết.",
        "They take the place of all zones the draft has.",
    ),
    "report_store": Text("Lưu các vùng", "Store the zones"),
    "report_store_chosen": Text("Lưu với các sửa đã đánh dấu", "Store with the repairs ticked"),
    "report_store_all": Text("Nhận cả {count} sửa và lưu", "Take all {count} repairs and store"),
    # publishing
    "plan_publish_title": Text("Công bố quy hoạch", "Publish the plan"),
    "plan_publish_not_yet": Text("Chưa công bố được", "It cannot be published yet"),
    "plan_publish_day": Text("Có hiệu lực từ ngày", "Holds from"),
    "plan_publish_replaces": Text(
        "Thay thế các quy hoạch sau (cùng loại, cùng cấp, cùng địa bàn)",
        "Takes the place of these (of the same kind, level and communes)",
    ),
    "plan_publish_no_others": Text(
        "Không có quy hoạch nào cùng loại, cùng cấp trên địa bàn này.",
        "There is none of the same kind and level in its communes.",
    ),
    "plan_publish_rehearse": Text("Xem trước ảnh hưởng", "See what follows"),
    "plan_publish_outcome": Text("Nếu công bố", "If it is published"),
    "plan_publish_holds": Text(
        "Quy hoạch này có hiệu lực từ {day} và ai cũng xem được.",
        "This plan holds from {day}, and everybody may see it.",
    ),
    "plan_publish_ends": Text("Thôi hiệu lực từ {day}:", "Holds no more from {day}:"),
    "plan_publish_beside": Text("Vẫn có hiệu lực bên cạnh:", "Goes on to hold beside it:"),
    "plan_count_addresses": Text(
        "Địa chỉ có quy hoạch thay đổi", "Addresses whose planning changes"
    ),
    "plan_count_dossiers": Text("Hồ sơ có địa chỉ trong số đó", "Dossiers with one of these"),
    "plan_count_proposals": Text(
        "Đề xuất xem lại gửi đến bàn làm việc", "Proposals that come to the desk"
    ),
    "plan_counts_soon": Text(
        "Đang đếm địa chỉ và hồ sơ bị ảnh hưởng. Trang tự tải lại khi có kết quả.",
        "Addresses and dossiers are being counted. The page loads again by itself.",
    ),
    "plan_publish_uncounted": Text(
        "Công bố mà không chờ đếm xong", "Publish without waiting for the counts"
    ),
    "plan_publish_uncounted_hint": Text(
        "Nếu chờ mãi không xong, có thể tiến trình xử lý tệp chưa chạy. Quản trị viên chạy:",
        "If it never ends, the process that works on files may not run. The operator starts:",
    ),
    "plan_counts_failed": Text(
        "Chưa đếm được địa chỉ và hồ sơ bị ảnh hưởng. Hãy bấm xem trước lần nữa; vẫn công bố được "
        "nhưng không biết trước số lượng.",
        "Addresses and dossiers could not be counted. Ask again; it can be published, but without "
        "knowing how many it concerns.",
    ),
    "plan_publish_sure": Text(
        "Sau khi công bố, nội dung không sửa được nữa, chỉ thay thế hoặc thu hồi.",
        "What is published is not changed any more, only replaced or withdrawn.",
    ),
    "plan_publish_yes": Text("Công bố", "Publish"),
    # what a plan changes
    "plan_changes_sum": Text(
        "Thay đổi {changed}, giữ nguyên {unchanged}.", "Changed: {changed}; unchanged: {unchanged}."
    ),
    "plan_changes_rest": Text(
        "Còn {count} thay đổi nhỏ hơn, tổng cộng {area}.",
        "{count} smaller changes besides, {area} together.",
    ),
    "plan_changes_twice": Text(
        "Vì có vùng chồng lấn, {area} được tính hơn một lần.",
        "As zones overlap, {area} are counted more than once.",
    ),
    "plan_changes_soon": Text(
        "Đang so sánh với quy hoạch trước. Hãy tải lại trang sau ít phút.",
        "The comparison is being worked out. Load the page again in a few minutes.",
    ),
    "plan_changes_failed": Text(
        "Không so sánh được với quy hoạch trước. Hãy báo quản trị viên.",
        "The comparison failed. Tell the operator.",
    ),
}
