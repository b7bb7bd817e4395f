"""After a reorganisation the register still says which commune an address lay in before."""

from __future__ import annotations

from datetime import date
from typing import Any

from bulk_acts_world import INSTRUMENT, OLD_ONE, WEST, World, acts_template, house, world
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import command_line
from addrsvc.registry.history import address_as_of, address_history, list_as_of
from addrsvc.registry.moments import PRESENT, AsOf
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.repository import AddressFilter

__all__ = ["acts_template", "world"]

CLERK = command_line("test")
BEFORE = date(2025, 6, 30)


def test_the_commune_of_another_day(world: World) -> None:
    (address,) = world.add(house(106.61, number="1", street="Lê Lợi"))
    world.run(world.plan_reorganisation())
    ref = AddressRef.parse(address.ref)

    async def read(conn: AsyncConnection) -> None:
        then = await address_as_of(conn, CLERK, ref, BEFORE, None)
        assert (then.commune_name, then.province_name) == ("Phường Cũ Một", "Tỉnh Cũ")
        now = await address_as_of(conn, CLERK, ref, None, None)
        assert (now.commune_code, now.commune_name) == (WEST, "Phường Tây")

        async def listed(commune: str, at: AsOf) -> list[Any]:
            page, _ = await list_as_of(conn, CLERK, AddressFilter(commune=commune), at)
            return [each.code for each in page]

        assert await listed(OLD_ONE, AsOf(BEFORE)) == [address.code]
        assert await listed(OLD_ONE, PRESENT) == []
        assert await listed(WEST, PRESENT) == [address.code]
        _, versions = await address_history(conn, CLERK, ref, PRESENT)
        assert [(each.act, each.instrument) for each in versions[1:]] == [
            ("reorganise", INSTRUMENT.to_json())
        ] * 2

    world.do(read)
