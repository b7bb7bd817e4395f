"""The pages of notices and plates: batches of an area, and what was done at each address.

All of it works without scripts, with one hand on a telephone: each button of a part sends one
form, which leads back to where it was pressed. With scripts only the address pressed is drawn anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.admin_units.model import UnitFilter
from addrsvc.admin_units.service import list_units
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sessions_web import signed_form
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock, today
from addrsvc.db.rows import Connection
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Kind
from addrsvc.notices import service
from addrsvc.notices.errors import NoticeAreaUnclear, NoticeBatchUnknown
from addrsvc.notices.marking import mark, take_back
from addrsvc.notices.model import (
    HOW_NAMES,
    PART_SIZE,
    REASON_NAMES,
    STATE_NAMES,
    How,
    Mark,
    Reason,
    State,
    Wanted,
)
from addrsvc.problems import STATUS
from addrsvc.types import Level
from addrsvc.web.finding import in_time
from addrsvc.web.notices_showing import (
    codes_in,
    counts_csv,
    part_bounds,
    shown_address,
    shown_batch,
    shown_count,
)
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, see_other, to_sign_in
from addrsvc.web.words import words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_READ: Final = ["GET", "HEAD"]
_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_LISTED: Final = 20
_MOST_COMMUNES: Final = 5_000
_MENDED: Final = frozenset({Kind.INVALID, Kind.CONFLICT, Kind.TOO_LARGE, Kind.FORBIDDEN})
"""Errors that stand above the form: who sent it can do something about them."""


@router.api_route("/notices", methods=_READ)
async def notices_page(request: Request) -> Response:
    """Show batches, the form of a new one, and how far communes are."""
    try:
        principal = await _principal(request)
        if principal is None:
            return to_sign_in(request)
        return await _front(request, principal, {})
    except AddrsvcError as error:
        return _refuse(request, error)


@router.post("/notices")
async def prepare_batch(request: Request) -> Response:
    """Make a batch, then lead to its page."""
    try:
        session, form = await signed_form(request)
        given = {name: form.get(name, "").strip() for name in ("commune", "locality", "note")}
        typed = {**given, "codes": form.get("codes", ""), "not_yet": form.get("not_yet", "")}
        try:
            wanted = Wanted(
                given["commune"] or None,
                given["locality"][:200] or None,
                codes_in(typed["codes"]),
                State(typed["not_yet"]) if typed["not_yet"] else None,
                given["note"][:500] or None,
            )
            async with in_time(request), transaction(doors_of(request).engine) as conn:
                batch = await service.prepare(conn, session.principal, wanted, _clock(request))
            return see_other(f"/notices/{batch.batch_id}")
        except ValueError:
            return await _front(request, session.principal, typed, wrong=NoticeAreaUnclear())
        except AddrsvcError as error:
            if error.kind not in _MENDED:
                raise
            return await _front(request, session.principal, typed, wrong=error)
    except AddrsvcError as error:
        return _refuse(request, error)


@router.api_route("/notices/counts.csv", methods=_READ)
async def counts_file(request: Request) -> Response:
    """Give how far communes are as CSV."""
    try:
        principal = await _principal(request)
        if principal is None:
            return to_sign_in(request)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            counts = await service.counts(conn, principal)
            names = await _names(request, conn)
    except AddrsvcError as error:
        return _refuse(request, error)
    disposition = {"Content-Disposition": 'attachment; filename="thong-bao-bien.csv"'}
    body = counts_csv(counts, names, page_language(request))
    return Response(body, headers={**_PRIVATE, **disposition}, media_type="text/csv")


@router.api_route("/notices/{batch_id}", methods=_READ)
async def batch_page(request: Request, batch_id: str) -> Response:
    """Show a batch, and of one of its parts what was done at each address."""
    try:
        principal = await _principal(request)
        if principal is None:
            return to_sign_in(request)
        return await _one(request, principal, _number(batch_id), _part(request.query_params))
    except AddrsvcError as error:
        return _refuse(request, error)


@router.post("/notices/{batch_id}/marks")
async def mark_addresses(request: Request, batch_id: str) -> Response:
    """Note what was done at one address of a part or at all of them, or take it back."""
    try:
        session, form = await signed_form(request)
        number, part = _number(batch_id), _part(form)
        try:
            told = await _act(request, session.principal, number, part, form)
        except AddrsvcError as error:
            if error.kind not in _MENDED:
                raise
            return await _one(request, session.principal, number, part, given=form, wrong=error)
    except AddrsvcError as error:
        return _refuse(request, error)
    kept = {name: form[name] for name in ("day", "how") if form.get(name)}
    code = told.pop("code", None)
    query = urlencode({"part": part, **kept, **told})
    return see_other(f"/notices/{number}?{query}{'' if code is None else f'#c{code}'}")


async def _act(
    request: Request, principal: Principal, batch_id: int, part: int, form: Mapping[str, str]
) -> dict[str, Any]:
    """Do what a button says; give what is told of it, or the one code it was about.

    Raises:
        NoticeAreaUnclear: no such button.
        AddrsvcError: see ``marking`` and ``service``.
    """
    clock = _clock(request)
    try:
        what, state_text, *rest = form.get("do", "").split(":")
        state = State(state_text)
        reason = Reason(rest[0]) if state is State.NOT_MET and what == "one" else None
        day = date.fromisoformat(form["day"]) if form.get("day") else today(clock)
        how = How(form["how"]) if form.get("how") and state is State.NOTIFIED else None
        undone_at = datetime.fromisoformat(form["at"]) if what == "undo" else None
    except (ValueError, LookupError):
        raise NoticeAreaUnclear from None
    said = Mark(state, day, how, reason)
    async with in_time(request), transaction(doors_of(request).engine) as conn:
        if undone_at is not None:
            codes = await service.marked_at(conn, principal, batch_id, state, undone_at)
            found = await take_back(conn, principal, state, codes, clock)
            undone = sum(each.outcome == "taken-back" for each in found)
            return {"did": "undo", "state": state.value, "count": undone}
        _, addresses = await service.read_part(conn, principal, batch_id, part)
        codes = [str(each.code) for each in addresses]
        if what == "all":
            at = clock.now()
            found = await mark(conn, principal, said, codes, _At(at))
            marked = sum(each.outcome == "marked" for each in found)
            told = {"did": "all", "state": state.value, "count": marked}
            return {**told, "before": len(found) - marked, "at": at.isoformat()}
        code = rest[-1] if rest else ""
        if code not in codes:
            raise NoticeAreaUnclear
        if what == "back":
            await take_back(conn, principal, state, [code], clock)
        else:
            await mark(conn, principal, said, [code], clock)
    return {"code": code}


class _At:
    """A clock that stands: what is noted together is taken back together."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Give the moment."""
        return self._at


