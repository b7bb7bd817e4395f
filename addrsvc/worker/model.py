"""What a worker is told to do: functions of one shape, whichever slice they are from."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.errors import Text
from addrsvc.settings import Settings

Work = Callable[[AsyncEngine, Settings, Clock], Coroutine[Any, Any, None]]
"""Opens its own transactions on the engine; statements may take long there."""

JobFunction = Callable[..., Coroutine[Any, Any, None]]
"""The same, with the job's arguments by name after the three."""


@dataclass(frozen=True)
class Continuous:
    """Work without an end, done by one worker at a time, wherever workers run."""

    name: str
    purpose: Text
    run: Work
    """Loops for ever. That it is alone is economy: what it does must be right with two."""


@dataclass(frozen=True)
class Periodic:
    """Work that is due again and again; a job is left each time, once for all workers."""

    name: str
    purpose: Text
    cron: str
    """In UTC: minute, hour, day, month, day of week; night in Vietnam is 17–22 UTC."""
    run: Work
