"""Row-level security alone: with every check of the application left out, areas still hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from dossiers_world import WHERE, three_addresses
from registry_fixtures import EAST, WEST
from service_settings import as_role, service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal, command_line
from addrsvc.auth.permissions import Scope
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import READER, WRITER
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import bulk_repository, deciding, repository, service
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.kept import Judged
from addrsvc.dossiers.model import (
    AddressRole,
    DossierInput,
    GivenAddress,
    LinkCandidate,
    LinkState,
    settle,
)
from addrsvc.dossiers.register_errors import DossierElsewhere, DossierStale

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
SCOPES = frozenset({Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE, Scope.ADDRESSES_READ})
OFFICE = Principal("key:office", SCOPES)
KEYS = {code: f"H09-260110-{code[-4:]}" for code in WHERE}
TABLES = ("dossier", "dossier_address", "dossier_link")


class Sure:
    """A judge that takes every code for certain, and every text for nothing."""

    async def judge(
        self,
        principal: Principal,  # noqa: ARG002 - as the real one takes it
        given: list[GivenAddress],
        day: date,  # noqa: ARG002
    ) -> list[Judged]:
        return [self._one(each) for each in given]

    def _one(self, given: GivenAddress) -> Judged:
        if given.code is None:
            return Judged("C", settle("C"), communes=(WEST,))
        return Judged("A", settle("A", [LinkCandidate(given.code, "x", 1.0, 1.0)]))


async def bring(engine: AsyncEngine, principal: Principal, key: str, **given: Any) -> service.Put:
    address = GivenAddress(AddressRole.OBJECT, **given)
    sent = DossierInput(parse_dossier_code(key), addresses=(address,))
    async with transaction(engine) as conn:
        return await service.put_dossier(conn, principal, Sure(), sent, CLOCK)  # type: ignore[arg-type]


@pytest.fixture
async def brought(registry_url: str) -> AsyncIterator[AsyncEngine]:
    """Give the service's engine on three dossiers, one in each commune."""
    three_addresses(registry_url)
    engine = make_engine(service_settings(registry_url, pool_size=4))
    for code, key in KEYS.items():
        assert (await bring(engine, OFFICE, key, code=code)).is_new
    yield engine
    await engine.dispose()


async def test_nobody_sees_rows_the_service_did_not_open(
    brought: AsyncEngine, registry_url: str
) -> None:
    with psycopg.connect(as_role(registry_url, WRITER)) as conn:
        for table in TABLES:
            found = conn.execute(f"SELECT count(*) FROM personal.{table}".encode()).fetchone()
            assert found == (0,), table
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute("CREATE ROLE owner_of_dossiers_in_a_test")
        try:
            conn.execute("GRANT USAGE ON SCHEMA personal TO owner_of_dossiers_in_a_test")
            conn.execute("ALTER TABLE personal.dossier OWNER TO owner_of_dossiers_in_a_test")
            conn.execute("GRANT SELECT ON personal.dossier_reach TO owner_of_dossiers_in_a_test")
            conn.execute("SET ROLE owner_of_dossiers_in_a_test")
            assert conn.execute("SELECT count(*) FROM personal.dossier").fetchone() == (0,)
        finally:
            conn.execute("RESET ROLE")
            conn.execute("DROP OWNED BY owner_of_dossiers_in_a_test CASCADE")
            conn.execute("DROP ROLE owner_of_dossiers_in_a_test")
    with psycopg.connect(as_role(registry_url, READER)) as conn:
        for table in (*TABLES, "dossier_reach"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"SELECT 1 FROM personal.{table}".encode())
            conn.rollback()


async def test_what_is_opened_for_one_commune_shows_no_other(brought: AsyncEngine) -> None:
    for code, area in WHERE.items():
        limited = Principal("key:limited", SCOPES, frozenset({area}))
        async with transaction(brought) as conn:
            await repository.open_dossiers(conn, limited)
            seen = {key: await repository.find_dossier(conn, key) for key in KEYS.values()}
            assert [key for key, found in seen.items() if found is not None] == [KEYS[code]]
            for other in WHERE:
                links = await repository.links_of_address(
                    conn, other, history=True, before=2**62, limit=9
                )
                assert len(links) == (other == code)
            listed = await repository.list_dossiers(
                conn,
                communes=None,
                own=None,
                first_day=None,
                last_day=None,
                state=None,
                after=0,
                limit=9,
            )
            assert [each.key for each in listed] == [KEYS[code]]


