"""HTTP routes of tickets: sent and followed by anybody, answered by staff.

A number is for its sender alone: it stands in no log, and answers with it are never stored.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from addrsvc.auth.web import NO_STORE, Caller, PublicCaller
from addrsvc.clock import today
from addrsvc.db.transaction import transaction
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, WriteConn, doors_of
from addrsvc.problems import language_of
from addrsvc.registry.writing import IdempotencyKey, IfMatch, expected_version
from addrsvc.tickets import answering, service
from addrsvc.tickets.answering import PAGE_LIMIT, Answered
from addrsvc.tickets.errors import TicketUnknown
from addrsvc.tickets.model import Act, Kind, State, Ticket, Wanted
from addrsvc.tickets.numbers import grouped
from addrsvc.tickets.schemas import (
    DoneIn,
    TicketIn,
    WordsIn,
    contact_out,
    look_out,
    ticket_out,
    tracked_out,
)

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])

_REF = re.compile(r"t([1-9][0-9]{0,17})")

TicketRef = Annotated[
    str,
    Path(max_length=80, description="``ref`` of a ticket, for staff", examples=["t12"]),
]


def id_of(ref: str) -> int | None:
    """Give the id that staff call a ticket by; None: it is a number, or nothing."""
    found = _REF.fullmatch(ref)
    return None if found is None else int(found[1])


def _id(ref: str) -> int:
    ticket_id = id_of(ref)
    if ticket_id is None:
        raise TicketUnknown
    return ticket_id


@router.post("", status_code=201, summary="Report an address that is missing or wrong")
async def send(
    said: TicketIn,
    request: Request,
    conn: WriteConn,
    caller: PublicCaller,
    clock: AppClock,
    settings: AppSettings,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Send a report without an account; the answer holds the number to follow it by, only once.

    ``no_number``: a house without a number; ``missing``: one that is not in the register;
    ``wrong``: something is wrong about the address of ``code``. Say where it is by ``point``,
    ``code``, ``commune`` or ``place``. Words and contact are encrypted, seen by the staff in
    charge, and erased some time after the report is closed. Under the same ``Idempotency-Key`` the
    same report is the same ticket, with the same number.
    """
    report = said.to_report()
    received = await service.receive(
        conn, caller, report, key=idempotency_key, settings=settings, clock=clock
    )
    body = tracked_out(received.number, received.ticket, today(clock), language_of(request))
    headers = {**NO_STORE, "Location": f"/v1/tickets/{grouped(received.number)}"}
    if received.is_repeat:
        headers["Idempotency-Replayed"] = "true"
    return Response(orjson.dumps(body), 201, headers, media_type="application/json")


@router.get("", summary="Tickets of citizens, the newest first")
async def list_tickets(
    request: Request,
    response: Response,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    *,
    state: State | None = None,
    kind: Kind | None = None,
    commune: Annotated[str | None, Query(pattern=r"^[0-9]{5}$")] = None,
    before: Annotated[int, Query(ge=1, lt=2**62, description="``next`` of the last page")] = 2**61,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
) -> dict[str, Any]:
    """Give tickets within one's areas, without what was written: see each one for that."""
    wanted = Wanted(state, kind, commune)
    async with pool.connection() as conn:
        page, following = await answering.list_tickets(
            conn, caller, wanted, before=before, limit=limit
        )
    response.headers.update(NO_STORE)
    language, day = language_of(request), today(clock)
    return {"items": [ticket_out(each, day, language) for each in page], "next": following}


@router.get("/{ref}", summary="Where a ticket stands")
async def get_ticket(
    ref: Annotated[
        str,
        Path(
            max_length=80,
            description="the number its sender was given, in any spelling; for staff ``ref``",
            examples=["3PJ-5JN-PUC-HXU-B7W-J3X"],
        ),
    ],
    request: Request,
    response: Response,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
) -> dict[str, Any]:
    """Give state, due day and answer to whoever has the number; to staff also what was written."""
    response.headers.update(NO_STORE)
    language, day, ticket_id = language_of(request), today(clock), id_of(ref)
    if ticket_id is None:  # goes on without a primary
        async with pool.connection() as reading:
            number, ticket = await service.track(reading, ref)
        return tracked_out(number, ticket, day, language)
    async with transaction(doors_of(request).engine) as conn:  # readers have no right to words
        look = await answering.get_look(conn, caller, ticket_id)
    response.headers["ETag"] = _etag(look.ticket)
    return look_out(look, day, language)


@router.get("/{ref}/contact", summary="How to reach the sender of a ticket")
async def get_contact(
    ref: TicketRef, response: Response, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Give name, telephone and e-mail as left, to who may see people's data; it is audited."""
    response.headers.update(NO_STORE)
    return contact_out(await answering.read_contact(conn, caller, _id(ref), clock))


@router.post("/{ref}:take", summary="Begin to look at a ticket")
async def take(
    ref: TicketRef,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Tell the sender that somebody looks at it."""
    return await _decided(request, conn, caller, clock, ref, if_match, Answered(Act.TAKE))


@router.post("/{ref}:answer", summary="Write to the sender of a ticket")
async def answer(
    ref: TicketRef,
    said: WordsIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Show words on its page, such as a day somebody will come; it stays open."""
    answered = Answered(Act.ANSWER, said.words)
    return await _decided(request, conn, caller, clock, ref, if_match, answered)


@router.post("/{ref}:done", summary="Close a ticket: done")
async def done(
    ref: TicketRef,
    said: DoneIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Close it, with the code of the address that came of it and words, where there are any."""
    answered = Answered(Act.DONE, said.words, said.code)
    return await _decided(request, conn, caller, clock, ref, if_match, answered)


@router.post("/{ref}:refuse", summary="Close a ticket: refused")
async def refuse(
    ref: TicketRef,
    said: WordsIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Close it and say why, and what to do next."""
    answered = Answered(Act.REFUSE, said.words)
    return await _decided(request, conn, caller, clock, ref, if_match, answered)


@router.post("/{ref}:reopen", summary="Open a closed ticket again")
async def reopen(
    ref: TicketRef,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Take back that it was closed, with the answer and the address named then."""
    return await _decided(request, conn, caller, clock, ref, if_match, Answered(Act.REOPEN))


async def _decided(
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    ref: str,
    if_match: str | None,
    answered: Answered,
) -> Response:
    version = expected_version(if_match)
    ticket = await answering.decide(conn, caller, _id(ref), version, answered, clock)
    body = ticket_out(ticket, today(clock), language_of(request))
    headers = {**NO_STORE, "ETag": _etag(ticket)}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


def _etag(ticket: Ticket) -> str:
    return f'"{ticket.version}"'
