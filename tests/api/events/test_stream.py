"""Server-sent events from a real server: resuming, heartbeats, limits, and how a stream ends."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from registry_fixtures import IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.cli.web_server import WebServer, free_port
from addrsvc.events import router
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

Headers = dict[str, str]
Seal = Callable[[], Awaitable[int]]
Register = Callable[..., Awaitable[dict[str, Any]]]
Serve = Callable[[], Any]


@pytest.fixture
def settings(registry_url: str, request: pytest.FixtureRequest) -> Settings:
    deadline_s = getattr(request, "param", 60)
    return service_settings(registry_url, feed_streams=2, request_deadline_s=deadline_s)


def patient(url: str, headers: Headers) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=60)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """Serve an application that has begun already, on a real socket."""
    port = free_port()
    config = uvicorn.Config(app, port=port, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


async def some(lines: AsyncIterator[str], count: int) -> list[str]:
    """Read so many lines that are not empty."""
    found: list[str] = []
    while len(found) < count:
        if line := await anext(lines):
            found.append(line)
    return found


async def test_events_are_sent_as_they_come_and_a_reader_resumes(
    app: FastAPI,
    everything: Headers,
    register: Register,
    seal: Seal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(router, "HEARTBEAT_S", 0.5)
    await register(1)
    await seal()
    async with served(app) as url, patient(url, everything) as client:
        accept = {"Accept": "text/event-stream"}
        async with client.stream("GET", "/v1/events", headers=accept) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            await asyncio.sleep(0.7)  # and is not held back until the stream ends
            first = await some(answer.aiter_lines(), 6)
        assert first[:3] == ["retry: 2000", "id: 1", "event: address.assigned"]
        assert first[3].startswith('data: {"number":1,"type":"address.assigned"')
        assert first[4:] == [": ", "id: 1"]
        await register(3)
        await seal()
        resumed = {"Last-Event-ID": "1"}
        async with client.stream("GET", "/v1/events/stream", headers=resumed) as answer:
            assert (await some(answer.aiter_lines(), 2))[1] == "id: 2"
        # of other types only how far they go is told
        asked = {"types": "prefix.*"}
        async with client.stream("GET", "/v1/events/stream", params=asked) as answer:
            assert await some(answer.aiter_lines(), 3) == ["retry: 2000", ": ", "id: 2"]
        await until(lambda: not app.state.feed_watcher._waiting)
        await until(lambda: not app.state.feed_streams._taken)


@pytest.mark.parametrize("settings", [3], indirect=True)
async def test_streams_are_limited_and_outlive_the_deadline_but_not_the_key(
    app: FastAPI,
    everything: Headers,
    issue_key: IssueKey,
    registry_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, heartbeat = [], router.heartbeat

    def counted(number: int) -> bytes:
        made.append(number)
        return heartbeat(number)

    monkeypatch.setattr(router, "HEARTBEAT_S", 0.4)
    monkeypatch.setattr(router, "heartbeat", counted)
    key = await issue_key(Scope.EVENTS_READ)
    follower = {"Authorization": f"Bearer {key}"}
    async with served(app) as url, patient(url, follower) as client:
        async with client.stream("GET", "/v1/events/stream") as two:
            async with client.stream("GET", "/v1/events/stream", headers=everything) as one:
                assert (one.status_code, two.status_code) == (200, 200)
                third = await client.get("/v1/events/stream")
                assert third.status_code == 503
                assert (third.headers["retry-after"], third.json()["limit"]) == ("10", 2)
            # longer than any other request may take
            waiting = asyncio.create_task(client.get("/v1/events", params={"wait": 3.2}))
            lines = two.aiter_lines()
            beats = await some(lines, 17)  # one each 0.4 s: beyond the deadline of 3 s
            assert beats[-1] == "id: 0"
            assert (await waiting).json() == {"items": [], "next": 0, "last": 0}
            await until(lambda: app.state.feed_streams._taken == 1)
            with psycopg.connect(registry_url) as conn:
                revoke = "UPDATE api_key SET revoked_at = created_at WHERE key_id = %s"
                conn.execute(revoke, [key[4:12]])
            before = len(made)
            async with asyncio.timeout(60):
                assert [line async for line in lines]
            assert len(made) <= before + 2
        await until(lambda: not app.state.feed_streams._taken)


async def test_a_reader_that_takes_nothing_is_left(
    app: FastAPI, everything: Headers, registry_url: str, seal: Seal
) -> None:
    big = "SELECT now(), 'prefix.imported', 'x', jsonb_build_object('t', repeat('x', 20000))"
    with psycopg.connect(registry_url) as conn:
        conn.execute(
            "INSERT INTO event (recorded_at, type, subject, data) "
            + big
            + " FROM generate_series(1, 1500)"
        )
    await seal()
    from addrsvc.events import streaming  # noqa: PLC0415 - patched below

    made = streaming.Streamed.__init__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            streaming.Streamed,
            "__init__",
            lambda self, *args, **kwargs: made(self, *args, **{**kwargs, "patience_s": 1}),
        )
        async with served(app) as url:
            host, port = url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port), limit=1_000)
            asked = (
                f"GET /v1/events/stream HTTP/1.1\r\nHost: {host}\r\n"
                f"Authorization: {everything['Authorization']}\r\n\r\n"
            )
            writer.write(asked.encode())
            await reader.readline()
            assert app.state.feed_streams._taken == 1
            await until(lambda: not app.state.feed_streams._taken)
            writer.close()


async def test_streams_end_at_once_when_the_server_is_stopped(
    settings: Settings, issue_key: IssueKey
) -> None:
    key = await issue_key(Scope.EVENTS_READ)
    read = settings.read_database_url
    environment = {
        "ADDRSVC_DATABASE_URL": settings.database_url.get_secret_value(),
        "ADDRSVC_READ_DATABASE_URL": read.get_secret_value() if read else "",
    }
    server = WebServer(
        "127.0.0.1",
        free_port(),
        1,
        environment,
        trusted_proxies="127.0.0.1",
        output=subprocess.DEVNULL,
    )
    try:
        await asyncio.to_thread(server.wait_ready)
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            patient(server.url, headers) as client,
            client.stream("GET", "/v1/events/stream") as answer,
        ):
            waiting = asyncio.create_task(client.get("/v1/events", params={"wait": 25}))
            lines = answer.aiter_lines()
            await some(lines, 1)
            begun = asyncio.get_running_loop().time()
            stopping = asyncio.create_task(asyncio.to_thread(server.stop, lambda: False))
            assert [line async for line in lines if line][-1] == "id: 0"  # in order
            assert (await waiting).json() == {"items": [], "next": 0, "last": 0}
            await stopping
            assert asyncio.get_running_loop().time() - begun < 20  # it would have waited 25
    except BaseException:
        server.stop(lambda: True)
        raise


MANY = """
INSERT INTO address (address_id, code, issuer, created_at)
SELECT i, (7000000000 + i)::text, 'test', now() FROM generate_series(1, 30000) AS i;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT i, 1, 'current', '2026-01-01', now(), 'import', 'test', jsonb_build_object(
    'kind', 'dwelling', 'commune', '["25747", "2025-07-01"]'::jsonb, 'source', 'test',
    'text', repeat('x', 300))
