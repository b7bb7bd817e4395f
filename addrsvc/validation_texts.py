"""Sentences in both languages for what the request validator can find wrong with a field."""

from __future__ import annotations

from collections.abc import Mapping

from addrsvc.errors import Text

_TEXTS: dict[str, Text] = {
    "missing": Text("Thiếu trường bắt buộc này.", "This required field is missing."),
    "extra_forbidden": Text(
        "Không có trường nào tên như vậy; hãy bỏ đi hoặc sửa tên.",
        "There is no field of this name; remove it or mend the name.",
    ),
    "string_type": Text("Phải là chuỗi ký tự.", "Must be a string."),
    "string_too_short": Text(
        "Phải có ít nhất {min_length} ký tự.", "Must have at least {min_length} characters."
    ),
    "string_too_long": Text(
        "Không được dài quá {max_length} ký tự.", "Must have at most {max_length} characters."
    ),
    "string_pattern_mismatch": Text(
        "Phải theo mẫu {pattern}.", "Must match the pattern {pattern}."
    ),
    "too_long": Text(
        "Không được có quá {max_length} phần tử.", "Must have at most {max_length} items."
    ),
    "too_short": Text("Phải có ít nhất {min_length} phần tử.", "Needs {min_length} items or more."),
    "int_parsing": Text("Phải là số nguyên.", "Must be a whole number."),
    "int_type": Text("Phải là số nguyên.", "Must be a whole number."),
    "int_from_float": Text("Phải là số nguyên.", "Must be a whole number."),
    "float_parsing": Text("Phải là số.", "Must be a number."),
    "float_type": Text("Phải là số.", "Must be a number."),
    "finite_number": Text("Phải là số hữu hạn.", "Must be a finite number."),
    "bool_parsing": Text("Phải là true hoặc false.", "Must be true or false."),
    "bool_type": Text("Phải là true hoặc false.", "Must be true or false."),
    "greater_than": Text("Phải lớn hơn {gt}.", "Must be greater than {gt}."),
    "greater_than_equal": Text("Phải từ {ge} trở lên.", "Must be {ge} or more."),
    "less_than": Text("Phải nhỏ hơn {lt}.", "Must be less than {lt}."),
    "less_than_equal": Text("Phải từ {le} trở xuống.", "Must be {le} or less."),
    "enum": Text("Phải là một trong: {expected}.", "Must be one of: {expected}."),
    "literal_error": Text("Phải là một trong: {expected}.", "Must be one of: {expected}."),
    "date_from_datetime_parsing": Text(
        "Phải là ngày dạng NNNN-TT-NN, ví dụ 2026-01-31.", "Must be a date such as 2026-01-31."
    ),
    "date_parsing": Text(
        "Phải là ngày dạng NNNN-TT-NN, ví dụ 2026-01-31.", "Must be a date such as 2026-01-31."
    ),
    "date_type": Text(
        "Phải là ngày dạng NNNN-TT-NN, ví dụ 2026-01-31.", "Must be a date such as 2026-01-31."
    ),
    "model_attributes_type": Text("Phải là một đối tượng JSON.", "Must be a JSON object."),
    "model_type": Text("Phải là một đối tượng JSON.", "Must be a JSON object."),
    "dict_type": Text("Phải là một đối tượng JSON.", "Must be a JSON object."),
    "list_type": Text("Phải là một danh sách.", "Must be a list."),
}

_OTHERWISE = Text("Giá trị không hợp lệ.", "The value is not valid.")


def validation_text(kind: str, context: Mapping[str, object]) -> Text:
    """Give the sentence for one kind of finding, its bounds filled in.

    What was typed is never repeated: it may be personal.
    """
    vi, en = _TEXTS.get(kind, _OTHERWISE)
    given = dict(context)
    in_english = en.format_map(given)
    if "expected" in given:  # the library's own words between the last two
        given["expected"] = str(given["expected"]).replace("' or '", "' hoặc '")
    return Text(vi.format_map(given), in_english)
