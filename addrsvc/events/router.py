"""HTTP routes of the feed: page by page with long polling, and as one stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from typing import Annotated, Any, Final, Literal, cast

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from addrsvc.auth.credentials import read_credentials
from addrsvc.auth.model import Principal
from addrsvc.auth.sight import sight_of
from addrsvc.auth.web import Caller
from addrsvc.db.rows import Connection
from addrsvc.db.web import AppSettings, ReadDoor, lengthen_deadline
from addrsvc.errors import AddrsvcError
from addrsvc.events.errors import LastEventIdUnreadable
from addrsvc.events.reading import PAGE_LIMIT, Page, TypeFilter, read_page
from addrsvc.events.schemas import heartbeat, page_out, server_sent
from addrsvc.events.sighting import mark_of
from addrsvc.events.streaming import Streamed
from addrsvc.events.watching import Slots, Watcher

router = APIRouter(prefix="/v1", tags=["events"])

EVENT_STREAM: Final = "text/event-stream"

HEARTBEAT_S: Final = 15.0
"""So often a stream says that it lives, and looks anew at what its reader may see."""

_LONGEST_WAIT_S: Final = 30.0

_STREAM_PAGE = 200

Present = Callable[
    [Connection, Principal, Collection[str], Collection[tuple[str, int]]],
    Awaitable[dict[str, Any]],
]
"""Gives how addresses (codes, ``p<id>``) stand now, and what else versions written changed; the
registry's, handed in by the app."""

After = Annotated[int, Query(ge=0, lt=2**62, description="number of the event had last")]
Types = Annotated[
    str | None,
    Query(
        max_length=500,
        description="types wanted, separated by commas; * at the end for all that begin so",
        examples=["address.*"],
    ),
]

_EXAMPLE = {
    "items": [
        {
            "number": 42,
            "type": "address.retired",
            "subject": "7512304827",
            "recorded_at": "2026-01-15T03:00:00Z",
            "data": {"version": 3, "commune": "25747"},
            "hash": "5f1c…",
        }
    ],
    "next": 42,
    "last": 42,
}


@router.get(
    "/events",
    summary="Follow what happens",
    responses={
        200: {"content": {"application/json": {"example": _EXAMPLE}, EVENT_STREAM: {}}},
    },
)
async def list_events(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    settings: AppSettings,
    *,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 100,
    types: Types = None,
    wait: Annotated[
        float,
        Query(
            ge=0,
            le=_LONGEST_WAIT_S,
            allow_inf_nan=False,
            description="seconds to wait for something",
        ),
    ] = 0,
    include: Annotated[
        Literal["addresses"] | None,
        Query(description="addresses: how the addresses of this page stand now, by reference"),
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    last_event_id: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Give the events behind a number, in order and without gaps; ask on with ``next``.

    A page may be empty and ``next`` go on all the same: what your key may not see and other types
    are passed over. ``wait`` holds the answer until something comes. ``include=addresses`` spares a
    question for each address; one that has an event and is not among them is not yours to see any
    more. Retired ones whose successors came into or out of your sight are among them too. ``sight``
    goes with it: where it is not what it was, your key sees other addresses than before, so take a
    new copy. With ``Accept: text/event-stream`` it is the stream of ``/v1/events/stream``.
    """
    asked = TypeFilter.parse(types)
    if EVENT_STREAM in accept:
        return await _stream(request, caller, _place(after, last_event_id), asked)
    watcher, now = _watcher(request), asyncio.get_running_loop().time
    wait = min(wait, settings.feed_wait_s)
    until = now() + wait
    if wait:
        lengthen_deadline(request, wait + settings.request_deadline_s)
    while True:
        copies: dict[str, Any] = {}
        async with pool.connection() as conn:
            page = await read_page(conn, caller, after=after, limit=limit, types=asked)
            if include is not None:
                # after the events and on the same server: no address is older than its event
                copies = await _copies(request, conn, caller, page)
        if page.items or now() >= until:
            break
        after = page.next
        if page.is_end and not await watcher.beyond(after, until - now()):
            break
    content = orjson.dumps({**page_out(page), **copies})
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    "/events/stream",
    summary="Follow what happens, as server-sent events",
    response_class=Response,
    responses={200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}},
)
async def stream_events(
    request: Request,
    caller: Caller,
    *,
    after: After = 0,
    types: Types = None,
    last_event_id: Annotated[
        str | None, Header(max_length=40, description="goes on behind this number")
    ] = None,
) -> Response:
    """Give the events behind a number as they come: ``id`` is the number, ``event`` the type.

    Every 15 seconds without an event there is a comment, with the place reached as ``id``. When
    the stream ends, connect again with ``Last-Event-ID``.
    """
    return await _stream(request, caller, _place(after, last_event_id), TypeFilter.parse(types))


def _watcher(request: Request) -> Watcher:
    return cast("Watcher", request.app.state.feed_watcher)


async def _copies(
    request: Request, conn: Connection, caller: Principal, page: Page
) -> dict[str, Any]:
    """Give what who keeps a copy needs beside the events."""
    subjects = {event.subject for event in page.items if event.is_of_address}
    present = cast("Present", request.app.state.present_addresses)
    addresses = await present(conn, caller, subjects, page.written)
    return {"addresses": addresses, "sight": mark_of(sight_of(caller))}


def _place(after: int, last_event_id: str | None) -> int:
    if last_event_id is None:
        return after
    if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19):
        raise LastEventIdUnreadable
    return int(last_event_id)


async def _stream(
    request: Request, caller: Principal, after: int, types: TypeFilter | None
) -> Response:
    pool = request.app.state.doors.pool
    async with pool.connection() as conn:  # what is wrong is answered before the stream begins
        page = await read_page(conn, caller, after=after, limit=_STREAM_PAGE, types=types)
    held = AsyncExitStack()
    held.enter_context(cast("Slots", request.app.state.feed_streams).taken())
    pieces = _events(request, caller, page, types)
    # a proxy before us is not to gather what is sent
    headers = {"X-Accel-Buffering": "no"}
    return Streamed(pieces, held, media_type=EVENT_STREAM, headers=headers)


async def _events(
    request: Request, caller: Principal, page: Page, types: TypeFilter | None
) -> AsyncGenerator[bytes]:
    """Give page after page, then what comes, until the process ends or the key does."""
    watcher, now = _watcher(request), asyncio.get_running_loop().time
    looked_at = now()
    yield b"retry: 2000\n\n" + server_sent(page)
    while not watcher.is_ending:
        if page.is_end and not await watcher.beyond(page.next, HEARTBEAT_S):
            if watcher.is_ending:
                return
            yield heartbeat(page.next)
        try:
            if now() >= looked_at + HEARTBEAT_S:
                caller, looked_at = await read_credentials(request), now()
            async with request.app.state.doors.pool.connection() as conn:
                page = await read_page(
                    conn, caller, after=page.next, limit=_STREAM_PAGE, types=types
                )
        except AddrsvcError:
            return  # the key has ended, or the feed was cut: who connects again is told
        if page.items or not page.is_end:
            yield server_sent(page)
