"""HTTP route of many questions in one request, for keys and people that may read lists."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any, Final, cast

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.web import Caller, count_miss, misses_left
from addrsvc.clock import today
from addrsvc.db.web import AppClock, doors_of, longer_deadline
from addrsvc.events import reading as events
from addrsvc.geocoding.batch_examples import EXAMPLES, RESPONSE
from addrsvc.geocoding.batch_schemas import BatchIn, item_out, read_item, receipt_out
from addrsvc.geocoding.checking import CodeChecks
from addrsvc.geocoding.errors import AskerGone
from addrsvc.geocoding.many import Answering, Wanted
from addrsvc.geocoding.router import geocoder_of
from addrsvc.geocoding.turns import Turns
from addrsvc.problems import language_of
from addrsvc.registry.lookup import CodeLookup

router = APIRouter(prefix="/v1", tags=["geocoding"])

_DEADLINE_S: Final = 30.0
"""A batch alone takes a second; with others beside it each waits for its turns."""


@router.post(
    "/geocode/batch",
    summary="Up to 1,000 addresses, points, communes or codes in one request",
    dependencies=[longer_deadline(_DEADLINE_S)],
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": EXAMPLES}}}},
    responses=RESPONSE,
    response_class=Response,
)
async def answer_batch(
    batch: BatchIn, request: Request, caller: Caller, clock: AppClock
) -> Response:
    """Answer every item, in order, as the single call would; rows in are rows out.

    ``kind``: ``geocode``, ``reverse``, ``validate``, ``convert`` (old communes to new) or ``check``
    (codes). Each item comes back with its own ``id`` (any, also twice the same), a ``status`` and
    either the ``answer`` of the single call or its ``problem``: a wrong item fails no other.
    ``certain``: may be taken as it is; ``review``: needs a person; ``not_found``: names nothing;
    ``refused``: was not asked well. The ``receipt`` counts them, has the SHA-256 of what was sent,
    byte for byte, and of the array ``items`` as it stands in the answer, and names the event up to
    which every change is in the answers (names of new streets follow within a second). Codes that
    name nothing count as misses; behind the last one allowed items are refused with
    ``rate-limited``, to be sent again. Larger lists: a file, with ``addrsvc geocode file``.
    """
    caller.require(Scope.ADDRESSES_READ)
    batch.refuse_wrong_length()
    sent = hashlib.sha256(await request.body()).hexdigest()
    with geocoder_of(request).batches.one() as turns:
        return await _answer(batch, sent, request, caller, clock, turns)


async def _answer(
    batch: BatchIn,
    sent: str,
    request: Request,
    caller: Principal,
    clock: AppClock,
    turns: Turns,
) -> Response:
    day, language, state = today(clock), language_of(request), request.app.state
    doors = doors_of(request)
    async with doors.pool.connection() as conn:
        event = await events.last_number(conn)  # first: what happens meanwhile may be in or not
    left, resets_s = await misses_left(request)
    lookup = cast("CodeLookup", state.code_lookup)
    codes = CodeChecks(lookup, doors.pool, caller, misses_left=left, retry_after_s=resets_s)
    units = cast("UnitsInMemory", state.units_in_memory)
    wanted = Wanted(
        language,
        day,
        batch.limit,
        batch.radius_m,
        verdicts=batch.kind != "geocode",
        go_on=partial(_go_on, request),
    )
    answering = Answering(wanted, turns, geocoder_of(request), units, doors, codes)

    def read(item: Any) -> Any:
        return read_item(batch, item, day)

    items = await turns.each(read, batch.items)
    outcomes = await answering.answer([each.asked for each in items])
    count_miss(request, caller, codes.misses)
    pairs = zip(items, outcomes, strict=True)
    parts = await turns.each(lambda pair: item_out(*pair, language), pairs)
    shown = b"[" + b",".join(parts) + b"]"
    answered = hashlib.sha256(shown).hexdigest()
    receipt = receipt_out(batch.kind, outcomes, sent=sent, answered=answered, event=event)
    body = b'{"receipt":' + orjson.dumps(receipt) + b',"items":' + shown + b"}"
    return Response(body, media_type="application/json")


async def _go_on(request: Request) -> None:
    """Stop for an asker who went away.

    Raises:
        AskerGone: so it is.
    """
    if await request.is_disconnected():
        raise AskerGone
