"""HTTP routes of records: sent by devices, as often as they like; see ``protocol.md``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from addrsvc.auth.field_devices import find_devices
from addrsvc.auth.model import Scope
from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.collection import carrying, keeping, private, receipts
from addrsvc.collection.deciding import decide
from addrsvc.collection.devices import CollectingDevice, Device
from addrsvc.collection.errors import CarriedTooLarge, SubmissionTooLarge
from addrsvc.collection.model import Waits
from addrsvc.collection.payload import MAX_BYTES
from addrsvc.collection.receipts import PAGE_LIMIT, Receipt, list_blocks_left, newest_change
from addrsvc.collection.schemas import (
    PRIVATE_BODY,
    RECORD_BODY,
    ChooseIn,
    device_out,
    imported_out,
    noted_out,
    receipt_out,
)
from addrsvc.db.transaction import transaction
from addrsvc.db.web import (
    AnyTimeConn,
    AppClock,
    AppSettings,
    WriteConn,
    doors_of,
    lengthen_deadline,
)
from addrsvc.problems import language_of
from addrsvc.registry.writing import IfMatch, tag_given
from addrsvc.uploads.bodies import sent_by

router = APIRouter(prefix="/v1/collection", tags=["collection"])

log = structlog.get_logger("addrsvc.collection")

_IMPORT_S: Final = 120.0
"""So long taking in a file may take."""

_ETAG: Final = re.compile(r'(?:W/)?"([0-9a-f]{64})"')

_AWAY: Final = (DBAPIError, PoolExhausted, Error, OSError)

RecordId = Annotated[UUID, Path(description="id of the record, made by its device")]


@router.put("/submissions/{record}", summary="Send a record", openapi_extra=RECORD_BODY)
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


@router.put(
    "/submissions/{record}/private",
    summary="Send the private part of a record",
    openapi_extra=PRIVATE_BODY,
)
async def put_private(
    record: RecordId,
    request: Request,
    device: CollectingDevice,
    clock: AppClock,
    settings: AppSettings,
) -> Response:
    """Keep a contact and words, sealed, and give the record's receipt.

    The contact becomes the holder of the address once the record is accepted; without ``consent``
    none is taken. What was noted with a revision is taken once.
    """
    payload = await _body(request)
    async with transaction(doors_of(request).engine) as conn:
        await private.keep_private(conn, device, record, payload, clock)
    async with transaction(doors_of(request).engine) as conn:
        await private.hand_over(conn, record, clock)
        receipt = await receipts.get_receipt(conn, device, record, settings)
    return _answer(receipt, request, device, clock)


@router.get("/device", summary="The device that asks")
async def get_device(
    response: Response,
    conn: AnyTimeConn,
    device: CollectingDevice,
    clock: AppClock,
    settings: AppSettings,
) -> dict[str, Any]:
    """Give what a device may do and until when, its codes, and what it checks with."""
    response.headers.update(NO_STORE)
    known = (await find_devices(conn, [device.key_id]))[device.key_id]
    blocks = await list_blocks_left(conn, device, clock.now())
    newest = await newest_change(conn, device)
    return device_out(
        known, blocks, clock.now(), cards_at=settings.public_url, newest_change=newest
    )


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


@router.get("/submissions/{record}/private", summary="What was noted of people beside a record")
async def get_private(
    record: RecordId,
    response: Response,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    settings: AppSettings,
) -> dict[str, Any]:
    """Give words to who reviews records; a contact to who may see people's data, on record."""
    noted = await private.read_noted(conn, caller, record, clock, settings)
    response.headers.update(NO_STORE)
    if noted.tag is not None:
        response.headers["ETag"] = f'"{noted.tag}"'
    return noted_out(noted)


@router.get("/contacts", summary="Records whose address has another holder")
async def list_contacts(response: Response, conn: WriteConn, caller: Caller) -> dict[str, Any]:
    """Give records of one's areas where the contact noted is not the holder of the address."""
    response.headers.update(NO_STORE)
    return {"items": [str(each) for each in await private.list_to_choose(conn, caller)]}


@router.post(
    "/submissions/{record}/private:choose", status_code=204, summary="Choose between two holders"
)
async def choose_holder(
    record: RecordId,
    command: ChooseIn,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> None:
    """Let the holder of the address stay, or put the contact noted in their place.

    ``If-Match`` is the ETag of the private part, read before the holder of the address.
    """
    await private.choose_holder(
        conn, caller, record, command.holder, tag_given(if_match, _ETAG), clock
    )


@router.post(
    "/submissions:import",
    summary="Take in a file a phone exported",
    openapi_extra={
        "requestBody": {
            "description": f"the file itself, at most {carrying.MAX_BYTES} bytes",
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def import_file(
    request: Request, response: Response, caller: Caller, clock: AppClock, settings: AppSettings
) -> dict[str, Any]:
    """Take in records a phone could not send; a supervisor accepts each of them.

    What arrived already is left. The same file may be sent again.
    """
    response.headers.update(NO_STORE)
    caller.require(Scope.COLLECTION_REVIEW)
    over = CarriedTooLarge(limit_bytes=carrying.MAX_BYTES)
    content = bytearray()
    async for chunk in sent_by(request, None).chunks:
        content += chunk
        if len(content) > carrying.MAX_BYTES:
            raise over
    lengthen_deadline(request, _IMPORT_S)
    engine = doors_of(request).engine
    found = await carrying.import_file(engine, caller, bytes(content), settings, clock)
    return imported_out(found, language_of(request))


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
