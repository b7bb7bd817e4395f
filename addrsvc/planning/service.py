"""The register of plans: looked at, described, published, replaced, withdrawn.

Drafts are seen by planners within their areas only; for others they do not exist. Everything that
was ever published is public and stays.
"""

from __future__ import annotations

from typing import Final

from addrsvc.auth.model import Principal, Scope
from addrsvc.db.rows import Connection
from addrsvc.planning import repository
from addrsvc.planning.errors import PlanUnknown
from addrsvc.planning.model import Plan, PlanStatus
from addrsvc.planning.repository import DraftsOf, Wanted

PAGE_LIMIT: Final = 200
"""Most plans in one page."""


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
