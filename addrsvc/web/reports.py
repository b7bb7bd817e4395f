"""The pages of reports: choose what, fill in, follow by number; all of it works without scripts.

A refused form comes back as it was filled in. The number of a report stands in the path of its
page only: that page is never indexed or stored, and no other site is told its address.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.csrf import read_form
from addrsvc.auth.model import ANONYMOUS
from addrsvc.auth.web import count_visit
from addrsvc.clock import Clock, today
from addrsvc.db.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from addrsvc.db.read_only import ReadOnly
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language
from addrsvc.problems import STATUS, headers_of
from addrsvc.settings import Settings
from addrsvc.tickets import service
from addrsvc.tickets.errors import TicketCommuneUnknown, TicketOutsideArea
from addrsvc.tickets.model import (
    CONSENT_TEXT,
    KIND_NAMES,
    STATE_NAMES,
    STATE_WORDS,
    Given,
    Kind,
    Report,
    Ticket,
)
from addrsvc.tickets.numbers import grouped, read_number
from addrsvc.types import LonLat, PositionOutOfRange
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.report_words import KIND_LEADS, KIND_TITLES
from addrsvc.web.reports_placing import Placed, read_place
from addrsvc.web.search import start_of_map
from addrsvc.web.signed_in import look_who, see_other
from addrsvc.web.words import words
from addrsvc.wording import day_words, moment_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_READ: Final = ["GET", "HEAD"]
_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_FIELDS: Final = ("code", "place", "text", "name", "phone", "email", "consent")
_LONGEST: Final = 4_000
_NOWHERE: Final = (TicketOutsideArea, TicketCommuneUnknown, PositionOutOfRange)


@dataclass(slots=True)
class _Form:
    """What stands in the form, and what is wrong with it."""

    kind: Kind
    typed: Mapping[str, str]
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    problems: dict[str, str] = field(default_factory=dict)
    """By field; the empty name: what belongs to none."""
    error: AddrsvcError | None = None


@router.api_route("/report", methods=_READ)
async def report_page(request: Request) -> Response:
    """Show what can be reported, or the form for it; a number given leads to its page."""
    given = request.query_params
    number = given.get("number")
    if number is not None:
        return _to_number(request, number[:80])
    kind = _kind(given.get("kind"))
    if kind is None:
        return _choices(request)
    typed = {"code": given.get("code", "")[:200], "place": _point_words(given)}
    return _form_page(request, _Form(kind, typed))


@router.post("/report")
async def send_report(request: Request) -> Response:
    """Send a report, and lead to its page; the same form sent twice is one report."""
    fields: dict[str, str] = {}
    try:
        fields = read_form(request.headers.get("content-type"), await request.body())
        kind = _kind(fields.get("kind"))
        if kind is None:
            return _choices(request)
        await count_visit(request)
        cast("ReadOnly", request.app.state.read_only).require_writable()
        number = await _send(request, kind, fields)
    except AddrsvcError as error:
        known = _kind(fields.get("kind"))
        if known is None:
            return pages_of(request).refuse(request, error, typed="", template="refused.html")
        return _form_page(request, _refused(request, known, fields, error))
    return see_other(f"/report/{grouped(number)}")


@router.api_route("/report/{number}", methods=_READ)
async def one_report(request: Request) -> Response:
    """Show where a report stands, to whoever has its number."""
    text = str(request.path_params["number"])
    try:
        await count_visit(request)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            number, ticket = await service.track(conn, text)
    except AddrsvcError as error:
        return _unnamed(_choices(request, typed=text[:40], error=error))
    return _unnamed(_one(request, number, ticket))


async def _send(request: Request, kind: Kind, fields: Mapping[str, str]) -> str:
    place = fields.get("place", "").strip()[:_LONGEST]
    placed = await read_place(request, place) if place else Placed()
    name, phone, email = (
        fields.get(each, "")[:_LONGEST] or None for each in ("name", "phone", "email")
    )
    contact = Given(name, phone, email, has_consent=bool(fields.get("consent")))
    accuracy_m = _accuracy(fields.get("accuracy_m")) if placed.point is not None else None
    report = Report(
        kind,
        fields.get("text", "")[:_LONGEST],
        fields.get("code", "")[:_LONGEST].strip() or placed.code,
        placed.point,
        placed.accuracy_m or accuracy_m,
        placed.commune,
        place,
        contact,
    )
    settings = cast("Settings", request.app.state.settings)
    clock = cast("Clock", request.app.state.clock)
    key = fields.get("key") or None
    async with in_time(request), transaction(doors_of(request).engine) as conn:
        received = await service.receive(
            conn, ANONYMOUS, report, key=key, settings=settings, clock=clock
        )
    return received.number


def _refused(request: Request, kind: Kind, fields: Mapping[str, str], error: AddrsvcError) -> _Form:
    """Give the form as it was filled in, with what is wrong beside its fields."""
    language = page_language(request)
    say = words(language)
    form = _Form(kind, {name: fields.get(name, "")[:_LONGEST] for name in _FIELDS}, error=error)
    form.typed = {**form.typed, "accuracy_m": fields.get("accuracy_m", "")[:20]}
    if isinstance(error, IdempotencyKeyReused | IdempotencyKeyInvalid):
        form.problems[""] = say.report_again  # with a key of its own from here on
        return form
    form.key = fields.get("key", "")[:128] or form.key
    for pointer in error.pointers():
        form.problems[pointer.pointer.rpartition("/")[2]] = pointer.detail.in_(language)
    if not form.problems:
        name = ""
        if isinstance(error, _NOWHERE):
            name = "place"
        elif error.kind.value in {"invalid", "not-found", "gone"}:
            name = "code" if fields.get("code", "").strip() else "place"
        form.problems[name] = error.text(language)
    return form


def _form_page(request: Request, form: _Form) -> Response:
    language, error = page_language(request), form.error
    settings = cast("Settings", request.app.state.settings)
    suggestions = () if error is None else error.facts().get("suggestions", ())
    return pages_of(request).respond(
        request,
        "report.html",
        status=200 if error is None else STATUS[error.kind],
        headers=None if error is None else {**headers_of(error), **_PRIVATE},
        asked_at=f"/report?kind={form.kind.value}",
        is_locating=True,
        kind=form.kind.value,
        title=KIND_TITLES[form.kind].in_(language),
        lead=KIND_LEADS[form.kind].in_(language),
        consent=CONSENT_TEXT.in_(language).format(days=settings.keep_tickets_days),
        typed={name: form.typed.get(name, "") for name in (*_FIELDS, "accuracy_m")},
        key=form.key,
        problems=form.problems,
        suggestions=suggestions,
        start=start_of_map(request),
    )


def _choices(request: Request, *, typed: str = "", error: AddrsvcError | None = None) -> Response:
    language = page_language(request)
    kinds = [
        (each.value, KIND_TITLES[each].in_(language), KIND_LEADS[each].in_(language))
        for each in Kind
    ]
    return pages_of(request).respond(
        request,
        "report_choose.html",
        status=200 if error is None else STATUS[error.kind],
        headers=None if error is None else {**headers_of(error), **_PRIVATE},
        indexed=error is None and request.url.path == "/report" and not request.url.query,
        asked_at="/report",
        kinds=kinds,
        typed=typed,
        problem=None if error is None else (error.title.in_(language), error.text(language)),
    )


def _to_number(request: Request, text: str) -> Response:
    try:
        number = read_number(text)
    except AddrsvcError as error:
        return _unnamed(_choices(request, typed=text, error=error))
    return _unnamed(see_other(f"/report/{grouped(number)}"))


def _one(request: Request, number: str, ticket: Ticket) -> Response:
    language = page_language(request)
    clock = cast("Clock", request.app.state.clock)
    return pages_of(request).respond(
        request,
        "report_one.html",
        headers=_PRIVATE,
        number=grouped(number),
        shown=_shown(ticket, language),
        is_overdue=ticket.is_overdue(today(clock)),
    )


def _shown(ticket: Ticket, language: Language) -> dict[str, Any]:
    closed = ticket.closed_at
    return {
        "kind": KIND_NAMES[ticket.kind].in_(language),
        "state": ticket.state.value,
        "state_name": STATE_NAMES[ticket.state].in_(language),
        "received": moment_words(ticket.received_at, language),
        "due": day_words(ticket.due_on, language),
        "closed": None if closed is None else moment_words(closed, language),
        "words": STATE_WORDS[ticket.state].in_(language),
        "answer": ticket.answer,
        "code": ticket.result,
    }


def _unnamed(answer: Response) -> Response:
    """Let no page be told the number in this one's address, and nobody store it."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = _PRIVATE["Cache-Control"]
    return answer


def _kind(text: str | None) -> Kind | None:
    return next((each for each in Kind if each.value == text), None)


def _point_words(given: Mapping[str, str]) -> str:
    """Give a point of a link as people write one; nothing where it is none."""
    try:
        point = LonLat(float(given.get("lon", "")), float(given.get("lat", "")))
    except (ValueError, PositionOutOfRange):
        return ""
    return f"{point.lat:.6f}, {point.lon:.6f}"


def _accuracy(text: str | None) -> float | None:
    try:
        accuracy_m = float(text or "")
    except ValueError:
        return None
    return accuracy_m if 0 < accuracy_m < 10_000 else None
