from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geo import corners, crs, measure
from addrsvc.geo.corner_errors import (
    CornerNotUnderstood,
    CornersAreaImplausible,
    CornersCross,
    CornersTooFew,
    CornersTooMany,
)
from addrsvc.geo.corners import MAX_CORNERS, read_corners

PLOT = [  # northing, easting: 20 m by 10 m in Thủ Dầu Một
    (1214436.35, 598371.18),
    (1214456.35, 598371.18),
    (1214456.35, 598381.18),
    (1214436.35, 598381.18),
]


def _grouped(metres: float, mark: str, decimal: str) -> str:
    return f"{metres:,.2f}".replace(".", "d").replace(",", mark).replace("d", decimal)


WRITINGS = {
    "as on paper": "{n} {x:.2f} {y:.2f} {s:.2f}",
    "no numbers": "{x:.2f} {y:.2f}",
    "easting first": "{n}\t{y:.2f}\t{x:.2f}\t{s:.2f}",
    "comma decimals": "{n} {xc} {yc} {sc}",
    "spreadsheet": "{n};{xc};{yc};{sc}",
    "csv": "{n},{x:.2f},{y:.2f},{s:.2f}",
    "csv without numbers": "{x:.2f},{y:.2f}",
    "groups of points": "{n} {xg} {yg} {sc}",
    "groups of spaces": "{n} {xs} {ys} {sc}",
    "groups of spaces, no numbers": "{xs}  {ys}",
    "groups of spaces, easting first": "{n} {ys} {xs}",
    "groups of commas": "{n}, {xe}, {ye}, {s:.2f}",
    "many decimals": "{n} {x:.6f} {y:.6f} {s:.3f}",
    "words": "Điểm {n}: X = {x:.2f} m; Y = {y:.2f} m; S = {s:.2f} m",
    "letters": "M{n}. {x:.2f} | {y:.2f} | {s:.2f}",
    "lengths between": "{n} {x:.2f} {y:.2f}\n      {s:.2f}",
}


def _written(template: str, *, repeated: bool = False) -> str:
    lines = ["Số hiệu điểm\tX (m)\tY (m)\tCạnh (m)", ""]
    for place, (x, y) in enumerate([*PLOT, PLOT[0]] if repeated else PLOT):
        s = (20.0, 10.0)[place % 2]
        lines.append(
            template.format(
                n=place % 4 + 1, x=x, y=y, s=s,
                xc=f"{x:.2f}".replace(".", ","), yc=f"{y:.2f}".replace(".", ","),
                sc=f"{s:.2f}".replace(".", ","),
                xg=_grouped(x, ".", ","), yg=_grouped(y, ".", ","),
                xs=_grouped(x, " ", ","), ys=_grouped(y, " ", "."),
                xe=_grouped(x, ",", "."), ye=_grouped(y, ",", "."),
            )
        )  # fmt: skip
    return "\n".join(lines)


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("writing", WRITINGS)
def test_every_way_of_writing_gives_the_same_plot(writing: str, repeated: bool) -> None:  # noqa: FBT001
    template = WRITINGS[writing]
    found = read_corners(_written(template, repeated=repeated))
    assert [each[1:] for each in found.corners] == [(y, x) for x, y in PLOT]
    assert [each.number for each in found.corners] == ["1", "2", "3", "4"]
    assert found.epsg == 9210
    assert found.is_zone_found
    assert found.is_exchanged is ("easting first" not in writing)
    assert found.area_m2 == pytest.approx(200)
    printed = [edge.printed_m for edge in found.edges]
    if "{s" in template:
        assert printed == [20, 10, 20, 10]
        assert not any(edge.is_off for edge in found.edges)
    # the plane of the zone is a little smaller than the ground near its meridian, and turned
    assert measure.area_m2(found.polygon) == pytest.approx(200, rel=3e-4)


def test_integers_parted_by_a_comma_are_two_numbers() -> None:
    found = read_corners("1214436,598371\n1214456,598371\n598381,1214456")
    assert [each[1:] for each in found.corners] == [
        (598371, 1214436),
        (598371, 1214456),
        (598381, 1214456),
    ]


def test_lengths_that_do_not_fit_are_told_in_metres() -> None:
    found = read_corners(_written("{n} {x:.2f} {y:.2f} {s:.2f}").replace("20.00", "22.35"))
    assert [(e.from_number, e.to_number, e.off_m) for e in found.edges if e.is_off] == [
        ("1", "2", -2.35),
        ("3", "4", -2.35),
    ]


def test_lengths_at_the_second_corner_of_their_edge_are_understood() -> None:
    rows = [[x, y, (10.0, 20.0)[place % 2]] for place, (x, y) in enumerate(PLOT)]
    found = read_corners(rows)
    assert [edge.off_m for edge in found.edges] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "rows",
    [
        [[x, y] for x, y in PLOT],
        [[n, x, y] for n, (x, y) in enumerate(PLOT, 1)],
        [[n, x, y, 1.0] for n, (x, y) in enumerate(PLOT, 1)],
        [[str(y), _grouped(x, " ", ",")] for x, y in PLOT],
        [{"n": n, "x": x, "y": str(y), "s": None} for n, (x, y) in enumerate(PLOT, 1)],
        [["1", f"{x:.2f}", f"{y:.2f}", ""] for x, y in PLOT],
    ],
)
def test_rows_of_values_are_read(rows: list[object]) -> None:
    found = read_corners(rows)  # type: ignore[arg-type]
    assert [each[1:] for each in found.corners] == [(y, x) for x, y in PLOT]


