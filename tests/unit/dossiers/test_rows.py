"""Rows of spreadsheets become dossiers; persons stay behind. All persons are invented."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.clock import VIETNAM
from addrsvc.dossiers.columns import map_columns
from addrsvc.dossiers.errors import DossierCodeEmpty, DossierCodePersonal
from addrsvc.dossiers.imported import Imported, RemarkKind
from addrsvc.dossiers.model import AddressRole, Channel
from addrsvc.dossiers.rows import read_row
from addrsvc.errors import AddrsvcError
from addrsvc.types import LonLat

CODE = "H09.12-240115-0003"
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


def read(row: dict[str, str], **options: Any) -> Imported:
    return read_row(map_columns(list(row)), list(row.values()), **options)


def test_a_row_becomes_a_dossier_without_its_person() -> None:
    row = dict.fromkeys(REPORT, "")
    row |= {
        "STT": "1",
        "Mã hồ sơ": CODE,
        "Thủ tục hành chính": "1.011442 - Cấp giấy phép xây dựng",
        "Lĩnh vực": "G17-XD03",
        "Chủ hồ sơ": "Nguyễn Canary Mẫu",
        "Số CCCD": "079000000001",
        "Điện thoại": "0900 000 001",
        "Địa chỉ": "Nguyễn Canary Mẫu (0900000001), 12 Lê Lợi, P. Phú Lợi",
        "Ngày tiếp nhận": "15/01/2024 08:30",
        "Ngày hẹn trả": "2024-01-30",
        "Trạng thái": "Đang xử lý",
        "Hình thức nộp": "Trực tuyến",
        "Đơn vị xử lý": "Phòng Quản lý đô thị",
    }
    imported = read(row)
    dossier = imported.dossier

    assert dossier.code.key == CODE
    assert (dossier.procedure, dossier.field) == ("1.011442", "G17-XD03")
    assert dossier.received_at == datetime(2024, 1, 15, 8, 30, tzinfo=VIETNAM)
    assert dossier.due_at == datetime(2024, 1, 30, tzinfo=VIETNAM)
    assert (dossier.status, dossier.channel) == ("4", Channel.ONLINE)
    assert dossier.office == "Phòng Quản lý đô thị"
    assert [(each.role, each.text) for each in dossier.addresses] == [
        (AddressRole.RESIDENCE_CURRENT, "12 Lê Lợi, P. Phú Lợi")
    ]
    assert [(each.field, each.kind) for each in imported.remarks] == [
        ("address", RemarkKind.PERSON_LEFT_OUT)
    ]


CELLS = """STT, Chủ hồ sơ, Thủ tục, Lĩnh vực, Đơn vị, Ngày nhận, Trạng thái, Hình thức, Vai trò,
    Mã địa chỉ số, Thửa đất, Kinh độ, Ghi chú, x"""


@pytest.mark.parametrize("header", [each.strip() for each in CELLS.split(",")])
@pytest.mark.parametrize("canary", ["Nguyễn Canary Mẫu", "079123456789", "0912345678"])
def test_a_person_in_any_cell_stays_behind(header: str, canary: str) -> None:
    imported = read({"Mã hồ sơ": CODE, header: canary, "Vĩ độ": "10.98"})

    said = [str(getattr(imported.dossier, each)) for each in imported.dossier.__slots__]
    for each in imported.dossier.addresses:
        said += [str(each.text), str(each.code), str(each.parcel), str(each.note)]
    assert canary not in f"{said}{imported}"


def test_columns_with_a_role_and_the_one_without_stand_beside_each_other() -> None:
    row = {
        "Mã hồ sơ": CODE,
        "Nơi thường trú": "7 Yersin",
        "Địa chỉ thửa đất": "P. Phú Lợi",
        "Địa chỉ": "12 Lê Lợi",
        "Vai trò": "Địa điểm kinh doanh",
    }
    roles = {each.role: each.text for each in read(row).dossier.addresses}

    assert roles == {
        AddressRole.RESIDENCE_PERMANENT: "7 Yersin",
        AddressRole.OBJECT: "P. Phú Lợi",
        AddressRole.BUSINESS: "12 Lê Lợi",
    }


def test_a_column_with_the_role_goes_before_the_one_without() -> None:
    imported = read({"Mã hồ sơ": CODE, "Địa chỉ": "12 Lê Lợi", "Nơi ở hiện tại": "7 Yersin"})

    assert [each.text for each in imported.dossier.addresses] == ["7 Yersin"]
    assert [(each.field, each.kind) for each in imported.remarks] == [
        ("address", RemarkKind.OTHER_WAY_TAKEN)
    ]


WAYS = {
    "Mã địa chỉ số": "75123-04827",
    "Địa chỉ": "12 Lê Lợi",
    "Thửa đất": "25747-12-345",
    "Kinh độ": "106,65",
    "Vĩ độ": "10.98",
}


def test_one_row_gives_its_address_in_one_way_and_tells_of_the_others() -> None:
    imported = read({"Mã hồ sơ": CODE, **WAYS}, default_role=AddressRole.OBJECT)

    (address,) = imported.dossier.addresses
    assert (address.role, address.code) == (AddressRole.OBJECT, "75123-04827")
    assert [(each.field, each.kind) for each in imported.remarks] == [
        (field, RemarkKind.OTHER_WAY_TAKEN) for field in ("address", "parcel", "lon")
    ]


@pytest.mark.parametrize(
    ("way", "field", "value"),
    [
        ("Mã địa chỉ số", "code", "75123-04827"),
        ("Mã địa chỉ số", "code", "75123-04827-1"),  # wrong check digit: a person looks
        ("Địa chỉ", "text", "12 Lê Lợi"),
        ("Thửa đất", "parcel", "25747-12-345"),
        ("Kinh độ", "point", LonLat(106.65, 10.98)),
    ],
)
def test_each_way_is_read(way: str, field: str, value: object) -> None:
    written = value if isinstance(value, str) else WAYS[way]
    imported = read({"Mã hồ sơ": CODE, way: written, "Vĩ độ": "10.98"})

    (address,) = imported.dossier.addresses
    assert getattr(address, field) == value
    assert imported.remarks == ()


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [
        ("Mã địa chỉ số", "không có", "address_code"),
        ("Thửa đất", "thửa 345 tờ 12", "parcel"),
        ("Kinh độ", "không có", "lon"),
        ("Kinh độ", "10.98", "lon"),
        ("Vai trò", "khác", "role"),
        ("Trạng thái", "chờ trình ký", "status"),
    ],
)
def test_what_cannot_be_read_is_told(header: str, value: str, field: str) -> None:
    imported = read(
        {"Mã hồ sơ": CODE, header: value, "Vĩ độ": "106.65" if value[0] == "1" else "10"}
    )

    assert [(each.field, each.kind) for each in imported.remarks] == [
        (field, RemarkKind.UNKNOWN_VALUE)
    ]
    assert imported.dossier.addresses == ()


def test_the_next_way_is_taken_where_the_first_cannot_be_read() -> None:
    imported = read({"Mã hồ sơ": CODE, **WAYS, "Mã địa chỉ số": "-", "Địa chỉ": "a" * 2001})

    (address,) = imported.dossier.addresses
    assert address.parcel == "25747-12-345"
    assert [each.kind for each in imported.remarks] == [
        RemarkKind.UNKNOWN_VALUE,
        RemarkKind.ADDRESS_TOO_LONG,
        RemarkKind.OTHER_WAY_TAKEN,
    ]


def test_rows_without_a_code_or_with_a_persons_are_refused() -> None:
    columns = map_columns(["Mã hồ sơ", "CMND", "Họ và tên", "Địa chỉ"])

    with pytest.raises(DossierCodeEmpty):
        read_row(columns, ["", "280000001"])
    with pytest.raises(DossierCodePersonal):
        read_row(columns, ["280000001", "280.000.001", "Nguyễn Văn Mẫu", ""])
    with pytest.raises(DossierCodePersonal):
        read_row(columns, ["NGUYEN VAN MAU", "", "Nguyễn Văn Mẫu", ""])
    assert read_row(columns, [CODE]).dossier.addresses == ()  # ragged


@given(st.lists(st.text(max_size=60), min_size=len(REPORT), max_size=len(REPORT)))
def test_any_row_is_read_or_refused(cells: list[str]) -> None:
    for code in (cells[1], CODE):
        try:
            read_row(map_columns(REPORT), [cells[0], code, *cells[2:]])
        except AddrsvcError as refused:
            assert code != CODE, refused  # noqa: PT017 - most rows are read
