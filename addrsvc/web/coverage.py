"""The page of coverage: totals, communes, growth, quality, dossiers; the map in a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.permissions import Scope
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock, today
from addrsvc.commune_maps.drawing import has_library
from addrsvc.coverage import service
from addrsvc.coverage.model import Period
from addrsvc.coverage.service import GrowthWanted
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language, Text
from addrsvc.web.coverage_showing import (
    ORDER_NAMES,
    PERIOD_NAMES,
    in_order,
    shown_commune,
    shown_findings,
    shown_growth,
    shown_total,
)
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, to_sign_in
from addrsvc.wording import moment_words, number_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

ROWS_SHOWN: Final = 400
"""Most communes in the table; a province has less than two hundred."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Another order, or another period."""

    id: str
    name: str
    url: str


@router.api_route("/coverage", methods=["GET", "HEAD"])
async def coverage_page(request: Request) -> Response:
    """Show how far communes are to who may read lists; who is not signed in, is led there."""
    pages, language = pages_of(request), page_language(request)
    day = today(cast("Clock", request.app.state.clock))
    order, by = _order(request), _by(request)
    days = _days(request)
    try:
        principal = await principal_of(request)
        if principal.is_anonymous:
            return to_sign_in(request)
        wanted = GrowthWanted(by, days.get("from"), days.get("to"))
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await service.get_coverage(conn, principal, day)
            growth = await service.get_growth(conn, principal, wanted, day)
            findings = await service.list_findings(conn, principal)
    except AddrsvcError as error:
        return pages.refuse(request, error, typed="", template="refused.html")
    kept = {name: each.isoformat() for name, each in days.items()}
    asked = {"by": by.value, **kept}
    lang = {"lang": language}
    audited = max((each.audited_at for each in findings), default=None)
    has_map = has_library(pages.settings.npm_dir)
    whole = {"all": "1"} if "all" in request.query_params else {}
    communes = in_order(found.communes, order)
    listed = [each for each in communes if whole or principal.areas or each.is_known]
    return pages.respond(
        request,
        "coverage.html",
        headers={"Cache-Control": "private, no-store"},
        moment="" if found.counted_at is None else moment_words(found.counted_at, language),
        event_number=found.event_number,
        limited=principal.areas is not None,
        total=shown_total(found, language),
        communes=[shown_commune(each, language) for each in listed[:ROWS_SHOWN]],
        is_cut=len(listed) > ROWS_SHOWN,
        left_out=len(communes) - len(listed),
        left_out_words=number_words(len(communes) - len(listed), language),
        all_url=f"/coverage?{urlencode({'all': '1', 'order': order, **asked})}",
        has_over=any(each.is_over for each in communes),
        has_dossiers=principal.may(Scope.DOSSIERS_READ),
        has_tickets=principal.may(Scope.TICKETS_WRITE),
        order=order,
        orders=_choices("order", ORDER_NAMES, asked | whole, language),
        by=by.value,
        by_name=PERIOD_NAMES[by].in_(language),
        periods=_choices("by", PERIOD_NAMES, {"order": order, **kept, **whole}, language),
        first_day=growth.first_day.isoformat(),
        last_day=growth.last_day.isoformat(),
        growth=shown_growth(growth, language),
        findings=shown_findings(findings, language),
        audited="" if audited is None else moment_words(audited, language),
        growth_url=f"/v1/coverage/growth?{urlencode(asked)}",
        findings_url=f"/v1/coverage/findings?{urlencode(lang)}",
        map_url=f"/v1/coverage/map?{urlencode(lang)}" if has_map else None,
        map_file=f"tien-do-{day.isoformat()}.html",
    )


def _choices(
    name: str, names: Mapping[str, Text], others: Mapping[str, str], language: Language
) -> list[Choice]:
    return [
        Choice(each, text.in_(language), f"/coverage?{urlencode({name: each, **others})}")
        for each, text in names.items()
    ]


def _order(request: Request) -> str:
    asked = request.query_params.get("order", "")
    return asked if asked in ORDER_NAMES else "code"


def _by(request: Request) -> Period:
    asked = request.query_params.get("by", "")
    return Period(asked) if asked in set(Period) else Period.DAY


def _days(request: Request) -> dict[str, date]:
    """Give the days asked for; what is no day is left out."""
    found = {}
    for name in ("from", "to"):
        try:
            found[name] = date.fromisoformat(request.query_params.get(name, ""))
        except ValueError:
            continue
    return found
