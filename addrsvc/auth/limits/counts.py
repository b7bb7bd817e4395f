"""Counting in windows of the clock: in this process, or in a Redis shared by all.

A window is a minute or a day since the epoch, the same for every worker and machine, so that one
number per client and window is all there is to keep and to share. Within any window a client gets
what it may and no more; across the edge of two, at most twice that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

import structlog
from limits.errors import StorageError

log = structlog.get_logger("addrsvc.limits")

_MOST_CLIENTS: Final = 200_000
"""Clients counted at a time; beyond, counting begins anew rather than filling the memory."""

_AWAY_S: Final = 2.0
"""So long a Redis that did not answer is not asked again."""

_PATIENCE_S: Final = 0.5
_CONNECTIONS: Final = 16
_QUEUE_S: Final = 3.0
"""Waiting for one of our own connections says nothing about Redis."""


class Window(NamedTuple):
    """Equal stretches of time, one after the other."""

    seconds: int
    offset_s: int = 0

    def number(self, now_s: float) -> int:
        """Give the number of the window a moment lies in."""
        return int(now_s + self.offset_s) // self.seconds

    def left_s(self, now_s: float) -> float:
        """Give the seconds until the next begins."""
        return self.seconds - (now_s + self.offset_s) % self.seconds


MINUTE: Final = Window(60)
DAY: Final = Window(86_400, 7 * 3600)
"""Days of Vietnam, which has no summer time."""


class LocalCounts:
    """Counts of one process; those of a window that has ended are dropped all at once."""

    def __init__(self) -> None:
        self._counts: dict[Window, tuple[int, dict[str, int]]] = {}

    def add(self, name: str, window: Window, now_s: float, amount: int = 1) -> int:
        """Count, and give the count in this window."""
        number = window.number(now_s)
        kept = self._counts.get(window)
        if kept is None or kept[0] != number or len(kept[1]) >= _MOST_CLIENTS:
            kept = self._counts[window] = (number, {})
        counts = kept[1]
        found = counts[name] = counts.get(name, 0) + amount
        return found


class SharedCounts:
    """Counts in Redis; while it does not answer, there are none and callers count themselves."""

    def __init__(self, redis_url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        # loaded where there is a Redis: they take as long as half the service
        from limits.aio.storage import RedisStorage  # noqa: PLC0415
        from redis.asyncio import BlockingConnectionPool  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415

        self._pool = BlockingConnectionPool.from_url(
            redis_url,
            max_connections=_CONNECTIONS,
            timeout=_QUEUE_S,
            socket_timeout=_PATIENCE_S,
            socket_connect_timeout=_PATIENCE_S,
            retry=Retry(NoBackoff(), 1),  # a connection may have died since it was last used
        )
        self._storage = RedisStorage(
            f"async+{redis_url}",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="addrsvc",
            connection_pool=self._pool,  # type: ignore[arg-type] # documented, not annotated
        )
        self._monotonic = monotonic
        self._away_until = 0.0

    @property
    def is_away(self) -> bool:
        """Tell whether it did not answer just now."""
        return self._monotonic() < self._away_until

    async def add(self, name: str, window: Window, now_s: float, amount: int = 1) -> int | None:
        """Count, and give the count of everybody in this window; None: it does not answer."""
        if self.is_away:
            return None
        key = f"{name}|{window.seconds}|{window.number(now_s)}"
        try:
            return await self._storage.incr(key, window.seconds, amount)
        except StorageError as error:
            if not self.is_away:
                log.warning("shared counts away", error=type(error.storage_error).__name__)
            self._away_until = self._monotonic() + _AWAY_S
            return None

    async def close(self) -> None:
        """Close its connections."""
        await self._pool.aclose()
