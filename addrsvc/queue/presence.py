"""Which workers run, what each does for all, and what fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.rows import execute, row
from addrsvc.errors import Text
from addrsvc.queue.service import QUERIES


@dataclass(frozen=True)
class WorkEntry:
    """One thing that happens by itself."""

    name: str
    kind: Literal["continuous", "periodic"]
    cron: str | None
    """In UTC; None for continuous work."""
    purpose: Text


async def enter(conn: AsyncConnection, machine: str, pid: int) -> int:
    """Note that a worker begins; give the number it goes by."""
    entered = await row(conn, QUERIES["enter_process"], {"machine": machine, "pid": pid})
    if entered is None:
        raise RuntimeError("no process was entered")
    process_id: int = entered["process_id"]
    return process_id


async def hear(
    conn: AsyncConnection,
    process_id: int,
    leads: Mapping[str, datetime],
    failing: Mapping[str, str],
) -> bool:
    """Note that a worker goes on; False: it was taken for gone long ago."""
    params = {
        "process_id": process_id,
        "leads": Jsonb({name: since.isoformat() for name, since in leads.items()}),
        "failing": Jsonb(dict(failing)),
    }
    return await execute(conn, QUERIES["hear_process"], params) == 1


async def leave(conn: AsyncConnection, process_id: int) -> None:
    """Note that a worker ended."""
    await execute(conn, QUERIES["leave_process"], {"process_id": process_id})


async def record_work(conn: AsyncConnection, work: Iterable[WorkEntry]) -> None:
    """Write down all that happens by itself, in place of what stood there."""
    entries = list(work)
    names = [each.name for each in entries]
    params = {
        "names": names,
        "kinds": [each.kind for each in entries],
        "crons": [each.cron for each in entries],
        "purposes_vi": [each.purpose.vi for each in entries],
        "purposes_en": [each.purpose.en for each in entries],
    }
    await execute(conn, QUERIES["record_work"], params)
    await execute(conn, QUERIES["forget_work"], {"names": names})