FROM generate_series(1, 30000) AS i;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from)
SELECT i, 1, 'current', 'dwelling', 'public', '25747', '2025-07-01'
FROM generate_series(1, 30000) AS i;
"""
OPEN = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'FETCH% copied'"


async def test_a_snapshot_that_ends_half_way_holds_nothing_and_is_seen_to_be_cut(
    app: FastAPI, everything: Headers, registry_url: str
) -> None:
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute(MANY.encode())
        async with served(app) as url, patient(url, everything) as on:
            async with on.stream("GET", "/v1/snapshot") as answer:
                assert (await some(answer.aiter_lines(), 2))[1].startswith('{"id":1,')
                assert conn.execute("SELECT count(*) " + OPEN).fetchone() == (1,)
            # the reader has gone
            await until(lambda: conn.execute("SELECT count(*) " + OPEN).fetchone() == (0,))
            await until(lambda: not app.state.snapshot_slots._taken)
            async with on.stream("GET", "/v1/snapshot") as answer:
                lines = answer.aiter_lines()
                await some(lines, 2)
                ended = conn.execute("SELECT pg_terminate_backend(pid) " + OPEN).fetchall()
                assert ended == [(True,)]
                with pytest.raises(httpx.RemoteProtocolError):
                    assert len([line async for line in lines]) < 30_000
