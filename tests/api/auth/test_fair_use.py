"""Limits on the whole service: every route has its class, headers, silence about what is secret."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from registry_fixtures import IN_WEST, IssueKey
from service_settings import service_settings

from addrsvc.app import create_app
from addrsvc.auth.keys import new_key
from addrsvc.auth.limits import RouteClass, class_of, table
from addrsvc.auth.model import Scope
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


def _routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or ()):
            yield method, route.path or ""


def test_every_route_is_of_a_class() -> None:
    routes = set(_routes(create_app(Settings())))
    assert ("GET", "/v1/addresses/{ref}") in routes
    unknown = [route for route in routes if class_of(*route) is None]
    assert not unknown, f"put them into addrsvc/auth/limits/table.py: {sorted(unknown)}"


def test_only_what_tells_nothing_is_free() -> None:
    free = {
        path
        for method, path in _routes(create_app(Settings()))
        if class_of(method, path) is RouteClass.FREE
    }
    assert not [path for path in free if path.startswith("/v1/")]


async def test_answers_say_what_is_allowed_and_what_is_left(
    client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    unknown = await client.get("/v1/addresses/7512399999")
    assert unknown.status_code == 404
    assert unknown.headers["ratelimit-policy"] == '"lookup";q=120;w=60, "misses";q=20;w=60'
    assert unknown.headers["ratelimit"] == '"lookup";r=119;t=60, "misses";r=19;t=60'
    key = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    listed = await client.get("/v1/addresses", headers=key)
    assert listed.headers["ratelimit-policy"] == '"list";q=120;w=60, "list-day";q=5000;w=86400'
    assert listed.headers["ratelimit"] == '"list";r=119;t=60, "list-day";r=4999'
    assert "ratelimit" not in (await client.get("/healthz")).headers
    page = await client.get("/a/7512399999")
    assert page.headers["ratelimit"].startswith('"lookup";r=118;')


async def test_refusals_say_when_to_come_again(client: httpx.AsyncClient) -> None:
    for _ in range(table.ANONYMOUS[RouteClass.WRITE].per_minute):
        assert (await client.post("/v1/addresses", json={})).status_code in {401, 422}
    refused = await client.post("/v1/addresses", json={})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert refused.headers["ratelimit"] == '"write";r=0;t=60'


async def test_unknown_and_not_public_are_the_same_answer(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    told = []
    body = {
        "kind": "dwelling",
        "source": "field",
        "visibility": "restricted",
        "components": {"house_number": "7", "thoroughfare": "Đường Mẫu"},
        "position": IN_WEST,
    }
    made = await client.post("/v1/addresses", json=body, headers=writer)
    assert made.status_code == 201, made.text
    code = made.json()["code"]
    unknown = str(int(code) + 1) if not code.endswith("9") else str(int(code) - 1)
    for path in ("/v1/addresses/{}", "/v1/addresses/{}/history", "/a/{}"):
        pair = [await client.get(path.format(each)) for each in (unknown, code)]
        told.append(pair)
        one, other = pair
        assert one.status_code == other.status_code, path
        assert len(one.content) == len(other.content), path
        assert one.headers.keys() == other.headers.keys(), path
        ours = {"x-request-id", "ratelimit", "etag"}
        same = [{k: v for k, v in each.headers.items() if k not in ours} for each in pair]
        assert same[0] == same[1], path
        assert len(one.headers.get("ratelimit", "")) == len(other.headers.get("ratelimit", ""))


async def test_misses_asked_at_once_are_no_more_than_one_by_one(
    client: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(
        *(client.get(f"/v1/addresses/75123{number:05d}") for number in range(100))
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(404) == table.ANONYMOUS_MISSES.per_minute
    assert set(statuses) == {404, 429}
    assert all("75123" not in answer.text for answer in answers if answer.status_code == 429)


async def test_a_wrong_key_is_tried_a_few_times_and_a_good_one_beside_it_works(
    client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    good = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    assert (await client.get("/v1/addresses", headers=good)).status_code == 200
    guesses = [
        (await client.get("/v1/addresses", headers={"Authorization": f"Bearer {new_key().text}"}))
        for _ in range(40)
    ]
    statuses = [answer.status_code for answer in guesses]
    assert statuses.count(401) == table.ANONYMOUS[RouteClass.SIGN_IN].per_minute
    assert statuses[-1] == 429
    assert (await client.get("/v1/addresses", headers=good)).status_code == 200
    assert (await client.get("/v1/geocode", params={"q": "12 Lê Lợi"})).status_code == 200
