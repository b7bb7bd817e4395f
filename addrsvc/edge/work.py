"""What operators ask: all that happens by itself, and how it is going."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from addrsvc.auth.model import Scope
from addrsvc.auth.web import Caller
from addrsvc.db.web import AppClock, AppSettings, WriteConn
from addrsvc.problems import language_of
from addrsvc.queue import presence
from addrsvc.queue.presence import WorkState

router = APIRouter(prefix="/v1/operations", tags=["operations"])


@router.get("/work", summary="All that happens by itself, and how it is going")
async def work(
    request: Request, conn: WriteConn, caller: Caller, clock: AppClock, settings: AppSettings
) -> dict[str, Any]:
    """List continuous and periodic work as the newest worker knows it; empty before any ran.

    ``outcome`` is how the last job of periodic work went, or by what error continuous work fails.
    """
    caller.require(Scope.OPERATIONS_WRITE)
    found = await presence.list_work(conn, now=clock.now(), stalled_s=settings.worker_stalled_s)
    return {
        "work": [_out(each, request) for each in found],
    }


def _out(state: WorkState, request: Request) -> dict[str, Any]:
    moments = {"began_at": state.began_at, "next_at": state.next_at}
    return {
        "name": state.entry.name,
        "kind": state.entry.kind,
        "purpose": state.entry.purpose.in_(language_of(request)),
        "cron": state.entry.cron,
        "led_by": state.led_by,
        "outcome": state.outcome,
        **{name: at.isoformat() if at else None for name, at in moments.items()},
    }
