"""Blocks of codes on devices: issued while there is a network, used without, burnt when they end.

A block spends the counters of its prefix for good, so capacity counts its codes as drawn from the
moment it is issued. What ends a block is its time, or that its device was revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth import field_devices
from addrsvc.auth.model import Scope
from addrsvc.clock import Clock
from addrsvc.codes import blocks as codes
from addrsvc.codes.blocks import BlockState, CodeBlock
from addrsvc.codes.code import DigitalCode
from addrsvc.collection.devices import Device
from addrsvc.collection.errors import BlockTooMany
from addrsvc.collection.records import QUERIES
from addrsvc.db.idempotency import IdempotencyKeyReused, check_key
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.events import service as events
from addrsvc.registry import coding

MOST_CODES: Final = 500
"""In one block."""
MOST_UNUSED: Final = 2_000
"""On one device, of one commune."""
LASTS: Final = timedelta(days=14)

_LISTED: Final = 100
_TOLD_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it is stored."""

    block_id: int
    commune_code: str
    block: CodeBlock

    def state(self, at: datetime) -> BlockState:
        """Tell where it stands."""
        return self.block.state(at)

    def counts(self, at: datetime) -> dict[str, int]:
        """Count its codes: used, still to be used, and burnt."""
        burnt = len(codes.burnt(self.block, at))
        unused = 0 if burnt else len(self.block.unused())
        return {"used": len(self.block.used), "unused": unused, "burnt": burnt}


async def issue(
    conn: AsyncConnection,
    device: Device,
    commune_code: str,
    count: int,
    key: str | None,
    clock: Clock,
) -> Block:
    """Hand a device codes of a commune; the same request again gives the same block.

    ``key`` names the request; None: it cannot be repeated.

    Raises:
        AreaForbidden: the device does not work in this commune.
        NoPrefix: no prefix of the commune has so many codes left.
        BlockTooMany: it holds as many as it may already.
        IdempotencyKeyInvalid, IdempotencyKeyReused: see there.
    """
    device.principal.require_in(Scope.ADDRESSES_WRITE, [commune_code])
    if key is not None:
        check_key(key)
    await execute(conn, QUERIES["lock_device_blocks"], {"device": device.key_id})
    request = {"device": device.key_id, "request_key": key}
    known = await row(conn, QUERIES["block_of_request"], request)
    if known is not None:
        if (known["commune_code"], len(known["codes"])) != (commune_code, count):
            raise IdempotencyKeyReused
        return _block(known)
    at = clock.now()
    which = {"device": device.key_id, "commune": commune_code, "at": at}
    held = await row(conn, QUERIES["unused_codes"], which)
    unused = 0 if held is None else int(held["count"])
    if unused + count > MOST_UNUSED:
        raise BlockTooMany(unused=unused, limit=MOST_UNUSED)
    block = await coding.issue_block(
        conn,
        commune_code,
        count,
        device=device.key_id,
        issued_at=at,
        expires_at=at + LASTS,
    )
    return await _put(conn, device, Block(0, commune_code, block), key)


async def _put(conn: AsyncConnection, device: Device, given: Block, key: str | None) -> Block:
    block = given.block
    params = {
        "device": device.key_id,
        "commune": given.commune_code,
        "prefix": block.prefix,
        "start": block.start_counter,
        "end": block.end_counter,
        "codes": [each.text for each in block.codes],
        "issued_at": block.issued_at,
        "expires_at": block.expires_at,
        "request_key": key,
    }
    (made,) = await rows(conn, QUERIES["insert_block"], params)
    facts = {
        "device": device.key_id,
        "commune": given.commune_code,
        "codes": len(block.codes),
        "expires_at": block.expires_at.isoformat(),
    }
    await events.record(
        conn, type="block.issued", subject=block.prefix, at=block.issued_at, data=facts
    )
    await audit.record(
        conn,
        principal=device.principal.id,
        action="block.issue",
        subject=f"block:{made['block_id']}",
        at=block.issued_at,
        detail={
            **facts,
            "prefix": block.prefix,
            "counters": [block.start_counter, block.end_counter],
        },
    )
    return Block(made["block_id"], given.commune_code, block)


async def list_blocks(conn: Connection, device: Device) -> list[Block]:
    """Give the last blocks of a device, the newest first."""
    params = {"device": device.key_id, "limit": _LISTED}
    return [_block(each) for each in await rows(conn, QUERIES["blocks_with_use"], params)]


def _block(found: Row) -> Block:
    ends = found["expires_at"]
    if found["revoked_at"] is not None:
        ends = max(found["issued_at"], min(ends, found["revoked_at"]))
    block = CodeBlock(
        start_counter=found["start_counter"],
        end_counter=found["end_counter"],
        codes=tuple(DigitalCode.of(each) for each in found["codes"]),
        device=found["device"],
        issued_at=found["issued_at"],
        expires_at=ends,
        used=frozenset(DigitalCode.of(each) for each in found.get("used", ())),
    )
    return Block(found["block_id"], found["commune_code"], block)


async def end_blocks(engine: AsyncEngine, clock: Clock) -> None:
    """End the blocks of revoked devices, and tell of all that ended what was burnt with them."""
    async with transaction(engine) as conn:
        await _end_revoked(conn, clock.now())
    while await _tell(engine, clock) == _TOLD_AT_ONCE:
        pass


async def _end_revoked(conn: AsyncConnection, at: datetime) -> None:
    holding = [
        each["device"] for each in await rows(conn, QUERIES["devices_with_blocks"], {"at": at})
    ]
    known = await field_devices.find_devices(conn, holding)
    for key_id, device in sorted(known.items()):
        if device.revoked_at is not None:
            params = {"device": key_id, "at": device.revoked_at}
            await execute(conn, QUERIES["end_blocks"], params)


async def _tell(engine: AsyncEngine, clock: Clock) -> int:
    at = clock.now()
    async with transaction(engine) as conn:
        params = {"at": at, "limit": _TOLD_AT_ONCE}
        found = await rows(conn, QUERIES["blocks_ended"], params)
        for each in found:
            facts = {
                "device": each["device"],
                "commune": each["commune_code"],
                "used": each["used"],
                "burnt": each["codes"] - each["used"],
            }
            await events.record(conn, type="block.ended", subject=each["prefix"], at=at, data=facts)
        ids = [each["block_id"] for each in found]
        await execute(conn, QUERIES["note_told"], {"ids": ids, "at": at})
    return len(found)
