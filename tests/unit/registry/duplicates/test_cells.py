"""Two writers about places near each other always meet in a lock, wherever the cells' edges are."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addrsvc.geo.measure import distance_m, moved
from addrsvc.registry.duplicates import cells
from addrsvc.registry.duplicates.rules import RADII_M, Subject
from addrsvc.registry.model import Kind
from addrsvc.types import LonLat

LARGEST_M = max(RADII_M.values())
ROW_DEG = cells.CELL_M / 110_574.0


def test_no_radius_is_wider_than_a_cell() -> None:
    assert LARGEST_M <= cells.CELL_M


@given(
    st.integers(30_000, 110_000),
    st.floats(-1e-9, 1e-9),
    st.floats(102.0, 110.0),
    st.floats(0, 360),
    st.floats(0, LARGEST_M),
)
@example(48_000, 0.0, 106.65, 0.0, LARGEST_M)
@example(48_000, 0.0, 106.65, 90.0, LARGEST_M)
@example(48_000, 0.0, 106.65, 45.0, LARGEST_M)
def test_places_within_the_largest_radius_share_a_cell(
    row: int, off: float, lon: float, bearing: float, metres: float
) -> None:
    one = LonLat(lon, row * ROW_DEG + off)  # on an edge between two rows of other widths
    other = moved(one, bearing, metres)
    assert set(cells.cells(one)) & set(cells.cells(other))


@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(0, 360), st.floats(0, LARGEST_M))
def test_so_do_places_anywhere(lat: float, lon: float, bearing: float, metres: float) -> None:
    one = LonLat(lon, lat)
    assert set(cells.cells(one)) & set(cells.cells(moved(one, bearing, metres)))


@given(st.floats(8, 24), st.floats(102, 110), st.floats(100, 5000), st.floats(0, 360))
def test_places_far_apart_share_none_and_lock_few(
    lat: float, lon: float, metres: float, bearing: float
) -> None:
    one, other = (
        cells.cells(LonLat(lon, lat)),
        cells.cells(moved(LonLat(lon, lat), bearing, metres)),
    )
    assert not set(one) & set(other)
    assert 4 <= len(one) <= 9


def test_poles_and_edges_of_the_map_do_not_overwhelm() -> None:
    for lat in (-90.0, 0.0, 89.9999, 90.0):
        for lon in (-180.0, 180.0):
            keys = cells.cells(LonLat(lon, lat))
            assert 1 <= len(keys) <= 9
            assert all(0 < key < cells.GATE for key in keys)


@given(st.floats(-60, 60), st.floats(0, 360), st.floats(0.1, 100))
def test_a_box_holds_its_circle(lat: float, bearing: float, metres: float) -> None:
    centre = LonLat(106.65, lat)
    edge = moved(centre, bearing, metres)
    box = cells.box_around(centre, metres)
    slack = 1e-9
    assert box.west - slack <= edge.lon <= box.east + slack
    assert box.south - slack <= edge.lat <= box.north + slack
    corner = LonLat(box.east, box.north)
    assert distance_m(centre, corner) <= metres * math.sqrt(2) * 1.02


def subject(**fields: object) -> Subject:
    given: dict[str, object] = {"address_id": 1, "kind": Kind.DWELLING, "commune_code": "25747"}
    return Subject(**{"base_key": None, "number_key": None, **given, **fields})  # type: ignore[arg-type]


def test_locks_are_sorted_and_the_gate_is_last() -> None:
    here = subject(point=LonLat(106.65, 10.95), base_key="le loi", number_key="00012")
    keys = cells.lock_keys([here, subject(base_key="le loi", number_key="00014")])
    assert keys == sorted(set(keys))
    assert keys[-1] == cells.GATE
    assert len(keys) == len(cells.cells(LonLat(106.65, 10.95))) + 2 + 1


@pytest.mark.parametrize("fields", [{}, {"base_key": "le loi"}, {"number_key": "00012"}])
def test_what_looks_like_nothing_locks_nothing(fields: dict[str, object]) -> None:
    assert cells.lock_keys([subject(**fields)]) == []


def test_one_door_has_one_key_and_a_commune_of_its_own() -> None:
    door = {"base_key": "le loi", "number_key": "00012"}
    assert cells.lock_keys([subject(**door)]) == cells.lock_keys([subject(**door, address_id=2)])
    assert cells.lock_keys([subject(**door)]) != cells.lock_keys(
        [subject(**door, commune_code="25750")]
    )
