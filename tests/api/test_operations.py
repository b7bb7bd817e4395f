"""Alive, ready, metrics: what operators and their machines ask."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from benchmarks.http_rounds import running_service
from fastapi import FastAPI

from addrsvc.app import create_app
from addrsvc.clock import FixedClock
from addrsvc.db.rows import Connection
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


async def test_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["reads_from"] == "primary"


async def test_work_beside_requests_that_fails_is_named_and_begun_again(
    app: FastAPI, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = app.state.gazetteer
    failed, well = asyncio.Event(), asyncio.Event()
    catch_up = follower.catch_up

    async def fail_once(conn: object) -> None:
        monkeypatch.setattr(follower, "catch_up", follow)
        failed.set()
        raise KeyError("defect")

    async def follow(conn: Connection) -> None:
        await catch_up(conn)
        well.set()

    monkeypatch.setattr(follower, "catch_up", fail_once)
    async with asyncio.timeout(60):
        await failed.wait()
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["failing"]) == (200, {"gazetteer": "KeyError"})
        assert "remedy" in ready.json()
        await well.wait()
    assert follower.gazetteer is not None


async def test_another_schema_is_not_ready_and_says_the_remedy(
    client: httpx.AsyncClient, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["schema"]) == (503, "from_the_future")
    assert "addrsvc migrate" in answer.json()["remedy"]


async def test_metrics_count_by_route_template(client: httpx.AsyncClient) -> None:
    await client.get("/v1/addresses/7512304827")
    text = (await client.get("/metrics")).text
    assert 'route="/v1/addresses/{ref}"' in text
    assert "7512304827" not in text


async def test_without_a_database_everything_answers_in_time(clock: FixedClock) -> None:
    nowhere = Settings.model_validate(
        {"database_url": "postgresql://127.0.0.1:1/none", "request_deadline_s": 3}
    )
    app: FastAPI = create_app(nowhere, clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=httpx.URL("http://test")
        ) as client:
            assert (await client.get("/healthz")).status_code == 200
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()["database"]) == (503, "unreachable")
            assert ready.headers["retry-after"] == "5"
            for path in ("/v1/addresses/7512304827", "/v1/admin-units", "/v1/codes/75123048279"):
                answer = await client.get(path)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), path


async def test_read_only_database_still_answers_lookups_and_refuses_writes(
    client: httpx.AsyncClient, database_url: str
) -> None:
    name = urlsplit(database_url).path.removeprefix("/")
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
    assert (await client.get("/readyz")).status_code == 200
    assert (await client.get("/v1/addresses/7512304827")).status_code == 404


@pytest.mark.usefixtures("untraced")
def test_metrics_of_several_workers_are_summed(database_url: str) -> None:
    with running_service(database_url, workers=2) as base_url:
        for _ in range(20):  # a new connection each time: the kernel spreads them
            httpx.get(f"{base_url}/v1/admin-units", timeout=60)
        counted, until = 0.0, time.monotonic() + 60
        while counted < 20:  # a request is counted once it is answered
            assert time.monotonic() < until, counted
            text = httpx.get(f"{base_url}/metrics", timeout=60).text
            counted = sum(
                float(line.rpartition(" ")[2])
                for line in text.splitlines()
                if line.startswith('addrsvc_requests_total{method="GET",route="/v1/admin-units"')
            )
    assert counted == 20
