"""The page of an address says how it was called before and what it took the place of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry.changing import change_address
from addrsvc.registry.commands import ChangeAddress
from addrsvc.registry.model import Address, Components
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

Act = Callable[..., Awaitable[Address]]


async def change(
    engine: AsyncEngine, clock: FixedClock, address: Address, command: ChangeAddress
) -> None:
    ref = AddressRef.parse(address.ref)
    async with transaction(engine) as conn:
        await change_address(conn, command_line("test"), ref, None, command, clock)


async def test_old_number_and_predecessors_are_shown(
    client: httpx.AsyncClient, register: Act, retire: Act, settings: Settings, clock: FixedClock
) -> None:
    address = await register(valid_from=date(2026, 1, 1))
    before = await register(distinct_because="invented", valid_from=date(2026, 1, 1))
    await retire(before, address)
    later = FixedClock(clock.moment + timedelta(days=1))
    engine = make_engine(settings)
    named = ChangeAddress(on=date(2026, 1, 10), name="invented")
    await change(engine, later, address, named)
    renumbered = Components(house_number="24", thoroughfare="Đường Lê Lợi")
    await change(engine, later, address, ChangeAddress(on=date(2026, 1, 12), components=renumbered))
    await engine.dispose()
    page = (await client.get(f"/a/{address.code}")).text
    assert "Số, đường cũ" in page
    assert page.count("12/3 Đường Lê Lợi, Phường Tây") == 1, "a line once, whatever else changed"
    assert "đến ngày 12/01/2026" in page
    assert "Thay cho:" in page
    assert f'href="/a/{before.code}"' in page
    assert "invented" not in page
    alone = (await client.get(f"/a/{before.code}?lang=en")).text
    assert "Formerly" not in alone
