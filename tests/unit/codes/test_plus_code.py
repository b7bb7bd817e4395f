"""Plus codes worked out of positions: vectors of the specification, and there and back."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.codes import plus_code
from addrsvc.codes.plus_code import area, cell, encode, middle_of, recover
from addrsvc.codes.schemes import Scheme, normalise
from addrsvc.types import LonLat


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (20.3700625, 2.7821875, "7FG49QCJ+2V"),
        (47.0000625, 8.0000625, "8FVC2222+22"),
        (-41.2730625, 174.7859375, "4VCPPQGP+Q9"),
        (-89.9999375, -179.9999375, "22222222+22"),
        (90, 1, "CFX3X2X2+X2"),
    ],
)
def test_vectors_of_the_specification(lat: float, lon: float, code: str) -> None:
    """Source: test_data/encoding.csv of the specification."""
    assert encode(LonLat(lon, lat)) == code


def test_the_date_line_is_one_line() -> None:
    assert encode(LonLat(180, 1)) == encode(LonLat(-180, 1))


@given(st.floats(-180, 179.9999), st.floats(-90, 89.9999))
def test_a_point_lies_in_the_cell_of_its_code(lon: float, lat: float) -> None:
    code = encode(LonLat(lon, lat))
    assert normalise(Scheme.PLUS_CODE, code) == code
    box = cell(code)
    assert box is not None
    assert box.west - 1e-6 <= lon <= box.east + 1e-6
    assert box.south - 1e-6 <= lat <= box.north + 1e-6
    middle = LonLat((box.west + box.east) / 2, (box.south + box.north) / 2)
    assert encode(middle) == code


@pytest.mark.parametrize("code", ["7P280000+", "7P28XM2F+", "7P28XM2F+6QX"])
def test_only_cells_of_ten_signs_are_read(code: str) -> None:
    assert cell(code) is None


def test_examples_in_the_module_hold() -> None:
    found = doctest.testmod(plus_code)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    ("code", "box"),
    [
        ("7FG49Q00+", (2.75, 20.35, 2.8, 20.4)),
        ("7FG49QCJ+2V", (2.782125, 20.37, 2.78225, 20.370125)),
        ("7FG49QCJ+2VX", (2.78221875, 20.3701, 2.78225, 20.370125)),
        ("7FG49QCJ+2VXGJ", (2.782234375, 20.370113, 2.78223632813, 20.370114)),
    ],
)
def test_areas_of_every_length(code: str, box: tuple[float, float, float, float]) -> None:
    """Source: test_data/decoding.csv of the specification."""
    found = area(code)
    assert (found.west, found.south, found.east, found.north) == pytest.approx(box, abs=1e-9)


@pytest.mark.parametrize(
    ("short", "lat", "lon", "code"),
    [
        ("9QCJ+2VX", 51.3701125, -1.217765625, "9C3W9QCJ+2VX"),
        ("9QCJ+2VX", 51.3852125, -1.234113, "9C3W9QCJ+2VX"),
        ("9QCJ+2VX", 51.8, -1.6, "9C3W9QCJ+2VX"),
    ],
)
def test_short_codes_are_completed_near_a_place(
    short: str, lat: float, lon: float, code: str
) -> None:
    """Source: test_data/shortCodeTests.csv of the specification."""
    assert recover(short, LonLat(lon, lat)) == code


@given(st.floats(103, 117), st.floats(7, 23), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_a_shortened_code_comes_back(lon: float, lat: float, east: float, north: float) -> None:
    code = encode(LonLat(lon, lat))
    assert recover(code[4:], LonLat(lon + east, lat + north)) == code
    assert recover(code[2:], LonLat(lon + east, lat + north)) == code
    assert area(code) is not None
    assert middle_of(code).lon == pytest.approx(lon, abs=1e-4)
