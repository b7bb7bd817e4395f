"""Settle the commune and position of rows, by the rules of one address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from addrsvc.admin_units.commune_text import CommuneMatch, CommuneNames
from addrsvc.admin_units.model import AdminUnit, LocatedCommune
from addrsvc.admin_units.names_in_memory import load_commune_names
from addrsvc.db.rows import Connection, row, rows
from addrsvc.errors import AddrsvcError
from addrsvc.registry.bulk.communes import QUERIES, Communes
from addrsvc.registry.bulk.model import Prepared
from addrsvc.registry.bulk.row_errors import CommuneNotRecognised, CommuneUnclear
from addrsvc.registry.errors import CommuneUnknown, NothingToLocate
from addrsvc.registry.locating import Located, settled
from addrsvc.registry.model import Marks, Method, Position
from addrsvc.types import LonLat

_NAMES_KEPT = 20_000
_ACCURACY_LIMIT_M = 100_000.0


class Placer:
    """Places the rows of one run; what the registers say is asked once and kept."""

    def __init__(self, day: date) -> None:
        self._day = day
        self.communes = Communes(day)
        self._names: CommuneNames | None = None
        self._matches: dict[str, CommuneMatch] = {}
        self._streets_known: bool | None = None

    async def place(
        self, conn: Connection, prepared: Sequence[Prepared]
    ) -> list[Located | AddrsvcError]:
        """Give for each row where it lies, or why that cannot be said."""
        stated: list[AdminUnit | AddrsvcError | None] = []
        found = await self._found(conn, prepared)
        for each, commune in zip(prepared, found, strict=True):
            stated.append(await self._stated(conn, each, commune))
        streets = await self._streets(conn, prepared, stated)
        placed: list[Located | AddrsvcError] = []
        for each, commune, unit, street in zip(prepared, found, stated, streets, strict=True):
            if isinstance(unit, AddrsvcError):
                placed.append(unit)
                continue
            try:
                placed.append(_settled(each, commune, unit, street))
            except AddrsvcError as error:
                placed.append(error)
        return placed

    async def _found(
        self, conn: Connection, prepared: Sequence[Prepared]
    ) -> list[LocatedCommune | None]:
        at = [index for index, each in enumerate(prepared) if each.position is not None]
        positions = [each.position for each in prepared if each.position is not None]
        found: list[LocatedCommune | None] = [None] * len(prepared)
        lons, lats = [p.point.lon for p in positions], [p.point.lat for p in positions]
        for index, commune in zip(at, await self.communes.at(conn, lons, lats), strict=True):
            found[index] = commune
        return found

    async def _stated(
        self, conn: Connection, each: Prepared, found: LocatedCommune | None
    ) -> AdminUnit | AddrsvcError | None:
        """Give the commune a row names, by code, by name, or in its free text."""
        code = each.stated
        if code is None and each.unit_text is None and each.position is not None:
            return None
        if code is not None and found is not None and found.code == code:
            return None
        try:
            if code is None:
                code = await self._code_of_words(conn, each, found)
                if code is None:
                    return None
            return await self.communes.unit(conn, code)
        except AddrsvcError as error:
            return error

    async def _code_of_words(
        self, conn: Connection, each: Prepared, found: LocatedCommune | None
    ) -> str | None:
        """Resolve a named commune; None: the position decides among the ones it may be.

        Raises:
            NothingToLocate: the row has no words either.
            CommuneUnclear, CommuneNotRecognised: the words do not settle it.
        """
        text = each.unit_text or each.document.get("text")
        if text is None:
            raise NothingToLocate
        match = await self._match(conn, text)
        if each.unit_text is not None and match.verdict == "none" and "text" in each.document:
            match = await self._match(conn, each.document["text"])
        codes = [unit.code for unit in match.communes]
        if found is not None and found.code in codes:
            return None
        if match.verdict == "certain":
            return codes[0]
        if not codes:
            raise CommuneNotRecognised
        names = [await self._named(conn, code) for code in codes]
        raise CommuneUnclear(candidates="; ".join(names))

    async def _named(self, conn: Connection, code: str) -> str:
        try:
            unit = await self.communes.unit(conn, code)
        except CommuneUnknown:
            return code
        return f"{unit.full_name} ({code})"

    async def _match(self, conn: Connection, text: str) -> CommuneMatch:
        match = self._matches.get(text)
        if match is None:
            if self._names is None:
                self._names = await load_commune_names(conn)
            match = self._names.resolve(text, self._day)
            if len(self._matches) >= _NAMES_KEPT:
                self._matches.clear()
            self._matches[text] = match
        return match

    async def _streets(
        self,
        conn: Connection,
        prepared: Sequence[Prepared],
        stated: Sequence[AdminUnit | AddrsvcError | None],
    ) -> list[Position | None]:
        """Give for rows without a position a point on their street, where one is registered."""
        wanted: dict[tuple[str, str], list[int]] = {}
        for index, (each, unit) in enumerate(zip(prepared, stated, strict=True)):
            if each.position is None and each.thoroughfare_key and isinstance(unit, AdminUnit):
                wanted.setdefault((unit.code, each.thoroughfare_key), []).append(index)
        streets: list[Position | None] = [None] * len(prepared)
        if not wanted or not await self._any_line(conn):
            return streets
        params = {
            "communes": [commune for commune, _ in wanted],
            "keys": [key for _, key in wanted],
            "day": self._day,
        }
        found = await rows(conn, QUERIES["street_points"], params)
        within = await self.communes.at(
            conn, [each["lon"] for each in found], [each["lat"] for each in found]
        )
        for street, commune in zip(found, within, strict=True):
            if commune is None or commune.code != street["commune"]:
                continue  # the middle of a long street may lie next door
            for index in wanted[street["commune"], street["key"]]:
                streets[index] = _street_position(street["lon"], street["lat"], street["reach_m"])
        return streets

    async def _any_line(self, conn: Connection) -> bool:
        if self._streets_known is None:
            self._streets_known = await row(conn, QUERIES["any_street_line"], {}) is not None
        return self._streets_known


def _street_position(lon: float, lat: float, reach_m: float) -> Position:
    point = LonLat(round(lon, 7), round(lat, 7))
    reach = float(min(round(reach_m), _ACCURACY_LIMIT_M))
    return Position(point, reach, Method.THOROUGHFARE_CENTRE, Marks.AREA)


def _settled(
    each: Prepared, found: LocatedCommune | None, unit: AdminUnit | None, street: Position | None
) -> Located:
    position = each.position
    located = settled(position, found, unit)
    if position is None and street is not None:
        return replace(located, position=street)
    return located
