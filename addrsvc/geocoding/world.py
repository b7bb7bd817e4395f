"""What one process geocodes with: names of units and places, kept fresh, and the probe."""

from __future__ import annotations

import asyncio
import gc
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from addrsvc.admin_units.conversion import Converter, Named
from addrsvc.admin_units.units_in_memory import LoadedUnits, UnitsInMemory
from addrsvc.clock import Clock, today
from addrsvc.db.doors import Doors, ReadPool
from addrsvc.db.rows import Connection
from addrsvc.geocoding.areas import Areas, load_areas
from addrsvc.geocoding.errors import GeocoderLoading
from addrsvc.geocoding.following import Follower
from addrsvc.geocoding.forward import World
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.loading import load
from addrsvc.geocoding.probe_queue import ProbeQueue
from addrsvc.geocoding.scopes import Resolver
from addrsvc.geocoding.turns import Batches
from addrsvc.parsing.lexicon import LexiconUnit
from addrsvc.parsing.model import Status, UnitMention, UnitReading
from addrsvc.parsing.reader import AddressReader
from addrsvc.parsing.tokens import tokenise
from addrsvc.types import Level, UnitId

log = structlog.get_logger("addrsvc")

_EVERY_S: Final = 5.0
"""How often it is looked up whether units changed or a new day began."""


class CodedUnits:
    """Units by their codes: a code alone names several in turn."""

    def __init__(self, units: Iterable[LexiconUnit], converter: Converter) -> None:
        self._by_code: dict[str, list[LexiconUnit]] = defaultdict(list)
        for unit in sorted(units, key=lambda each: each.id):
            self._by_code[unit.id.code].append(unit)
        self._converter = converter

    def parents(self) -> dict[UnitId, str | None]:
        """Give the code of the unit above each, of the same time."""
        return {unit.id: unit.parent_code for units in self._by_code.values() for unit in units}

    def describe(self, unit: UnitId) -> Named | None:
        """Give the full name and period of a unit."""
        known = self._converter.of_code(unit.code)
        return next((each for each in known if each.unit == unit), None)

    def find(self, level: Level, code: str, day: date) -> UnitMention | None:
        """Give the unit that has a code on a day, else the last that had it."""
        known = [each for each in self._by_code.get(code, ()) if each.level is level]
        if not known:
            return None
        unit = next((each for each in known if each.period.holds(day)), known[-1])
        named = self.describe(unit.id)
        name = named.name if named is not None else unit.name
        return UnitMention(level, unit.id, name, unit.kind, None, Status.CONFIRMED, ("code",))


@dataclass(frozen=True, slots=True)
class _Units:
    """What is in memory of the units, and what it was made from."""

    loaded: LoadedUnits
    day: date
    coded: CodedUnits
    resolver: Resolver
    areas: Areas


class Geocoder:
    """Everything one process geocodes with; ``run`` keeps it fresh."""

    def __init__(
        self, doors: Doors, clock: Clock, follower: Follower, units: UnitsInMemory
    ) -> None:
        self.probes = ProbeQueue(doors.lookups)
        self.batches = Batches()
        self._pool: ReadPool = doors.pool
        self._clock = clock
        self._follower = follower
        self._source = units
        self._units: _Units | None = None
        self._world: World | None = None
        self._is_set_aside = False

    @property
    def world(self) -> World:
        """Give what is in memory now.

        Raises:
            GeocoderLoading: it was not read yet.
        """
        gazetteer = self._follower.gazetteer
        if self._units is None or gazetteer is None:
            raise GeocoderLoading
        if self._world is None or self._world.gazetteer is not gazetteer:
            self._world = _world(self._units, gazetteer)
        return self._world

    async def run(self) -> None:
        """Follow changes of units until cancelled; a database that is away is asked again."""
        while True:
            try:
                async with self._pool.connection() as conn:
                    await self.refresh(conn)
                self.set_aside()
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("units not read", error=type(error).__name__)
            await asyncio.sleep(_EVERY_S)

    def set_aside(self) -> None:
        """Take what was read first out of the garbage collector's view, once.

        Millions of names stay as long as the process; each full collection would walk them, while
        everyone waits. Names read later stay in view, so that what they replace is given back.
        """
        if self._is_set_aside or self._units is None or self._follower.gazetteer is None:
            return
        gc.collect()
        gc.freeze()
        self._is_set_aside = True

    async def refresh(self, conn: Connection) -> None:
        """Read the units where they changed, or a new day began."""
        day = today(self._clock)
        loaded = await self._source.current(conn)
        known = self._units
        if known is not None and known.loaded is loaded and known.day == day:
            return
        self._units = await _load_units(conn, loaded, day)
        self._world = None


async def load_geocoder(doors: Doors, clock: Clock) -> Geocoder:
    """Read everything once, for a command; it is not kept fresh."""
    follower = Follower(doors.pool)
    geocoder = Geocoder(doors, clock, follower, UnitsInMemory())
    async with doors.pool.connection() as conn:
        await geocoder.refresh(conn)
        follower.gazetteer = await load(conn)
    geocoder.set_aside()
    return geocoder


async def _load_units(conn: Connection, loaded: LoadedUnits, day: date) -> _Units:
    areas = await load_areas(conn, day)
    units = [place.unit for place in loaded.lexicon.places if not place.former]
    coded = CodedUnits(units, loaded.converter)
    return _Units(loaded, day, coded, Resolver(loaded.converter, coded.parents()), areas)


def _world(units: _Units, gazetteer: Gazetteer) -> World:
    def read_units(text: str) -> tuple[UnitReading, ...]:
        return units.loaded.units.read(tokenise(text))

    def knows(key: str) -> bool:
        return gazetteer.knows("thoroughfare", key)

    return World(
        read=AddressReader(units.loaded.units, knows).read,
        read_units=read_units,
        find_unit=units.coded.find,
        resolve=units.resolver.resolve,
        describe=units.coded.describe,
        areas=units.areas,
        gazetteer=gazetteer,
        today=units.day,
    )
