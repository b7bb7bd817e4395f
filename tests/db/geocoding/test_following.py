"""The gazetteer is read, and follows the feed: within a second, and after a lost connection."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable
from datetime import date
from time import monotonic

import psycopg
import pytest
from geocoding_fixtures import CLERK, CLOCK, Assign
from registry_fixtures import EAST, NORTH, WEST

from addrsvc.admin_units import registers
from addrsvc.db.doors import Doors
from addrsvc.db.rows import Connection
from addrsvc.db.transaction import transaction
from addrsvc.events import feed
from addrsvc.geocoding import loading
from addrsvc.geocoding.following import Follower
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.loading import load
from addrsvc.geocoding.model import PlaceKind
from addrsvc.registry import search_keys, service
from addrsvc.registry.commands import CorrectAddress, RetireAddress
from addrsvc.registry.model import Components, Kind, Visibility
from addrsvc.registry.reading import AddressRef

pytestmark = pytest.mark.anyio


async def read(doors: Doors) -> Gazetteer:
    async with doors.pool.connection() as conn:
        return await load(conn)


def known(names: Gazetteer, kind: PlaceKind, name: str) -> list[tuple[str, str, int]]:
    hits = names.find(kind, name)
    return [(hit.place.name, hit.place.commune_code, hit.place.addresses) for hit in hits]


async def test_reads_addresses_in_use_and_their_middle(doors: Doors, assign: Assign) -> None:
    await assign("1", "Đường Lê Lợi", shift_deg=0.01)
    await assign("3", "Đường Lê Lợi", shift_deg=-0.01)
    await assign("5", "Hẻm 95 Lê Lợi", east=True)
    await assign("7", "Đường Trần Phú", visibility=Visibility.RESTRICTED)
    await assign(None, None, ("ap", "Ấp Bình Phú"))
    await assign(None, None)
    names = await read(doors)
    assert known(names, "thoroughfare", "le loi") == [
        ("Đường Lê Lợi", WEST, 2),
        ("Lê Lợi", EAST, 1),
    ]
    centre = names.find("thoroughfare", "Lê Lợi", frozenset({WEST}))[0].place.centre
    assert centre is not None
    assert centre.lon == pytest.approx(106.65)
    assert known(names, "thoroughfare", "Trần Phú") == []
    assert known(names, "locality", "Ấp Bình Phú") == [("Ấp Bình Phú", WEST, 1)]


async def test_named_objects_but_no_names_of_people(doors: Doors, assign: Assign) -> None:
    code = await assign("1", "Lê Lợi", kind=Kind.PUBLIC_FACILITY, name="Chợ Mẫu")
    await assign("2", "Lê Lợi", kind=Kind.DWELLING, name="Nhà Mẫu")
    await assign("3", "Lê Lợi", kind=Kind.ENTERPRISE, name="Kín", visibility=Visibility.SECRET)
    names = await read(doors)
    [hit] = names.find("organisation", "cho mau")
    assert hit.place.code == code
    assert len(names.names("organisation")) == 1


REGISTERS = """
INSERT INTO admin_unit (code, valid_from, valid_to, level, kind, name, full_name, name_key,
                        parent_code, source)
VALUES ('718', '2025-06-01', '2025-07-01', 'district', 'thanh_pho', 'Cũ', 'Thành phố Cũ', 'cu',
        '74', 'test'),
       ('25741', '2025-06-01', '2025-07-01', 'commune', 'phuong', 'Một', 'Phường Một', 'mot',
        '718', 'test'),
       ('25744', '2025-06-01', '2025-07-01', 'commune', 'phuong', 'Hai', 'Phường Hai', 'hai',
        '718', 'test');
INSERT INTO admin_unit_link (from_code, from_valid_from, to_code, to_valid_from, kind,
                             effective_date, source)
VALUES ('25741', '2025-06-01', '25747', '2025-07-01', 'whole', '2025-07-01', 'test'),
       ('25744', '2025-06-01', '25747', '2025-07-01', 'part', '2025-07-01', 'test'),
       ('25744', '2025-06-01', '25750', '2025-07-01', 'part', '2025-07-01', 'test');
INSERT INTO thoroughfare (name, name_key, kind, status, registered_in, source)
VALUES ('Hùng Vương', 'hung vuong', 'street', 'official', '718', 'test'),
       ('Đại lộ Bình Dương', 'dai lo binh duong', 'street', 'official', '25741', 'test');
