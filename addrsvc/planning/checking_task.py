"""What workers do with files of drafts: check them, store their zones, give up those that fail.

Whatever is done may be done again after a kill: a check begins from the start, and storing is one
transaction.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.admin_units import service as admin_units
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.present import as_of_now
from addrsvc.clock import Clock, today
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError, problem_kept
from addrsvc.planning import repository
from addrsvc.planning.file_errors import PlanFileGivenUp, PlanFileGone, PlanFileSenderEnded
from addrsvc.planning.files import kept
from addrsvc.planning.files.checking import Terms
from addrsvc.planning.files.model import FileState, ReadOptions, Report
from addrsvc.planning.files.running import check_file
from addrsvc.planning.plan_files import (
    QUERIES,
    FilePlace,
    PlanFile,
    find_file,
    leave_work,
    record_file,
    write_report,
)
from addrsvc.planning.storing import Read, store_zones
from addrsvc.queue.jobs import list_standing
from addrsvc.queue.model import State, Task
from addrsvc.settings import Settings
from addrsvc.uploads.receiving import folder_of

log = structlog.get_logger("addrsvc")

Check = Callable[[Path, ReadOptions, Terms, Path], Awaitable[Report]]
"""Checks a file, keeping its zones in a folder; see ``files.running.check_file``."""

MEND_S: Final = 10.0


async def run(
    engine: AsyncEngine,
    settings: Settings,
    clock: Clock,
    *,
    file_id: str,
    check: Check = check_file,
    read: Read = kept.read,
) -> None:
    """Go on with a file: check it, or store its zones."""
    async with transaction(engine) as conn:
        file = await find_file(conn, UUID(file_id))
    if file is None:
        return
    place = FilePlace.of(folder_of(settings), file.file_id)
    if file.state is FileState.STORING:
        await _store(engine, file, place, read, clock)
    elif file.state in {FileState.WAITING, FileState.CHECKING}:
        await _check(engine, file, place, check, clock)


async def _check(
    engine: AsyncEngine, file: PlanFile, place: FilePlace, check: Check, clock: Clock
) -> None:
    async with transaction(engine) as conn:
        began = {"file_id": file.file_id, "at": clock.now()}
        plan = await repository.find_plan(conn, file.plan_id)
        if plan is None or not await execute(conn, QUERIES["begin_check"], began):
            return  # discarded, or somebody else was quicker
        territory = await admin_units.territory(conn, today(clock))
    options = file.options
    terms = Terms(plan.described.code_list, territory, options.code_column, options.label_column)
    report, problem = None, None
    try:
        await asyncio.to_thread(_make_anew, place)
        found = await check(place.input, options, terms, place.kept)
        report = await asyncio.to_thread(write_report, found, place)
    except FileNotFoundError:
        problem = problem_kept(PlanFileGone())
    except AddrsvcError as error:
        problem = problem_kept(error)
    state = FileState.REFUSED if report is None else FileState.CHECKED
    over = {
        "file_id": file.file_id,
        "state": state,
        "report": None if report is None else Jsonb(report),
        "problem": None if problem is None else Jsonb(problem),
        "at": clock.now(),
    }
    async with transaction(engine) as conn:
        if await execute(conn, QUERIES["end_check"], over):
            verb = "check" if problem is None else "refuse"
            await record_file(conn, file.principal, file, verb, clock.now())


def _make_anew(place: FilePlace) -> None:
    """Let nothing be left of a check before.

    Raises:
        FileNotFoundError: the file is gone.
    """
    place.input.stat()
    shutil.rmtree(place.kept, ignore_errors=True)
    place.kept.mkdir(mode=0o700)


async def _store(
    engine: AsyncEngine, file: PlanFile, place: FilePlace, read: Read, clock: Clock
) -> None:
    asked = Principal(file.principal, frozenset({Scope.PLANS_WRITE}), file.areas)
    problem: AddrsvcError | None = None
    try:
        async with transaction(engine) as conn:
            principal = await as_of_now(conn, asked, clock.now())
            if principal is None or not principal.may(Scope.PLANS_WRITE):
                raise PlanFileSenderEnded
            await store_zones(conn, principal, file, place.kept, read, clock)
    except FileNotFoundError:
        problem = PlanFileGone()
    except AddrsvcError as error:
        problem = error
    if problem is None:
        return
    log.info("zones not stored", plan_file=str(file.file_id), problem=problem.slug)
    over = {"file_id": file.file_id, "state": FileState.CHECKED, "at": clock.now()}
    async with transaction(engine) as conn:
        await execute(
            conn, QUERIES["end_storing"], {**over, "problem": Jsonb(problem_kept(problem))}
        )


async def keep_mending(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    """Fail files that cannot be gone on with, again and again."""
    while True:
        await mend_lost(engine, clock)
        await asyncio.sleep(MEND_S)


async def mend_lost(engine: AsyncEngine, clock: Clock) -> None:
    """Fail files whose work was given up; leave work again where none is left.

    The queue gives work up after some errors, or parks it when it killed its worker each time:
    nobody else would tell who sent the file.
    """
    async with transaction(engine) as conn:
        # first: work is left together with what the row says
        under_way = await rows(conn, QUERIES["under_way"], {})
        if not under_way:
            return
        standing: dict[str, set[State]] = {}
        for args, state in await list_standing(conn, Task.PLAN_FILE):
            standing.setdefault(str(args["file_id"]), set()).add(state)
        for each in under_way:
            states = standing.get(str(each["file_id"]), set())
            if not states:
                await leave_work(conn, each["file_id"])
                log.warning("plan file found without work", plan_file=str(each["file_id"]))
            elif states == {State.FAILED}:
                problem = Jsonb(problem_kept(PlanFileGivenUp()))
                given_up = {"file_id": each["file_id"], "problem": problem, "at": clock.now()}
                await execute(conn, QUERIES["give_up"], given_up)
                log.error("plan file given up", plan_file=str(each["file_id"]))
