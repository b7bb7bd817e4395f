"""Any interleaving of two devices and a desk, by HTTP: no value vanishes, none is replaced unseen.

Hypothesis draws what happens: devices look, write, send again otherwise; the network repeats and
reorders; the desk corrects the register and decides about records. In the end the register's own
history and the conflicts must account for every value somebody gave.
"""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import psycopg
import pytest
from collection_world import (
    COLLECTOR,
    LAT,
    LON,
    OTHER_COLLECTOR,
    SUPERVISOR,
    Phone,
    enrol,
    fields_of,
    open_accounts,
    position_of,
    sign_in,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from registry_fixtures import WEST
from service_settings import service_settings

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.collection.judging import MARKS
from addrsvc.collection.model import Act

pytestmark = pytest.mark.anyio

FIELDS: Final = ("house_number", "thoroughfare", "localities", "name", "position")
SUBMISSIONS: Final = "/v1/collection/submissions"

Doc = dict[str, Any]
"""What is said of an address, by field."""

WHAT: Final = ("look", "write", "write", "revise", "gone", "deliver", "race", "desk", "judge")
STEPS: Final = 24
SMALL: Final = 8

Steps = list[tuple[str, int, int, int]]


def steps_of(seed: int) -> Steps:
    """Draw what happens."""
    drawn = random.Random(seed)  # noqa: S311 -- no secret
    return [(drawn.choice(WHAT), *(drawn.randrange(SMALL) for _ in range(3))) for _ in range(STEPS)]


class TickingClock:
    """A clock that is moved, so that no allowance of a minute ends."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@dataclass(repr=False)
class Written:
    """A record on a phone: what it saw, and what it said each time."""

    phone: int
    house: int
    id: str
    act: Act
    seen_version: int
    seen: Doc
    sent: list[Any] = field(default_factory=list)
    said: list[Doc] = field(default_factory=list)
    arrived: set[int] = field(default_factory=set)

    @property
    def newest(self) -> int:
        return max(self.arrived)


class World:
    """The service, two phones, a desk, and what was done so far."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        clock: TickingClock,
        phones: list[Phone],
        desk: dict[str, str],
    ) -> None:
        self.client, self.url, self.clock = client, url, clock
        self.phones, self.desk, self.places = phones, desk, iter(range(10_000))
        self.houses: list[str] = []
        self.streets: list[str] = []
        self.known: dict[tuple[int, int], tuple[int, Doc]] = {}
        self.records: list[Written] = []
        self.outbox: list[tuple[Written, int]] = []
        self.chosen: dict[tuple[str, int, str], str] = {}

    async def build(self) -> None:
        """Add two houses, far from all others, by the first phone."""
        self.clock.moment += timedelta(minutes=2)
        self.houses, self.records, self.outbox = [], [], []
        self.streets, self.known, self.chosen = [], {}, {}
        if len(self.phones[0].codes) < 2:
            await self.phones[0].take_block(100)
        for house in range(2):
            place = next(self.places)
            self.streets.append(f"Đường Thử {place}")
            record = self.phones[0].record_of(
                Act.ADD,
                fields=fields_of(house_number="1", thoroughfare=self.streets[-1]),
                position=place_of(place),
            )
            receipt = await self.phones[0].put(record)
            assert receipt["state"] == "accepted", receipt["reasons"]
            self.houses.append(record["code"])
            for phone in range(2):
                await self.look(phone, house)

    def value(self, name: str, house: int, number: int) -> Any:
        text = str(number + 1)
        if name == "localities":
            return [["khu_pho", text]]
        if name == "name":
            return f"Nhà {text}" if number else None
        return text if name == "house_number" else f"{self.streets[house]} nhánh {text}"

    def changed(self, doc: Doc, house: int, which: int, number: int) -> Doc:
        """Give a document with one field otherwise, or two; a position only where it is taken."""
        said = {name: value for name, value in doc.items() if name != "position"}
        for name in {FIELDS[which % 5], FIELDS[(which + number) % 5]}:
            if name == "position":
                lon, lat = doc["position"][:2]
                said[name] = [round(lon + 0.00001 * (number + 1), 7), lat]
            else:
                said[name] = self.value(name, house, number)
        return said

    async def look(self, phone: int, house: int) -> None:
        """Have a phone see how an address stands."""
        answer = await self.phones[phone].ask("GET", f"/v1/addresses/{self.houses[house]}")
        version = int(answer.headers["etag"].strip('"').partition(".")[0])
        self.known[phone, house] = version, doc_of(answer.json())

    async def write(self, phone: int, house: int, act: Act, said: Doc) -> None:
        version, seen = self.known[phone, house]
        address = {"ref": self.houses[house], "version": version}
        sent = self.phones[phone].record_of(act, address=address, **members_of(act, said))
        record = Written(phone, house, sent["record"], act, version, seen)
        self._put_in_outbox(record, sent, said)
        self.records.append(record)

    def revise(self, record: Written, said: Doc) -> None:
        """Say it otherwise; it goes on as a revision of the same record."""
        revision = len(record.sent) + 1
        sent = record.sent[-1] | members_of(record.act, said) | {"revision": revision}
        self._put_in_outbox(record, sent, said)

    def _put_in_outbox(self, record: Written, sent: Any, said: Doc) -> None:
        record.sent.append(sent)
        record.said.append(said)
        self.outbox.append((record, len(record.sent)))

    async def deliver(self, at: int) -> None:
        """Send anything ever written, in whatever order, perhaps again."""
        if self.outbox:
            record, revision = self.outbox[at % len(self.outbox)]
            receipt = await self.phones[record.phone].put(record.sent[revision - 1])
            record.arrived.add(revision)
            assert receipt["revision"] >= revision

    async def correct(self, house: int, name: str, number: int) -> None:
        """Have the desk correct the register itself, having looked."""
        path = f"/v1/addresses/{self.houses[house]}"
        answer = await self.client.get(path, headers=self.desk)
        if answer.json()["status"] != "current":
            return
        said = doc_of(answer.json()) | {name: self.value(name, house, number)}
        mended: Any = {"name": said["name"]}
        if name != "name":
            pairs = [{"kind": kind, "name": each} for kind, each in said["localities"]]
            parts = {each: said[each] for each in ("house_number", "thoroughfare")}
            mended = {"components": {**parts, "localities": pairs}}
        headers = self.desk | {"If-Match": answer.headers["etag"]}
        answer = await self.client.patch(path, json=mended, headers=headers)
        assert answer.status_code == 200, answer.text

    async def judge(self, which: int, how: int) -> None:
        """Have a supervisor decide about a record that waits."""
        waiting = [each for each in self.records if each.arrived]
        if not waiting:
            return
        record = waiting[which % len(waiting)]
        answer = await self.client.get(f"{SUBMISSIONS}/{record.id}", headers=self.desk)
        look = answer.json()
        if look["waits_for"] != "review":
            return
        headers = self.desk | {"If-Match": answer.headers["etag"]}
        act, body, whose = decision_of(look, how)
        answer = await self.client.post(
            f"{SUBMISSIONS}/{record.id}:{act}", json=body, headers=headers
        )
        if answer.status_code == 200 and act == "accept":
            for name, chosen in whose.items():
                self.chosen[record.id, record.newest, name] = chosen
        refused = {"transition-refused", "duplicate-address"}
        assert answer.status_code == 200 or answer.json()["type"].rpartition("/")[2] in refused, (
            answer.text
        )


