"""A clock tests can move, for what ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, time: timedelta) -> None:
        self.moment += time


@pytest.fixture
def clock() -> HandClock:
    return HandClock()
