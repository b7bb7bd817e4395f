"""Names, links and split communes of all units, kept in a process and read anew on change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from addrsvc.admin_units.conversion import Converter, Named
from addrsvc.admin_units.model import LinkKind
from addrsvc.admin_units.names_in_memory import load_unit_lexicon
from addrsvc.admin_units.split_localities import (
    SplitLocalities,
    SplitLocality,
    read_split_localities,
)
from addrsvc.admin_units.succession import Link, Succession
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, row, rows
from addrsvc.parsing.keys import locality_key
from addrsvc.parsing.lexicon import UnitLexicon
from addrsvc.parsing.reader import AddressReader
from addrsvc.parsing.units import UnitReader
from addrsvc.types import UnitId, ValidPeriod

QUERIES = Queries("addrsvc.admin_units", "queries_conversion.sql")


@dataclass(frozen=True, slots=True)
class LoadedUnits:
    """What is asked about units."""

    converter: Converter
    lexicon: UnitLexicon
    units: UnitReader
    """Reads the units a text names."""
    reader: AddressReader
    """Reads whole addresses, with the khu phố and ấp that settle a split."""


class UnitsInMemory:
    """One process's copy: some 14,000 units, half a second to read."""

    def __init__(self, *, check_every_s: float = 5.0) -> None:
        self._check_every_s = check_every_s
        self._checked_s = float("-inf")
        self._stamp: str | None = None
        self._loaded: LoadedUnits | None = None
        self._table = read_split_localities()
        self._open_codes = SplitLocalities(self._table).open_codes()
        self._reading = asyncio.Lock()

    async def current(self, conn: Connection) -> LoadedUnits:
        """Give the units; whether they changed is looked up at most every few seconds."""
        async with self._reading:
            now_s = asyncio.get_running_loop().time()
            if self._loaded is None or now_s - self._checked_s >= self._check_every_s:
                found = await row(conn, QUERIES["units_stamp"], {"codes": self._open_codes})
                stamp = found["stamp"] if found is not None else None
                if self._loaded is None or stamp != self._stamp:
                    self._loaded = await self._read(conn)
                self._stamp, self._checked_s = stamp, now_s
            return self._loaded

    async def _read(self, conn: Connection) -> LoadedUnits:
        converter = await load_converter(conn, self._table, self._open_codes)
        lexicon = await load_unit_lexicon(conn)
        units = UnitReader(lexicon)
        return LoadedUnits(converter, lexicon, units, AddressReader(units))


async def load_converter(
    conn: Connection,
    table: tuple[SplitLocality, ...],
    open_codes: list[str],
) -> Converter:
    """Read every unit and link into a converter."""
    units: dict[UnitId, Named] = {}
    for each in await rows(conn, QUERIES["units_to_convert"], {}):
        unit = UnitId(each["code"], each["valid_from"])
        units[unit] = Named(
            unit, each["full_name"], ValidPeriod(each["valid_from"], each["valid_to"])
        )
    links = [
        (
            UnitId(each["from_code"], each["from_valid_from"]),
            Link(
                to=UnitId(each["to_code"], each["to_valid_from"]),
                kind=LinkKind(each["kind"]),
                share=each["share_of_from"],
                instrument=each["instrument"],
            ),
        )
        for each in await rows(conn, QUERIES["links_to_convert"], {})
    ]
    known = [
        (each["commune_code"], locality_key(each["kind"], each["name"]))
        for each in await rows(conn, QUERIES["known_localities"], {"codes": open_codes})
    ]
    periods = {unit: each.period for unit, each in units.items()}
    return Converter(units, Succession(periods, links), SplitLocalities(table, known))
