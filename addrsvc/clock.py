"""The only place that reads the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Source of the present moment, handed to whatever needs one."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still, for tests and repeatable runs."""

    moment: datetime

    def now(self) -> datetime:
        """Give the fixed moment."""
        return self.moment


def today(clock: Clock) -> date:
    """Give the legal date in Vietnam: decisions take effect by local day."""
    return clock.now().astimezone(VIETNAM).date()
