"""Import a file of zones from this machine as a draft: checked, shown, then stored at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import service as admin_units
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.db.rows import rows
from addrsvc.planning import service
from addrsvc.planning.checking_task import Check
from addrsvc.planning.file_errors import PlanFileHasErrors, PlanFileUnknown
from addrsvc.planning.files import kept
from addrsvc.planning.files.checking import Terms
from addrsvc.planning.files.model import ReadOptions, Report
from addrsvc.planning.files.report_json import as_json
from addrsvc.planning.model import Described, Plan
from addrsvc.planning.plan_files import QUERIES, find_file, invalid_left, options_kept
from addrsvc.planning.storing import store_zones
from addrsvc.uploads.receiving import NAME_LIMIT


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file on this machine, and how it is to be read."""

    path: Path
    options: ReadOptions


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of a file that was checked."""

    repairs: Collection[int] | None
    """Features whose repair is taken; None: all."""
    leave_out: bool
    """Zones that stay invalid are left out."""


async def check_local(
    conn: AsyncConnection, file: LocalFile, code_list: str, folder: Path, check: Check, clock: Clock
) -> Report:
    """Check a file; what is found of its zones is kept in a folder.

    Raises:
        AddrsvcError: it cannot be used; see ``files.errors``.
    """
    territory = await admin_units.territory(conn, today(clock))
    options = file.options
    terms = Terms(code_list, territory, options.code_column, options.label_column)
    return await check(file.path, options, terms, folder)


async def import_checked(
    conn: AsyncConnection,
    principal: Principal,
    described: Described,
    file: LocalFile,
    report: Report,
    folder: Path,
    taken: Taken,
    clock: Clock,
) -> Plan:
    """Make a draft of a file that was checked; the file stays where it is.

    Raises:
        NotSignedIn, ScopeMissing: it may not plan.
        PlanInvalid: what is said of the plan cannot be so.
        PlanFileHasErrors: zones are invalid, neither repaired nor to be left out.
        PlanWithoutZones: there is nothing to store.
    """
    principal.require(Scope.PLANS_WRITE)
    summary = as_json(report)
    del summary["marks"]
    accepted = None if taken.repairs is None else sorted(taken.repairs)
    left = invalid_left(summary, accepted)
    if left and not taken.leave_out:
        raise PlanFileHasErrors(count=left)
    plan = await service.create_plan(conn, principal, described, clock)
    size, digest = await asyncio.to_thread(_measure, file.path)
    params: dict[str, Any] = {
        "plan_id": plan.plan_id,
        "name": file.path.name[-NAME_LIMIT:],
        "bytes": size,
        "sha256": digest,
        "options": Jsonb(options_kept(file.options)),
        "report": Jsonb(summary),
        "principal": principal.id,
        "repairs": accepted,
        "leave_out": taken.leave_out,
        "at": clock.now(),
    }
    made = await rows(conn, QUERIES["insert_local_file"], params)
    file_id: UUID = made[0]["file_id"]
    found = await find_file(conn, file_id)
    if found is None:
        raise PlanFileUnknown(plan_id=plan.plan_id)
    return await store_zones(conn, principal, found, folder, kept.read, clock)


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()
