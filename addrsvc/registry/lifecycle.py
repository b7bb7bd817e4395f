"""Pure: which status may follow which, and where an address begins.

>>> first_status(positioned=True, code_given=False)
<Status.CURRENT: 'current'>
>>> first_status(positioned=False, code_given=False)
<Status.PROPOSED: 'proposed'>
>>> status_after(Status.PROPOSED, "reserve")
<Status.RESERVED: 'reserved'>
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from addrsvc.registry.act_errors import TransitionRefused
from addrsvc.registry.errors import DateRefused
from addrsvc.registry.model import Status

Act = Literal[
    "correct",
    "change",
    "position",
    "reserve",
    "retire",
    "reject",
    "merge",
    "split",
    "replace",
    "duplicate",
]

LIVING = frozenset({Status.PROPOSED, Status.RESERVED, Status.CURRENT})
"""Not out of use: what stands, or is to stand."""

_AFTER: dict[Status, dict[Act, Status]] = {
    Status.PROPOSED: {
        "correct": Status.PROPOSED,
        "change": Status.PROPOSED,
        "position": Status.CURRENT,
        "reserve": Status.RESERVED,
        "reject": Status.REJECTED,
    },
    Status.RESERVED: {
        "correct": Status.RESERVED,
        "change": Status.RESERVED,
        "position": Status.CURRENT,
        "retire": Status.RETIRED,
    },
    Status.CURRENT: {
        "correct": Status.CURRENT,
        "change": Status.CURRENT,
        "position": Status.CURRENT,
        "retire": Status.RETIRED,
        "merge": Status.RETIRED,
        "split": Status.RETIRED,
        "replace": Status.RETIRED,
        "duplicate": Status.RETIRED,
    },
    # a retired address keeps telling the truth about the past, so its record may be mended
    Status.RETIRED: {"correct": Status.RETIRED},
    Status.REJECTED: {},
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
    steps = _AFTER[status]
    if act not in steps:
        raise TransitionRefused(standing=status.value, act=act, allowed=list(steps))
    return steps[act]


def leaving(status: Status) -> Act:
    """Give the act that takes an address out of use: a proposal never had a code to keep."""
    return "reject" if status is Status.PROPOSED else "retire"


def status_with_code(status: Status, *, has_code: bool) -> Status:
    """Give the status an undo comes back to: a code once drawn stays its own, so it is reserved."""
    return Status.RESERVED if status is Status.PROPOSED and has_code else status


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
