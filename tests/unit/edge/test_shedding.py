"""Lanes: what is in progress, what is refused at once, what always gets through."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from addrsvc.edge.shedding import Lane, Shed, lane_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        ("GET", "/healthz", None),
        ("GET", "/readyz", None),
        ("PUT", "/v1/operations/read-only", None),
        ("GET", "/v1/addresses/7512304827", Lane.LOOKUP),
        ("HEAD", "/a/7512304827", Lane.LOOKUP),
        ("GET", "/", Lane.LOOKUP),
        ("GET", "/v1/addresses", Lane.SEARCH),
        ("GET", "/v1/geocode", Lane.SEARCH),
        ("POST", "/v1/validate", Lane.SEARCH),
        ("POST", "/v1/planning/overlay", Lane.SEARCH),
        ("POST", "/v1/planning/print", Lane.SEARCH),
        ("POST", "/v1/geocode/batch", Lane.SEARCH),
        ("GET", "/v1/events", Lane.FEED),
        ("POST", "/v1/jobs", Lane.UPLOAD),
        ("GET", "/v1/jobs/0/progress", Lane.FEED),
        ("GET", "/v1/jobs/0/result", Lane.SEARCH),
        ("POST", "/v1/addresses", Lane.WRITE),
        ("PATCH", "/v1/addresses/7512304827", Lane.WRITE),
        ("BREW", "/pot", Lane.WRITE),
    ],
)
def test_lanes(method: str, path: str, lane: Lane | None) -> None:
    assert lane_of(method, path) is lane


async def test_a_full_lane_refuses_at_once_and_the_others_go_on() -> None:
    app, go_on = FastAPI(), asyncio.Event()

    @app.get("/v1/geocode")
    async def slow() -> str:
        await go_on.wait()
        return "found"

    @app.get("/v1/addresses/7512304827")
    @app.get("/healthz")
    async def quick() -> str:
        return "here"

    app.add_middleware(Shed, limits=dict.fromkeys(Lane, 2))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test")) as client:
        waiting = [asyncio.create_task(client.get("/v1/geocode")) for _ in range(2)]
        await asyncio.sleep(0.05)
        refused = await client.get("/v1/geocode", headers={"Accept-Language": "en"})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert refused.json()["type"] == "/problems/overloaded"
        assert "Try again in 2 seconds" in refused.json()["detail"]
        for path in ("/v1/addresses/7512304827", "/healthz"):
            assert (await client.get(path)).status_code == 200
        go_on.set()
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200, 200]
        assert (await client.get("/v1/geocode")).status_code == 200
