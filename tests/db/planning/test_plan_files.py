"""Files of drafts: taken, checked, stored, given up and deleted; killed anywhere."""

from __future__ import annotations

import doctest
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import shapely
from plan_files_world import BOW, SOUND, check_here, geojson_of, send
from planning_world import insert_plan
from registry_fixtures import EAST, NORTH, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import ANONYMOUS, Principal, Scope
from addrsvc.clock import Clock, FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.idempotency import IdempotencyKeyReused
from addrsvc.db.transaction import transaction
from addrsvc.planning import checking_task, expiring, plan_files, service, uploading
from addrsvc.planning.errors import PlanBusy, PlanNotDraft, PlanUnknown
from addrsvc.planning.file_errors import (
    PlanFileBytesTooMany,
    PlanFileGone,
    PlanFileHasErrors,
    PlanFileNotChecked,
    PlanFilesTooMany,
    PlanFileUnknown,
)
from addrsvc.planning.files.errors import LayerEmpty, PlanFormatUnknown
from addrsvc.planning.model import Described, Level, Plan, PlanKind
from addrsvc.planning.plan_files import FilePlace, PlanFile
from addrsvc.planning.service import Publishing
from addrsvc.settings import Settings
from addrsvc.uploads.errors import FileTooLarge

pytestmark = pytest.mark.anyio

PLANNER = Principal("cli:planner", frozenset({Scope.PLANS_WRITE}))
IN_WEST = Principal("cli:west", frozenset({Scope.PLANS_WRITE}), frozenset({WEST}))
SAID = Described(
    "Quy hoạch thử (bịa)",
    PlanKind.LAND_USE,
    Level.COMMUNE,
    "land-use-2024",
    decision_number="1/QĐ-BỊA",
    decision_date=date(2026, 1, 5),
)


class Desk:
    """A planner's desk: one database, one folder, one clock."""

    def __init__(self, engine: AsyncEngine, settings: Settings, clock: Clock, url: str) -> None:
        self.engine, self.settings, self.clock, self.url = engine, settings, clock, url

    @property
    def files_dir(self) -> Path:
        assert self.settings.files_dir is not None
        return self.settings.files_dir

    async def act(self, what: Any, by: Principal, *args: Any, **more: Any) -> Any:
        async with transaction(self.engine) as conn:
            return await what(conn, by, *args, **more)

    async def draft(self, by: Principal = PLANNER) -> int:
        plan: Plan = await self.act(service.create_plan, by, SAID, self.clock)
        return plan.plan_id

    async def send(
        self, plan_id: int, zones: Any = SOUND, by: Principal = PLANNER, **more: Any
    ) -> UUID:
        content = zones if isinstance(zones, bytes) else geojson_of(zones)
        return await send(self.engine, by, plan_id, content, self.settings, self.clock, **more)

    async def work(self, file_id: UUID, **how: Any) -> PlanFile:
        """Do what a worker does next with a file."""
        how = {"check": check_here, **how}
        await checking_task.run(self.engine, self.settings, self.clock, file_id=str(file_id), **how)
        return await self.file(file_id)

    async def file(self, file_id: UUID) -> PlanFile:
        async with transaction(self.engine) as conn:
            found = await plan_files.find_file(conn, file_id)
        assert found is not None
        return found

    async def store(self, plan_id: int, file_id: UUID, *accepted: int, **how: Any) -> PlanFile:
        by = how.pop("by", PLANNER)
        return await self.act(  # type: ignore[no-any-return]
            plan_files.store_file, by, plan_id, file_id, list(accepted), self.clock, **how
        )

    def ask(self, query: str, *args: Any) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as conn:
            cursor = conn.execute(query.encode(), args)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
async def desk(registry_url: str, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Desk]:
    settings = service_settings(
        registry_url,
        files_dir=tmp_path / "files",
        file_max_bytes=100_000,
        file_bytes_each=150_000,
        file_jobs_each=2,
    )
    engine = make_engine(settings)
    yield Desk(engine, settings, clock, registry_url)
    await engine.dispose()


