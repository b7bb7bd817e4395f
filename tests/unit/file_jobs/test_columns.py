"""Columns told by their headers, as people write them, else by what their first rows hold."""

from __future__ import annotations

import pytest

from addrsvc.file_jobs.columns import looks_like_address
from addrsvc.file_jobs.kinds import KINDS
from addrsvc.file_jobs.model import Kind

STREETS = ["12/3 Lê Lợi, P. Tây", "Số 5 đường Hai Bà Trưng, Xã Bắc", "45 Lê Lợi"]
NAMES = ["Nguyễn Văn A", "Trần Thị B", "Lê C"]
"""Invented."""


@pytest.mark.parametrize(
    ("kind", "header", "told"),
    [
        (Kind.GEOCODE, ["STT", "Địa chỉ"], {"address": "Địa chỉ"}),
        (Kind.GEOCODE, ["id", "DIA_CHI"], {"address": "DIA_CHI"}),
        (Kind.GEOCODE, ["fullAddress", "x"], {"address": "fullAddress"}),
        (
            Kind.GEOCODE,
            ["Số nhà", "Đường", "Phường/Xã", "Quận/Huyện", "Tỉnh/TP"],
            {
                "house_number": "Số nhà",
                "thoroughfare": "Đường",
                "commune": "Phường/Xã",
                "district": "Quận/Huyện",
            },
        ),
        (Kind.VALIDATE, ["ma_dia_chi", "Note"], {"code": "ma_dia_chi"}),
        (Kind.REVERSE, ["Kinh độ", "Vĩ độ"], {"lon": "Kinh độ", "lat": "Vĩ độ"}),
        (Kind.REVERSE, ["LAT", "Lng"], {"lat": "LAT", "lon": "Lng"}),
        (Kind.REVERSE, ["Y", "X"], {"lat": "Y", "lon": "X"}),
        (Kind.REVERSE, ["Kinh độ", "tên"], {}),
        (Kind.CONVERT, ["Mã xã cũ", "Tên xã"], {"unit_code": "Mã xã cũ", "commune": "Tên xã"}),
        (Kind.CHECK, ["Mã địa chỉ số"], {"code": "Mã địa chỉ số"}),
    ],
)
def test_headers_as_people_write_them(kind: Kind, header: list[str], told: dict[str, str]) -> None:
    assert KINDS[kind].guess(header, []) == told


def test_rows_tell_what_headers_do_not() -> None:
    rows = [list(each) for each in zip(NAMES, STREETS, strict=True)]
    assert KINDS[Kind.GEOCODE].guess(["a", "b"], rows) == {"address": "b"}
    rows = [["106.65", "7512304827", "10,98"], ["106.66", "75123-04828", "10,97"]]
    assert KINDS[Kind.REVERSE].guess(["a", "b", "c"], rows) == {"lon": "a", "lat": "c"}
    assert KINDS[Kind.CHECK].guess(["a", "b", "c"], rows) == {"code": "b"}
    assert KINDS[Kind.CONVERT].guess(["a", "b"], [["25747", "x"], ["", "y"]]) == {"unit_code": "a"}
    # parts of an address in columns of their own: no text is looked for beside them
    assert "address" not in KINDS[Kind.GEOCODE].guess(["Đường", "b"], [["Lê Lợi", STREETS[0]]])


def test_names_of_people_are_no_addresses() -> None:
    assert not any(map(looks_like_address, NAMES))
    assert all(map(looks_like_address, STREETS))


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_says_what_it_needs_and_what_it_adds(kind: Kind) -> None:
    work = KINDS[kind]
    lacking = work.lacks(())
    assert lacking
    assert set(lacking) <= set(work.roles)
    assert not work.lacks(work.roles)
    assert len(set(work.added)) == len(work.added)
    assert work.numbers <= set(work.added)
    assert {work.lon, work.lat} - {None} <= work.numbers
    undone = work.undone("unreadable", "vì sao")
    assert (undone.cells[0], undone.cells[-1]) == ("unreadable", "vì sao")
    assert len(undone.cells) == len(work.added)
