"""Ask the registers of names: thoroughfares and localities."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import orjson
import psycopg

from addrsvc.admin_units.errors import LocalityNotFound, ThoroughfareNotFound
from addrsvc.admin_units.model import Locality, NameFilter, Thoroughfare
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, rows, stream
from addrsvc.parsing.normalise import name_key
from addrsvc.types import LonLat, UnitId

QUERIES = Queries("addrsvc.admin_units", "queries_registers.sql")

_STREAMED = 250
"""Rows fetched at a time where a whole register is read."""

_ANY: Row = dict.fromkeys(("id", "kind", "key", "unit", "day", "west", "south", "east", "north"))


async def list_thoroughfares(
    conn: Connection, wanted: NameFilter, *, after: int = 0, limit: int = 100
) -> tuple[list[Thoroughfare], int | None]:
    """List thoroughfares in order of number; the second value is the next page's cursor."""
    params = _params(wanted, after, limit)
    found = [_thoroughfare(row) for row in await rows(conn, QUERIES["thoroughfares"], params)]
    return found[:limit], found[limit - 1].thoroughfare_id if len(found) > limit else None


async def get_thoroughfare(conn: Connection, thoroughfare_id: int) -> Thoroughfare:
    """Give one thoroughfare.

    Raises:
        ThoroughfareNotFound: none has this number.
    """
    params = _ANY | {"id": thoroughfare_id, "after": 0, "limit": 1}
    found = await rows(conn, QUERIES["thoroughfares"], params)
    if not found:
        raise ThoroughfareNotFound(thoroughfare_id=thoroughfare_id)
    return _thoroughfare(found[0])


async def list_localities(
    conn: Connection, wanted: NameFilter, *, after: int = 0, limit: int = 100
) -> tuple[list[Locality], int | None]:
    """List localities in order of number; the second value is the next page's cursor."""
    params = _params(wanted, after, limit)
    found = [_locality(row) for row in await rows(conn, QUERIES["localities"], params)]
    return found[:limit], found[limit - 1].locality_id if len(found) > limit else None


async def get_locality(conn: Connection, locality_id: int) -> Locality:
    """Give one locality.

    Raises:
        LocalityNotFound: none has this number.
    """
    params = _ANY | {"id": locality_id, "after": 0, "limit": 1}
    found = await rows(conn, QUERIES["localities"], params)
    if not found:
        raise LocalityNotFound(locality_id=locality_id)
    return _locality(found[0])


@dataclass(frozen=True, slots=True)
class RegisteredName:
    """A name in a register, and where it may be today."""

    kind: str | None
    """Of a locality; None: a thoroughfare."""
    name: str
    aliases: tuple[str, ...]
    communes: tuple[str, ...]
    """Codes of present communes; several: it runs through them, or the list says no more."""
    centre: LonLat | None = None


async def registered_names(conn: psycopg.AsyncConnection[Any]) -> AsyncIterator[RegisteredName]:
    """Give every name in force, thoroughfares first; streamed, so inside a transaction."""
    streets = stream(conn, QUERIES["thoroughfare_names"], piece=_STREAMED)
    async for name, communes, aliases in streets:
        yield RegisteredName(None, name, tuple(aliases), tuple(communes))
    localities = stream(conn, QUERIES["locality_names"], piece=_STREAMED)
    async for kind, name, lon, lat, communes, aliases in localities:
        centre = None if lon is None else LonLat(lon, lat)
        yield RegisteredName(kind, name, tuple(aliases), tuple(communes), centre)


async def communes_of_today(conn: Connection) -> dict[str, tuple[str, str]]:
    """Give province code and full name of every commune in force, by code."""
    found = await rows(conn, QUERIES["communes_of_today"], {})
    return {each["code"]: (each["parent_code"], each["full_name"]) for each in found}


def _params(wanted: NameFilter, after: int, limit: int) -> Row:
    box = wanted.bbox
    window = {} if box is None else asdict(box)
    return _ANY | {
        "kind": wanted.kind,
        "key": name_key(wanted.name) if wanted.name else None,
        "unit": wanted.unit,
        "day": wanted.day,
        "after": after,
        "limit": limit + 1,
        **window,
    }


def _unit_id(text: str) -> UnitId:
    code, _, day = text.partition("@")
    return UnitId(code, date.fromisoformat(day))


def _thoroughfare(row: Row) -> Thoroughfare:
    return Thoroughfare(
        thoroughfare_id=row["thoroughfare_id"],
        name=row["name"],
        kind=row["kind"],
        status=row["status"],
        segment_from=row["segment_from"],
        segment_to=row["segment_to"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        source=row["source"],
        licence=row["licence"],
        areas=tuple(_unit_id(area) for area in row["areas"]),
        aliases=tuple(row["aliases"]),
        line=orjson.loads(row["line"]) if row["line"] else None,
    )


def _locality(row: Row) -> Locality:
    return Locality(
        locality_id=row["locality_id"],
        name=row["name"],
        kind=row["kind"],
        status=row["status"],
        commune=UnitId(row["commune_code"], row["commune_valid_from"]),
        centre=LonLat(row["lon"], row["lat"]) if row["lon"] is not None else None,
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        source=row["source"],
        licence=row["licence"],
        aliases=tuple(row["aliases"]),
    )
