"""The list to fill in by hand, read back from the page. All addresses are invented."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime
from uuid import UUID

import paper_reading

from addrsvc.codes.code import DigitalCode
from addrsvc.collection import listing_model
from addrsvc.collection.listing import listing_pdf
from addrsvc.collection.listing_model import Line, Listing, walked
from addrsvc.registry.model import Kind, Locality

TASK = UUID("00000000-0000-4000-8000-000000000001")
LINK = f"https://vi-du.example/field?task={TASK}"


def line(number: str | None, street: str | None = "Đường Lê Lợi", **more: object) -> Line:
    said = {
        "ref": f"75123{abs(hash((number, street))) % 100_000:05}",
        "version": 1,
        "kind": Kind.DWELLING,
        "localities": (Locality("khu_pho", "3"),),
        "unit": None,
        "floor": None,
        "building": None,
        "name": None,
        **more,
    }
    return Line(house_number=number, thoroughfare=street, **said)  # type: ignore[arg-type]


def listing(lines: list[Line]) -> Listing:
    at = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
    return Listing(TASK, "Khu phố 3", "25747", "Phường Tây", "Thành phố Mẫu", at, lines)


def test_one_walks_street_by_street_and_by_number() -> None:
    lines = [
        line("10"),
        line("9/2"),
        line("9"),
        line(None, None, localities=()),
        line("9", unit="Phòng 10", floor="2"),
        line("9", unit="Phòng 2", floor="2"),
        line("1", "Đường D10"),
        line("1", "Đường D2"),
        line("3", None),
    ]
    found = [(each.street, each.number) for each in walked(reversed(lines))]
    assert found == [
        ("Đường D2", "1"),
        ("Đường D10", "1"),
        ("Đường Lê Lợi", "9"),
        ("Đường Lê Lợi", "9, Phòng 2, tầng 2"),
        ("Đường Lê Lợi", "9, Phòng 10, tầng 2"),
        ("Đường Lê Lợi", "9/2"),
        ("Đường Lê Lợi", "10"),
        ("Khu phố 3", "3"),
        ("", ""),
    ]
    assert doctest.testmod(listing_model).failed == 0


def test_the_list_is_printed_and_read_back() -> None:
    shop = line("2", kind=Kind.ENTERPRISE, name="Cửa hàng Mẫu <b>& Con", ref="7512304827")
    lines = walked([shop, *(line(str(number)) for number in range(3, 60)), line("1", "Đường D2")])
    pdf = listing_pdf(listing(lines), LINK, None, is_demo=True)
    pages = paper_reading.words_of_pdf(pdf)
    text = " ".join(pages)
    assert paper_reading.scans_of_pdf(pdf)[0] == [LINK]
    assert {(round(width), round(height)) for width, height in paper_reading.pages_mm(pdf)} == {
        (210, 297)
    }
    for each in lines:
        assert DigitalCode.of(each.ref).plate.replace(" ", "") in text.replace(" ", "")
    for said in (
        "DANH SÁCH RÀ SOÁT ĐỊA CHỈ",
        "Phường Tây, Thành phố Mẫu",
        "59 địa chỉ · in lúc 10:00 ngày 15/01/2026",
        "Người ghi",
        "Cửa hàng Mẫu <b>& Con",
        "Nhà chưa có mã · Đường D2",
        "Khu phố 3",
    ):
        assert said in text, said
    for number, page in enumerate(pages, 1):
        assert f"Trang {number}/{len(pages)}" in page
        assert "DỮ LIỆU THỬ NGHIỆM" in page
    assert text.count("☐") == 3 * len(lines)
    assert "Đường D2" in pages[0]
    assert "Đường Lê Lợi" not in pages[0]  # each street begins a page


def test_a_street_nobody_has_numbered_yet_has_room_to_write() -> None:
    pdf = listing_pdf(listing([]), LINK, None, is_demo=False)
    (page,) = paper_reading.words_of_pdf(pdf)
    assert "Nhà chưa có mã" in page
    assert "THỬ NGHIỆM" not in page
