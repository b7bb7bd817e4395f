"""Files of drafts: what each is, listed and looked at, and having their zones stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.planning.acts import get_plan, hold_draft
from addrsvc.planning.file_errors import (
    PlanFileGone,
    PlanFileHasErrors,
    PlanFileNotChecked,
    PlanFileUnknown,
)
from addrsvc.planning.files.model import FileState, ReadOptions, Report
from addrsvc.planning.files.report_json import as_json, from_json
from addrsvc.planning.model import Plan
from addrsvc.queue.model import Queue, Task
from addrsvc.queue.service import defer

QUERIES: Final = Queries("addrsvc.planning", "queries_files.sql")

FILES_LIMIT: Final = 200
"""Most files of one plan that are listed."""


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A file sent for a draft."""

    file_id: UUID
    plan_id: int
    name: str
    """As sent, without folders."""
    bytes: int | None
    sha256: str | None
    state: FileState
    options: ReadOptions
    report: Mapping[str, Any] | None
    """What was found in it, without where; None: not checked, or refused."""
    problem: Mapping[str, Any] | None
    """Why it was refused, or its zones were not stored, as kept."""
    principal: str
    """Who sent it, or asked last for its zones to be stored."""
    areas: frozenset[str] | None
    repairs: tuple[int, ...] | None
    """Features whose repair is taken; None: all."""
    leave_out: bool
    """Whether zones that stay invalid are left out."""
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where a file and what is made of it stand: a folder of its own, mode 0700."""

    folder: Path

    @classmethod
    def of(cls, files_dir: Path, file_id: UUID) -> FilePlace:
        """Give that of a file."""
        return cls(folder_of_plans(files_dir) / str(file_id))

    @property
    def input(self) -> Path:
        """Give the file as received, under a name of ours: what it is, its bytes say."""
        return self.folder / "input"

    @property
    def kept(self) -> Path:
        """Give the folder of what was found: made anew by each check."""
        return self.folder / "kept"

    @property
    def report(self) -> Path:
        """Give the whole report as JSON, marks and repairs with their shapes."""
        return self.folder / "report.json"


def folder_of_plans(files_dir: Path) -> Path:
    """Give the folder of all files of plans."""
    return files_dir / "plans"


def file_of(found: Row) -> PlanFile:
    """Give a file from its row."""
    return PlanFile(
        **{
            **found,
            "state": FileState(found["state"]),
            "options": ReadOptions(**found["options"]),
            "areas": None if found["areas"] is None else frozenset(found["areas"]),
            "repairs": None if found["repairs"] is None else tuple(found["repairs"]),
        }
    )


async def find_file(conn: Connection, file_id: UUID) -> PlanFile | None:
    """Give a file, whoever may see it."""
    found = await row(conn, QUERIES["find_file"], {"file_id": file_id})
    return None if found is None else file_of(found)


async def list_files(conn: Connection, principal: Principal, plan_id: int) -> list[PlanFile]:
    """List the files of a plan, the newest first.

    Raises:
        NotSignedIn, ScopeMissing: files are for planners.
        PlanUnknown: see ``acts.get_plan``.
    """
    principal.require(Scope.PLANS_WRITE)
    await get_plan(conn, principal, plan_id)
    params = {"plan_id": plan_id, "limit": FILES_LIMIT}
    return [file_of(each) for each in await rows(conn, QUERIES["files_of_plan"], params)]


async def get_file(conn: Connection, principal: Principal, plan_id: int, file_id: UUID) -> PlanFile:
    """Give a file of a plan.

    Raises:
        NotSignedIn, ScopeMissing: files are for planners.
        PlanUnknown: see ``acts.get_plan``.
        PlanFileUnknown: the plan has none of this id.
    """
    principal.require(Scope.PLANS_WRITE)
    await get_plan(conn, principal, plan_id)
    params = {"plan_id": plan_id, "file_id": file_id}
    found = await row(conn, QUERIES["file_of_plan"], params)
    if found is None:
        raise PlanFileUnknown(plan_id=plan_id)
    return file_of(found)


def read_report(file: PlanFile, files_dir: Path) -> Report:
    """Give all that was found in a file, with where; reads from the disk.

    Raises:
        PlanFileNotChecked: there is no report, or not yet.
        PlanFileGone: its time is over.
    """
    if file.report is None:
        raise PlanFileNotChecked(state=file.state.value)
    try:
        return from_json(orjson.loads(FilePlace.of(files_dir, file.file_id).report.read_bytes()))
    except FileNotFoundError:
        raise PlanFileGone from None


def write_report(report: Report, place: FilePlace) -> dict[str, Any]:
    """Keep all that was found in a file on the disk; give what its row keeps: not where."""
    aside = place.report.with_suffix(".new")
    aside.write_bytes(orjson.dumps(as_json(report, with_shapes=True)))
    aside.replace(place.report)
    summary = as_json(report)
    del summary["marks"]
    return summary


async def store_file(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    file_id: UUID,
    accepted: Sequence[int] | None,
    clock: Clock,
    *,
    leave_out: bool = False,
) -> PlanFile:
    """Have the zones of a checked file stored, in place of those the draft has.

    A worker does it. What it finds wrong stands as the file's problem, and all is as before.

    Args:
        conn: the transaction.
        principal: who asks.
        plan_id: the draft.
        file_id: of it.
        accepted: numbers of features whose repair is taken; None: of all that have one.
        clock: for the moment.
        leave_out: zones that stay invalid are left out.

    Raises:
        NotSignedIn, ScopeMissing, PlanUnknown, PlanNotDraft, PlanBusy: see ``hold_draft``.
        PlanFileUnknown: the plan has none of this id.
        PlanFileNotChecked: there is nothing to store yet, or it was refused.
        PlanFileGone: its time is over.
        PlanFileHasErrors: zones are invalid, neither repaired nor to be left out.
    """
    await hold_draft(conn, principal, plan_id, None)
    file = await get_file(conn, principal, plan_id, file_id)
    if file.report is None or file.state not in {FileState.CHECKED, FileState.STORED}:
        raise PlanFileNotChecked(state=file.state.value)
    if file.gone_at is not None or file.expires_at <= clock.now():
        raise PlanFileGone
    left = invalid_left(file.report, accepted)
    if left and not leave_out:
        raise PlanFileHasErrors(count=left)
    params = {
        "file_id": file_id,
        "repairs": None if accepted is None else list(accepted),
        "leave_out": leave_out,
        "principal": principal.id,
        "areas": None if principal.areas is None else sorted(principal.areas),
        "at": clock.now(),
    }
    await execute(conn, QUERIES["ask_storing"], params)
    await leave_work(conn, file_id)
    return await get_file(conn, principal, plan_id, file_id)


def invalid_left(report: Mapping[str, Any], accepted: Sequence[int] | None) -> int:
    """Give how many features of a report are neither sound nor repaired by what is accepted.

    >>> report = {"features": 5, "zones": 3, "repairs": [{"n": 2, "after_m2": 9.0},
    ...                                                   {"n": 4}]}
    >>> invalid_left(report, None), invalid_left(report, [2, 2, 4]), invalid_left(report, [])
    (1, 1, 2)
    """
    mended = {each["n"] for each in report["repairs"] if each.get("after_m2") is not None}
    taken = mended if accepted is None else mended & set(accepted)
    return int(report["features"]) - int(report["zones"]) - len(taken)


async def leave_work(conn: AsyncConnection, file_id: UUID) -> None:
    """Leave it to a worker to go on with a file: it begins once the caller has committed."""
    name = f"plan-file:{file_id}"
    await defer(
        conn,
        Task.PLAN_FILE,
        {"file_id": str(file_id)},
        lock=name,
        queueing_lock=name,
        queue=Queue.FILES,
    )


async def record_file(
    conn: AsyncConnection, principal: str, file: PlanFile, verb: str, at: datetime
) -> None:
    """Leave in the log what was done with a file."""
    await audit.record(
        conn,
        principal=principal,
        action=f"plan-file.{verb}",
        subject=str(file.file_id),
        at=at,
        detail={"plan_id": file.plan_id, "bytes": file.bytes, "sha256": file.sha256},
    )


def options_kept(options: ReadOptions) -> dict[str, str]:
    """Give how a file is to be read, as its row keeps it."""
    return {name: value for name, value in asdict(options).items() if value is not None}


def is_of(plan: Plan, file: PlanFile) -> bool:
    """Tell whether a plan's zones are those of a file."""
    return plan.file_id == file.file_id
