"""Keep what a device sent: once, whole, whatever else happens; what comes of it is decided later.

A record that is committed here is never lost: the receipt says so, and may be asked for again by
sending the record again. Nothing of what a record claims is believed: what looks wrong is noted
as a finding, and the record is kept all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.admin_units import service as units
from addrsvc.clock import Clock, today
from addrsvc.collection.clock_offset import put_right
from addrsvc.collection.devices import Device
from addrsvc.collection.errors import RevisionTaken, SubmissionOfOtherDevice
from addrsvc.collection.judging import CODE_ENDED, CODE_NOT_IN_BLOCK, CODE_USED
from addrsvc.collection.model import Act, Finding, State, Waits
from addrsvc.collection.movement import Stand
from addrsvc.collection.moving import Made, look_around
from addrsvc.collection.payload import Record, read_record
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Row, execute, row
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.geo.typed_point import is_in_vietnam
from addrsvc.registry import reading
from addrsvc.registry.model import Address, Method
from addrsvc.registry.reading import AddressRef
from addrsvc.types import Level, LonLat

QUERIES: Final = Queries("addrsvc.collection")


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that is safe; what it says is of its newest revision."""

    record: UUID
    revision: int
    waits_for: Waits | None
    is_new: bool
    """This revision came for the first time."""
    fresh: Fresh | None = None
    """What came is the newest and was not here before; None: it was, or it is older."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A newest revision as it was kept, before anything was decided."""

    record: Record
    sha256: bytes
    state: State
    findings: Sequence[Finding]
    received_at: datetime
    change_number: int


class _Raced(Exception):
    """Somebody else kept the same record at this very moment."""


async def keep(
    engine: AsyncEngine,
    device: Device,
    record_id: UUID,
    payload: bytes,
    clock: Clock,
    *,
    carried_by: str | None = None,
) -> Kept:
    """Keep one revision of a record in a transaction of its own; the same again changes nothing.

    Args:
        engine: the write door.
        device: which sent it, or whose file was brought.
        record_id: the id it is sent under.
        payload: the bytes as they came.
        clock: the moment of arrival.
        carried_by: who brought it by hand; it is kept apart then.

    Raises:
        SubmissionUnreadable: it is no record; nothing is kept.
        SubmissionOfOtherDevice: another device has a record of this id.
        RevisionTaken: this revision came before and was something else.
    """
    record = await asyncio.to_thread(read_record, payload, record_id)
    sent = _Sent(device, record, payload, hashlib.sha256(payload).digest(), carried_by)
    while True:
        try:
            async with transaction(engine) as conn:
                return await _keep(conn, sent, clock)
        except _Raced:  # it is there by now
            continue


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came, and from whom."""

    device: Device
    record: Record
    payload: bytes
    sha256: bytes
    carried_by: str | None

    @property
    def is_apart(self) -> bool:
        return self.device.is_revoked or self.carried_by is not None


async def _keep(conn: AsyncConnection, sent: _Sent, clock: Clock) -> Kept:
    record = sent.record
    there = await row(conn, QUERIES["lock_submission"], {"record": record.record})
    if there is not None:
        if there["device"] != sent.device.key_id:
            raise SubmissionOfOtherDevice(record=str(record.record))
        if await _is_repeat(conn, sent, there):
            return await _repeated(conn, sent, there)
        if record.revision < there["revision"]:
            await _insert_revision(conn, sent, (), clock.now(), is_newest=False)
            return Kept(record.record, there["revision"], _waits(there), is_new=True)
    return await _keep_newest(conn, sent, there, clock)


async def _is_repeat(conn: AsyncConnection, sent: _Sent, there: Row) -> bool:
    which = {"record": sent.record.record, "revision": sent.record.revision}
    known = await row(conn, QUERIES["revision_of"], which)
    if known is None:
        return False
    if bytes(known["sha256"]) != sent.sha256:
        raise RevisionTaken(
            record=str(sent.record.record),
            revision=sent.record.revision,
            next_revision=there["revision"] + 1,
        )
    return True


async def _repeated(conn: AsyncConnection, sent: _Sent, there: Row) -> Kept:
    """Give what is here; what somebody brought by hand is the device's own, now that it came."""
    record, waits_for = sent.record.record, _waits(there)
    is_apart = there["carried_by"] is not None and there["state"] == State.QUARANTINED
    is_newest = sent.record.revision == there["revision"]
    if is_apart and is_newest and not sent.is_apart:
        await execute(conn, QUERIES["take_from_carrier"], {"record": record})
        waits_for = Waits.REGISTER
    return Kept(record, there["revision"], waits_for, is_new=False)


def _waits(there: Row) -> Waits | None:
    return None if there["waits_for"] is None else Waits(there["waits_for"])


