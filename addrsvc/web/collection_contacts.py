"""The page of contacts that wait for a choice: an address has another holder than was noted.

Nobody is named before somebody asks to see two people; that is counted and on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.field_devices import find_devices, list_collectors
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sessions_web import signed_form
from addrsvc.codes.code import DigitalCode
from addrsvc.collection import private, reviewing
from addrsvc.collection.errors import ContactChanged, ContactSettled, SubmissionUnknown
from addrsvc.collection.private import Chosen
from addrsvc.collection.reviewing import Look
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Kind, Language
from addrsvc.personal.model import Purpose
from addrsvc.personal.reading import Reading
from addrsvc.problems import STATUS
from addrsvc.registry import reading
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings
from addrsvc.web.collection_asking import PRIVATE, READ, clock_of, leader_of, refuse
from addrsvc.web.collection_showing import names_of, person_words
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.showing import shown_address
from addrsvc.web.signed_in import look_who, see_other, to_sign_in
from addrsvc.wording import moment_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_PATH: Final = "/collection/contacts"
_SHOWN: Final = 30
"""At a time; when these are done the next are there."""

_MENDED: Final = frozenset({Kind.CONFLICT, Kind.NOT_FOUND})
"""Somebody else was faster: it is said above what is left."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record whose contact waits; nobody is named."""

    record: str
    label: str
    plate: str
    page: str
    made: str
    collector: str


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """Two people side by side; never logged (so: no repr)."""

    record: str
    registered: tuple[str, str] | None
    """Name and telephone; None: nobody is behind the address any more."""
    collected: tuple[str, str]
    tag: str
    """Tells these two from any others; sent back with the choice."""


@router.api_route(_PATH, methods=READ)
async def contacts_page(request: Request) -> Response:
    """List records whose contact is not the holder of the address, the oldest first."""
    try:
        principal = await leader_of(request)
        if principal is None:
            return to_sign_in(request)
        return await _page(request, principal, done=request.query_params.get("done"))
    except AddrsvcError as error:
        return refuse(request, error)


@router.post(_PATH)
async def see_or_choose(request: Request) -> Response:
    """Show two people side by side, or do what was chosen between them."""
    try:
        session, form = await signed_form(request)
        principal, how, changed = session.principal, form.get("do", ""), None
        try:
            record = _id(form.get("record", ""))
            if how in set(Chosen):
                try:
                    await _choose(request, principal, record, Chosen(how), form.get("seen", ""))
                    return see_other(f"{_PATH}?done={how}")
                except ContactChanged as error:  # nothing was done; both are shown anew
                    changed = error
            seen = await _see(request, principal, record)
        except AddrsvcError as error:
            if error.kind not in _MENDED:
                raise
            return await _page(request, principal, wrong=error)
        return await _page(request, principal, seen=seen, wrong=changed)
    except AddrsvcError as error:
        return refuse(request, error)


async def _choose(
    request: Request, principal: Principal, record: UUID, chosen: Chosen, tag: str
) -> None:
    async with in_time(request), transaction(doors_of(request).engine) as conn:
        await private.choose_holder(conn, principal, record, chosen, tag, clock_of(request))


async def _page(
    request: Request,
    principal: Principal,
    *,
    done: str | None = None,
    seen: Seen | None = None,
    wrong: AddrsvcError | None = None,
) -> Response:
    language = page_language(request)
    async with in_time(request), transaction(doors_of(request).engine) as conn:
        ids = await private.list_to_choose(conn, principal)
        looks = await reviewing.look_at(conn, principal, ids[:_SHOWN])
        devices = await find_devices(conn, {each.submission.device for each in looks})
        people = names_of(await list_collectors(conn, principal))
    holders = {key: each.held_by for key, each in devices.items()}
    title = None if wrong is None else wrong.title.in_(language)
    return pages_of(request).respond(
        request,
        "collection_contacts.html",
        status=200 if wrong is None else STATUS[wrong.kind],
        headers=PRIVATE,
        asked_at=_PATH,
        waiting=[_waiting(each, holders, people, language) for each in looks],
        count=len(ids),
        seen=seen,
        may_see=principal.may(Scope.HOLDERS_READ),
        done=done if done in set(Chosen) else None,
        wrong=None if wrong is None else {"title": title, "detail": wrong.text(language)},
    )


def _waiting(
    look: Look, holders: Mapping[str, str | None], people: Mapping[str, str], language: Language
) -> Waiting:
    sub, address = look.submission, look.address
    code = None if address is None else address.code
    held_by = holders.get(sub.device)
    return Waiting(
        str(sub.submission_id),
        "" if address is None else str(shown_address(address, language).facts["label"]),
        "" if code is None else DigitalCode.of(code).plate,
        "" if code is None else f"/a/{code}",
        moment_words(sub.made_at, language),
        "" if held_by is None else person_words(held_by, people, language),
    )


async def _see(request: Request, principal: Principal, record: UUID) -> Seen:
    """Read both people in one transaction: each reading is counted and on record, or none is."""
    principal.require(Scope.HOLDERS_READ)
    settings, clock = cast("Settings", request.app.state.settings), clock_of(request)
    async with in_time(request), transaction(doors_of(request).engine) as conn:
        noted = await private.read_noted(conn, principal, record, clock, settings)
        if noted.contact is None or noted.tag is None:
            raise ContactSettled(record=str(record))
        look = await reviewing.get_look(conn, principal, record)
        if look.address is None:
            raise SubmissionUnknown(record=str(record))
        found = await reading.read_holder(
            conn,
            principal,
            AddressRef.parse(look.address.ref),
            Reading(Purpose.VERIFY_ADDRESS),
            at=clock.now(),
            per_day=settings.holder_readings_per_day,
        )
    return Seen(
        str(record),
        None if found is None else (found.name, found.phone or ""),
        (noted.contact.name or "", noted.contact.phone or ""),
        noted.tag,
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise SubmissionUnknown(record="") from None
