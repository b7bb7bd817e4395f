"""The only place where the benchmarks call what they judge: change it when those calls do."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from addrsvc.admin_units import converting
from addrsvc.admin_units.conversion_errors import CommuneNotNamed, UnitCodeUnknown
from addrsvc.admin_units.converting import Asked
from addrsvc.admin_units.errors import UnitNotFound
from addrsvc.admin_units.model import KNOWN_FROM
from addrsvc.admin_units.units_in_memory import LoadedUnits, UnitsInMemory
from addrsvc.clock import FixedClock
from addrsvc.db.doors import Doors, open_doors
from addrsvc.geocoding import autocomplete, calibration, forward, reverse
from addrsvc.geocoding.answers import Match, Query
from addrsvc.geocoding.autocomplete import Typed
from addrsvc.geocoding.commune_completions import CommuneCompletions
from addrsvc.geocoding.completions import Completions
from addrsvc.geocoding.world import Geocoder, load_geocoder
from addrsvc.parsing.keys import base_key
from addrsvc.parsing.model import ComponentType, Parsed, UnitMention
from addrsvc.settings import Settings
from addrsvc.types import LonLat
from benchmarks.scoring import ReadLevel

TODAY = date(2026, 1, 1)
_RADIUS_M = 1_000.0
"""What ``/v1/reverse`` takes unless told."""
_NOON = datetime(2026, 1, 1, 5, tzinfo=UTC)
_NO_CAP = 10_000_000


@dataclass(frozen=True, slots=True)
class Told:
    """The first place an answer names."""

    code: str | None
    """Digital address code; None: nothing as fine as a registered address."""
    level: str
    commune: str
    """Code; empty: nothing as fine as a commune."""
    confidence: float
    inputs: dict[str, float]
    """What confidence is worked out from, by the names of ``calibration.WEIGHTS``."""
    share: float


class Product:
    """The service's own geocoder on a database, in this process."""

    def __init__(self, doors: Doors, geocoder: Geocoder, units: LoadedUnits) -> None:
        self._doors, self._geocoder, self._units = doors, geocoder, units
        self._completions = Completions(geocoder.world.gazetteer)
        self._communes = CommuneCompletions(geocoder.world.areas, geocoder.world.gazetteer)
        self._memory = UnitsInMemory()

    def read(self, text: str) -> Parsed:
        """Read a text as an address."""
        return self._geocoder.world.read(text)

    def house_number(self, text: str) -> str | None:
        """Give the house number a text has."""
        found = self.read(text).first(ComponentType.HOUSE_NUMBER)
        return None if found is None else found.value

    def for_addok(self, text: str, *, only_street: bool) -> tuple[str, list[str]]:
        """Give the number of a text, and the words of its parts below the province, inner first.

        ``only_street``: no more than street and commune; the locality where there is no street.
        """
        parsed = self.read(text)
        number = parsed.first(ComponentType.HOUSE_NUMBER)
        named = [*parsed.all(ComponentType.THOROUGHFARE), *parsed.all(ComponentType.LOCALITY)]
        words = [key_words(each.key) for each in (named[:1] if only_street else named)]
        words += [each.value for each in parsed.all(ComponentType.COMMUNE)]
        if not only_street:
            words += [each.value for each in parsed.all(ComponentType.DISTRICT)]
        return ("" if number is None else number.value), words

    def levels(self, text: str) -> dict[str, ReadLevel]:
        """Give the units a text names, by the best reading."""
        readings = self.read(text).units
        if not readings:
            return {}
        best = readings[0]
        return {
            "province": _level(best.province),
            "district": _level(best.district),
            "ward": _level(best.commune),
        }

    async def tell(self, text: str) -> Told | None:
        """Give the first place for a text; None: nothing found."""
        answer = await forward.geocode(self._geocoder.probes, self._geocoder.world, _query(text))
        return _told(answer.matches[0]) if answer.matches else None

    async def geocode(self, text: str) -> str | None:
        """Do what a caller in the process does, nothing else: the call that is timed."""
        answer = await forward.geocode(self._geocoder.probes, self._geocoder.world, _query(text))
        return answer.matches[0].candidate.code if answer.matches else None

    async def present(self, text: str) -> list[str]:
        """Give the codes of the present communes a text may mean, as a verdict does."""
        world = self._geocoder.world
        answer = await forward.geocode(self._geocoder.probes, world, _query(text))
        return [each.unit.code for each in forward.validate(world, answer).present]

    async def complete(self, text: str) -> object:
        """Complete what is typed so far, the caret at its end."""
        typed = Typed(text, len(text))
        return await autocomplete.complete(
            self._doors.pool, self._completions, self._communes, typed
        )

    async def whereabouts(self, point: LonLat) -> object:
        """Say where a point is and which addresses are near."""
        async with self._doors.lookups.connection() as conn:
            return await reverse.reverse(
                conn, self._memory, point, TODAY, today=TODAY, limit=5, radius_m=_RADIUS_M
            )

    async def convert(self, text: str, *, point: LonLat | None = None) -> list[tuple[str, str]]:
        """Convert a former commune by its names: present codes, each with its certainty."""
        try:
            return await self._converted(Asked(text=text, point=point))
        except CommuneNotNamed:
            return []

    async def convert_code(self, code: str) -> list[tuple[str, str]]:
        """Convert a former commune by the code it had until June 2025."""
        try:
            return await self._converted(Asked(code=code, since=KNOWN_FROM))
        except (UnitCodeUnknown, UnitNotFound):
            return []

    async def _converted(self, asked: Asked) -> list[tuple[str, str]]:
        async with self._doors.pool.connection() as conn:
            found = await converting.convert(conn, self._units, asked, TODAY)
        return [(each.unit.code, each.certainty.value) for each in found.conversion.present]


def key_words(key: str) -> str:
    """Write a search key as words.

    >>> key_words("khu_pho:binh phu"), key_words("cach mang thang 8")
    ('khu pho binh phu', 'cach mang thang 8')
    """
    return key.replace(":", " ").replace("_", " ")


def name_words(kind: str, name: str) -> str:
    """Write the search key of a street or locality as words."""
    street = name if kind == "street" else None
    return key_words(base_key(street, [] if street else [(kind, name)]) or "")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Product]:
    """Open the geocoder on a database as a worker of the service does."""
    doors = await open_doors(Settings.model_validate({"database_url": url}))
    try:
        geocoder = await load_geocoder(doors, FixedClock(_NOON))
        async with doors.pool.connection() as conn:
            units = await UnitsInMemory().current(conn)
        yield Product(doors, geocoder, units)
    finally:
        await doors.close()


def _query(text: str) -> Query:
    return Query(at=TODAY, text=text, limit=5)


def _level(mention: UnitMention | None) -> ReadLevel:
    if mention is None:
        return ReadLevel("", is_written=False)
    return ReadLevel(mention.name, is_written=mention.span is not None)


def _told(match: Match) -> Told:
    found = match.candidate
    return Told(
        found.code,
        found.features.level.value,
        found.area.code if found.area.province is not None else "",
        match.confidence,
        calibration.vector(found.features),
        found.features.share,
    )


def forget() -> None:
    """Empty every cache of the service's own functions: names, keys, conversions."""
    for each in gc.get_objects():
        if isinstance(each, _CACHE) and (each.__module__ or "").startswith("addrsvc."):
            each.cache_clear()


_CACHE = type(lru_cache(lambda: None))