@pytest.mark.parametrize("module", [uploading, plan_files])
def test_doctests(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


async def test_a_file_is_taken_checked_stored_and_published(desk: Desk) -> None:
    number = await desk.draft()
    file_id = await desk.send(number, name="Quy hoạch.geojson")
    place = FilePlace.of(desk.files_dir, file_id)
    assert place.folder.stat().st_mode & 0o777 == 0o700
    file = await desk.file(file_id)
    assert (file.state, file.bytes) == ("waiting", place.input.stat().st_size)
    jobs = desk.ask("SELECT task_name, queue_name, args FROM queue.procrastinate_jobs")
    assert jobs == [("plan-file", "files", {"file_id": str(file_id)})]
    with pytest.raises(PlanFileNotChecked):
        await desk.store(number, file_id)

    file = await desk.work(file_id)
    assert file.state == "checked"
    assert file.report is not None
    assert (file.report["features"], file.report["zones"]) == (2, 2)
    assert file.report["code_column"] == "MaLoaiDat"
    assert "marks" not in file.report, "they stand on the disk"
    assert plan_files.read_report(file, desk.files_dir).zones == 2
    assert desk.ask("SELECT count(*) FROM planning_zone") == [(0,)], "nothing is stored by that"

    file = await desk.store(number, file_id)
    assert file.state == "storing"
    for busy in (
        desk.act(service.describe_plan, PLANNER, number, {"scale": 500}, None, desk.clock),
        desk.act(
            service.publish_plan, PLANNER, number, Publishing(date(2026, 2, 1)), None, desk.clock
        ),
        desk.store(number, file_id),
        desk.send(number),
    ):
        with pytest.raises(PlanBusy):
            await busy
    file = await desk.work(file_id)
    assert (file.state, file.problem) == ("stored", None)
    plan = await desk.act(service.get_plan, PLANNER, number)
    assert (plan.zones, plan.vertices, plan.version) == (2, 10, 2)
    assert plan.communes == (WEST,)
    assert plan.extent == pytest.approx((106.65, 10.95, 106.67, 10.96))
    assert plan.area_m2 == pytest.approx(file.report["area_m2"])
    zones = desk.ask(
        "SELECT n, code, label, attributes->>'MaLoaiDat', area_m2 FROM planning_zone ORDER BY n"
    )
    assert [each[:4] for each in zones] == [(1, "ODT", "ODT 1", "ODT"), (2, "CLN", "CLN 2", "CLN")]
    assert sum(each[4] for each in zones) == pytest.approx(plan.area_m2)
    pieces = desk.ask(
        "SELECT count(*), bool_and(ST_Covers(z.shape, p.piece)) FROM planning_piece p"
        " JOIN planning_zone z USING (plan_id, zone_id)"
    )
    assert pieces == [(2, True)]
    assert (await desk.work(file_id)).state == "stored", "done twice is done once"
    assert (await desk.act(service.get_plan, PLANNER, number)).version == 2

    history = await desk.act(service.list_history, PLANNER, number)
    assert [each.act for each in history] == ["create", "store"]
    assert history[1].document["sha256"] == file.sha256
    verbs = desk.ask("SELECT action FROM audit_entry ORDER BY audit_id")
    assert [each for (each,) in verbs] == [
        "plan.create",
        "plan-file.send",
        "plan-file.check",
        "plan.store",
    ]
    day = Publishing(date(2026, 2, 1))
    await desk.act(service.publish_plan, PLANNER, number, day, 2, desk.clock)
    with pytest.raises(PlanNotDraft):
        await desk.store(number, file_id)
    with pytest.raises(PlanNotDraft):
        await desk.send(number)


async def test_invalid_zones_are_repaired_left_out_or_nothing_is_stored(desk: Desk) -> None:
    number = await desk.draft()
    first = await desk.send(number)
    await desk.work(first)
    await desk.store(number, first)
    await desk.work(first)
    before = desk.ask("SELECT * FROM planning_zone ORDER BY n")

    second = await desk.send(number, [BOW, SOUND[0]])
    file = await desk.work(second)
    assert file.report is not None
    assert (file.report["features"], file.report["zones"]) == (2, 1)
    with pytest.raises(PlanFileHasErrors) as refused:
        await desk.store(number, second)
    assert refused.value.count == 1
    with pytest.raises(PlanFileHasErrors):
        await desk.store(number, second, 1)  # no repair of it is proposed
    await desk.store(number, second, leave_out=True)

    def broken(_folder: Path, _accepted: Any) -> Iterator[Any]:
        raise FileNotFoundError

    file = await desk.work(second, read=broken)
    assert file.problem is not None
    assert (file.state, file.problem["slug"]) == ("checked", "plan-file-gone")
    assert desk.ask("SELECT * FROM planning_zone ORDER BY n") == before, "all or nothing"
    await desk.store(number, second, leave_out=True)
    assert (await desk.work(second)).state == "stored"
    assert desk.ask("SELECT n, code FROM planning_zone") == [(2, "ODT")]
    assert desk.ask("SELECT DISTINCT plan_id, file_id FROM plan") == [(number, second)]
    history = await desk.act(service.list_history, PLANNER, number)
    assert [each.document.get("left_out") for each in history] == [None, 0, 1]


async def test_zones_stay_within_the_areas_of_who_asked(desk: Desk) -> None:
    number = await desk.draft(IN_WEST)
    beyond = [*SOUND, ("LUC", shapely.box(106.69, 10.95, 106.72, 10.96))]
    file_id = await desk.send(number, beyond, IN_WEST)
    await desk.work(file_id)
    await desk.store(number, file_id, by=IN_WEST)
    file = await desk.work(file_id)
    assert file.problem is not None
    assert (file.state, file.problem["slug"]) == ("checked", "area-forbidden")
    assert desk.ask("SELECT count(*) FROM planning_zone") == [(0,)]
    # a strip over the edge, as other hands draw it, is no part of the next commune
    strip = [*SOUND, ("LUC", shapely.box(106.69, 10.95, 106.70001, 10.96))]
    second = await desk.send(number, strip, IN_WEST)
    await desk.work(second)
    await desk.store(number, second, by=IN_WEST)
    assert (await desk.work(second)).state == "stored"
    assert (await desk.act(service.get_plan, IN_WEST, number)).communes == (WEST,)


async def test_communes_are_those_the_zones_lie_in(desk: Desk) -> None:
    """An approximate cell counts where no imported boundary is."""
    desk.ask(
        "INSERT INTO admin_unit_piece SELECT code, valid_from, true,"
        " ST_MakeEnvelope(106.6, 10.95, 106.7, 11.1, 4326) FROM admin_unit WHERE code = %s",
        NORTH,
    )
    number = await desk.draft()
    zones = [
        ("ODT", shapely.box(106.69, 10.95, 106.72, 10.96)),
        ("CLN", shapely.box(106.65, 10.99, 106.66, 10.995)),
    ]
    file_id = await desk.send(number, zones)
    await desk.work(file_id)
    await desk.store(number, file_id)
    assert (await desk.work(file_id)).problem is None
    assert (await desk.act(service.get_plan, PLANNER, number)).communes == (WEST, EAST)
    north = await desk.send(number, [("LUC", shapely.box(106.65, 11.02, 106.66, 11.03))])
    await desk.work(north)
    await desk.store(number, north)
    await desk.work(north)
    assert (await desk.act(service.get_plan, PLANNER, number)).communes == (NORTH,)


async def test_what_is_not_such_a_file_is_refused(desk: Desk) -> None:
    number = await desk.draft()
    published = insert_plan(desk.url, SOUND, communes=[WEST])
    with pytest.raises(PlanFormatUnknown):
        uploading.clean_name("quy-hoach.dgn")
    with pytest.raises(PlanNotDraft):
        await desk.send(published)
    with pytest.raises(PlanUnknown):
        await desk.send(number, by=IN_WEST)
    with pytest.raises(FileTooLarge):
        await desk.send(number, b"x" * 100_001)
    assert list((desk.files_dir / "plans").iterdir()) == [], "nothing half is left"
    assert desk.ask("SELECT count(*) FROM plan_file") == [(0,)]
    one = await desk.send(number, b"x" * 90_000, key="k")
    assert await desk.send(number, b"x" * 90_000, key="k") == one
    with pytest.raises(IdempotencyKeyReused):
        await desk.send(number, b"y" * 90_000, key="k")
    with pytest.raises(PlanFileBytesTooMany):
        await desk.send(number, b"x" * 60_001)
    await desk.send(number, b"x")
    with pytest.raises(PlanFilesTooMany):
        await desk.send(number, b"x")

    async def refuse(*_: Any) -> Any:
        raise LayerEmpty(layer="a")

    file = await desk.work(one, check=refuse)
    assert file.problem is not None
    assert (file.state, file.problem["slug"], file.report) == ("refused", "plan-layer-empty", None)
    with pytest.raises(PlanFileNotChecked):
        await desk.store(number, one)
    with pytest.raises(PlanFileNotChecked):
        plan_files.read_report(file, desk.files_dir)
    with pytest.raises(PlanFileUnknown):
        await desk.act(plan_files.get_file, PLANNER, published, one)
    for each in (ANONYMOUS, IN_WEST):
        with pytest.raises(Exception, match=r".") as unseen:
            await desk.act(plan_files.get_file, each, number, one)
        assert unseen.type.__name__ in {"NotSignedIn", "PlanUnknown"}


async def test_who_is_killed_half_way_begins_again(desk: Desk) -> None:
    number = await desk.draft()
    file_id = await desk.send(number)

    class Killed(BaseException):
        pass

    async def killed(*_: Any) -> Any:
        (FilePlace.of(desk.files_dir, file_id).kept / "zones.parquet").write_bytes(b"half")
        raise Killed

    with pytest.raises(Killed):
        await desk.work(file_id, check=killed)
    assert (await desk.file(file_id)).state == "checking"
    assert (await desk.work(file_id)).state == "checked"
    await desk.store(number, file_id)

    def dying(folder: Path, accepted: Any) -> Iterator[Any]:
        yield from list(checking_task.kept.read(folder, accepted))[:1]
        raise Killed

    with pytest.raises(BaseException):  # noqa: B017, PT011 -- wrapped in a group or not
        await desk.work(file_id, read=dying)
    assert (await desk.file(file_id)).state == "storing"
    assert desk.ask("SELECT count(*) FROM planning_zone") == [(0,)]
    assert (await desk.work(file_id)).state == "stored"
    assert desk.ask("SELECT count(*) FROM planning_zone") == [(2,)]


async def test_lost_work_is_left_again_and_hopeless_work_given_up(desk: Desk) -> None:
    number = await desk.draft()
    file_id = await desk.send(number)
    await checking_task.mend_lost(desk.engine, desk.clock)
    assert len(desk.ask("SELECT id FROM queue.procrastinate_jobs")) == 1, "it waits already"
    desk.ask("DELETE FROM queue.procrastinate_jobs")
    await checking_task.mend_lost(desk.engine, desk.clock)
    jobs = desk.ask("SELECT args->>'file_id' FROM queue.procrastinate_jobs")
    assert jobs == [(str(file_id),)]
    desk.ask("UPDATE queue.procrastinate_jobs SET status = 'failed', queueing_lock = NULL")
    await checking_task.mend_lost(desk.engine, desk.clock)
    file = await desk.file(file_id)
    assert file.problem is not None
    assert (file.state, file.problem["slug"]) == ("failed", "plan-file-given-up")
    await checking_task.mend_lost(desk.engine, desk.clock)
    assert (await desk.work(file_id)).state == "failed"


async def test_what_is_due_is_deleted(desk: Desk, clock: FixedClock) -> None:
    number, other = await desk.draft(), await desk.draft()
    file_id, thrown = await desk.send(number), await desk.send(other)
    for plan, each in ((number, file_id), (other, thrown)):
        await desk.work(each)
        await desk.store(plan, each)
        await desk.work(each)
    await desk.act(service.discard_plan, PLANNER, other, None, desk.clock)
    plans = desk.files_dir / "plans"
    stray = plans / "00000000-0000-4000-8000-000000000000"
    stray.mkdir()
    (plans / "not ours").mkdir()
    await expiring.run_expiry(desk.engine, desk.settings, clock)
    assert {each.name for each in plans.iterdir()} == {str(file_id), "not ours"}
    assert desk.ask("SELECT DISTINCT plan_id FROM planning_zone") == [(number,)]
    assert desk.ask("SELECT DISTINCT plan_id FROM planning_piece") == [(number,)]
    assert desk.ask("SELECT zones FROM plan WHERE plan_id = %s", other) == [(0,)]

    later = FixedClock(clock.now() + timedelta(days=8))
    desk.clock = later
    await expiring.run_expiry(desk.engine, desk.settings, later)
    assert {each.name for each in plans.iterdir()} == {"not ours"}
    file = await desk.file(file_id)
    assert file.gone_at == later.now()
    assert file.report is not None, "what was found is left"
    with pytest.raises(PlanFileGone):
        await desk.store(number, file_id)
    with pytest.raises(PlanFileGone):
        plan_files.read_report(file, desk.files_dir)
    desk.ask(
        "INSERT INTO plan_file (file_id, plan_id, name, state, options, principal, created_at,"
        " changed_at, expires_at) VALUES (gen_random_uuid(), %s, 'a.zip', 'receiving', '{}', 'a',"
        " now(), %s, now())",
        number,
        later.now() - timedelta(hours=1),
    )
    await expiring.run_expiry(desk.engine, desk.settings, later)
    assert desk.ask("SELECT count(*) FROM plan_file WHERE state = 'receiving'") == [(0,)]
    counted = desk.ask("SELECT detail FROM audit_entry WHERE action = 'plan-files.expire'")
    assert [each for (each,) in counted] == [
        {"drafts": 1, "unreceived": 0, "files": 1, "strays": 1},
        {"drafts": 0, "unreceived": 0, "files": 1, "strays": 0},
        {"drafts": 0, "unreceived": 1, "files": 0, "strays": 0},
    ]
