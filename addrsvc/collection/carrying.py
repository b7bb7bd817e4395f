"""Records a phone could not send: exported to a file by hand, brought to the desk, kept apart.

Whoever brings a file may have written it. So nothing of it is decided by rules, what arrived
already is left as it is, and what cannot be taken is told record by record. A file may be brought
again, whatever became of it the first time.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.collection import keeping, photos, private
from addrsvc.collection.devices import Device
from addrsvc.collection.errors import (
    CarriedUnreadable,
    PhotoCarriedUnreadable,
    SubmissionOfOtherDevice,
    SubmissionTooLarge,
)
from addrsvc.collection.payload import MAX_BYTES as PAYLOAD_BYTES
from addrsvc.collection.payload import read_record
from addrsvc.collection.records import find
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError, Pointer, Text
from addrsvc.settings import Settings

MAX_BYTES: Final = 100_000_000
"""Of a file: some days of work with their photos."""

_MOST_RECORDS: Final = 5_000
_SCHEMA: Final = 1
_DEVICE: Final = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in the file that was not taken."""

    record: str
    """Its id, or which in the file it is, beginning with ``#1``."""
    reason: AddrsvcError


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    taken: int = 0
    already_there: int = 0
    refused: list[Refused] = field(default_factory=list)
    """Records, and single photos or private parts of records that were taken."""


async def import_file(
    engine: AsyncEngine, principal: Principal, content: bytes, settings: Settings, clock: Clock
) -> Imported:
    """Take in a file that a phone exported; each record is a transaction of its own.

    Raises:
        NotSignedIn, ScopeMissing: for who reviews records.
        CarriedUnreadable: it is no such file; nothing of it is taken.
    """
    principal.require(Scope.COLLECTION_REVIEW)
    key_id, records = await asyncio.to_thread(_read, content)
    carrier = _Carrier(engine, principal, Device(key_id, principal), settings, clock)
    found = Imported()
    for number, each in enumerate(records, 1):
        await _take(carrier, each, f"#{number}", found)
    async with transaction(engine) as conn:
        await audit.record(
            conn,
            principal=principal.id,
            action="submission.import",
            subject=f"device:{key_id}",
            at=clock.now(),
            detail={
                "taken": found.taken,
                "already_there": found.already_there,
                "refused": len(found.refused),
            },
        )
    return found


@dataclass(frozen=True, slots=True)
class _Carrier:
    """Who brings a file, and of which device."""

    engine: AsyncEngine
    principal: Principal
    device: Device
    settings: Settings
    clock: Clock


def _read(content: bytes) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """Give the device and the records of a file."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise CarriedUnreadable(errors=[]) from None
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
        raise CarriedUnreadable(errors=[_wrong("/schema")])
    device, records = document.get("device"), document.get("records")
    if not isinstance(device, str) or not _DEVICE.fullmatch(device):
        raise CarriedUnreadable(errors=[_wrong("/device")])
    if not isinstance(records, list) or len(records) > _MOST_RECORDS:
        raise CarriedUnreadable(errors=[_wrong("/records")])
    wrong = [
        _wrong(f"/records/{at}")
        for at, each in enumerate(records)
        if not isinstance(each, dict) or not isinstance(each.get("payload"), str)
    ]
    if wrong:
        raise CarriedUnreadable(errors=wrong[:50])
    return device, records


def _wrong(pointer: str) -> Pointer:
    return Pointer(pointer, Text("Không đúng như tệp xuất từ ứng dụng.", "Not as the app exports."))


async def _take(carrier: _Carrier, each: Mapping[str, Any], called: str, found: Imported) -> None:
    payload = each["payload"].encode(errors="replace")
    try:
        if len(payload) > PAYLOAD_BYTES:
            raise SubmissionTooLarge(limit_bytes=PAYLOAD_BYTES)
        record = await asyncio.to_thread(read_record, payload)
        called = str(record.record)
        await _require_area(carrier, record.record)
        kept = await keeping.keep(
            carrier.engine,
            carrier.device,
            record.record,
            payload,
            carrier.clock,
            carried_by=carrier.principal.id,
        )
    except SubmissionOfOtherDevice as error:
        # of a phone enrolled anew: what it was before has sent the record, and maybe no photo
        found.refused.append(Refused(called, error))
        await _take_photos(carrier, record.record, each, found)
        return
    except AddrsvcError as error:
        found.refused.append(Refused(called, error))
        return
    if kept.is_new:
        found.taken += 1
    else:
        found.already_there += 1
    try:
        await _take_private(carrier, record.record, record.revision, each.get("private"))
    except AddrsvcError as error:
        found.refused.append(Refused(called, error))
    await _take_photos(carrier, record.record, each, found)


async def _take_photos(
    carrier: _Carrier, record: UUID, each: Mapping[str, Any], found: Imported
) -> None:
    for sha256, content in _photos(each):
        try:
            await _take_photo(carrier, record, sha256, content)
        except AddrsvcError as error:
            found.refused.append(Refused(str(record), error))


async def _require_area(carrier: _Carrier, record: UUID) -> None:
    """Pass a record that is not there yet, or lies where the carrier may decide about it.

    Raises:
        AreaForbidden: it is another supervisor's, and a newer revision would keep it apart.
    """
    async with transaction(carrier.engine) as conn:
        for there in await find(conn, [record], None):
            commune = there.submission.commune_code or "—"
            carrier.principal.require_in(Scope.COLLECTION_REVIEW, [commune])


async def _take_private(carrier: _Carrier, record: UUID, revision: int, noted: object) -> None:
    if not isinstance(noted, dict):
        return
    payload = orjson.dumps({"revision": revision, **noted})
    async with transaction(carrier.engine) as conn:
        await private.keep_private(conn, carrier.device, record, payload, carrier.clock)


async def _take_photo(carrier: _Carrier, record: UUID, sha256: object, content: object) -> None:
    if not isinstance(sha256, str) or not isinstance(content, str):
        raise PhotoCarriedUnreadable
    try:
        digest = bytes.fromhex(sha256)
        picture = await asyncio.to_thread(base64.b64decode, content, validate=True)
    except (ValueError, binascii.Error):
        raise PhotoCarriedUnreadable from None
    async with transaction(carrier.engine) as conn:
        await photos.store_whole(conn, record, digest, picture, carrier.settings, carrier.clock)


def _photos(each: Mapping[str, Any]) -> Iterator[tuple[object, object]]:
    listed = each.get("photos")
    for one in listed if isinstance(listed, list) else ():
        said = one if isinstance(one, dict) else {}
        yield said.get("sha256"), said.get("base64")
