"""Figures of each collector over some days: where to begin a talk, never a verdict.

What they say depends on where somebody works: an alley of boarding houses brings duplicates and
weak positions to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from addrsvc.auth.field_devices import find_devices
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import VIETNAM
from addrsvc.collection.areas import QUERIES
from addrsvc.collection.tasks import areas_of
from addrsvc.db.rows import Connection, rows

DAYS: Final = 30
"""Shown where nobody said which."""
EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2999, 12, 31)
"""Days asked for lie between: there were no records before, and a calendar ends somewhere."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of the records of one collector."""

    holder: str
    """Whoever holds the devices, as enrolled; of one that is not known, its id."""
    devices: int
    records: int
    unchanged: int
    """Accepted as they came."""
    corrected: int
    """Accepted after a supervisor chose or typed another value."""
    waiting: int
    sent_back: int
    refused: int
    kept_apart: int
    overridden: int
    """Records in which a warning of the phone was gone past, with a reason."""
    impossible: int
    """Records that lie too far from the one before for the time between."""
    clock_off: int
    duplicates: int
    """Records that look like an address already there."""
    accuracy_m: float | None
    """Median of positions (68 %)."""
    review_s: float | None
    """Median time from arrival to a person's decision."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days, first and last counted in, and a commune; None: all of the principal's."""

    first: date
    last: date
    commune: str | None = None

    @classmethod
    def before(cls, day: date, commune: str | None = None) -> Period:
        """Give the last days up to one."""
        return cls(day - timedelta(days=DAYS - 1), day, commune)


async def list_figures(conn: Connection, principal: Principal, period: Period) -> list[Figures]:
    """Give the figures of collectors, those with most records first.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: for supervisors of the commune.
    """
    communes = () if period.commune is None else (period.commune,)
    principal.require_in(Scope.COLLECTION_REVIEW, communes)
    params: dict[str, Any] = {
        "since": _midnight(period.first),
        "until": _midnight(period.last + timedelta(days=1)),
        "commune": period.commune,
        "areas": areas_of(principal),
    }
    devices = [each["device"] for each in await rows(conn, QUERIES["collecting_devices"], params)]
    known = await find_devices(conn, devices)
    held = {each: known[each].held_by if each in known else None for each in devices}
    params |= {"devices": devices, "holders": [_holder(held, each) for each in devices]}
    return [Figures(**each) for each in await rows(conn, QUERIES["quality"], params)]


def _holder(held: Mapping[str, str | None], device: str) -> str:
    if ":" in device:  # who brought a sheet: there was no device
        return device
    return held[device] or f"device:{device}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
