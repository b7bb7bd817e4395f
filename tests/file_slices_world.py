"""What tests of slices of file jobs share: a room to work in, files received, slices in turn.

All addresses are invented.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from service_settings import service_settings

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import ANONYMOUS, command_line
from addrsvc.clock import Clock
from addrsvc.db.doors import open_doors
from addrsvc.db.transaction import transaction
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.kinds.work import Room
from addrsvc.file_jobs.model import FileJob
from addrsvc.file_jobs.running import find_job, leave_first
from addrsvc.file_jobs.slices import Pace, do_slice
from addrsvc.geocoding.following import Follower
from addrsvc.geocoding.world import Geocoder
from addrsvc.registry.lookup import CodeLookup

OWNER = command_line("test")
LE_LOI = "12 Đường Lê Lợi, Phường Tây, Thành phố Mẫu"

_INSERT = """
INSERT INTO personal.file_job (owner, scopes, kind, file_name, options, state, input_bytes,
    created_at, expires_at)
VALUES (:owner, :scopes, :kind, :name, CAST(:options AS jsonb), 'waiting', :bytes, :now,
    CAST(:now AS timestamptz) + interval '7 days')
RETURNING job_id
"""


@asynccontextmanager
async def open_room(
    url: str, clock: Clock, files_dir: Path, units: UnitsInMemory | None = None
) -> AsyncIterator[Room]:
    """Open what a process does slices with; its names are read once."""
    settings = service_settings(url, files_dir=files_dir)
    doors = await open_doors(settings)
    units = units or UnitsInMemory()
    follower = Follower(doors.pool)
    geocoder = Geocoder(doors, clock, follower, units)
    try:
        async with doors.pool.connection() as conn:
            await geocoder.refresh(conn)
            await follower.catch_up(conn)
        codes = CodeLookup(doors.lookups)
        yield Room(doors.engine, settings, clock, doors, geocoder, units, codes, ANONYMOUS)
    finally:
        await doors.close()


def files_of(room: Room, job_id: UUID) -> JobFiles:
    """Give where the files of a job stand."""
    assert room.settings.files_dir is not None
    return JobFiles.of(room.settings.files_dir, job_id)


async def receive(
    room: Room,
    content: bytes,
    *,
    kind: str = "geocode",
    name: str = "ho-so.csv",
    owner: str = OWNER.id,
    **options: Any,
) -> UUID:
    """Put a file there as if it had been sent, and let its job wait."""
    params = {
        "owner": owner,
        "scopes": sorted(scope.value for scope in OWNER.scopes),
        "kind": kind,
        "name": name,
        "options": json.dumps({"result": "csv", "columns": {}, "language": "vi", **options}),
        "bytes": len(content),
        "now": room.clock.now(),
    }
    async with transaction(room.engine) as conn:
        job_id: UUID = await conn.scalar(sa.text(_INSERT), params)
        files = files_of(room, job_id)
        files.folder.mkdir(mode=0o700, parents=True)
        files.input(name).write_bytes(content)
        await leave_first(conn, job_id, owner)
    return job_id


async def job_of(room: Room, job_id: UUID) -> FileJob:
    """Give a job as it stands."""
    async with transaction(room.engine) as conn:
        job = await find_job(conn, job_id)
    assert job is not None
    return job


async def run_next(room: Room, pace: Pace) -> str | None:
    """Do the slice that a worker would take next; give its job's id; None: none waits."""
    taken = await _take(room)
    if taken is None:
        return None
    args = taken["args"]
    await do_slice(room, UUID(args["job_id"]), args["lane"], pace)
    over = "SELECT queue.procrastinate_finish_job_v1(:id, 'succeeded', false)"
    async with transaction(room.engine) as conn:
        await conn.execute(sa.text(over), {"id": taken["id"]})
    return str(args["job_id"])


async def _take(room: Room) -> Mapping[str, Any] | None:
    fetch = "SELECT id, args FROM queue.procrastinate_fetch_job_v2('{files}', NULL)"
    begin = "UPDATE queue.procrastinate_jobs SET queueing_lock = NULL WHERE id = :id"
    async with transaction(room.engine) as conn:
        await conn.execute(sa.text("SET LOCAL search_path = queue"))
        found = (await conn.execute(sa.text(fetch))).mappings().one()
        if found["id"] is None:
            return None
        await conn.execute(sa.text(begin), {"id": found["id"]})
    return dict(found)


async def run_all(room: Room, pace: Pace | None = None) -> list[str]:
    """Do slices until none waits; give whose they were, in order."""
    done: list[str] = []
    while (job_id := await run_next(room, pace or Pace())) is not None:
        done.append(job_id)
    return done


def result_of(room: Room, job: FileJob) -> bytes:
    """Give the result of a job that is done; its receipt is right."""
    content = files_of(room, job.job_id).result(job.options["result"]).read_bytes()
    assert job.result_bytes == len(content)
    assert job.result_sha256 == hashlib.sha256(content).hexdigest()
    return content
