"""The national record: what comes over, and that no person does. All persons are invented."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.clock import VIETNAM
from addrsvc.dossiers.boxes import box_of
from addrsvc.dossiers.code import CodeFlag
from addrsvc.dossiers.errors import (
    DossierCodeDateInvalid,
    DossierCodeEmpty,
    DossierCodePersonal,
)
from addrsvc.dossiers.imported import RemarkKind
from addrsvc.dossiers.model import AddressRole, Channel
from addrsvc.dossiers.national import read_national
from addrsvc.errors import AddrsvcError

CODE = "000.25.34.H09-240115-0003"
RECORD: dict[str, Any] = {
    "MaHoSo": CODE,
    "SoBienNhan": "17/2024",
    "TenTTHC": "Cấp giấy phép xây dựng",
    "MaTTHC": "1.011442",
    "MaLinhVuc": "G17-XD03",
    "TenLinhVuc": "Xây dựng",
    "ChuHoSo": "NGUYỄN VĂN MẪU",
    "LoaiDoiTuong": "1",
    "MaDoiTuong": "079000000001",
    "NgayTiepNhan": "20240115083000",
    "NgayHenTra": "20240130170000",
    "TrangThaiHoSo": "9",
    "HinhThuc": "0",
    "DonViXuLy": "Phòng Quản lý đô thị",
    "TaiLieuNop": [
        {
            "TepDinhKemId": "1",
            "TenTepDinhKem": "CCCD Nguyen Van Mau.pdf",
            "IsDeleted": False,
            "MaThanhPhanHoSo": "M1",
            "DuongDanTaiTepTin": "https://example.vn/1",
        }
    ],
    "DanhSachGiayToKetQua": [
        {
            "GiayToId": "1",
            "TenGiayTo": "GPXD",
            "MaThanhPhanHoSo": "M1",
            "DuongDanTepTinKetQua": "https://example.vn/2",
        }
    ],
}
FORM = {
    "CongDan_tenCongDan": "Trần Thị Bịa",
    "CongDan_soCmnd": "280000001",
    "CongDan_diaChi": "5 Trần Phú",
    "CongDan_noiOHienTai": "5 Trần Phú, P. Phú Cường",
    "CongDan_diaChiThuongTru": "7 Yersin, P. Phú Cường, Thủ Dầu Một",
    "ChuHoSo_tenChuHoSo": "Nguyễn Văn Mẫu",
    "ChuHoSo_diDongLienLacCHS": "0900000000",
    "ChuHoSo_maTinhThanhCHS": "Tỉnh Bình Dương",
    "ChuHoSo_maPhuongXaCHS": "Phường Phú Lợi",
    "ChuHoSo_diaChiChuHoSo": "Nhà ông Nguyễn Văn Mẫu, 12 Lê Lợi, đt 0900 000 000",
    "ChuHoSo_diaChiThuaDat": "Thửa 345, tờ 12, P. Phú Lợi",
}


def values_in(thing: object) -> Iterator[str]:
    """Give everything a result holds, as text."""
    if is_dataclass(thing) and not isinstance(thing, type):
        for each in fields(thing):
            yield from values_in(getattr(thing, each.name))
    elif isinstance(thing, tuple | list):
        for item in thing:
            yield from values_in(item)
    elif thing is not None:
        yield str(thing)


def told(record: dict[str, Any]) -> str:
    """Give all that comes out of a record, an error's facts and words included."""
    try:
        return "\n".join(values_in(read_national(record)))
    except AddrsvcError as refused:
        return f"{refused.facts()}{refused.text('vi')}{refused.text('en')}"


