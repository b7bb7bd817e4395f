"""The exact probe: numbers, alleys, neighbours; what is not public is not there."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from benchmarks.subjects.lookup import FILL
from geocoding_fixtures import Assign
from registry_fixtures import EAST, WEST

from addrsvc.db.doors import Doors
from addrsvc.geocoding.probe import (
    QUERIES,
    Probed,
    Wanted,
    _Around,
    _array,
    _params,
    _params_near,
    probe,
)
from addrsvc.geocoding.probe_queue import ProbeQueue
from addrsvc.parsing.keys import number_key
from addrsvc.registry.model import Visibility

pytestmark = pytest.mark.anyio


def wanted(number: str | None, *communes: str, key: str = "le loi") -> Wanted:
    return Wanted(key, None if number is None else number_key(number), communes or (WEST,))


async def ask(doors: Doors, *asked: Wanted) -> list[Probed]:
    async with doors.pool.connection() as conn:
        return await probe(conn, asked)


async def test_the_number_itself(doors: Doors, assign: Assign) -> None:
    code = await assign("123/45/6A", "Đường Lê Lợi")
    await assign("123/45/8", "Đường Lê Lợi")
    [found] = await ask(doors, wanted("123/45/6a"))
    assert [each.code for each in found.exact] == [code]
    assert found.exact[0].commune_code == WEST
    assert found.exact[0].document.components.house_number == "123/45/6A"
    assert found.exact[0].point is not None
    assert (found.alley, found.lower, found.higher) == ((), (), ())


async def test_an_alley_gives_its_nearest_and_the_house_at_its_mouth(
    doors: Doors, assign: Assign
) -> None:
    mouth = await assign("123", "Đường Lê Lợi")
    low = await assign("123/45/4", "Đường Lê Lợi")
    high = await assign("123/45/10", "Đường Lê Lợi")
    await assign("124/45/7", "Đường Lê Lợi")
    await assign("1230", "Đường Lê Lợi")
    found, first, other = await ask(doors, wanted("123/45/6"), wanted("123/2"), wanted("125/1"))
    assert {each.code for each in found.alley} == {low, high}
    assert {each.code for each in first.alley} == {mouth, low}
    assert other.alley == ()


async def test_neighbours_are_of_the_same_side_and_stand_on_the_street(
    doors: Doors, assign: Assign
) -> None:
    for number in ("2", "8", "9", "10/1", "14", "15A", "16", "500"):
        await assign(number, "Đường Lê Lợi", shift_deg=int(re.findall(r"\d+", number)[0]) * 1e-5)
    even, odd, far = await ask(doors, wanted("12"), wanted("13"), wanted("800"))
    assert [each.number_key for each in even.lower] == ["00008"]
    assert [each.number_key for each in even.higher] == ["00014"]
    assert even.lower[0].point.lon < even.higher[0].point.lon
    assert [each.number_key for each in odd.lower + odd.higher] == ["00009", "00015a"]
    assert far.lower == far.higher == ()


async def test_each_commune_answers_for_itself(doors: Doors, assign: Assign) -> None:
    west = await assign("5", "Đường Lê Lợi")
    east = await assign("7", "Đường Lê Lợi", east=True)
    both, one, none = await ask(
        doors, wanted("5", WEST, EAST), wanted("7", EAST), wanted("5", EAST, key="tran phu")
    )
    assert [each.code for each in both.exact] == [west]
    assert [(each.number_key, each.commune_code) for each in both.higher] == [("00007", EAST)]
    assert [each.code for each in one.exact] == [east]
    assert none == Probed()


async def test_places_without_number(doors: Doors, assign: Assign) -> None:
    code = await assign(None, None, ("ap", "Ấp Bình Phú"))
    lot = await assign("Lô B2-36", None, ("ap", "Ấp Bình Phú"))
    bare, numbered = await ask(
        doors, wanted(None, key="ap:binh phu"), wanted("lô B2 - 36", key="ap:binh phu")
    )
    assert [each.code for each in bare.exact] == [code]
    assert [each.code for each in numbered.exact] == [lot]


async def test_what_is_not_public_is_not_there(doors: Doors, assign: Assign) -> None:
    await assign("5", "Đường Lê Lợi", visibility=Visibility.RESTRICTED)
    await assign("7", "Đường Lê Lợi", visibility=Visibility.SECRET)
    assert await ask(doors, wanted("5"), wanted("9"), wanted(None)) == [Probed()] * 3


@pytest.mark.parametrize("key", ['a "b"', "a\\b", "{a,b}", "NULL", "null", "", "d'x", "tổ"])
async def test_any_key_arrives_as_it_is(doors: Doors, key: str) -> None:
    async with doors.pool.connection() as conn:
        cursor = await conn.execute("SELECT %s::text[]", (_array([key, None, key]),))
        assert await cursor.fetchone() == ([key, None, key],)


async def test_nothing_wanted(doors: Doors) -> None:
    assert await ask(doors) == []
    assert await ask(doors, Wanted("le loi", "00001", ())) == [Probed()]
    assert await ProbeQueue(doors.lookups).find([]) == []


async def test_the_queue_gives_each_caller_its_own(doors: Doors, assign: Assign) -> None:
    codes = {str(number): await assign(str(number), "Đường Lê Lợi") for number in range(1, 9)}
    queue = ProbeQueue(doors.lookups)

    async def one(number: str) -> None:
        for _ in range(20):
            found, other = await queue.find([wanted(number), wanted(number, EAST)])
            assert [each.code for each in found.exact] == [codes[number]]
            assert other == Probed()

    await asyncio.gather(*(one(number) for number in codes for _ in range(4)))
    assert queue._idle == 2


async def test_whoever_waits_hears_of_an_error_and_the_queue_goes_on(
    doors: Doors, assign: Assign, registry_url: str
) -> None:
    code = await assign("5", "Đường Lê Lợi")
    queue = ProbeQueue(doors.lookups, runners=1)
    wrong = Wanted("le loi", 5, (WEST,))  # type: ignore[arg-type]
    asked = [queue.find([wrong]), queue.find([wrong]), queue.find([wanted("5")])]
    first, *_ = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(first, BaseException)
    [found] = await queue.find([wanted("5")])
    assert found.exact[0].code == code
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    [found] = await queue.find([wanted("5")])
    assert found.exact[0].code == code, "a dead connection costs one retry"


async def test_who_gave_up_does_not_stop_the_others(doors: Doors, assign: Assign) -> None:
    code = await assign("5", "Đường Lê Lợi")
    queue = ProbeQueue(doors.lookups, runners=1)
    waiting = [asyncio.create_task(queue.find([wanted("5")])) for _ in range(6)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    waiting[3].cancel()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in answers].count(True) == 2
    assert [each[0].exact[0].code for each in answers if isinstance(each, list)] == [code] * 4


@pytest.fixture(scope="module")
def full_url(clone_database: Any, template_db: str) -> Iterator[str]:
    """Give a register of 20,000 synthetic addresses with keys, analysed."""
    with clone_database(template_db) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(FILL.format(rows=20_000).encode())
            conn.execute(
                "UPDATE address_current SET base_key = 's' || address_id % 50,"
                " number_key = lpad((address_id % 700)::text, 5, '0')"
            )
            conn.execute(
                "INSERT INTO address_former (address_id, base_key, number_key, until)"
                " SELECT address_id, base_key, number_key || 'a', '2026-01-01' FROM address_current"
            )
            conn.execute("VACUUM ANALYZE")
        yield url


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize(
    ("name", "uses"), [("probe", 1), ("probe_without_number", 1), ("probe_near", 5)]
)
def test_the_plan_takes_the_index_and_scans_nothing(
    full_url: str, mode: str, name: str, uses: int
) -> None:
    asked = [Wanted("s3", "00012/00003", ("25747",)), Wanted("s4", "00014", ("25747",))]
    params = _params(asked, [(0, "25747"), (1, "25747")])
    around = [_Around.of(each.number_key or "") for each in asked]
    params |= _params_near(around)
    with psycopg.connect(full_url) as conn:
        conn.execute(f"SET plan_cache_mode = {mode}".encode())
        rows = conn.execute(f"EXPLAIN (FORMAT JSON) {QUERIES[name]}".encode(), params).fetchall()
    told = json.dumps(rows[0][0])
    assert told.count("address_current_base_idx") == uses
    assert ("address_former_base_idx" in told) == (name == "probe_near")
    for table in ("address", "address_version", "address_current", "address_former"):
        assert not re.search(rf'"Seq Scan"[^{{}}]*"Relation Name": "{table}"', told)


def test_counting_some_places_takes_the_index(full_url: str) -> None:
    with psycopg.connect(full_url) as conn:
        rows = conn.execute(
            f"EXPLAIN (FORMAT JSON) {QUERIES['some_places']}".encode(),
            {"base_keys": ["s3"], "communes": ["25747"]},
        ).fetchall()
    assert "address_current_base_idx" in json.dumps(rows[0][0])
