"""HTTP route that brings many dossiers in with one request."""

from __future__ import annotations

import hashlib
from typing import Final, cast

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from addrsvc.auth.model import Scope
from addrsvc.auth.web import Caller
from addrsvc.db.read_only import ReadOnly
from addrsvc.db.web import AppClock, doors_of, longer_deadline
from addrsvc.dossiers.bulk import Brought, put_many
from addrsvc.dossiers.bulk_schemas import DossierBatchIn, item_out, receipt_out
from addrsvc.dossiers.imported import Imported
from addrsvc.dossiers.judging import Judge
from addrsvc.errors import AddrsvcError
from addrsvc.geocoding.router import geocoder_of
from addrsvc.problems import language_of
from addrsvc.registry.lookup import CodeLookup

router = APIRouter(prefix="/v1", tags=["dossiers"])

_DEADLINE_S: Final = 30.0
"""A batch alone takes two seconds; with others beside it each waits for its turns."""

_Pair = tuple[Imported | AddrsvcError, Brought | AddrsvcError]


@router.post(
    "/dossiers:batch",
    summary="Bring up to 1,000 dossiers in with one request",
    dependencies=[longer_deadline(_DEADLINE_S)],
    response_class=Response,
)
async def put_batch(
    batch: DossierBatchIn, request: Request, caller: Caller, clock: AppClock
) -> Response:
    """Bring each in as PUT does; one that is wrong fails no other, and all may be sent again.

    Each comes back in order with a ``status``: ``received``, ``changed``, ``unchanged``, or
    ``refused`` with its ``problem``; and the state of every address. ``format`` national: records
    as one-stop software exchanges them (``MaHoSo`` …) with the boxes of the electronic form beside
    them; names and numbers of persons are not taken, and ``receipt.left_out`` counts the fields
    left behind and the texts a person was cut from. ``receipt`` also counts what became of
    dossiers and addresses, and has the SHA-256 of what was sent, byte for byte, and of the array
    ``items`` as it stands in the answer. Broken off half-way, what is done stays. Larger lists: a
    job of kind ``dossiers``, or ``addrsvc dossiers import``.
    """
    caller.require(Scope.DOSSIERS_WRITE)
    cast("ReadOnly", request.app.state.read_only).require_writable()
    sent = hashlib.sha256(await request.body()).hexdigest()
    lookup, language = cast("CodeLookup", request.app.state.code_lookup), language_of(request)
    geocoder, doors = geocoder_of(request), doors_of(request)
    with geocoder.batches.one() as turns:
        read = await turns.each(batch.read, batch.items())
        judge = Judge(geocoder, lookup, doors.pool, turns)
        given = [each.dossier if isinstance(each, Imported) else each for each in read]
        became = await put_many(doors.engine, caller, judge, given, clock)

        def told(pair: _Pair) -> bytes:
            return item_out(*pair, language)

        parts = await turns.each(told, zip(read, became, strict=True))
    shown = b"[" + b",".join(parts) + b"]"
    answered = hashlib.sha256(shown).hexdigest()
    receipt = receipt_out(read, became, sent=sent, answered=answered)
    body = b'{"receipt":' + orjson.dumps(receipt) + b',"items":' + shown + b"}"
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
