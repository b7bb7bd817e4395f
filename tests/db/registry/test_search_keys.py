"""Search keys: both write paths fill them, old rows get them, a run cut off goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from registry_fixtures import WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from addrsvc.auth.model import ANONYMOUS, command_line
from addrsvc.auth.sight import sight_of
from addrsvc.cli import build
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.parsing.keys import KEYS_VERSION
from addrsvc.registry import repository, search_keys, service
from addrsvc.registry.changing import change_address
from addrsvc.registry.commands import AssignAddress, ChangeAddress
from addrsvc.registry.model import Components, Kind, Locality
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.repository import AddressFilter

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 1, 15, tzinfo=UTC))
NEXT = KEYS_VERSION + 1


@pytest.fixture
async def engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(service_settings(registry_url))
    yield engine
    await engine.dispose()


async def fill(engine: AsyncEngine, count: int) -> None:
    for number in range(1, count + 1):
        parts = Components(house_number=f"{number}/2A", thoroughfare="Đường Lê Lợi")
        proposal = AssignAddress(
            kind=Kind.PLACE, source="test", commune_code=WEST, components=parts
        )
        async with transaction(engine) as conn:
            await service.assign_address(conn, command_line("test"), proposal, CLOCK)


def ask(url: str, statement: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row, autocommit=True) as conn:
        cursor = conn.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


KEYS = "SELECT base_key, number_key FROM address_current ORDER BY address_id"
STATE = "SELECT version, next, done_up_to FROM search_key_version"


async def test_an_assigned_address_has_its_keys(engine: AsyncEngine, registry_url: str) -> None:
    await fill(engine, 1)
    assert ask(registry_url, KEYS) == [{"base_key": "le loi", "number_key": "00001/00002a"}]


async def test_lists_find_by_key_however_it_is_written(engine: AsyncEngine) -> None:
    await fill(engine, 2)
    sight = sight_of(ANONYMOUS)
    async with transaction(engine) as conn:
        wanted = AddressFilter(thoroughfare="LE LOI", house_number="02/2a")
        assert len(await repository.list_ids(conn, wanted, sight, after=0, limit=9)) == 1
        wanted = AddressFilter(thoroughfare="đ. Lê Lợi")
        assert len(await repository.list_ids(conn, wanted, sight, after=0, limit=9)) == 2


def test_an_address_without_street_counts_along_its_locality() -> None:
    parts = Components(localities=(Locality("to", "Tổ 3"), Locality("ap", "Ấp Bình Phú")))
    assert parts.search_keys() == ("ap:binh phu", None)


async def test_old_rows_get_keys_and_followers_hear_of_it(
    engine: AsyncEngine, registry_url: str
) -> None:
    await fill(engine, 7)
    whole = ask(registry_url, KEYS)
    ask(registry_url, "UPDATE address_current SET base_key = NULL, number_key = 'x'")
    assert await search_keys.bring_up_to_date(engine, CLOCK, batch=3) == 7
    assert ask(registry_url, KEYS) == whole
    assert ask(registry_url, STATE) == [{"version": KEYS_VERSION, "next": None, "done_up_to": 0}]
    events = ask(registry_url, "SELECT type FROM event WHERE type = 'search-keys.made'")
    assert len(events) == 1
    ask(registry_url, "UPDATE address_current SET base_key = NULL")
    assert await search_keys.bring_up_to_date(engine, CLOCK) == 0, "made by these rules already"
    assert await search_keys.bring_up_to_date(engine, CLOCK, version=NEXT) == 7


async def test_a_run_cut_off_goes_on_where_it_was(
    engine: AsyncEngine, registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(engine, 7)
    await search_keys.bring_up_to_date(engine, CLOCK)
    whole = ask(registry_url, KEYS)
    ask(registry_url, "UPDATE address_current SET base_key = NULL")
    read, calls = search_keys.read_batch, []

    async def cut_off(conn: Any, after: int, limit: int) -> Any:
        calls.append(after)
        if len(calls) == 3:
            raise InterruptedError
        return await read(conn, after, limit)

    monkeypatch.setattr(search_keys, "read_batch", cut_off)
    with pytest.raises(InterruptedError):
        await search_keys.bring_up_to_date(engine, CLOCK, version=NEXT, batch=2)
    assert ask(registry_url, STATE) == [{"version": KEYS_VERSION, "next": NEXT, "done_up_to": 4}]
    assert await search_keys.bring_up_to_date(engine, CLOCK, version=NEXT, batch=2) == 3
    assert calls == [0, 2, 4, 4, 6]
    assert ask(registry_url, KEYS) == whole


def test_migrate_makes_keys(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", registry_url)
    done = CliRunner().invoke(build(), ["migrate"])
    assert done.exit_code == 0, done.output
    assert ask(registry_url, STATE)[0]["version"] == KEYS_VERSION


async def test_keys_of_the_past_are_made_anew_too(engine: AsyncEngine, registry_url: str) -> None:
    clerk, later = command_line("test"), FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    await fill(engine, 2)
    renumbered = Components(house_number="9", thoroughfare="Đường Trần Phú")
    [first, _] = ask(registry_url, "SELECT address_id FROM address ORDER BY 1")
    ask(registry_url, "UPDATE address_version SET status = 'current'")
    ask(registry_url, "UPDATE address_current SET status = 'current'")
    async with transaction(engine) as conn:
        ref = AddressRef.parse(f"p{first['address_id']}")
        command = ChangeAddress(components=renumbered, on=date(2026, 2, 1))
        await change_address(conn, clerk, ref, None, command, later)
    former = "SELECT address_id, base_key, number_key, until::text FROM address_former"
    before = ask(registry_url, former)
    assert [(each["base_key"], each["number_key"]) for each in before] == [
        ("le loi", "00001/00002a")
    ]
    ask(registry_url, "UPDATE address_former SET base_key = 'by other rules'")
    await search_keys.bring_up_to_date(engine, later, version=NEXT)
    assert ask(registry_url, former) == before