def test_the_record_becomes_a_dossier() -> None:
    read = read_national(RECORD)
    dossier = read.dossier

    assert dossier.code.key == CODE
    assert (dossier.procedure, dossier.field) == ("1.011442", "G17-XD03")
    assert dossier.office == "Phòng Quản lý đô thị"
    assert dossier.received_at == datetime(2024, 1, 15, 1, 30, tzinfo=UTC)
    assert dossier.due_at == datetime(2024, 1, 30, 17, tzinfo=VIETNAM)
    assert dossier.finished_at is None
    assert (dossier.status, dossier.channel) == ("9", Channel.ONLINE)
    assert dossier.addresses == ()
    assert read.remarks == ()
    assert read.dropped == (
        "ChuHoSo",
        "DanhSachGiayToKetQua",
        "LoaiDoiTuong",
        "MaDoiTuong",
        "SoBienNhan",
        "TaiLieuNop",
        "TenLinhVuc",
        "TenTTHC",
    )


def test_boxes_of_the_form_become_addresses_with_roles() -> None:
    read = read_national({**RECORD, "eForm": FORM})
    given = {each.role: (each.text, each.note) for each in read.dossier.addresses}

    assert given == {
        AddressRole.RESIDENCE_CURRENT: ("12 Lê Lợi, Phường Phú Lợi, Tỉnh Bình Dương", None),
        AddressRole.OBJECT: ("Thửa 345, tờ 12, P. Phú Lợi", None),
        AddressRole.RESIDENCE_PERMANENT: ("7 Yersin, P. Phú Cường, Thủ Dầu Một", None),
    }
    assert {(each.field, each.kind) for each in read.remarks} == {
        ("ChuHoSo_diaChiChuHoSo", RemarkKind.PERSON_LEFT_OUT),
        ("CongDan_diaChi", RemarkKind.HOLDER_GOES_BEFORE),
        ("CongDan_noiOHienTai", RemarkKind.HOLDER_GOES_BEFORE),
    }
    assert "CongDan_soCmnd" in read.dropped
    assert "eForm" not in read.dropped
    assert not any("diaChi" in name for name in read.dropped)


def test_boxes_may_stand_in_the_record_itself() -> None:
    beside = read_national({**RECORD, **FORM}).dossier.addresses
    below = read_national({**RECORD, "DuLieu": FORM}).dossier.addresses

    assert beside == below
    assert len(beside) == 3


def test_who_hands_it_in_speaks_where_the_holder_does_not() -> None:
    form = {
        "CongDan_maTinhThanh": "79",
        "CongDan_maPhuongXa": "25747",
        "CongDan_diaChi": "5 Trần Phú",
    }
    (given,) = read_national({"MaHoSo": CODE, **form}).dossier.addresses

    assert (given.text, given.note) == ("5 Trần Phú", "Mã phường, xã: 25747")


def test_a_commune_that_is_written_already_is_not_said_twice() -> None:
    form = {"ChuHoSo_diaChi": "5 Trần Phú, PHƯỜNG PHÚ LỢI", "ChuHoSo_maPhuongXa": "Phường Phú Lợi"}
    (given,) = read_national({"MaHoSo": CODE, **form}).dossier.addresses

    assert given.text == "5 Trần Phú, PHƯỜNG PHÚ LỢI"


def test_lists_without_a_house_make_no_address() -> None:
    read = read_national({"MaHoSo": CODE, "ChuHoSo_maPhuongXa": "Phường Phú Lợi"})

    assert read.dossier.addresses == ()


# --- no person comes through -------------------------------------------------------------------

CANARIES = ["CANARYMẪU BỊA ĐẶT", "Nguyễn Canary Bịa", "079123456789", "0912345678",
            "canary@example.vn"]  # fmt: skip
TAKEN = {"MaHoSo", "MaTTHC", "MaLinhVuc", "DonViXuLy", "NgayTiepNhan", "NgayHenTra", "NgayTra",
         "NgayKetThucXuLy", "TrangThaiHoSo", "HinhThuc"}  # fmt: skip
UNKNOWN = ["Email", "SoDienThoai", "TrichYeuHoSo", "GhiChu", "ThongTinKhac", "NguoiXuLy", "holder",
           "mahoso", "ChuHoSo_", "ChuHoSo_hoTen", "CongDan_noiCapCmnd", "CongDan_queQuan",
           "ChuHoSo_diaChiEmail", "XChuHoSo_diaChi", "DiaChi", "diaChi"]  # fmt: skip


