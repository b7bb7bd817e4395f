"""Do in the register what a record says; whoever decides is who acts there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.collection import merging
from addrsvc.collection.payload import Record
from addrsvc.registry import service as registry
from addrsvc.registry.commands import AssignAddress, RetireAddress
from addrsvc.registry.model import Address, Kind, Marks, Position
from addrsvc.registry.reading import AddressRef


def origin_of(record_id: UUID) -> str:
    """Name a record as the source of what the register says."""
    return f"Thu thập thực địa, phiếu {record_id}"


def collected_fields(record: Record) -> dict[str, Any]:
    """Give what a record says of an address, as values; a position only where one was taken."""
    fields, position = record.fields, position_of(record)
    if fields is None:
        return {}
    said: dict[str, Any] = {
        "kind": fields.kind.value,
        "house_number": merging.text_of(fields.house_number),
        "thoroughfare": merging.text_of(fields.thoroughfare),
        "localities": merging.localities_of([(each.kind, each.name) for each in fields.localities]),
        "unit": merging.text_of(fields.unit),
        "floor": merging.text_of(fields.floor),
        "building": merging.text_of(fields.building),
        "name": merging.text_of(fields.name),
    }
    if position is not None:
        said["position"] = merging.position_json(position)
    return said


def position_of(record: Record) -> Position | None:
    """Give the position of the entrance as the register keeps it; None: none was taken."""
    spot = record.position
    if spot is None:
        return None
    return Position(spot.point, spot.accuracy_m, spot.method, Marks.ENTRANCE)


async def add(
    conn: AsyncConnection,
    principal: Principal,
    record: Record,
    said: Mapping[str, Any],
    clock: Clock,
    *,
    code: str | None,
    distinct_because: str | None = None,
) -> Address:
    """Register a new address; ``code`` None: draw a new one.

    Raises:
        AddrsvcError: what the register refuses.
    """
    command = AssignAddress(
        kind=Kind(said["kind"]),
        source=origin_of(record.record),
        components=merging.components_of(said),
        position=merging.position_of(said["position"]),
        commune_code=record.commune_code,
        name=said.get("name"),
        block_code=code,
        distinct_because=distinct_because,
    )
    return await registry.assign_address(conn, principal, command, clock)


async def correct(
    conn: AsyncConnection,
    principal: Principal,
    record: Record,
    address: Address,
    changes: Mapping[str, Any],
    clock: Clock,
    *,
    distinct_because: str | None = None,
    stays: bool = False,
) -> Address:
    """Mend some fields of an address, which is as it was read.

    ``stays``: a position in another commune is refused; else the address moves there.

    Raises:
        VersionStale: somebody changed it since it was read.
        AddrsvcError: what else the register refuses.
    """
    command = merging.correction(
        merging.fields_of(address.document),
        changes,
        reason=origin_of(record.record),
        distinct_because=distinct_because,
    )
    if stays and "position" in changes:
        command = replace(command, commune_code=address.commune_code)
    ref = AddressRef.parse(address.ref)
    return await registry.correct_address(conn, principal, ref, address.version, command, clock)


async def retire(
    conn: AsyncConnection,
    principal: Principal,
    record: Record,
    address: Address,
    clock: Clock,
) -> Address:
    """Say that an address is there no more.

    Raises:
        AddrsvcError: what the register refuses.
    """
    command = RetireAddress(reason=origin_of(record.record))
    ref = AddressRef.parse(address.ref)
    return await registry.retire_address(conn, principal, ref, address.version, command, clock)
