"""Find what looks like some addresses, through the indexes, and let the rules decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.geo.measure import distance_m
from addrsvc.registry.duplicates.cells import box_around
from addrsvc.registry.duplicates.rules import (
    RADII_M,
    Likeness,
    Subject,
    Why,
    likeness,
    subject_of,
)
from addrsvc.registry.model import Document

QUERIES = Queries("addrsvc.registry.duplicates")

_REASONS = list(Why)


@dataclass(frozen=True, slots=True)
class Described:
    """An address about to be written: its identity, and what will be said of it."""

    address_id: int
    document: Document
    parent_id: int | None = None
    before: Document | None = None
    """What is said of it so far: whatever looks like that already is no news."""

    @property
    def is_news(self) -> bool:
        """Tell whether it may look like others that it did not look like before."""
        now, old = self.document, self.before
        return old is None or (now.kind, now.commune.code, now.components, now.position) != (
            old.kind,
            old.commune.code,
            old.components,
            old.position,
        )


@dataclass(frozen=True, slots=True)
class Alike:
    """An address that looks like one asked about."""

    address_id: int
    likeness: Likeness


async def subjects_of(conn: Connection, described: Sequence[Described]) -> list[Subject]:
    """Fold what is said of some addresses, with all that they are parts of."""
    parents = sorted({each.parent_id for each in described if each.parent_id is not None})
    above: dict[int | None, frozenset[int]] = {None: frozenset()}
    if parents:
        found = await rows(conn, QUERIES["ancestors"], {"ids": parents})
        above |= {each["part"]: frozenset(each["ids"]) for each in found}
    return [
        subject_of(each.address_id, each.document, each.parent_id, above[each.parent_id])
        for each in described
    ]


async def look_for(
    conn: Connection,
    subjects: Sequence[Subject],
    *,
    before: Mapping[int, Subject] = MappingProxyType({}),
    not_ids: Collection[int] = (),
) -> list[list[Alike]]:
    """Give for each address the ones in use that look like it, the surest and nearest first.

    ``before``: what was said of some of them by their identities; what looks like that is left out.
    """
    found: list[list[Alike]] = []
    for subject in subjects:
        old = before.get(subject.address_id)
        alike: dict[int, Likeness] = {}
        for each in await rows(conn, QUERIES["looking_alike"], _asked(subject, not_ids)):
            candidate = subject_in(each)
            said = likeness(subject, candidate)
            if said is not None and (old is None or likeness(old, candidate) is None):
                alike[candidate.address_id] = said
        found.append(in_order(alike))
    return found


async def look_around(
    conn: Connection, subject: Subject, metres: float
) -> list[tuple[Subject, float]]:
    """Give addresses in use of its kind and unit within so many metres, the nearest first.

    Those declared distinct from it are left out, and what has no position taken on the spot.
    """
    if subject.point is None:
        return []
    found = []
    for each in await rows(conn, QUERIES["looking_alike"], _asked(subject, (), metres)):
        other = subject_in(each)
        off_m = None if other.point is None else distance_m(subject.point, other.point)
        if off_m is not None and off_m <= metres:
            found.append((other, off_m))
    return sorted(found, key=lambda each: (each[1], each[0].address_id))


def subject_in(row: Row) -> Subject:
    """Make a subject of a row of ``looking_alike`` or ``subjects``."""
    return subject_of(
        row["address_id"],
        Document.from_json(row["document"]),
        row["parent_id"],
        frozenset(row["ancestors"] or ()),
    )


def in_order(alike: dict[int, Likeness]) -> list[Alike]:
    """Put the surest reason first, then the nearest."""
    found = [Alike(address_id, said) for address_id, said in alike.items()]
    return sorted(
        found,
        key=lambda each: (
            _REASONS.index(each.likeness.why),
            each.likeness.distance_m if each.likeness.distance_m is not None else float("inf"),
            each.address_id,
        ),
    )


def _asked(
    subject: Subject, not_ids: Collection[int], metres: float | None = None
) -> dict[str, Any]:
    point = subject.point
    box = None if point is None else box_around(point, metres or RADII_M[subject.kind])
    return {
        "id": subject.address_id,
        "kind": subject.kind.value,
        "commune": subject.commune_code,
        "base": subject.base_key,
        "number": subject.number_key,
        "west": None if box is None else box.west,
        "south": None if box is None else box.south,
        "east": None if box is None else box.east,
        "north": None if box is None else box.north,
        "unit": unit_mark(subject.unit),
        "not_ids": list(not_ids),
    }


def unit_mark(unit: str | None) -> str | None:
    """Give the digits of a unit's key but zeros: ``25 - 06`` and ``2506`` have the same.

    ``looking_alike`` does so with units as written, so that of a tower of a thousand flats only
    those that may be the one asked about are read.
    """
    return None if unit is None else "".join(each for each in unit if each in "123456789")