def decision_of(look: Any, how: int) -> tuple[str, Any, dict[str, str]]:
    """Choose what is decided: each conflict one way or the other, or all of it refused."""
    if how % 4 == 3:
        return ("refuse", {"note": None}, {}) if how > 3 else ("send-back", {"note": "Xem lại"}, {})
    chosen = ("registered", "collected")[how % 2]
    fields = [each for each in look["fields"] if each["standing"] == "conflict"]
    values = {each["field"]: each[chosen] for each in fields}
    if look["act"] == "gone":
        chosen, values = "collected", {}
    whose = {each["field"]: chosen for each in fields}
    version = look["address"]["version"]
    return "accept", {"values": values, "address_version": version}, whose


def place_of(number: int) -> Any:
    """Give places 200 m apart, each next to the one before: nobody is to have flown there."""
    row, column = divmod(number, 40)
    across = 39 - column if row % 2 else column
    return position_of(LON - 0.04 + 0.002 * across, LAT - 0.04 + 0.002 * row)


def members_of(act: Act, said: Doc) -> dict[str, Any]:
    if act is not Act.CORRECT:
        return {"position": None}
    position = said.get("position")
    fields = {name: value for name, value in said.items() if name != "position"}
    return {
        "fields": fields_of(**fields),
        "position": None if position is None else position_of(*position),
    }


def doc_of(shown: Any) -> Doc:
    """Give what an address or a version of it says, as phones say it."""
    position = shown["position"]
    parts = {each["type"]: each["value"] for each in shown["components"]}
    pairs = [[each["kind"], each["value"]] for each in shown["components"] if "kind" in each]
    return {
        "house_number": parts.get("house_number"),
        "thoroughfare": parts.get("thoroughfare"),
        "localities": pairs,
        "name": shown["name"],
        "position": [round(position["lon"], 7), round(position["lat"], 7)],
    }


def plain(name: str, value: Any) -> Any:
    """Give a value of a conflict as documents have it here."""
    if name == "position" and value is not None:
        return [value["lon"], value["lat"]]
    return [] if name == "localities" and value is None else value


async def check(world: World) -> None:
    """Account for every value."""
    for house, code in enumerate(world.houses):
        path = f"/v1/addresses/{code}/history"
        answer = await world.client.get(path, headers=world.desk)
        versions = sorted(answer.json()["versions"], key=lambda each: each["version"])
        docs = [doc_of(each) for each in versions]
        records = {each.id: each for each in world.records if each.house == house and each.arrived}
        check_nothing_unseen_was_replaced(versions, docs, records)
        for record in records.values():
            await check_nothing_vanished(world, record, docs)
    check_choices_stand(world)


