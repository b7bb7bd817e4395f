"""Keep a worker's gazetteer as fresh as the event feed: polled twice a second."""

from __future__ import annotations

from addrsvc.db.doors import ReadPool
from addrsvc.geocoding.gazetteer import Gazetteer


class Follower:
    """Loads the gazetteer, then follows what happens to addresses and registers of names."""

    def __init__(self, pool: ReadPool, *, every_s: float = 0.5) -> None:
        self._pool = pool
        self._every_s = every_s
        self.gazetteer: Gazetteer | None = None
        """The names as they stand; None until they were read for the first time."""

    async def run(self) -> None:
        """Follow until cancelled; a database that is away is asked again."""
        raise NotImplementedError
