"""Tell when tiles have to be drawn anew: what has changed since, without asking tile by tile.

A process looks at most every ``EVERY_S`` seconds, and only while somebody asks for tiles: for
events of what is drawn, and for units made ready anew. So old a tile may be here. What leaves no
event, such as rows brought in by hand, shows after ``AT_LEAST_S``.
"""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Final

from addrsvc.basemap.model import LAST_ZOOM
from addrsvc.basemap.preparing import find_made
from addrsvc.clock import Clock, today
from addrsvc.db.doors import ReadPool
from addrsvc.db.rows import Connection
from addrsvc.events.feed import PAGE, changes_since, position

EVERY_S: Final = 2.0
AT_LEAST_S: Final = 600

_NOT_DRAWN: Final = frozenset({"dossier", "plan", "prefix", "search-keys", "webhook"})
_ADDRESSES: Final = frozenset({"address"})
"""First words of types of events: what is nowhere on the map, and what only near."""

Age = tuple[object, ...]
"""What a tile was drawn of; another one: it may have changed."""


class Ages:
    """How often what is drawn has changed, as this process saw it."""

    def __init__(self, pool: ReadPool, clock: Clock) -> None:
        self._pool, self._clock = pool, clock
        self._lock = asyncio.Lock()
        self._looked_s: float | None = None
        self._xmin: str | None = None
        self._seen: frozenset[int] = frozenset()
        self._made: str | None = None
        self._names = self._houses = 0

    async def of(self, z: int) -> tuple[date, Age]:
        """Give the legal day to draw tiles of a zoom for, and their age now."""
        async with self._lock:
            now_s = asyncio.get_running_loop().time()
            if self._looked_s is None or now_s - self._looked_s >= EVERY_S:
                async with self._pool.connection() as conn:
                    await self._look(conn)
                self._looked_s = now_s
        day = today(self._clock)
        since = int(self._clock.now().timestamp()) // AT_LEAST_S
        houses = self._houses if z >= LAST_ZOOM else None
        return day, (day, since, self._made, self._names, houses)

    async def _look(self, conn: Connection) -> None:
        self._made = await find_made(conn)
        if self._xmin is None:
            self._xmin = await position(conn)
            return
        found, self._xmin = await changes_since(conn, self._xmin)
        new = [each for each in found if each.event_id not in self._seen]
        self._seen = frozenset(each.event_id for each in found)
        nouns = {each.type.partition(".")[0] for each in new} - _NOT_DRAWN
        if nouns or len(found) == PAGE:
            self._houses += 1
        if nouns - _ADDRESSES or len(found) == PAGE:
            self._names += 1
