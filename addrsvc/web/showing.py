"""Pure: what a page shows of an address, in the reader's language, ready for a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from addrsvc.auth.model import ANONYMOUS
from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language
from addrsvc.findings import SEVERITY_NAMES, FindingKind
from addrsvc.registry.history import Past
from addrsvc.registry.model import ESTIMATED, Address, Position, Status
from addrsvc.registry.schemas import address_out
from addrsvc.web.words import MARKS_NAMES, METHOD_NAMES, words
from addrsvc.wording import day_words, figures


@dataclass(frozen=True, slots=True)
class ShownPosition:
    """A position in words, and as the map wants it."""

    coordinates: str
    """Latitude first: the order map applications take from a clipboard."""
    accuracy: str
    marks: str
    is_estimated: bool
    map: dict[str, Any]
    """lon and lat in EPSG:4326 degrees, accuracy_m, code of the commune."""


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """An address as anybody may see it."""

    facts: dict[str, Any]
    """What the API tells an anonymous asker."""
    position: ShownPosition | None
    day: str
    is_retired: bool
    is_reserved: bool


def shown_address(address: Address, language: Language) -> ShownAddress:
    """Give what everybody may see of an address: never a holder, no name of a home."""
    position = address.document.position
    return ShownAddress(
        facts=address_out(address, ANONYMOUS, language),
        position=None if position is None else _shown_position(position, address, language),
        day=day_words(address.valid_from, language),
        is_retired=address.status is Status.RETIRED,
        is_reserved=address.status is Status.RESERVED,
    )


@dataclass(frozen=True, slots=True)
class ShownPast:
    """How an address was called before, and what it took the place of."""

    lines: list[tuple[str, str]]
    """Each as it was written, and until which day."""
    predecessors: list[tuple[str, str, str]]
    """Each by relation, ten digits and plate."""


def shown_past(past: Past, language: Language) -> ShownPast:
    """Give the past of an address in words."""
    return ShownPast(
        [(each.line, day_words(each.until, language)) for each in past.lines],
        [(each.relation, each.code, DigitalCode.of(each.code).plate) for each in past.predecessors],
    )


def _shown_position(position: Position, address: Address, language: Language) -> ShownPosition:
    say, point = words(language), position.point
    distance = distance_words(position.accuracy_m, language)
    return ShownPosition(
        coordinates=f"{point.lat:.6f}, {point.lon:.6f}",
        accuracy=say.accuracy_value.format(distance=distance),
        marks=say.marks_value.format(
            marks=MARKS_NAMES[position.marks].in_(language),
            method=METHOD_NAMES[position.method].in_(language),
        ),
        is_estimated=position.method in ESTIMATED,
        map={
            "lon": point.lon,
            "lat": point.lat,
            "accuracy_m": position.accuracy_m,
            "commune": address.commune_code,
        },
    )


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One kind of finding in words."""

    id: str
    severity: str
    weight: str
    """The severity in words."""
    title: str
    about: str
    remedy: str


def shown_finding(kind: FindingKind, language: Language) -> ShownFinding:
    """Give what a page says of a kind of finding."""
    return ShownFinding(
        kind.id,
        kind.severity.value,
        SEVERITY_NAMES[kind.severity].in_(language),
        kind.title.in_(language),
        kind.about.in_(language),
        kind.remedy.in_(language),
    )


def distance_words(metres: float, language: Language) -> str:
    """Say a distance with as many digits as it deserves.

    >>> distance_words(4.5, "vi"), distance_words(12.3, "vi"), distance_words(2345, "en")
    ('4,5 m', '12 m', '2.3 km')
    >>> distance_words(5.0, "vi"), distance_words(0.02, "en")
    ('5 m', '0.1 m')
    """
    if metres >= 1000:
        text = f"{metres / 1000:.1f} km"
    elif metres >= 10:
        text = f"{metres:.0f} m"
    else:
        text = f"{max(metres, 0.1):.1f}".removesuffix(".0") + " m"
    return figures(text, language)
