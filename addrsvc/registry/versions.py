"""Versions of addresses: lock what the register says of one, and write what an act makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from psycopg.types.json import Jsonb

from addrsvc.db.rows import Connection, Row, execute, rows
from addrsvc.registry.model import Document, Status
from addrsvc.registry.repository import QUERIES
from addrsvc.registry.timeline import Rewriting, Slice, Timeline, former_keys, rewritten
from addrsvc.types import AddressId

TICK = timedelta(microseconds=1)
"""Least time between two writes of one address, so that every moment has one answer."""


@dataclass(frozen=True, slots=True)
class Locked:
    """One address, locked against other writers until the transaction ends."""

    address_id: AddressId
    code: str | None
    version: int
    recorded_from: datetime
    """When its open version was written: whatever is written next is later."""
    timeline: Timeline

    @property
    def status(self) -> Status:
        """Give its status as said now."""
        return self.timeline[-1].status

    @property
    def valid_from(self) -> date:
        """Give the first day of what is said of the present."""
        return self.timeline[-1].valid_from

    @property
    def document(self) -> Document:
        """Give what is said of the present."""
        return self.timeline[-1].document

    @property
    def area(self) -> str:
        """Give the present commune that rights over it rest on."""
        return self.document.commune.code


@dataclass(frozen=True, slots=True)
class Signature:
    """Who writes, when, by which act, and why; the same for all rows of one act."""

    act: str
    principal: str
    at: datetime
    reason: str | None = None
    act_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The first version of an address, about to be written."""

    address_id: AddressId
    status: Status
    valid_from: date
    act: str
    principal: str
    reason: str | None
    document: Document
    parent_id: AddressId | None
    at: datetime
    act_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """One version as it was written, with who wrote it by which act."""

    said: Slice
    act: str
    act_id: int | None
    principal: str
    at: datetime


async def identities(
    conn: Connection, codes: Collection[str], ids: Collection[int] = ()
) -> list[AddressId]:
    """Give the identities that have these codes or are these, without locking them."""
    if not codes and not ids:
        return []
    params = {"codes": list(codes), "ids": list(ids)}
    found = await rows(conn, QUERIES["identities"], params)
    return [AddressId(each["address_id"]) for each in found]


async def identity_of(conn: Connection, code: str | None) -> AddressId | None:
    """Give the identity that has a code, without locking it."""
    if code is None:
        return None
    found = await identities(conn, [code])
    return found[0] if found else None


async def lock_all(conn: Connection, ids: Collection[int]) -> list[Locked]:
    """Lock addresses in order of identity, as everybody does, so that none wait in a circle."""
    if not ids:
        return []
    params = {"ids": list(ids)}
    await rows(conn, QUERIES["lock_addresses"], params)
    found = await rows(conn, QUERIES["addresses_to_change"], params)
    by_address = groupby(found, key=lambda each: AddressId(each["address_id"]))
    return [_locked(address_id, list(said)) for address_id, said in by_address]


def _locked(address_id: AddressId, said: Sequence[Row]) -> Locked:
    return Locked(
        address_id=address_id,
        code=said[-1]["code"],
        version=said[-1]["version"],
        recorded_from=said[-1]["recorded_from"],
        timeline=tuple(slice_of(each) for each in said),
    )


def moment(now: datetime, locked: Iterable[Locked]) -> datetime:
    """Give the moment of an act: after all that was written of its addresses.

    The clocks of several machines differ; the register's clock only goes forward.
    """
    return max([now, *(each.recorded_from + TICK for each in locked)])


async def written(conn: Connection, ids: Collection[int]) -> dict[AddressId, list[Written]]:
    """Give every version there ever was of some addresses, in order of their numbers."""
    found = await rows(conn, QUERIES["versions_written"], {"ids": list(ids)})
    return {
        address_id: [
            Written(
                slice_of(each),
                each["act"],
                each["act_id"],
                each["principal"],
                each["recorded_from"],
            )
            for each in of_one
        ]
        for address_id, of_one in groupby(found, key=lambda each: AddressId(each["address_id"]))
    }


def slice_of(found: Row) -> Slice:
    """Make a slice of one row of ``address_version``."""
    return Slice(
        found["version"],
        found["valid_from"],
        found["valid_to"],
        Status(found["status"]),
        Document.from_json(found["document"]),
    )


async def rewrite(
    conn: Connection,
    found: Locked,
    rewriting: Rewriting,
    signature: Signature,
    parent_id: AddressId | None,
) -> None:
    """Write what an act says of a locked address, and bring the projection along.

    The act's moment is later than what was written last, whatever the clocks say: :func:`moment`.
    """
    at = moment(signature.at, [found])
    closed = {"address_id": found.address_id, "versions": list(rewriting.closed), "at": at}
    await execute(conn, QUERIES["close_versions"], closed)
    for number, each in enumerate(rewriting.added, found.version + 1):
        params = {
            "address_id": found.address_id,
            "version": number,
            "status": each.status.value,
            "valid_from": each.valid_from,
            "valid_to": each.valid_to,
            "at": at,
            "act": signature.act,
            "act_id": signature.act_id,
            "principal": signature.principal,
            "reason": signature.reason,
            "document": Jsonb(each.document.to_json()),
        }
        await execute(conn, QUERIES["insert_version"], params)
    projected = _projection(rewriting.open.document, rewriting.open.status, parent_id)
    version = found.version + len(rewriting.added)
    params = {**projected, "address_id": found.address_id, "version": version}
    await execute(conn, QUERIES["project"], params)
    after = rewritten(found.timeline, rewriting, found.version + 1)
    if len(found.timeline) > 1 or len(after) > 1:
        await put_former_keys(conn, {found.address_id: former_keys(after)})


FormerKeys = Mapping[tuple[str, str | None], date]
"""Base key and number key of past slices, and until when; as ``timeline.former_keys`` gives it."""


async def put_former_keys(conn: Connection, former: Mapping[int, FormerKeys]) -> None:
    """Write the keys addresses were known by, by identity, in place of those there are."""
    found = [
        (address_id, base, number, until)
        for address_id, keys in former.items()
        for (base, number), until in keys.items()
    ]
    params = {
        "ids": [address_id for address_id, _, _, _ in found],
        "base_keys": [base for _, base, _, _ in found],
        "number_keys": [number for _, _, number, _ in found],
        "until": [until for _, _, _, until in found],
    }
    await execute(conn, QUERIES["drop_former_keys"], {"ids": list(former)})
    await execute(conn, QUERIES["put_former_keys"], params)


def _projection(document: Document, status: Status, parent_id: AddressId | None) -> dict[str, Any]:
    position = document.position
    base_key, number_key = document.components.search_keys()
    return {
        "status": status.value,
        "kind": document.kind.value,
        "visibility": document.visibility.value,
        "commune_code": document.commune.code,
        "commune_valid_from": document.commune.valid_from,
        "base_key": base_key,
        "number_key": number_key,
        "parent_id": parent_id,
        "position": (
            None
            if position is None
            else f"SRID=4326;POINT({position.point.lon!r} {position.point.lat!r})"
        ),
    }


async def insert_first_version(conn: Connection, new: NewVersion) -> None:
    """Write version 1 and the projection."""
    params = {
        **_projection(new.document, new.status, new.parent_id),
        "address_id": new.address_id,
        "valid_from": new.valid_from,
        "at": new.at,
        "act": new.act,
        "act_id": new.act_id,
        "principal": new.principal,
        "reason": new.reason,
        "document": Jsonb(new.document.to_json()),
    }
    await execute(conn, QUERIES["insert_first_version"], params)
