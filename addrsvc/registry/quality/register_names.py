"""The registers of names, kept in a process for rules: which streets and khu phố lie where."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from addrsvc.admin_units import registers
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, driver_connection, row, rows
from addrsvc.parsing.keys import locality_key, thoroughfare_key
from addrsvc.registry.model import Locality
from addrsvc.registry.quality.subject import StreetSaid

QUERIES = Queries("addrsvc.registry.quality")
log = structlog.get_logger()

_MOST_SAID: Final = 3
_CHECK_EVERY_S: Final = 60.0


_SERIAL: Final = re.compile(r"so \d+[a-z]?|[a-z]{1,3}\d+[a-z]?")


def is_serial(base_key: str | None) -> bool:
    """Tell whether a street is only numbered: such names stand in estate after estate.

    >>> is_serial("so 5"), is_serial("nk9"), is_serial("le loi"), is_serial("dt 743")
    (True, True, False, False)
    """
    return base_key is not None and _SERIAL.fullmatch(base_key) is not None


@dataclass(slots=True)
class RegisterNames:
    """Names in force, by key."""

    communes: dict[str, str] = field(default_factory=dict)
    """Full names of the communes in force, by code."""
    streets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Codes of communes by key of street."""
    with_streets: set[str] = field(default_factory=set)
    localities: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Keys by commune and kind."""
    lists: set[tuple[str, str]] = field(default_factory=set)
    """Communes and kinds with an official list: what is not in it is not known."""
    lines: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Numbers of thoroughfares whose line is loaded, by key."""

    def street(self, commune: str, key: str) -> StreetSaid:
        """Say whether a street is known in a commune, else where it is."""
        known = self.streets.get(key, set())
        if commune in known:
            return StreetSaid(is_known=True)
        if commune not in self.with_streets:
            return StreetSaid(is_known=None)
        if is_serial(key):
            return StreetSaid(is_known=False)
        names = sorted(self.communes[code] for code in known if code in self.communes)
        return StreetSaid(is_known=False, elsewhere=tuple(names[:_MOST_SAID]))

    def unknown_localities(self, commune: str, localities: Sequence[Locality]) -> tuple[str, ...]:
        """Give the names no list of the commune has, where there is a list of that kind."""
        unknown = []
        for each in localities:
            key = locality_key(each.kind, each.name)
            listed = commune, key.partition(":")[0]
            if listed in self.lists and key not in self.localities[listed]:
                unknown.append(each.name)
        return tuple(unknown)


async def load_names(conn: Connection) -> RegisterNames:
    """Read all names; inside a transaction. Under a second for a province."""
    names = RegisterNames()
    found = await registers.communes_of_today(conn)
    names.communes = {code: name for code, (_, name) in found.items()}
    async for each in registers.registered_names(await driver_connection(conn)):
        for name in (each.name, *each.aliases):
            if each.kind is None:
                names.streets[thoroughfare_key(name)].update(each.communes)
                names.with_streets.update(each.communes)
                continue
            key = locality_key(each.kind, name)
            for commune in each.communes:
                names.localities[commune, key.partition(":")[0]].add(key)
    for listed in await rows(conn, QUERIES["official_localities"], {}):
        names.lists.add((listed["commune_code"], listed["kind"]))
    for line in await rows(conn, QUERIES["thoroughfares_with_lines"], {}):
        names.lines[thoroughfare_key(line["name"])].append(line["thoroughfare_id"])
    return names


class NamesInMemory:
    """One process's copy, read anew some time after the registers change."""

    def __init__(self) -> None:
        self.names: RegisterNames | None = None
        """None: not read yet, so rules on streets are not asked."""
        self._stamp: str | None = None

    async def run(self, pool: AsyncConnectionPool) -> None:
        """Keep the copy up to date until cancelled; a database that is away is asked again."""
        while True:
            try:
                async with pool.connection() as conn:
                    await self.refresh(conn)
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("registers of names not read", error=type(error).__name__)
            await asyncio.sleep(_CHECK_EVERY_S)

    async def refresh(self, conn: Connection) -> None:
        """Read the names if they have changed."""
        found = await row(conn, QUERIES["names_stamp"], {})
        stamp = None if found is None else found["stamp"]
        if self.names is None or stamp != self._stamp:
            driver = await driver_connection(conn)
            async with driver.transaction():
                await driver.execute("SET LOCAL statement_timeout = 0")
                self.names = await load_names(driver)
            self._stamp = stamp