NAMED = {"CANARYMẪU BỊA ĐẶT", "Nguyễn Canary Bịa"}


@pytest.mark.parametrize(
    ("name", "canary"),
    [
        (name, canary)
        for name in sorted({*RECORD, *TAKEN, *UNKNOWN, *FORM} - {"MaHoSo"})
        for canary in CANARIES
        # what is written into an address box is an address, see the next test
        if box_of(name) is None or canary not in NAMED
    ],
)
def test_a_person_in_any_field_stays_behind(name: str, canary: str) -> None:
    for value in (canary, [canary], {"a": canary}, [{"TenTepDinhKem": [canary]}]):
        assert canary not in told({**RECORD, **FORM, name: value})
        assert canary not in told({**RECORD, "eForm": {**FORM, name: value}})


@pytest.mark.parametrize("name", [each for each in FORM if box_of(each)])
@pytest.mark.parametrize("text", ["{}", "{}, 12 Lê Lợi", "12 Lê Lợi ({})", "hộ {}, KP 3"])
def test_a_person_of_the_record_is_cut_out_of_addresses(name: str, text: str) -> None:
    for where in ("ChuHoSo", "ChuHoSo_tenChuHoSo", "CongDan_hoTen", "NguoiNop", "HoVaTen"):
        record = {"MaHoSo": CODE, where: "Trần Canary Bịa", name: text.format("TRẦN CANARY BỊA")}
        assert "canary" not in told(record).lower()
    deep = {
        "MaHoSo": CODE,
        "NguoiNop": {"HoTen": "Trần Canary Bịa"},
        name: text.format("tran canary bia"),
    }
    assert "canary" not in told(deep).lower()
    numbered = {"MaHoSo": CODE, "MaDoiTuong": 280999001, name: text.format("280 999 001")}
    assert "280 999 001" not in told(numbered)


@pytest.mark.parametrize("keyed", ["079123456789", "Nguyễn Canary Bịa", "canary@example.vn", "a b"])
def test_names_of_fields_do_not_tell_either(keyed: str) -> None:
    for record in ({**RECORD, keyed: "x"}, {**RECORD, "eForm": {**FORM, keyed: "x"}}):
        assert keyed not in told(record)
        assert "…" in read_national(record).dropped


@pytest.mark.parametrize(
    "code", ["079000000001", "079 000 000 001", "HS-079000000001", "Nguyen Van Mau", "nguyenvanmau"]
)
def test_a_person_is_no_dossier_code(code: str) -> None:
    with pytest.raises(DossierCodePersonal) as refused:
        read_national({**RECORD, "MaHoSo": code})
    assert refused.value.facts() == {}


def test_a_result_is_not_shown_with_its_addresses() -> None:
    assert "Yersin" not in repr(read_national({**RECORD, **FORM}))


# --- values that are not what they should be ---------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("NgayTiepNhan", "20240230083000", RemarkKind.NOT_A_MOMENT),
        ("NgayTiepNhan", "tháng 1/2024", RemarkKind.NOT_A_MOMENT),
        ("NgayTiepNhan", "20240115", RemarkKind.NOT_A_MOMENT),
        ("NgayHenTra", "99990115083000", RemarkKind.NOT_A_MOMENT),
        ("NgayTra", "20240115246000", RemarkKind.NOT_A_MOMENT),
        ("NgayTra", "٢٠٢٤٠١١٥٠٨٣٠٠٠", RemarkKind.NOT_A_MOMENT),
        ("TrangThaiHoSo", "chờ trình ký", RemarkKind.UNKNOWN_VALUE),
        ("HinhThuc", "777", RemarkKind.UNKNOWN_VALUE),
        ("MaTTHC", "Cấp phép", RemarkKind.UNKNOWN_VALUE),
        ("MaTTHC", "\x00", RemarkKind.UNKNOWN_VALUE),
        ("MaLinhVuc", "Đất đai", RemarkKind.UNKNOWN_VALUE),
        ("DonViXuLy", "Nguyễn Văn Giả", RemarkKind.UNKNOWN_VALUE),
        ("DonViXuLy", "Phòng của Nguyễn Văn Mẫu", RemarkKind.UNKNOWN_VALUE),
        ("DonViXuLy", "Phòng " + "a" * 200, RemarkKind.UNKNOWN_VALUE),
    ],
)
def test_what_cannot_be_read_is_left_out_and_told(name: str, value: str, kind: RemarkKind) -> None:
    read = read_national({**RECORD, name: value})

    assert [(each.field, each.kind) for each in read.remarks] == [(name, kind)]
    assert value not in told({**RECORD, name: value})