def test_the_zone_named_holds_and_a_likelier_one_is_told() -> None:
    assert read_corners(PLOT, 9210).likelier_epsg is None
    wrong = read_corners(PLOT, 5899)
    assert (wrong.epsg, wrong.likelier_epsg, wrong.is_zone_found) == (5899, 9210, False)
    assert wrong.polygon.centroid.x == pytest.approx(108.652, abs=1e-3)  # two degrees off
    hanoi = [(2326503.5, 587115.0), (2326533.5, 587115.0), (2326533.5, 587145.0)]
    assert read_corners(hanoi, 5897).likelier_epsg is None
    with pytest.raises(crs.ZoneNotFound):
        read_corners(hanoi)
    with pytest.raises(crs.ZoneUnknown):
        read_corners(PLOT, 6959)
    easting, northing = crs.to_vn2000(crs.from_vn2000(598371, 1214436, 9210), 3405)
    with pytest.raises(crs.ZoneAmbiguous):
        read_corners([[northing, easting], [northing + 9, easting], [northing, easting + 9]])


def test_northings_below_a_million_metres_are_known_for_what_they_are() -> None:
    found = read_corners("1 961000.00 374000.00\n2 961030.00 374000.00\n3 961030.00 374030.00")
    assert (found.epsg, found.is_exchanged) == (5899, True)  # Côn Đảo
    assert found.polygon.centroid.y == pytest.approx(8.69, abs=0.01)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ("", CornersTooFew, "0"),
        ("không có gì", CornersTooFew, "0"),
        ("1 1214436.35 598371.18\n2 1214456.35 598371.18", CornersTooFew, "2"),
        ("1 1214436.35 598371.18\n2 12144 598371.18 33 44", CornerNotUnderstood, "2"),
        ("1 10.98 106.65", CornerNotUnderstood, "1"),
        ("9" * 100_000, CornerNotUnderstood, "1"),
        (" " * 200_001, CornersTooMany, "GeoJSON"),
        ("1214436.35 598371.18\n" * (MAX_CORNERS + 1), CornersTooMany, "2000"),
        ([[1214436.35, 598371.18]] * (MAX_CORNERS + 2), CornersTooMany, "2000"),
        ([[1214436.35, 12.0]] * 3, CornerNotUnderstood, "12.0"),
        ([[True, None]] * 3, CornerNotUnderstood, "1"),
        ([[math.nan, math.inf]] * 3, CornerNotUnderstood, "1"),
        ([[]] * 3, CornerNotUnderstood, "1"),
        ([PLOT[0], PLOT[2], PLOT[1], PLOT[3]], CornersCross, "1–2"),
        ([PLOT[0], PLOT[1], (1214476.35, 598371.18)], CornersCross, "3–1"),
        ([PLOT[0], PLOT[1], PLOT[0], PLOT[2]], CornersCross, "1–2"),
        ([*PLOT[:2], (1214456.35, 598371.19)], CornersAreaImplausible, "0.1 m²"),
        ([PLOT[0]] * 4, CornersAreaImplausible, "0.0 m²"),
        ([PLOT[0], (1214456.35, 618371.0), (1244456.35, 618381.19)], CornersAreaImplausible, "m²"),
    ],
)
def test_what_makes_no_plot_is_refused_in_words(given: object, error: type, says: str) -> None:
    with pytest.raises(error) as refused:
        read_corners(given)  # type: ignore[arg-type]
    assert says in refused.value.text("en")
    assert refused.value.text("vi")


@given(st.text(max_size=300) | st.text(st.sampled_from("0123456789 .,;\n\t"), max_size=300))
def test_no_text_makes_it_fail(text: str) -> None:
    try:
        read_corners(text)
    except (CornersTooFew, CornerNotUnderstood, CornersCross, CornersAreaImplausible):
        return
    except (crs.ZoneNotFound, crs.ZoneAmbiguous):
        return


@given(
    st.lists(
        st.tuples(st.floats(1_190_000, 1_270_000), st.floats(560_000, 630_000)),
        min_size=3,
        max_size=3,
    ),
    st.sampled_from(["{n} {x:.3f} {y:.3f}", "{x:.3f}\t{y:.3f}", "{n} {y:.3f} {x:.3f}"]),
)
def test_numbers_come_back_as_printed(points: list[tuple[float, float]], template: str) -> None:
    text = "\n".join(template.format(n=n, x=x, y=y) for n, (x, y) in enumerate(points, 1))
    try:
        found = read_corners(text)
    except (CornersTooFew, CornersCross, CornersAreaImplausible):
        return
    for corner, (x, y) in zip(found.corners, points, strict=True):
        assert corner[1:] == pytest.approx((y, x), abs=0.00051)


def test_doctests() -> None:
    assert doctest.testmod(corners).failed == 0
