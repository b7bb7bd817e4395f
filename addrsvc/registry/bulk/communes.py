"""Find the communes of many points at once, by the same pieces and rule as one point's.

Pieces are fetched by tile where rows lie and kept for the run, so that a province needs a few
megabytes and a country no more than the cap. They are those in force when they were fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from addrsvc.admin_units import service as admin_units
from addrsvc.admin_units.model import AdminUnit, LocatedCommune
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, rows
from addrsvc.registry.errors import CommuneUnknown
from addrsvc.types import Level

QUERIES = Queries("addrsvc.registry.bulk")

_TILE_DEG: Final = 0.125
_VERTEX_LIMIT: Final = 1_500_000
"""Corners kept in memory, 16 bytes each; beyond, tiles are fetched anew."""

_Rank = tuple[bool, str, date]


class Communes:
    """Communes by place and by code on one day."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._tiles: set[tuple[int, int]] = set()
        self._vertices = 0
        self._shapes: dict[bytes, _Rank] = {}
        self._ranks: list[_Rank] = []
        self._tree: shapely.STRtree | None = None
        self._units: dict[str, AdminUnit | None] = {}
        self._located: dict[_Rank, LocatedCommune] = {}
        self._provinces: dict[str, str] = {}

    async def at(
        self, conn: Connection, lons: Sequence[float], lats: Sequence[float]
    ) -> list[LocatedCommune | None]:
        """Give the commune of each point, EPSG:4326; None where there is none."""
        if not lons:
            return []
        xs, ys = np.asarray(lons), np.asarray(lats)
        await self._fetch(conn, xs, ys)
        found: list[LocatedCommune | None] = [None] * len(lons)
        for index, rank in self._ranked(xs, ys).items():
            located = self._located.get(rank)
            if located is None:
                located = await self._describe(conn, rank)
            found[index] = located
        return found

    async def unit(self, conn: Connection, code: str) -> AdminUnit:
        """Give the commune that has a code.

        Raises:
            CommuneUnknown: no commune has it.
        """
        if code not in self._units:
            self._units[code] = await admin_units.find_unit(conn, code, self._day)
        unit = self._units[code]
        if unit is None or unit.level is not Level.COMMUNE:
            raise CommuneUnknown(commune_code=code, day=self._day.isoformat())
        return unit

    async def _fetch(
        self, conn: Connection, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]
    ) -> None:
        tiles = np.unique(np.floor(np.column_stack([xs, ys]) / _TILE_DEG).astype(int), axis=0)
        missing = {(int(x), int(y)) for x, y in tiles} - self._tiles
        if not missing:
            return
        if self._vertices > _VERTEX_LIMIT:
            self._tiles, self._vertices, self._shapes = set(), 0, {}
            missing = {(int(x), int(y)) for x, y in tiles}
        found = await rows(
            conn,
            QUERIES["pieces_of_tiles"],
            {
                "day": self._day,
                "side": _TILE_DEG,
                "wests": [x * _TILE_DEG for x, _ in missing],
                "souths": [y * _TILE_DEG for _, y in missing],
            },
        )
        for row in found:
            rank = (row["indicative"], row["code"], row["valid_from"])
            self._shapes[bytes(row["piece"])] = rank
        self._tiles |= missing
        shapes = shapely.from_wkb(list(self._shapes))
        self._ranks = list(self._shapes.values())
        self._vertices = int(shapely.get_num_coordinates(shapes).sum())
        self._tree = shapely.STRtree(shapes)

    def _ranked(self, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> dict[int, _Rank]:
        """Give for each point covered the piece that counts: a boundary first, then by code."""
        if self._tree is None or not self._ranks:
            return {}
        points, pieces = self._tree.query(shapely.points(xs, ys), predicate="intersects")
        best: dict[int, _Rank] = {}
        ranks = self._ranks
        for point, piece in zip(points.tolist(), pieces.tolist(), strict=True):
            rank = ranks[piece]
            known = best.get(point)
            if known is None or rank < known:
                best[point] = rank
        return best

    async def _describe(self, conn: Connection, rank: _Rank) -> LocatedCommune:
        indicative, code, valid_from = rank
        unit = await self.unit(conn, code)
        province: Any = await admin_units.find_unit(conn, unit.parent_code or "", self._day)
        located = LocatedCommune(
            code=code,
            valid_from=valid_from,
            full_name=unit.full_name,
            province_code=unit.parent_code or "",
            province_name=province.full_name if province is not None else "",
            certainty="indicative" if indicative else "boundary",
        )
        self._located[rank] = located
        return located
