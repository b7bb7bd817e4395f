"""Tickets: receive one, let its sender follow it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import service as units
from addrsvc.audit import service as audit
from addrsvc.auth.model import ANONYMOUS, Principal
from addrsvc.clock import Clock, today
from addrsvc.db.idempotency import IdempotencyKeyReused, check_key
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, row
from addrsvc.geo.typed_point import is_in_vietnam
from addrsvc.personal.crypto import Keyring, keyring_of
from addrsvc.personal.model import working_days_after
from addrsvc.personal.said import Contact, Said, open_said, put_said
from addrsvc.registry import reading
from addrsvc.registry.model import Address
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings
from addrsvc.tickets.errors import (
    TicketCommuneUnknown,
    TicketIncomplete,
    TicketOutsideArea,
    TicketUnknown,
)
from addrsvc.tickets.model import CONSENT, Kind, Report, State, Ticket, cleaned, list_missing
from addrsvc.tickets.numbers import hash_of, new_number, number_of, read_number
from addrsvc.types import Level, LonLat

QUERIES: Final = Queries("addrsvc.tickets")


@dataclass(frozen=True, slots=True)
class Received:
    """What a sender is told; the number is known to nobody else, and never again to us."""

    number: str
    ticket: Ticket
    is_repeat: bool


async def receive(
    conn: AsyncConnection,
    principal: Principal,
    given: Report,
    *,
    key: str | None,
    settings: Settings,
    clock: Clock,
) -> Received:
    """Put a ticket on record; the same one again under the same key is the same ticket.

    Its number is not kept: a repeat finds it by drawing it from the key anew.

    Raises:
        TicketIncomplete: something is left out; says all of it.
        TicketOutsideArea, TicketCommuneUnknown: it is about nowhere here.
        AddressNotFound, InvalidInput: its code is that of no address.
        IdempotencyKeyInvalid, IdempotencyKeyReused: see there.
        EncryptionKeyMissing: words and contact cannot be kept.
    """
    report = cleaned(given)
    missing = list(list_missing(report))
    if missing:
        raise TicketIncomplete(errors=missing)
    ring = keyring_of(conn)
    marks = None if key is None else _Marks(ring, principal, key, report)
    if marks is not None:
        known = await _repeated(conn, marks)
        if known is not None:
            return known
    address = await _address(conn, report.code)
    commune = await _commune(conn, report, address, clock)
    number = new_number() if marks is None else marks.number
    now = clock.now()
    params = _columns(report, address) | {
        "number_hash": hash_of(number),
        "commune": commune,
        "at": now,
        "due_on": working_days_after(today(clock), settings.ticket_working_days),
        "request_key": None if marks is None else marks.key,
        "request_mark": None if marks is None else marks.mark,
    }
    made = await row(conn, QUERIES["insert_ticket"], params)
    if made is None and marks is not None:  # the same form, sent twice at once
        repeated = await _repeated(conn, marks)
        if repeated is not None:
            return repeated
    if made is None:
        raise IdempotencyKeyReused
    await _keep_said(conn, made["ticket_id"], commune, report)
    await audit.record(
        conn,
        principal=principal.id,
        action="ticket.receive",
        subject=f"ticket:{made['ticket_id']}",
        at=now,
        detail={"kind": report.kind.value, "commune": commune},
    )
    return Received(number, await _by_number(conn, number), is_repeat=False)


def _columns(report: Report, address: Address | None) -> dict[str, object]:
    point = report.point
    return {
        "kind": report.kind.value,
        "address_id": None if address is None else address.address_id,
        "lon": None if point is None else point.lon,
        "lat": None if point is None else point.lat,
        "accuracy_m": report.accuracy_m,
        "has_contact": not report.contact.is_empty,
    }


class _Marks:
    """What tells a repeated request, under the newest key of the ring; nothing of it in plain."""

    def __init__(self, ring: Keyring, principal: Principal, key: str, report: Report) -> None:
        check_key(key)
        self._ring, self._said = ring, _canonical(report)
        self._given = f"{principal.id}\0{key}"  # keys of different principals do not meet

    @property
    def key(self) -> bytes:
        return self._ring.index("ticket key", self._given)

    @property
    def keys(self) -> list[bytes]:
        return self._ring.indexes("ticket key", self._given)

    @property
    def mark(self) -> bytes:
        return self._ring.index("ticket report", self._said)

    @property
    def number(self) -> str:
        return self._numbers()[0]

    def number_hashed(self, number_hash: bytes) -> str | None:
        """Give the number of a hash, drawn under whichever key."""
        return next((each for each in self._numbers() if hash_of(each) == number_hash), None)

    def is_same(self, mark: bytes) -> bool:
        known = self._ring.indexes("ticket report", self._said)
        return any(hmac.compare_digest(mark, each) for each in known)

    def _numbers(self) -> list[str]:
        drawn = self._ring.indexes("ticket number", self._given)
        return [number_of(int.from_bytes(each)) for each in drawn]


def _canonical(report: Report) -> str:
    return orjson.dumps(report, option=orjson.OPT_SORT_KEYS).decode()


async def _repeated(conn: AsyncConnection, marks: _Marks) -> Received | None:
    found = await row(conn, QUERIES["by_request"], {"request_keys": marks.keys})
    if found is None:
        return None
    number = marks.number_hashed(bytes(found["number_hash"]))
    if number is None or not marks.is_same(bytes(found["request_mark"])):
        raise IdempotencyKeyReused
    return Received(number, await _by_number(conn, number), is_repeat=True)


async def _keep_said(
    conn: AsyncConnection, ticket_id: int, commune: str | None, report: Report
) -> None:
    given = report.contact
    contact = Contact(given.name, given.phone, given.email, CONSENT)
    said = Said(report.text, report.place, None if given.is_empty else contact)
    await open_said(conn, None)  # of this new one only: nothing else is asked for here
    await put_said(conn, ticket_id, commune, said)


async def _address(conn: Connection, code: str | None) -> Address | None:
    """Give the address a report is about, as anybody may see it."""
    if code is None:
        return None
    ref = AddressRef.of_code(await reading.read_code(conn, code))
    return await reading.get_address(conn, ANONYMOUS, ref)


async def _commune(
    conn: Connection, report: Report, address: Address | None, clock: Clock
) -> str | None:
    """Find whose ticket it is; None: that cannot be told."""
    if address is not None:
        return address.area
    day = today(clock)
    if report.point is not None:
        inside = is_in_vietnam(report.point)
        found = await units.commune_at(conn, report.point, day) if inside else None
        if found is None:
            raise TicketOutsideArea
        return found.code
    if report.commune is None:
        return None
    unit = await units.find_unit(conn, report.commune, day)
    if unit is None or unit.level is not Level.COMMUNE:
        raise TicketCommuneUnknown(commune=report.commune)
    return report.commune


async def track(conn: Connection, text: str) -> tuple[str, Ticket]:
    """Give the ticket of a number in any written form, and the number in its one spelling.

    Of the address that came of it the code is given where anybody may see it.

    Raises:
        TicketNumberUnreadable, TicketNumberSlip: it is no number.
        TicketUnknown: there is none of it.
    """
    number = read_number(text)
    return number, await _by_number(conn, number)


async def _by_number(conn: Connection, number: str) -> Ticket:
    found = await row(conn, QUERIES["by_number"], {"number_hash": hash_of(number)})
    if found is None:
        raise TicketUnknown
    ticket = ticket_of(found)
    codes = {code for code in (ticket.result, ticket.code) if code is not None}
    known = await reading.find_addresses(conn, codes)
    seen = {code for code, each in known.items() if reading.is_seen(each, ANONYMOUS)}
    return replace(
        ticket,
        code=ticket.code if ticket.code in seen else None,
        result=ticket.result if ticket.result in seen else None,
    )


def ticket_of(found: Row) -> Ticket:
    """Make a ticket of a row."""
    facts: dict[str, Any] = dict(found)
    lon, lat = facts.pop("lon"), facts.pop("lat")
    facts["point"] = None if lon is None else LonLat(lon, lat)
    facts["commune"] = facts.pop("commune_code")
    return Ticket(**facts | {"kind": Kind(found["kind"]), "state": State(found["state"])})
