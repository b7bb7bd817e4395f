"""HTTP routes of records: sent by devices, as often as they like; see ``protocol.md``."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

import orjson
import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from addrsvc.auth.web import NO_STORE
from addrsvc.collection import keeping, receipts
from addrsvc.collection.deciding import decide
from addrsvc.collection.devices import CollectingDevice, Device
from addrsvc.collection.errors import SubmissionTooLarge
from addrsvc.collection.model import Waits
from addrsvc.collection.payload import MAX_BYTES
from addrsvc.collection.receipts import PAGE_LIMIT, Receipt
from addrsvc.collection.schemas import receipt_out
from addrsvc.db.transaction import transaction
from addrsvc.db.web import AnyTimeConn, AppClock, AppSettings, doors_of
from addrsvc.problems import language_of

router = APIRouter(prefix="/v1/collection", tags=["collection"])

log = structlog.get_logger("addrsvc.collection")

_AWAY: Final = (DBAPIError, PoolExhausted, Error, OSError)

RecordId = Annotated[UUID, Path(description="id of the record, made by its device")]
_BODY: Final = {
    "requestBody": {
        "description": "The record; kept byte for byte. Members not named here are let be.",
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["schema", "record", "revision", "act", "made_at"],
                    "properties": {
                        "schema": {"const": 1},
                        "record": {"type": "string", "format": "uuid"},
                        "revision": {"type": "integer", "minimum": 1},
                        "act": {"enum": ["add", "correct", "gone", "nobody-home"]},
                        "made_at": {"type": "string", "format": "date-time"},
                        "server_ahead_s": {"type": ["number", "null"]},
                        "task": {"type": ["string", "null"], "format": "uuid"},
                        "commune_code": {"type": ["string", "null"]},
                        "address": {"type": ["object", "null"]},
                        "code": {"type": ["string", "null"]},
                        "fields": {"type": ["object", "null"]},
                        "position": {"type": ["object", "null"]},
                        "building": {"type": ["object", "null"]},
                        "counts": {"type": ["object", "null"]},
                        "overrides": {"type": "array", "items": {"type": "object"}},
                        "photos": {"type": "array", "items": {"type": "object"}},
                        "has_private": {"type": "boolean"},
                    },
                }
            }
        },
    }
}


@router.put("/submissions/{record}", summary="Send a record", openapi_extra=_BODY)
async def put_record(
    record: RecordId,
    request: Request,
    device: CollectingDevice,
    clock: AppClock,
    settings: AppSettings,
) -> Response:
    """Keep a record and give its receipt; the same again, as often as wanted, the same receipt.

    What is clean is in the register when the receipt comes; the rest waits for a supervisor. Of a
    device that was revoked it is kept apart.
    """
    payload = await _body(request)
    engine = doors_of(request).engine
    kept = await keeping.keep(engine, device, record, payload, clock)
    try:
        if kept.waits_for is Waits.REGISTER and not device.is_revoked:
            await decide(engine, record, device.principal, clock, settings)
        async with transaction(engine) as conn:
            receipt = await receipts.get_receipt(conn, device, record, settings)
    except _AWAY as error:
        if kept.fresh is None:
            raise
        log.warning("a record waits to be decided", error=type(error).__name__)
        receipt = receipts.receipt_of(kept.fresh, kept.waits_for)
    return _answer(receipt, request, device, clock)


@router.get("/receipts", summary="What became of a device's records")
async def list_receipts(
    request: Request,
    response: Response,
    conn: AnyTimeConn,
    device: CollectingDevice,
    clock: AppClock,
    settings: AppSettings,
    *,
    since: Annotated[int, Query(ge=0, lt=2**62, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = PAGE_LIMIT,
) -> dict[str, Any]:
    """Give the receipts of records that changed since, the oldest change first."""
    response.headers.update(NO_STORE)
    page, following, is_more = await receipts.list_receipts(
        conn, device, settings, since=since, limit=limit
    )
    now, language = clock.now(), language_of(request)
    items = [receipt_out(each, device, now, language) for each in page]
    return {"items": items, "next": following, "is_more": is_more}


async def _body(request: Request) -> bytes:
    """Give the body.

    Raises:
        SubmissionTooLarge: it is more than a record may have.
    """
    body = await request.body()
    if len(body) > MAX_BYTES:
        raise SubmissionTooLarge(limit_bytes=MAX_BYTES)
    return body


def _answer(receipt: Receipt, request: Request, device: Device, clock: AppClock) -> Response:
    body = receipt_out(receipt, device, clock.now(), language_of(request))
    return Response(orjson.dumps(body), headers=NO_STORE, media_type="application/json")
