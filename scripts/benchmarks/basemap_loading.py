"""Give a synthetic registry what its map needs: streets with lines, communes made ready."""

from __future__ import annotations

import asyncio
import time

import psycopg

from addrsvc.basemap.preparing import prepare_units
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

_STREETS = """
INSERT INTO thoroughfare (name, name_key, kind, status, line, source)
SELECT 'Đường ' || base_key || ' ' || commune_code, base_key, 'street', 'observed',
       ST_Multi(ST_MakeLine(position ORDER BY ST_X(position))), 'synthetic line'
FROM address_current WHERE base_key IS NOT NULL AND position IS NOT NULL
GROUP BY base_key, commune_code HAVING count(*) > 1
ON CONFLICT DO NOTHING
"""


def load_streets(url: str) -> None:
    """Draw an invented line through the addresses of each street, anew."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("DELETE FROM thoroughfare WHERE source = 'synthetic line'")
        conn.execute(_STREETS)
        conn.execute("ANALYZE")


def prepare_communes(url: str) -> float:
    """Make communes ready for tiles, anew; give how many seconds it took."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("DELETE FROM basemap_state")
    return asyncio.run(_prepare(url))


async def _prepare(url: str) -> float:
    settings = Settings.model_validate({"database_url": url, "statement_timeout_ms": 600_000})
    engine = make_engine(settings)
    begun = time.perf_counter()
    async with transaction(engine) as conn:
        await prepare_units(conn, SystemClock())
    await engine.dispose()
    return time.perf_counter() - begun
