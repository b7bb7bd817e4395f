"""Import a file of addresses: in chunks, each one transaction, with a receipt of every row.

What is committed with a chunk: its addresses, their events, how far the file has got, why rows
were refused, one audit row. So a run killed at any moment is taken up by running it again: the
same file with the same options goes on after the last chunk committed, and rows are known by
what they say anyway (see ``preparing``). While the database works on one chunk the next is
read in a thread.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
import sqlalchemy.exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.registry.bulk import runs
from addrsvc.registry.bulk.assigning import Assigner, Outcome
from addrsvc.registry.bulk.doubles import MetAnother
from addrsvc.registry.bulk.errors import ImportInterrupted
from addrsvc.registry.bulk.mapping import ColumnMap, map_columns
from addrsvc.registry.bulk.model import Counts, ImportOptions, Prepared, Receipt, Rejection
from addrsvc.registry.bulk.preparing import Preparer
from addrsvc.registry.bulk.rehearsal import Rehearsal
from addrsvc.registry.bulk.rejects import Spool, rejects_path, write_rejects
from addrsvc.registry.bulk.runs import Run
from addrsvc.registry.bulk.storing import Writing
from addrsvc.tabular.model import Record
from addrsvc.tabular.sources import Source, open_source

CHUNK: Final = 20_000
"""Records settled in one transaction: about a second's work."""

_ATTEMPTS: Final = 3
"""Who meets another writer in one row or at one place begins its chunk again."""

_ANALYSE_FROM: Final = 10_000
_OBJECTS_BETWEEN_COLLECTIONS: Final = 200_000
_LOST = (psycopg.OperationalError, sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError)


class Progress(NamedTuple):
    """How far a run is."""

    records: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file ready to be imported: its records and which column is which."""

    path: Path
    source: Source
    columns: ColumnMap
    options: ImportOptions


class _Chunk(NamedTuple):
    """Records read, and those among them that are no address to begin with."""

    prepared: list[Prepared]
    rejections: list[Rejection]
    examples: int


@dataclass(slots=True)
class _Work:
    """One run of an import."""

    opened: OpenedFile
    engine: AsyncEngine
    principal: Principal
    clock: Clock
    chunk: int
    report: Callable[[Progress], None]
    rehearsal: Rehearsal | None
    spool: Spool | None
    counts: Counts = field(default_factory=Counts)
    first_code: str | None = None


def open_file(path: Path, options: ImportOptions) -> OpenedFile:
    """Open a file and map its columns.

    Raises:
        FileMissing, FileEmpty, FormatUnknown, …: see ``sources.open_source``.
        SheetOfTask, FieldUnknown, ColumnUnknown, NothingMapped: see ``mapping.map_columns``.
    """
    source = open_source(path, encoding=options.encoding, layer=options.layer, crs=options.crs)
    columns = map_columns(source.columns, options.mapping, carries_point=source.carries_point)
    if source.crs is not None:
        options = replace(options, crs=source.crs)
    return OpenedFile(path, source, columns, options)


async def import_file(
    opened: OpenedFile,
    *,
    engine: AsyncEngine,
    principal: Principal,
    clock: Clock,
    dry_run: bool = False,
    chunk: int = CHUNK,
    report: Callable[[Progress], None] = lambda _: None,
) -> Receipt:
    """Import a file that was opened, and say what became of every row.

    A dry run does everything but the commit. Refused rows are written beside the file.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not write addresses.
        ImportRunning: another process imports the same file.
        ImportInterrupted: the database went away; run it again.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    if opened.options.distinct_because is not None:
        principal.require(Scope.ADDRESSES_OVERRIDE)
    begun = time.monotonic()
    work = _Work(
        opened,
        engine,
        principal,
        clock,
        chunk,
        report,
        Rehearsal() if dry_run else None,
        Spool() if dry_run else None,
    )
    try:
        run = None if dry_run else await _begin(work)
        resumed_at = 0 if run is None else run.records_done
        with _rare_collections():
            await _run(work, run)
        rejects = await _finish(work, run)
    except _LOST as error:
        raise ImportInterrupted(records=work.counts.records) from error
    finally:
        if work.spool is not None:
            work.spool.close()
        if work.rehearsal is not None:
            work.rehearsal.close()
    return Receipt(
        rows=work.counts.rows,
        counts=work.counts,
        dry_run=dry_run,
        resumed_at=resumed_at,
        rejects_file=rejects,
        first_code=work.first_code,
        seconds=time.monotonic() - begun,
    )


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage in cycles seldom: rows make none, and looking took half of the reading."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _begin(work: _Work) -> Run:
    opened = work.opened
    facts: dict[str, Any] = {**opened.options.facts(), "columns": dict(opened.columns.at)}
    mark = await asyncio.to_thread(runs.fingerprint, opened.path, facts)
    async with transaction(work.engine) as conn:
        run = await runs.open_run(
            conn,
            fingerprint=mark,
            file_name=opened.path.name,
            principal=work.principal.id,
            at=work.clock.now(),
        )
    work.counts.add(run.counts)
    return run


