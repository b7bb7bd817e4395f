"""Columns of spreadsheets of dossiers are guessed, or chosen."""

from __future__ import annotations

import pytest

from addrsvc.dossiers.columns import FIELDS, GUESSES, map_columns
from addrsvc.dossiers.errors import CodeColumnMissing, ColumnFieldUnknown
from addrsvc.dossiers.model import AddressRole
from addrsvc.tabular.errors import ColumnUnknown

REPORT = [
    "STT",
    "Mã hồ sơ",
    "Thủ tục hành chính",
    "Lĩnh vực",
    "Chủ hồ sơ",
    "Số CCCD",
    "Điện thoại",
    "Địa chỉ",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày trả kết quả",
    "Trạng thái",
    "Hình thức nộp",
    "Đơn vị xử lý",
]


def test_a_report_as_offices_print_it_is_understood() -> None:
    columns = map_columns(REPORT)

    assert dict(columns.pairs()) == {
        "code": "Mã hồ sơ",
        "procedure": "Thủ tục hành chính",
        "field": "Lĩnh vực",
        "address": "Địa chỉ",
        "received_at": "Ngày tiếp nhận",
        "due_at": "Ngày hẹn trả",
        "finished_at": "Ngày trả kết quả",
        "status": "Trạng thái",
        "channel": "Hình thức nộp",
        "office": "Đơn vị xử lý",
    }
    assert columns.unused() == ["STT", "Chủ hồ sơ", "Số CCCD", "Điện thoại"]
    assert [REPORT[index] for index in columns.persons] == ["Chủ hồ sơ", "Số CCCD", "Điện thoại"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("mã hồ sơ", "code"),
        ("MA HO SO", "code"),
        ("ma_ho_so", "code"),
        ("MaHoSo", "code"),
        (" Mã  hồ sơ (*) ", "code"),
        ("NgayTiepNhan", "received_at"),
        ("Ngày nhận", "received_at"),
        ("MaTTHC", "procedure"),
        ("TrangThaiHoSo", "status"),
        ("Nơi thường trú", "residence_permanent"),
        ("DiaChiThuongTru", "residence_permanent"),
        ("địa chỉ tạm trú", "residence_temporary"),
        ("Nơi ở hiện tại", "residence_current"),
        ("Vị trí thửa đất", "object"),
        ("Địa điểm kinh doanh", "business"),
        ("Địa chỉ nhận kết quả", "delivery"),
        ("residence_current", "residence_current"),
        ("Mã địa chỉ số", "address_code"),
        ("Thửa đất", "parcel"),
        ("Kinh độ", "lon"),
        ("địa chỉ", "address"),
        ("Ghi chú", None),
        ("Ngày sinh", None),
        ("Nội dung", None),
        ("", None),
    ],
)
def test_headers_are_read_with_and_without_accents(header: str, field: str | None) -> None:
    columns = map_columns(["code" if field != "code" else "x", header])

    assert columns.at.get(field or "") == (None if field is None else 1)
    assert len(columns.at) == (1 if field in {"code", None} else 2)


def test_only_columns_about_persons_are_read_for_persons() -> None:
    headers = ["Email", "Mã hồ sơ", "Gửi người dân", "Họ và tên", "SĐT", "Số định danh cá nhân"]

    assert map_columns(headers).persons == (0, 3, 4, 5)
    assert map_columns(["Mã đối tượng", "x"], {"code": "Mã đối tượng"}).persons == ()


def test_no_header_means_two_fields() -> None:
    told = [header for headers in GUESSES.values() for header in headers]

    assert len(told) == len(set(told))
    assert all(header.isascii() and header.isalnum() for header in told)
    assert set(GUESSES) == set(FIELDS)
    assert {role.value for role in AddressRole} < set(FIELDS)


def test_the_first_of_two_alike_is_taken() -> None:
    assert map_columns(["Mã hồ sơ", "Địa chỉ", "Địa chỉ"]).at == {"code": 0, "address": 1}


def test_what_somebody_chose_goes_before() -> None:
    columns = map_columns(REPORT, {"object": "địa chỉ", "office": "", "code": "Mã hồ sơ"})

    assert columns.at["object"] == 7
    assert "address" not in columns.at
    assert "office" not in columns.at
    with pytest.raises(ColumnFieldUnknown):
        map_columns(REPORT, {"holder": "Chủ hồ sơ"})
    with pytest.raises(ColumnUnknown):
        map_columns(REPORT, {"code": "Mã"})
    with pytest.raises(CodeColumnMissing):
        map_columns(["Địa chỉ"])
    with pytest.raises(CodeColumnMissing):
        map_columns(REPORT, {"code": ""})
