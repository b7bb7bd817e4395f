"""Geocoding and verdicts over HTTP on a small register of invented addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from registry_fixtures import IN_EAST, IN_WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.limits import ClientLimits
from addrsvc.auth.model import Scope
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

Check = Callable[[Any], None]


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, anonymous_per_minute=10_000)


async def _assign(client: httpx.AsyncClient, headers: dict[str, str], **more: Any) -> Any:
    body = {"kind": "dwelling", "source": "test", "position": IN_WEST, **more}
    answer = await client.post("/v1/addresses", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def _until_found(client: httpx.AsyncClient, text: str, code: str) -> Any:
    """Ask until the address is found by its text."""
    async with asyncio.timeout(60):
        while True:
            answer = await client.get("/v1/geocode", params={"q": text})
            found = answer.json()["features"]
            if found and found[0]["properties"]["geocoding"]["code"] == code:
                return answer.json()
            await asyncio.sleep(0.05)


async def test_an_address_just_assigned_is_found_and_judged(
    ready: httpx.AsyncClient, writer: dict[str, str], is_geocodejson: Check
) -> None:
    components = {"house_number": "12/3", "thoroughfare": "Đường Lê Lợi"}
    made = await _assign(ready, writer, components=components)
    text = "12/3 le loi, phuong tay, thanh pho mau"
    body = await _until_found(ready, text, made["code"])
    is_geocodejson(body)
    assert body["geocoding"]["query"] == text
    found = body["features"][0]["properties"]["geocoding"]
    assert found["match_level"] == "house"
    assert found["accuracy"] == IN_WEST["accuracy_m"]
    assert found["position"]["marks"] == "entrance"
    assert found["label"] == "12/3 Đường Lê Lợi, Phường Tây, Thành phố Mẫu"

    verdict = (await ready.post("/v1/validate", json={"text": text})).json()
    assert (verdict["category"], verdict["next_action"]) == ("A", "accept")
    assert verdict["matches"] == body["features"]
    assert [(c["type"], c["value"], c["span"], c["status"]) for c in verdict["components"]] == [
        ("house_number", "12/3", [0, 4], "confirmed"),
        ("thoroughfare", "Le Loi", [5, 11], "confirmed"),
        ("commune", "Phường Tây", [13, 23], "confirmed"),
        ("province", "Thành phố Mẫu", [25, 38], "confirmed"),
    ]
    structured = await ready.get(
        "/v1/geocode",
        params={"house_number": "12/3", "thoroughfare": "Lê Lợi", "commune": "25747"},
    )
    assert structured.json()["features"][0]["properties"]["geocoding"]["code"] == made["code"]
    beside = (await ready.get("/v1/geocode", params={"q": "12/9 Lê Lợi, P. Tây, TP Mẫu"})).json()
    assert beside["features"][0]["properties"]["geocoding"]["match_level"] == "alley"
    context = {"q": "12/3 Lê Lợi", "commune": "25750"}
    assert (await ready.get("/v1/geocode", params=context)).json()["features"] == []


async def test_a_secret_address_is_not_found(ready: httpx.AsyncClient, issue_key: IssueKey) -> None:
    key = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ADDRESSES_SECRET)
    headers = {"Authorization": f"Bearer {key}"}
    shown = {"house_number": "1", "thoroughfare": "Đường Ẩn"}
    public = await _assign(ready, headers, components=shown)
    hidden = {"house_number": "99", "thoroughfare": "Đường Ẩn"}
    secret = await _assign(ready, headers, components=hidden, visibility="secret", position=IN_EAST)
    await _until_found(ready, "1 đường Ẩn, phường Tây, TP Mẫu", public["code"])
    answer = await ready.get("/v1/geocode", params={"q": "99 đường Ẩn, phường Đông, TP Mẫu"})
    assert secret["code"] not in answer.text


async def test_codes_are_judged(ready: httpx.AsyncClient, writer: dict[str, str]) -> None:
    made = await _assign(ready, writer, components={"house_number": "7"})

    async def judged(code: str) -> Any:
        answer = await ready.post("/v1/validate", json={"code": code})
        assert answer.status_code == 200, answer.text
        return answer.json()

    plate = await judged(made["plate"])
    assert (plate["category"], plate["next_action"]) == ("A", "accept")
    assert plate["matches"][0]["properties"]["geocoding"]["code"] == made["code"]
    bare = await judged(made["code"])
    assert (bare["category"], bare["next_action"]) == ("C", "confirm")
    assert bare["findings"][0]["id"] == "code-unverified"
    digit = str((int(made["plate"][-1]) + 1) % 10)
    slip = await judged(made["plate"][:-1] + digit)
    assert slip["findings"][0]["id"] == "code-check-digit-wrong"
    unknown = await judged("7512399999")
    assert unknown["findings"][0]["id"] == "code-not-known"
    retired = await ready.post(
        f"/v1/addresses/{made['code']}:retire",
        json={"reason": "thử nghiệm"},
        headers={**writer, "If-Match": "*"},
    )
    assert retired.status_code == 200, retired.text
    gone = await judged(made["plate"])
    assert gone["findings"][0]["id"] == "retired-address"
    assert gone["category"] == "C"
    wrong = await ready.post("/v1/validate", json={"code": "hello"})
    assert wrong.status_code == 422
    assert wrong.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("params", "slug"),
    [
        ({}, "nothing-to-geocode"),
        ({"q": "   "}, "nothing-to-geocode"),
        ({"q": "12 Lê Lợi", "thoroughfare": "Lê Lợi"}, "text-and-parts"),
        ({"q": "12 Lê Lợi", "commune": "Phường Tây"}, "context-not-a-code"),
        ({"q": "12 Lê Lợi", "province": "250"}, "context-not-a-code"),
        ({"q": "12 Lê Lợi", "lon": "106.6"}, "point-incomplete"),
        ({"q": "12 Lê Lợi", "lon": "200", "lat": "10"}, "request-invalid"),
        ({"q": "12 Lê Lợi", "limit": "0"}, "request-invalid"),
        ({"q": "12 Lê Lợi", "limit": "many"}, "request-invalid"),
        ({"q": "12 Lê Lợi", "at": "yesterday"}, "request-invalid"),
        ({"q": "12 Lê Lợi", "bbox": "1,2,3"}, "bbox-invalid"),
        ({"q": "x" * 2001}, "request-invalid"),
    ],
)
async def test_what_cannot_be_asked_says_what_to_do(
    client: httpx.AsyncClient, params: dict[str, str], slug: str
) -> None:
    for language in ("vi", "en"):
        answer = await client.get(
            "/v1/geocode", params=params, headers={"Accept-Language": language}
        )
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == f"/problems/{slug}"
        assert answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "12 Lê Lợi", "code": "7512300001"},
        {"components": {}},
        {"components": {"street": "Lê Lợi"}},
        {"text": "x" * 2001},
        {"text": 5},
        {"text": "12 Lê Lợi", "at": "tomorrow"},
        [],
    ],
)
async def test_what_cannot_be_judged_says_what_to_do(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post("/v1/validate", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_a_broken_body_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/v1/validate", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert answer.json()["type"] == "/problems/body-unreadable"


async def test_before_the_names_are_read_it_says_when_to_come_back(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    app.state.gazetteer.gazetteer = None
    answer = await client.get("/v1/geocode", params={"q": "12 Lê Lợi"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["type"] == "/problems/geocoder-loading"


async def test_noise_is_not_repeated(ready: httpx.AsyncClient) -> None:
    text = "12 Lê Lợi, phường Tây, TP Mẫu, ĐT 0900000000"
    answer = await ready.get("/v1/geocode", params={"q": text})
    assert "0900000000" not in answer.text
    verdict = await ready.post("/v1/validate", json={"text": text})
    assert "0900000000" not in verdict.text
    assert "noise-removed" in verdict.text


async def test_findings_are_listed(client: httpx.AsyncClient) -> None:
    vietnamese = (await client.get("/v1/findings")).json()["items"]
    english = (await client.get("/v1/findings", headers={"Accept-Language": "en"})).json()["items"]
    assert [each["id"] for each in vietnamese] == [each["id"] for each in english]
    assert vietnamese[0]["title"] != english[0]["title"]


async def test_strangers_are_limited(client: httpx.AsyncClient, app: FastAPI) -> None:
    app.state.client_limits = ClientLimits(anonymous_per_minute=1)
    await client.get("/v1/geocode", params={"q": "12 Lê Lợi"})
    refused = await client.get("/v1/geocode", params={"q": "12 Lê Lợi"})
    assert refused.status_code == 429
    assert (await client.post("/v1/validate", json={"text": "12 Lê Lợi"})).status_code == 429
