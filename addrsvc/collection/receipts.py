"""Receipts: what the server has of a record, and what became of it, told to its device."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from addrsvc.collection.devices import Device
from addrsvc.collection.keeping import QUERIES, Fresh
from addrsvc.collection.model import State, Waits
from addrsvc.collection.payload import read_record
from addrsvc.collection.photos import Photo, list_photos
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.errors import AddrsvcError
from addrsvc.registry import reading
from addrsvc.registry.model import Address
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings

PAGE_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field the register and a device say otherwise, and nobody decided yet."""

    field: str
    base: Any
    registered: Any
    collected: Any


@dataclass(frozen=True, slots=True)
class Receipt:
    """One record as its device may know of it."""

    record: UUID
    revision: int
    sha256: str
    state: State
    waits_for: Waits | None
    findings: Sequence[Mapping[str, Any]]
    note: str | None
    address: Address | None
    """As the device may see it."""
    conflicts: Sequence[Conflict]
    photos: Sequence[Photo]
    """Of the newest revision."""
    private: str
    """``none``, ``missing`` or ``kept``."""
    received_at: datetime
    decided_at: datetime | None
    change_number: int


@dataclass(frozen=True, slots=True)
class BlockLeft:
    """A block of codes of a device that has not ended."""

    commune_code: str
    unused: int
    expires_at: datetime


async def list_blocks_left(conn: Connection, device: Device, now: datetime) -> list[BlockLeft]:
    """Give the blocks of a device that have not ended, the oldest first."""
    found = await rows(conn, QUERIES["blocks_of"], {"device": device.key_id, "at": now})
    return [BlockLeft(**each) for each in found]


async def newest_change(conn: Connection, device: Device) -> int:
    """Give the number of the newest change of a device's records; 0: it has none."""
    (found,) = await rows(conn, QUERIES["newest_change_of"], {"device": device.key_id})
    return int(found["newest"])


async def get_receipt(
    conn: Connection, device: Device, record: UUID, settings: Settings
) -> Receipt:
    """Give the receipt of a record of a device; it is known to be there."""
    return (await _receipts(conn, device, [record], settings))[0]


def receipt_of(fresh: Fresh, waits_for: Waits | None) -> Receipt:
    """Give the receipt of a record just kept, when the database is away by now."""
    record = fresh.record
    return Receipt(
        record=record.record,
        revision=record.revision,
        sha256=fresh.sha256.hex(),
        state=fresh.state,
        waits_for=waits_for,
        findings=[each.to_json() for each in fresh.findings],
        note=None,
        address=None,
        conflicts=(),
        photos=[
            Photo(
                each.sha256,
                each.bytes,
                each.media_type,
                each.marks,
                each.taken_at,
                received_bytes=0,
                whole_at=None,
                erased_at=None,
                fault=None,
            )
            for each in record.photos
        ],
        private="missing" if record.has_private else "none",
        received_at=fresh.received_at,
        decided_at=None,
        change_number=fresh.change_number,
    )


async def list_receipts(
    conn: Connection, device: Device, settings: Settings, *, since: int, limit: int
) -> tuple[list[Receipt], int, bool]:
    """Give receipts of records of a device that changed since a number, the oldest change first.

    Returns:
        The receipts; the number to ask from next; whether there are more.
    """
    asked = {"device": device.key_id, "since": since, "limit": limit + 1}
    found = await rows(conn, QUERIES["changed_since"], asked)
    page = found[:limit]
    ids = [each["submission_id"] for each in page]
    receipts = await _receipts(conn, device, ids, settings)
    # not of the receipts: a record that changed in between comes again, none is passed over
    following = page[-1]["change_number"] if page else since
    return receipts, following, len(found) > limit


async def _receipts(
    conn: Connection, device: Device, ids: Collection[UUID], settings: Settings
) -> list[Receipt]:
    if not ids:
        return []
    which = {"records": list(ids)}
    found = await rows(conn, QUERIES["receipts"], which)
    conflicts: dict[UUID, list[Conflict]] = {}
    for each in await rows(conn, QUERIES["conflicts"], which):
        conflicts.setdefault(each.pop("submission_id"), []).append(Conflict(**each))
    photos = await list_photos(conn, ids, settings)
    announced = await asyncio.to_thread(_announced, found)
    addresses = await _addresses(conn, device, found)
    return [
        _receipt(
            each,
            addresses.get(each["address_id"]),
            conflicts.get(each["submission_id"], ()),
            [
                one
                for one in photos.get(each["submission_id"], ())
                if one.sha256 in announced[each["submission_id"]]
            ],
        )
        for each in found
    ]


def _announced(found: Sequence[Row]) -> dict[UUID, set[str]]:
    """Give the photos the newest revisions of records announce, by hash."""
    return {
        each["submission_id"]: {one.sha256 for one in read_record(each["payload"].encode()).photos}
        for each in found
    }


def _receipt(
    found: Row, address: Address | None, conflicts: Sequence[Conflict], photos: Sequence[Photo]
) -> Receipt:
    state = State(found["state"])
    return Receipt(
        record=found["submission_id"],
        revision=found["revision"],
        sha256=bytes(found["sha256"]).hex(),
        state=state,
        waits_for=None if found["waits_for"] is None else Waits(found["waits_for"]),
        findings=found["findings"],
        # words about a revision before say nothing of this one
        note=None if state is State.RECEIVED else found["note"],
        address=address,
        # who may not see the address learns nothing of it
        conflicts=() if address is None else conflicts,
        photos=photos,
        private=_private(found),
        received_at=found["received_at"],
        decided_at=found["decided_at"],
        change_number=found["change_number"],
    )


def _private(found: Row) -> str:
    if not found["has_private"]:
        return "none"
    return "kept" if (found["private_revision"] or 0) >= found["revision"] else "missing"


async def _addresses(conn: Connection, device: Device, found: Sequence[Row]) -> dict[int, Address]:
    """Give the addresses of records by identity, as far as the device may see them."""
    codes = {each["code"] for each in found if each["code"] is not None}
    known = await reading.find_addresses(conn, codes)
    seen = [each for each in known.values() if reading.is_seen(each, device.principal)]
    proposals = {
        each["address_id"]
        for each in found
        if each["address_id"] is not None and each["code"] is None
    }
    for address_id in proposals:
        ref = AddressRef(f"p{address_id}", address_id=address_id)
        try:
            seen.append(await reading.get_address(conn, device.principal, ref))
        except AddrsvcError:
            continue
    return {each.address_id: each for each in seen}
