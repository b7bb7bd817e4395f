"""The two times of a question are read as people write them, and lie in the past."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from addrsvc.clock import FixedClock
from addrsvc.registry.history_errors import TimeInFuture, TimeInvalid
from addrsvc.registry.moments import PRESENT, read_as_of

CLOCK = FixedClock(datetime(2026, 1, 15, 18, 0, tzinfo=UTC))
"""Already the 16th in Vietnam."""


def test_nothing_asked_is_the_present() -> None:
    assert read_as_of(None, None, CLOCK) == PRESENT


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-15T10:30:00+07:00", datetime(2026, 1, 15, 3, 30, tzinfo=UTC)),
        ("2026-01-15T10:30:00 07:00", datetime(2026, 1, 15, 3, 30, tzinfo=UTC)),
        ("2026-01-15T03:30:00Z", datetime(2026, 1, 15, 3, 30, tzinfo=UTC)),
        ("2026-01-15T10:30", datetime(2026, 1, 15, 3, 30, tzinfo=UTC)),
        ("2026-01-15 10:30", datetime(2026, 1, 15, 3, 30, tzinfo=UTC)),
        ("2026-01-15", datetime(2026, 1, 14, 17, 0, tzinfo=UTC)),
    ],
)
def test_moments_as_written(written: str, moment: datetime) -> None:
    assert read_as_of(None, written, CLOCK).known_at == moment


def test_today_and_now_are_not_the_future() -> None:
    at = read_as_of("2026-01-16", "2026-01-16T01:00:00+07:00", CLOCK)
    assert (at.valid_at, at.known_at) == (date(2026, 1, 16), CLOCK.moment)


@pytest.mark.parametrize(
    ("valid_at", "known_at"), [("2026-01-17", None), (None, "2026-01-16T01:00:01+07:00")]
)
def test_the_future_is_refused(valid_at: str | None, known_at: str | None) -> None:
    with pytest.raises(TimeInFuture):
        read_as_of(valid_at, known_at, CLOCK)


@pytest.mark.parametrize(
    ("valid_at", "known_at"),
    [
        ("15/01/2026", None),
        ("", None),
        ("0000-01-01", None),
        (None, "yesterday"),
        (None, "2026-02-30"),
        (None, ""),
    ],
)
def test_what_is_no_time_is_refused(valid_at: str | None, known_at: str | None) -> None:
    with pytest.raises(TimeInvalid):
        read_as_of(valid_at, known_at, CLOCK)
