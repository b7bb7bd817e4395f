"""Read the gazetteer: from addresses in use, from the registers of names, from named objects.

Rows come in streams, and the event loop is given back between their pieces, so that a worker
answers while it reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.rows import tuple_row

from addrsvc.admin_units import registers
from addrsvc.db.rows import Connection, driver_connection
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Place, PlaceKind
from addrsvc.geocoding.probe import QUERIES
from addrsvc.parsing.keys import locality_key, thoroughfare_key
from addrsvc.parsing.normalise import name_key
from addrsvc.types import LonLat

_PIECE = 250
"""Rows between two moments at which the event loop is free."""

_READING_ALL: tuple[LiteralString, ...] = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL cursor_tuple_fraction = 1",  # a cursor's plan is made for its first rows else
    "SET LOCAL work_mem = '128MB'",  # groups of all streets fit; 30 s become 5 for 5 million
)

_PlaceRow = tuple[str, str, int, float | None, float | None, float | None, dict[str, Any] | None]


async def load(conn: Connection) -> Gazetteer:
    """Read every name there is; takes seconds for millions of addresses, see ``bench gazetteer``.

    Names of registers come first, so that what addresses say of the same place stands.
    """
    driver = await driver_connection(conn)
    communes = await registers.communes_of_today(conn)
    gazetteer = Gazetteer(
        {code: province for code, (province, _) in communes.items()},
        {code: name for code, (_, name) in communes.items()},
    )
    async with driver.transaction():
        for setting in _READING_ALL:
            await driver.execute(setting)
        await _add_registers(driver, gazetteer)
        async for row in _stream(driver, QUERIES["all_places"]):
            place = place_of(row)
            if place is not None:
                gazetteer.add(place)
        async for code, commune, name, lon, lat in _stream(driver, QUERIES["named_addresses"]):
            gazetteer.add(organisation(code, commune, name, lon, lat))
    return gazetteer


async def _stream(
    driver: psycopg.AsyncConnection[Any], statement: LiteralString
) -> AsyncIterator[Any]:
    async with driver.cursor("gazetteer", row_factory=tuple_row) as cursor:
        await cursor.execute(statement)
        while piece := await cursor.fetchmany(_PIECE):
            for row in piece:
                yield row
            await asyncio.sleep(0)


async def _add_registers(driver: psycopg.AsyncConnection[Any], gazetteer: Gazetteer) -> None:
    others: list[tuple[PlaceKind, str, str, str, str]] = []
    count = 0
    async for named in registers.registered_names(driver):
        kind: PlaceKind = "thoroughfare" if named.kind is None else "locality"
        key = _key(named.kind, named.name)
        for commune in named.communes:
            gazetteer.add(Place(kind, key, named.name, commune, 0, named.centre))
            others += [
                (kind, _key(named.kind, alias), alias, key, commune) for alias in named.aliases
            ]
        count += len(named.communes)
        if count >= _PIECE:
            count = 0
            await asyncio.sleep(0)
    for kind, *alias in others:
        gazetteer.names(kind).put_alias(*alias)


def _key(locality_kind: str | None, name: str) -> str:
    return thoroughfare_key(name) if locality_kind is None else locality_key(locality_kind, name)


def place_of(row: _PlaceRow) -> Place | None:
    """Make the place of a row of ``all_places``; None: nothing names it (any more)."""
    key, commune, addresses, lon, lat, spread_m, components = row
    kind: PlaceKind = "locality" if ":" in key else "thoroughfare"
    name = _name(key, components or {})
    if name is None:
        return None
    centre = None if lon is None or lat is None else LonLat(lon, lat)
    return Place(kind, key, name, commune, addresses, centre, spread_m=spread_m)


def _name(key: str, components: dict[str, Any]) -> str | None:
    """Give the name an address prints for its key; an alley before a street's name is no part."""
    if ":" in key:
        localities: Sequence[Sequence[str]] = components.get("localities", ())
        named = (name for kind, name in localities if locality_key(kind, name) == key)
        return next(named, None)
    name: str | None = components.get("thoroughfare")
    if name is not None and thoroughfare_key(name) != key:
        return " ".join(name.split()[-len(key.split()) :])
    return name


def organisation(code: str, commune: str, name: str, lon: float | None, lat: float | None) -> Place:
    """Make the place of a named address."""
    centre = None if lon is None or lat is None else LonLat(lon, lat)
    return Place("organisation", name_key(name), name, commune, 1, centre, code)
