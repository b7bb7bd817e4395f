"""Pages of planners: what would come of publishing a draft, then publishing it.

The form asks for the day and for the plans whose place it takes; the next page says what follows,
with counts, and only there stands the button that publishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.model import Principal
from addrsvc.auth.sessions_web import signed_form
from addrsvc.clock import today
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError
from addrsvc.planning import service
from addrsvc.planning.changes.model import ComparisonState
from addrsvc.planning.errors import (
    PlanBusy,
    PlanHoldsTooEarly,
    PlanUndecided,
    PlanWithoutZones,
    ReplacedUnfit,
)
from addrsvc.planning.model import Plan, PlanStatus
from addrsvc.planning.service import Publishing, Rehearsal
from addrsvc.problems import STATUS
from addrsvc.web.finding import in_time
from addrsvc.web.plans import is_number, plan_id_of
from addrsvc.web.plans_drafting import clock_of, planner_of, refuse, version_of
from addrsvc.web.plans_showing import shown_changes, shown_counts
from addrsvc.web.plans_wording import shown_plan
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, see_other, to_sign_in
from addrsvc.web.words import words
from addrsvc.wording import day_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_PREFIX: Final = "replaces."

_BESIDE: Final[Mapping[type[AddrsvcError], str]] = {
    PlanHoldsTooEarly: "day",
    ReplacedUnfit: "replaces",
    PlanWithoutZones: "plan",
    PlanUndecided: "plan",
    PlanBusy: "plan",
}
"""What is refused, by the field it stands beside."""


@dataclass(slots=True)
class _Asked:
    """How a draft is to be published, as far as it could be read."""

    day: date | None
    text: str
    """The day as sent."""
    replaces: tuple[int, ...]

    @classmethod
    def of(cls, given: Mapping[str, str]) -> _Asked:
        """Read fields of a form, or of a link."""
        text = given.get("day", "").strip()[:10]
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        return cls(day, text, tuple(sorted(_numbers(given))))


@dataclass(slots=True)
class _Shown:
    """What the page says."""

    plan: Plan
    others: list[Plan]
    """That could be replaced, or would be."""
    rehearsal: Rehearsal | None = None
    wrong: Mapping[str, str] | None = None
    status: int = 200


@router.api_route("/plans/{plan_id}/publish", methods=["GET", "HEAD"])
async def publish_page(request: Request, plan_id: str) -> Response:
    """Ask how a draft is to be published; once that is said, tell what follows."""
    clock = clock_of(request)
    try:
        principal = await planner_of(request)
        if principal is None:
            return to_sign_in(request)
        number, asked = plan_id_of(plan_id), _Asked.of(request.query_params)
        is_asked = "day" in request.query_params
        if not is_asked:
            asked = _Asked(today(clock), today(clock).isoformat(), ())
        shown = await _look_ahead(request, principal, number, asked, is_asked=is_asked)
    except AddrsvcError as error:
        return refuse(request, error)
    return _page(request, asked, shown)


@router.post("/plans/{plan_id}/publish")
async def publish(request: Request, plan_id: str) -> Response:
    """Publish a draft as it was rehearsed."""
    try:
        session, form = await signed_form(request)
        number, asked = plan_id_of(plan_id), _Asked.of(form)
        if asked.day is not None:
            try:
                async with in_time(request), transaction(doors_of(request).engine) as conn:
                    await service.publish_plan(
                        conn,
                        session.principal,
                        number,
                        Publishing(asked.day, asked.replaces),
                        version_of(form),
                        clock_of(request),
                    )
                return see_other(f"/plans/{number}")
            except tuple(_BESIDE):
                pass  # the page says it beside the field
        shown = await _look_ahead(request, session.principal, number, asked, is_asked=True)
    except AddrsvcError as error:
        return refuse(request, error)
    return _page(request, asked, shown)


async def _look_ahead(
    request: Request, principal: Principal, plan_id: int, asked: _Asked, *, is_asked: bool
) -> _Shown:
    """Find out what would come of publishing; no plan is changed.

    Raises:
        PlanUnknown, PlanNotDraft, AreaForbidden, EverywhereForbidden: it is not for the principal.
        DatabaseUnreachable: no answer in time.
    """
    language = page_language(request)
    async with in_time(request), transaction(doors_of(request).engine) as conn:
        plan = await service.get_plan(conn, principal, plan_id)
        if not plan.zones:
            none = PlanWithoutZones()
            return _Shown(plan, [], wrong={"plan": none.text(language)}, status=STATUS[none.kind])
        if asked.day is None:
            wrong = {"day": words(language).plan_day_bad}
            return _Shown(plan, [], wrong=wrong, status=422)
        try:
            rehearsal = await service.rehearse_publishing(
                conn,
                principal,
                plan_id,
                Publishing(asked.day, asked.replaces),
                None,
                clock_of(request),
            )
        except tuple(_BESIDE) as error:
            replaced = [await service.get_plan(conn, principal, each) for each in asked.replaces]
            wrong = {_BESIDE[type(error)]: error.text(language)}
            return _Shown(plan, replaced, wrong=wrong, status=STATUS[error.kind])
        others = [*rehearsal.replaced, *rehearsal.alongside]
        if not is_asked:  # what lies beside it is suggested
            asked.replaces = tuple(
                each.plan_id for each in others if _can_be_replaced(each, principal, asked.day)
            )
            return _Shown(plan, others)
        return _Shown(plan, others, rehearsal)


def _can_be_replaced(plan: Plan, principal: Principal, day: date) -> bool:
    return (
        plan.status is PlanStatus.PUBLISHED
        and plan.valid_from is not None
        and plan.valid_from <= day
        and all(map(principal.reaches, plan.communes))
    )


def _page(request: Request, asked: _Asked, shown: _Shown) -> Response:
    language = page_language(request)
    counts, changes, is_moving = None, None, False
    if shown.rehearsal is not None:
        known = shown.rehearsal.comparison
        is_moving = known.state in _MOVING
        counts = None if known.counts is None else shown_counts(known.counts, language)
        lists = [
            each.described.code_list for each in shown.others if each.plan_id in asked.replaces
        ]
        changes = shown_changes(shown.plan, lists, known, language) if asked.replaces else None
    facts: dict[str, Any] = {
        "plan": shown_plan(shown.plan, language),
        "version": shown.plan.version,
        "others": [shown_plan(each, language) for each in shown.others],
        "chosen": asked.replaces,
        "day": asked.text,
        "day_shown": "" if asked.day is None else day_words(asked.day, language),
        "wrong": {"day": "", "replaces": "", "plan": "", **(shown.wrong or {})},
        "is_rehearsed": shown.rehearsal is not None,
        "counts": counts,
        "changes": changes,
        "is_moving": is_moving,
    }
    return pages_of(request).respond(
        request,
        "plans_publish.html",
        status=shown.status,
        headers=_PRIVATE,
        asked_at=f"/plans/{shown.plan.plan_id}/publish",
        **facts,
    )


_MOVING: Final = frozenset({ComparisonState.WAITING, ComparisonState.WORKING})


def _numbers(names: Iterable[str]) -> set[int]:
    """Give the numbers of plans ticked in a form."""
    found = (each.removeprefix(_PREFIX) for each in names if each.startswith(_PREFIX))
    return {int(each) for each in found if is_number(each)}
