"""Gather what registers and neighbours say of one address: one statement, seldom another.

Another one for a part of a building, for a number that occurs again, for a street with a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from addrsvc.admin_units.model import LocatedCommune
from addrsvc.admin_units.units_in_memory import LoadedUnits
from addrsvc.clock import VIETNAM
from addrsvc.db.rows import Connection, Row, row, rows
from addrsvc.parsing.keys import street_number
from addrsvc.registry.model import (
    ESTIMATED,
    Address,
    CommuneRef,
    Components,
    Document,
    Kind,
    Position,
    Status,
    Visibility,
)
from addrsvc.registry.quality.along import WINDOW, Placed, placed_among
from addrsvc.registry.quality.reading_texts import read_text
from addrsvc.registry.quality.register_names import QUERIES, RegisterNames, is_serial
from addrsvc.registry.quality.rules_place import DEGREE_M
from addrsvc.registry.quality.subject import (
    CommuneSaid,
    Nearby,
    Parent,
    PointSaid,
    StreetSaid,
    Subject,
    TextRead,
    nearby,
)
from addrsvc.types import LonLat, UnitId

STANDING_REACH_M: Final = 5.0
"""A retired address and one in use this close together stand at one spot."""
_Neighbour = tuple[str, float, float, int]
"""Key of its number, longitude, latitude, identity."""
_WEAKEST: Final = ("official", "approximate", "indicative")


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept in memory for rules."""

    today: date
    units: LoadedUnits | None = None
    """None: texts are not read, and what ended communes became is not said."""
    names: RegisterNames | None = None
    """None: streets and localities are not compared with the registers."""


async def gather(
    conn: Connection, address: Address, known: Known, duplicates: tuple[Nearby, ...] = ()
) -> Subject:
    """Gather what there is to know of one address as it stands now.

    ``duplicates`` were looked for by whoever asks: writes are refused because of them.
    """
    document = address.document
    keys = document.components.search_keys()
    point = measured(document)
    found = await row(conn, QUERIES["said_of_address"], _asked(address, keys, point, known))
    if found is None:
        raise AssertionError("a statement over one row gave none")
    located = _located(found)
    said = _point_said(found) if point is not None else None
    ended = address.status in {Status.RETIRED, Status.REJECTED}
    return Subject(
        document=document,
        status=address.status,
        code=address.code,
        valid_from=address.valid_from,
        recorded_on=address.recorded_from.astimezone(VIETNAM).date(),
        today=known.today,
        commune=commune_said(document.commune, address.commune_name, known),
        keys=keys,
        point=said,
        street=street_said(document, keys[0], known, await _line_m(conn, document, keys[0], known)),
        unknown_localities=localities_said(document, known),
        parent=await _parent(conn, address, point),
        placed=_placed(document, keys[1], found["neighbours"] or ()),
        shared_point=found["shared"] if is_separate(document) else 0,
        repeated=await _repeated(conn, document, keys, found["neighbours"] or ()),
        duplicates=duplicates,
        has_successors=bool(address.successors),
        standing=await _standing(conn, address, point) if ended else None,
        is_prefix_known=found["prefix_known"],
        text=text_said(document, known, located),
    )


def measured(document: Document) -> Position | None:
    """Give the position somebody took; None: it is estimated, or there is none."""
    position = document.position
    return None if position is None or position.method in ESTIMATED else position


def is_separate(document: Document) -> bool:
    """Tell whether an address stands for itself: a part shares number and point by right."""
    parts = {Kind.APARTMENT, Kind.BOARDING_ROOM}
    return (
        document.parent is None
        and document.kind not in parts
        and document.components.unit is None
        and measured(document) is not None
    )


def commune_said(commune: CommuneRef, name: str, known: Known) -> CommuneSaid:
    """Say whether a commune is in force, and what it became."""
    units = known.units
    if units is None:
        return CommuneSaid(name)
    ref = UnitId(commune.code, commune.valid_from)
    named = next((each for each in units.converter.of_code(ref.code) if each.unit == ref), None)
    if named is None or named.period.end is None or named.period.end > known.today:
        return CommuneSaid(name)
    found = units.converter.convert([ref], known.today)
    return CommuneSaid(name, named.period.end, tuple(each.name for each in found.present))


def street_said(
    document: Document, base_key: str | None, known: Known, line_m: float | None
) -> StreetSaid | None:
    """Say what the register of names knows of the street."""
    if document.components.thoroughfare is None or base_key is None or known.names is None:
        return None
    said = known.names.street(document.commune.code, base_key)
    return StreetSaid(said.is_known, said.elsewhere, line_m)


def localities_said(document: Document, known: Known) -> tuple[str, ...]:
    """Name the khu phố and ấp the register does not know."""
    localities = document.components.localities
    if not localities or known.names is None:
        return ()
    return known.names.unknown_localities(document.commune.code, localities)


def text_said(document: Document, known: Known, located: LocatedCommune | None) -> TextRead | None:
    """Read the text it came from."""
    if document.text is None or known.units is None:
        return None
    return read_text(document.text, known.units, known.today, located)


def step_of(number_key: str | None) -> tuple[str, int] | None:
    """Give the alley a number stands in and the number there; None: it counts along nothing.

    >>> step_of("00123/00045/00006a"), step_of("00012"), step_of("lo 00005")
    (('00123/00045', 6), ('', 12), None)
    """
    if number_key is None:
        return None
    alley, _, last = number_key.rpartition("/")
    number = street_number(last)
    return None if number is None else (alley, number)


