"""Pure: read the two times a question may be asked as of, as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from addrsvc.clock import VIETNAM, Clock, today
from addrsvc.registry.history_errors import TimeInFuture, TimeInvalid

_PLUS_LOST = re.compile(r" (\d\d:?\d\d)$")
"""An offset whose plus sign became a space on its way through a query string."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """A legal day, and the moment whose knowledge of it is asked for; None: the present one."""

    valid_at: date | None = None
    known_at: datetime | None = None


PRESENT = AsOf()


def read_as_of(valid_at: str | None, known_at: str | None, clock: Clock) -> AsOf:
    """Read both times; neither may lie in the future.

    Raises:
        TimeInvalid: not a day, or not a moment.
        TimeInFuture: it has not come.
    """
    at = AsOf(
        None if valid_at is None else _day(valid_at),
        None if known_at is None else _moment(known_at),
    )
    now, day = clock.now(), today(clock)
    if at.valid_at is not None and at.valid_at > day:
        raise TimeInFuture(field="valid_at", given=at.valid_at.isoformat(), now=day.isoformat())
    if at.known_at is not None and at.known_at > now:
        raise TimeInFuture(field="known_at", given=at.known_at.isoformat(), now=now.isoformat())
    return at


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise TimeInvalid(field="valid_at", given=text[:40]) from None


def _moment(text: str) -> datetime:
    """Read a moment; without an offset it is Vietnam time, a day alone its beginning."""
    try:
        moment = datetime.fromisoformat(_PLUS_LOST.sub(r"+\1", text.strip()))
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=VIETNAM)
    except ValueError:
        raise TimeInvalid(field="known_at", given=text[:40]) from None
