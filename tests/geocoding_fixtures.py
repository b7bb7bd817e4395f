"""A register of a few addresses in the small world, committed, for the gazetteer to read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
from registry_fixtures import IN_EAST, IN_WEST
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import Doors, open_doors
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Locality, Marks, Method, Position, Visibility
from addrsvc.types import LonLat

CLERK = command_line("test")
CLOCK = FixedClock(datetime(2026, 1, 15, tzinfo=UTC))
Assign = Callable[..., Awaitable[str]]


@pytest.fixture
async def doors(registry_url: str) -> AsyncIterator[Doors]:
    """Give both doors of this test's small world."""
    doors = await open_doors(service_settings(registry_url))
    yield doors
    await doors.close()


@pytest.fixture
def assign(doors: Doors) -> Assign:
    """Give a maker of addresses: number and street (or localities) in, code out."""

    async def make(
        number: str | None,
        street: str | None = None,
        *localities: tuple[str, str],
        east: bool = False,
        shift_deg: float = 0.0,
        kind: Kind = Kind.DWELLING,
        name: str | None = None,
        visibility: Visibility = Visibility.PUBLIC,
    ) -> str:
        place = IN_EAST if east else IN_WEST
        point = LonLat(float(str(place["lon"])) + shift_deg, float(str(place["lat"])))
        command = AssignAddress(
            kind=kind,
            source="test",
            name=name,
            position=Position(point, 4.5, Method.GNSS, Marks.ENTRANCE),
            visibility=visibility,
            distinct_because="a test puts them where it likes",
            components=Components(
                house_number=number,
                thoroughfare=street,
                localities=tuple(Locality(*each) for each in localities),
            ),
        )
        async with transaction(doors.engine) as conn:
            address = await service.assign_address(conn, CLERK, command, CLOCK)
        return address.code or ""

    return make