def test_numbers_and_blanks_are_read_as_they_are_sent() -> None:
    read = read_national(
        {**RECORD, "TrangThaiHoSo": 4, "HinhThuc": 0, "NgayTra": "", "NgayHenTra": "0" * 14,
         "DonViXuLy": None, "LoaiDoiTuong": True, "NgayTiepNhan": 20240115083000}
    )  # fmt: skip

    assert (read.dossier.status, read.dossier.channel) == ("4", Channel.ONLINE)
    assert read.dossier.due_at is None
    assert read.dossier.office is None
    assert read.dossier.received_at == datetime(2024, 1, 15, 1, 30, tzinfo=UTC)
    assert read.remarks == ()


def test_a_state_not_in_the_table_is_kept_and_told() -> None:
    read = read_national({**RECORD, "TrangThaiHoSo": "11"})

    assert read.dossier.status == "11"
    assert [each.kind for each in read.remarks] == [RemarkKind.UNKNOWN_VALUE]


@pytest.mark.parametrize(
    "office", ["H09.12", "000.00.12.H09", "UBND phường Phú Lợi", "Sở Xây dựng", "Công an phường"]
)
def test_offices_are_told_by_code_or_by_how_names_begin(office: str) -> None:
    assert read_national({**RECORD, "DonViXuLy": office}).dossier.office == office


def test_the_end_of_the_work_goes_before_the_result_fetched() -> None:
    done, fetched = "20240120100000", "20240122100000"
    read = read_national({**RECORD, "NgayKetThucXuLy": done, "NgayTra": fetched})
    only = read_national({**RECORD, "NgayTra": fetched})

    assert read.dossier.finished_at == datetime(2024, 1, 20, 10, tzinfo=VIETNAM)
    assert only.dossier.finished_at == datetime(2024, 1, 22, 10, tzinfo=VIETNAM)


def test_without_a_code_there_is_no_dossier() -> None:
    for code in (None, "", "  ", [], {}):
        with pytest.raises(DossierCodeEmpty):
            read_national({**RECORD, "MaHoSo": code})
    with pytest.raises(DossierCodeDateInvalid):
        read_national({**RECORD, "MaHoSo": "H09-240230-0001"})


def test_a_partners_code_is_kept() -> None:
    code = read_national({**RECORD, "MaHoSo": "BD/2024/17"}).dossier.code

    assert (code.written, code.flags) == ("BD/2024/17", (CodeFlag.SHAPE_UNKNOWN,))


def test_an_address_too_long_is_left_out_and_told() -> None:
    read = read_national({**RECORD, "ChuHoSo_diaChi": "a " * 1500})

    assert read.dossier.addresses == ()
    assert [each.kind for each in read.remarks] == [RemarkKind.ADDRESS_TOO_LONG]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted({*RECORD, *TAKEN, *FORM, "x"})), JSON, max_size=8))
def test_any_record_is_read_or_refused(record: dict[str, Any]) -> None:
    told(record)


def test_a_hostile_record_does_not_hold_anybody_up() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    names = [{"HoTen": f"Nguyễn Văn Mẫu{number}"} for number in range(5_000)]
    text = "ông " * 480 + "Nguyễn Văn"
    record = {**RECORD, "a": deep, "b": names, "ChuHoSo_diaChi": text, "ChuHoSo_tamTru": "0 " * 900}
    start = time.perf_counter()
    read_national(record)
    assert time.perf_counter() - start < 2
