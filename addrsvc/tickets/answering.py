"""What staff do with tickets: list, take, answer, close, refuse, reopen; within their areas.

A ticket whose commune is not known is for those without a limit of area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import VIETNAM, Clock
from addrsvc.db.rows import Connection, row, rows
from addrsvc.db.rows import execute as run
from addrsvc.personal.said import Contact, Said, open_said, said_of
from addrsvc.registry import reading
from addrsvc.registry.reading import AddressRef
from addrsvc.tickets.errors import TicketAnswerMissing, TicketStale, TicketUnknown
from addrsvc.tickets.model import Act, State, Ticket, Wanted, clean_text, state_after
from addrsvc.tickets.service import QUERIES, ticket_of

CLAIM: Final = timedelta(minutes=3)
"""How long what the desk gave out is given to nobody else."""

MOST_COUNTED: Final = 10_000
PAGE_LIMIT: Final = 200


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """A ticket with what its sender wrote, without who that is; never logged (so: no repr)."""

    ticket: Ticket
    said: Said | None
    """None: erased."""


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """What is to be done with a ticket."""

    act: Act
    words: str | None = None
    """To the sender; None: a sentence of the state's own."""
    code: str | None = None
    """Of the address that came of it, in any written form; with ``done`` only."""


async def list_tickets(
    conn: Connection, principal: Principal, wanted: Wanted, *, before: int, limit: int
) -> tuple[list[Ticket], int | None]:
    """Give a page of tickets, the newest first, and where the next one begins.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    communes = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.TICKETS_WRITE, communes)
    params = _params(principal, wanted) | {"before": before, "limit": limit + 1}
    found = await rows(conn, QUERIES["list_ids"], params)
    ids = [each["ticket_id"] for each in found]
    page = await _tickets(conn, principal, ids[:limit])
    return page, ids[limit - 1] if len(ids) > limit else None


async def look_at(conn: AsyncConnection, principal: Principal, ids: Sequence[int]) -> list[Look]:
    """Give tickets with what their senders wrote, in the order asked; others are left out.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal.
        EncryptionKeyMissing, EncryptionKeyUnknown: words cannot be decrypted.
    """
    principal.require(Scope.TICKETS_WRITE)
    tickets = await _tickets(conn, principal, ids)
    await open_said(conn, principal.areas)
    said = await said_of(conn, [each.ticket_id for each in tickets])
    found = ((each, said.get(each.ticket_id)) for each in tickets)
    return [Look(each, None if one is None else one.without_contact()) for each, one in found]


async def get_look(conn: AsyncConnection, principal: Principal, ticket_id: int) -> Look:
    """Give one ticket with what its sender wrote.

    Raises:
        TicketUnknown: there is none within the principal's areas; else as ``look_at``.
    """
    found = await look_at(conn, principal, [ticket_id])
    if not found:
        raise TicketUnknown
    return found[0]


async def read_contact(
    conn: AsyncConnection, principal: Principal, ticket_id: int, clock: Clock
) -> Contact | None:
    """Give how to reach the sender of a ticket; each reading is audited. None: nothing is kept.

    Raises:
        NotSignedIn, ScopeMissing: it takes the right to people's data beside.
        TicketUnknown: there is none within the principal's areas.
    """
    principal.require(Scope.TICKETS_WRITE)
    principal.require(Scope.HOLDERS_READ)
    found = await _tickets(conn, principal, [ticket_id])
    if not found:
        raise TicketUnknown
    await open_said(conn, principal.areas)
    said = (await said_of(conn, [ticket_id])).get(ticket_id)
    if said is None or said.contact is None:
        return None
    await audit.record(
        conn,
        principal=principal.id,
        action="ticket.read_contact",
        subject=f"ticket:{ticket_id}",
        at=clock.now(),
    )
    return said.contact


async def decide(
    conn: AsyncConnection,
    principal: Principal,
    ticket_id: int,
    version: int | None,
    answered: Answered,
    clock: Clock,
) -> Ticket:
    """Do what was decided about a ticket; on the version read (None: whichever it is).

    Raises:
        NotSignedIn, ScopeMissing, TicketUnknown: as for ``get_look``.
        TicketStale: somebody changed it since.
        TicketInOtherState: it cannot be done where it stands.
        TicketAnswerMissing: it takes words.
        AddressNotFound, InvalidInput: the code is that of no address.
    """
    principal.require(Scope.TICKETS_WRITE)
    areas = _areas(principal)
    there = await row(conn, QUERIES["lock_ticket"], {"ticket_id": ticket_id, "areas": areas})
    if there is None:
        raise TicketUnknown
    if version is not None and version != there["version"]:
        raise TicketStale(given=version, current=there["version"])
    act, words = answered.act, clean_text(answered.words)
    state = state_after(State(there["state"]), act)
    if act.needs_words and words is None:
        raise TicketAnswerMissing
    result = None
    if act is Act.DONE and answered.code is not None:
        ref = AddressRef.of_code(await reading.read_code(conn, answered.code))
        result = await reading.get_address(conn, principal, ref)
    at = clock.now()
    params = {
        "ticket_id": ticket_id,
        "state": state.value,
        "principal": principal.id,
        "at": at,
        "closed_at": at if state.is_closed else None,
        "answer": words,
        "is_anew": act is Act.REOPEN,
        "result_id": None if result is None else result.address_id,
    }
    await run(conn, QUERIES["change_ticket"], params)
    await audit.record(
        conn,
        principal=principal.id,
        action=f"ticket.{act.value}",
        subject=f"ticket:{ticket_id}",
        at=at,
        detail={"state": state.value, "result": None if result is None else result.code},
    )
    return (await _tickets(conn, principal, [ticket_id]))[0]


async def claim_next(
    conn: AsyncConnection,
    principal: Principal,
    wanted: Wanted,
    clock: Clock,
    *,
    limit: int,
    is_first: bool,
) -> list[Look]:
    """Give the next open tickets, those due first, to nobody else for some minutes.

    ``is_first``: whoever asks has none before it, so what it claimed before is free again.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    communes = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.TICKETS_WRITE, communes)
    if is_first:
        await run(conn, QUERIES["end_claims"], {"principal": principal.id})
    at = clock.now()
    params = _params(principal, wanted) | {"principal": principal.id, "limit": limit}
    found = await rows(conn, QUERIES["claim_next"], params | {"at": at, "until": at + CLAIM})
    found.sort(key=lambda each: (each["due_on"], each["ticket_id"]))
    return await look_at(conn, principal, [each["ticket_id"] for each in found])


