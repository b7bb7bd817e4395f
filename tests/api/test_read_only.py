"""Read-only mode: by setting, by switch, for want of a primary; reading goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from registry_fixtures import IN_WEST, IssueKey

from addrsvc.app import create_app
from addrsvc.auth.model import Scope
from addrsvc.clock import Clock
from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

HOUSE = {
    "kind": "dwelling",
    "source": "field",
    "components": {"house_number": "7", "thoroughfare": "Đường Mẫu"},
    "position": IN_WEST,
}
UNKNOWN = "/v1/addresses/7512399999"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return Settings.model_validate({"database_url": registry_url})


@asynccontextmanager
async def _running(settings: Settings, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = create_app(settings, clock)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test")) as client,
    ):
        yield client


async def _until(holds: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def _status(client: httpx.AsyncClient) -> str:
    return str((await client.get("/readyz")).json()["status"])


async def _assert_refuses_writes_and_reads_on(
    client: httpx.AsyncClient, writer: dict[str, str] | None = None
) -> None:
    for language, said in (("vi", "chỉ cho tra cứu"), ("en", "can be read")):
        headers = {**(writer or {}), "Accept-Language": language}
        refused = await client.post("/v1/addresses", json=HOUSE, headers=headers)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.json()["type"] == "/problems/read-only"
        assert said in refused.json()["detail"]
    assert (await client.get(UNKNOWN)).status_code == 404
    assert (await client.get("/v1/admin-units")).status_code == 200
    page = await client.get("/")
    assert page.status_code == 200
    assert "Hệ thống tạm thời chỉ cho tra cứu" in page.text
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "read-only")


async def test_by_setting(settings: Settings, clock: Clock) -> None:
    only = settings.model_copy(update={"read_only": True})
    async with _running(only, clock) as client:
        await _assert_refuses_writes_and_reads_on(client)


async def test_by_switch_for_operators_and_back(
    client: httpx.AsyncClient, writer: dict[str, str], issue_key: IssueKey, database_url: str
) -> None:
    del database_url
    path, on, off = "/v1/operations/read-only", {"read_only": True}, {"read_only": False}
    operator = {"Authorization": f"Bearer {await issue_key(Scope.OPERATIONS_WRITE)}"}
    assert (await client.put(path, json=on)).status_code == 401
    assert (await client.put(path, json=on, headers=writer)).status_code == 403
    turned = await client.put(path, json=on, headers=operator)
    assert turned.json() == {"read_only": True, "reasons": ["switch"]}
    await _assert_refuses_writes_and_reads_on(client, writer)
    held = await client.get(f"{UNKNOWN}/holder", params={"purpose": "kiểm tra"}, headers=writer)
    assert held.json()["type"] == "/problems/read-only"  # reading a holder writes the audit log
    assert (await client.get(path, headers=operator)).json()["reasons"] == ["switch"]
    assert (await client.put(path, json=off, headers=operator)).json()["read_only"] is False
    assert "tạm thời chỉ cho" not in (await client.get("/")).text
    made = await client.post("/v1/addresses", json=HOUSE, headers=writer)
    assert made.status_code == 201, made.text


async def test_another_process_notices_the_switch(
    client: httpx.AsyncClient, issue_key: IssueKey, settings: Settings, clock: Clock
) -> None:
    operator = {"Authorization": f"Bearer {await issue_key(Scope.OPERATIONS_WRITE)}"}
    async with _running(settings, clock) as other:

        async def refuses() -> bool:
            return await _status(other) == "read-only"

        async def accepts() -> bool:
            return await _status(other) == "ready"

        path = "/v1/operations/read-only"
        await client.put(path, json={"read_only": True}, headers=operator)
        await _until(refuses)
        await client.put(path, json={"read_only": False}, headers=operator)
        await _until(accepts)


async def test_a_database_that_takes_no_writes_and_does_again(
    client: httpx.AsyncClient, writer: dict[str, str], settings: Settings
) -> None:
    url = settings.database_url.get_secret_value()
    name = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())

        async def refuses() -> bool:
            return await _status(client) == "read-only"

        await _until(refuses)
        await _assert_refuses_writes_and_reads_on(client, writer)
        conn.execute("SET default_transaction_read_only = off")
        conn.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'.encode())

        async def accepts() -> bool:
            made = await client.post("/v1/addresses", json=HOUSE, headers=writer)
            assert made.status_code in {201, 503}, made.text
            return made.status_code == 201

        await _until(accepts)


async def test_a_read_only_error_of_the_database_says_so(
    client: httpx.AsyncClient, writer: dict[str, str], settings: Settings, app: FastAPI
) -> None:
    url = settings.database_url.get_secret_value()
    name = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
    await app.state.doors.engine.dispose()
    app.state.read_only.reasons.clear()  # as in the second before it is noticed
    refused = await client.post("/v1/addresses", json=HOUSE, headers=writer)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/read-only")


@pytest.fixture(scope="module")
def primary(quick_dir: Path) -> Iterator[PrivateCluster]:
    with throw_away_cluster(parent=quick_dir) as cluster:
        yield cluster


async def test_without_its_primary_reading_goes_on_from_elsewhere(
    primary: PrivateCluster, registry_url: str, clock: Clock
) -> None:
    url = primary.superuser_url()
    upgrade(url)
    given = {"database_url": url, "read_database_url": registry_url}
    async with _running(Settings.model_validate(given), clock) as client:
        assert await _status(client) == "ready"
        primary.stop()

        async def refuses() -> bool:
            return await _status(client) == "read-only"

        await _until(refuses)
        await _assert_refuses_writes_and_reads_on(client)
        primary.start()

        async def accepts() -> bool:
            return await _status(client) == "ready"

        await _until(accepts)
        assert (await client.post("/v1/addresses", json=HOUSE)).status_code == 401
