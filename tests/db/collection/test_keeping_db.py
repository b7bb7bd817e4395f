"""What devices send is kept once, in whatever order and however often it comes. All invented."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import orjson
import psycopg
import pytest
from collection_world import (
    CONTACT,
    fields_of,
    photo_of,
    picture,
    position_of,
    record_of,
    until_one_waits,
)
from psycopg.types.json import Jsonb
from registry_fixtures import WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import FixedClock
from addrsvc.collection import keeping, moving, private, receipts, records
from addrsvc.collection.devices import Device
from addrsvc.collection.errors import RevisionTaken
from addrsvc.collection.keeping import keep
from addrsvc.collection.model import Act, State, Waits
from addrsvc.db.doors import make_engine
from addrsvc.db.queries import Queries
from addrsvc.db.rows import execute
from addrsvc.db.transaction import transaction
from addrsvc.geo.measure import moved
from addrsvc.personal import sealing
from addrsvc.personal.collected import (
    Collected,
    list_differing,
    lock_collected,
    open_collected,
)
from addrsvc.personal.holders import holders_of, open_holders, put_holders
from addrsvc.personal.model import Person
from addrsvc.personal.said import Contact
from addrsvc.settings import Settings
from addrsvc.tickets.erasing import take_out_everywhere
from addrsvc.types import AddressId, LonLat

pytestmark = pytest.mark.anyio

WRITES = frozenset({Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE})
DEVICE = Device("aaaaaaaa", Principal("device:aaaaaaaa", WRITES, frozenset({WEST})))
NAME = "Đỗ Thị Bịa"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    made = make_engine(settings)
    yield made
    await made.dispose()


def query(url: str, statement: str, *params: Any) -> list[Any]:
    with psycopg.connect(url) as conn:
        return conn.execute(statement, params).fetchall()  # type: ignore[arg-type]


async def sent(
    engine: AsyncEngine, clock: FixedClock, record: Any, device: Device = DEVICE
) -> keeping.Kept:
    return await keep(engine, device, UUID(record["record"]), orjson.dumps(record), clock)


async def receipt_of(engine: AsyncEngine, record: Any, settings: Settings) -> receipts.Receipt:
    async with transaction(engine) as conn:
        return await receipts.get_receipt(conn, DEVICE, UUID(record["record"]), settings)


async def test_the_same_at_once_is_kept_once(
    engine: AsyncEngine, clock: FixedClock, registry_url: str
) -> None:
    record = record_of(Act.ADD, photos=[photo_of(picture())])
    kept = await asyncio.gather(*(sent(engine, clock, record) for _ in range(8)))
    assert sum(each.is_new for each in kept) == 1
    assert {(each.revision, each.waits_for) for each in kept} == {(1, Waits.REGISTER)}
    content = orjson.dumps(record)
    rows = query(registry_url, "SELECT payload, sha256 FROM submission_revision")
    assert [(text.encode(), digest) for text, digest in rows] == [
        (content, hashlib.sha256(content).digest())
    ]
    assert query(registry_url, "SELECT count(*) FROM submission_photo") == [(1,)]


async def test_two_revisions_at_once_are_both_kept(
    engine: AsyncEngine, clock: FixedClock, settings: Settings, registry_url: str
) -> None:
    first = record_of(Act.ADD)
    second = {**first, "app": "other"}
    both = await asyncio.gather(
        *(sent(engine, clock, each) for each in (first, second) * 4), return_exceptions=True
    )
    taken = [each for each in both if isinstance(each, RevisionTaken)]
    assert len(taken) == 4
    assert {each.next_revision for each in taken} == {2}
    more = [{**first, "revision": number} for number in range(2, 8)]
    await asyncio.gather(*(sent(engine, clock, each) for each in reversed(more)))
    assert query(registry_url, "SELECT count(*) FROM submission_revision") == [(7,)]
    assert (await receipt_of(engine, first, settings)).revision == 7


async def test_revisions_in_any_order_end_alike(
    engine: AsyncEngine, clock: FixedClock, settings: Settings
) -> None:
    for order in permutations((1, 2, 3)):
        record = record_of(Act.ADD)
        revisions = {
            number: {
                **record,
                "revision": number,
                "has_private": number == 3,
                "photos": [
                    photo_of(picture(number), bytes=number),
                    photo_of(picture(9), marks="abc"[number - 1], bytes=9),
                ],
            }
            for number in (1, 2, 3)
        }
        newest = 0
        for number in order:
            newest = max(newest, number)
            assert (await sent(engine, clock, revisions[number])).revision == newest
            assert (await sent(engine, clock, revisions[number])).is_new is False
        receipt = await receipt_of(engine, record, settings)
        digest = hashlib.sha256(orjson.dumps(revisions[3])).hexdigest()
        assert (receipt.revision, receipt.sha256, receipt.private) == (3, digest, "missing")
        assert sorted((each.bytes, each.marks) for each in receipt.photos) == [
            (3, "gate"),
            (9, "c"),
        ]


async def test_what_waits_is_replaced_and_what_was_decided_waits_anew(
    engine: AsyncEngine, clock: FixedClock, settings: Settings, registry_url: str
) -> None:
    record = record_of(Act.ADD)
    await sent(engine, clock, record)
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(
            "UPDATE submission SET state = 'needs-you', waits_for = NULL, note = 'Chụp lại',"
            " decided_at = now(), decided_by = 'x', claimed_by = 'y'"
        )
    before = await receipt_of(engine, record, settings)
    assert (before.state, before.note) == (State.NEEDS_YOU, "Chụp lại")
    await sent(engine, clock, {**record, "revision": 2})
    after = await receipt_of(engine, record, settings)
    told = after.state, after.waits_for, after.note, after.decided_at
    assert told == (State.RECEIVED, Waits.REGISTER, None, None)
    assert after.change_number > before.change_number
    assert query(registry_url, "SELECT claimed_by FROM submission") == [(None,)]


async def test_changes_of_a_device_are_told_in_order_none_passed_over(
    engine: AsyncEngine, clock: FixedClock, settings: Settings, registry_url: str
) -> None:
    records = [record_of(Act.ADD) for _ in range(5)]
    for each in records:
        await sent(engine, clock, each)
    slow = await psycopg.AsyncConnection.connect(registry_url)
    quick = await psycopg.AsyncConnection.connect(registry_url, autocommit=True)
    change = "UPDATE submission SET note = %s WHERE submission_id = %s"
    await slow.execute(change, ["slow", records[0]["record"]])  # takes its number first
    waiting = asyncio.create_task(quick.execute(change, ["quick", records[1]["record"]]))
    await asyncio.sleep(0.05)
    since, seen = 0, []
    async with transaction(engine) as conn:
        page, since, is_more = await receipts.list_receipts(
            conn, DEVICE, settings, since=since, limit=3
        )
    seen += page
    assert is_more
    await slow.commit()
    await waiting
    await slow.close()
    await quick.close()
    while is_more:
        async with transaction(engine) as conn:
            page, since, is_more = await receipts.list_receipts(
                conn, DEVICE, settings, since=since, limit=3
            )
        seen += page
    assert {str(each.record) for each in seen} == {each["record"] for each in records}
    newest = {str(each.record): each.change_number for each in seen}
    numbers = query(registry_url, "SELECT submission_id::text, change_number FROM submission")
    assert newest == dict(numbers)
    assert newest[records[0]["record"]] < newest[records[1]["record"]]


async def test_how_a_device_moved_is_judged_whatever_came_first(
    engine: AsyncEngine, clock: FixedClock, registry_url: str
) -> None:
    start = clock.now() - timedelta(hours=3)
    here = LonLat(106.65, 10.95)

    def at(minutes: int, metres: float, **facts: Any) -> Any:
        point = moved(here, 0, metres)
        made_at = (start + timedelta(minutes=minutes)).isoformat()
        position = position_of(round(point.lon, 7), round(point.lat, 7), **facts)
        return record_of(Act.ADD, made_at=made_at, position=position)

    for number, order in enumerate(permutations(("morning", "late", "far", "pointed"))):
        device = replace(DEVICE, key_id=f"bbbb{number:04d}")
        made = {
            "morning": at(0, 0),
            "late": at(30, 100),
            "far": at(31, 60_000),
            "pointed": at(32, 300_000, method="map"),
        }
        for name in order:
            await sent(engine, clock, made[name], device)
            for _ in range(2):  # as often as it is tried to decide it
                await moving.look_again(engine, UUID(made[name]["record"]))
        rows = query(
            registry_url,
            "SELECT submission_id::text, r.findings FROM submission s"
            " JOIN submission_revision r USING (submission_id) WHERE device = %s",
            device.key_id,
        )
        found = {record: [each["slug"] for each in findings] for record, findings in rows}
        assert {name: found[each["record"]] for name, each in made.items()} == {
            "morning": [],
            "late": [],
            "far": ["impossible-movement"],
            "pointed": [],
        }


async def test_records_of_a_task_that_is_gone_and_of_nowhere_are_kept(
    engine: AsyncEngine, clock: FixedClock, registry_url: str
) -> None:
    record = record_of(
        Act.ADD, task=str(uuid4()), position=position_of(0.0, 0.0), commune_code="00000"
    )
    ahead = {**record_of(Act.ADD), "made_at": "2027-01-01T00:00:00Z", "server_ahead_s": None}
    for each in (record, ahead):
        assert (await sent(engine, clock, each)).is_new
    rows = query(
        registry_url,
        "SELECT task_id, commune_code, made_at = s.received_at, r.findings FROM submission s"
        " JOIN submission_revision r USING (submission_id) ORDER BY s.change_number",
    )
    assert rows[0][:2] == (None, None)
    assert rows[1][2] is True
    assert rows[1][3][0]["slug"] == "clock-off"


async def test_who_asks_is_taken_out_of_records_and_contacts(
    engine: AsyncEngine, clock: FixedClock, settings: Settings, registry_url: str
) -> None:
    fields = fields_of(kind="dwelling", name=f"Nhà {NAME}")
    record = record_of(
        Act.ADD,
        fields=fields,
        has_private=True,
        overrides=[{"check": "duplicate-near", "reason": f"Bà {NAME} xác nhận"}],
    )
    other = record_of(Act.ADD, has_private=True)
    for each, contact in ((record, CONTACT), (other, {**CONTACT, "name": "Ai", "phone": "0911"})):
        await sent(engine, clock, each)
        payload = orjson.dumps({"revision": 1, **contact, "words": f"Hỏi bà {NAME} nhé"})
        async with transaction(engine) as conn:
            await private.keep_private(conn, DEVICE, UUID(each["record"]), payload, clock)
    assert await sealing.rotate(engine) == 0
    async with transaction(engine) as conn:
        assert sum((await sealing.key_uses(conn)).values()) == 2
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute("UPDATE submission SET note = %s", [f"Gọi {NAME} trước"])
    async with transaction(engine) as conn:
        person = Person(NAME, "+84 900 000 222")
        assert await take_out_everywhere(conn, [person], [f"%{NAME}%"]) == 2
    for table in ("submission", "submission_revision", "personal.submission_private"):
        assert NAME not in str(query(registry_url, f"SELECT * FROM {table}"))
    async with transaction(engine) as conn:
        await open_collected(conn, None)
        theirs, others = [
            await lock_collected(conn, UUID(each["record"])) for each in (record, other)
        ]
    assert theirs is not None
    assert theirs.noted.contact is None
    assert others is not None
    assert others.noted.contact is not None
    assert NAME not in (others.noted.words or "")
    # what was sent is known again, and does not come back
    assert (await sent(engine, clock, record)).is_new is False
    assert NAME not in str(query(registry_url, "SELECT payload FROM submission_revision"))


async def test_contacts_find_their_place_whoever_accepted_the_record(
    engine: AsyncEngine, clock: FixedClock, registry_url: str
) -> None:
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO address (address_id, code, issuer, created_at) OVERRIDING SYSTEM VALUE"
            " VALUES (1, '7512300001', 'Test', now()), (2, '7512300002', 'Test', now())"
        )
    records = [record_of(act, has_private=True) for act in (Act.ADD, Act.ADD, Act.ADD)]
    gone = record_of(Act.GONE, address={"ref": "7512300002", "version": 1}, has_private=True)
    for each in (*records, gone):
        await sent(engine, clock, each)
        payload = orjson.dumps({"revision": 1, **CONTACT})
        async with transaction(engine) as conn:
            await private.keep_private(conn, DEVICE, UUID(each["record"]), payload, clock)
    with psycopg.connect(registry_url, autocommit=True) as conn:
        accept = (
            "UPDATE submission SET state = 'accepted', waits_for = NULL, address_id = %s"
            " WHERE submission_id = %s"
        )
        conn.execute(accept, [1, records[0]["record"]])
        conn.execute(accept, [1, records[1]["record"]])  # the same person again
        conn.execute(accept, [2, gone["record"]])
    assert await private.hand_over_accepted(engine, clock) == 2
    assert await private.hand_over_accepted(engine, clock) == 0
    held = query(
        registry_url, "SELECT address_id, sealed LIKE '%%Bịa%%' FROM personal.address_holder"
    )
    assert held == [(1, False)]
    left = query(registry_url, "SELECT submission_id::text FROM personal.submission_private")
    assert {each for (each,) in left} == {records[2]["record"], gone["record"]}
    told = query(
        registry_url, "SELECT count(*) FROM audit_entry WHERE action = 'submission.hand_over'"
    )
    assert told == [(1,)]
    # what was handed over or erased does not come back when it is sent once more
    async with transaction(engine) as conn:
        payload = orjson.dumps({"revision": 1, **CONTACT, "name": "Kẻ Khác"})
        await private.keep_private(conn, DEVICE, UUID(records[0]["record"]), payload, clock)
    assert await private.hand_over_accepted(engine, clock) == 0


async def test_who_is_erased_while_a_record_is_decided_does_not_come_back(
    engine: AsyncEngine, clock: FixedClock, registry_url: str
) -> None:
    record = record_of(Act.ADD, overrides=[{"check": "duplicate-near", "reason": f"Hỏi {NAME}"}])
    await sent(engine, clock, record)

    async def erase() -> None:
        async with transaction(engine) as conn:
            await take_out_everywhere(conn, [Person(NAME)], [f"%{NAME}%"])

    async with transaction(engine) as conn:  # as a decision does, which tells the reason
        held = await records.lock(conn, UUID(record["record"]))
        assert held is not None
        erasing = asyncio.create_task(erase())
        await until_one_waits(registry_url)
        (override,) = held.record.overrides
        found = {"findings": Jsonb([{"slug": "overridden", "reason": override.reason}])}
        await execute(conn, "UPDATE submission_revision SET findings = %(findings)s", found)
    await erasing
    kept = str(query(registry_url, "SELECT payload, findings FROM submission_revision"))
    assert "overridden" in kept
    assert NAME not in kept


async def accepted(
    engine: AsyncEngine, clock: FixedClock, url: str, address_ids: Sequence[int]
) -> list[UUID]:
    """Have records accepted, each of an address, with contacts that were not handed over yet."""
    with psycopg.connect(url, autocommit=True) as conn:
        for each in address_ids:
            conn.execute(
                "INSERT INTO address (address_id, code, issuer, created_at)"
                " OVERRIDING SYSTEM VALUE VALUES (%s, %s, 'Test', now())",
                [each, f"751230000{each}"],
            )
    keys = []
    for address_id in address_ids:
        record = record_of(Act.ADD, has_private=True)
        await sent(engine, clock, record)
        keys.append(UUID(record["record"]))
        async with transaction(engine) as conn:
            payload = orjson.dumps({"revision": 1, **CONTACT})
            await private.keep_private(conn, DEVICE, keys[-1], payload, clock)
            accept = (
                "UPDATE submission SET state = 'accepted', waits_for = NULL, address_id = %(a)s"
                " WHERE submission_id = %(record)s"
            )
            await execute(conn, accept, {"a": address_id, "record": keys[-1]})
    return keys


async def test_a_contact_that_cannot_be_read_holds_no_other_up(
    engine: AsyncEngine, clock: FixedClock, registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "_BATCH", 1)
    first, _ = sorted(await accepted(engine, clock, registry_url, (1, 2)))
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(
            "UPDATE personal.submission_private SET sealed = 'broken' WHERE submission_id = %s",
            [first],
        )
    assert await private.hand_over_accepted(engine, clock) == 2
    left = query(registry_url, "SELECT submission_id FROM personal.submission_private")
    assert left == [(first,)], "it is kept: its key may be found again"
    assert query(registry_url, "SELECT count(*) FROM personal.address_holder") == [(1,)]


async def test_a_contact_is_handed_over_beside_others_at_once(
    engine: AsyncEngine, clock: FixedClock, registry_url: str
) -> None:
    keys = await accepted(engine, clock, registry_url, (1, 2))

    async def handed(record: UUID) -> None:
        async with transaction(engine) as conn:
            await private.hand_over(conn, record, clock)

    # the request and the worker at once
    async with transaction(engine) as conn:
        await private.hand_over(conn, keys[0], clock)
        again = asyncio.create_task(handed(keys[0]))
        await until_one_waits(registry_url)
    await again
    # whoever became the holder meanwhile is not written over
    async with transaction(engine) as conn:
        await put_holders(conn, Principal("x"), [(AddressId(2), Person("Ai Khác"))], clock.now())
        late = asyncio.create_task(handed(keys[1]))
        await until_one_waits(registry_url)
    await late
    async with transaction(engine) as conn:
        await open_holders(conn, None)
        held = await holders_of(conn, [AddressId(1), AddressId(2)])
        assert [person for _, person, _ in held] == [
            Person(CONTACT["name"], CONTACT["phone"]),
            Person("Ai Khác"),
        ]
        await open_collected(conn, None)
        assert await list_differing(conn, limit=9) == [keys[1]]


async def test_a_later_revision_that_says_nothing_of_a_contact_leaves_it(
    engine: AsyncEngine, clock: FixedClock, registry_url: str
) -> None:
    record = record_of(Act.ADD, has_private=True)
    key = UUID(record["record"])
    await sent(engine, clock, record)

    async def noted(revision: int, **part: Any) -> Collected:
        if revision > 1:
            await sent(engine, clock, {**record, "revision": revision, "app": str(revision)})
        payload = orjson.dumps({"revision": revision, **part})
        async with transaction(engine) as conn:
            await private.keep_private(conn, DEVICE, key, payload, clock)
            await open_collected(conn, None)
            kept = await lock_collected(conn, key)
        assert kept is not None
        return kept.noted

    assert await noted(1, **CONTACT, words="Chó dữ") == Collected(Contact(**CONTACT), "Chó dữ")
    differing = "UPDATE personal.submission_private SET holder_differs = true"
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(differing)
    of_words = await noted(2, words="Chó hiền", consent="2027-01")
    assert of_words == Collected(Contact(**CONTACT), "Chó hiền"), "with the consent it was given"
    asked = "SELECT holder_differs FROM personal.submission_private"
    assert query(registry_url, asked) == [(True,)], "it still waits for a choice"
    assert await noted(3) == of_words, "silence takes nothing away"
    other = {"name": None, "phone": "0900 000 333", "consent": "2027-01"}
    assert await noted(4, **other) == Collected(Contact(**other), "Chó hiền"), "taken whole"
    assert query(registry_url, asked) == [(False,)], "whether this one differs is to be found"
    receipt_asked = "SELECT revision, private_revision FROM submission"
    assert query(registry_url, receipt_asked) == [(4, 4)]
    # who was erased does not come back by words
    async with transaction(engine) as conn:
        await take_out_everywhere(conn, [Person("Ai", "+84 900 000 333")], ["%0900 000 333%"])
    assert await noted(5, words="Gọi cổng sau") == Collected(None, "Gọi cổng sau")


def test_what_is_asked_for_most_goes_by_an_index(registry_url: str) -> None:
    queries = Queries("addrsvc.collection")
    params = {
        "record": uuid4(),
        "records": [uuid4()],
        "device": "aaaaaaaa",
        "at": "2026-01-15",
        "since": 0,
        "limit": 201,
        "revision": 1,
        "code": "7512300000",
    }
    hot = (
        "lock_submission",
        "revision_of",
        "neighbours",
        "receipts",
        "conflicts",
        "changed_since",
        "look_at_code",
    )
    with psycopg.connect(registry_url) as conn:
        conn.execute("SET enable_seqscan = off")
        for name in hot:
            plan = conn.execute(f"EXPLAIN {queries[name]}", params).fetchall()  # type: ignore[arg-type]
            text = "\n".join(line for (line,) in plan)
            assert "Seq Scan" not in text, (name, text)
            assert "Index" in text, (name, text)
