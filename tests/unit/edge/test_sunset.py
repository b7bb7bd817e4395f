"""Routes that will end say so, and of those who still ask there is a count."""

from __future__ import annotations

import doctest

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from addrsvc.app import create_app
from addrsvc.edge import sunset
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


def _marked() -> FastAPI:
    app = FastAPI()
    app.add_middleware(sunset.Sunset)

    @app.get(
        "/old/{name}",
        deprecated=True,
        openapi_extra={
            "x-deprecated": "2027-01-01",
            "x-sunset": "2027-09-01",
            "x-instead": "/v1/new",
        },
    )
    async def old(name: str) -> dict[str, str]:
        return {"name": name}

    @app.get("/new")
    async def new() -> dict[str, str]:
        return {}

    return app


async def test_a_marked_route_says_when_it_ends_and_who_asks_is_counted() -> None:
    assert doctest.testmod(sunset).failed == 0
    app = _marked()
    before = _count("anonymous")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://t")) as client:
        told = await client.get("/old/somebody")
        new = await client.get("/new")
    assert told.headers["deprecation"] == "@1798761600"
    assert told.headers["sunset"] == "Wed, 01 Sep 2027 00:00:00 GMT"
    for link in (
        '</docs#versions>; rel="deprecation"',
        '</docs#versions>; rel="sunset"',
        '</v1/new>; rel="successor-version"',
    ):
        assert link in told.headers["link"]
    assert not {"deprecation", "sunset", "link"} & set(new.headers)
    assert _count("anonymous") == before + 1
    operation = app.openapi()["paths"]["/old/{name}"]["get"]
    assert (operation["deprecated"], operation["x-sunset"]) == (True, "2027-09-01")


def _count(principal: str) -> float:
    return sunset.ASKED.labels("/old/{name}", principal)._value.get()


@pytest.mark.parametrize(
    ("principal", "told"),
    [("key:1a2b3c4d", "key:1a2b3c4d"), ("oidc:province:0912", "oidc"), (None, "anonymous")],
)
def test_software_is_named_and_people_are_not(principal: str | None, told: str) -> None:
    scope = {} if principal is None else {"addrsvc.principal": principal}
    assert sunset._asker(scope) == told


def test_every_marked_route_of_the_service_ends_no_sooner_than_promised() -> None:
    routes = [each.route for each in iter_route_contexts(create_app(Settings()).routes)]
    assert len(routes) > 100
    for route in [*routes, *_marked().routes]:
        ending = sunset.ending_of(route)
        if ending is not None:
            assert ending.sunset - ending.deprecated >= sunset.LEAST, route
