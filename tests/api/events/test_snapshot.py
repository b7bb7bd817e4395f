"""The snapshot: exactly the effects of the events up to its number, for whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import httpx
import orjson
import psycopg
import pytest
from fastapi import FastAPI
from registry_fixtures import EAST, IN_EAST, WEST, IssueKey

from addrsvc.auth.model import Scope
from addrsvc.registry.copying import snapshot as taking

pytestmark = pytest.mark.anyio

Headers = dict[str, str]
Seal = Callable[[], Awaitable[int]]
Register = Callable[..., Awaitable[dict[str, Any]]]


async def take(
    client: httpx.AsyncClient, headers: Headers
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Take a snapshot; give its header and its addresses by reference."""
    answer = await client.get("/v1/snapshot", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    *rest, last = answer.content.splitlines(keepends=True)
    first, *addresses = [orjson.loads(line) for line in rest]
    expected = {"addresses": len(addresses), "sha256": sha256(b"".join(rest)).hexdigest()}
    assert orjson.loads(last) == {"end": expected}
    header: dict[str, Any] = first["snapshot"]
    return header, {each["ref"]: each for each in addresses}


async def test_it_holds_what_its_events_tell_and_seals_what_was_not(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    registry_url: str,
    app: FastAPI,
) -> None:
    empty, nothing = await take(client, everything)
    assert (empty["number"], empty["hash"], empty["exact"], nothing) == (0, "00" * 32, True, {})
    ref = (await register(1, holder={"name": "Người Thử Nghiệm", "phone": "0900000000"}))["ref"]
    proposal = (await register(3, position=None, commune_code=WEST))["ref"]
    header, addresses = await take(client, everything)
    assert header["number"] == 2
    answer = await client.get("/v1/events", headers=everything)
    page = answer.json()
    assert page["items"][-1]["hash"] == header["hash"]
    assert set(addresses) == {ref, proposal}
    present = await client.get("/v1/events", params={"include": "addresses"}, headers=everything)
    assert present.json()["addresses"] == addresses
    address = addresses[ref]
    assert address["id"] == 1
    assert (address["commune"], address["status"], address["version"]) == (WEST, "current", 1)
    assert address["position"]["accuracy_m"] == 4.5
    assert addresses[proposal]["code"] is None
    assert "Thử Nghiệm" not in orjson.dumps(addresses).decode()
    with psycopg.connect(registry_url) as conn:
        taken = conn.execute("SELECT subject FROM audit_entry WHERE action = 'snapshot.take'")
        assert [subject for (subject,) in taken] == ["event:0", "event:2"]
    assert app.state.snapshot_slots._taken == 0


async def test_it_shows_what_a_list_would(
    client: httpx.AsyncClient, everything: Headers, register: Register, issue_key: IssueKey
) -> None:
    public = (await register(1))["ref"]
    restricted = (await register(3, visibility="restricted"))["ref"]
    secret = (await register(5, visibility="secret"))["ref"]
    east = (await register(7, position=IN_EAST))["ref"]

    async def seen(*scopes: Scope, areas: set[str] | None = None) -> tuple[Any, set[str]]:
        scopes = (Scope.EVENTS_READ, Scope.ADDRESSES_READ, *scopes)
        headers = {"Authorization": f"Bearer {await issue_key(*scopes, areas=areas)}"}
        header, addresses = await take(client, headers)
        return header["hash"], set(addresses)

    assert await seen() == (None, {public, restricted, east})
    assert await seen(areas={WEST}) == (None, {public, restricted})
    assert await seen(Scope.ADDRESSES_SECRET, areas={EAST}) == (None, {east})
    # a feed with the dossiers left out has gaps
    assert (await seen(Scope.ADDRESSES_SECRET))[0] is None
    last_hash, addresses = await seen(Scope.ADDRESSES_SECRET, Scope.DOSSIERS_READ)
    assert addresses == {public, restricted, secret, east}
    assert len(last_hash) == 64


async def test_under_writers_and_sealers_it_holds_exactly_its_number(
    client: httpx.AsyncClient, everything: Headers, register: Register, seal: Seal
) -> None:
    """Each address is assigned once: those in the snapshot are those of the events up to it."""
    is_over = False
    snapshots: list[tuple[Any, dict[str, Any]]] = []

    async def write(first: int) -> None:
        for step in range(12):
            # however long each takes, some snapshots are of the midst of it
            while len({header["number"] for header, _ in snapshots}) < step // 4:
                await asyncio.sleep(0.001)
            await register(first + step)

    async def keep_sealing() -> None:
        while not is_over:
            await seal()
            await asyncio.sleep(0.001)

    sealers = [asyncio.create_task(keep_sealing()) for _ in range(2)]
    writers = [asyncio.create_task(write(first)) for first in (1, 21, 41)]
    while not all(writer.done() for writer in writers):
        snapshots.append(await take(client, everything))
    await asyncio.gather(*writers)
    await seal()
    snapshots.append(await take(client, everything))
    is_over = True
    await asyncio.gather(*sealers)
    events = (await client.get("/v1/events?limit=1000", headers=everything)).json()["items"]
    assert len(events) == 36
    numbers = [header["number"] for header, _ in snapshots]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 2
    for header, addresses in snapshots:
        assert header["exact"]
        assert set(addresses) == {each["subject"] for each in events[: header["number"]]}


async def test_where_nothing_can_be_written_it_says_that_it_may_be_ahead(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    seal: Seal,
    app: FastAPI,
    registry_url: str,
) -> None:
    await register(1)
    await seal()
    await register(3)
    name = registry_url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    header, addresses = await take(client, everything)
    assert (header["number"], header["exact"], len(addresses)) == (1, False, 2)


async def test_who_takes_it_too_slowly_is_cut_and_lets_others_go_on(
    client: httpx.AsyncClient,
    everything: Headers,
    register: Register,
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in (1, 3, 5):
        await register(number)
    monkeypatch.setattr(taking, "_PIECE", 1)
    monkeypatch.setattr(taking, "_LONGEST_S", -1.0)
    with pytest.raises(AssertionError):  # the transport's own, of an answer that does not end
        await client.get("/v1/snapshot", headers=everything)
    assert app.state.snapshot_slots._taken == 0
    monkeypatch.undo()
    assert len((await take(client, everything))[1]) == 3


async def test_no_more_are_given_at_once_than_allowed(
    client: httpx.AsyncClient, everything: Headers, app: FastAPI
) -> None:
    with app.state.snapshot_slots.taken():
        answer = await client.get("/v1/snapshot", headers=everything)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert (await client.get("/v1/snapshot", headers=everything)).status_code == 200
