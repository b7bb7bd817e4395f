"""Plus codes worked out of positions: vectors of the specification, and there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.codes.plus_code import cell, encode
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
