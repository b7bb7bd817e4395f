"""Pure: when a record was made, by a clock that may be wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from addrsvc.collection.model import Finding

TOLERATED: Final = timedelta(minutes=10)
"""A clock off by no more, and a moment later than its arrival by no more, is not worth a word."""


def put_right(
    made_at: datetime, server_ahead_s: float | None, arrived_at: datetime
) -> tuple[datetime, Finding | None]:
    """Give the moment by the server's clock, and what was found where the device's is wrong.

    Args:
        made_at: by the device's clock.
        server_ahead_s: the server's clock minus the device's when they last met; None: never.
        arrived_at: by the server's clock.

    Returns:
        A moment not later than arrival; ``clock-off`` with the seconds the clock is off by.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> put_right(noon + timedelta(hours=5), -18_000, noon)[0] == noon
    True
    """
    moment = made_at + timedelta(seconds=server_ahead_s or 0.0)
    if moment - arrived_at > TOLERATED:
        off_s = round((moment - arrived_at).total_seconds())
        return arrived_at, Finding("clock-off", {"off_s": off_s, "is_put_right": False})
    off_s = round(-(server_ahead_s or 0.0))
    found = Finding("clock-off", {"off_s": off_s, "is_put_right": True})
    is_off = abs(off_s) > TOLERATED.total_seconds()
    return min(moment, arrived_at), found if is_off else None
