"""What the watch of the primary takes for a database that refuses writes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from addrsvc.db.read_only import ReadOnly, Reason, Watch
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

DATABASE = "DATABASE {name}"


@pytest.fixture
def state() -> ReadOnly:
    return ReadOnly()


@pytest.fixture
async def watch(state: ReadOnly, settings: Settings) -> AsyncIterator[Watch]:
    async def renew() -> None:
        pass

    watch = Watch(state, settings, renew)
    yield watch
    await watch._close()


@pytest.mark.parametrize(
    ("whose", "value"),
    [
        (DATABASE, "on"),
        (DATABASE, "true"),
        (DATABASE, "1"),
        (DATABASE, "'yes'"),
        ("ROLE {role} IN DATABASE {name}", "on"),
    ],
)
async def test_a_default_set_meanwhile_is_noticed_however_it_is_written(
    watch: Watch, state: ReadOnly, database_url: str, settings: Settings, whose: str, value: str
) -> None:
    role = conninfo_to_dict(settings.database_url.get_secret_value())["user"]
    await watch.look()
    assert not state.is_on
    with psycopg.connect(database_url, autocommit=True) as conn:
        whose = whose.format(name=conn.info.dbname, role=role)
        conn.execute(f"ALTER {whose} SET work_mem = '8MB'".encode())
        await watch.look()
        assert not state.is_on
        conn.execute(f"ALTER {whose} SET default_transaction_read_only = {value}".encode())
        await watch.look()
        assert state.reasons == {Reason.PRIMARY}
        conn.execute("SET default_transaction_read_only = off")
        conn.execute(f"ALTER {whose} RESET default_transaction_read_only".encode())
    await watch.look()
    assert not state.is_on
