"""Pages of planners: what was found in a file of a draft, which repairs are taken, storing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.model import Principal
from addrsvc.auth.sessions_web import signed_form
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, problem_shown
from addrsvc.planning import plan_files, service
from addrsvc.planning.file_errors import PlanFileGone, PlanFileHasErrors, PlanFileNotChecked
from addrsvc.planning.file_schemas import WITH_WORKER
from addrsvc.planning.files.model import FileState, Report
from addrsvc.planning.model import PlanStatus
from addrsvc.problems import STATUS, RouteUnknown
from addrsvc.queue.presence import count_file_workers
from addrsvc.settings import Settings
from addrsvc.uploads.receiving import folder_of
from addrsvc.web.finding import in_time
from addrsvc.web.plans import is_number, plan_id_of
from addrsvc.web.plans_drafting import clock_of, planner_of, refuse
from addrsvc.web.plans_reports import REPAIRS_SHOWN, shown_file, shown_report
from addrsvc.web.plans_wording import shown_plan
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, see_other, to_sign_in
from addrsvc.web.words import words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_PREFIX: Final = "accept."
_MAX_FIELDS: Final = REPAIRS_SHOWN + 10


@router.api_route("/plans/{plan_id}/files/{file_id}", methods=["GET", "HEAD"])
async def file_page(request: Request, plan_id: str, file_id: str) -> Response:
    """Show how a file stands, and once it is checked, all that was found in it."""
    try:
        principal = await planner_of(request)
        if principal is None:
            return to_sign_in(request)
        return await _show(request, principal, plan_id_of(plan_id), _file_id_of(file_id))
    except AddrsvcError as error:
        return refuse(request, error)


@router.post("/plans/{plan_id}/files/{file_id}/store")
async def store(request: Request, plan_id: str, file_id: str) -> Response:
    """Have the zones of a file stored with the repairs that are taken."""
    try:
        session, form = await signed_form(request, max_fields=_MAX_FIELDS)
        principal, number, id_ = session.principal, plan_id_of(plan_id), _file_id_of(file_id)
        accepted = None if "all" in form else _numbers(form)
        try:
            async with in_time(request), transaction(doors_of(request).engine) as conn:
                await plan_files.store_file(
                    conn,
                    principal,
                    number,
                    id_,
                    accepted,
                    clock_of(request),
                    leave_out="leave_out" in form,
                )
        except PlanFileHasErrors as error:
            say = words(page_language(request))
            wrong = say.report_invalid_left.format(count=error.count)
            status = STATUS[error.kind]
            return await _show(request, principal, number, id_, form, wrong=wrong, status=status)
    except AddrsvcError as error:
        return refuse(request, error)
    return see_other(f"/plans/{number}/files/{id_}")


async def _show(
    request: Request,
    principal: Principal,
    plan_id: int,
    file_id: UUID,
    form: Mapping[str, str] | None = None,
    *,
    wrong: str = "",
    status: int = 200,
) -> Response:
    language, settings = page_language(request), cast("Settings", request.app.state.settings)
    async with in_time(request), transaction(doors_of(request).engine) as conn:
        plan = await service.get_plan(conn, principal, plan_id)
        file = await plan_files.get_file(conn, principal, plan_id, file_id)
        is_stuck = file.state in WITH_WORKER and not await count_file_workers(
            conn, stalled_s=settings.worker_stalled_s
        )
    report: Report | None = None
    if file.report is not None:
        try:
            report = await run_in_threadpool(plan_files.read_report, file, folder_of(settings))
        except (PlanFileGone, PlanFileNotChecked):
            report = None  # the page says that the file is gone
    shown = None
    if report is not None:
        shown = await run_in_threadpool(shown_report, report, language)
    facts: dict[str, Any] = {
        "plan": shown_plan(plan, language),
        "file": shown_file(file, language),
        "problem": None if file.problem is None else problem_shown(file.problem, language),
        "report": shown,
        "is_stuck": is_stuck,
        "is_kept": plan_files.is_of(plan, file),
        "can_store": plan.status is PlanStatus.DRAFT
        and file.state in {FileState.CHECKED, FileState.STORED},
        "accepted": set() if form is None else set(_numbers(form)),
        "leaves_out": form is not None and "leave_out" in form,
        "wrong": wrong,
        "map_url": f"/v1/plans/{plan_id}/files/{file_id}/map?lang={language}" if shown else None,
    }
    return pages_of(request).respond(
        request,
        "plans_file.html",
        status=status,
        headers=_PRIVATE,
        asked_at=f"/plans/{plan_id}/files/{file_id}",
        **facts,
    )


def _file_id_of(text: str) -> UUID:
    """Read the id of a file in a path.

    Raises:
        RouteUnknown: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise RouteUnknown from None


def _numbers(form: Mapping[str, str]) -> list[int]:
    """Give the features whose repair is ticked."""
    found = (each.removeprefix(_PREFIX) for each in form if each.startswith(_PREFIX))
    return sorted(int(each) for each in found if is_number(each))
