"""Names, links and split communes of all units, kept in a process and read anew on change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from addrsvc.admin_units.conversion import Converter, Named
from addrsvc.admin_units.model import LinkKind
from addrsvc.admin_units.names_in_memory import load_unit_lexicon
from addrsvc.admin_units.split_localities import SplitLocalities, read_split_localities
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


async def read_units(conn: Connection) -> LoadedUnits:
    """Read every unit and link: half a second; keep the result."""
    converter = await converter_of(conn, await _registered_links(conn))
    lexicon = await load_unit_lexicon(conn)
    units = UnitReader(lexicon)
    return LoadedUnits(converter, lexicon, units, AddressReader(units))


class UnitsInMemory:
    """One process's copy: some 14,000 units, half a second to read."""

    def __init__(
        self,
        *,
        check_every_s: float = 5.0,
        read: Callable[[Connection], Awaitable[LoadedUnits]] = read_units,
    ) -> None:
        """``read`` gives the units as they stand; it may know them already."""
        self._check_every_s = check_every_s
        self._checked_s = float("-inf")
        self._stamp: str | None = None
        self._loaded: LoadedUnits | None = None
        self._read = read
        self._open_codes = SplitLocalities(read_split_localities()).open_codes()
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


async def converter_of(conn: Connection, links: Sequence[tuple[UnitId, Link]]) -> Converter:
    """Read every unit into a converter that follows these links and none else."""
    table = read_split_localities()
    units: dict[UnitId, Named] = {}
    for each in await rows(conn, QUERIES["units_to_convert"], {}):
        unit = UnitId(each["code"], each["valid_from"])
        units[unit] = Named(
            unit, each["full_name"], ValidPeriod(each["valid_from"], each["valid_to"])
        )
    codes = SplitLocalities(table).open_codes()
    known = [
        (each["commune_code"], locality_key(each["kind"], each["name"]))
        for each in await rows(conn, QUERIES["known_localities"], {"codes": codes})
    ]
    periods = {unit: each.period for unit, each in units.items()}
    return Converter(units, Succession(periods, links), SplitLocalities(table, known))


async def _registered_links(conn: Connection) -> list[tuple[UnitId, Link]]:
    return [
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
