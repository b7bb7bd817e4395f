from __future__ import annotations

import numpy as np
import pytest
import shapely
from benchmarks.plan_faults import star

from addrsvc.planning.files.checking_shapes import (
    drawn,
    judge_shapes,
    reason_of,
    repeated_vertices,
    same_shapes,
    slivers,
)
from addrsvc.planning.files.model import Fault

SQUARE = "0 0,9 0,9 9,0 9,0 0"


def array(*texts: str) -> np.ndarray:
    found = np.empty(len(texts), dtype=object)
    found[:] = [shapely.from_wkt(text) if text else None for text in texts]
    return found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("POLYGON ((0 0,1 1,1 0,0 1,0 0))", Fault.SELF_CROSSING),
        ("MULTIPOLYGON (((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))", Fault.SELF_CROSSING),
        ("POLYGON ((0 0,4 0,2 2,4 4,0 4,2 2,0 0))", Fault.SELF_CROSSING),
        (f"POLYGON (({SQUARE}),(20 20,30 20,30 30,20 20))", Fault.HOLE_OUTSIDE),
        (f"POLYGON (({SQUARE}),(1 1,5 1,5 5,1 5,1 1),(2 2,3 2,3 3,2 2))", Fault.NESTED),
        (f"MULTIPOLYGON ((({SQUARE})),((1 1,5 1,5 5,1 5,1 1)))", Fault.NESTED),
        (f"POLYGON (({SQUARE}),(1 1,5 1,5 5,1 1),(1 1,5 1,5 5,1 1))", Fault.RING_TWICE),
        (f"MULTIPOLYGON ((({SQUARE})),((9 9,0 9,0 0,9 0,9 9)))", Fault.RING_TWICE),
        ("POLYGON ((0 0,9 0,9 9,0 0,9 0,9 9,0 0))", Fault.RING_TWICE),
        (f"POLYGON (({SQUARE}),(0 5,4 9,9 5,4 0,0 5))", Fault.OTHER_INVALID),
        ("POLYGON ((0 0,1 1,1 1,0 0))", Fault.TOO_FEW_POINTS),
        ("POINT (500 500)", Fault.OUT_OF_RANGE),
        ("POLYGON ((0 0,1 91,1 0,0 0))", Fault.OUT_OF_RANGE),
        ("POINT (1 1)", Fault.NOT_AREAL),
        ("LINESTRING (1 1,2 2)", Fault.NOT_AREAL),
        ("GEOMETRYCOLLECTION (POINT (1 1),POLYGON ((0 0,1 0,1 1,0 0)))", Fault.NOT_AREAL),
        ("POLYGON EMPTY", Fault.NO_SHAPE),
        ("", Fault.NO_SHAPE),
        (f"POLYGON (({SQUARE}))", None),
    ],
)
def test_a_shape_has_its_fault(text: str, fault: Fault | None) -> None:
    judged = judge_shapes(array(f"POLYGON (({SQUARE}))", text))
    assert judged.is_sound.tolist() == [True, fault is None]
    assert [(mark.fault, mark.n) for mark in judged.marks] == [(fault, 2)] * (fault is not None)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_coordinates_that_are_no_numbers(wrong: float) -> None:
    judged = judge_shapes(np.array([shapely.Polygon([(0, 0), (1, wrong), (1, 1)])]))
    assert [mark.fault for mark in judged.marks] == [Fault.NOT_FINITE]


def test_where_a_shape_crosses_itself() -> None:
    bow_tie = shapely.from_wkt("POLYGON ((0 0,1 1,1 0,0 1,0 0))")
    assert reason_of(bow_tie) == (Fault.SELF_CROSSING, 0.5, 0.5)


def test_repeated_vertices_are_found_in_every_ring() -> None:
    shapes = array(
        f"POLYGON (({SQUARE}))",
        f"POLYGON (({SQUARE}),(1 1,1 1,5 1,5 5,1 1))",
        "MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,6 5,6 5,6 6,6 6,5 5)))",
    )
    assert list(repeated_vertices(shapes)) == [(1, 1.0, 1.0), (2, 6.0, 5.0)]


def test_copies_may_begin_elsewhere_and_turn_otherwise() -> None:
    shapes = array(
        "POLYGON ((0 0,9 0,9 9,0 9,0 0))",
        "POLYGON ((0 0,9 0,9 9,1 9,0 0))",  # same extent, as many vertices
        "POLYGON ((9 9,9 0,0 0,0 9,9 9))",
        "MULTIPOLYGON (((9 0,9 9,0 9,0 0,9 0)))",  # another kind of shape
        "POLYGON ((0 9,0 0,9 0,9 9,0 9))",
    )
    assert same_shapes(shapes) == {2: 0, 4: 0}


def test_slivers_are_narrow_and_long_or_hardly_anything() -> None:
    strip, channel, square, crumb = (400.0, 802.0), (2000, 2004), (4.0, 8.0), (0.5, 3.0)
    area, around = (np.array(each) for each in zip(strip, channel, square, crumb, strict=True))
    assert slivers(area, around).tolist() == [True, False, False, True]


def test_large_shapes_are_drawn_roughly_and_at_once() -> None:
    large = star(3_000, 1)
    shown = drawn(large)
    assert shown is not None
    assert shapely.get_num_coordinates(shapely.from_wkb(shown)) <= 210
    assert drawn(None) is drawn(shapely.Polygon()) is None
    small = shapely.box(0, 0, 1, 1)
    assert drawn(small) == shapely.to_wkb(small)
    line = shapely.LineString([(at, 0) for at in range(1_000)])
    assert drawn(line) == shapely.to_wkb(shapely.box(0, 0, 999, 0))
