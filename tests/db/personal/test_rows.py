"""Row-level security alone: with every check of the application left out, areas still hold."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
import pytest
from registry_fixtures import EAST, WEST
from service_settings import as_role, service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal, command_line
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.db.transaction import transaction
from addrsvc.personal import holders
from addrsvc.personal.model import Person
from addrsvc.types import AddressId

pytestmark = pytest.mark.anyio

AT = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
IN_WEST = [AddressId(number) for number in range(1, 21)]
IN_EAST = [AddressId(number) for number in range(21, 41)]

_ADDRESSES = """
INSERT INTO address (address_id, created_at) OVERRIDING SYSTEM VALUE
SELECT n, now() FROM generate_series(1, 40) n;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT n, 1, 'proposed', '2026-01-01', now(), 'assign', 'test',
       jsonb_build_object('kind', 'dwelling', 'source', 'test', 'commune',
                          jsonb_build_array(c, '2025-07-01'))
FROM (SELECT n, CASE WHEN n <= 20 THEN '25747' ELSE '25750' END AS c
      FROM generate_series(1, 40) n) AS rows;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from)
SELECT n, 1, 'proposed', 'dwelling', 'public',
       CASE WHEN n <= 20 THEN '25747' ELSE '25750' END, '2025-07-01'
FROM generate_series(1, 40) n;
"""


@pytest.fixture
async def held(registry_url: str) -> AsyncIterator[AsyncEngine]:
    """Give the service's engine on forty addresses with invented people behind them."""
    with psycopg.connect(registry_url) as conn:
        conn.execute(_ADDRESSES)
    settings = service_settings(registry_url, pool_size=2)
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        people = [(number, Person(f"Người Bịa {number}")) for number in (*IN_WEST, *IN_EAST)]
        await holders.put_holders(conn, command_line("test"), people, AT)
    yield engine
    await engine.dispose()


async def test_what_nobody_opened_is_not_there(held: AsyncEngine, registry_url: str) -> None:
    async with transaction(held) as conn:
        assert await holders.holder_of(conn, IN_WEST[0]) is None
        assert await holders.erase_holders(conn, IN_WEST) == 0
    for table in ("address_holder", "request", "reading_note"):
        with psycopg.connect(as_role(registry_url, WRITER)) as conn:
            found = conn.execute(f"SELECT count(*) FROM personal.{table}".encode()).fetchone()
            assert found == (0,)


async def test_not_even_for_the_owner_of_the_tables(held: AsyncEngine, registry_url: str) -> None:
    with psycopg.connect(registry_url) as conn:
        conn.execute("CREATE ROLE owner_for_a_test")
        try:
            conn.execute("GRANT USAGE ON SCHEMA personal TO owner_for_a_test")
            conn.execute("GRANT SELECT ON address_current TO owner_for_a_test")
            conn.execute("ALTER TABLE personal.address_holder OWNER TO owner_for_a_test")
            conn.execute("SET ROLE owner_for_a_test")
            found = conn.execute("SELECT count(*) FROM personal.address_holder").fetchone()
            assert found == (0,)
        finally:
            conn.rollback()


async def test_reading_writing_and_erasing_end_at_the_area(held: AsyncEngine) -> None:
    west = Principal("key:west", frozenset(), frozenset({WEST}))
    async with transaction(held) as conn:
        await holders.open_holders(conn, west.areas)
        assert (await holders.holder_of(conn, IN_WEST[0])) == Person("Người Bịa 1")
        assert await holders.holder_of(conn, IN_EAST[0]) is None
        assert await holders.erase_holders(conn, [IN_WEST[1], IN_EAST[1]]) == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        async with transaction(held) as conn:
            await holders.put_holders(conn, west, [(IN_EAST[0], Person("X"))], AT)


async def test_an_address_that_moves_takes_its_person_along(
    held: AsyncEngine, registry_url: str
) -> None:
    with psycopg.connect(registry_url) as admin:
        admin.execute("UPDATE address_current SET commune_code = '25750' WHERE address_id = 1")
    async with transaction(held) as conn:
        await holders.open_holders(conn, {WEST})
        assert await holders.holder_of(conn, IN_WEST[0]) is None
        await holders.open_holders(conn, {EAST})
        assert await holders.holder_of(conn, IN_WEST[0]) is not None


async def test_two_principals_in_a_small_pool_never_cross(held: AsyncEngine) -> None:
    """Four thousand requests over two connections; some roll back, some open nothing."""
    rng = random.Random(5)  # noqa: S311 -- repeatable, no secret
    crossings = answers = 0

    async def ask(area: str, mine: list[AddressId], others: list[AddressId]) -> None:
        nonlocal crossings, answers
        fate = rng.randrange(14)
        async with held.connect() as conn, conn.begin() as work:
            if fate == 0:
                # a request that forgot to open anything, on whatever connection is free
                crossings += await holders.holder_of(conn, rng.choice(mine)) is not None
                return
            await holders.open_holders(conn, {area})
            asked = [rng.choice(mine), rng.choice(others)]
            found = [each for each, _, _ in await holders.holders_of(conn, asked)]
            crossings += asked[1] in found
            answers += asked[0] in found
            if fate == 1:
                await work.rollback()

    async def client(area: str, mine: list[AddressId], others: list[AddressId]) -> None:
        for _ in range(500):
            await ask(area, mine, others)

    await asyncio.gather(
        *(client(WEST, IN_WEST, IN_EAST) for _ in range(4)),
        *(client(EAST, IN_EAST, IN_WEST) for _ in range(4)),
    )
    assert crossings == 0
    assert answers > 3_500
