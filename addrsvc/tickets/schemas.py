"""Tickets as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language
from addrsvc.personal.said import Contact
from addrsvc.tickets.answering import Look
from addrsvc.tickets.model import (
    KIND_NAMES,
    MAX_CONTACT,
    MAX_PLACE,
    MAX_TEXT,
    STATE_NAMES,
    STATE_WORDS,
    Given,
    Kind,
    Report,
    Ticket,
)
from addrsvc.tickets.numbers import grouped
from addrsvc.types import LonLat


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PointIn(_Closed):
    """Where it is: WGS 84 degrees."""

    lon: Annotated[float, Field(ge=-180, le=180, examples=[106.65])]
    lat: Annotated[float, Field(ge=-90, le=90, examples=[10.95])]
    accuracy_m: Annotated[float | None, Field(gt=0, le=100_000)] = None


_Line = Annotated[str | None, Field(max_length=MAX_CONTACT)]


class ContactIn(_Closed):
    """How to reach the sender: of one's own accord, with consent."""

    name: _Line = None
    phone: _Line = None
    email: _Line = None
    consent: Annotated[
        bool, Field(description="that it is kept to answer this report, and erased afterwards")
    ] = False


class TicketIn(_Closed):
    """What is reported."""

    kind: Kind
    text: Annotated[str | None, Field(max_length=MAX_TEXT, description="in one's own words")] = None
    code: Annotated[
        str | None,
        Field(max_length=200, description="of the address it is about", examples=["75123-04827-7"]),
    ] = None
    point: PointIn | None = None
    commune: Annotated[str | None, Field(pattern=r"^[0-9]{5}$", examples=["25747"])] = None
    place: Annotated[
        str | None, Field(max_length=MAX_PLACE, description="where it is, in words")
    ] = None
    contact: ContactIn | None = None

    def to_report(self) -> Report:
        """Give the value object."""
        point, contact = self.point, self.contact
        return Report(
            self.kind,
            self.text,
            self.code,
            None if point is None else LonLat(point.lon, point.lat),
            None if point is None else point.accuracy_m,
            self.commune,
            self.place,
            Given()
            if contact is None
            else Given(contact.name, contact.phone, contact.email, contact.consent),
        )


_Words = Annotated[str, Field(max_length=MAX_TEXT, description="to the sender")]


class WordsIn(_Closed):
    """An answer to the sender."""

    words: _Words


class DoneIn(_Closed):
    """What came of it."""

    words: _Words | None = None
    code: Annotated[
        str | None, Field(max_length=200, description="of the address that came of it")
    ] = None


def tracked_out(number: str, ticket: Ticket, day: date, language: Language) -> dict[str, Any]:
    """Give what a sender may know of a ticket: nothing of what was written, or by whom."""
    return {
        "number": grouped(number),
        "kind": ticket.kind.value,
        "kind_name": KIND_NAMES[ticket.kind].in_(language),
        "state": ticket.state.value,
        "state_name": STATE_NAMES[ticket.state].in_(language),
        "received_at": _moment(ticket.received_at),
        "due_on": ticket.due_on,
        "is_overdue": ticket.is_overdue(day),
        "closed_at": _moment(ticket.closed_at),
        "answer": ticket.answer or STATE_WORDS[ticket.state].in_(language),
        "address": _code_out(ticket.result),
    }


def ticket_out(ticket: Ticket, day: date, language: Language) -> dict[str, Any]:
    """Give a ticket to staff, without words."""
    point = ticket.point
    place = None
    if point is not None:
        place = {"lon": point.lon, "lat": point.lat, "accuracy_m": ticket.accuracy_m}
    return {
        "ref": ticket.ref,
        "version": ticket.version,
        "kind": ticket.kind.value,
        "state": ticket.state.value,
        "state_name": STATE_NAMES[ticket.state].in_(language),
        "about": _code_out(ticket.code),
        "point": place,
        "commune": ticket.commune,
        "has_contact": ticket.has_contact,
        "received_at": _moment(ticket.received_at),
        "due_on": ticket.due_on,
        "is_overdue": ticket.is_overdue(day),
        "handled_by": ticket.handled_by,
        "handled_at": _moment(ticket.handled_at),
        "closed_at": _moment(ticket.closed_at),
        "answer": ticket.answer,
        "address": _code_out(ticket.result),
        "erased_at": _moment(ticket.erased_at),
    }


def look_out(look: Look, day: date, language: Language) -> dict[str, Any]:
    """Give a ticket to staff with what its sender wrote; None: erased, or nothing was written."""
    said = look.said
    return ticket_out(look.ticket, day, language) | {
        "text": None if said is None else said.text,
        "place": None if said is None else said.place,
    }


def contact_out(contact: Contact | None) -> dict[str, Any]:
    """Give how to reach a sender; all None: nothing is kept."""
    one = contact or Contact()
    return {"name": one.name, "phone": one.phone, "email": one.email}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _code_out(code: str | None) -> dict[str, str] | None:
    if code is None:
        return None
    return {"code": code, "plate": DigitalCode.of(code).plate, "page": f"/a/{code}"}
