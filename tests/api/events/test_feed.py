"""The feed through the API: order, hashes, filters, waiting, and who sees what."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from registry_fixtures import EAST, IN_EAST, WEST, IssueKey

from addrsvc.auth.model import Scope
from addrsvc.events import reading
from addrsvc.events.chain import BEGINNING, entry_hash

pytestmark = pytest.mark.anyio

Headers = dict[str, str]
Seal = Callable[[], Awaitable[int]]
Register = Callable[..., Awaitable[dict[str, Any]]]

PREFIX = "SELECT now(), 'prefix.imported', '75199' FROM generate_series(1, 7)"


async def read(client: httpx.AsyncClient, headers: Headers, **asked: object) -> dict[str, Any]:
    answer = await client.get("/v1/events", params=dict(asked), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_events_come_in_order_with_a_chain_anybody_can_compute(
    client: httpx.AsyncClient, everything: Headers, register: Register, seal: Seal
) -> None:
    refs = [(await register(number))["ref"] for number in (1, 3, 5)]
    nothing = await read(client, everything)
    assert nothing == {"items": [], "next": 0, "last": 0}
    await seal()
    page = await read(client, everything)
    assert [each["subject"] for each in page["items"]] == refs
    assert [each["number"] for each in page["items"]] == [1, 2, 3]
    assert {each["type"] for each in page["items"]} == {"address.assigned"}
    assert (page["next"], page["last"]) == (3, 3)
    before = BEGINNING
    for item in page["items"]:
        before = entry_hash(before, {name: item[name] for name in item if name != "hash"})
        assert item["hash"] == before.hex()
    first = await read(client, everything, limit=2)
    assert ([each["number"] for each in first["items"]], first["next"]) == ([1, 2], 2)
    assert (await read(client, everything, after=2))["items"] == page["items"][2:]
    assert await read(client, everything, after=3) == {"items": [], "next": 3, "last": 3}


async def test_types_are_picked_and_what_is_passed_over_is_behind(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    seal: Seal,
    registry_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "SPAN", 5)
    with psycopg.connect(registry_url) as conn:
        conn.execute("INSERT INTO event (recorded_at, type, subject) " + PREFIX)
    await register(1)
    await seal()
    first = await read(client, everything, types="address.*")
    assert first == {"items": [], "next": 5, "last": 8}
    rest = await read(client, everything, types="address.*", after=5)
    assert ([each["number"] for each in rest["items"]], rest["next"]) == ([8], 8)
    # who waits is not sent away with nothing while there is something further on
    found = await read(client, everything, types="address.assigned", wait=5)
    assert [each["number"] for each in found["items"]] == [8]
    exact = await read(client, everything, types="prefix.imported,address.retired", limit=3)
    assert ([each["number"] for each in exact["items"]], exact["next"]) == ([1, 2, 3], 3)
    assert (await read(client, everything, types="prefix"))["items"] == []


async def test_what_cannot_be_answered_says_what_to_do(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    seal: Seal,
    issue_key: IssueKey,
    registry_url: str,
) -> None:
    for number in (1, 3):
        await register(number)
    await seal()
    weak = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    for path in ("/v1/events", "/v1/events/stream", "/v1/snapshot"):
        assert (await client.get(path)).status_code == 401
        assert (await client.get(path, headers=weak)).status_code == 403
    follower = {"Authorization": f"Bearer {await issue_key(Scope.EVENTS_READ)}"}
    assert (await client.get("/v1/snapshot", headers=follower)).status_code == 403

    async def refused(status: int, path: str = "/v1/events", **asked: object) -> dict[str, Any]:
        answer = await client.get(path, params=dict(asked), headers=everything)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.text
        problem: dict[str, Any] = answer.json()
        return problem

    beyond = await refused(409, after=3)
    assert (beyond["type"], beyond["last"]) == ("/problems/after-beyond-last", 2)
    await refused(409, "/v1/events/stream", after=3)
    assert (await refused(422, types="a;b"))["type"] == "/problems/event-types-unreadable"
    await refused(422, limit=1_001)
    await refused(422, wait=31)
    odd = {**everything, "Last-Event-ID": "-1"}
    assert (await client.get("/v1/events/stream", headers=odd)).status_code == 422
    with psycopg.connect(registry_url) as conn:
        conn.execute("ALTER TABLE event DISABLE TRIGGER USER")
        conn.execute("DELETE FROM event WHERE number = 1")
    later = await refused(410)
    assert (later["type"], later["first"]) == ("/problems/feed-begins-later", 2)
    assert len((await read(client, everything, after=1))["items"]) == 1


async def test_who_waits_is_answered_when_something_comes_and_holds_no_connection(
    client: httpx.AsyncClient, app: FastAPI, everything: Headers, register: Register, seal: Seal
) -> None:
    waiting = [asyncio.create_task(read(client, everything, after=0, wait=30)) for _ in range(20)]
    watcher = app.state.feed_watcher
    while len(watcher._waiting) < 20:
        await asyncio.sleep(0.01)

    def is_free() -> bool:
        stats = app.state.doors.pool.get_stats()
        held = stats["pool_size"] - stats["pool_available"]  # or just being made
        return stats["requests_waiting"] == 0 and held <= 2  # one look for all, the gazetteer's

    async with asyncio.timeout(20):
        while not is_free():
            await asyncio.sleep(0.01)
    begun = asyncio.get_running_loop().time()
    await register(1)
    await seal()
    pages = await asyncio.gather(*waiting)
    assert asyncio.get_running_loop().time() - begun < 20
    assert [[each["number"] for each in page["items"]] for page in pages] == [[1]] * 20
    assert await read(client, everything, after=1, wait=0.2) == {"items": [], "next": 1, "last": 1}
    # nobody waits: nobody asks
    async with asyncio.timeout(60):
        while watcher._is_asked.is_set():
            await asyncio.sleep(0.01)


async def test_addresses_come_along_as_they_stand_now(
    client: httpx.AsyncClient, everything: Headers, register: Register, seal: Seal
) -> None:
    ref = (await register(1))["ref"]
    change = {"components": {"house_number": "2"}, "reason": "test"}
    path = f"/v1/addresses/{ref}"
    corrected = await client.patch(path, json=change, headers={**everything, "If-Match": '"1"'})
    assert corrected.status_code == 200, corrected.text
    await seal()
    page = await read(client, everything, include="addresses")
    assert [each["data"]["version"] for each in page["items"]] == [1, 2]
    address = page["addresses"][ref]
    assert list(page["addresses"]) == [ref]
    assert (address["version"], address["commune"], address["status"]) == (2, WEST, "current")
    assert address["components"][0] == {"type": "house_number", "value": "2"}
    assert (await read(client, everything, after=2, include="addresses"))["addresses"] == {}


async def test_each_key_follows_what_it_may_see(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    seal: Seal,
    issue_key: IssueKey,
) -> None:
    async def headers(*scopes: Scope, areas: set[str] | None = None) -> Headers:
        key = await issue_key(Scope.EVENTS_READ, *scopes, areas=areas)
        return {"Authorization": f"Bearer {key}"}

    public = (await register(1))["ref"]
    restricted = (await register(3, visibility="restricted"))["ref"]
    secret = (await register(5, visibility="secret"))["ref"]
    east = (await register(7, position=IN_EAST))["ref"]
    proposal = (await register(9, position=None, commune_code=WEST))["ref"]
    assert proposal.startswith("p")
    await seal()

    async def followed(who: Headers) -> set[str]:
        page = await read(client, who, include="addresses")
        assert page["next"] == page["last"] == 5
        subjects = {each["subject"] for each in page["items"]}
        assert set(page["addresses"]) <= subjects
        return subjects

    assert await followed(everything) == {public, restricted, secret, east, proposal}
    assert await followed(await headers()) == {public, east}
    reads = await headers(Scope.ADDRESSES_READ)
    assert await followed(reads) == {public, restricted, east, proposal}
    west = await headers(Scope.ADDRESSES_READ, areas={WEST})
    assert await followed(west) == {public, restricted, proposal}
    there = await headers(Scope.ADDRESSES_READ, Scope.ADDRESSES_SECRET, areas={EAST})
    assert await followed(there) == {east}
    hashes = {each["hash"] for each in (await read(client, there))["items"]}
    assert hashes == {None}


async def test_an_address_taken_out_of_sight_is_told_of_once_and_by_its_code_only(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    seal: Seal,
    issue_key: IssueKey,
) -> None:
    ref = (await register(1))["ref"]
    always_secret = (await register(3, visibility="secret"))["ref"]

    async def correct(which: str, version: int, **body: Any) -> None:
        answer = await client.patch(
            f"/v1/addresses/{which}",
            json={"reason": "test", **body},
            headers={**everything, "If-Match": f'"{version}"'},
        )
        assert answer.status_code == 200, answer.text

    await correct(ref, 1, text="số 1")
    await correct(ref, 2, visibility="secret")
    await correct(ref, 3, text="số 1 Đường Mẫu")
    await correct(always_secret, 1, text="số 3")
    await seal()
    key = await issue_key(Scope.EVENTS_READ, Scope.ADDRESSES_READ)
    limited = {"Authorization": f"Bearer {key}"}
    page = await read(client, limited, include="addresses")
    told = [(each["number"], each["type"], each["subject"], each["data"]) for each in page["items"]]
    assert told == [(4, "address.hidden", ref, None)]
    assert (page["next"], page["addresses"]) == (6, {})
    for types in ("address.hidden", "address.corrected"):  # as asked for, and in place of one
        assert (await read(client, limited, types=types))["items"] == page["items"]
    assert (await read(client, limited, types="address.assigned"))["items"] == []
    assert len((await read(client, everything))["items"]) == 6


@pytest.mark.parametrize("areas", [None, {WEST}])
async def test_who_may_not_see_a_successor_any_more_gets_the_retired_address_without_it(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    seal: Seal,
    issue_key: IssueKey,
    areas: set[str] | None,
) -> None:
    ref = (await register(1))["ref"]
    by = {
        "kind": "dwelling",
        "source": "field",
        "position": IN_EAST,
        "components": {"house_number": "9", "thoroughfare": "Đường Mẫu"},
    }
    replaced = await client.post(
        f"/v1/addresses/{ref}:replace",
        json={"by": by, "reason": "test"},
        headers={**everything, "If-Match": '"1"'},
    )
    assert replaced.status_code == 200, replaced.text
    successor = replaced.json()["addresses"][1]["code"]
    await seal()
    key = await issue_key(Scope.EVENTS_READ, Scope.ADDRESSES_READ, areas=areas)
    limited = {"Authorization": f"Bearer {key}"}
    page = await read(client, limited, include="addresses")
    assert [each["code"] for each in page["addresses"][ref]["successors"]] == [successor]
    changes: list[tuple[dict[str, str], list[str] | None]] = [
        ({"text": "số 9"}, None),
        ({"visibility": "secret"}, []),
        ({"text": "số 9 Đường Mẫu"}, None),  # nobody hears that there is a hidden one
        ({"visibility": "public"}, [successor]),
    ]
    for version, (change, named) in enumerate(changes, 1):
        changed = await client.patch(
            f"/v1/addresses/{successor}",
            json={**change, "reason": "test"},
            headers={**everything, "If-Match": f'"{version}"'},
        )
        assert changed.status_code == 200, changed.text
        await seal()
        page = await read(client, limited, after=page["next"], include="addresses")
        if named is None:
            assert ref not in page["addresses"]
        else:
            assert [each["code"] for each in page["addresses"][ref]["successors"]] == named


async def test_a_filter_does_not_tell_of_what_type_a_hidden_event_is(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    seal: Seal,
    issue_key: IssueKey,
) -> None:
    secret = (await register(1, visibility="secret"))["ref"]
    public = (await register(3))["ref"]
    await register(5, visibility="secret")
    await seal()
    key = await issue_key(Scope.EVENTS_READ, Scope.ADDRESSES_READ)
    limited = {"Authorization": f"Bearer {key}"}
    of_none = await read(client, limited, types="address.retired", limit=1)
    assert of_none == {"items": [], "next": 3, "last": 3}
    assert await read(client, limited, types="address.assigned", after=2, limit=1) == of_none
    first = await read(client, limited, types="address.assigned", limit=1)
    assert [each["subject"] for each in first["items"]] == [public] != [secret]
    assert first["next"] in {2, 3}
