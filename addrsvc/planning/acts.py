"""What every act on a plan shares: the plan is held, and history, log and feed are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.events import service as events
from addrsvc.planning import repository
from addrsvc.planning.errors import PlanBusy, PlanNotDraft, PlanStale, PlanUnknown
from addrsvc.planning.model import Plan, PlanStatus
from addrsvc.planning.repository import QUERIES


class Act(StrEnum):
    """What is done to a plan."""

    CREATE = "create"
    DESCRIBE = "describe"
    STORE = "store"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"
    DISCARD = "discard"


_EVENTS = {
    Act.PUBLISH: "plan.published",
    Act.SUPERSEDE: "plan.superseded",
    Act.WITHDRAW: "plan.withdrawn",
}
"""What followers are told; of drafts, nothing."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act on a plan, as it was recorded."""

    version: int
    """That the act made."""
    act: Act
    status: PlanStatus
    principal: str
    reason: str | None
    recorded_at: datetime
    document: Mapping[str, Any]
    """The description as it was then, and the facts of the act."""


def is_seen(plan: Plan, principal: Principal) -> bool:
    """Tell whether a plan exists for a principal.

    A draft lies where its zones lie; while it has none, it is with who began it.
    """
    if plan.status is not PlanStatus.DRAFT:
        return True
    if not principal.may(Scope.PLANS_WRITE):
        return False
    if plan.communes:
        return all(map(principal.reaches, plan.communes))
    return principal.areas is None or plan.created_by == principal.id


async def get_plan(conn: Connection, principal: Principal, plan_id: int) -> Plan:
    """Give a plan.

    Raises:
        PlanUnknown: there is none of this number, or it is a draft that is not for the principal.
    """
    found = await repository.find_plan(conn, plan_id)
    if found is None or not is_seen(found, principal):
        raise PlanUnknown(plan_id=plan_id)
    return found


async def hold_plan(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    expected_version: int | None,
    also: Collection[int] = (),
) -> Plan:
    """Give a plan that nobody changes until the transaction ends, nor some others.

    Raises:
        NotSignedIn, ScopeMissing: it may not plan.
        PlanUnknown: see ``get_plan``.
        PlanStale: somebody changed it since; ``expected_version`` None takes any.
    """
    principal.require(Scope.PLANS_WRITE)
    await rows(conn, QUERIES["lock_plans"], {"plan_ids": [plan_id, *also]})
    plan = await get_plan(conn, principal, plan_id)
    if expected_version is not None and expected_version != plan.version:
        raise PlanStale(given=expected_version, current=plan.version)
    return plan


async def hold_draft(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    expected_version: int | None,
    also: Collection[int] = (),
    *,
    while_storing: bool = False,
) -> Plan:
    """Give a draft as ``hold_plan`` gives a plan.

    Raises:
        NotSignedIn, ScopeMissing, PlanUnknown, PlanStale: see there.
        PlanNotDraft: it was published.
        PlanBusy: its zones are being stored, which may take a minute; not with ``while_storing``.
    """
    principal.require(Scope.PLANS_WRITE)
    if not while_storing:
        await get_plan(conn, principal, plan_id)  # else somebody would learn that it is there
        for busy in await rows(conn, QUERIES["storing_file"], {"plan_id": plan_id}):
            raise PlanBusy(file_id=str(busy["file_id"]))
    plan = await hold_plan(conn, principal, plan_id, expected_version, also)
    if plan.status is not PlanStatus.DRAFT:
        raise PlanNotDraft(standing=plan.status.value)
    return plan


def require_area(principal: Principal, plan: Plan) -> None:
    """Pass only who may plan for all of the ground of a plan.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: it may not.
        EverywhereForbidden: it lies in no commune that is known, and the principal is limited.
    """
    if plan.communes:
        principal.require_in(Scope.PLANS_WRITE, plan.communes)
    else:
        principal.require_everywhere(Scope.PLANS_WRITE)


async def leave_act(
    conn: AsyncConnection,
    principal: Principal,
    plan: Plan,
    act: Act,
    clock: Clock,
    *,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Leave history, audit entry and event of an act; the plan is as the act left it."""
    at, more = clock.now(), dict(facts or {})
    document = {key: value for key, value in asdict(plan.described).items() if value is not None}
    if plan.described.decision_date is not None:
        document["decision_date"] = plan.described.decision_date.isoformat()
    params = {
        "plan_id": plan.plan_id,
        "version": plan.version,
        "act": act,
        "status": plan.status,
        "principal": principal.id,
        "reason": reason,
        "at": at,
        "document": Jsonb({**document, **more}),
    }
    await execute(conn, QUERIES["insert_history"], params)
    await audit.record(
        conn,
        principal=principal.id,
        action=f"plan.{act}",
        subject=str(plan.plan_id),
        at=at,
        detail={"version": plan.version, **more},
    )
    if act in _EVENTS:
        data = {
            "version": plan.version,
            "kind": plan.described.kind.value,
            "level": plan.described.level.value,
            "communes": list(plan.communes),
            "is_synthetic": plan.described.is_synthetic,
            **more,
        }
        subject = str(plan.plan_id)
        await events.record(conn, type=_EVENTS[act], subject=subject, at=at, data=data)


async def list_history(conn: Connection, principal: Principal, plan_id: int) -> list[HistoryEntry]:
    """List what was done to a plan, in order; of a discarded draft too, for who planned it.

    What was done before it was published, and by whom, is for planners.

    Raises:
        PlanUnknown: see ``get_plan``.
    """
    gone = await rows(conn, QUERIES["discarded_plan"], {"plan_id": plan_id})
    if not gone:
        await get_plan(conn, principal, plan_id)
    elif not (
        principal.may(Scope.PLANS_WRITE)
        and (principal.areas is None or gone[0]["created_by"] == principal.id)
    ):
        raise PlanUnknown(plan_id=plan_id)
    found = await rows(conn, QUERIES["list_history"], {"plan_id": plan_id})
    entries = [
        HistoryEntry(**{**each, "act": Act(each["act"]), "status": PlanStatus(each["status"])})
        for each in found
    ]
    if principal.may(Scope.PLANS_WRITE):
        return entries
    return [each for each in entries if each.status is not PlanStatus.DRAFT]
