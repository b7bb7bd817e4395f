"""The register of plans: looked at, described, published, replaced, withdrawn.

Drafts are seen by planners within their areas only; for others they do not exist. Everything that
was ever published is public and stays: what is wrong in it is put right by another plan that takes
its place, and a plan that was replaced does not come back by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.errors import Pointer, Text
from addrsvc.planning import repository
from addrsvc.planning.acts import (
    Act,
    HistoryEntry,
    get_plan,
    hold_draft,
    hold_plan,
    is_seen,
    leave_act,
    list_history,
    require_area,
)
from addrsvc.planning.changes import service as changes
from addrsvc.planning.changes.model import Comparison, TellingAct
from addrsvc.planning.describing import faults_of, tidy
from addrsvc.planning.errors import (
    PlanHoldsTooEarly,
    PlanInvalid,
    PlanNotPublished,
    PlanUndecided,
    PlanUnknown,
    PlanWithoutZones,
    ReplacedUnfit,
    WithdrawnTooEarly,
)
from addrsvc.planning.model import Described, Plan, PlanStatus, Wanted
from addrsvc.planning.repository import QUERIES, DraftsOf, ZonePage

__all__ = [
    "Act",
    "HistoryEntry",
    "Publishing",
    "Rehearsal",
    "create_plan",
    "describe_plan",
    "discard_plan",
    "get_plan",
    "is_seen",
    "list_history",
    "list_plans",
    "list_zones",
    "publish_plan",
    "rehearse_publishing",
    "withdraw_plan",
]

PAGE_LIMIT: Final = 200
"""Most plans in one page."""

ALONGSIDE_LIMIT: Final = 50
"""Most plans named that hold beside one to be published."""

_LIST_FIXED: Final = Text(
    "Đã lưu vùng theo danh mục mã cũ; hãy tạo bản nháp khác cho danh mục này",
    "Zones are stored under the list as it was; make another draft for this one",
)


@dataclass(frozen=True, slots=True)
class Publishing:
    """How a draft is to be published."""

    valid_from: date
    """Legal day from which it holds."""
    replaces: tuple[int, ...] = ()
    """Published plans whose place it takes from that day on."""
    tells: bool = True
    """Whether followers are told of the addresses concerned; not of what has long been in force."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would come of publishing a draft."""

    plan: Plan
    """As it is, a draft."""
    wanted: Publishing
    replaced: tuple[Plan, ...]
    """As they are; they would be superseded."""
    alongside: tuple[Plan, ...]
    """Of the same kind and level in the same communes: they would hold beside it."""
    comparison: Comparison
    """What changes, and for how many; a worker may still be finding out."""


async def list_plans(
    conn: Connection,
    principal: Principal,
    wanted: Wanted,
    *,
    before: int | None = None,
    limit: int = 50,
) -> tuple[list[Plan], int | None]:
    """List plans, the newest first; gives a page and what to ask the next one with."""
    drafts = None
    if principal.may(Scope.PLANS_WRITE):
        drafts = DraftsOf(principal.id, principal.areas)
    found = await repository.list_plans(conn, wanted, drafts, before=before, limit=limit + 1)
    page = found[:limit]
    return page, page[-1].plan_id if len(found) > limit else None


async def list_zones(conn: Connection, plan: Plan, *, after: int, limit: int) -> ZonePage:
    """Give zones of a plan in the order of its file; ``after``: the number of the last one had."""
    return await repository.list_zones(conn, plan.plan_id, after=after, limit=limit)


async def create_plan(
    conn: AsyncConnection, principal: Principal, described: Described, clock: Clock
) -> Plan:
    """Begin a draft.

    Raises:
        NotSignedIn, ScopeMissing: it may not plan.
        PlanInvalid: what is said of it cannot be so.
    """
    principal.require(Scope.PLANS_WRITE)
    described = _checked(described, clock)
    params = {**asdict(described), "at": clock.now(), "by": principal.id}
    made = await rows(conn, QUERIES["insert_plan"], params)
    return await _done(conn, principal, made[0]["plan_id"], Act.CREATE, clock)


