"""Make the card and the plate of an address: collect what stands on them, then draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from addrsvc.auth.model import ANONYMOUS, Principal
from addrsvc.cards.drawing import CardSize, CardText, draw_card
from addrsvc.cards.errors import PlateNotInUse, PlateWithoutCode
from addrsvc.codes.code import DigitalCode
from addrsvc.codes.schemes import SCHEMES, Scheme
from addrsvc.db.rows import Connection
from addrsvc.errors import Language
from addrsvc.paper.drawing import Drawing, Format, make_pdf, make_svg
from addrsvc.paper.fonts import held
from addrsvc.paper.plate import PlateSize, PlateText, draw_plate
from addrsvc.registry import history, identifiers, reading
from addrsvc.registry.label import address_line
from addrsvc.registry.links import Link, LinkScheme
from addrsvc.registry.model import PRIVATE_KINDS, Address, Status, Visibility
from addrsvc.registry.reading import AddressRef
from addrsvc.wording import day_words


@dataclass(frozen=True, slots=True)
class Printing:
    """How something is to be printed."""

    language: Language
    at: datetime
    origin: str
    """Scheme and host of the link, without an ending slash."""
    is_demo: bool = False


async def read_card(
    conn: Connection, principal: Principal, ref: AddressRef, printing: Printing
) -> CardText:
    """Collect what stands on a card; of other names and codes only what everybody may know.

    Raises:
        AddressNotFound, NotSignedIn, ScopeMissing: see ``reading.get_address``.
        PlateWithoutCode: a proposal.
    """
    address, links = await identifiers.identifiers_of(conn, principal, ref)
    past = await history.past_of(conn, ANONYMOUS, address)
    is_retired = address.status is Status.RETIRED
    document = address.document
    return CardText(
        plate=plate_text(address, printing.origin),
        commune=f"{address.commune_name}, {address.province_name}",
        printed_at=printing.at,
        name=None if document.kind in PRIVATE_KINDS else document.name,
        former=tuple(each.line for each in past.lines),
        others=tuple(_named(each, printing.language) for each in links if _is_told(each, address)),
        retired_on=day_words(address.valid_from, printing.language) if is_retired else None,
        successors=successors_of(address),
        is_reserved=address.status is Status.RESERVED,
        is_demo=printing.is_demo,
    )


async def read_plate(
    conn: Connection, principal: Principal, ref: AddressRef, origin: str
) -> PlateText:
    """Collect what stands on a plate.

    Raises:
        AddressNotFound, NotSignedIn, ScopeMissing: see ``reading.get_address``.
        PlateWithoutCode: a proposal.
        PlateNotInUse: it is retired, or kept for later.
    """
    address = await reading.get_address(conn, principal, ref)
    text = plate_text(address, origin)
    if address.status is not Status.CURRENT:
        raise PlateNotInUse(code=text.code, successors=list(successors_of(address)))
    return text


def plate_text(address: Address, origin: str) -> PlateText:
    """Give what stands on the plate of an address.

    Raises:
        PlateWithoutCode: it has no code.
    """
    if address.code is None:
        raise PlateWithoutCode(ref=address.ref)
    components = address.document.components
    label = address_line(components, address.commune_name, address.province_name)
    return PlateText.of(DigitalCode.of(address.code), label, origin)


def successors_of(address: Address) -> tuple[str, ...]:
    """Give the codes that took an address's place, with check digits; public ones only."""
    return tuple(
        DigitalCode.of(each.code).plate
        for each in address.successors
        if each.visibility is Visibility.PUBLIC
    )


def _is_told(link: Link, address: Address) -> bool:
    is_own = link.scheme is LinkScheme.CODE and link.value == address.code
    return link.scheme.is_public and link.withdrawn_at is None and not is_own


def _named(link: Link, language: Language) -> str:
    if link.scheme is LinkScheme.CODE:
        return DigitalCode.of(link.value).plate
    return f"{SCHEMES[Scheme(link.scheme.value)].label.in_(language)}: {link.value}"


def print_card(
    said: CardText, size: CardSize, wanted: Format, language: Language, npm_dir: Path | None
) -> bytes:
    """Set a card. Takes some hundredths of a second of one core: not for the event loop.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """
    with held(npm_dir):
        return _given(draw_card(said, size, language), wanted, language)


def print_plate(
    said: PlateText, size: PlateSize, wanted: Format, language: Language, npm_dir: Path | None
) -> bytes:
    """Set a plate, as ``print_card`` sets a card.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """
    with held(npm_dir):
        return _given(draw_plate(said, size, language), wanted, language)


def _given(drawing: Drawing, wanted: Format, language: Language) -> bytes:
    return make_pdf(drawing, language) if wanted == "pdf" else make_svg(drawing, language)
