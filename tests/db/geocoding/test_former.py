"""Addresses are found by the numbers and streets they had, and retired ones where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from geocoding_fixtures import CLERK, Assign
from registry_fixtures import WEST

from addrsvc.clock import FixedClock
from addrsvc.db.doors import Doors
from addrsvc.db.transaction import transaction
from addrsvc.geocoding.answers import Given, Query
from addrsvc.geocoding.following import Follower
from addrsvc.geocoding.forward import Answer, geocode, validate
from addrsvc.geocoding.loading import former_place, load
from addrsvc.geocoding.verdict import Verdict
from addrsvc.geocoding.world import load_geocoder
from addrsvc.parsing.keys import thoroughfare_key
from addrsvc.registry.changing import change_address
from addrsvc.registry.commands import ChangeAddress, RetireAddress
from addrsvc.registry.model import Components
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.retiring import retire_address

pytestmark = pytest.mark.anyio

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
LATER = FixedClock(datetime(2026, 3, 15, tzinfo=UTC))


async def rename(doors: Doors, code: str, number: str, street: str, on: date = FEBRUARY) -> None:
    command = ChangeAddress(components=Components(house_number=number, thoroughfare=street), on=on)
    async with transaction(doors.engine) as conn:
        await change_address(conn, CLERK, AddressRef.parse(code), None, command, LATER)


async def retire(doors: Doors, code: str, *successors: str) -> None:
    command = RetireAddress("phá dỡ", successors, on=FEBRUARY)
    async with transaction(doors.engine) as conn:
        await retire_address(conn, CLERK, AddressRef.parse(code), None, command, LATER)


async def asked(doors: Doors, number: str, street: str) -> tuple[Answer, Verdict]:
    geocoder = await load_geocoder(doors, LATER)
    given = Given(house_number=number, thoroughfare=street, commune=WEST)
    answer = await geocode(geocoder.probes, geocoder.world, Query(at=MARCH, given=given))
    return answer, validate(geocoder.world, answer)


def said(verdict: Verdict) -> Sequence[str]:
    return [f"{each.id}: {each.text('en')}" for each in verdict.findings]


async def test_an_old_number_finds_the_house(doors: Doors, assign: Assign) -> None:
    code = await assign("12", "Đường Lê Lợi")
    await rename(doors, code, "24", "Đường Lê Lợi")
    answer, verdict = await asked(doors, "12", "Lê Lợi")
    found = answer.matches[0].candidate
    assert (found.code, found.level.value, found.house_number) == (code, "house", "24")
    assert (found.called_until, found.is_street_former) == (FEBRUARY, False)
    assert (verdict.category, verdict.next_action) == ("B", "accept")
    assert said(verdict) == [
        "old-number: “12” is a former number; since 1 February 2026 it is 24 Đường Lê Lợi."
    ]


async def test_who_has_the_number_now_goes_before_who_had_it(doors: Doors, assign: Assign) -> None:
    await rename(doors, await assign("12", "Đường Lê Lợi"), "24", "Đường Lê Lợi")
    now = await assign("12", "Đường Lê Lợi", shift_deg=0.01)
    answer, verdict = await asked(doors, "12", "Lê Lợi")
    assert [each.candidate.code for each in answer.matches] == [now]
    assert verdict.category == "A"


async def test_an_old_street_finds_the_house_after_a_restart(doors: Doors, assign: Assign) -> None:
    code = await assign("12", "Đường Số 5")
    await rename(doors, code, "24", "Đường Trần Mẫu")
    answer, verdict = await asked(doors, "12", "đường số 5")
    found = answer.matches[0].candidate
    assert (found.code, found.street, found.is_street_former) == (code, "Đường Trần Mẫu", True)
    assert said(verdict) == [
        (
            "old-street: “đường số 5” is a former name; since 1 February 2026 this address is "
            "24 Đường Trần Mẫu."
        )
    ]
    street, _ = await asked(doors, "99", "đường số 5")
    assert street.matches[0].candidate.level.value == "street"


async def test_the_old_house_goes_before_the_same_number_of_the_new_name(
    doors: Doors, assign: Assign, registry_url: str
) -> None:
    code = await assign("12", "Đường Số 5")
    await rename(doors, code, "24", "Đường Trần Mẫu")
    other = await assign("12", "Đường Trần Mẫu", shift_deg=0.01)
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(RENAMED.encode())
    answer, _ = await asked(doors, "12", "đường số 5")
    assert [each.candidate.code for each in answer.matches] == [code]
    answer, _ = await asked(doors, "12", "Trần Mẫu")
    assert answer.matches[0].candidate.code == other


RENAMED = """
INSERT INTO thoroughfare (name, name_key, kind, status, registered_in, source)
VALUES ('Đường Trần Mẫu', 'tran mau', 'street', 'official', '25747', 'test');
INSERT INTO thoroughfare_area (thoroughfare_id, unit_code, unit_valid_from)
SELECT thoroughfare_id, registered_in, '2025-07-01' FROM thoroughfare;
INSERT INTO thoroughfare_alias (thoroughfare_id, name, name_key)
SELECT thoroughfare_id, 'Đường Số 5', 'duong so 5' FROM thoroughfare;
"""


async def test_a_retired_address_is_found_with_what_took_its_place(
    doors: Doors, assign: Assign
) -> None:
    code, other = await assign("12", "Lê Lợi"), await assign("20", "Lê Lợi", shift_deg=0.01)
    await retire(doors, code, other)
    answer, verdict = await asked(doors, "12", "Lê Lợi")
    assert [each.candidate.code for each in answer.matches] == [code]
    assert answer.matches[0].candidate.successors == (other,)
    assert (verdict.category, verdict.next_action) == ("B", "confirm")
    assert [each.id for each in verdict.findings] == ["retired-address"]
    assert f"{other[:5]}-{other[5:]}" in said(verdict)[0]


async def test_a_retired_address_nothing_replaced_needs_a_person(
    doors: Doors, assign: Assign
) -> None:
    await retire(doors, await assign("12", "Lê Lợi"))
    await assign("20", "Lê Lợi", shift_deg=0.01)
    _, verdict = await asked(doors, "12", "Lê Lợi")
    assert (verdict.category, verdict.next_action) == ("C", "fix")


async def test_a_follower_takes_in_what_several_versions_said(
    doors: Doors, assign: Assign, registry_url: str
) -> None:
    follower = Follower(doors.pool)
    code = await assign("12", "Đường Số 5")
    await rename(doors, code, "12", "Đường Trần Mẫu")
    async with doors.pool.connection() as conn:
        await follower.catch_up(conn)
        names = follower.gazetteer
        assert names is not None
        places = names.names("thoroughfare")

        def addresses(key: str) -> list[int]:
            return [places.addresses_of(each) for each in places.entries(key, None)]

        assert addresses(thoroughfare_key("Đường Số 5")) == [0]
        assert addresses("tran mau") == [1]
        places.put_alias("mau cu", "Đường Mẫu Cũ", "tran mau", WEST)
        await rename(doors, code, "12", "Đường Mẫu Cũ", MARCH)
        await rename(doors, code, "12", "Đường Phan Mẫu", date(2026, 3, 10))
        await follower.catch_up(conn)
    assert addresses("phan mau") == [1]
    assert addresses("tran mau") == [0]
    assert 0 in addresses("mau cu"), "a place of its own beside the other name"


async def test_names_gone_from_every_version_make_no_place(doors: Doors, assign: Assign) -> None:
    past: list[dict[str, Any]] = [{"thoroughfare": "Đường Lê Lợi"}]
    assert former_place("tran phu", WEST, None, None, past) is None
    place = former_place("le loi", WEST, None, None, past)
    assert place is not None
    assert (place.name, place.addresses, place.kind) == ("Đường Lê Lợi", 0, "thoroughfare")
    await assign("1", None, ("ap", "Ấp Một"))
    async with doors.pool.connection() as conn:
        assert len(await load(conn)) == 1