async def describe_plan(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    changes: Mapping[str, Any],
    expected_version: int | None,
    clock: Clock,
) -> Plan:
    """Say something else of a draft; ``changes``: fields of ``Described`` by name.

    Raises:
        NotSignedIn, ScopeMissing, PlanUnknown, PlanStale, PlanNotDraft: see ``hold_draft``.
        PlanInvalid: what is said of it cannot be so.
    """
    plan = await hold_draft(conn, principal, plan_id, expected_version)
    described = _checked(replace(plan.described, **changes), clock)
    if described.code_list != plan.described.code_list and plan.zones:
        raise PlanInvalid(count=1, errors=[Pointer("/code_list", _LIST_FIXED)])
    if described == plan.described:
        return plan
    params = {**asdict(described), "plan_id": plan_id, "at": clock.now(), "by": principal.id}
    await execute(conn, QUERIES["describe_plan"], params)
    return await _done(conn, principal, plan_id, Act.DESCRIBE, clock)


async def discard_plan(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    expected_version: int | None,
    clock: Clock,
) -> None:
    """Take a draft out of sight; its history stays, its zones and files go soon.

    Raises:
        NotSignedIn, ScopeMissing, PlanUnknown, PlanStale, PlanNotDraft: see ``hold_draft``.
    """
    plan = await hold_draft(conn, principal, plan_id, expected_version)
    params = {"plan_id": plan_id, "at": clock.now(), "by": principal.id}
    found = await rows(conn, QUERIES["discard_plan"], params)
    left = replace(plan, version=found[0]["version"])
    await leave_act(conn, principal, left, Act.DISCARD, clock, facts={"zones": plan.zones})


async def rehearse_publishing(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    wanted: Publishing,
    expected_version: int | None,
    clock: Clock,
) -> Rehearsal:
    """Tell what would come of publishing a draft, or why it cannot be; no plan is changed.

    What it takes long to count is left to a worker: asked again, it is told.

    Raises:
        AddrsvcError: as ``publish_plan``.
    """
    plan, replaced = await _ready(conn, principal, plan_id, wanted, expected_version)
    others = [each.plan_id for each in replaced]
    params = {
        "kind": plan.described.kind,
        "level": plan.described.level,
        "communes": list(plan.communes),
        "except": [plan_id, *others],
        "day": wanted.valid_from,
        "limit": ALONGSIDE_LIMIT,
    }
    alongside = await rows(conn, QUERIES["plans_alongside"], params)
    return Rehearsal(
        plan,
        wanted,
        tuple(replaced),
        tuple(repository.plan_of(each) for each in alongside),
        await changes.ensure_comparison(conn, plan_id, others, principal, clock.now()),
    )


async def _ready(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    wanted: Publishing,
    expected_version: int | None,
) -> tuple[Plan, list[Plan]]:
    """Give a draft that can be published, held, and the plans it is to replace."""
    others = sorted(set(wanted.replaces))
    plan = await hold_draft(conn, principal, plan_id, expected_version, others)
    if not plan.zones:
        raise PlanWithoutZones
    require_area(principal, plan)
    if plan.described.decision_number is None or plan.described.decision_date is None:
        raise PlanUndecided
    if wanted.valid_from < plan.described.decision_date:
        decided = plan.described.decision_date.isoformat()
        raise PlanHoldsTooEarly(day=wanted.valid_from.isoformat(), decision_date=decided)
    return plan, [await _replaceable(conn, principal, each, wanted) for each in others]


