"""Points as people type them."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geo import typed_point
from addrsvc.geo.typed_point import Degrees, Metres, is_in_vietnam, read_point
from addrsvc.types import LonLat

HERE = (106.65, 10.95)


def test_examples_in_the_module_hold() -> None:
    found = doctest.testmod(typed_point)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    ("text", "is_exchanged"),
    [
        ("106.65, 10.95", False),
        ("10.95,106.65", True),
        ("(10.95, 106.65)", True),
        ("10,95 , 106,65", True),
        ("10,95 106,65", True),
        ("10,95; 106,65", True),
        ("10,95,106,65", True),
        ("10.95° N, 106.65° E", True),
        ("N 10.95 E 106.65", True),
        ("10,95°B 106,65°Đ", True),
        ("geo:10.95,106.65", True),
        ("Tọa độ: 10.95, 106.65", True),
        ("Vĩ độ: 10,95  Kinh độ: 106,65", True),
        ("lat=10.95 lon=106.65", True),
        ("kinh độ Đông 106.65, vĩ độ Bắc 10.95", False),
        ("10°57'00\"N 106°39'00\"E", True),
        ("10º57’0.0” B, 106º39’0” Đ", True),
        ("10° 57' 0'' , 106° 39' 0''", True),
        ("10°57,0' 106°39,0'", True),
        ("Đ 106°39'00\"; B 10°57'00\"", False),
    ],
)
def test_degrees_are_read_in_every_usual_form(text: str, *, is_exchanged: bool) -> None:
    found = read_point(text)
    assert isinstance(found, Degrees)
    assert (round(found.lon, 6), round(found.lat, 6)) == HERE
    assert found.is_exchanged is is_exchanged


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("1214436.35 598371.18", (1214436.35, 598371.18)),
        ("598.371,5; 1.214.436,25", (598371.5, 1214436.25)),
        ("1 214 436 598 371", (1214436, 598371)),
        ("X: 1214436.347m, Y: 598371.182 m", (1214436.347, 598371.182)),
        ("x=1214436 y=598371", (1214436, 598371)),
        ("X=100000 Y=598371", (100000, 598371)),
    ],
)
def test_metres_are_read_as_people_group_digits(text: str, metres: tuple[float, float]) -> None:
    assert read_point(text) == Metres(*metres)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "75123 04827",
        "75123-04827-7",
        "12 Lê Lợi",
        "10 106",
        "106.65 190.5",
        "200.5 100.5",
        "10.95",
        "10.95, 106.65, 3",
        "10°61'00\" 106°39'00\"",
        "10°57'61\" 106°39'00\"",
        "1806/127/2",
        "079203001234",
        "079 203 001 234",
        "0912.345.678",
        "1,2," * 60,
    ],
)
def test_everything_else_is_no_point(text: str) -> None:
    assert read_point(text) is None


def test_south_and_west_stay_south_and_west() -> None:
    assert read_point("10.95 S, 106.65 E") == Degrees(106.65, -10.95, is_exchanged=True)
    assert read_point("10°57'0\" B, 106°39'0\" T") == Degrees(-106.65, 10.95, is_exchanged=True)
    assert is_in_vietnam(LonLat(*HERE))
    assert not is_in_vietnam(LonLat(-106.65, 10.95))


@given(st.text(max_size=150))
def test_no_text_breaks_it(text: str) -> None:
    read_point(text)


@given(lon=st.floats(102, 118), lat=st.floats(8, 24), swap=st.booleans(), comma=st.booleans())
def test_what_is_written_is_read(lon: float, lat: float, *, swap: bool, comma: bool) -> None:
    numbers = [f"{lat:.6f}", f"{lon:.6f}"]
    text = " ".join(reversed(numbers) if swap else numbers)
    found = read_point(text.replace(".", ",") if comma else text)
    assert isinstance(found, Degrees)
    assert found.lon == pytest.approx(lon, abs=1e-6)
    assert found.lat == pytest.approx(lat, abs=1e-6)
    assert found.is_exchanged is not swap
