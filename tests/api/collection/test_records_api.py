"""Records by API: every row of the protocol, as a device meets it. All names invented."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import psycopg
import pytest
from collection_world import (
    COLLECTOR,
    CONTACT,
    OTHER_COLLECTOR,
    Phone,
    enrol,
    open_accounts,
    photo_of,
    picture,
    position_of,
    record_of,
    sign_in,
)
from registry_fixtures import EAST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.enrolling import MOST_DEVICES
from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_device
from addrsvc.clock import FixedClock
from addrsvc.collection.model import Act
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

RECORDS = "/v1/collection/submissions"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


Handed = Callable[[], Awaitable[Phone]]


@pytest.fixture
def hand_out(client: httpx.AsyncClient, clock: FixedClock, settings: Settings) -> Handed:
    """Give a maker of phones; enrolling takes passwords, which take their time."""

    async def make() -> Phone:
        engine, now = make_engine(settings), clock.now()
        async with transaction(engine) as conn:
            key = await create_device(
                conn,
                command_line("test"),
                name="Máy 1",
                held_by="account:tuan",
                areas=[WEST],
                expires_at=now + timedelta(days=30),
                at=now,
            )
        await engine.dispose()
        return Phone(client, key, key.split("_")[1], clock)

    return make


@pytest.fixture
async def phone(hand_out: Handed) -> Phone:
    return await hand_out()


def gated(phone: Phone, **members: Any) -> dict[str, Any]:
    """Give an addition nothing is wrong with."""
    return dict(phone.record_of(Act.ADD, photos=[photo_of(picture())], **members))


def slug_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_a_record_is_taken_once_however_often_it_comes(
    phone: Phone, registry_url: str
) -> None:
    await phone.take_block()
    record = gated(phone, has_private=True)
    answers = await asyncio.gather(*(phone.send(record) for _ in range(8)))
    assert {each.status_code for each in answers} == {200}
    receipt = await phone.put(record)
    assert receipt["state"] == "accepted", receipt
    assert receipt["address"]["code"] == record["code"]
    assert receipt["photos"][0]["received_bytes"] == 0
    assert receipt["private"] == "missing"
    with psycopg.connect(registry_url) as conn:
        kept = conn.execute("SELECT payload FROM submission_revision").fetchall()
        made = conn.execute("SELECT count(*) FROM address").fetchone()
    assert kept == [(orjson.dumps(record).decode(),)]
    assert made == (1,)

    # another body under the same revision is another revision
    other = {**record, "position": position_of(accuracy_m=5.0)}
    refused = await phone.send(other)
    assert slug_of(refused) == (409, "revision-taken")
    assert refused.json()["next_revision"] == 2
    second = await phone.put({**other, "revision": 2})
    assert (second["revision"], second["state"]) == (2, "accepted")
    assert (await phone.put(record))["revision"] == 2
    assert [each["revision"] for each in await phone.receipts()] == [2]


async def test_what_is_no_record_is_refused_with_where(phone: Phone) -> None:
    record = record_of(Act.ADD)
    path = f"{RECORDS}/{record['record']}"
    cases: list[tuple[bytes, set[str]]] = [
        (b"", {""}),
        (b"\xff", {""}),
        (b"[1]", {""}),
        (orjson.dumps({**record, "made_at": "hôm qua", "act": "x"}), {"/made_at", "/act"}),
        (orjson.dumps({**record, "position": None}), {"/position"}),
        (orjson.dumps({**record, "record": str(uuid4())}), {"/record"}),
        (orjson.dumps(record).replace(b'"app":', b'"app":NaN,"app":'), {"/app"}),
        (orjson.dumps(record).replace(b'"1.0.0"', b'"\\ud800"'), {"/app"}),
    ]
    for content, pointers in cases:
        answer = await phone.ask("PUT", path, content=content)
        assert slug_of(answer) == (422, "submission-unreadable"), content
        assert {each["pointer"] for each in answer.json()["errors"]} == pointers
    large = orjson.dumps({**record, "more": "x" * 65_536})
    assert slug_of(await phone.ask("PUT", path, content=large)) == (413, "submission-too-large")
    assert await phone.receipts() == []


async def test_a_record_belongs_to_its_device(
    client: httpx.AsyncClient, phone: Phone, hand_out: Handed, issue_key: IssueKey
) -> None:
    record = record_of(Act.ADD)
    await phone.put(record)
    other = await hand_out()
    assert slug_of(await other.send(record)) == (409, "submission-of-other-device")
    private = f"{RECORDS}/{record['record']}/private"
    said = {"revision": 1, **CONTACT}
    assert slug_of(await other.ask("PUT", private, json=said)) == (404, "submission-unknown")
    assert await other.receipts() == []
    key = await issue_key(Scope.ADDRESSES_WRITE)
    by_key = {"Authorization": f"Bearer {key}"}
    answer = await client.put(f"{RECORDS}/{record['record']}", json=record, headers=by_key)
    assert slug_of(answer) == (403, "not-a-device")


async def test_a_record_from_elsewhere_is_kept_for_who_is_in_charge_there(
    phone: Phone, registry_url: str
) -> None:
    away = position_of(106.75, 10.95)
    receipt = await phone.put(gated(phone, code=None, position=away))
    assert (receipt["state"], receipt["waits_for"]) == ("received", "review")
    with psycopg.connect(registry_url) as conn:
        assert conn.execute("SELECT commune_code FROM submission").fetchone() == (EAST,)


async def test_codes_are_spoken_for_by_the_first_that_comes(phone: Phone) -> None:
    await phone.take_block()
    first = gated(phone)
    await phone.put(first)
    again = gated(phone, code=first["code"], position=position_of(106.66))
    strange = gated(phone, code="7512300000", position=position_of(106.67))
    for record, slug in ((again, "code-used"), (strange, "code-not-in-block")):
        receipt = await phone.put(record)
        assert receipt["waits_for"] == "review"
        told = [each["slug"] for each in receipt["reasons"]]
        assert told.count(slug) == 1, told


async def test_a_lost_phone_hands_over_and_is_kept_apart(
    client: httpx.AsyncClient, phone: Phone, issue_key: IssueKey, registry_url: str
) -> None:
    record = gated(phone, code=None, has_private=True)
    admin = {"Authorization": f"Bearer {await issue_key(Scope.ACCESS_WRITE)}"}
    revoked = await client.post(
        f"/v1/access/devices/{phone.key_id}:revoke", json={"reason": "mất máy"}, headers=admin
    )
    assert revoked.status_code == 204
    receipt = await phone.put(record)
    told = receipt["state"], receipt["waits_for"], receipt["device_state"]
    assert told == ("quarantined", None, "revoked")
    assert (await phone.put(record))["state"] == "quarantined"
    assert (await phone.put_private(record))["private"] == "kept"
    asked = (
        ("GET", "/v1/collection/receipts"),
        ("GET", "/v1/collection/device"),
        ("GET", f"{RECORDS}/{record['record']}/photos/{'0' * 64}"),
        ("GET", f"{RECORDS}/{record['record']}/private"),
        ("POST", "/v1/collection/blocks"),
        ("GET", "/v1/addresses"),
    )
    for method, path in asked:
        answer = await phone.ask(method, path)
        assert slug_of(answer) == (401, "device-revoked"), path
        assert answer.json()["wipe"] is True
    with psycopg.connect(registry_url) as conn:
        assert conn.execute("SELECT count(*) FROM address").fetchone() == (0,)
    wrong = phone.key[:-1] + ("A" if phone.key[-1] != "A" else "B")
    guessed = await client.put(
        f"{RECORDS}/{record['record']}", json=record, headers={"Authorization": f"Bearer {wrong}"}
    )
    assert slug_of(guessed) == (401, "key-refused")


async def test_a_person_enrols_and_renews_phones_of_their_own(
    client: httpx.AsyncClient, clock: FixedClock, issue_key: IssueKey, registry_url: str
) -> None:
    await open_accounts(registry_url, [COLLECTOR, OTHER_COLLECTOR], areas=[WEST])
    people = {login: await sign_in(client, login) for login in (COLLECTOR, OTHER_COLLECTOR)}
    phone = await enrol(client, people[COLLECTOR], clock=clock)
    path = f"/v1/access/devices/{phone.key_id}:renew"
    told = (await phone.ask("GET", "/v1/collection/device")).json()
    assert (told["held_by"], told["areas"], told["state"]) == (
        f"account:{COLLECTOR}",
        [WEST],
        "good",
    )
    assert (told["blocks"], told["cards_at"]) == ([], None)
    assert told["newest_change"] == 0
    await phone.take_block(5)
    kept = await phone.put(phone.record_of(Act.ADD, code=None, position=position_of(106.7)))
    told = (await phone.ask("GET", "/v1/collection/device")).json()
    assert [each["unused"] for each in told["blocks"]] == [5]
    assert told["newest_change"] == kept["change_number"]

    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute("UPDATE api_key SET expires_at = '2026-01-01' WHERE kind = 'device'")
    record = record_of(Act.ADD)
    assert slug_of(await phone.send(record)) == (401, "key-refused")
    other = await client.post(path, headers=people[OTHER_COLLECTOR])
    assert slug_of(other) == (404, "key-unknown")
    renewed = (await client.post(path, headers=people[COLLECTOR])).json()
    assert renewed["key_id"] == phone.key_id
    assert slug_of(await phone.send(record)) == (401, "key-refused")  # the former secret
    phone.key = renewed["key"]
    await phone.put(record)

    forged = {"Cookie": people[COLLECTOR]["Cookie"]}
    enrolled = "/v1/access/devices:enrol"
    assert slug_of(await client.post(enrolled, json={"name": "x"}, headers=forged))[0] == 403
    key = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_WRITE)}"}
    answer = await client.post(enrolled, json={"name": "x"}, headers=key)
    assert slug_of(answer) == (403, "persons-only")
    wide = {"name": "x", "areas": [WEST, EAST]}
    answer = await client.post(enrolled, json=wide, headers=people[COLLECTOR])
    assert slug_of(answer) == (403, "grant-too-wide")
    for _ in range(MOST_DEVICES - 1):
        await enrol(client, people[COLLECTOR])
    answer = await client.post(enrolled, json={"name": "x"}, headers=people[COLLECTOR])
    assert slug_of(answer) == (409, "devices-too-many")

    admin = {"Authorization": f"Bearer {await issue_key(*Scope)}"}
    closed = await client.post(f"/v1/access/accounts/{COLLECTOR}:disable", headers=admin)
    assert closed.status_code == 200, closed.text
    assert slug_of(await phone.send(record)) == (401, "key-refused")
    await client.post(
        f"/v1/access/devices/{phone.key_id}:revoke", json={"reason": "mất"}, headers=admin
    )
    await client.post(f"/v1/access/accounts/{COLLECTOR}:enable", headers=admin)
    again = await sign_in(client, COLLECTOR)
    assert slug_of(await client.post(path, headers=again)) == (409, "key-ended")


def actions_on(url: str, record: str) -> list[str]:
    with psycopg.connect(url) as conn:
        asked = "SELECT action FROM audit_entry WHERE subject = %s ORDER BY audit_id"
        return [action for (action,) in conn.execute(asked, [f"submission:{record}"]).fetchall()]


async def test_a_contact_becomes_the_holder_and_is_kept_here_no_longer(
    client: httpx.AsyncClient, phone: Phone, issue_key: IssueKey, registry_url: str
) -> None:
    key = await issue_key(Scope.COLLECTION_REVIEW, Scope.HOLDERS_READ, areas=[WEST])
    supervisor = {"Authorization": f"Bearer {key}"}

    async def holder(ref: str) -> Any:
        ask = {"purpose": "field-visit"}
        path = f"/v1/addresses/{ref}/holder"
        return (await client.get(path, params=ask, headers=supervisor)).json()

    await phone.take_block()
    record = gated(phone, has_private=True)
    address = (await phone.put(record))["address"]
    private = f"{RECORDS}/{record['record']}/private"
    refused = await phone.ask("PUT", private, json={"revision": 1, "name": "Đỗ Thị Bịa"})
    assert slug_of(refused) == (422, "submission-unreadable")
    assert "Bịa" not in refused.text
    early = await phone.ask("PUT", private, json={"revision": 2, **CONTACT})
    assert slug_of(early) == (404, "submission-unknown")
    receipt = await phone.put_private(record, words="Chó dữ\nGọi cổng sau")
    assert receipt["private"] == "kept"
    assert "Bịa" in str(await holder(address["code"]))
    look = (await client.get(private, headers=supervisor)).json()
    assert look == {
        "words": "Chó dữ\nGọi cổng sau",
        "has_contact": False,
        "holder_differs": False,
        "contact": None,
    }
    with psycopg.connect(registry_url) as conn:
        everything = str(conn.execute("SELECT * FROM personal.submission_private").fetchall())
    assert "Bịa" not in everything
    assert "Chó" not in everything
    assert (await phone.put_private(record, name="Kẻ Khác"))["private"] == "kept"  # once is all

    # somebody else at the same address: nobody is overwritten before a supervisor chooses
    ref = {"ref": address["code"], "version": address["version"]}
    later = phone.record_of(Act.CORRECT, address=ref, position=None, has_private=True)
    later["fields"]["house_number"] = "12A"
    assert (await phone.put(later))["state"] == "accepted"
    await phone.put_private(later, name="Người Mới Bịa", phone="0900 000 333")
    assert "Mới" not in str(await holder(address["code"]))
    waiting = await client.get("/v1/collection/contacts", headers=supervisor)
    assert waiting.json()["items"] == [later["record"]]
    private = f"{RECORDS}/{later['record']}/private"
    answer = await client.get(private, headers=supervisor)
    look, tag = answer.json(), answer.headers["ETag"]
    assert (look["holder_differs"], look["contact"]["name"]) == (True, "Người Mới Bịa")

    async def choose(**named: str) -> httpx.Response:
        choice = {"holder": "collected"}
        return await client.post(f"{private}:choose", json=choice, headers=supervisor | named)

    assert slug_of(await choose()) == (428, "if-match-missing")
    assert slug_of(await choose(**{"If-Match": '"3"'})) == (412, "if-match-foreign")
    later |= {"revision": 2, "app": "2"}
    assert (await phone.put(later))["state"] == "accepted"
    await phone.put_private(later, name="Người Khác Bịa")
    assert slug_of(await choose(**{"If-Match": tag})) == (412, "contact-changed")
    assert "Khác" not in str(await holder(address["code"]))
    tag = (await client.get(private, headers=supervisor)).headers["ETag"]
    assert (await choose(**{"If-Match": tag})).status_code == 204
    assert "Người Khác Bịa" in str(await holder(address["code"]))
    assert slug_of(await choose(**{"If-Match": "*"})) == (409, "contact-settled")
    assert actions_on(registry_url, later["record"])[-3:] == [
        "submission.read_contact",
        "submission.hand_over",
        "submission.holder_collected",
    ]