async def publish_plan(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    wanted: Publishing,
    expected_version: int | None,
    clock: Clock,
) -> Plan:
    """Let a draft hold from a legal day on; those it replaces hold until then.

    Raises:
        NotSignedIn, ScopeMissing, PlanUnknown, PlanStale, PlanNotDraft: see ``hold_draft``.
        AreaForbidden, EverywhereForbidden: it, or one it replaces, lies outside the areas.
        PlanWithoutZones, PlanUndecided, PlanHoldsTooEarly, PlanBusy: it is not ready.
        ReplacedUnfit: a plan it is to replace is not published, or holds from a later day.
    """
    _, replaced = await _ready(conn, principal, plan_id, wanted, expected_version)
    day, at = wanted.valid_from, clock.now()
    params = {"plan_id": plan_id, "day": day, "at": at, "by": principal.id}
    await execute(conn, QUERIES["publish_plan"], params)
    for each in replaced:
        pair = {"plan_id": plan_id, "replaced_id": each.plan_id, "at": at}
        await execute(conn, QUERIES["insert_replacement"], pair)
    others = [each.plan_id for each in replaced]
    facts: dict[str, Any] = {"valid_from": day.isoformat(), "replaces": others}
    if not wanted.tells:
        facts["tells"] = False
    plan = await _done(conn, principal, plan_id, Act.PUBLISH, clock, facts=facts)
    for each in replaced:
        ended = {**params, "plan_id": each.plan_id, "status": PlanStatus.SUPERSEDED}
        await execute(conn, QUERIES["end_plan"], ended)
        facts = {"valid_to": day.isoformat(), "replaced_by": plan_id}
        await _done(conn, principal, each.plan_id, Act.SUPERSEDE, clock, facts=facts)
    if wanted.tells:
        await changes.leave_telling(
            conn,
            plan_id,
            TellingAct.PUBLISH,
            before_ids=others,
            after_ids=[plan_id],
            effective_on=day,
            at=at,
        )
    if others:  # everybody may look at what it changes
        await changes.ensure_comparison(conn, plan_id, others, principal, at)
    return plan


async def withdraw_plan(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    day: date,
    reason: str,
    expected_version: int | None,
    clock: Clock,
) -> Plan:
    """Let a published plan hold no more from a legal day on.

    What it had replaced does not come back: for that, a new draft is published.

    Raises:
        NotSignedIn, ScopeMissing, PlanUnknown, PlanStale: see ``hold_plan``.
        AreaForbidden, EverywhereForbidden: it lies outside the areas.
        PlanNotPublished: it is a draft, or holds no more.
        WithdrawnTooEarly: the day is before the one it holds from.
    """
    plan = await hold_plan(conn, principal, plan_id, expected_version)
    require_area(principal, plan)
    if plan.status is not PlanStatus.PUBLISHED or plan.valid_from is None:
        raise PlanNotPublished(standing=plan.status.value)
    if day < plan.valid_from:
        raise WithdrawnTooEarly(day=day.isoformat(), valid_from=plan.valid_from.isoformat())
    at = clock.now()
    ended = {"plan_id": plan_id, "day": day, "at": at, "by": principal.id}
    await execute(conn, QUERIES["end_plan"], {**ended, "status": PlanStatus.WITHDRAWN})
    facts = {"valid_to": day.isoformat()}
    said = reason.strip()
    plan = await _done(conn, principal, plan_id, Act.WITHDRAW, clock, reason=said, facts=facts)
    await changes.leave_telling(
        conn,
        plan_id,
        TellingAct.WITHDRAW,
        before_ids=[plan_id],
        after_ids=[],
        effective_on=day,
        at=at,
    )
    return plan


def _checked(described: Described, clock: Clock) -> Described:
    described = tidy(described)
    faults: Sequence[Pointer] = faults_of(described, today(clock))
    if faults:
        raise PlanInvalid(count=len(faults), errors=list(faults))
    return described


async def _replaceable(
    conn: AsyncConnection, principal: Principal, plan_id: int, wanted: Publishing
) -> Plan:
    """Give a plan whose place another one can take."""
    plan = await get_plan(conn, principal, plan_id)
    require_area(principal, plan)
    is_earlier = plan.valid_from is not None and plan.valid_from <= wanted.valid_from
    if plan.status is not PlanStatus.PUBLISHED or not is_earlier:
        since = "—" if plan.valid_from is None else plan.valid_from.isoformat()
        raise ReplacedUnfit(plan_id=plan_id, standing=plan.status.value, valid_from=since)
    return plan


async def _done(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    act: Act,
    clock: Clock,
    *,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Plan:
    """Leave what an act leaves, and give the plan as it stands now."""
    plan = await repository.find_plan(conn, plan_id)
    if plan is None:
        raise PlanUnknown(plan_id=plan_id)
    await leave_act(conn, principal, plan, act, clock, reason=reason, facts=facts)
    return plan