INSERT INTO thoroughfare_area (thoroughfare_id, unit_code, unit_valid_from)
SELECT thoroughfare_id, registered_in, '2025-06-01' FROM thoroughfare;
INSERT INTO thoroughfare_alias (thoroughfare_id, name, name_key)
SELECT thoroughfare_id, 'Quốc lộ 13', 'quoc lo 13' FROM thoroughfare WHERE registered_in = '25741';
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, source)
VALUES ('Khu phố 3', 'khu pho 3', 'khu_pho', 'official', '25744', '2025-06-01', 'test'),
       ('Chợ Cây', 'cho cay', 'place', 'observed', '25942', '2025-07-01', 'test');
"""


async def test_registers_of_names_go_to_the_communes_of_today(
    doors: Doors, registry_url: str
) -> None:
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(REGISTERS.encode())
    names = await read(doors)

    def communes(kind: PlaceKind, name: str) -> set[str]:
        return {hit.place.commune_code for hit in names.find(kind, name)}

    assert communes("thoroughfare", "Hùng Vương") == {WEST, EAST}, "all that followed the district"
    [hit] = names.find("thoroughfare", "Quốc lộ 13")
    assert (hit.place.name, hit.place.commune_code) == ("Đại lộ Bình Dương", WEST)
    assert communes("locality", "Khu phố 3") == {WEST, EAST}
    assert communes("locality", "Chợ Cây") == {NORTH}


async def test_whoever_is_cancelled_while_reading_leaves_nothing_open(
    doors: Doors, registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_PIECE", 1)
    monkeypatch.setattr(registers, "_STREAMED", 1)
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(REGISTERS.encode())
    for after_ms in range(0, 60, 10):
        reading = asyncio.create_task(read(doors))
        await asyncio.sleep(after_ms / 1000)
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
    assert len(await read(doors)) == 7


async def test_a_reader_that_stops_half_way_holds_no_cursor(
    doors: Doors, registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "_STREAMED", 1)
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(REGISTERS.encode())
    async with doors.pool.connection() as driver:
        async with driver.transaction() as transaction:
            names = registers.registered_names(driver)
            assert (await anext(names)).kind is None
            # one that is left open warns when it is collected, long after the loop has ended
            left = [
                each for each in gc.get_objects() if isinstance(each, psycopg.AsyncServerCursor)
            ]
            assert left == []
            raise psycopg.Rollback(transaction)
        await names.aclose()  # type: ignore[attr-defined]  # a generator
        cursor = await driver.execute("SELECT count(*) FROM pg_cursors WHERE name <> ''")
        assert await cursor.fetchone() == (0,)


@pytest.fixture
async def follower(doors: Doors) -> AsyncIterator[Follower]:
    """Give a follower at work, its names read."""
    follower = Follower(doors.pool, every_s=0.1)
    task = asyncio.create_task(follower.run())
    await until(lambda: follower.gazetteer is not None)
    yield follower
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(holds: Callable[[], bool], *, within_s: float = 60.0) -> float:
    begun = monotonic()
    while not holds():
        assert monotonic() - begun < within_s, "it did not come"
        await asyncio.sleep(0.01)
    return monotonic() - begun


def find(follower: Follower, kind: PlaceKind, name: str) -> list[tuple[str, str, int]]:
    assert follower.gazetteer is not None
    return known(follower.gazetteer, kind, name)


async def test_an_address_assigned_is_found_at_the_next_look(
    follower: Follower, assign: Assign, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, catch_up = 0, follower.catch_up

    async def counted(conn: Connection) -> None:
        nonlocal looks
        looks += 1
        await catch_up(conn)

    monkeypatch.setattr(follower, "catch_up", counted)
    await assign("1", "Đường Trần Phú")
    before = looks
    await until(lambda: find(follower, "thoroughfare", "tran phu") != [])
    assert looks <= before + 2  # one may have been under way
    await assign("2", "Đường Trần Phú")
    await until(lambda: find(follower, "thoroughfare", "tran phu")[0][2] == 2)


async def test_beginnings_of_names_are_sorted_before_anybody_asks(
    follower: Follower, assign: Assign
) -> None:
    await assign("1", "Đường Trần Phú")
    await until(lambda: find(follower, "thoroughfare", "tran phu") != [])
    completions = follower.completions
    assert completions is not None
    await until(lambda: ("thoroughfare", "tr") in completions._sorted)
    assert completions.gazetteer is follower.gazetteer
    assert completions.keys("thoroughfare", "tr", 3) == ["tran phu"]


async def test_corrections_and_retirements_are_followed(
    follower: Follower, assign: Assign, doors: Doors
) -> None:
    code = await assign("1", "Đường Trần Phú", kind=Kind.ENTERPRISE, name="Hãng Một")
    await until(lambda: find(follower, "organisation", "hang mot") != [])
    ref = AddressRef.parse(code)
    changed = CorrectAddress(
        name="Hãng Hai", components=Components(house_number="1", thoroughfare="Đường Lê Lai")
    )
    async with transaction(doors.engine) as conn:
        await service.correct_address(conn, CLERK, ref, 1, changed, CLOCK)
    await until(lambda: find(follower, "organisation", "hang hai") != [])
    assert find(follower, "organisation", "hang mot") == []
    await until(lambda: find(follower, "thoroughfare", "le lai") == [("Đường Lê Lai", WEST, 1)])
    await until(lambda: find(follower, "thoroughfare", "tran phu")[0][2] == 0)
    async with transaction(doors.engine) as conn:
        retire = RetireAddress("test", (), on=date(2026, 1, 15))
        await service.retire_address(conn, CLERK, ref, 2, retire, CLOCK)
    await until(lambda: find(follower, "organisation", "hang hai") == [])
    await until(lambda: find(follower, "thoroughfare", "le lai")[0][2] == 0)


async def test_a_changed_register_is_read_anew(follower: Follower, doors: Doors) -> None:
    before = follower.gazetteer
    await search_keys.bring_up_to_date(doors.engine, CLOCK, version=99)
    await until(lambda: follower.gazetteer is not before)


async def test_begun_again_it_reads_all_names(
    follower: Follower, doors: Doors, assign: Assign
) -> None:
    before = follower.gazetteer
    again = asyncio.create_task(follower.run())
    await until(lambda: follower.gazetteer is not before)
    again.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await again


async def test_nothing_is_missed_of_who_commits_late(
    follower: Follower, assign: Assign, doors: Doors
) -> None:
    async with transaction(doors.engine) as late:
        await late.exec_driver_sql("SELECT pg_current_xact_id()")  # begun before the others
        await assign("1", "Đường Trần Phú")
        await until(lambda: find(follower, "thoroughfare", "tran phu") != [])
        await asyncio.sleep(0.3)
        await late.exec_driver_sql(
            "INSERT INTO event (recorded_at, type, subject) VALUES (now(), 'locality.x', 'x')"
        )
        before = follower.gazetteer
        await asyncio.sleep(0.3)
        assert follower.gazetteer is before
    await until(lambda: follower.gazetteer is not before)


async def test_goes_on_after_its_connection_was_cut(
    follower: Follower, assign: Assign, doors: Doors, registry_url: str
) -> None:
    for street in ("Đường Trần Phú", "Đường Lê Lai"):
        with psycopg.connect(registry_url, autocommit=True) as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await assign("1", street)
        await until(lambda street=street: find(follower, "thoroughfare", street) != [])


async def test_more_than_a_page_is_read_in_pages(
    follower: Follower, doors: Doors, registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 3)
    async with doors.pool.connection() as conn:
        begun = await feed.position(conn)
    with psycopg.connect(registry_url, autocommit=True) as writer:
        writer.execute(
            "INSERT INTO event (recorded_at, type, subject)"
            " SELECT now(), 'prefix.x', i::text FROM generate_series(1, 7) AS i"
        )
    seen, last, page = [], None, None
    async with doors.pool.connection() as conn:
        while page is None or len(page) == 3:
            page, _ = await feed.changes_since(conn, begun, last)
            seen += [event.subject for event in page]
            last = page[-1] if page else None
    assert seen == [str(number) for number in range(1, 8)]


async def test_a_database_away_at_the_start_stops_nothing() -> None:
    from addrsvc.db.doors import open_doors  # noqa: PLC0415 -- doors that lead nowhere
    from addrsvc.settings import Settings  # noqa: PLC0415

    settings = {"database_url": "postgresql://127.0.0.1:1/none", "request_deadline_s": 0.2}
    doors = await open_doors(Settings.model_validate(settings))
    follower = Follower(doors.pool, every_s=0.05)
    task = asyncio.create_task(follower.run())
    await asyncio.sleep(0.6)
    assert not task.done()
    assert follower.gazetteer is None
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await doors.close()


async def test_events_by_the_thousand_are_names_read_anew(
    follower: Follower, assign: Assign, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = follower.gazetteer
    monkeypatch.setattr("addrsvc.geocoding.following._PAGES", 0)
    await assign("1", "Đường Trần Phú")
    await until(lambda: find(follower, "thoroughfare", "tran phu") != [])
    assert follower.gazetteer is not before