async def _run(work: _Work, run: Run | None) -> None:
    """Settle chunk after chunk; while one is with the database the next is read."""
    opened = work.opened
    writing = Writing(work.principal, work.clock.now(), today(work.clock))
    preparer = Preparer(
        opened.columns,
        opened.options,
        source=opened.options.source or opened.path.name,
        encoding=opened.source.encoding,
    )
    assigner = Assigner(
        writing,
        work.principal,
        preparer.stated_fields,
        work.rehearsal,
        opened.options.distinct_because,
    )
    records = opened.source.records()
    skipped = 0 if run is None else run.records_done
    read = 0
    for _ in islice(records, skipped):
        read += 1
    if read != skipped:
        raise AssertionError(f"the file has {read} records, but {skipped} of it were settled")
    reading = asyncio.create_task(asyncio.to_thread(_read, preparer, records, work.chunk))
    try:
        while (chunk := await reading) is not None:
            reading = asyncio.create_task(asyncio.to_thread(_read, preparer, records, work.chunk))
            await _settle(work, run, assigner, chunk)
            work.report(Progress(work.counts.records, work.counts))
    finally:
        reading.cancel()


def _read(preparer: Preparer, records: Iterator[Record], size: int) -> _Chunk | None:
    """Read and prepare the next records; None at the end."""
    chunk = _Chunk([], [], 0)
    examples = 0
    count = 0
    for record in islice(records, size):
        count += 1
        if preparer.is_example(record):
            examples += 1
            continue
        try:
            chunk.prepared.append(preparer.prepare(record))
        except AddrsvcError as error:
            chunk.rejections.append(Rejection(record.line, error))
    return chunk._replace(examples=examples) if count else None


async def _settle(work: _Work, run: Run | None, assigner: Assigner, chunk: _Chunk) -> None:
    """Register one chunk in a transaction of its own."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if run is None:
                outcome = await _rehearse(work, assigner, chunk.prepared)
            else:
                async with transaction(work.engine) as conn:
                    outcome = await assigner.assign(conn, chunk.prepared)
                    _add_unreadable(outcome, chunk)
                    await runs.advance(conn, run, outcome.counts, outcome.rejections)
                    await _leave_audit(conn, work, run, outcome)
                    await outcome.close_gate(conn)
            break
        except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected, MetAnother):
            if attempt == _ATTEMPTS:
                raise
    if run is None:
        _add_unreadable(outcome, chunk)
        if work.spool is not None:
            work.spool.add(outcome.rejections)
    else:
        run.records_done += outcome.counts.records
    work.counts.add(outcome.counts)
    work.first_code = work.first_code or outcome.first_code


async def _rehearse(work: _Work, assigner: Assigner, prepared: Sequence[Prepared]) -> Outcome:
    async with work.engine.connect() as conn, conn.begin() as begun:
        outcome = await assigner.assign(conn, prepared)
        await begun.rollback()
    return outcome


def _add_unreadable(outcome: Outcome, chunk: _Chunk) -> None:
    outcome.counts.rejected += len(chunk.rejections)
    outcome.counts.examples += chunk.examples
    outcome.rejections.extend(chunk.rejections)
    outcome.rejections.sort(key=lambda rejection: rejection.line)
    total = len(chunk.prepared) + len(chunk.rejections) + chunk.examples
    if outcome.counts.records != total:
        raise AssertionError(f"{total} records read, {outcome.counts.records} accounted for")


async def _leave_audit(conn: AsyncConnection, work: _Work, run: Run, outcome: Outcome) -> None:
    counts = outcome.counts
    await audit.record(
        conn,
        principal=work.principal.id,
        action="addresses.import",
        subject=f"import:{run.run_id}",
        at=work.clock.now(),
        detail={
            "from_record": run.records_done + 1,
            "assigned": counts.assigned,
            "proposed": counts.proposed,
            "reserved": counts.reserved,
            "already_there": counts.already_there,
            "rejected": counts.rejected,
            "duplicates": counts.duplicates,
        },
    )


async def _finish(work: _Work, run: Run | None) -> str | None:
    """Write the refused rows, then mark the run as finished; give the file written."""
    path = rejects_path(work.opened.path) if work.counts.rejected else None
    if path is not None and run is not None:
        async with transaction(work.engine) as conn:
            await write_rejects(path, work.opened.source, runs.reasons(conn, run.run_id))
    elif path is not None and work.spool is not None:
        await write_rejects(path, work.opened.source, work.spool.reasons())
    if run is not None:
        async with transaction(work.engine) as conn:
            await runs.finish(conn, run, work.clock.now())
            if work.counts.records >= _ANALYSE_FROM:
                await conn.exec_driver_sql("SELECT analyse_addresses()")
    return None if path is None else str(path)