async def count(
    conn: Connection, principal: Principal, wanted: Wanted, clock: Clock
) -> tuple[int, int]:
    """Count what waits, up to ``MOST_COUNTED``, and what the principal closed today.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal.
    """
    principal.require(Scope.TICKETS_WRITE)
    params = _params(principal, wanted) | {"most": MOST_COUNTED}
    (left,) = await rows(conn, QUERIES["count_open"], params)
    now = clock.now().astimezone(VIETNAM)
    midnight: datetime = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = {"principal": principal.id, "since": midnight}
    (closed,) = await rows(conn, QUERIES["count_closed"], since)
    return left["count"], closed["count"]


async def count_open(conn: Connection, principal: Principal) -> dict[str, int]:
    """Count open tickets by commune; communes without any are left out.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal.
    """
    principal.require(Scope.TICKETS_WRITE)
    found = await rows(conn, QUERIES["count_open_by_commune"], {"areas": _areas(principal)})
    return {each["commune_code"]: each["count"] for each in found}


def _areas(principal: Principal) -> list[str] | None:
    return None if principal.areas is None else sorted(principal.areas)


def _params(principal: Principal, wanted: Wanted) -> dict[str, Any]:
    return {
        "state": None if wanted.state is None else wanted.state.value,
        "kind": None if wanted.kind is None else wanted.kind.value,
        "commune": wanted.commune,
        "areas": _areas(principal),
    }


async def _tickets(conn: Connection, principal: Principal, ids: Sequence[int]) -> list[Ticket]:
    params = {"ids": list(ids), "areas": _areas(principal)}
    return [ticket_of(each) for each in await rows(conn, QUERIES["by_ids"], params)]
