"""HTTP/1.1 as uvicorn speaks it, with an end to patience.

uvicorn with httptools waits for the head of a request for ever and takes any size of it, and for
ever for somebody to take its answer: a few thousand connections that dribble or do not read, or one
that never ends, would fill the process. Bodies are watched by ``middleware.Guard``, which knows the
request by then.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_S: Final = 10.0
"""Seconds in which the head of a request must have come: from its first byte, from what comes
behind an answer and is none, or from the connection."""

HEAD_BYTES: Final = 65_536
"""Request line and header fields; what the socket gives at a time is looked at together."""

_UNREAD_S: Final = 60.0
"""Seconds after which an answer nobody takes is dropped with its connection, by the kernel."""


class PatientHttp(HttpToolsProtocol):
    """One connection."""

    _head_timer: asyncio.TimerHandle | None = None
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        line: socket.socket = transport.get_extra_info("socket")
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(_UNREAD_S * 1000))
        self._head_timer = self.loop.call_later(HEAD_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget about it."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has become too large."""
        super().data_received(data)
        is_answered = self.cycle is not None and self.cycle.response_complete
        if self.transport.is_closing() or not (self._in_head or is_answered):
            return
        if self._in_head:
            self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES:
            self._refuse(431)
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_S, self._give_up)

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that it is there, and begin the request."""
        self._in_head = False
        self._head_bytes = 0
        self._stop_waiting()
        super().on_headers_complete()

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if self._head_bytes:
            self._refuse(408)
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Answer without the service: there is no request yet that it could know."""
        if not self.transport.is_closing():
            end = b"content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + end)
            self.transport.close()
