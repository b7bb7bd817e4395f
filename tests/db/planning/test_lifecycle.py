"""Plans from draft to withdrawn: what is refused, what is left behind, who wins a race."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
import shapely
from planning_world import insert_plan
from registry_fixtures import EAST, NO_PREFIX, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.errors import AreaForbidden, EverywhereForbidden, NotSignedIn, ScopeMissing
from addrsvc.auth.model import ANONYMOUS, Principal, Scope
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.planning import service
from addrsvc.planning.errors import (
    PlanBusy,
    PlanHoldsTooEarly,
    PlanInvalid,
    PlanNotDraft,
    PlanNotPublished,
    PlanStale,
    PlanUndecided,
    PlanUnknown,
    PlanWithoutZones,
    ReplacedUnfit,
    WithdrawnTooEarly,
)
from addrsvc.planning.model import Described, Level, PlanKind, PlanStatus, Wanted
from addrsvc.planning.service import Publishing
from addrsvc.types import BBox

pytestmark = pytest.mark.anyio

PLANNER = Principal("key:planner", frozenset({Scope.PLANS_WRITE}))
IN_WEST = Principal("key:west", frozenset({Scope.PLANS_WRITE}), frozenset({WEST}))
IN_EAST = Principal("key:east", frozenset({Scope.PLANS_WRITE}), frozenset({EAST}))
READER = Principal("key:reader", frozenset({Scope.ADDRESSES_READ}))

SAID = Described("Quy hoạch thử (bịa)", PlanKind.LAND_USE, Level.COMMUNE, "land-use-2024")
SQUARE = [("ODT", shapely.box(106.65, 10.95, 106.66, 10.96))]
DAY = date(2026, 3, 1)


@pytest.fixture
async def door(registry_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(service_settings(registry_url))
    yield engine
    await engine.dispose()


@pytest.fixture
def written(registry_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(registry_url, autocommit=True) as conn:
        yield conn


async def act(door: AsyncEngine, what: Any, by: Principal, *args: Any, **more: Any) -> Any:
    async with transaction(door) as conn:
        return await what(conn, by, *args, **more)


async def test_a_draft_is_described_discarded_and_remembered(
    door: AsyncEngine, clock: FixedClock, written: psycopg.Connection[Any]
) -> None:
    plan = await act(door, service.create_plan, IN_WEST, SAID, clock)
    number = plan.plan_id
    assert (plan.status, plan.version, plan.described.name) == ("draft", 1, SAID.name)
    changes = {"decision_number": " 7/QĐ-BỊA ", "decision_date": date(2026, 1, 5), "scale": 2_000}
    plan = await act(door, service.describe_plan, IN_WEST, number, changes, 1, clock)
    assert (plan.version, plan.described.decision_number) == (2, "7/QĐ-BỊA")
    same = await act(door, service.describe_plan, IN_WEST, number, {"scale": 2_000}, 2, clock)
    assert same == plan, "nothing was said anew"
    with pytest.raises(PlanStale) as stale:
        await act(door, service.describe_plan, IN_WEST, number, changes, 1, clock)
    assert (stale.value.given, stale.value.current) == (1, 2)
    wrong = {"name": "", "code_list": "none", "period_from": 2030, "period_to": 2021}
    with pytest.raises(PlanInvalid) as invalid:
        await act(door, service.describe_plan, IN_WEST, number, wrong, None, clock)
    assert [e.pointer for e in invalid.value.errors] == ["/name", "/code_list", "/period_to"]

    for other in (ANONYMOUS, READER, IN_EAST):
        with pytest.raises(PlanUnknown):
            await act(door, service.get_plan, other, number)
        assert await act(door, service.list_plans, other, Wanted()) == ([], None)
    assert await act(door, service.list_plans, PLANNER, Wanted()) == ([plan], None)
    assert await act(door, service.list_plans, IN_WEST, Wanted()) == ([plan], None)
    for other, refusal in ((ANONYMOUS, NotSignedIn), (READER, ScopeMissing)):
        with pytest.raises(refusal):
            await act(door, service.create_plan, other, SAID, clock)
        with pytest.raises(refusal):
            await act(door, service.discard_plan, other, number, None, clock)

    await act(door, service.discard_plan, IN_WEST, number, 2, clock)
    for each in (IN_WEST, PLANNER):
        with pytest.raises(PlanUnknown):
            await act(door, service.get_plan, each, number)
        assert await act(door, service.list_plans, each, Wanted()) == ([], None)
        history = await act(door, service.list_history, each, number)
        assert [(e.version, e.act) for e in history] == [
            (1, "create"),
            (2, "describe"),
            (3, "discard"),
        ]
        assert history[1].document["decision_date"] == "2026-01-05"
    for other in (ANONYMOUS, IN_EAST):
        with pytest.raises(PlanUnknown):
            await act(door, service.list_history, other, number)
    told = written.execute("SELECT action, subject FROM audit_entry ORDER BY audit_id").fetchall()
    assert told == [(f"plan.{e}", str(number)) for e in ("create", "describe", "discard")]
    assert written.execute("SELECT count(*) FROM event").fetchone() == (0,), "drafts tell nobody"
    for change in ("UPDATE plan_history SET reason = 'x'", "DELETE FROM plan_history"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            written.execute(change)


async def test_a_plan_takes_the_place_of_another_and_is_withdrawn(
    door: AsyncEngine, clock: FixedClock, registry_url: str, written: psycopg.Connection[Any]
) -> None:
    old = insert_plan(registry_url, SQUARE, communes=[WEST])
    beside = insert_plan(registry_url, SQUARE, communes=[WEST, EAST])
    new = insert_plan(registry_url, SQUARE, status="draft", communes=[WEST])
    wanted = Publishing(DAY, (old,))
    rehearsal = await act(door, service.rehearse_publishing, IN_WEST, new, wanted, 1, clock)
    assert [each.plan_id for each in rehearsal.replaced] == [old]
    assert [each.plan_id for each in rehearsal.alongside] == [beside]
    assert rehearsal.comparison.counts is None, "a worker is finding out"
    with pytest.raises(PlanUnknown):
        await act(door, service.publish_plan, IN_EAST, new, wanted, 1, clock)
    both = Publishing(DAY, (old, beside))
    with pytest.raises(AreaForbidden):  # one it replaces lies outside
        await act(door, service.publish_plan, IN_WEST, new, both, 1, clock)

    plan = await act(door, service.publish_plan, IN_WEST, new, wanted, 1, clock)
    assert (plan.status, plan.valid_from, plan.replaces) == ("published", DAY, (old,))
    former = await act(door, service.get_plan, ANONYMOUS, old)
    assert (former.status, former.valid_to, former.replaced_by) == ("superseded", DAY, (new,))
    assert former.version == 2
    for refusal, args in (
        (PlanNotDraft, (service.describe_plan, PLANNER, new, {"name": "B"}, None, clock)),
        (PlanNotDraft, (service.discard_plan, PLANNER, new, None, clock)),
        (PlanNotDraft, (service.publish_plan, PLANNER, new, wanted, None, clock)),
        (PlanNotPublished, (service.withdraw_plan, PLANNER, old, DAY, "sai", None, clock)),
        (PlanStale, (service.withdraw_plan, PLANNER, new, DAY, "sai", 1, clock)),
        (AreaForbidden, (service.withdraw_plan, IN_EAST, new, DAY, "sai", 2, clock)),
    ):
        with pytest.raises(refusal):
            await act(door, *args)
    early = date(2026, 2, 28)
    with pytest.raises(WithdrawnTooEarly):
        await act(door, service.withdraw_plan, IN_WEST, new, early, "sai", 2, clock)
    gone = await act(door, service.withdraw_plan, IN_WEST, new, DAY, " trái luật ", 2, clock)
    assert (gone.status, gone.valid_to, gone.replaces) == ("withdrawn", DAY, (old,))
    assert (await act(door, service.get_plan, ANONYMOUS, old)).status == "superseded"

    public = await act(door, service.list_history, ANONYMOUS, new)
    assert [(e.act, e.reason) for e in public] == [("publish", None), ("withdraw", "trái luật")]
    events = written.execute("SELECT type, subject, data FROM event ORDER BY event_id").fetchall()
    assert [(kind, int(subject)) for kind, subject, _ in events] == [
        ("plan.published", new),
        ("plan.superseded", old),
        ("plan.withdrawn", new),
    ]
    assert events[0][2]["communes"] == [WEST]
    assert events[0][2]["replaces"] == [old]
    assert events[1][2]["replaced_by"] == new
    for change in ("UPDATE plan SET status = 'draft'", "DELETE FROM plan"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            written.execute(f"{change} WHERE plan_id = %s", [new])


async def test_what_is_not_ready_is_not_published(
    door: AsyncEngine, clock: FixedClock, registry_url: str, written: psycopg.Connection[Any]
) -> None:
    bare = await act(door, service.create_plan, PLANNER, SAID, clock)
    number = insert_plan(registry_url, SQUARE, status="draft", communes=[WEST])
    nowhere = insert_plan(registry_url, SQUARE, status="draft")
    later = insert_plan(registry_url, SQUARE, communes=[WEST], valid_from=date(2027, 1, 1))
    first = Publishing(date(2025, 12, 29))

    async def publish(plan_id: int, wanted: Publishing, by: Principal = PLANNER) -> Any:
        return await act(door, service.publish_plan, by, plan_id, wanted, None, clock)

    with pytest.raises(PlanWithoutZones):
        await publish(bare.plan_id, Publishing(DAY))
    with pytest.raises(PlanHoldsTooEarly):  # its decision is of 30 December
        await publish(number, first)
    with pytest.raises(ReplacedUnfit):
        await publish(number, Publishing(DAY, (later,)))
    with pytest.raises(ReplacedUnfit):
        await publish(number, Publishing(DAY, (nowhere,)))
    with pytest.raises(PlanUnknown):
        await publish(number, Publishing(DAY, (999,)))
    written.execute("UPDATE plan SET created_by = 'key:west' WHERE plan_id = %s", [nowhere])
    with pytest.raises(EverywhereForbidden):
        await publish(nowhere, Publishing(DAY), IN_WEST)
    changes = {"code_list": "land-use-2024"}
    with pytest.raises(PlanInvalid) as fixed:
        await act(door, service.describe_plan, PLANNER, number, changes, None, clock)
    assert fixed.value.errors[0].pointer == "/code_list"
    written.execute(
        """INSERT INTO plan_file (file_id, plan_id, name, state, options, principal, created_at,
                                  changed_at, expires_at)
        VALUES (gen_random_uuid(), %s, 'a.gpkg', 'storing', '{}', 'key:a', now(), now(), now())""",
        [number],
    )
    with pytest.raises(PlanBusy):
        await publish(number, Publishing(DAY))
    written.execute("DELETE FROM plan_file")
    written.execute("UPDATE plan SET decision_date = NULL WHERE plan_id = %s", [number])
    with pytest.raises(PlanUndecided):
        await publish(number, Publishing(DAY))


async def test_of_two_that_publish_at_once_one_takes_the_place(
    door: AsyncEngine, clock: FixedClock, registry_url: str, written: psycopg.Connection[Any]
) -> None:
    old = insert_plan(registry_url, SQUARE, communes=[WEST])
    new = [insert_plan(registry_url, SQUARE, status="draft", communes=[WEST]) for _ in range(3)]
    tried = await asyncio.gather(
        *(
            act(door, service.publish_plan, PLANNER, each, Publishing(DAY, (old,)), 1, clock)
            for each in [*new, new[0]]
        ),
        return_exceptions=True,
    )
    done = [each for each in tried if not isinstance(each, BaseException)]
    assert len(done) == 1
    refused = {type(each) for each in tried if isinstance(each, BaseException)}
    assert refused <= {ReplacedUnfit, PlanStale}
    found = written.execute("SELECT plan_id, replaced_id FROM plan_replacement").fetchall()
    assert found == [(done[0].plan_id, old)]
    assert written.execute(
        "SELECT status, count(*) FROM plan GROUP BY 1 ORDER BY 1"
    ).fetchall() == [("draft", 2), ("published", 1), ("superseded", 1)]


async def test_plans_are_listed_by_what_is_asked(door: AsyncEngine, registry_url: str) -> None:
    wide = insert_plan(
        registry_url, SQUARE, communes=[WEST, EAST], level="province", kind="general"
    )
    past = insert_plan(
        registry_url,
        [("CLN", shapely.box(106.75, 10.95, 106.76, 10.96))],
        status="superseded",
        communes=[EAST],
        valid_from=date(2025, 12, 31),
        valid_to=date(2026, 1, 10),
    )
    draft = insert_plan(registry_url, SQUARE, status="draft", communes=[WEST])
    empty = insert_plan(registry_url, [], status="draft")

    async def listed(by: Principal = ANONYMOUS, **wanted: Any) -> list[int]:
        found, _ = await act(door, service.list_plans, by, Wanted(**wanted))
        return [each.plan_id for each in found]

    assert await listed() == [past, wide]
    assert await listed(PLANNER) == [empty, draft, past, wide]
    assert await listed(IN_WEST) == [draft, past, wide]
    assert await listed(IN_EAST) == [past, wide]
    assert await listed(PLANNER, status=PlanStatus.DRAFT) == [empty, draft]
    assert await listed(kind=PlanKind.GENERAL) == await listed(level=Level.PROVINCE) == [wide]
    assert await listed(commune=EAST) == [past, wide]
    assert await listed(commune=WEST) == [wide]
    assert await listed(commune=NO_PREFIX) == []
    assert await listed(day=date(2026, 1, 9)) == [past, wide]
    assert await listed(day=date(2026, 1, 10)) == [wide]
    assert await listed(box=BBox(106.7, 10.9, 106.8, 11.0)) == [past]
    first, following = await act(door, service.list_plans, PLANNER, Wanted(), limit=3)
    assert [each.plan_id for each in first] == [empty, draft, past]
    rest = await act(door, service.list_plans, PLANNER, Wanted(), before=following, limit=3)
    assert ([each.plan_id for each in rest[0]], rest[1]) == ([wide], None)
