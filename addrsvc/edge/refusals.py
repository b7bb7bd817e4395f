"""Record in the audit log what was refused to whom.

A request refused has no transaction to write in, and a client that is refused a thousand times a
second must not make us write a thousand rows: so the answers only leave a note here, merged by who,
route and reason, and one task of the process writes the notes down every few seconds. Only those
who are known are noted. A process that is killed forgets the notes of these seconds.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from addrsvc.audit import service as audit
from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction

log = structlog.get_logger("addrsvc")

_MOST: Final = 1_000
"""Most different notes kept; more are counted in the log only."""

_What = tuple[str, str, str | None]
"""Principal, method and route, slug of the problem."""


@dataclass(slots=True)
class _Note:
    at: datetime
    request_id: str | None
    times: int = 1


class Refusals:
    """Notes of one process, kept until the database has them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._notes: dict[_What, _Note] = {}

    def note(self, principal: str, what: str, problem: str | None, request_id: str | None) -> None:
        """Leave a note that somebody known was refused something."""
        key = (principal, what, problem)
        known = self._notes.get(key)
        if known is not None:
            known.times += 1
        elif len(self._notes) < _MOST:
            self._notes[key] = _Note(self._clock.now(), request_id)
        else:
            log.warning("refusal not audited: too many", principal=principal, what=what)

    async def write_down(self, engine: AsyncEngine) -> None:
        """Write the notes down; without a writable database they are kept for next time."""
        if not self._notes:
            return
        notes, self._notes = self._notes, {}
        are_written = False
        try:
            async with transaction(engine) as conn:
                for (principal, what, problem), note in notes.items():
                    detail = {"problem": problem, "times": note.times}
                    with structlog.contextvars.bound_contextvars(request_id=note.request_id):
                        await audit.record(
                            conn,
                            principal=principal,
                            action="request.make",
                            subject=what,
                            at=note.at,
                            outcome="refused",
                            detail=detail,
                        )
            are_written = True
        except (DBAPIError, PoolExhausted, Error, OSError) as error:
            log.warning("refusals not written", error=type(error).__name__)
        finally:
            if not are_written:  # also when the process ends meanwhile: it tries once more
                self._keep(notes)

    def _keep(self, notes: dict[_What, _Note]) -> None:
        for key, note in self._notes.items():
            if key in notes:
                notes[key].times += note.times
            elif len(notes) < _MOST:
                notes[key] = note
        self._notes = notes

    async def keep_writing(self, engine: AsyncEngine, every_s: float) -> None:
        """Write the notes down for ever; cancel it to end."""
        while True:
            await asyncio.sleep(every_s)
            await self.write_down(engine)


class NoteRefusals:
    """ASGI middleware: leaves a note of each answer 403 to somebody known."""

    def __init__(self, app: ASGIApp, refusals: Refusals) -> None:
        self.app = app
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def watch(message: Message) -> None:
            principal = scope.get("addrsvc.principal")
            is_start = message["type"] == "http.response.start"
            if is_start and message["status"] == 403 and principal is not None:
                route = getattr(scope.get("route"), "path", "(none)")
                self._refusals.note(
                    principal,
                    f"{scope['method']} {route}",
                    scope.get("addrsvc.problem"),
                    scope.get("addrsvc.request_id"),
                )
            await send(message)

        await self.app(scope, receive, watch)
