"""Files of jobs go when they are due, and a run that is killed half-way is made up for."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from file_jobs_world import folders_in
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.file_jobs import expiring, service
from addrsvc.file_jobs.expiring import run_expiry
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.model import Kind
from addrsvc.file_jobs.service import Asked, Received
from addrsvc.settings import Settings
from addrsvc.uploads import folders

pytestmark = pytest.mark.anyio

OWNER = Principal("key:abcd1234", frozenset({Scope.ADDRESSES_READ}))
DAY = timedelta(days=1)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return service_settings(database_url, files_dir=tmp_path, file_jobs_each=20)


@pytest.fixture
async def own_engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


class World:
    def __init__(self, engine: AsyncEngine, settings: Settings, clock: FixedClock) -> None:
        self.engine, self.settings, self.clock = engine, settings, clock
        self.folder = settings.files_dir or Path()

    async def job(self, state: str) -> UUID:
        asked = Asked(Kind.GEOCODE, "a.csv", {"result": "csv", "columns": {}})
        async with transaction(self.engine) as conn:
            job_id, _ = await service.begin_job(conn, OWNER, asked, 10, self.settings, self.clock)
            if state != "receiving":
                got = Received(10, "0" * 64)
                await service.note_received(conn, OWNER, job_id, got, self.settings, self.clock)
                over = state in {"done", "refused", "failed", "cancelled"}
                told = {"id": job_id, "state": state, "at": self.clock.now() if over else None}
                statement = """UPDATE personal.file_job SET state = %(state)s, ended_at = %(at)s
                    WHERE job_id = %(id)s"""
                await execute(conn, statement, told)
        self.put(job_id)
        return job_id

    def put(self, job_id: UUID) -> None:
        files = JobFiles.of(self.folder, job_id)
        files.parts.mkdir(parents=True)
        for path in (files.input("a.csv"), files.part_in(0), files.result("csv")):
            path.write_bytes(b"x")
            at = self.clock.now().timestamp()
            os.utime(path, (at, at))

    def wait(self, step: timedelta) -> None:
        self.clock = FixedClock(self.clock.moment + step)

    async def later(self, step: timedelta) -> None:
        self.wait(step)
        await run_expiry(self.engine, self.settings, self.clock)

    async def standing(self) -> dict[UUID, tuple[str, bool]]:
        query = "SELECT job_id, state, files_gone_at IS NOT NULL AS gone FROM personal.file_job"
        async with transaction(self.engine) as conn:
            found = await rows(conn, query, {})
        return {each["job_id"]: (each["state"], each["gone"]) for each in found}

    def left(self) -> set[str]:
        return set(folders_in(self.folder))


@pytest.fixture
def world(own_engine: AsyncEngine, settings: Settings, clock: FixedClock) -> World:
    return World(own_engine, settings, clock)


async def test_files_go_when_they_are_due_and_receipts_later(world: World) -> None:
    states = ("done", "failed", "refused", "cancelled", "running", "needs_columns", "receiving")
    ids = {state: await world.job(state) for state in states}
    stray, foreign = uuid4(), "lost+found"
    world.put(stray)
    (world.folder / foreign).mkdir()
    (world.folder / str(ids["receiving"]) / "input.csv").touch()
    await world.later(timedelta())
    # of no more use: at once
    kept = {"done", "failed", "running", "needs_columns", "receiving"}
    assert world.left() == {str(ids[state]) for state in kept} | {foreign}
    await world.later(timedelta(minutes=16))
    assert ids["receiving"] in await world.standing()  # bytes came since, by the file's own clock
    os.utime(world.folder / str(ids["receiving"]) / "input.csv", (1, 1))
    await world.later(timedelta(minutes=1))
    assert ids["receiving"] not in await world.standing()
    assert str(ids["receiving"]) not in world.left()
    await world.later(7 * DAY)
    assert world.left() == {foreign}
    told = await world.standing()
    assert all(gone for _, gone in told.values())
    assert told[ids["done"]] == ("done", True)
    assert told[ids["running"]] == told[ids["needs_columns"]] == ("failed", True)
    query = "SELECT problem ->> 'slug' AS slug FROM personal.file_job WHERE job_id = %(id)s"
    async with transaction(world.engine) as conn:
        assert await rows(conn, query, {"id": ids["running"]}) == [{"slug": "job-expired"}]
        noted = await rows(
            conn, "SELECT detail FROM audit_entry WHERE action = %(a)s", {"a": "file-jobs.expire"}
        )
    assert sum(each["detail"]["files"] for each in noted) == 6
    await world.later(366 * DAY)
    assert await world.standing() == {}


async def test_a_run_killed_half_way_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await world.job("done") for _ in range(3)]
    world.wait(8 * DAY)
    removed: list[Path] = []
    remove = expiring.remove_folder

    def killed(folder: Path) -> bool:
        if len(removed) == 1:  # some of it is gone, nothing is written down
            JobFiles(folder).result("csv").unlink()
            raise KeyboardInterrupt
        removed.append(folder)
        return remove(folder)

    monkeypatch.setattr(expiring, "remove_folder", killed)
    with pytest.raises(KeyboardInterrupt):
        await run_expiry(world.engine, world.settings, world.clock)
    assert len(world.left()) == 2
    monkeypatch.undo()
    # one is written down as gone, and a worker put something back
    gone = next(each for each, (_, gone) in (await world.standing()).items() if gone)
    world.put(gone)
    await world.later(timedelta())
    assert world.left() == set()
    assert set((await world.standing()).values()) == {("done", True)}
    assert len(await world.standing()) == len(ids)


async def test_what_cannot_be_deleted_stays_due(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await world.job("done")

    def refuse(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(folders.shutil, "rmtree", refuse)
    await world.later(8 * DAY)
    assert (await world.standing())[job_id] == ("done", False)
    monkeypatch.undo()
    await world.later(timedelta())
    assert (await world.standing())[job_id] == ("done", True)
