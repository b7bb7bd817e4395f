"""Tests of the pages run on the small world of ``registry_fixtures``, filled by the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from registry_fixtures import IN_WEST
from service_settings import service_settings

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import command_line
from addrsvc.clock import Clock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.geocoding.errors import GeocoderLoading
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress, RetireAddress
from addrsvc.registry.model import Address, Components, Kind, Marks, Method, Position
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings
from addrsvc.types import LonLat

Act = Callable[..., Awaitable[Address]]
OpenClient = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

HERE = Position(LonLat(IN_WEST["lon"], IN_WEST["lat"]), 4.5, Method.GNSS, Marks.ENTRANCE)


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
async def register(settings: Settings, clock: Clock) -> AsyncIterator[Act]:
    """Give a maker of addresses in this test's world: a dwelling in Phường Tây unless told."""
    engine = make_engine(settings)

    async def make(**fields: object) -> Address:
        defaults = {
            "kind": Kind.DWELLING,
            "source": "test",
            "components": Components(house_number="12/3", thoroughfare="Đường Lê Lợi"),
            "position": HERE,
        }
        command = AssignAddress(**{**defaults, **fields})
        async with transaction(engine) as conn:
            return await service.assign_address(conn, command_line("test"), command, clock)

    yield make
    await engine.dispose()


@pytest.fixture
async def retire(settings: Settings, clock: Clock) -> AsyncIterator[Act]:
    """Give a way to retire an address in favour of others."""
    engine = make_engine(settings)

    async def act(address: Address, *successors: Address, relation: str = "replaced") -> Address:
        codes = tuple(str(each.code) for each in successors)
        command = RetireAddress("invented reason", codes, relation)
        async with transaction(engine) as conn:
            ref = AddressRef.parse(str(address.code))
            return await service.retire_address(
                conn, command_line("test"), ref, None, command, clock
            )

    yield act
    await engine.dispose()


@pytest.fixture
def open_client(
    settings: Settings, clock: Clock, make_units: Callable[[], UnitsInMemory]
) -> OpenClient:
    """Give a maker of clients, each of an application with other settings on this database."""

    @asynccontextmanager
    async def open_(**changes: object) -> AsyncIterator[httpx.AsyncClient]:
        from addrsvc.app import create_app  # noqa: PLC0415 -- tests without it load faster

        app = create_app(settings.model_copy(update=changes), clock, make_units())
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test")) as client,
        ):
            yield client

    return open_


@pytest.fixture
async def ready(app: FastAPI, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give the client of an application that has read its names."""
    await names_are_read(app)
    return client


async def names_are_read(app: FastAPI) -> None:
    """Wait until an application has read its names."""
    while True:
        try:
            app.state.geocoder.world  # noqa: B018 -- raises while it is loading
        except GeocoderLoading:
            await asyncio.sleep(0.02)
        else:
            return
