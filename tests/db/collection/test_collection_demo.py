"""The demo's tasks and records: once, through the same doors as real ones."""

from __future__ import annotations

import psycopg
from collection_world import apart
from registry_fixtures import IN_WEST
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock
from addrsvc.collection import demo
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.types import LonLat


async def _fill(url: str) -> None:
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        for number in range(8):
            wanted = AssignAddress(
                kind=Kind.DWELLING,
                source="thử",
                components=Components(house_number=str(number + 1), thoroughfare="Đường Bịa"),
                position=Position(
                    LonLat(IN_WEST["lon"] + number * 1e-3, 10.95), 4.5, Method.GNSS, Marks.ENTRANCE
                ),
            )
            await service.assign_address(conn, command_line("t"), wanted, SystemClock())
    await engine.dispose()


def test_tasks_and_records_are_invented_once(registry_url: str) -> None:
    apart(_fill(registry_url))
    for _ in range(2):
        demo.ensure(registry_url)
        with psycopg.connect(registry_url) as conn:
            assert conn.execute("SELECT count(*) FROM collection_task").fetchone() == (2,)
            found = conn.execute(
                "SELECT act, state, count(*) FROM submission GROUP BY 1, 2 ORDER BY 1, 2"
            ).fetchall()
    counts = {act: sum(n for each, _, n in found if each == act) for act, _, _ in found}
    assert counts == {"correct": 4, "gone": 1, "nobody-home": 2}
    assert ("gone", "received", 1) in found
    assert ("nobody-home", "accepted", 2) in found