async def _principal(request: Request) -> Principal | None:
    """Give who asks, if notices are for them; None: nobody is signed in.

    Raises:
        ScopeMissing: they are for others.
        RateLimited: asked for too often.
    """
    principal = await principal_of(request)
    if principal.is_anonymous:
        return None
    principal.require(Scope.ADDRESSES_WRITE)
    return principal


async def _front(
    request: Request,
    principal: Principal,
    typed: Mapping[str, str],
    *,
    wrong: AddrsvcError | None = None,
) -> Response:
    language = page_language(request)
    say = words(language)
    before_text = request.query_params.get("before", "")
    before = int(before_text) if before_text.isascii() and before_text.isdigit() else 2**61
    async with in_time(request), doors_of(request).pool.connection() as conn:
        found = await service.list_batches(
            conn, principal, before=min(before, 2**61), limit=_LISTED + 1
        )
        progress = await service.progress_of(conn, [each.batch_id for each in found])
        counts = await service.counts(conn, principal)
        names = await _names(request, conn)
    batches = [
        shown_batch(each, progress[each.batch_id], names, say.notices_of_list, language)
        for each in found[:_LISTED]
    ]
    return pages_of(request).respond(
        request,
        "notices.html",
        status=200 if wrong is None else STATUS[wrong.kind],
        headers=_PRIVATE,
        asked_at="/notices",
        typed=typed,
        wrong=_told(request, wrong),
        batches=batches,
        older=found[_LISTED - 1].batch_id if len(found) > _LISTED else None,
        counts=[shown_count(each, names, language) for each in counts],
    )


