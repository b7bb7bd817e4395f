"""Nobody is at two places at once; clocks that are wrong are put right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from addrsvc.collection.clock_offset import TOLERATED, put_right
from addrsvc.collection.movement import MOST_KMH, Stand, impossible
from addrsvc.geo.measure import moved
from addrsvc.types import LonLat

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = LonLat(106.65, 10.95)
ONE = Stand(HERE, 5.0, NOON)


def test_how_fast_somebody_went() -> None:
    hour = timedelta(hours=1)
    for metres, is_possible in ((149_000, True), (151_000, False)):
        other = Stand(moved(HERE, 90, metres), 5.0, NOON + hour)
        assert (impossible(ONE, other) is None) is is_possible
        assert (impossible(other, ONE) is None) is is_possible
    # what either may be off by is in their favour
    vague = Stand(moved(HERE, 90, 151_000), 2_000.0, NOON + hour)
    assert impossible(ONE, vague) is None
    found = impossible(ONE, Stand(moved(HERE, 0, 10_010), 5.0, NOON + timedelta(minutes=1)))
    assert found is not None
    assert found.to_json() == {
        "slug": "impossible-movement",
        "metres": 10_000,
        "seconds": 60,
        "kmh": 600,
    }


@given(st.floats(0, 500_000), st.floats(0, 100_000))
def test_speed_alone_decides(metres: float, seconds: float) -> None:
    other = Stand(moved(HERE, 45, metres), 5.0, NOON + timedelta(seconds=seconds))
    found = impossible(ONE, other)
    kmh = (metres - 10) / max(30.0, seconds) * 3.6
    if abs(kmh - MOST_KMH) > 0.1:
        assert (found is None) is (kmh < MOST_KMH)


def test_a_clock_that_is_wrong_is_put_right() -> None:
    assert put_right(NOON, None, NOON) == (NOON, None)
    assert put_right(NOON - timedelta(days=3), 20.0, NOON)[1] is None
    moment, found = put_right(NOON - timedelta(hours=6), 3_600.0, NOON)
    assert moment == NOON - timedelta(hours=5)
    assert found is not None
    assert found.facts == {"off_s": -3_600, "is_put_right": True}
    moment, found = put_right(NOON + timedelta(hours=6), None, NOON)
    assert moment == NOON
    assert found is not None
    assert found.facts == {"off_s": 21_600, "is_put_right": False}
    soon = put_right(NOON + TOLERATED, None, NOON)
    assert soon == (NOON, None)
    assert put_right(datetime(2199, 1, 1, tzinfo=UTC), 4e9, NOON)[0] == NOON


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.none() | st.floats(-4e9, 4e9),
)
def test_nothing_was_made_after_it_came(made_at: datetime, ahead_s: float | None) -> None:
    assert put_right(made_at, ahead_s, NOON)[0] <= NOON