def may_be_one_street(
    base_key: str | None, one: Components, other: Sequence[Sequence[str]]
) -> bool:
    """Tell whether two addresses of one street name and commune may be on one street.

    Their localities must not contradict each other; and a street that is only numbered stands
    once in every estate, so there they must share one.
    """
    mine = {each.kind: each.name for each in one.localities}
    shared = [mine[kind] == name for kind, name in other if kind in mine]
    return all(shared) and (bool(shared) or not is_serial(base_key))


def _asked(
    address: Address, keys: tuple[str | None, str | None], point: Position | None, known: Known
) -> dict[str, Any]:
    document = address.document
    step = step_of(keys[1]) if is_separate(document) else None
    alley = "" if step is None or not step[0] else f"{step[0]}/"
    return {
        "address_id": address.address_id,
        "code": address.code,
        "commune": document.commune.code,
        "commune_from": document.commune.valid_from,
        "day": known.today,
        "lon": None if point is None else point.point.lon,
        "lat": None if point is None else point.point.lat,
        "base_key": keys[0] if step is not None else None,
        "number_key": keys[1],
        "alley": alley,
        # every key begins with a digit here, and "0" follows the slash
        "alley_end": f"{alley[:-1]}0" if alley else ":",
        "window": 3 * WINDOW,
    }


def _located(found: Row) -> LocatedCommune | None:
    if found["located_code"] is None:
        return None
    return LocatedCommune(
        code=found["located_code"],
        valid_from=found["located_from"],
        full_name=found["located_name"],
        province_code="",
        province_name="",
        certainty="indicative" if found["located_kind"] == "indicative" else "boundary",
    )


def _point_said(found: Row) -> PointSaid:
    return point_said(
        found["located_code"],
        found["located_name"],
        found["located_kind"],
        found["home_kind"],
        found["outside_m"],
    )


def point_said(
    code: str | None,
    name: str | None,
    located_kind: str | None,
    home_kind: str | None,
    outside_m: float | None,
) -> PointSaid:
    """Say where a position lies; of two kinds of boundaries the weaker counts."""
    ranks = [_WEAKEST.index(each or "indicative") for each in (located_kind, home_kind)]
    return PointSaid(code, name or "", _WEAKEST[max(ranks)], outside_m)


async def _parent(conn: Connection, address: Address, point: Position | None) -> Parent | None:
    if address.document.parent is None:
        return None
    asked = {"address_id": address.address_id, "parent": address.document.parent}
    found = await row(conn, QUERIES["said_of_building"], asked | _lon_lat(point))
    if found is None:
        return None
    visibility = Visibility(found["visibility"])
    return Parent(
        found["code"],
        Status(found["status"]),
        found["commune_code"],
        visibility,
        found["metres"],
        found["is_cycle"],
    )


def _lon_lat(point: Position | None) -> dict[str, float | None]:
    if point is None:
        return {"lon": None, "lat": None}
    return {"lon": point.point.lon, "lat": point.point.lat}


async def _line_m(
    conn: Connection, document: Document, base_key: str | None, known: Known
) -> float | None:
    """Measure to the lines of its street; None: none is loaded."""
    point = measured(document)
    if known.names is None or base_key is None or point is None:
        return None
    ids = known.names.lines.get(base_key)
    if not ids or document.components.thoroughfare is None:
        return None
    found = await row(conn, QUERIES["metres_to_lines"], {"ids": ids} | _lon_lat(point))
    return None if found is None else found["metres"]


def _placed(
    document: Document, number_key: str | None, neighbours: Iterable[_Neighbour]
) -> Placed | None:
    position, own = measured(document), step_of(number_key)
    if position is None or own is None or not is_separate(document):
        return None
    beside = [(own[1], position.point)]
    for key, lon, lat, _ in neighbours:
        step = step_of(key)
        if step is not None and step[0] == own[0]:
            beside.append((step[1], LonLat(lon, lat)))
    order = sorted(range(len(beside)), key=lambda index: (beside[index][0], index))
    lons = np.array([beside[index][1].lon for index in order])
    lats = np.array([beside[index][1].lat for index in order])
    xs, ys = plane(lons, lats)
    numbers = np.array([beside[index][0] for index in order])
    return placed_among(numbers, xs, ys, order.index(0), position.accuracy_m)


def plane(lons: Any, lats: Any) -> tuple[Any, Any]:
    """Give metres east and north of the first point; for a street, not for a province."""
    xs = (lons - lons[0]) * DEGREE_M * np.cos(np.radians(lats[0]))
    return xs, (lats - lats[0]) * DEGREE_M


async def _repeated(
    conn: Connection,
    document: Document,
    keys: tuple[str | None, str | None],
    neighbours: Iterable[_Neighbour],
) -> Nearby | None:
    """Give the furthest address of the same number, if it may be the same street."""
    base_key, number_key = keys
    ids = [address_id for key, _, _, address_id in neighbours if key == number_key]
    if not ids or not is_separate(document):
        return None
    asked = {"ids": ids} | _lon_lat(document.position)
    same = [
        nearby(each["ref"], Visibility(each["visibility"]), each["metres"])
        for each in await rows(conn, QUERIES["same_number"], asked)
        if may_be_one_street(base_key, document.components, each["localities"] or ())
    ]
    far = [each for each in same if each is not None]
    return max(far, key=lambda each: each.metres or 0, default=None)


async def _standing(conn: Connection, address: Address, point: Position | None) -> Nearby | None:
    if point is None or address.successors or address.status is not Status.RETIRED:
        return None
    found = await row(
        conn,
        QUERIES["standing_at"],
        {
            "lon": point.point.lon,
            "lat": point.point.lat,
            "reach_m": STANDING_REACH_M,
            "kind": address.document.kind.value,
            "address_id": address.address_id,
        },
    )
    if found is None or found["metres"] > STANDING_REACH_M:
        return None
    return nearby(found["ref"], Visibility(found["visibility"]), found["metres"])
