"""Read-only mode at the edge: the switch, and the gate writes are refused at before any work."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, cast

from fastapi import APIRouter, Request
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from addrsvc.audit import service as audit
from addrsvc.auth import model as principals
from addrsvc.auth.web import Caller
from addrsvc.db.queries import Queries
from addrsvc.db.read_only import SWITCH, ReadOnly, Reason
from addrsvc.db.rows import execute
from addrsvc.db.web import AppClock, WriteConn
from addrsvc.edge.shedding import Lane, lane_of
from addrsvc.problems import ReadOnlyNow, preferred_language, response_of

router = APIRouter(prefix="/v1/operations", tags=["operations"])

QUERIES: Final = Queries("addrsvc.edge")

_OPEN: Final = frozenset({"/sign-in", "/sign-out", "/oauth/token"})
"""Operators sign in to switch it off; a database that takes no writes says so itself."""


class ReadOnlyIn(BaseModel):
    """The switch."""

    model_config = ConfigDict(extra="forbid")

    read_only: bool = Field(description="true: writes are refused, everything else goes on")


def read_only_of(request: Request) -> ReadOnly:
    """Give what this process knows of read-only mode."""
    return cast("ReadOnly", request.app.state.read_only)


async def set_read_only(
    conn: AsyncConnection, principal: principals.Principal, *, on: bool, at: datetime
) -> None:
    """Turn the switch for all workers and machines; they look once a second.

    Raises:
        NotSignedIn, ScopeMissing: for operators only.
    """
    principal.require(principals.Scope.OPERATIONS_WRITE)
    params = {"key": SWITCH, "value": Jsonb(on), "set_by": principal.id, "set_at": at}
    await execute(conn, QUERIES["set_service_state"], params)
    action = "service.read-only" if on else "service.read-write"
    await audit.record(conn, principal=principal.id, action=action, subject=SWITCH, at=at)


@router.get("/read-only", summary="Whether writes are accepted")
async def get_read_only(request: Request, caller: Caller) -> dict[str, Any]:
    """Tell whether writes are refused and why: by setting, by switch, for want of a primary."""
    caller.require(principals.Scope.OPERATIONS_WRITE)
    return _out(read_only_of(request))


@router.put("/read-only", summary="Refuse writes, or accept them again")
async def put_read_only(
    wanted: ReadOnlyIn, request: Request, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Turn the switch for all workers, who notice within a second or two; lookups go on."""
    await set_read_only(conn, caller, on=wanted.read_only, at=clock.now())
    state = read_only_of(request)
    state.note(Reason.SWITCH, holds=wanted.read_only)
    return _out(state)


def _out(state: ReadOnly) -> dict[str, Any]:
    return {"read_only": state.is_on, "reasons": sorted(state.reasons)}


class ReadOnlyGate:
    """Refuse writes while there is read-only mode, before anybody is asked anything."""

    def __init__(self, app: ASGIApp, *, state: ReadOnly) -> None:
        self.app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if self._state.is_on and _writes(scope):
            language = preferred_language(Headers(scope=scope).get("accept-language"))
            response = response_of(ReadOnlyNow(), language, scope.get("addrsvc.request_id"))
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _writes(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["path"] in _OPEN:
        return False
    return lane_of(scope["method"], scope["path"]) in {Lane.WRITE, Lane.UPLOAD}
