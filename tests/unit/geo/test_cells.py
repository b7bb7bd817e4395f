from __future__ import annotations

import itertools

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from addrsvc.geo.cells import REACH, Site, cells
from addrsvc.geo.measure import area_m2, distance_m
from addrsvc.types import LonLat

SITES = st.lists(
    st.tuples(
        st.integers(0, 60).map(lambda n: 106 + n / 100),
        st.integers(0, 60).map(lambda n: 11 + n / 100),
        st.floats(1, 400),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda site: site[:2],
)


def test_a_small_site_beside_a_huge_one_keeps_its_centre() -> None:
    found = cells([Site("small", 106, 11, 1), Site("huge", 106.03, 11, 2000)])
    assert found["small"].covers(shapely.Point(106, 11))


def test_no_sites_no_cells() -> None:
    assert cells([]) == {}


def test_a_lone_site_gets_its_disc() -> None:
    (cell,) = cells([Site("a", 106.6, 11, 100)]).values()
    assert area_m2(cell) == pytest.approx(100e6 * REACH**2, rel=0.01)


def test_sites_at_one_centre_get_nothing() -> None:
    found = cells([Site("a", 106, 11, 9), Site("b", 106, 11, 9), Site("c", 107, 11, 9)])
    assert set(found) == {"c"}


def test_equal_sites_meet_half_way_and_a_heavier_one_gets_more() -> None:
    def edge(area: float) -> float:
        found = cells([Site("a", 106, 11, area), Site("b", 106.1, 11, 100)])
        return found["a"].bounds[2]

    assert edge(100) == pytest.approx(106.05, abs=1e-4)
    assert edge(150) > edge(100)


def test_who_is_too_far_away_takes_nothing() -> None:
    some = [Site("small", 106, 11, 1), Site("huge", 106.1, 11, 2000)]
    far = Site("far", 105.95, 11, 1)  # nearer than the huge one reaches, and out of the disc
    alone, beside = cells(some)["small"], cells([*some, far])["small"]
    assert area_m2(beside) == pytest.approx(area_m2(alone), rel=1e-4)


@settings(max_examples=40)
@given(SITES)
def test_cells_keep_their_centre_do_not_overlap_and_end_at_their_reach(
    drawn: list[tuple[float, float, float]],
) -> None:
    sites = [Site(str(n), *values) for n, values in enumerate(drawn)]
    found = cells(sites)
    assert set(found) == {site.key for site in sites}
    for site in sites:
        cell = found[site.key]
        assert cell.is_valid
        assert cell.covers(shapely.Point(site.lon, site.lat))
        limit = REACH * (site.area_km2 * 1e6 / 3.14159) ** 0.5 * 1.01
        for lon, lat in cell.exterior.coords:
            assert distance_m(LonLat(site.lon, site.lat), LonLat(lon, lat)) < limit
    for one, other in itertools.combinations(found.values(), 2):
        assert not one.buffer(-5e-5).intersects(other.buffer(-5e-5))  # slivers of 5 m at most