def check_nothing_unseen_was_replaced(
    versions: list[Any], docs: list[Doc], records: dict[str, Written]
) -> None:
    for at, version in enumerate(versions[1:], 1):
        if not version["principal"].startswith("device:"):
            continue  # somebody at the desk, who named the version read
        record = records[version["reason"].rpartition(" ")[2]]
        said = [record.said[each - 1] for each in record.arrived]
        for name in FIELDS:
            before, after = docs[at - 1][name], docs[at][name]
            if before == after:
                continue
            seen = [record.seen[name], *(each.get(name) for each in said)]
            assert before in seen, f"{name}: {before} was replaced, seen were {seen}"
            assert after in [each.get(name) for each in said], f"{name}: {after} was never said"


async def check_nothing_vanished(world: World, record: Written, docs: list[Doc]) -> None:
    answer = await world.client.get(f"{SUBMISSIONS}/{record.id}", headers=world.desk)
    look = answer.json()
    assert look["waits_for"] != "register"
    assert look["revision"] == record.newest
    # what somebody decided about an earlier revision is not asked again
    side_by_side = conflicts_of(world, record)
    shown = {each["field"]: each for each in look["fields"]}
    is_held = {each["slug"] for each in look["reasons"]} - MARKS != set()
    is_given_back = look["state"] in {"refused", "needs-you"}
    for name, value in record.said[record.newest - 1].items():
        if record.act is Act.GONE or value == record.seen[name]:
            continue
        stays = [each for each in side_by_side if each["field"] == name]
        stays += [shown[name]] if is_held or is_given_back else []
        in_question = any(plain(name, each["collected"]) == value for each in stays)
        since = docs[record.seen_version - 1 :]
        assert in_question or any(doc[name] == value for doc in since), (
            f"{name}: {value!r} of {record.id} is nowhere: {look}"
        )
        assert all(
            any(plain(name, each["registered"]) == doc[name] for doc in docs) for each in stays
        )


def conflicts_of(world: World, record: Written) -> list[Any]:
    with psycopg.connect(world.url, row_factory=dict_row) as conn:
        return conn.execute(
            "SELECT field, registered, collected FROM submission_conflict"
            " WHERE submission_id = %s AND (revision = %s OR chosen IS NOT NULL)",
            [record.id, record.newest],
        ).fetchall()


def check_choices_stand(world: World) -> None:
    with psycopg.connect(world.url) as conn:
        for (record, revision, name), chosen in world.chosen.items():
            found = conn.execute(
                "SELECT chosen FROM submission_conflict"
                " WHERE submission_id = %s AND revision = %s AND field = %s",
                [record, revision, name],
            ).fetchone()
            assert found == (chosen,), (record, revision, name)


async def say(world: World, what: str, numbers: tuple[int, int, int]) -> None:
    """Have a phone put something in its outbox."""
    one, two, three = numbers
    phone, house = one % 2, two % 2
    if what == "write":
        said = world.changed(world.known[phone, house][1], house, one, three)
        await world.write(phone, house, Act.CORRECT, said)
    elif what == "gone" and three < 3:
        await world.write(phone, house, Act.GONE, {})
    elif what == "revise" and (said_of := [r for r in world.records if r.act is Act.CORRECT]):
        record = said_of[one % len(said_of)]
        said = {**record.seen, **record.said[-1]}
        world.revise(record, world.changed(said, record.house, two, three))


async def run(world: World, steps: Steps) -> None:
    """Do what was drawn, deliver what is left, and look at what came of it."""
    await world.build()
    for what, one, two, three in steps:
        phone, house = one % 2, two % 2
        if what == "look":
            await world.look(phone, house)
        elif what == "desk":
            await world.correct(house, FIELDS[one % 4], three)
        elif what == "judge":
            await world.judge(one, three)
        elif what in {"deliver", "race"}:
            also = [world.deliver(one + 1 + two)] if what == "race" else []
            await asyncio.gather(world.deliver(one + two), *also)
        else:
            await say(world, what, (one, two, three))
    for at in range(len(world.outbox)):
        await world.deliver(len(world.outbox) - 1 - at)
    await check(world)


@pytest.fixture(scope="module")
def database_url(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        yield url


@pytest.fixture(scope="module")
async def world(database_url: str, make_units: Callable[[], UnitsInMemory]) -> AsyncIterator[World]:
    """Give one service for all that is drawn: each time with houses of their own."""
    from addrsvc.app import create_app  # noqa: PLC0415 -- tests without it load faster

    clock = TickingClock()
    app = create_app(service_settings(database_url), clock, make_units())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test")) as client,
    ):
        await open_accounts(database_url, areas=[WEST])
        phones = [
            await enrol(client, await sign_in(client, login), clock=clock)
            for login in (COLLECTOR, OTHER_COLLECTOR)
        ]
        desk = await sign_in(client, SUPERVISOR)
        yield World(client, database_url, clock, phones, desk)
    gc.collect(1)


@given(seed=st.integers(0, 2**32))
@settings(
    max_examples=12,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],  # a seed cannot be shrunk
)
async def test_no_interleaving_loses_a_value(world: World, seed: int) -> None:
    await run(world, steps_of(seed))
