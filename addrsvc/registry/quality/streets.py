"""Subjects of an audit: addresses street by street, so that neighbours stand side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations, groupby
from typing import Any, Final, NamedTuple

import numpy as np
import shapely

from addrsvc.admin_units.model import BoundaryKind, LocatedCommune
from addrsvc.clock import VIETNAM
from addrsvc.db.rows import Connection, rows
from addrsvc.geo.measure import distance_m
from addrsvc.registry.bulk.communes import Communes
from addrsvc.registry.errors import CommuneUnknown
from addrsvc.registry.model import Document, Status, Visibility
from addrsvc.registry.quality.along import FITS, Placed, placed
from addrsvc.registry.quality.gathering import (
    Known,
    commune_said,
    is_separate,
    localities_said,
    may_be_one_street,
    measured,
    plane,
    point_said,
    step_of,
    street_said,
    text_said,
)
from addrsvc.registry.quality.register_names import QUERIES
from addrsvc.registry.quality.rules_place import DEGREE_M
from addrsvc.registry.quality.subject import (
    CommuneSaid,
    Nearby,
    Parent,
    PointSaid,
    Subject,
    nearby,
)

_MOST_OF_A_NUMBER: Final = 50
"""Addresses of one number on one street that are measured against each other."""
_IN_PLACE: Final = frozenset({Status.CURRENT, Status.RESERVED})


class Row(NamedTuple):
    """One row of ``audited``."""

    address_id: int
    code: str | None
    version: int
    status: str
    visibility: str
    commune_code: str
    base_key: str | None
    number_key: str | None
    commune_name: str | None
    valid_from: date
    recorded_from: datetime
    document: dict[str, Any]
    shared: int
    prefix_known: bool
    parent: list[Any] | None
    has_successors: bool

    @property
    def ref(self) -> str:
        """Give what paths call it."""
        return self.code if self.code is not None else f"p{self.address_id}"


@dataclass(frozen=True, slots=True)
class Aside:
    """What is found for all addresses at once, by identity."""

    cycles: frozenset[int] = frozenset()
    standing: Mapping[int, Nearby] = field(default_factory=dict)
    duplicates: Mapping[int, Nearby] = field(default_factory=dict)


@dataclass(slots=True)
class _Read:
    row: Row
    document: Document
    status: Status
    is_separate: bool
    placed: Placed | None = None
    repeated: Nearby | None = None
    line_m: float | None = None
    point: PointSaid | None = None
    located: LocatedCommune | None = None


class Subjects:
    """Makes subjects of rows; one for a run."""

    def __init__(self, known: Known, aside: Aside) -> None:
        self._known = known
        self._aside = aside
        self._places = Communes(known.today)
        self._communes: dict[tuple[str, date], CommuneSaid] = {}

    async def of(self, conn: Connection, found: Sequence[Row]) -> list[tuple[Row, Subject]]:
        """Give the subjects of rows in the order of ``audited``, whole streets only."""
        read = [_read(row) for row in found]
        for (base_key, _), street in groupby(read, key=_street):
            if base_key is not None:
                houses = [each for each in street if each.is_separate]
                _put_placed(houses)
                _put_repeated(base_key, houses)
                await self._put_line(conn, base_key, houses)
        await self._put_points(conn, read)
        return [(each.row, self._subject(each)) for each in read]

    def _subject(self, each: _Read) -> Subject:
        row, document, known = each.row, each.document, self._known
        commune = (document.commune.code, document.commune.valid_from)
        if commune not in self._communes:
            name = row.commune_name or row.commune_code
            self._communes[commune] = commune_said(document.commune, name, known)
        return Subject(
            document=document,
            status=each.status,
            code=row.code,
            valid_from=row.valid_from,
            recorded_on=row.recorded_from.astimezone(VIETNAM).date(),
            today=known.today,
            commune=self._communes[commune],
            keys=(row.base_key, row.number_key),
            point=each.point,
            street=street_said(document, row.base_key, known, each.line_m),
            unknown_localities=localities_said(document, known),
            parent=self._parent(row),
            placed=each.placed,
            shared_point=row.shared if each.is_separate else 0,
            repeated=each.repeated,
            duplicates=self._duplicates(row.address_id),
            has_successors=row.has_successors,
            standing=self._aside.standing.get(row.address_id),
            is_prefix_known=row.prefix_known,
            text=text_said(document, known, each.located),
        )

    def _duplicates(self, address_id: int) -> tuple[Nearby, ...]:
        found = self._aside.duplicates.get(address_id)
        return () if found is None else (found,)

    def _parent(self, row: Row) -> Parent | None:
        if row.parent is None:
            return None
        code, status, commune, visibility, metres = row.parent
        is_cycle = row.address_id in self._aside.cycles
        return Parent(code, Status(status), commune, Visibility(visibility), metres, is_cycle)

    async def _put_line(self, conn: Connection, base_key: str, houses: Sequence[_Read]) -> None:
        """Measure houses to the lines of their street, in a plane around the first of them."""
        ids = self._known.names.lines.get(base_key) if self._known.names is not None else None
        if not ids or not houses:
            return
        found = await rows(conn, QUERIES["lines"], {"ids": ids})
        line = shapely.union_all(shapely.from_wkb([each["line"] for each in found]))
        lons, lats = _points(houses)
        scale = np.array([DEGREE_M * np.cos(np.radians(lats[0])), DEGREE_M])
        flat = shapely.transform(line, lambda corners: corners * scale)
        metres = shapely.distance(flat, shapely.points(lons * scale[0], lats * scale[1]))
        for each, distance in zip(houses, metres.tolist(), strict=True):
            each.line_m = distance

    async def _put_points(self, conn: Connection, read: Sequence[_Read]) -> None:
        """Say in which communes the measured positions lie."""
        taken = [each for each in read if measured(each.document) is not None]
        if not taken:
            return
        lons, lats = _points(taken)
        for each, found in zip(
            taken, await self._places.at(conn, lons.tolist(), lats.tolist()), strict=True
        ):
            each.located = found
            if found is not None and found.code == each.row.commune_code:
                each.point = PointSaid(found.code, found.full_name)
        astray = [each for each in taken if each.point is None]
        if not astray:
            return
        lons, lats = _points(astray)
        asked = {
            "codes": [each.document.commune.code for each in astray],
            "valid_froms": [each.document.commune.valid_from for each in astray],
            "lons": lons.tolist(),
            "lats": lats.tolist(),
        }
        outside = await rows(conn, QUERIES["outside_of"], asked)
        for each, home in zip(astray, outside, strict=True):
            each.point = point_said(
                None if each.located is None else each.located.code,
                None if each.located is None else each.located.full_name,
                await self._boundary_kind(conn, each.located),
                home["kind"],
                home["metres"],
            )

    async def _boundary_kind(
        self, conn: Connection, located: LocatedCommune | None
    ) -> BoundaryKind | None:
        if located is None:
            return None
        try:
            return (await self._places.unit(conn, located.code)).boundary_kind
        except CommuneUnknown:
            return None


def _read(row: Row) -> _Read:
    document = Document.from_json(row.document)
    status = Status(row.status)
    return _Read(row, document, status, status in _IN_PLACE and is_separate(document))


def _street(each: _Read) -> tuple[str | None, str]:
    return each.row.base_key, each.row.commune_code


def _points(read: Iterable[_Read]) -> tuple[Any, Any]:
    points = [each.document.position.point for each in read if each.document.position]
    return np.array([each.lon for each in points]), np.array([each.lat for each in points])


def _put_placed(houses: Sequence[_Read]) -> None:
    """Judge the houses of a street, and those of each alley, among themselves."""
    alleys: dict[str, list[tuple[int, _Read]]] = defaultdict(list)
    for each in houses:
        step = step_of(each.row.number_key)
        if step is not None:
            alleys[step[0]].append((step[1], each))
    for members in alleys.values():
        members.sort(key=lambda member: member[0])
        lons, lats = _points(each for _, each in members)
        accuracies = [
            each.document.position.accuracy_m for _, each in members if each.document.position
        ]
        numbers = np.array([number for number, _ in members])
        judged = placed(numbers, *plane(lons, lats), np.array(accuracies))
        for (_, each), said in zip(members, judged, strict=True):
            each.placed = None if said is FITS else said


def _put_repeated(base_key: str, houses: Sequence[_Read]) -> None:
    """Give addresses of one number the furthest other one, if it may be the same street."""
    for number_key, group in groupby(houses, key=lambda each: each.row.number_key):
        same = list(group)[:_MOST_OF_A_NUMBER]
        if number_key is None or len(same) < 2:
            continue
        for one, other in combinations(same, 2):
            parts = other.document.components.localities
            localities = [(each.kind, each.name) for each in parts]
            here, there = one.document.position, other.document.position
            if here is None or there is None:
                continue
            if not may_be_one_street(base_key, one.document.components, localities):
                continue
            metres = distance_m(here.point, there.point)
            for mine, yours in ((one, other), (other, one)):
                if mine.repeated is None or metres > (mine.repeated.metres or 0):
                    seen = nearby(yours.row.ref, Visibility(yours.row.visibility), metres)
                    mine.repeated = seen or mine.repeated
