"""Read the gazetteer: from addresses in use, from the registers of names, from named objects.

Rows come in streams, and the event loop is given back between their pieces, so that a worker
answers while it reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg

from addrsvc.admin_units import registers
from addrsvc.db.rows import Connection, driver_connection, stream
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Place, PlaceKind
from addrsvc.geocoding.probe import QUERIES
from addrsvc.parsing.keys import locality_key, search_keys, thoroughfare_key
from addrsvc.parsing.normalise import name_key
from addrsvc.types import LonLat

_PIECE = 250
"""Rows between two moments at which the event loop is free."""

_DIGIT = re.compile(r"\d")
"""Every alley has one; most streets have none, and their keys need not be made again."""

_READING_ALL: tuple[LiteralString, ...] = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL cursor_tuple_fraction = 1",  # a cursor's plan is made for its first rows else
    "SET LOCAL work_mem = '128MB'",  # groups of all streets fit; 30 s become 5 for 5 million
)


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
        async for row in stream(driver, QUERIES["all_places"], piece=_PIECE):
            place = place_of(row)
            if place is not None:
                gazetteer.add(place)
        async for key, commune, lon, lat, spread_m, past in stream(
            driver, QUERIES["former_places"], piece=_PIECE
        ):
            place = former_place(key, commune, _point(lon, lat), spread_m, past or ())
            if place is not None:
                gazetteer.add_former(place)
        named = stream(driver, QUERIES["named_addresses"], piece=_PIECE)
        async for code, commune, name, lon, lat in named:
            gazetteer.add(organisation(code, commune, name, lon, lat))
    return gazetteer


async def _add_registers(driver: psycopg.AsyncConnection[Any], gazetteer: Gazetteer) -> None:
    others: list[tuple[PlaceKind, str, str, str, str]] = []
    async for named in registers.registered_names(driver):
        kind: PlaceKind = "thoroughfare" if named.kind is None else "locality"
        key = _key(named.kind, named.name)
        for commune in named.communes:
            gazetteer.add(Place(kind, key, named.name, commune, 0, named.centre))
            others += [
                (kind, _key(named.kind, alias), alias, key, commune) for alias in named.aliases
            ]
    for kind, *alias in others:
        gazetteer.names(kind).put_alias(*alias)


def _key(locality_kind: str | None, name: str) -> str:
    return thoroughfare_key(name) if locality_kind is None else locality_key(locality_kind, name)


def place_of(row: tuple[Any, ...]) -> Place | None:
    """Make the place of a row of ``all_places``; None: nothing names it (any more)."""
    key, commune, addresses, lon, lat, spread_m, components = row
    kind: PlaceKind = "locality" if ":" in key else "thoroughfare"
    name = _name(key, components or {})
    if name is None:
        return None
    return Place(kind, key, name, commune, addresses, _point(lon, lat), spread_m=spread_m)


def former_place(
    key: str,
    commune: str,
    centre: LonLat | None,
    spread_m: float | None,
    past: Sequence[dict[str, Any]],
) -> Place | None:
    """Make the place of a former key, named as the first of past components that has the key.

    None: they were written by other rules, and none has it.
    """
    for components in past:
        street = components.get("thoroughfare")
        localities = components.get("localities", ())
        if search_keys(components.get("house_number"), street, localities)[0] == key:
            name = _name(key, components)
            kind: PlaceKind = "locality" if ":" in key else "thoroughfare"
            return (
                None
                if name is None
                else Place(kind, key, name, commune, 0, centre, spread_m=spread_m)
            )
    return None


def _point(lon: float | None, lat: float | None) -> LonLat | None:
    return None if lon is None or lat is None else LonLat(lon, lat)


def _name(key: str, components: dict[str, Any]) -> str | None:
    """Give the name an address prints for its key; an alley before a street's name is no part."""
    if ":" in key:
        localities: Sequence[Sequence[str]] = components.get("localities", ())
        named = (name for kind, name in localities if locality_key(kind, name) == key)
        return next(named, None)
    name: str | None = components.get("thoroughfare")
    if name is not None and _DIGIT.search(name) and thoroughfare_key(name) != key:
        return " ".join(name.split()[-len(key.split()) :])
    return name


def organisation(code: str, commune: str, name: str, lon: float | None, lat: float | None) -> Place:
    """Make the place of a named address."""
    return Place("organisation", name_key(name), name, commune, 1, _point(lon, lat), code)
