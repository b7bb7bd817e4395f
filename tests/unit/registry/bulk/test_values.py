from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.registry.bulk import values
from addrsvc.registry.bulk.positions import Coordinates
from addrsvc.registry.bulk.row_errors import NumberInvalid, ValueUnknown
from addrsvc.tabular.formula import neutralise, restore
from addrsvc.types import PositionOutOfRange


@given(st.text())
def test_formula_rule_round_trips(text: str) -> None:
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize(
    "text", ["=1", "+84", "-5", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠1"]
)
def test_formulas_are_disarmed(text: str) -> None:
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Khu phố 3", ["khu_pho", "Khu phố 3"]),
        ("KP3", ["khu_pho", "Khu phố 3"]),
        ("kp. 1B", ["khu_pho", "Khu phố 1B"]),
        ("Ấp 2", ["ap", "Ấp 2"]),
        ("ấp Bà Phái", ["ap", "Ấp Bà Phái"]),
        ("Tổ 5", ["to", "Tổ 5"]),
        ("KCN Sóng Thần", ["industrial_area", "Khu công nghiệp Sóng Thần"]),
        ("Chợ Đình", ["place", "Chợ Đình"]),
        ("khu_pho:Khu phố 3", ["khu_pho", "Khu phố 3"]),
    ],
)
def test_locality_words(text: str, expected: list[str]) -> None:
    assert values.locality(text) == expected


def test_bare_number_takes_the_kind_of_its_column() -> None:
    assert values.locality("5", "to") == ["to", "Tổ 5"]
    assert values.locality("Tổ 5", "to") == ["to", "Tổ 5"]


def test_exported_localities_read_back() -> None:
    text = "khu_pho:Khu phố 3; to:Tổ 5"
    assert values.localities(text) == [["khu_pho", "Khu phố 3"], ["to", "Tổ 5"]]


@pytest.mark.parametrize("text", ["", "x", "1_0", "１２", "1,2,3", "0x1"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(NumberInvalid):
        values.number("lon", text)


def test_nan_and_infinity_are_read_and_then_refused_as_positions() -> None:
    assert math.isnan(values.number("lon", "NaN"))
    for x in (math.nan, math.inf):
        with pytest.raises(PositionOutOfRange):
            Coordinates(None).point(x, 10.0)


def test_words_of_lists() -> None:
    assert values.word("kind", "NHÀ Ở", values.KINDS) == "dwelling"
    assert values.word("kind", "bus_stop", values.KINDS) == "public_facility"
    with pytest.raises(ValueUnknown):
        values.word("kind", "spaceship", values.KINDS)


@pytest.mark.parametrize("text", ["10.9804, 106.6519", "106.6519 10.9804", "10,9804; 106,6519"])
def test_coordinates_of_one_cell_in_either_order(text: str) -> None:
    point = Coordinates(None).either_order(*values.pair(text))
    assert (point.lon, point.lat) == (106.6519, 10.9804)


@pytest.mark.parametrize(
    ("x", "y"), [(598371.182, 1214436.347), (1214436.347, 598371.182)], ids=["x=east", "x=north"]
)
def test_vn2000_in_either_axis_order(x: float, y: float) -> None:
    point = Coordinates("EPSG:9210").point(x, y)
    assert point.lon == pytest.approx(106.6519, abs=2e-7)
    assert point.lat == pytest.approx(10.9804, abs=2e-7)


def test_aliases() -> None:
    assert values.aliases("old-number:12/3; plus-code:7P28XMJ2+5Q")[0] == ("old-number", "12/3")
    with pytest.raises(ValueUnknown):
        values.aliases("shoe-size:42")
