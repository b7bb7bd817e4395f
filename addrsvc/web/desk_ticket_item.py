"""Pure: a report of a citizen in words, as an item of the desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language
from addrsvc.geocoding.reverse import Nearby
from addrsvc.registry.model import Address
from addrsvc.tickets.answering import Look
from addrsvc.tickets.model import KIND_NAMES, STATE_NAMES, Ticket
from addrsvc.types import LonLat
from addrsvc.web.desk_items import Choice, Item, Note
from addrsvc.web.desk_words import TICKET_WORDS
from addrsvc.web.showing import distance_words, shown_address
from addrsvc.wording import day_words, moment_words


@dataclass(frozen=True, slots=True, repr=False)
class Around:
    """What the registers know of a report's place."""

    about: Address | None = None
    """The address it is about."""
    result: Address | None = None
    """The one that came of it."""
    nearby: tuple[Nearby, ...] = ()
    commune_name: str | None = None


def ticket_item(look: Look, around: Around, day: date, language: Language) -> Item:
    """Give a report as the desk shows it."""
    ticket, said = look.ticket, look.said
    text = said.text if said is not None and said.text is not None else None
    return Item(
        id=ticket.ref,
        subject=ticket.ref,
        version=ticket.version,
        title=f"{KIND_NAMES[ticket.kind].in_(language)} · {ticket.ref}",
        state=STATE_NAMES[ticket.state].in_(language),
        is_open=not ticket.state.is_closed,
        confirms=ticket.code,
        facts=tuple(_facts(look, around, language)),
        text=text or TICKET_WORDS["nothing_said" if said else "erased"].in_(language),
        is_text=text is not None,
        marks=(),
        notes=tuple(_notes(ticket, day, language)),
        choices=tuple(_choices(around, language)),
        place=ticket.point or _place_of(around.about),
        links=tuple(_links(ticket, language)),
        contact=f"/v1/tickets/{ticket.ref}/contact" if ticket.has_contact else None,
    )


def _place_of(address: Address | None) -> LonLat | None:
    position = None if address is None else address.document.position
    return None if position is None else position.point


def _facts(look: Look, around: Around, language: Language) -> Iterator[tuple[str, str]]:
    def said(name: str) -> str:
        return TICKET_WORDS[name].in_(language)

    ticket = look.ticket
    if look.said is not None and look.said.place is not None:
        yield said("place"), look.said.place
    if ticket.commune is not None:
        yield said("commune"), f"{around.commune_name or ''} ({ticket.commune})".strip()
    if ticket.accuracy_m is not None:
        yield said("accuracy"), distance_words(ticket.accuracy_m, language)
    yield said("received"), moment_words(ticket.received_at, language)
    yield said("due"), day_words(ticket.due_on, language)
    if ticket.handled_by is not None and ticket.handled_at is not None:
        yield said("handled"), f"{ticket.handled_by}, {moment_words(ticket.handled_at, language)}"
    if ticket.answer is not None:
        yield said("answered"), ticket.answer
    if ticket.result is not None:
        yield said("result"), DigitalCode.of(ticket.result).printed


def _notes(ticket: Ticket, day: date, language: Language) -> Iterator[Note]:
    if ticket.is_overdue(day):
        yield Note(TICKET_WORDS["overdue"].in_(language), "strong")
    if ticket.commune is None:
        yield Note(TICKET_WORDS["no_commune"].in_(language))
    yield Note(TICKET_WORDS[f"how_{ticket.kind.value}"].in_(language))


def _choices(around: Around, language: Language) -> Iterator[Choice]:
    """Give the address a report is about, the one named as its result, and those near by."""
    seen: set[str] = set()
    named: Sequence[tuple[str, Address | None]] = (
        ("is_about", around.about),
        ("is_result", around.result),
    )
    for words, address in named:
        if address is None or address.code is None or address.code in seen:
            continue
        seen.add(address.code)
        label = shown_address(address, language).facts["label"]
        detail = f"{DigitalCode.of(address.code).printed} · {TICKET_WORDS[words].in_(language)}"
        is_about = address is around.about
        yield Choice(address.code, label, detail, _place_of(address), is_about)
    for near in around.nearby:
        code = near.candidate.code
        if code is None or code in seen:
            continue
        seen.add(code)
        distance = distance_words(near.distance_m, language)
        detail = f"{DigitalCode.of(code).printed} · {distance}"
        yield Choice(code, near.candidate.label, detail, near.candidate.point, is_present=False)


def _links(ticket: Ticket, language: Language) -> Iterator[tuple[str, str]]:
    if ticket.code is not None:
        yield TICKET_WORDS["open_address"].in_(language), f"/a/{ticket.code}"
    if ticket.point is not None:
        point = f"{ticket.point.lat:.6f},%20{ticket.point.lon:.6f}"
        yield TICKET_WORDS["open_place"].in_(language), f"/?q={point}"
        yield TICKET_WORDS["open_planning"].in_(language), f"/planning?q={point}"
