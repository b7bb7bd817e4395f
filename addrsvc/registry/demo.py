"""Fill the demo's own database: invented addresses over real communes, all marked so.

Everything goes through the same doors as real data: prefixes are imported, a range is reserved,
a file is imported. Nothing here is anybody's address, name or telephone number.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.admin_units import service as admin_units
from addrsvc.admin_units.model import AdminUnit
from addrsvc.auth.model import command_line
from addrsvc.clock import Clock, SystemClock, today
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import row
from addrsvc.db.transaction import transaction
from addrsvc.registry import prefixes
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.model import ImportOptions
from addrsvc.registry.demo_rows import (
    COMMUNES,
    EXAMPLE_CODE,
    EXAMPLE_PREFIX,
    ISSUER,
    SOURCE,
    prefix_of,
    write_file,
)
from addrsvc.registry.prefix_list import PrefixLine
from addrsvc.settings import Settings

_PRINCIPAL: Final = command_line("demo")
_TIMEOUT: Final = timedelta(minutes=5)
_KEPT_FOR_ISSUER: Final = 99
"""Last suffix of the range the example's code comes from."""


def ensure(database_url: str) -> str:
    """Fill the database with the demo's addresses, once; give the code of an example.

    Called again it costs one query; cut off, it goes on where it was.
    """
    return asyncio.run(_ensure(database_url, SystemClock()))


async def _ensure(database_url: str, clock: Clock) -> str:
    timeout_ms = int(_TIMEOUT.total_seconds() * 1000)
    settings = Settings.model_validate(
        {"database_url": database_url, "statement_timeout_ms": timeout_ms}
    )
    engine = make_engine(settings)
    try:
        if not await _is_filled(engine):
            await _fill(engine, clock)
    finally:
        await engine.dispose()
    return EXAMPLE_CODE


async def _is_filled(engine: AsyncEngine) -> bool:
    statement = """
        SELECT 1 AS found FROM import_run
        WHERE file_name = 'demo.csv' AND finished_at IS NOT NULL LIMIT 1
    """
    async with transaction(engine) as conn:
        return await row(conn, statement, {}) is not None


async def _fill(engine: AsyncEngine, clock: Clock) -> None:
    async with transaction(engine) as conn:
        units = await _communes(conn, clock)
        lines = [PrefixLine(prefix_of(unit.code), unit.code, ISSUER, SOURCE) for unit in units]
        await prefixes.import_prefixes(conn, _PRINCIPAL, lines, clock, is_demo=True)
        await prefixes.reserve_range(
            conn,
            _PRINCIPAL,
            prefix=EXAMPLE_PREFIX,
            first=0,
            last=_KEPT_FOR_ISSUER,
            issuer=ISSUER,
            reason="example codes of the demo",
            clock=clock,
        )
    with tempfile.TemporaryDirectory(prefix="addrsvc-demo-") as folder:
        path = Path(folder) / "demo.csv"
        write_file(path, units)
        opened = open_file(path, ImportOptions(source=SOURCE, issuer=ISSUER))
        await import_file(opened, engine=engine, principal=_PRINCIPAL, clock=clock)


async def _communes(conn: AsyncConnection, clock: Clock) -> list[AdminUnit]:
    found = [await admin_units.find_unit(conn, code, today(clock)) for code in COMMUNES]
    return [unit for unit in found if unit is not None and unit.centre is not None]
