from __future__ import annotations

import pytest

from addrsvc.geo.given_point import (
    PositionExchanged,
    PositionIncomplete,
    given_point,
    given_point_or_none,
)
from addrsvc.types import LonLat, PositionOutOfRange


def test_a_point_stays_as_given() -> None:
    assert given_point(106.65, 10.98) == LonLat(106.65, 10.98)
    assert given_point(-70.5, 40.0) == LonLat(-70.5, 40.0)  # abroad is a place too
    assert given_point_or_none(106.65, 10.98) == LonLat(106.65, 10.98)


def test_exchanged_numbers_get_a_hint() -> None:
    with pytest.raises(PositionExchanged) as caught:
        given_point(10.98, 106.65)
    assert "lon=106.65" in caught.value.text("vi")
    assert caught.value.facts() == {"lon": 10.98, "lat": 106.65}


def test_no_point_on_earth() -> None:
    for lon, lat in ((200.0, 0.0), (0.0, 95.0), (float("nan"), 0.0)):
        with pytest.raises(PositionOutOfRange):
            given_point(lon, lat)


@pytest.mark.parametrize(("lon", "lat", "given"), [(106.0, None, "lon"), (None, 11.0, "lat")])
def test_half_a_position(lon: float | None, lat: float | None, given: str) -> None:
    with pytest.raises(PositionIncomplete) as caught:
        given_point_or_none(lon, lat)
    assert caught.value.given == given
    assert given_point_or_none(None, None) is None
