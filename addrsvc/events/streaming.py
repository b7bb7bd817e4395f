"""An answer written piece by piece for as long as it takes, that holds nothing when it ends.

The framework's own would keep what it streams from open until the garbage is collected, and wait
without end for a reader that takes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, aclosing
from typing import Final

import psycopg
import structlog
from fastapi import Response
from psycopg_pool import PoolTimeout
from starlette.types import Receive, Scope, Send

_log = structlog.get_logger("addrsvc.events")

PATIENCE_S: Final = 30.0
"""A reader that takes nothing for so long is left."""


_AWAY: Final = (
    psycopg.OperationalError,  # includes query_canceled, admin_shutdown, connection loss
    psycopg.InterfaceError,
    PoolTimeout,
    TimeoutError,
    OSError,
)
"""What ends an answer half-way without being a defect."""


class Streamed(Response):
    """Pieces sent as they come; memory holds one of them and what the socket buffers.

    Ends when the pieces end, the reader goes, or takes nothing for ``patience_s``. Where the
    database fails half-way the connection is cut, so that nobody takes a part for the whole.
    """

    def __init__(
        self,
        pieces: AsyncGenerator[bytes],
        held: AsyncExitStack,
        *,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        super().__init__(None, 200, {"Cache-Control": "no-store", **(headers or {})}, media_type)
        del self.headers["content-length"]
        self._pieces = pieces
        self._held = held
        self._patience_s = patience_s

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Send everything; what it held is let go of, however it ends."""
        async with self._held, aclosing(self._pieces):
            writing = asyncio.create_task(self._write(send))
            leaving = asyncio.create_task(_left(receive))
            try:
                await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (writing, leaving):
                    task.cancel()
                await asyncio.wait({writing, leaving})
            if not writing.cancelled() and (error := writing.exception()) is not None:
                if not isinstance(error, _AWAY):
                    raise error
                _log.warning("stream cut", error=type(error).__name__)

    async def _write(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async for piece in self._pieces:
            async with asyncio.timeout(self._patience_s):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
