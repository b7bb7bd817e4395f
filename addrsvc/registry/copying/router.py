"""HTTP route of the snapshot."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Final, cast

from fastapi import APIRouter, Request, Response

from addrsvc.auth.web import Caller
from addrsvc.db.web import AppClock, AppSettings, doors_of
from addrsvc.events.streaming import Streamed
from addrsvc.events.watching import Slots
from addrsvc.registry.copying.snapshot import lines, open_snapshot

router = APIRouter(prefix="/v1", tags=["events"])

NDJSON: Final = "application/x-ndjson"

_EXAMPLE = """\
{"snapshot":{"number":42,"hash":"5f1c…","at":"2026-01-15T03:00:00Z","exact":true,\
"sight":"0f5b…"}}
{"id":1,"ref":"7512304827","code":"7512304827","status":"current","version":3,"commune":"25747"}
{"end":{"addresses":1,"sha256":"9b0f…"}}
"""


@router.get(
    "/snapshot",
    summary="Copy the register as of an event",
    response_class=Response,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}, "example": _EXAMPLE}}}},
)
async def snapshot(
    request: Request, caller: Caller, settings: AppSettings, clock: AppClock
) -> Response:
    """Give every address you may see as lines of JSON, to go on from with ``/v1/events?after=``.

    The first line names the number (and hash) of the last event that is in it; with ``exact``
    nothing later is. ``sight`` comes with ``/v1/events?include=addresses`` as well: where it is
    another, your key sees other addresses than this copy holds. The last line counts the addresses
    and gives the SHA-256 of all lines before it: without it the copy was cut, take it anew.
    """
    held = AsyncExitStack()
    async with held:
        held.enter_context(cast("Slots", request.app.state.snapshot_slots).taken())
        engine = doors_of(request).engine
        taken = await open_snapshot(settings, engine, caller, clock, held)
        return Streamed(lines(taken), held.pop_all(), media_type=NDJSON)
