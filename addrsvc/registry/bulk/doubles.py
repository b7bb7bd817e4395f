"""What rows of one chunk look like: addresses in use, and rows before them; asked in bulk.

A chunk is too large to lock the places of its rows. It looks at the beginning; at its end, with
what it writes in place, it closes the gate that single acts pass (see ``duplicates.cells``), looks
at what they committed meanwhile, and is begun again if one of its rows was there first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from addrsvc.db.rows import Connection, Row, execute, rows
from addrsvc.errors import AddrsvcError
from addrsvc.events import feed
from addrsvc.parsing.keys import unit_key
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
_SLACK = 1.01
"""Cells are a little wider than the largest radius, for what lies beyond the northernmost row."""
_ENOUGH = 50
"""So many that a row looks like are told at most: thousands may have been given one position."""


class MetAnother(Exception):
    """Somebody registered, while the chunk was being written, what one of its rows looks like."""


class _Marks(NamedTuple):
    """What the rules need of an address before they compare it."""

    kind: str
    unit: str | None
    number: str | None
    """None also where it names several doors."""
    door: tuple[str, str, str] | None
    """Commune, base and number, all known."""
    point: LonLat | None


class _Index:
    """Finds addresses the rules may pair: by their door, or nearby with a number that agrees."""

    def __init__(self, farthest_lat: float) -> None:
        box = box_around(LonLat(0.0, farthest_lat), _LARGEST_M)
        self._width_deg = box.east * _SLACK
        self._height_deg = (box.north - farthest_lat) * _SLACK
        self._at_door: dict[object, list[int]] = defaultdict(list)
        self._in_cell: dict[object, list[int]] = defaultdict(list)
        self._numbered: dict[object, list[int]] = defaultdict(list)

    def put(self, address_id: int, marks: _Marks) -> None:
        """Make an address to be found from now on."""
        if marks.door is not None:
            self._at_door[marks.door, marks.unit].append(address_id)
        if marks.point is not None:
            cell = (*self._cell(marks.point), marks.kind, marks.unit)
            self._in_cell[cell].append(address_id)
            self._numbered[cell, marks.number].append(address_id)

    def near(self, marks: _Marks) -> set[int]:
        """Give the addresses that may look like this one."""
        found: set[int] = set()
        if marks.door is not None:
            found.update(self._at_door.get((marks.door, marks.unit), ()))
        if marks.point is None:
            return found
        column, row = self._cell(marks.point)
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                cell = x, y, marks.kind, marks.unit
                there = self._in_cell.get(cell)
                if there is None:
                    continue
                if marks.number is None:
                    found.update(there)
                else:
                    found.update(self._numbered.get((cell, marks.number), ()))
                    found.update(self._numbered.get((cell, None), ()))
        return found

    def _cell(self, point: LonLat) -> tuple[int, int]:
        return math.floor(point.lon / self._width_deg), math.floor(point.lat / self._height_deg)


@dataclass(slots=True)
class Lookout:
    """What rows of a chunk may look like, row by row in the order of the file."""

    since: str
    """Where the feed stood before anything was looked at."""
    index: _Index
    """Of what is registered around, and the rows accepted."""
    subjects: dict[int, Subject]
    """Those that were compared, and all that is registered around."""
    above: dict[int, frozenset[int]] = field(default_factory=dict)
    """Address → itself and all that it is a part of."""
    _made: dict[int, NewAddress] = field(default_factory=dict)

    def alike(self, new: NewAddress) -> list[Alike]:
        """Give what a row looks like, of the registry and of the rows accepted before it."""
        candidates = self.index.near(_marks_of(new.row, new.located))
        if not candidates:
            return []
        found: dict[int, Likeness] = {}
        subject = self._subject(new)
        for address_id in sorted(candidates):
            said = likeness(subject, self._compared(address_id))
            if said is not None:
                found[address_id] = said
            if len(found) == _ENOUGH:
                break
        return in_order(found)

    def accept(self, new: NewAddress) -> None:
        """Remember a row that will be registered."""
        self._made[new.address_id] = new
        self.index.put(new.address_id, _marks_of(new.row, new.located))
        if new.parent_id is not None:
            self.above[new.address_id] = frozenset({new.address_id}) | self._above(new.parent_id)

    def unwritten(self) -> dict[int, Unwritten]:
        """Give the rows accepted that others were compared with, by identity."""
        compared = [self._made[each] for each in self.subjects if each in self._made]
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
        asked = self._made.keys() - set(unasked)
        for other in map(subject_in, found):
            for address_id in self.index.near(_marks(other)) & asked:
                if likeness(self._compared(address_id), other) is not None:
                    raise MetAnother

    def _compared(self, address_id: int) -> Subject:
        if address_id not in self.subjects:
            self.subjects[address_id] = self._subject(self._made[address_id])
        return self.subjects[address_id]

    def _subject(self, new: NewAddress) -> Subject:
        document_json(new)
        ancestors = frozenset[int]() if new.parent_id is None else self._above(new.parent_id)
        document = Document.from_json(new.row.document)
        return subject_of(new.address_id, document, new.parent_id, ancestors)

    def _above(self, address_id: int) -> frozenset[int]:
        return self.above.get(address_id, frozenset({address_id}))


def _marks_of(row: Prepared, located: Located) -> _Marks:
    unit = (row.document.get("components") or {}).get("unit")
    door = None
    if row.base_key is not None and row.number_key is not None:
        door = located.commune.code, row.base_key, row.number_key
    position = located.position
    return _Marks(
        row.document["kind"],
        None if unit is None else unit_key(unit),
        _one_door(row.number_key),
        door,
        None if position is None or position.method in ESTIMATED else position.point,
    )


def _marks(subject: Subject) -> _Marks:
    number = _one_door(subject.number_key)
    kind, door = subject.kind.value, subject.component_key
    return _Marks(kind, subject.unit, number, door, subject.point)


def _one_door(number_key: str | None) -> str | None:
    return None if number_key is None or "-" in number_key else number_key


async def look_out(
    conn: Connection, prepared: Sequence[Prepared], placed: Sequence[Located | AddrsvcError]
) -> Lookout:
    """Find what rows may look like; rows that were not placed look like nothing."""
    since = await feed.position(conn)
    wanted = [
        _marks_of(each, located)
        for each, located in zip(prepared, placed, strict=True)
        if not isinstance(located, AddrsvcError)
    ]
    lats = [abs(each.point.lat) for each in wanted if each.point is not None]
    index = _Index(max(lats, default=0.0))
    subjects = {each["address_id"]: subject_in(each) for each in await _registered(conn, wanted)}
    for address_id, subject in subjects.items():
        index.put(address_id, _marks(subject))
    return Lookout(since, index, subjects)


async def _registered(conn: Connection, wanted: Sequence[_Marks]) -> list[Row]:
    """Ask the registry, once for all streets and numbers and once for all places."""
    ids: set[int] = set()
    await rows(conn, QUERIES["ask_by_index"], {})
    doors = {each.door for each in wanted if each.door is not None}
    if doors:
        communes, bases, numbers = (list(each) for each in zip(*doors, strict=True))
        params = {"communes": communes, "bases": bases, "numbers": numbers}
        ids |= {
            each["address_id"] for each in await rows(conn, QUERIES["alike_by_components"], params)
        }
    spots = {
        (each.kind, each.number, each.point.lon, each.point.lat)
        for each in wanted
        if each.point is not None
    }
    if spots:
        kinds, spot_numbers, lons, lats = (list(each) for each in zip(*spots, strict=True))
        farthest = max(map(abs, lats))
        box = box_around(LonLat(0.0, farthest), _LARGEST_M)
        places = {
            "kinds": kinds,
            "numbers": spot_numbers,
            "lons": lons,
            "lats": lats,
            "lon_deg": box.east,
            "lat_deg": box.north - farthest,
        }
        ids |= {each["address_id"] for each in await rows(conn, QUERIES["alike_by_place"], places)}
    if not ids:
        return []
    return await rows(conn, QUERIES["subjects"], {"ids": sorted(ids)})


async def ancestors_of(conn: Connection, ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Give some addresses with all that they are parts of."""
    found = await rows(conn, QUERIES["ancestors"], {"ids": list(ids)})
    return {each["part"]: frozenset(each["ids"]) for each in found}
