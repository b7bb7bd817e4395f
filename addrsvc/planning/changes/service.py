"""What a plan changes against others: asked for, and told once a worker has found out.

Before it is published, a plan is compared with those whose place it is to take; the counts of
addresses and dossiers are those of whom followers are told then, as they stood when it was worked
out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.rows import Connection, Row, row, rows
from addrsvc.planning.acts import get_plan
from addrsvc.planning.changes import repository
from addrsvc.planning.changes.errors import ComparedWithItself, TooManyCompared
from addrsvc.planning.changes.model import (
    Comparison,
    ComparisonState,
    Counts,
    Differences,
    TellingAct,
    in_order,
)
from addrsvc.planning.changes.repository import QUERIES
from addrsvc.planning.model import Plan
from addrsvc.queue.model import Queue, Task
from addrsvc.queue.service import defer

MOST_COMPARED: Final = 50
"""Plans one is compared with at once."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What is known of the changes of a plan, and all plans that are compared."""

    plan: Plan
    against: tuple[Plan, ...]
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Telling:
    """How far followers were told what publishing or withdrawing a plan changed."""

    act: TellingAct
    told: int
    """Addresses."""
    recorded_at: datetime
    finished_at: datetime | None
    """None: there are more."""


async def get_compared(
    conn: Connection, principal: Principal, plan_id: int, against: Sequence[int] | None = None
) -> Compared:
    """Say what is known of the changes of a plan against others.

    Args:
        conn: either door.
        principal: who asks.
        plan_id: the plan.
        against: numbers of other plans; None: those whose place it took.

    Raises:
        PlanUnknown: one of them is none the principal may see.
        ComparedWithItself, TooManyCompared: what is asked for makes no sense.
    """
    plan = await get_plan(conn, principal, plan_id)
    others = await _others(conn, principal, plan, against)
    ids = [each.plan_id for each in others]
    return Compared(plan, others, await find_comparison(conn, plan_id, ids))


async def ask_compared(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    clock: Clock,
    against: Sequence[int] | None = None,
) -> Compared:
    """Have the changes of a plan worked out, also where they were before: counts are of the moment.

    Raises:
        NotSignedIn, ScopeMissing: it may not make plans.
        PlanUnknown, ComparedWithItself, TooManyCompared: as for :func:`get_compared`.
    """
    principal.require(Scope.PLANS_WRITE)
    plan = await get_plan(conn, principal, plan_id)
    others = await _others(conn, principal, plan, against)
    ids = [each.plan_id for each in others]
    await leave_comparison(conn, plan_id, ids, principal, clock.now())
    return Compared(plan, others, await find_comparison(conn, plan_id, ids))


async def list_tellings(
    conn: Connection, principal: Principal, plan_id: int
) -> list[Telling] | None:
    """Say how far followers were told about a plan; None: that is for planners."""
    if not principal.may(Scope.PLANS_WRITE):
        return None
    found = await rows(conn, QUERIES["tellings"], {"plan_id": plan_id})
    return [Telling(**{**each, "act": TellingAct(each["act"])}) for each in found]


async def find_comparison(conn: Connection, plan_id: int, before_ids: Sequence[int]) -> Comparison:
    """Say what is known of the changes of a plan, whoever asks; before_ids in any order."""
    ids = in_order(before_ids)
    found = await repository.find_comparison(conn, plan_id, ids)
    if found is None:
        return Comparison(plan_id, tuple(ids), ComparisonState.NONE)
    state = ComparisonState(found["state"])
    if state is ComparisonState.DONE and found["mark"] != await repository.zones_mark(
        conn, [plan_id, *ids]
    ):
        state = ComparisonState.STALE
    return _comparison_of(plan_id, ids, state, found)


async def counts_of(conn: Connection, plan_id: int, replaces: Sequence[int]) -> Counts | None:
    """Give how many addresses and dossiers publishing a plan concerns; None: not worked out."""
    return (await find_comparison(conn, plan_id, replaces)).counts


async def ensure_comparison(
    conn: AsyncConnection,
    plan_id: int,
    before_ids: Sequence[int],
    principal: Principal,
    at: datetime,
) -> Comparison:
    """Say what is known of the changes of a plan, and have them worked out if nobody has."""
    known = await find_comparison(conn, plan_id, before_ids)
    if known.state in {ComparisonState.NONE, ComparisonState.STALE}:
        await leave_comparison(conn, plan_id, before_ids, principal, at)
        known = await find_comparison(conn, plan_id, before_ids)
    return known


async def leave_comparison(
    conn: AsyncConnection,
    plan_id: int,
    before_ids: Sequence[int],
    principal: Principal,
    at: datetime,
) -> int:
    """Leave it to a worker to compare a plan with others; give the number of the comparison."""
    ids = in_order(before_ids)
    comparison_id = await repository.ask_comparison(conn, plan_id, ids, principal.id, at)
    await leave_work(conn, comparison_id)
    return comparison_id


async def leave_work(conn: AsyncConnection, comparison_id: int) -> None:
    """Leave a comparison to a worker, once however often it is asked for before one begins."""
    name = f"plan-changes:{comparison_id}"
    await defer(
        conn,
        Task.PLAN_CHANGES,
        {"comparison_id": comparison_id},
        lock=name,
        queueing_lock=name,
        queue=Queue.FILES,
    )


async def leave_telling(
    conn: AsyncConnection,
    plan_id: int,
    act: TellingAct,
    *,
    before_ids: Sequence[int],
    after_ids: Sequence[int],
    effective_on: date,
    at: datetime,
) -> None:
    """Leave it to a worker to tell of all addresses for which something else is planned now.

    In the transaction that publishes or withdraws the plan; done once for a plan and act.

    Args:
        conn: that transaction.
        plan_id: the plan that was published or withdrawn.
        act: which of both.
        before_ids: plans that said what was planned there.
        after_ids: plans that say so now.
        effective_on: legal day from which that holds.
        at: the moment it was done.
    """
    params = {
        "plan_id": plan_id,
        "act": act,
        "before_ids": in_order(before_ids),
        "after_ids": in_order(after_ids),
        "effective_on": effective_on,
        "at": at,
    }
    left = await row(conn, QUERIES["leave_telling"], params)
    if left is not None:
        name = f"plan-telling:{left['telling_id']}"
        await defer(conn, Task.PLAN_TELLING, {"telling_id": left["telling_id"]}, lock=name)


async def _others(
    conn: Connection, principal: Principal, plan: Plan, against: Sequence[int] | None
) -> tuple[Plan, ...]:
    ids = in_order(plan.replaces if against is None else against)
    if plan.plan_id in ids:
        raise ComparedWithItself(plan_id=plan.plan_id)
    if len(ids) > MOST_COMPARED:
        raise TooManyCompared(count=len(ids), limit=MOST_COMPARED)
    return tuple([await get_plan(conn, principal, each) for each in ids])


def _comparison_of(
    plan_id: int, before_ids: Sequence[int], state: ComparisonState, found: Row
) -> Comparison:
    is_done = state is ComparisonState.DONE
    return Comparison(
        plan_id,
        tuple(before_ids),
        state,
        found["comparison_id"],
        Differences.from_json(found["found"]) if is_done else None,
        Counts.from_json(found["counts"]) if is_done and found["counts"] else None,
        found["asked_at"],
        found["done_at"] if is_done else None,
        found["problem"] if state is ComparisonState.FAILED else None,
    )