async def _one(
    request: Request,
    principal: Principal,
    batch_id: int,
    part: int,
    *,
    given: Mapping[str, str] | None = None,
    wrong: AddrsvcError | None = None,
) -> Response:
    language, asked = page_language(request), given or request.query_params
    say = words(language)
    async with in_time(request), doors_of(request).pool.connection() as conn:
        batch, addresses = await service.read_part(conn, principal, batch_id, part)
        marks = await service.marks_of(conn, [each.address_id for each in addresses])
        progress = (await service.progress_of(conn, [batch_id]))[batch_id]
        names = await _names(request, conn)
    first, last = part_bounds(batch, part)
    return pages_of(request).respond(
        request,
        "notices_one.html",
        status=200 if wrong is None else STATUS[wrong.kind],
        headers=_PRIVATE,
        asked_at=f"/notices/{batch_id}",
        batch=shown_batch(batch, progress, names, say.notices_of_list, language),
        part=part,
        part_size=PART_SIZE,
        parts=[(each, *part_bounds(batch, each)) for each in range(1, batch.parts + 1)],
        gone=last - first + 1 - len(addresses),
        items=[shown_address(each, marks.get(each.address_id, ()), language) for each in addresses],
        day=asked.get("day", "")[:10] or today(_clock(request)).isoformat(),
        latest_day=today(_clock(request)).isoformat(),
        how=asked.get("how", ""),
        hows={each.value: name.in_(language) for each, name in HOW_NAMES.items()},
        reasons={each.value: name.in_(language) for each, name in REASON_NAMES.items()},
        did=_did(request) if given is None else None,
        wrong=_told(request, wrong),
    )


def _did(request: Request) -> dict[str, Any] | None:
    """Tell what the form before this page did, as its link says: numbers and states only."""
    asked = request.query_params
    try:
        state, count = State(asked["state"]), int(asked["count"][:6])
        before, at = int(asked.get("before", "0")[:6]), asked.get("at", "")
        if at:
            datetime.fromisoformat(at)
    except (KeyError, ValueError):
        return None
    return {
        "is_undo": asked.get("did") == "undo",
        "state": state.value,
        "name": STATE_NAMES[state].in_(page_language(request)).lower(),
        "count": count,
        "before": before,
        "at": at,
    }


async def _names(request: Request, conn: Connection) -> dict[str, str]:
    """Give the names of communes by their codes."""
    wanted = UnitFilter(today(_clock(request)), Level.COMMUNE)
    units, _ = await list_units(conn, wanted, limit=_MOST_COMMUNES)
    return {each.code: each.full_name for each in units}


def _told(request: Request, wrong: AddrsvcError | None) -> dict[str, str] | None:
    if wrong is None:
        return None
    language = page_language(request)
    return {"title": wrong.title.in_(language), "detail": wrong.text(language)}


def _clock(request: Request) -> Clock:
    return cast("Clock", request.app.state.clock)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise NoticeBatchUnknown(batch_id=0)
    return int(text)


def _part(given: Mapping[str, str]) -> int:
    text = given.get("part", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _refuse(request: Request, error: AddrsvcError) -> Response:
    return pages_of(request).refuse(request, error, typed="", template="refused.html")
