"""What followers inside the service read: every event once or again, none of another server's."""

from __future__ import annotations

import psycopg
import pytest

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.events import feed
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


async def test_events_that_a_dump_brought_along_are_no_news(
    settings: Settings, database_url: str
) -> None:
    """They bear numbers of transactions of the server they were written on."""
    with psycopg.connect(database_url) as other:
        other.execute(
            "INSERT INTO event (xid, recorded_at, type, subject)"
            " SELECT (pg_current_xact_id()::text::bigint + 1000000)::text::xid8,"
            " now(), 'x.done', 'restored'"
        )
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        position = await feed.position(conn)
    with psycopg.connect(database_url) as other:
        other.execute("INSERT INTO event (recorded_at, type, subject) VALUES (now(), 'x.y', 'new')")
    async with transaction(engine) as conn:
        found, _ = await feed.changes_since(conn, position)
    assert [each.subject for each in found] == ["new"]
    await engine.dispose()
