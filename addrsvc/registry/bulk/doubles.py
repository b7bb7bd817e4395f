"""What rows of one chunk look like: addresses in use, and rows before them; asked in bulk.

A chunk is too large to lock the places of its rows. It looks at the beginning; at its end, with
what it writes in place, it closes the gate that single acts pass (see ``duplicates.cells``), looks
at what they committed meanwhile, and is begun again if one of its rows was there first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import shapely

from addrsvc.db.rows import Connection, execute, rows
from addrsvc.errors import AddrsvcError
from addrsvc.events import feed
from addrsvc.registry.bulk.matching import array_text
from addrsvc.registry.bulk.model import Prepared
from addrsvc.registry.bulk.storing import NewAddress, document_json
from addrsvc.registry.duplicates.cells import GATE, box_around
from addrsvc.registry.duplicates.finding import QUERIES, Alike, in_order, subject_in
from addrsvc.registry.duplicates.refusing import Unwritten
from addrsvc.registry.duplicates.rules import RADII_M, Likeness, Subject, likeness, subject_of
from addrsvc.registry.locating import Located
from addrsvc.registry.model import ESTIMATED, Document
from addrsvc.types import LonLat

_LARGEST_M = max(RADII_M.values())

Door = tuple[str, str, str]
"""Commune, base and number, all known."""


class MetAnother(Exception):
    """Somebody registered, while the chunk was being written, what one of its rows looks like."""


class _Spots(NamedTuple):
    """Rows with a position taken on the spot: which, where, and of which kind."""

    rows: list[int]
    points: list[LonLat]
    kinds: list[str]


@dataclass(slots=True)
class Lookout:
    """What rows of a chunk may look like, row by row in the order of the file."""

    since: str
    """Where the feed stood before anything was looked at."""
    spots: _Spots
    tree: shapely.STRtree
    doors: dict[Door, list[int]]
    registered: dict[int, list[Subject]]
    """Row → addresses in use that it may look like."""
    beside: dict[int, list[int]]
    """Row → rows before it that it may look like."""
    above: dict[int, frozenset[int]] = field(default_factory=dict)
    """Address → itself and all that it is a part of."""
    _made: dict[int, NewAddress] = field(default_factory=dict)
    _subjects: dict[int, Subject] = field(default_factory=dict)

    def alike(self, number: int, new: NewAddress) -> list[Alike]:
        """Give what a row looks like, of the registry and of the rows accepted before it."""
        earlier = [each for each in self.beside.get(number, ()) if each in self._made]
        candidates = [*self.registered.get(number, ()), *map(self._accepted, earlier)]
        if not candidates:
            return []
        found: dict[int, Likeness] = {}
        subject = self._subject(new)
        for each in candidates:
            said = likeness(subject, each)
            if said is not None:
                found[each.address_id] = said
        return in_order(found)

    def accept(self, number: int, new: NewAddress) -> None:
        """Remember a row that will be registered."""
        self._made[number] = new
        if new.parent_id is not None:
            self.above[new.address_id] = frozenset({new.address_id}) | self._above(new.parent_id)

    def unwritten(self) -> dict[int, Unwritten]:
        """Give the rows accepted that others were compared with, by identity."""
        compared = [self._made[number] for number in self._subjects]
        return {
            each.address_id: Unwritten(each.code, Document.from_json(each.row.document))
            for each in compared
        }

    async def close_gate(self, conn: Connection, unasked: Iterable[int]) -> None:
        """Let no single act pass until the commit, and look at those that passed before.

        Args:
            conn: the chunk's transaction, all of it written.
            unasked: identities of rows that are registered whatever they look like.

        Raises:
            MetAnother: one of them is what another row looks like.
        """
        await execute(conn, "SELECT pg_advisory_xact_lock(%(gate)s)", {"gate": GATE})
        found = await rows(conn, QUERIES["written_since"], {"since": self.since})
        passed = set(unasked)
        for other in map(subject_in, found):
            for number in self._near(other):
                new = self._made.get(number)
                if new is None or new.address_id in passed:
                    continue
                if likeness(self._accepted(number), other) is not None:
                    raise MetAnother

    def _near(self, other: Subject) -> Iterator[int]:
        if other.component_key is not None:
            yield from self.doors.get(other.component_key, ())
        if other.point is not None:
            box = box_around(other.point, _LARGEST_M)
            shape = shapely.box(box.west, box.south, box.east, box.north)
            yield from (self.spots.rows[at] for at in self.tree.query(shape))

    def _accepted(self, number: int) -> Subject:
        if number not in self._subjects:
            self._subjects[number] = self._subject(self._made[number])
        return self._subjects[number]

    def _subject(self, new: NewAddress) -> Subject:
        document_json(new)
        ancestors = frozenset[int]() if new.parent_id is None else self._above(new.parent_id)
        document = Document.from_json(new.row.document)
        return subject_of(new.address_id, document, new.parent_id, ancestors)

    def _above(self, address_id: int) -> frozenset[int]:
        return self.above.get(address_id, frozenset({address_id}))


async def look_out(
    conn: Connection, prepared: Sequence[Prepared], placed: Sequence[Located | AddrsvcError]
) -> Lookout:
    """Find what rows may look like; rows that were not placed look like nothing."""
    since = await feed.position(conn)
    doors: dict[Door, list[int]] = defaultdict(list)
    spots = _Spots([], [], [])
    for number, (each, located) in enumerate(zip(prepared, placed, strict=True)):
        if isinstance(located, AddrsvcError):
            continue
        if each.base_key is not None and each.number_key is not None:
            doors[located.commune.code, each.base_key, each.number_key].append(number)
        position = located.position
        if position is not None and position.method not in ESTIMATED:
            spots.rows.append(number)
            spots.points.append(position.point)
            spots.kinds.append(each.document["kind"])
    lons, lats = _columns(spots.points)
    tree = shapely.STRtree(shapely.points(lons, lats))
    beside = _pairs_in(doors.values())
    _add_neighbours(beside, spots, tree, lons, lats)
    return Lookout(
        since=since,
        spots=spots,
        tree=tree,
        doors=dict(doors),
        registered=await _registered(conn, doors, spots),
        beside=beside,
    )


def _columns(points: Sequence[LonLat]) -> tuple[Any, Any]:
    return np.array([each.lon for each in points]), np.array([each.lat for each in points])


def _pairs_in(groups: Iterable[list[int]]) -> dict[int, list[int]]:
    beside: dict[int, list[int]] = defaultdict(list)
    for group in groups:
        for at, number in enumerate(group[1:], start=1):
            beside[number].extend(group[:at])
    return beside


def _add_neighbours(
    beside: dict[int, list[int]], spots: _Spots, tree: shapely.STRtree, lons: Any, lats: Any
) -> None:
    """Add to each row those before it of its kind that are within reach."""
    if not spots.rows:
        return
    lon_deg, lat_deg = _reach(lats)
    boxes = shapely.box(lons - lon_deg, lats - lat_deg, lons + lon_deg, lats + lat_deg)
    asked, found = tree.query(boxes)
    kinds = np.array(spots.kinds)
    pairs = (found < asked) & (kinds[found] == kinds[asked])
    numbers = spots.rows
    for one, other in zip(asked[pairs].tolist(), found[pairs].tolist(), strict=True):
        if numbers[other] not in beside[numbers[one]]:
            beside[numbers[one]].append(numbers[other])


def _reach(lats: Any) -> tuple[float, float]:
    """Give how many degrees the largest radius is, at the row furthest from the equator."""
    farthest = LonLat(0.0, float(np.abs(lats).max()))
    box = box_around(farthest, _LARGEST_M)
    return box.east, box.north - farthest.lat


async def _registered(
    conn: Connection, doors: dict[Door, list[int]], spots: _Spots
) -> dict[int, list[Subject]]:
    """Ask the registry, once for all streets and numbers and once for all places."""
    candidates: dict[int, set[int]] = defaultdict(set)
    await rows(conn, QUERIES["ask_by_index"], {})
    asked = list(doors)
    if asked:
        communes, bases, numbers = (list(each) for each in zip(*asked, strict=True))
        params = {"communes": communes, "bases": bases, "numbers": numbers}
        for each in await rows(conn, QUERIES["alike_by_components"], params):
            for number in doors[asked[each["n"] - 1]]:
                candidates[number].add(each["address_id"])
    if spots.rows:
        lons, lats = _columns(spots.points)
        lon_deg, lat_deg = _reach(lats)
        places = {
            "kinds": array_text(spots.kinds),
            "lons": array_text(map(repr, lons.tolist())),
            "lats": array_text(map(repr, lats.tolist())),
            "lon_deg": lon_deg,
            "lat_deg": lat_deg,
        }
        for each in await rows(conn, QUERIES["alike_by_place"], places):
            candidates[spots.rows[each["n"] - 1]].add(each["address_id"])
    ids = sorted(set().union(*candidates.values()))
    if not ids:
        return {}
    known = await rows(conn, QUERIES["subjects"], {"ids": ids})
    subjects = {each["address_id"]: subject_in(each) for each in known}
    return {
        number: [subjects[each] for each in sorted(found)] for number, found in candidates.items()
    }


async def ancestors_of(conn: Connection, ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Give some addresses with all that they are parts of."""
    found = await rows(conn, QUERIES["ancestors"], {"ids": list(ids)})
    return {each["part"]: frozenset(each["ids"]) for each in found}
