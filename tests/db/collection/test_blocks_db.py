"""Blocks of codes in the database: counters spent, adopted codes stepped over, ends told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from registry_fixtures import EAST, NO_PREFIX, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.errors import AreaForbidden
from addrsvc.auth.model import Principal, command_line
from addrsvc.auth.permissions import DEVICE_SCOPES
from addrsvc.clock import FixedClock
from addrsvc.codes.blocks import BlockState
from addrsvc.codes.permutation import suffix_at
from addrsvc.collection import blocks
from addrsvc.collection.blocks import Block
from addrsvc.collection.devices import Device
from addrsvc.collection.errors import BlockTooMany
from addrsvc.db.doors import make_engine
from addrsvc.db.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from addrsvc.db.rows import execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.registry import prefixes
from addrsvc.registry import service as registry
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.errors import CodeNotHandedOut, CodeTaken, NoPrefix
from addrsvc.registry.model import Kind, Marks, Method, Position, Status
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

ROOT = command_line("test")
PHONE = Device(
    "aaaa0001", Principal("device:aaaa0001", DEVICE_SCOPES, frozenset({WEST, NO_PREFIX}))
)


@pytest.fixture
async def engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(service_settings(registry_url))
    yield engine
    await engine.dispose()


async def issue(
    engine: AsyncEngine, clock: FixedClock, key: str, count: int = 5, commune: str = WEST
) -> Block:
    async with transaction(engine) as conn:
        return await blocks.issue(conn, PHONE, commune, count, key, clock)


def house(number: int, code: str | None = None) -> AssignAddress:
    spot = Position(LonLat(106.61 + number / 1000, 10.95), 4.0, Method.GNSS, Marks.ENTRANCE)
    return AssignAddress(Kind.DWELLING, "test", position=spot, block_code=code)


async def test_a_block_is_issued_once_for_a_request(engine: AsyncEngine, clock: FixedClock) -> None:
    given = await asyncio.gather(*(issue(engine, clock, "k1") for _ in range(3)))
    assert len({each.block_id for each in given}) == 1
    first, other = given[0], await issue(engine, clock, "k2", 7)
    codes = [*first.block.codes, *other.block.codes]
    assert len(set(codes)) == 12
    assert other.block.start_counter == first.block.end_counter
    with pytest.raises(IdempotencyKeyReused):
        await issue(engine, clock, "k1", 6)
    with pytest.raises(IdempotencyKeyInvalid):
        await issue(engine, clock, "")
    with pytest.raises(AreaForbidden):
        await issue(engine, clock, "k3", commune=EAST)
    with pytest.raises(NoPrefix):
        await issue(engine, clock, "k3", commune=NO_PREFIX)
    for at in range(3):
        await issue(engine, clock, f"many {at}", 500)
    with pytest.raises(BlockTooMany):
        await issue(engine, clock, "too many", 500)
    async with transaction(engine) as conn:
        states = {each.prefix: each for each in await prefixes.list_prefixes(conn)}
        # capacity counts what is in blocks as spent
        assert states["75123"].capacity.drawn == 1_512
        told = await rows(conn, "SELECT data FROM event WHERE type = 'block.issued'", {})
        assert [each["data"]["codes"] for each in told] == [5, 7, 500, 500, 500]


async def test_what_is_adopted_or_reserved_is_in_no_block(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    third, fourth = (suffix_at("75123", b"\x01" * 32, each) for each in (2, 3))
    async with transaction(engine) as conn:
        adopted = replace(house(1), code=f"75123{third}", issuer="Bưu điện")
        await registry.assign_address(conn, ROOT, adopted, clock)
        last = int(fourth)
        await prefixes.reserve_range(
            conn, ROOT, prefix="75123", first=last, last=last, issuer="X", reason="", clock=clock
        )
    block = (await issue(engine, clock, "k2", 8)).block
    assert not {third, fourth} & {each.suffix for each in block.codes}
    assert (len(set(block.codes)), block.end_counter) == (8, 10)


async def test_a_code_of_a_block_is_given_to_one_house(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    code, another = (each.text for each in (await issue(engine, clock, "k1", 2)).block.codes)
    async with transaction(engine) as conn:
        address = await registry.assign_address(conn, ROOT, house(1, code), clock)
        assert (address.code, address.status, address.issuer) == (code, Status.CURRENT, "Test")
        with pytest.raises(CodeTaken):
            await registry.assign_address(conn, ROOT, house(2, code), clock)
        with pytest.raises(CodeNotHandedOut):
            await registry.assign_address(conn, ROOT, house(2, "9999900001"), clock)
        drawn = await registry.assign_address(conn, ROOT, house(3), clock)
        assert drawn.code not in {code, another}
        (listed,) = await blocks.list_blocks(conn, PHONE)
        assert listed.counts(clock.now()) == {"used": 1, "unused": 1, "burnt": 0}
        assert listed.state(clock.now()) is BlockState.OPEN
        later = clock.now() + blocks.LASTS
        assert listed.counts(later) == {"used": 1, "unused": 0, "burnt": 1}
        assert listed.state(later) is BlockState.EXPIRED


async def test_the_end_of_a_block_is_told_once(engine: AsyncEngine, clock: FixedClock) -> None:
    await issue(engine, clock, "k1")
    await blocks.end_blocks(engine, clock)
    later = FixedClock(clock.now() + timedelta(days=1))
    async with transaction(engine) as conn:
        await execute(
            conn,
            "INSERT INTO api_key (key_id, name, secret_hash, scopes, kind, held_by,"
            " created_at, expires_at, revoked_at, revoked_because)"
            " VALUES ('aaaa0001', 'Máy', sha256('x'::bytea), '{}', 'device', 'tuan', %(at)s,"
            " %(end)s, %(at)s, 'lost')",
            {"at": later.now(), "end": later.now() + timedelta(days=9)},
        )
    for _ in range(2):
        await blocks.end_blocks(engine, later)
    async with transaction(engine) as conn:
        told = await rows(conn, "SELECT data FROM event WHERE type = 'block.ended'", {})
        assert [(each["data"]["used"], each["data"]["burnt"]) for each in told] == [(0, 5)]
        kept = await row(conn, "SELECT revoked_at, told_at FROM code_block", {})
        assert kept == {"revoked_at": later.now(), "told_at": later.now()}
        (listed,) = await blocks.list_blocks(conn, PHONE)
        assert listed.counts(later.now())["burnt"] == 5
