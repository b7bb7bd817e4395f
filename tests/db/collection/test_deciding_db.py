"""Deciding in the database: races, what is left behind, and the indexes it rests on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import psycopg
import pytest
from collection_world import (
    LAT,
    LON,
    fields_of,
    photo_of,
    picture,
    position_of,
    record_of,
    until_one_waits,
)
from registry_fixtures import WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal, Scope, command_line
from addrsvc.auth.permissions import DEVICE_SCOPES
from addrsvc.clock import FixedClock
from addrsvc.collection import reviewing, sweeping
from addrsvc.collection.deciding import decide
from addrsvc.collection.devices import Device
from addrsvc.collection.keeping import keep
from addrsvc.collection.model import Act, State
from addrsvc.collection.records import QUERIES
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.geo.measure import moved
from addrsvc.registry import service as registry
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Address, Components, Kind, Marks, Method, Position
from addrsvc.settings import Settings
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

ROOT = command_line("test")


def phone(number: int) -> Device:
    key_id = f"bbbb{number:04d}"
    return Device(key_id, Principal(f"device:{key_id}", DEVICE_SCOPES, frozenset({WEST})))


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


async def house(engine: AsyncEngine, clock: FixedClock) -> Address:
    spot = Position(LonLat(106.65, 10.95), 4.0, Method.GNSS, Marks.ENTRANCE)
    components = Components(house_number="12", thoroughfare="Đường Lê Lợi")
    command = AssignAddress(Kind.DWELLING, "test", components=components, position=spot)
    async with transaction(engine) as conn:
        return await registry.assign_address(conn, ROOT, command, clock)


def said_of(address: Address, number: str) -> Any:
    fields = fields_of(house_number=number, localities=[])
    ref = {"ref": address.code, "version": 1}
    return record_of(Act.CORRECT, address=ref, fields=fields)


def made_at(clock: FixedClock, minutes: int, metres: float) -> Any:
    """Give a record made so long after a moment, so far from a place."""
    point = moved(LonLat(LON, LAT), 0, metres)
    at = clock.now() + timedelta(minutes=minutes - 180)
    return record_of(
        Act.ADD,
        made_at=at.isoformat(),
        fields=fields_of(house_number=str(200 + minutes)),
        position=position_of(point.lon, point.lat),
        photos=[photo_of(picture())],
    )


async def kept(
    engine: AsyncEngine,
    device: Device,
    record: Any,
    clock: FixedClock,
    carried_by: str | None = None,
) -> UUID:
    payload = orjson.dumps(record)
    await keep(engine, device, UUID(record["record"]), payload, clock, carried_by=carried_by)
    return UUID(record["record"])


async def enrolled(engine: AsyncEngine, device: Device, clock: FixedClock) -> None:
    async with transaction(engine) as conn:
        await execute(
            conn,
            "INSERT INTO api_key (key_id, name, secret_hash, scopes, areas, kind, held_by,"
            " created_at, expires_at) VALUES (%(key)s, 'Máy', sha256('x'::bytea),"
            " '{addresses:read,addresses:write}', %(areas)s, 'device', 'tuan', %(at)s, %(end)s)",
            {
                "key": device.key_id,
                "areas": [WEST],
                "at": clock.now(),
                "end": clock.now() + timedelta(days=9),
            },
        )


async def slugs_of(engine: AsyncEngine, record: UUID) -> list[str]:
    return [each["slug"] for each in (await standing(engine, record))["findings"]]


async def standing(engine: AsyncEngine, record: UUID) -> Any:
    async with transaction(engine) as conn:
        return await row(
            conn,
            "SELECT state, waits_for, version, tries, (SELECT count(*) FROM submission_conflict c"
            " WHERE c.submission_id = s.submission_id) AS conflicts, r.findings"
            " FROM submission s JOIN submission_revision r USING (submission_id, revision)"
            " WHERE submission_id = %(record)s",
            {"record": record},
        )


async def test_two_devices_at_one_address_at_once(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    address = await house(engine, clock)
    records = [
        (phone(each), await kept(engine, phone(each), said_of(address, f"12{end}"), clock))
        for each, end in enumerate("ABCD")
    ]
    await asyncio.gather(
        *(decide(engine, record, device.principal, clock, settings) for device, record in records)
    )
    stood = [await standing(engine, record) for _, record in records]
    # one was first; the others stand beside what it wrote
    assert sorted((each["state"], each["conflicts"]) for each in stood) == [
        ("accepted", 0),
        ("received", 1),
        ("received", 1),
        ("received", 1),
    ]
    assert all(each["findings"] == [] for each in stood)


async def test_decided_at_once_and_again_it_is_decided_once(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    device, record = phone(1), record_of(Act.ADD)
    key = await kept(engine, device, record, clock)
    for _ in range(2):
        await asyncio.gather(
            *(decide(engine, key, device.principal, clock, settings) for _ in range(3))
        )
    async with transaction(engine) as conn:
        (count,) = await rows(conn, "SELECT count(*) AS count FROM address", {})
        (told,) = await rows(
            conn,
            "SELECT count(*) AS count FROM audit_entry WHERE action LIKE 'submission.%%'",
            {},
        )
    assert (count["count"], told["count"]) == (1, 1)
    assert (await standing(engine, key))["version"] == 2


async def test_two_devices_at_one_door_at_once(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    keys = [
        (phone(each), await kept(engine, phone(each), record_of(Act.ADD), clock))
        for each in range(3)
    ]
    await asyncio.gather(
        *(decide(engine, key, device.principal, clock, settings) for device, key in keys)
    )
    stood = [await standing(engine, key) for _, key in keys]
    assert sorted(each["state"] for each in stood) == ["accepted", "received", "received"]
    doubtful = [each for each in stood if each["state"] == "received"]
    assert all(
        {found["slug"] for found in each["findings"]} & {"number-taken", "duplicate-near"}
        for each in doubtful
    )


async def test_a_device_that_may_not_read_addresses_is_told_of_a_double_all_the_same(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    writer = Device("cccc0001", Principal("device:cccc0001", frozenset({Scope.ADDRESSES_WRITE})))
    position = Position(LonLat(LON, LAT), 4.0, Method.GNSS, Marks.ENTRANCE)  # and no code yet
    proposed = AssignAddress(
        Kind.DWELLING, "test", components=Components(house_number="12"), position=position
    )
    async with transaction(engine) as conn:
        await registry.assign_address(conn, ROOT, proposed, clock)
    key = await kept(engine, writer, record_of(Act.ADD), clock)
    await decide(engine, key, writer.principal, clock, settings)
    assert (await standing(engine, key))["waits_for"] == "review"
    assert "duplicate-near" in await slugs_of(engine, key)


async def test_the_worker_decides_what_was_left(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    address = await house(engine, clock)
    ended, good = phone(1), phone(2)
    await enrolled(engine, good, clock)
    left = await kept(engine, good, said_of(address, "12A"), clock)
    lost = await kept(engine, ended, said_of(address, "12B"), clock)
    # no sooner than a request may be at it still
    assert await sweeping.decide_left(engine, settings, clock) == 0
    later = FixedClock(clock.now() + timedelta(minutes=1))
    assert await sweeping.decide_left(engine, settings, later) == 2
    assert (await standing(engine, left))["state"] == "accepted"
    held = await standing(engine, lost)
    assert (held["waits_for"], [each["slug"] for each in held["findings"]]) == (
        "review",
        ["device-ended"],
    )
    assert await sweeping.decide_left(engine, settings, later) == 0


async def test_a_record_that_breaks_the_worker_counts_against_no_other(
    engine: AsyncEngine,
    settings: Settings,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheet = Device(ROOT.id, ROOT)  # as who brings one: it has no device
    breaks, other = [await kept(engine, sheet, record_of(Act.ADD), clock) for _ in range(2)]
    later = FixedClock(clock.now() + timedelta(minutes=1))

    async def fail(*_: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(sweeping.deciding, "decide", fail)
        with pytest.raises(MemoryError):
            await sweeping.decide_left(engine, settings, later)
    tried = sorted([(await standing(engine, each))["tries"] for each in (breaks, other)])
    assert tried == [0, 1]
    assert await sweeping.decide_left(engine, settings, later) == 1  # the other, by who brought it
    stood = [await standing(engine, each) for each in (breaks, other)]
    assert sorted(each["state"] for each in stood) == ["accepted", "received"]


async def test_what_cannot_be_decided_is_given_to_a_supervisor(
    engine: AsyncEngine,
    settings: Settings,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise psycopg.OperationalError("invented")

    address = await house(engine, clock)
    key = await kept(engine, phone(1), said_of(address, "12A"), clock)
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "as_of_now", fail)
        for minute in range(1, sweeping.MOST_TRIES + 1):
            at = FixedClock(clock.now() + timedelta(minutes=minute))
            assert await sweeping.decide_left(engine, settings, at) == 1
            assert (await standing(engine, key))["waits_for"] == "register"
    at = FixedClock(clock.now() + timedelta(hours=1))
    await sweeping.decide_left(engine, settings, at)
    held = await standing(engine, key)
    assert held["waits_for"] == "review"
    assert [each["slug"] for each in held["findings"]] == ["undecided"]
    # nothing of it is lost: a supervisor may accept it as it is
    async with transaction(engine) as conn:
        look = await reviewing.get_look(conn, ROOT, key)
        (number,) = (each for each in look.fields if each.field == "house_number")
        assert (number.registered, number.collected, number.standing) == ("12", "12A", "collected")
        done = await reviewing.accept(conn, ROOT, key, look.submission.version, clock=at)
        assert done.state is State.ACCEPTED


async def test_what_a_record_says_of_the_next_is_said_though_the_server_died(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    device = phone(1)
    await enrolled(engine, device, clock)
    far = await kept(engine, device, made_at(clock, 31, 4_000), clock)
    await decide(engine, far, device.principal, clock, settings)
    before = await standing(engine, far)
    assert (before["state"], before["findings"]) == ("accepted", [])
    near = await kept(engine, device, made_at(clock, 30, 0), clock)  # and then it died
    assert await slugs_of(engine, far) == []
    later = FixedClock(clock.now() + timedelta(minutes=1))
    assert await sweeping.decide_left(engine, settings, later) == 1
    assert (await standing(engine, near))["state"] == "accepted"
    assert await slugs_of(engine, near) == []
    after = await standing(engine, far)
    assert after == before | {"findings": after["findings"]}, "it stands where it stood"
    (found,) = after["findings"]
    assert (found["slug"], found["metres"], found["seconds"]) == ("impossible-movement", 3992, 60)


async def test_what_is_kept_apart_says_nothing_of_others_before_it_is_its_devices(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    device = phone(1)
    first, second = made_at(clock, 30, 0), made_at(clock, 31, 4_000)
    brought = await kept(engine, device, first, clock, carried_by="key:lan")
    await decide(engine, brought, device.principal, clock, settings)
    far = await kept(engine, device, second, clock)
    await decide(engine, far, device.principal, clock, settings)
    assert ((await standing(engine, far))["state"], await slugs_of(engine, far)) == ("accepted", [])
    await kept(engine, device, first, clock)
    await decide(engine, brought, device.principal, clock, settings)
    assert (await standing(engine, brought))["state"] == "accepted"
    assert await slugs_of(engine, far) == ["impossible-movement"]


async def test_two_records_that_saw_nothing_of_each_other_are_decided_at_once(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    for number in range(6):
        device = phone(number)
        records = [made_at(clock, 2 * number, 0), made_at(clock, 2 * number + 1, 4_000)]
        keys = [await kept(engine, device, each, clock) for each in records]
        async with transaction(engine) as conn:  # as both came at the same moment
            await execute(conn, "UPDATE submission_revision SET findings = '[]'", {})
        order = keys if number % 2 else reversed(keys)
        await asyncio.gather(
            *(decide(engine, key, device.principal, clock, settings) for key in order)
        )
        stood = [await standing(engine, key) for key in keys]
        assert [each["waits_for"] for each in stood] == [None, "review"]
        assert [await slugs_of(engine, key) for key in keys] == [[], ["impossible-movement"]]


async def test_what_was_noted_while_a_decision_waited_is_not_written_over(
    engine: AsyncEngine, settings: Settings, clock: FixedClock, registry_url: str
) -> None:
    device = phone(1)
    key = await kept(engine, device, made_at(clock, 30, 0), clock)
    async with await psycopg.AsyncConnection.connect(registry_url) as conn:
        await conn.execute("SELECT FROM submission WHERE submission_id = %s FOR UPDATE", [key])
        deciding = asyncio.create_task(decide(engine, key, device.principal, clock, settings))
        await until_one_waits(registry_url)
        found = '[{"slug": "impossible-movement", "metres": 1, "seconds": 1, "kmh": 1}]'
        await conn.execute("UPDATE submission_revision SET findings = %s", [found])
    await deciding
    assert await slugs_of(engine, key) == ["impossible-movement"]
    assert (await standing(engine, key))["waits_for"] == "review"


async def test_a_revision_that_comes_is_tried_as_often_as_any(
    engine: AsyncEngine, settings: Settings, clock: FixedClock
) -> None:
    device, record = phone(1), made_at(clock, 30, 0)
    await enrolled(engine, device, clock)
    key = await kept(engine, device, record, clock)
    tried = {"tries": sweeping.MOST_TRIES}
    async with transaction(engine) as conn:
        await execute(conn, "UPDATE submission SET tries = %(tries)s", tried)
    await kept(engine, device, {**record, "revision": 2}, clock)
    later = FixedClock(clock.now() + timedelta(minutes=1))
    await sweeping.decide_left(engine, settings, later)
    assert (await standing(engine, key))["state"] == "accepted"


INDEXED = {
    "lock_record": "submission_pkey",
    "merged_before": "submission_revision_pkey",
    "claim_next": "submission_review_idx",
    "left_undecided": "submission_pending_idx",
    "count_decided": "submission_decided_idx",
    "block_of_request": "code_block_request_key",
    "blocks_with_use": "submission_code_key",
    "unused_codes": "submission_code_key",
}


async def test_hot_statements_rest_on_their_indexes(registry_url: str) -> None:
    filled = """
        INSERT INTO submission (submission_id, device, act, revision, state, waits_for, made_at,
                                received_at, code, decided_by, decided_at)
        SELECT gen_random_uuid(), 'd' || n % 50, 'add', 1,
               CASE WHEN n % 40 = 0 THEN 'received' ELSE 'accepted' END,
               CASE n % 80 WHEN 0 THEN 'review' WHEN 40 THEN 'register' END, now(), now(),
               lpad((7512300000 + n)::text, 10, '0'), 'p' || n % 20, now()
        FROM generate_series(1, 8000) AS n;
        INSERT INTO submission_revision (submission_id, revision, payload, sha256, received_at)
        SELECT submission_id, 1, '{}', sha256('x'::bytea), now() FROM submission;
        INSERT INTO code_block (device, commune_code, prefix, start_counter, end_counter, codes,
                                issued_at, expires_at, request_key)
        SELECT 'd' || n, '25747', '75123', n * 10, n * 10 + 10,
               ARRAY(SELECT lpad((7512300000 + n * 10 + i)::text, 10, '0')
                     FROM generate_series(0, 9) AS i), now(), now() + interval '9 days', 'k'
        FROM generate_series(1, 400) AS n;
        ANALYZE submission, submission_revision, code_block;
    """
    values = {
        "record": UUID(int=1),
        "revision": 2,
        "principal": "p3",
        "device": "d7",
        "request_key": "k",
        "commune": WEST,
        "limit": 10,
    }
    moments = dict.fromkeys(("at", "until", "since", "before"), "2027-11-23T00:00:00Z")
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(filled)
        for name, index in INDEXED.items():
            asked = dict.fromkeys(re.findall(r"%\((\w+)\)s", QUERIES[name]))
            params = {each: (values | moments).get(each) for each in asked}
            plan = conn.execute(f"EXPLAIN {QUERIES[name]}".encode(), params).fetchall()
            told = "\n".join(line for (line,) in plan)
            assert index in told, f"{name}: {told}"
