"""Public pages of plans: the list, and one plan with its map. Planners see their drafts as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock, today
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language
from addrsvc.planning import plan_files, service
from addrsvc.planning.changes import service as changes
from addrsvc.planning.code_lists import LISTS
from addrsvc.planning.maps import service as maps
from addrsvc.planning.model import (
    KIND_NAMES,
    LEVEL_NAMES,
    REFERENCE_NOTICE,
    STATUS_NAMES,
    Level,
    Plan,
    PlanKind,
    PlanStatus,
    Wanted,
)
from addrsvc.planning.plan_files import PlanFile
from addrsvc.planning.uploading import ENDINGS
from addrsvc.problems import RouteUnknown
from addrsvc.settings import Settings
from addrsvc.web.finding import in_time
from addrsvc.web.jobs_showing import size_words
from addrsvc.web.plans_reports import shown_file
from addrsvc.web.plans_showing import shown_changes, shown_history, shown_uses
from addrsvc.web.plans_wording import shown_plan, zone_choices
from addrsvc.web.plans_words import ENCODING_NAMES
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_READ: Final = ["GET", "HEAD"]
_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_LISTED: Final = 50


@router.api_route("/plans", methods=_READ)
async def plans_page(request: Request) -> Response:
    """List plans, the newest first; what is no filter is left out."""
    language, asked = page_language(request), _filters(request)
    before = request.query_params.get("before", "")
    try:
        principal = await principal_of(request)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            plans, older = await service.list_plans(
                conn,
                principal,
                Wanted(
                    status=PlanStatus(asked["status"]) if asked["status"] else None,
                    kind=PlanKind(asked["kind"]) if asked["kind"] else None,
                    level=Level(asked["level"]) if asked["level"] else None,
                    commune=asked["commune"] or None,
                    day=date.fromisoformat(asked["day"]) if asked["day"] else None,
                ),
                before=int(before) if is_number(before) else None,
                limit=_LISTED,
            )
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    kept = {name: value for name, value in asked.items() if value}
    return pages_of(request).respond(
        request,
        "plans.html",
        indexed=not kept,
        headers=_PRIVATE,
        asked=asked,
        is_filtered=bool(kept),
        kinds=[(each.value, name.in_(language)) for each, name in KIND_NAMES.items()],
        levels=[(each.value, name.in_(language)) for each, name in LEVEL_NAMES.items()],
        statuses=_statuses(language, with_drafts=principal.may(Scope.PLANS_WRITE)),
        plans=[shown_plan(each, language) for each in plans],
        older_url=None if older is None else f"/plans?{urlencode({**kept, 'before': older})}",
        may_plan=principal.may(Scope.PLANS_WRITE),
    )


@router.api_route("/plans/{plan_id}", methods=_READ)
async def plan_page(request: Request, plan_id: str) -> Response:
    """Show one plan: facts, map, land uses, what it changed, what was done to it."""
    try:
        return await show_plan(request, await principal_of(request), plan_id_of(plan_id))
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")


async def show_plan(
    request: Request,
    principal: Principal,
    plan_id: int,
    *,
    status: int = 200,
    withdrawing: Mapping[str, Any] | None = None,
) -> Response:
    """Give the page of a plan; ``withdrawing``: what stood in that form, and what is wrong in it.

    Raises:
        PlanUnknown: there is none, or it is a draft that is not for the principal.
        DatabaseUnreachable: no answer in time.
    """
    language = page_language(request)
    async with in_time(request), doors_of(request).pool.connection() as conn:
        plan = await service.get_plan(conn, principal, plan_id)
        others = {
            number: await service.get_plan(conn, principal, number)
            for number in (*plan.replaces, *plan.replaced_by)
        }
        uses = await maps.list_uses(conn, plan_id) if plan.zones else ()
        history = await service.list_history(conn, principal, plan_id)
        comparison = await changes.find_comparison(conn, plan_id, plan.replaces)
    files: list[PlanFile] = []
    if plan.status is PlanStatus.DRAFT:  # readers of the database do not see files
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            files = await plan_files.list_files(conn, principal, plan_id)
    work = _work(request, principal, plan, files, withdrawing)
    code_list = LISTS.get(plan.described.code_list)
    lists = [others[number].described.code_list for number in plan.replaces]
    facts = [(each.code, each.label, each.zones, each.area_m2) for each in uses]
    return pages_of(request).respond(
        request,
        "plans_one.html",
        status=status,
        indexed=plan.status is not PlanStatus.DRAFT,
        headers=_PRIVATE,
        asked_at=f"/plans/{plan_id}",
        plan=shown_plan(plan, language),
        code_list=plan.described.code_list if code_list is None else code_list.name.in_(language),
        replaces=[(number, others[number].described.name) for number in plan.replaces],
        replaced_by=[(number, others[number].described.name) for number in plan.replaced_by],
        notice=REFERENCE_NOTICE.in_(language),
        work=work,
        map_url=f"/v1/plans/{plan_id}/map?lang={language}" if plan.zones else None,
        uses=shown_uses(plan, facts, language),
        changes=shown_changes(plan, lists, comparison, language) if plan.replaces else None,
        geojson_url=f"/v1/plans/{plan_id}/zones?limit=1000" if plan.zones else None,
        history=shown_history(history, language),
    )


def _work(
    request: Request,
    principal: Principal,
    plan: Plan,
    files: Sequence[PlanFile],
    withdrawing: Mapping[str, Any] | None,
) -> dict[str, Any] | None:
    """Give what a planner can do next with a plan; None: nothing."""
    if not principal.may(Scope.PLANS_WRITE) or not all(map(principal.reaches, plan.communes)):
        return None
    if plan.status not in {PlanStatus.DRAFT, PlanStatus.PUBLISHED}:
        return None
    language, settings = page_language(request), cast("Settings", request.app.state.settings)
    kept = withdrawing or {}
    return {
        "version": plan.version,
        "files": [shown_file(each, language) for each in files],
        "can_send": settings.files_dir is not None,
        "can_publish": plan.zones > 0,
        "max_bytes": settings.file_max_bytes,
        "max_size": size_words(settings.file_max_bytes, language),
        "accepted": ",".join(ENDINGS),
        "zones": zone_choices(language),
        "encodings": [(each, name.in_(language)) for each, name in ENCODING_NAMES.items()],
        "wrong": kept.get("wrong", {}),
        "reason": kept.get("reason", ""),
        "day": kept.get("day", today(cast("Clock", request.app.state.clock)).isoformat()),
    }


def plan_id_of(text: str) -> int:
    """Read the number of a plan in a path.

    Raises:
        RouteUnknown: it is none.
    """
    if not is_number(text):
        raise RouteUnknown
    return int(text)


def is_number(text: str) -> bool:
    """Tell whether a text is a number as paths and links have it."""
    return text.isascii() and text.isdigit() and len(text) < 16


def _filters(request: Request) -> dict[str, str]:
    """Give the filters as they stand in the form; empty where there is none, or no such one."""
    given = {
        name: request.query_params.get(name, "").strip()
        for name in ("kind", "level", "status", "commune", "day")
    }
    known: dict[str, type[StrEnum]] = {"kind": PlanKind, "level": Level, "status": PlanStatus}
    for name, values in known.items():
        if given[name] not in set(values):
            given[name] = ""
    if not is_number(given["commune"]) or len(given["commune"]) != 5:
        given["commune"] = ""
    try:
        date.fromisoformat(given["day"])
    except ValueError:
        given["day"] = ""
    return given


def _statuses(language: Language, *, with_drafts: bool) -> list[tuple[str, str]]:
    return [
        (each.value, name.in_(language))
        for each, name in STATUS_NAMES.items()
        if with_drafts or each is not PlanStatus.DRAFT
    ]
