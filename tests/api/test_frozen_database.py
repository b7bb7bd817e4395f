"""A database that is frozen, thawed, killed and back: every route answers in time and recovers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import registry_fixtures
from fastapi import FastAPI
from registry_fixtures import IN_WEST, IssueKey

from addrsvc.auth.model import Scope
from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.migrate import upgrade
from addrsvc.db.postmaster import find_orphans
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

_DEADLINE_S = 1.5
_RECOVERY_S = 15.0

ROUTES: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/v1/addresses/7512399999", {}),
    ("GET", "/v1/addresses/75123999990", {}),  # a wrong check digit asks for its neighbours
    ("GET", "/v1/addresses/p1", {}),
    ("GET", "/v1/codes/75123999990", {}),
    ("GET", "/v1/geocode?q=7 Đường Mẫu, Phường Tây", {"memory": True}),
    ("GET", "/v1/reverse?lon=106.65&lat=10.95", {}),
    ("GET", "/v1/autocomplete?q=Đường M", {"memory": True}),
    ("POST", "/v1/validate", {"json": {"code": "7512399999"}}),
    ("GET", "/v1/admin-units", {}),
    ("GET", "/v1/identifiers/vpostcode/AAA", {}),
    ("GET", "/a/7512399999", {}),
    ("GET", "/readyz", {}),
    ("GET", "/v1/addresses", {"key": True}),
    ("GET", "/v1/events?wait=0", {"key": True}),
    (
        "POST",
        "/v1/addresses",
        {
            "key": True,
            "json": {
                "kind": "dwelling",
                "source": "field",
                "components": {"house_number": "7", "thoroughfare": "Đường Mẫu"},
                "position": IN_WEST,
            },
        },
    ),
]


@pytest.fixture(scope="module")
def cluster(quick_dir: Path) -> Iterator[PrivateCluster]:
    with throw_away_cluster(parent=quick_dir) as cluster:
        upgrade(cluster.superuser_url())
        with psycopg.connect(cluster.superuser_url(), autocommit=True) as conn:
            conn.execute(registry_fixtures._UNITS)
            conn.execute(registry_fixtures._PREFIXES)
        yield cluster


@pytest.fixture
def settings(cluster: PrivateCluster) -> Settings:
    given = {
        "database_url": cluster.superuser_url(),
        "request_deadline_s": _DEADLINE_S,
        "statement_timeout_ms": 5_000,
        "anonymous_per_minute": 100_000,
        "anonymous_misses_per_minute": 100_000,
        "known_per_minute": 100_000,
    }
    return Settings.model_validate(given)


@pytest.fixture
async def key(issue_key: IssueKey) -> dict[str, str]:
    made = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.EVENTS_READ)
    return {"Authorization": f"Bearer {made}"}


@contextlib.asynccontextmanager
async def _frozen(cluster: PrivateCluster) -> AsyncIterator[None]:
    processes = find_orphans(cluster.pgdata)
    assert len(processes) > 3
    for each in processes:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.kill(each.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGCONT)


async def _ask(
    client: httpx.AsyncClient, key: dict[str, str], route: tuple[str, str, dict[str, Any]]
) -> tuple[int, float]:
    method, path, more = route
    began = time.monotonic()
    headers = key if "key" in more else {}
    answer = await client.request(method, path, json=more.get("json"), headers=headers)
    return answer.status_code, time.monotonic() - began


async def _assert_recovers(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    deadline = time.monotonic() + _RECOVERY_S
    for route in ROUTES:
        while (found := await _ask(client, key, route))[0] >= 500:
            assert time.monotonic() < deadline, (route, found)
            await asyncio.sleep(0.1)


async def _assert_refuses_in_time(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    at_once = await asyncio.gather(*(_ask(client, key, route) for route in ROUTES))
    few = [ROUTES[0], ROUTES[1], ROUTES[-1]]  # once more, when every pool knows
    later = [await _ask(client, key, route) for route in few]
    for routes, found in ((ROUTES, at_once), (few, later)):
        for route, (status, took_s) in zip(routes, found, strict=True):
            from_memory = "memory" in route[2] and status == 200  # no name of it is anywhere
            assert status == 503 or from_memory, (route, status)
            assert took_s < _DEADLINE_S + 1, (route, took_s)
    assert (await client.get("/healthz")).status_code == 200


async def test_frozen_and_thawed(
    client: httpx.AsyncClient, key: dict[str, str], cluster: PrivateCluster, app: FastAPI
) -> None:
    await _assert_recovers(client, key)
    async with _frozen(cluster):
        await _assert_refuses_in_time(client, key)
    await _assert_recovers(client, key)
    async with asyncio.timeout(_RECOVERY_S):
        while app.state.read_only.is_on:
            await asyncio.sleep(0.1)


async def test_killed_and_back(
    client: httpx.AsyncClient, key: dict[str, str], cluster: PrivateCluster
) -> None:
    await _assert_recovers(client, key)
    for each in find_orphans(cluster.pgdata):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each.pid, signal.SIGKILL)
    await _assert_refuses_in_time(client, key)
    await asyncio.to_thread(cluster.start)
    await _assert_recovers(client, key)
