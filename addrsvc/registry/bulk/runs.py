"""Runs: how far a file has got, committed together with what its rows became."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.rows import driver_connection, execute, row
from addrsvc.registry.bulk.communes import QUERIES
from addrsvc.registry.bulk.errors import ImportRunning
from addrsvc.registry.bulk.model import COUNT_NAMES, Counts, Rejection

_BLOCK = 1 << 20


@dataclass(slots=True)
class Run:
    """An import of one file with one set of options, not finished."""

    run_id: int
    records_done: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line was refused, in both languages."""

    line: int
    slug: str
    vi: str
    en: str

    @classmethod
    def of(cls, rejection: Rejection) -> Reason:
        """Say it in both languages."""
        error = rejection.error
        return cls(rejection.line, error.slug, error.text("vi"), error.text("en"))


def fingerprint(path: Path, facts: dict[str, Any]) -> bytes:
    """Give what tells this import from others: the file's content and what was asked for."""
    digest = hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS))
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()


async def open_run(
    conn: AsyncConnection, *, fingerprint: bytes, file_name: str, principal: str, at: datetime
) -> Run:
    """Take up the run of this file that was interrupted, or begin one."""
    params = {"fingerprint": fingerprint, "file_name": file_name, "principal": principal, "at": at}
    found = await row(conn, QUERIES["open_run"], params)
    if found is None:
        raise ImportRunning
    counts = Counts(**{name: found[name] for name in COUNT_NAMES})
    return Run(found["run_id"], found["records_done"], counts)


async def advance(
    conn: AsyncConnection, run: Run, counts: Counts, rejections: Sequence[Rejection]
) -> None:
    """Add what a chunk settled, in the chunk's own transaction.

    Raises:
        ImportRunning: another process settled these records.
    """
    params = {"run_id": run.run_id, "records_done": run.records_done, "records": counts.records}
    params |= {name: getattr(counts, name) for name in COUNT_NAMES}
    if await execute(conn, QUERIES["advance_run"], params) != 1:
        raise ImportRunning
    if not rejections:
        return
    driver = await driver_connection(conn)
    statement = "COPY import_rejection (run_id, line, slug, vi, en) FROM STDIN"
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for reason in map(Reason.of, rejections):
            await copy.write_row((run.run_id, reason.line, reason.slug, reason.vi, reason.en))


async def finish(conn: AsyncConnection, run: Run, at: datetime) -> None:
    """Mark the whole file as settled."""
    if await execute(conn, QUERIES["finish_run"], {"run_id": run.run_id, "at": at}) != 1:
        raise ImportRunning


async def reasons(conn: AsyncConnection, run_id: int) -> AsyncIterator[Reason]:
    """Stream the reasons of a run in order of line."""
    driver = await driver_connection(conn)
    async with driver.cursor(name="reasons", row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES["rejections_of_run"], {"run_id": run_id})
        async for each in cursor:
            yield Reason(**each)
