"""Plan a bulk act: what is asked for is checked against the registers, and kept as its spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import orjson
import shapely
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import service as admin_units
from addrsvc.admin_units.boundary_import import units_in_force
from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.codes.code import parse_code
from addrsvc.db.rows import Connection, rows
from addrsvc.parsing.keys import number_key, thoroughfare_key
from addrsvc.registry.acts import NewAct, communes_of, record_act
from addrsvc.registry.bulk_acts import acts
from addrsvc.registry.bulk_acts.errors import (
    ActStatusRefused,
    AreaInvalid,
    InstrumentMissing,
    NothingConcerned,
)
from addrsvc.registry.bulk_acts.mapping import MappingRow, checked_numbers, reorganisation
from addrsvc.registry.bulk_acts.model import BulkAct, BulkKind
from addrsvc.registry.bulk_acts.moving import LocalityMove
from addrsvc.registry.bulk_acts.naming import Side, StreetNaming
from addrsvc.registry.bulk_acts.renumbering import Renumbering, in_order
from addrsvc.registry.bulk_acts.reorganising import Reorganisation
from addrsvc.registry.bulk_acts.storing import QUERIES
from addrsvc.registry.errors import CommuneUnknown
from addrsvc.registry.fields import clean, clean_optional
from addrsvc.registry.model import Instrument, Locality
from addrsvc.types import Level, UnitId

Spec = Reorganisation | StreetNaming | Renumbering | LocalityMove

_KINDS: Mapping[type[Spec], BulkKind] = {
    Reorganisation: BulkKind.REORGANISE,
    StreetNaming: BulkKind.NAME_STREET,
    Renumbering: BulkKind.RENUMBER,
    LocalityMove: BulkKind.MOVE_LOCALITY,
}


async def plan_act(
    conn: AsyncConnection,
    principal: Principal,
    spec: Spec,
    clock: Clock,
    *,
    day: date,
    instrument: Instrument | None,
    reason: str | None = None,
) -> BulkAct:
    """Record an act that is to be run; nothing changes yet, and the day may be to come.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not plan bulk acts.
        AreaForbidden: it reaches beyond the principal's areas.
        InstrumentMissing: it rests on nothing.
        FieldInvalid: a text is blank or has control characters.
    """
    principal.require_in(Scope.ACTS_WRITE, sorted(communes_of(spec.to_json())))
    if instrument is None:
        raise InstrumentMissing
    now = clock.now()
    kind = _KINDS[type(spec)]
    new = NewAct(
        kind.value,
        principal.id,
        now,
        clean_optional("reason", reason),
        Instrument(
            clean("instrument.number", instrument.number),
            instrument.issued_on,
            clean("instrument.issuer", instrument.issuer),
            clean_optional("instrument.title", instrument.title),
        ),
        day,
        "planned",
        spec.to_json(),
    )
    act_id = await record_act(conn, new)
    await audit.record(
        conn,
        principal=principal.id,
        action="act.plan",
        subject=f"act:{act_id}",
        at=now,
        detail={"kind": kind.value, "effective_on": day.isoformat()},
    )
    return await acts.get_bulk_act(conn, act_id)


async def cancel_act(
    conn: AsyncConnection, principal: Principal, act_id: int, clock: Clock
) -> BulkAct:
    """Give up an act of which nothing was done.

    Raises:
        ActNotFound, ActStatusRefused: there is none, or it was begun.
        AreaForbidden: it reaches beyond the principal's areas.
    """
    principal.require(Scope.ACTS_WRITE)
    act = await acts.lock_bulk_act(conn, act_id)
    await acts.require(conn, principal, Scope.ACTS_WRITE, act)
    if act.status != "planned":
        raise ActStatusRefused(act_id, act.status, "cancel")
    await acts.set_status(conn, act_id, "cancelled")
    await audit.record(
        conn,
        principal=principal.id,
        action="act.cancel",
        subject=f"act:{act_id}",
        at=clock.now(),
    )
    return await acts.get_bulk_act(conn, act_id)


async def reorganisation_by_mapping(
    conn: Connection, mapping: Sequence[MappingRow], day: date
) -> Reorganisation:
    """Give the spec of a reorganisation by a mapping.

    Raises:
        UnitsNotKnownBefore: the registers do not reach back to the day before.
        MappingRefused: see ``mapping.reorganisation``.
    """
    eve = day - timedelta(days=1)
    admin_units.refuse_unknown_past(eve)
    before, after = await units_in_force(conn, eve), await units_in_force(conn, day)
    return reorganisation(mapping, before, after, day)


async def reorganisation_by_links(
    conn: Connection, day: date, *, old_province: str | None = None
) -> Reorganisation:
    """Give the spec of a reorganisation as the register of units has it.

    ``old_province``: code; only communes that were its. None: all of the day.

    Raises:
        NothingConcerned: no commune was reorganised on that day.
    """
    params = {"day": day, "province": old_province}
    found = await rows(conn, QUERIES["communes_of_links"], params)
    if not found:
        raise NothingConcerned("phường, xã sắp xếp vào ngày này", "commune reorganised that day")
    # shares as measured on boundaries need not add up, and decide nothing
    mapping = [MappingRow(each["from_code"], each["to_code"], each["kind"]) for each in found]
    return await reorganisation_by_mapping(conn, mapping, day)


async def street_naming(
    conn: Connection,
    day: date,
    communes: Sequence[str],
    *,
    old: str | None,
    new: str,
    first: int | None = None,
    last: int | None = None,
    side: Side | None = None,
    codes: Sequence[str] | None = None,
    area: Mapping[str, Any] | None = None,
) -> StreetNaming:
    """Give the spec of a naming.

    Raises:
        CommuneUnknown: a commune is not in force on the day.
        NothingConcerned: every house without a street of whole communes would be meant.
        AreaInvalid: the area is no valid polygon.
        InvalidInput: a code is none.
    """
    spec = StreetNaming(
        await _communes(conn, communes, day),
        clean("new", new),
        clean_optional("old", old),
        first,
        last,
        side,
        None if codes is None else tuple(parse_code(each).code.text for each in codes),
        None if area is None else checked_area(area),
    )
    if spec.old is None and spec.is_whole:
        raise NothingConcerned("đoạn đường", "part of a street (numbers, codes or an area)")
    return spec


async def renumbering(
    conn: Connection,
    day: date,
    communes: Sequence[str],
    street: str,
    *,
    alley: str | None = None,
    numbers: Sequence[tuple[str, str]] | None = None,
    prefix: str | None = None,
    order: tuple[int, int] | None = None,
) -> Renumbering:
    """Give the spec of a renumbering: by a list, a prefix, or in order from two numbers.

    ``order``: the first odd and the first even number there will be.

    Raises:
        CommuneUnknown: a commune is not in force on the day.
        NothingConcerned: none of the three was given, or no house stands on the street.
        MappingRefused: see ``mapping.checked_numbers``.
    """
    units = await _communes(conn, communes, day)
    street = clean("street", street)
    alley, prefix = clean_optional("alley", alley), clean_optional("prefix", prefix)
    if prefix is not None:
        return Renumbering(units, street, alley, prefix=prefix)
    if order is not None:
        known = await _numbers(conn, units, street)
        numbers = in_order(known, odd_from=order[0], even_from=order[1])
    if not numbers:
        raise NothingConcerned("số nhà", "house number")
    return Renumbering(units, street, alley, checked_numbers(numbers))


async def _numbers(conn: Connection, units: Sequence[UnitId], street: str) -> list[str]:
    params = {"base_key": thoroughfare_key(street), "communes": [each.code for each in units]}
    found = await rows(conn, QUERIES["numbers_of_street"], params)
    numbers = {number_key(each["number"]): each["number"] for each in found if each["number"]}
    return list(numbers.values())


async def locality_move(
    conn: Connection,
    day: date,
    commune: str,
    old: Locality,
    *,
    new: Locality | None = None,
    to: str | None = None,
) -> LocalityMove:
    """Give the spec of a move; ``new``, ``to`` None: it keeps its name, its commune.

    Raises:
        CommuneUnknown: a commune is not in force on the day.
        NothingConcerned: it would stay as it is.
    """
    (here,) = await _communes(conn, [commune], day)
    (there,) = (here,) if to is None else await _communes(conn, [to], day)
    kept = Locality(old.kind, clean("locality", old.name))
    named = kept if new is None else Locality(new.kind, clean("new", new.name))
    if named == kept and there == here:
        raise NothingConcerned("thay đổi", "change")
    return LocalityMove(here, kept, named, there)


async def _communes(conn: Connection, codes: Sequence[str], day: date) -> tuple[UnitId, ...]:
    if not codes:
        raise NothingConcerned("phường, xã", "commune")
    found = []
    for code in dict.fromkeys(codes):
        unit = await admin_units.find_unit(conn, code, day)
        if unit is None or unit.level is not Level.COMMUNE:
            raise CommuneUnknown(commune_code=code, day=day.isoformat())
        found.append(unit.id)
    return tuple(found)


def checked_area(area: Mapping[str, Any]) -> dict[str, Any]:
    """Give a polygon as it is kept.

    Raises:
        AreaInvalid: it is no polygon, not valid, or not in degrees.
    """
    try:
        shape = shapely.from_geojson(orjson.dumps(area))
    except (shapely.errors.ShapelyError, TypeError, orjson.JSONEncodeError):
        raise AreaInvalid("GeoJSON") from None
    if shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise AreaInvalid(str(shape.geom_type))
    if not shape.is_valid:
        raise AreaInvalid(shapely.is_valid_reason(shape))
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise AreaInvalid(f"{west}, {south}, {east}, {north}")
    kept: dict[str, Any] = orjson.loads(shapely.to_geojson(shape))
    return kept
