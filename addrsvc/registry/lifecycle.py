"""Pure: which status may follow which, and where an address begins.

>>> first_status(positioned=True, code_given=False)
<Status.CURRENT: 'current'>
>>> first_status(positioned=False, code_given=False)
<Status.PROPOSED: 'proposed'>
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from addrsvc.registry.errors import DateRefused, TransitionRefused
from addrsvc.registry.model import Status

Act = Literal["correct", "position", "retire", "reject"]

_AFTER: dict[tuple[Status, Act], Status] = {
    (Status.PROPOSED, "correct"): Status.PROPOSED,
    (Status.PROPOSED, "position"): Status.CURRENT,
    (Status.PROPOSED, "reject"): Status.REJECTED,
    (Status.RESERVED, "correct"): Status.RESERVED,
    (Status.RESERVED, "position"): Status.CURRENT,
    (Status.RESERVED, "retire"): Status.RETIRED,
    (Status.CURRENT, "correct"): Status.CURRENT,
    (Status.CURRENT, "position"): Status.CURRENT,
    (Status.CURRENT, "retire"): Status.RETIRED,
    # a retired address keeps telling the truth about the past, so its record may be mended
    (Status.RETIRED, "correct"): Status.RETIRED,
}


def first_status(*, positioned: bool, code_given: bool) -> Status:
    """Give the status a new address begins with.

    Positioned: in use at once. Without a position it is only proposed and has no code; a code
    issued elsewhere is kept for it, so it is reserved.
    """
    if positioned:
        return Status.CURRENT
    return Status.RESERVED if code_given else Status.PROPOSED


def status_after(status: Status, act: Act) -> Status:
    """Give the status an act leads to.

    Raises:
        TransitionRefused: the lifecycle has no such step.
    """
    after = _AFTER.get((status, act))
    if after is None:
        raise TransitionRefused(status=status.value, act=act)
    return after


def check_day(day: date, *, earliest: date, latest: date) -> date:
    """Pass a day an act may hold from.

    Raises:
        DateRefused: before the address existed, or in the future.
    """
    if not earliest <= day <= latest:
        raise DateRefused(
            day=day.isoformat(), earliest=earliest.isoformat(), latest=latest.isoformat()
        )
    return day