async def test_rows_of_others_are_not_written(brought: AsyncEngine) -> None:
    limited = Principal("key:limited", SCOPES, frozenset({WEST}))
    north = KEYS["7512500003"]
    written = repository.Written(limited.id, CLOCK.now())
    async with transaction(brought) as conn:
        await repository.open_dossiers(conn, OFFICE)
        dossier = await repository.find_dossier(conn, north)
        assert dossier is not None
        await repository.open_dossiers(conn, limited)
        facts = [(dossier.dossier_id, dossier.facts)]
        await bulk_repository.update_dossiers(conn, facts, written)
        await bulk_repository.remove_addresses(conn, [(dossier.dossier_id, 1)], written)
        await repository.open_dossiers(conn, OFFICE)
        assert await repository.find_dossier(conn, north) == dossier
    added = [(GivenAddress(AddressRole.OBJECT, text="x"), Judged("C", settle("C")))]
    async with transaction(brought) as conn:
        await repository.open_dossiers(conn, limited)
        place = (dossier.dossier_id, added)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await bulk_repository.add_addresses(conn, [place], {dossier.dossier_id}, written)
        await conn.rollback()
    with pytest.raises(DossierElsewhere):
        await bring(brought, limited, north, text="x")


async def test_a_dossier_goes_where_its_address_goes(
    brought: AsyncEngine, registry_url: str
) -> None:
    with psycopg.connect(as_role(registry_url, WRITER)) as conn:
        conn.execute(
            "UPDATE address_current SET commune_code = %s WHERE commune_code = %s", [EAST, WEST]
        )
    for area, expected in ((WEST, 0), (EAST, 2)):
        limited = Principal("key:limited", SCOPES, frozenset({area}))
        async with transaction(brought) as conn:
            found, _ = await service.list_dossiers(conn, limited)
        assert len(found) == expected


async def test_of_many_at_once_one_is_new(brought: AsyncEngine, registry_url: str) -> None:
    key = "H09-260111-0001"
    puts = await asyncio.gather(*(bring(brought, OFFICE, key, text="ở đâu đó") for _ in range(4)))
    assert sorted(each.is_new for each in puts) == [False, False, False, True]
    assert {each.dossier.version for each in puts} == {1}
    with psycopg.connect(registry_url) as conn:
        told = conn.execute("SELECT data FROM event WHERE subject = %s", [key]).fetchall()
    address = {"n": 1, "role": "object", "state": "waiting"}
    assert told == [({"version": 1, "communes": [WEST], "addresses": [address]},)]


async def test_of_two_who_decide_on_one_version_the_second_is_told(brought: AsyncEngine) -> None:
    async def reject() -> str:
        try:
            async with transaction(brought) as conn:
                place = (KEYS["7512300001"], 1)
                done = await deciding.reject_address(conn, OFFICE, place, 1, CLOCK)
        except DossierStale as stale:
            return f"stale: {stale.current}"
        return done.addresses[0].state

    assert sorted(await asyncio.gather(reject(), reject())) == ["rejected", "stale: 2"]
    async with transaction(brought) as conn:
        links, _ = await service.list_links(conn, command_line("test"), "7512300001", history=True)
    assert [(each.why_ended, each.ended_by) for each in links] == [("rejected", OFFICE.id)]


async def test_secret_addresses_are_neither_linked_nor_proposed_to_others(
    brought: AsyncEngine, registry_url: str
) -> None:
    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE address_current SET visibility = 'secret' WHERE address_id = 1")
    key = KEYS["7512300001"]
    named = Principal("key:named", SCOPES | {Scope.ADDRESSES_SECRET})
    for principal, seen in ((OFFICE, False), (named, True)):
        async with transaction(brought) as conn:
            (address,) = (await service.get_dossier(conn, principal, key)).addresses
        assert address.state is LinkState.LINKED
        assert (address.link is not None) == seen
        assert len(address.judged.settlement.candidates) == seen