async def _keep_newest(conn: AsyncConnection, sent: _Sent, there: Row | None, clock: Clock) -> Kept:
    """Keep a revision newer than all there are; what the record waits for, it waits for anew."""
    record, now = sent.record, clock.now()
    made_at, clock_off = put_right(record.made_at, record.server_ahead_s, now)
    address = await _address(conn, sent)
    state = State.QUARANTINED if sent.is_apart else State.RECEIVED
    waits_for = None if sent.is_apart else Waits.REGISTER
    columns = {
        "record": record.record,
        "device": sent.device.key_id,
        "carried_by": sent.carried_by,
        "task": record.task,
        "act": record.act.value,
        "revision": record.revision,
        "state": state.value,
        "waits_for": waits_for,
        "commune": await _commune(conn, record, address, clock),
        "address_id": _address_id(record, address, there),
        **_position(record),
        "made_at": made_at,
        "at": now,
        "has_private": record.has_private,
    }
    made = None
    if there is None:
        made = await row(conn, QUERIES["insert_submission"], columns)
        if made is None:
            raise _Raced
    findings = [] if clock_off is None else [clock_off]
    keeps_code = there is not None and _keeps_code(record, there)
    is_free = False
    if record.code is not None and not keeps_code:
        found = await _look_at_code(conn, sent, record.code, made_at)
        is_free = found is None
        findings += [] if found is None else [found]
    findings += await _look_at_movement(conn, sent, made_at)
    await _insert_revision(conn, sent, findings, now, is_newest=True)
    if there is not None:  # last: it takes the lock of the device's changes
        code = there["code"] if keeps_code else record.code if is_free else None
        made = await row(conn, QUERIES["replace_revision"], columns | {"code": code})
    elif is_free:
        await execute(conn, QUERIES["claim_code"], {"record": record.record, "code": record.code})
    number = 0 if made is None else made["change_number"]
    fresh = Fresh(record, sent.sha256, state, findings, now, number)
    return Kept(record.record, record.revision, waits_for, is_new=True, fresh=fresh)


def _keeps_code(record: Record, there: Row) -> bool:
    """Tell whether the code spoken for stays: it is the same, or an address has it by now."""
    is_same = there["code"] is not None and there["code"] == record.code
    return is_same or there["address_id"] is not None


def _address_id(record: Record, address: Address | None, there: Row | None) -> int | None:
    """Give the address a record is about; of one that was added, that which came of it."""
    if address is not None:
        return address.address_id
    is_of_added = there is not None and there["act"] == record.act.value == Act.ADD.value
    return there["address_id"] if there is not None and is_of_added else None


def _position(record: Record) -> Mapping[str, Any]:
    spot = record.position
    return {
        "lon": None if spot is None else spot.point.lon,
        "lat": None if spot is None else spot.point.lat,
        "accuracy_m": None if spot is None else spot.accuracy_m,
        "method": None if spot is None else spot.method.value,
    }


async def _address(conn: AsyncConnection, sent: _Sent) -> Address | None:
    """Give the address a record is about; None: there is none, or not for this device."""
    seen = sent.record.address
    if seen is None:
        return None
    try:
        return await reading.get_address(conn, sent.device.principal, AddressRef.parse(seen.ref))
    except AddrsvcError:
        return None


async def _commune(
    conn: AsyncConnection, record: Record, address: Address | None, clock: Clock
) -> str | None:
    """Find whose record it is; None: that cannot be told, it is for those without limits."""
    if address is not None:
        return address.area
    day = today(clock)
    point: LonLat | None = None if record.position is None else record.position.point
    if point is not None and is_in_vietnam(point):
        located = await units.commune_at(conn, point, day)
        if located is not None:
            return located.code
    if record.commune_code is None:
        return None
    unit = await units.find_unit(conn, record.commune_code, day)
    return None if unit is None or unit.level is not Level.COMMUNE else unit.code


async def _look_at_code(
    conn: AsyncConnection, sent: _Sent, code: str, made_at: datetime
) -> Finding | None:
    """Lock a code, and say why it is not this record's to speak for; None: it is."""
    await execute(conn, QUERIES["lock_code"], {"code": code})
    which = {"code": code, "device": sent.device.key_id, "record": sent.record.record}
    found = await row(conn, QUERIES["look_at_code"], which)
    if found is None or found["ends_at"] is None:
        return Finding(CODE_NOT_IN_BLOCK, {"code": code})
    if found["used_by"] is not None:
        return Finding(CODE_USED, {"code": code})
    if made_at >= found["ends_at"]:
        return Finding(CODE_ENDED, {"code": code, "ended_at": found["ends_at"].isoformat()})
    return None


async def _look_at_movement(conn: AsyncConnection, sent: _Sent, made_at: datetime) -> list[Finding]:
    """Give what is to be said of how the device came here.

    What that says of the record made next is noted when this one is decided.
    """
    record, spot = sent.record, sent.record.position
    if spot is None or spot.method is not Method.GNSS:
        return []
    made = Made(record.record, record.revision, Stand(spot.point, spot.accuracy_m, made_at))
    found = await look_around(conn, sent.device.key_id, made)
    return [finding for said_of, finding in found if said_of is made]


async def _insert_revision(
    conn: AsyncConnection,
    sent: _Sent,
    findings: Sequence[Finding],
    at: datetime,
    *,
    is_newest: bool,
) -> None:
    record = sent.record
    revision = {
        "record": record.record,
        "revision": record.revision,
        "payload": sent.payload.decode(),
        "sha256": sent.sha256,
        "at": at,
        "findings": Jsonb([each.to_json() for each in findings]),
    }
    await execute(conn, QUERIES["insert_revision"], revision)
    if record.photos:
        photos = {
            "record": record.record,
            "sha256": [bytes.fromhex(each.sha256) for each in record.photos],
            "bytes": [each.bytes for each in record.photos],
            "media_type": [each.media_type for each in record.photos],
            "marks": [each.marks for each in record.photos],
            "taken_at": [each.taken_at for each in record.photos],
            "is_newest": is_newest,
        }
        await execute(conn, QUERIES["announce_photos"], photos)
