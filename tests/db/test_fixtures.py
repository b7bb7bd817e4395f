"""The promises every other database test relies on."""

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.migrate import check


def _count_keys(url: str) -> object:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM api_key").fetchone()
    assert row is not None
    return row[0]


_INSERT = (
    "INSERT INTO api_key (key_id, secret_hash, name, scopes, created_at) "
    "VALUES ('k', sha256('x'), 'invented', '{}', now())"
)


def test_a_clone_has_the_schema_of_this_release(database_url: str) -> None:
    check(database_url)


@pytest.mark.parametrize("_turn", [1, 2])
def test_what_a_test_commits_in_its_clone_is_gone_for_the_next(
    database_url: str, _turn: int
) -> None:
    assert _count_keys(database_url) == 0
    with psycopg.connect(database_url) as conn:
        conn.execute(_INSERT)
    assert _count_keys(database_url) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("_turn", [1, 2])
async def test_what_a_test_does_on_conn_is_rolled_back(
    conn: AsyncConnection, shared_database_url: str, _turn: int
) -> None:
    assert await conn.scalar(sa.text("SELECT count(*) FROM api_key")) == 0
    await conn.execute(sa.text(_INSERT))
    assert await conn.scalar(sa.text("SELECT count(*) FROM api_key")) == 1
    assert _count_keys(shared_database_url) == 0
