"""HTTP routes for requests of people: record, find, hand out, correct, erase. Names in bodies only.

No answer here is kept for repeats: it would be a second copy of what may have to be erased.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from addrsvc.auth.web import Caller
from addrsvc.clock import today
from addrsvc.db.web import AppClock, AppSettings, WriteConn
from addrsvc.personal import requests
from addrsvc.personal.model import PURPOSES, Person
from addrsvc.personal.requests import REASON, Asker, PersonRequest, RequestKind, RequestStatus
from addrsvc.problems import language_of
from addrsvc.registry import persons
from addrsvc.registry.persons import Kept, Named
from addrsvc.registry.schemas import Closed, HolderIn, LongText, ShortText

router = APIRouter(prefix="/v1/persons", tags=["persons"])

Number = Annotated[int, Path(ge=1, lt=2**63, description="number of a request")]


class NamedIn(Closed):
    """Whom it is about: the name, with the phone or the code of an address of theirs."""

    name: ShortText
    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    address: ShortText | None = None
    request: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    """Number of the request this answers; it is closed with it."""

    def to_model(self) -> Named:
        """Give the value object."""
        return Named(Person(self.name, self.phone), self.address)


class CorrectIn(NamedIn):
    """A person, and how they should stand."""

    to: HolderIn


class RequestIn(Closed):
    """What a person asks, and when it was received."""

    kind: RequestKind
    name: ShortText
    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    note: LongText | None = None
    received_on: Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))] | None = None


class CloseIn(Closed):
    """How a request ended that was not answered by an act."""

    status: Literal["done", "refused", "withdrawn"]
    reason: Annotated[str, Field(pattern=f"^{REASON}$", examples=["identity-not-proven"])]
    """A short code; never a name."""


@router.get("/purposes", summary="Why a holder may be read")
async def purposes(request: Request) -> dict[str, Any]:
    """Give the purposes a reading names, in the asker’s language."""
    language = language_of(request)
    items = [{"purpose": key.value, "text": text.in_(language)} for key, text in PURPOSES.items()]
    return {"items": items}


@router.post("/find", summary="Find the addresses of one person")
async def find(named: NamedIn, conn: WriteConn, caller: Caller, clock: AppClock) -> dict[str, Any]:
    """Give where one person is kept; by exact name with phone or address, never a list."""
    found = await persons.find_person(conn, caller, named.to_model(), at=clock.now())
    items = [{"ref": each.ref, "commune": each.commune} for each in found]
    return {"addresses": len(items), "items": items}


@router.post("/export", summary="Hand out what is kept of one person")
async def export(
    named: NamedIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Give all that is kept of a person, and who read it, for that person."""
    kept = await persons.hand_out(
        conn, caller, named.to_model(), at=clock.now(), request_id=named.request
    )
    return {"items": [kept_out(each) for each in kept]}


@router.post("/correct", summary="Put one person right everywhere")
async def correct(
    named: CorrectIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Write the person anew at every address they are kept at."""
    to = Person(named.to.name, named.to.phone)
    done = await persons.correct_person(
        conn, caller, named.to_model(), to, at=clock.now(), request_id=named.request
    )
    return {"addresses": len(done)}


@router.post("/erase", summary="Erase one person; the addresses stay")
async def erase(
    named: NamedIn, request: Request, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Erase the person everywhere, texts of former versions included; say what was taken out.

    ``elsewhere`` counts addresses of dossiers that named the person. Whoever sends these dossiers
    again as they were brings the name again: tell them.
    """
    take_out = cast("persons.TakeOut", request.app.state.take_out_persons)
    erased = await persons.erase_person(
        conn,
        caller,
        named.to_model(),
        at=clock.now(),
        take_out=take_out,
        request_id=named.request,
    )
    return erased.to_json()


@router.post("/requests", status_code=201, summary="Record what a person asks")
async def receive(
    asked: RequestIn, conn: WriteConn, caller: Caller, clock: AppClock, settings: AppSettings
) -> dict[str, Any]:
    """Put a request on record, with the day of the first reply and of the whole answer."""
    made = await requests.receive(
        conn,
        caller,
        asked.kind,
        Asker(Person(asked.name, asked.phone), asked.note),
        received_on=asked.received_on,
        settings=settings,
        clock=clock,
    )
    return request_out(made, today(clock))


@router.get("/requests", summary="Requests by due day")
async def list_requests(
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    *,
    closed: Annotated[bool, Query(description="closed ones as well")] = False,
) -> dict[str, Any]:
    """Give the requests, those due first, without who asked."""
    found = await requests.list_requests(conn, caller, open_only=not closed)
    return {"items": [request_out(each, today(clock)) for each in found]}


@router.get("/requests/{number}", summary="One request, with who asked")
async def get_request(
    number: Number, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Give one request and who asked; None once that is forgotten."""
    found = await requests.get_request(conn, caller, number)
    asker = found.asker
    named = None
    if asker is not None:
        named = {"name": asker.person.name, "phone": asker.person.phone, "note": asker.note}
    return {**request_out(found, today(clock)), "asker": named}


@router.post("/requests/{number}/close", summary="Close a request without an act")
async def close(
    number: Number, how: CloseIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Close it as done elsewhere, refused or withdrawn, with the reason as a code."""
    at = clock.now()
    status = RequestStatus(how.status)
    await requests.close(conn, caller, number, status, {"reason": how.reason}, at=at)
    return request_out(await requests.get_request(conn, caller, number), today(clock))


def request_out(found: PersonRequest, day: date) -> dict[str, Any]:
    """Give a request without who asked."""
    return {
        "request": found.request_id,
        "kind": found.kind,
        "status": found.status,
        "received_on": found.received_on,
        "reply_by": found.reply_by,
        "due_on": found.due_on,
        "overdue": found.is_overdue(day),
        "handled_at": found.handled_at,
        "outcome": found.outcome,
    }


def kept_out(kept: Kept) -> dict[str, Any]:
    """Give what is kept of a person at one address."""
    return {
        "address": kept.place.ref,
        "commune": kept.place.commune,
        "name": kept.person.name,
        "phone": kept.person.phone,
        "recorded_at": kept.recorded_at,
        "read": [
            {"at": each.recorded_at, "by": each.principal, "purpose": each.purpose}
            for each in kept.readings
        ],
    }
