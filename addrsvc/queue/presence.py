"""Which workers run, what each does for all, and what fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.errors import Text
from addrsvc.queue.service import QUERIES

TAKES_FILES: Final = "file-jobs-worker"
"""Said by workers among what they lead: that they do slices of jobs over files."""


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


@dataclass(frozen=True)
class WorkState:
    """How one thing that happens by itself is going."""

    entry: WorkEntry
    led_by: str | None
    """Machine and process that does continuous work; None: nobody does."""
    began_at: datetime | None
    """Since when continuous work is done; when periodic work last began."""
    outcome: str | None
    """How periodic work last went, or by what error continuous work fails; None: as it should."""
    next_at: datetime | None


async def list_work(conn: Connection, *, now: datetime, stalled_s: float) -> list[WorkState]:
    """Give all that happens by itself, continuous work first; nothing before a worker ever ran.

    Args:
        conn: the write door.
        now: the present moment, for when periodic work is due next.
        stalled_s: workers not heard of for so long do not count.
    """
    found = await rows(conn, QUERIES["list_work"], {"stalled_s": stalled_s})
    return [_work_state(each, now) for each in found]


def _work_state(found: Row, now: datetime) -> WorkState:
    purpose = Text(found["purpose_vi"], found["purpose_en"])
    return WorkState(
        entry=WorkEntry(found["name"], found["kind"], found["cron"], purpose),
        led_by=f"{found['machine']}:{found['pid']}" if found["machine"] else None,
        began_at=found["since"] or found["began_at"],
        outcome=found["error"] or found["outcome"],
        next_at=next_due(found["cron"], now) if found["cron"] else None,
    )


def next_due(cron: str, now: datetime) -> datetime:
    """Give the next moment of a schedule in UTC."""
    # here, not above: every process of the web server would load it
    from croniter import croniter  # type: ignore[import-untyped]  # noqa: PLC0415

    found: datetime = croniter(cron, now.astimezone(UTC)).get_next(datetime)
    return found


async def hear_of_workers(conn: Connection, *, stalled_s: float) -> Mapping[str, object]:
    """Give what operators are told of workers: ``running``, and ``failing`` where something does.

    Args:
        conn: the read door.
        stalled_s: workers not heard of for so long do not count.
    """
    found = await row(conn, QUERIES["worker_heard"], {"stalled_s": stalled_s})
    if found is None or not found["running"]:
        return {"running": 0, "remedy": "start one: addrsvc worker, or serve without --no-worker"}
    failing = {name: error for each in found["failing"] for name, error in each.items()}
    return {"running": found["running"], **({"failing": failing} if failing else {})}


async def count_file_workers(conn: Connection, *, stalled_s: float) -> int:
    """Count the workers that do slices of jobs over files.

    Args:
        conn: the write door.
        stalled_s: workers not heard of for so long do not count.
    """
    params = {"leads": TAKES_FILES, "stalled_s": stalled_s}
    found = await rows(conn, QUERIES["count_leading"], params)
    return int(found[0]["running"])
