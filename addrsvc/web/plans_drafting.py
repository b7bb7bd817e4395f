"""Pages of planners: begin a draft, describe it, discard it; withdraw what was published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sessions_web import signed_form
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError
from addrsvc.planning import service
from addrsvc.planning.code_lists import LISTS
from addrsvc.planning.errors import PlanInvalid, PlanNotDraft, WithdrawnTooEarly
from addrsvc.planning.model import KIND_NAMES, LEVEL_NAMES, Described, PlanStatus
from addrsvc.problems import STATUS, RouteUnknown
from addrsvc.web.finding import in_time
from addrsvc.web.plans import plan_id_of, show_plan
from addrsvc.web.plans_forms import Sent, empty_form, form_of, read_form_of_plan, wrong_of
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, see_other, to_sign_in
from addrsvc.web.words import words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_PRIVATE: Final = {"Cache-Control": "private, no-store"}


async def planner_of(request: Request) -> Principal | None:
    """Give who asks, if plans are for them; None: nobody is signed in.

    Raises:
        ScopeMissing: plans are for others.
        RateLimited: asked for too often.
    """
    principal = await principal_of(request)
    if principal.is_anonymous:
        return None
    principal.require(Scope.PLANS_WRITE)
    return principal


@router.api_route("/plans/new", methods=["GET", "HEAD"])
async def new_plan_page(request: Request) -> Response:
    """Show the empty form of a plan."""
    try:
        if await planner_of(request) is None:
            return to_sign_in(request)
    except AddrsvcError as error:
        return refuse(request, error)
    return _form(request, Sent(empty_form(), {}, {}))


@router.post("/plans/new")
async def create_plan(request: Request) -> Response:
    """Begin a draft, then lead to its page."""
    language = page_language(request)
    try:
        session, form = await signed_form(request)
        sent = read_form_of_plan(form, language)
        if not sent.wrong:
            async with in_time(request), transaction(doors_of(request).engine) as conn:
                described = Described(**sent.fields)
                plan = await service.create_plan(
                    conn, session.principal, described, clock_of(request)
                )
            return see_other(f"/plans/{plan.plan_id}")
    except PlanInvalid as error:
        sent = Sent(sent.given, {}, wrong_of(error.pointers(), language))
    except AddrsvcError as error:
        return refuse(request, error)
    return _form(request, sent, status=422)


@router.api_route("/plans/{plan_id}/edit", methods=["GET", "HEAD"])
async def edit_plan_page(request: Request, plan_id: str) -> Response:
    """Show the form of a draft as it is described."""
    try:
        principal = await planner_of(request)
        if principal is None:
            return to_sign_in(request)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            plan = await service.get_plan(conn, principal, plan_id_of(plan_id))
        if plan.status is not PlanStatus.DRAFT:
            raise PlanNotDraft(standing=plan.status.value)
    except AddrsvcError as error:
        return refuse(request, error)
    sent = Sent(form_of(plan.described), {}, {})
    return _form(request, sent, plan_id=plan.plan_id, version=plan.version)


@router.post("/plans/{plan_id}/{act}")
async def act_on_plan(request: Request, plan_id: str, act: str) -> Response:
    """Describe or discard a draft, or withdraw what was published."""
    try:
        session, form = await signed_form(request)
        number = plan_id_of(plan_id)
        version = version_of(form)
        if act == "describe":
            return await _describe(request, session.principal, number, version, form)
        if act == "withdraw":
            return await _withdraw(request, session.principal, number, version, form)
        if act != "discard":
            raise RouteUnknown
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            await service.discard_plan(conn, session.principal, number, version, clock_of(request))
    except AddrsvcError as error:
        return refuse(request, error)
    return see_other("/plans")


async def _describe(
    request: Request, principal: Principal, plan_id: int, version: int, form: dict[str, str]
) -> Response:
    language = page_language(request)
    sent = read_form_of_plan(form, language)
    if not sent.wrong:
        try:
            async with in_time(request), transaction(doors_of(request).engine) as conn:
                await service.describe_plan(
                    conn, principal, plan_id, sent.fields, version, clock_of(request)
                )
        except PlanInvalid as error:
            sent = Sent(sent.given, {}, wrong_of(error.pointers(), language))
        else:
            return see_other(f"/plans/{plan_id}")
    return _form(request, sent, plan_id=plan_id, version=version, status=422)


async def _withdraw(
    request: Request, principal: Principal, plan_id: int, version: int, form: dict[str, str]
) -> Response:
    say, wrong = words(page_language(request)), {}
    reason, text = form.get("reason", "").strip(), form.get("day", "").strip()
    day = None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        wrong["day"] = say.plan_day_bad
    if not reason:
        wrong["reason"] = say.plan_reason_missing
    if day is None or wrong:
        kept = {"wrong": wrong, "reason": reason, "day": text[:10]}
        return await show_plan(request, principal, plan_id, status=422, withdrawing=kept)
    try:
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            await service.withdraw_plan(
                conn, principal, plan_id, day, reason, version, clock_of(request)
            )
    except WithdrawnTooEarly as error:
        wrong["day"] = error.text(page_language(request))
        kept = {"wrong": wrong, "reason": reason, "day": text}
        status = STATUS[error.kind]
        return await show_plan(request, principal, plan_id, status=status, withdrawing=kept)
    return see_other(f"/plans/{plan_id}")


def _form(
    request: Request,
    sent: Sent,
    *,
    plan_id: int | None = None,
    version: int | None = None,
    status: int = 200,
) -> Response:
    language = page_language(request)
    return pages_of(request).respond(
        request,
        "plans_form.html",
        status=status,
        headers=_PRIVATE,
        asked_at="/plans/new" if plan_id is None else f"/plans/{plan_id}/edit",
        plan_id=plan_id,
        version=version,
        given=sent.given,
        wrong=dict(sent.wrong),
        kinds=[(each.value, name.in_(language)) for each, name in KIND_NAMES.items()],
        levels=[(each.value, name.in_(language)) for each, name in LEVEL_NAMES.items()],
        code_lists=[(each.id, each.name.in_(language)) for each in LISTS.values()],
    )


def refuse(request: Request, error: AddrsvcError) -> Response:
    """Give the page that says why not."""
    return pages_of(request).refuse(request, error, typed="", template="refused.html")


def clock_of(request: Request) -> Clock:
    """Give the application's clock."""
    return cast("Clock", request.app.state.clock)


def version_of(form: Mapping[str, str]) -> int:
    """Give the version a form was made on; one that names none is of none."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
