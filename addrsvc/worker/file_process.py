"""What one process does slices of file jobs with: made at the first, kept fresh, closed at last."""

from __future__ import annotations

import asyncio
import gc
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import ANONYMOUS
from addrsvc.clock import Clock
from addrsvc.db.doors import Doors, open_doors
from addrsvc.edge.background import Background
from addrsvc.file_jobs.kinds.work import Room
from addrsvc.file_jobs.slices import Pace, do_slice
from addrsvc.geocoding.errors import GeocoderLoading
from addrsvc.geocoding.following import Follower
from addrsvc.geocoding.world import Geocoder
from addrsvc.registry.lookup import CodeLookup
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc")

_STATEMENT_MS: Final = 60_000
"""Nobody waits for a row at a browser."""
_LOOK_S: Final = 0.05
_COLLECT: Final = 50_000, 20, 50
"""Rows leave hardly any cycles: to look for them less often saves a twentieth of the time."""


class FileProcess:
    """The file jobs of one process; ``run`` is the function of their task."""

    def __init__(self) -> None:
        self._room: Room | None = None
        self._background = Background()
        self._doors: Doors | None = None
        self._is_stopping = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._background.end()
        if self._doors is not None:
            await self._doors.close()

    def stop(self) -> None:
        """Let the slice under way end with its part."""
        self._is_stopping = True

    async def run(
        self, engine: AsyncEngine, settings: Settings, clock: Clock, *, job_id: str, lane: int
    ) -> None:
        """Do a slice of a job."""
        if self._room is None:
            gc.set_threshold(*_COLLECT)
            self._room = await self._open(engine, settings, clock)
        await self._loaded(self._room)
        pace = Pace(is_stopping=lambda: self._is_stopping)
        await do_slice(self._room, UUID(job_id), lane, pace)

    async def _open(self, engine: AsyncEngine, settings: Settings, clock: Clock) -> Room:
        longer = max(settings.statement_timeout_ms, _STATEMENT_MS)
        doors = await open_doors(settings.model_copy(update={"statement_timeout_ms": longer}))
        self._doors = doors
        units = UnitsInMemory()
        follower = Follower(doors.pool)
        geocoder = Geocoder(doors, clock, follower, units)
        self._background.keep("gazetteer", follower.run)
        self._background.keep("units", geocoder.run)
        return Room(
            engine=engine,
            settings=settings,
            clock=clock,
            doors=doors,
            geocoder=geocoder,
            units=units,
            codes=CodeLookup(doors.lookups),
            principal=ANONYMOUS,  # until it is known in whose name a slice is done
        )

    @staticmethod
    async def _loaded(room: Room) -> None:
        """Wait until all names are in memory."""
        while True:
            try:
                _ = room.geocoder.world
            except GeocoderLoading:
                await asyncio.sleep(_LOOK_S)
            else:
                return
