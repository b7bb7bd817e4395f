"""One application for many tests that only read: to start one and clone a database takes longer."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
from service_settings import service_settings

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.clock import FixedClock


@asynccontextmanager
async def client_of(
    database_url: str, units: UnitsInMemory, **settings: object
) -> AsyncIterator[httpx.AsyncClient]:
    """Start the application on a database, at the time the fixture ``clock`` stands at."""
    from addrsvc.app import create_app  # noqa: PLC0415 -- tests without it load faster

    clock = FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
    app = create_app(service_settings(database_url, **settings), clock, units)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test")) as client,
    ):
        yield client
    gc.collect(1)  # see the fixture ``app``
