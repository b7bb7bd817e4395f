"""After a street was named anew by an act, its old name and numbers still find the houses."""

from __future__ import annotations

import asyncio
from datetime import date

from bulk_acts_world import AUGUST, JULY, WEST, World, acts_template, house, world
from service_settings import service_settings

from addrsvc.db.doors import open_doors
from addrsvc.geocoding.answers import Given, Query
from addrsvc.geocoding.forward import geocode, validate
from addrsvc.geocoding.world import load_geocoder
from addrsvc.registry.bulk_acts import planning

__all__ = ["acts_template", "world"]

LATER = date(2025, 7, 3)
REGISTERED = (
    "INSERT INTO thoroughfare (name, name_key, kind, status, registered_in, source)"
    " VALUES ('Đường số 5', 'duong so 5', 'numbered_road', 'official', '25747', 'test')"
    " RETURNING thoroughfare_id"
)


def asked(url: str, number: str, street: str) -> list[tuple[str, str | None, list[str]]]:
    """Give level, number and street of every answer, and the findings of the first."""

    async def run() -> list[tuple[str, str | None, list[str]]]:
        doors = await open_doors(service_settings(url))
        try:
            geocoder = await load_geocoder(doors, AUGUST)
            given = Given(house_number=number, thoroughfare=street, commune=WEST)
            query = Query(at=date(2025, 8, 5), given=given)
            answer = await geocode(geocoder.probes, geocoder.world, query)
            findings = [each.id for each in validate(geocoder.world, answer).findings]
            places = [each.candidate for each in answer.matches]
            return [(each.level.value, each.street, findings) for each in places]
        finally:
            await doors.close()

    return asyncio.run(run())


def test_the_old_name_finds_the_house_and_undone_it_is_the_name_again(world: World) -> None:
    (street,) = world.query(REGISTERED)
    area = "INSERT INTO thoroughfare_area VALUES (%s, '25747', '2025-07-01')"
    world.query(area, street["thoroughfare_id"])
    world.add(
        house(106.65, number="1", street="Đường số 5"),
        house(106.66, number="2", street="Đường số 5"),
        clock=JULY,
    )
    spec = world.do(
        lambda conn: planning.street_naming(
            conn, LATER, [WEST], old="Đường số 5", new="Nguyễn Văn Mẫu"
        )
    )
    act_id = world.plan(spec, LATER)
    world.run(act_id)
    assert asked(world.url, "1", "Nguyễn Văn Mẫu") == [("house", "Nguyễn Văn Mẫu", [])]
    assert asked(world.url, "1", "đường số 5") == [("house", "Nguyễn Văn Mẫu", ["old-street"])]
    world.undo(act_id)
    assert asked(world.url, "1", "đường số 5") == [("house", "Đường số 5", [])]
