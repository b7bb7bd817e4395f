"""Many questions in one request: each answered as the single call would, and none lost."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from registry_fixtures import EAST, IN_EAST, IN_WEST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.limits import ClientLimits
from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.geocoding.limits import MAX_ITEMS
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

URL = "/v1/geocode/batch"
ENGLISH = {"Accept-Language": "en"}
LINE = "12/3 Đường Lê Lợi, Phường Tây, Thành phố Mẫu"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, anonymous_per_minute=10_000)


@pytest.fixture
async def reader(client: httpx.AsyncClient, issue_key: IssueKey) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}


async def _assign(client: httpx.AsyncClient, headers: dict[str, str], **more: Any) -> str:
    parts = {"house_number": "12/3", "thoroughfare": "Đường Lê Lợi"}
    body = {"kind": "dwelling", "source": "test", "position": IN_WEST, "components": parts, **more}
    answer = await client.post("/v1/addresses", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def _until_found(client: httpx.AsyncClient, text: str) -> None:
    async with asyncio.timeout(60):
        while True:
            found = (await client.get("/v1/geocode", params={"q": text})).json()["features"]
            if found and found[0]["properties"]["geocoding"]["match_level"] == "house":
                return
            await asyncio.sleep(0.05)


async def _ask(
    client: httpx.AsyncClient, headers: dict[str, str], kind: str, items: list[Any], **more: Any
) -> dict[str, Any]:
    """Ask, and hold the receipt against what was sent and what came."""
    sent = json.dumps({"kind": kind, "items": items, **more}, indent=1).encode()
    answer = await client.post(
        URL, content=sent, headers={**headers, "Content-Type": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    receipt, shown = body["receipt"], answer.content[answer.content.index(b',"items":[') + 9 : -1]
    assert orjson.loads(shown) == body["items"]
    assert receipt["sent_sha256"] == hashlib.sha256(sent).hexdigest()
    assert receipt["items_sha256"] == hashlib.sha256(shown).hexdigest()
    assert (receipt["kind"], receipt["items"]) == (kind, len(items))
    assert sum(receipt["counts"].values()) == len(items) == len(body["items"])
    assert answer.headers["ratelimit-policy"].startswith('"batch"')
    return body


def _statuses(body: dict[str, Any]) -> list[str]:
    return [each["status"] for each in body["items"]]


async def test_each_is_answered_as_the_single_call_would(
    ready: httpx.AsyncClient, writer: dict[str, str], reader: dict[str, str]
) -> None:
    code = await _assign(ready, writer)
    await _until_found(ready, LINE)
    texts = [LINE, "12/9 Lê Lợi, P. Tây, TP Mẫu", "không đâu cả"]

    body = await _ask(
        ready,
        reader,
        "geocode",
        [*({"id": f"hs-{n}", "text": text} for n, text in enumerate(texts)), {"id": 7}],
        limit=3,
    )
    assert [each["id"] for each in body["items"]] == ["hs-0", "hs-1", "hs-2", 7]
    assert _statuses(body) == ["certain", "review", "not_found", "refused"]
    for text, each in zip(texts, body["items"], strict=False):
        single = (await ready.get("/v1/geocode", params={"q": text, "limit": 3})).json()
        assert each["answer"] == {"features": single["features"]}
    assert (body["items"][0]["category"], body["items"][0]["next_action"]) == ("A", "accept")
    assert body["items"][3]["problem"]["type"] == "/problems/nothing-to-geocode"
    assert body["receipt"]["categories"] == {"A": 1, "C": 2}

    asked: list[dict[str, Any]] = [
        *({"text": text} for text in texts),
        {"components": {"house_number": "12/3", "thoroughfare": "Lê Lợi", "commune": "25747"}},
        {"code": code},
    ]
    body = await _ask(ready, reader, "validate", asked)
    for question, each in zip(asked, body["items"], strict=True):
        single = (await ready.post("/v1/validate", json=question)).json()
        assert each["answer"] == single, question
        assert each["category"] == single["category"]

    points = [(106.65, 10.95), (106.6501, 10.9502), (108.0, 12.0)]
    days = [None, "2025-06-15", None]
    body = await _ask(
        ready,
        reader,
        "reverse",
        [
            {"lon": lon, "lat": lat, **({} if day is None else {"at": day})}
            for (lon, lat), day in zip(points, days, strict=True)
        ],
        limit=5,
        radius_m=300,
    )
    assert [_statuses(body)[0], _statuses(body)[2]] == ["certain", "not_found"]
    for (lon, lat), day, each in zip(points, days, body["items"], strict=True):
        params: dict[str, Any] = {"lon": lon, "lat": lat, "limit": 5, "radius_m": 300}
        params |= {} if day is None else {"at": day}
        single = (await ready.get("/v1/reverse", params=params)).json()
        kept = {name: single[name] for name in single if name not in {"type", "geocoding"}}
        assert each["answer"] == kept

    conversions: list[dict[str, Any]] = [
        {"text": "Phường Tây, Thành phố Mẫu"},
        {"code": WEST, "lon": 106.65, "lat": 10.95},
        {"text": "Phường Tây, Thành phố Mẫu", "to": "2025-05-01"},
        {"text": "không đâu cả"},
        {},
    ]
    body = await _ask(ready, reader, "convert", conversions)
    assert _statuses(body) == ["certain", "certain", "not_found", "refused", "refused"]
    for question, each in zip(conversions, body["items"], strict=True):
        single = (await ready.get("/v1/convert", params=question)).json()
        if "problem" in each:
            assert each["problem"] == {k: v for k, v in single.items() if k != "request_id"}
        else:
            assert each["answer"] == single


async def test_a_wrong_item_fails_no_other(
    ready: httpx.AsyncClient, reader: dict[str, str]
) -> None:
    items = [
        {"id": "x", "text": "Phường Tây, Thành phố Mẫu"},
        5,
        None,
        {"id": "x", "txt": "sai tên"},
        {"id": {"a": 1}, "text": "Phường Tây"},
        {"id": "dài", "text": "x" * 2001},
        {"id": 2**60, "text": "Phường Tây"},
        {"id": "x", "text": "Phường Tây, Thành phố Mẫu", "components": {"unit": "1"}},
    ]
    body = await _ask(ready, reader, "geocode", items)
    assert [each["id"] for each in body["items"]] == [
        "x", None, None, "x", None, "dài", None, "x",
    ]  # fmt: skip
    assert _statuses(body)[1:] == ["refused"] * 7
    assert body["items"][0]["answer"]["features"] != []
    pointers = [
        [error["pointer"] for error in each["problem"].get("errors", [])]
        for each in body["items"][1:7]
    ]
    assert pointers[:3] == [[""], [""], ["/txt"]]
    assert pointers[3][0].startswith("/id")
    assert pointers[4] == ["/text"]
    assert body["items"][1]["problem"]["errors"][0]["detail"] == "Phải là một đối tượng JSON."
    english = await _ask(ready, {**reader, **ENGLISH}, "geocode", items)
    assert english["items"][1]["problem"]["errors"][0]["detail"] == "Must be a JSON object."
    assert english["items"][7]["problem"]["type"] == "/problems/text-and-parts"
    exchanged = await _ask(ready, reader, "reverse", [{"lon": 10.95, "lat": 106.65}, {"lon": 1}])
    assert exchanged["items"][0]["problem"]["type"] == "/problems/position-exchanged"
    assert exchanged["items"][1]["problem"]["errors"][0]["pointer"] == "/lat"
    before = await _ask(ready, reader, "reverse", [{"lon": 106.65, "lat": 10.95}], at="2025-05-31")
    assert before["items"][0]["problem"]["type"] == "/problems/admin-units-not-known-before"


async def test_whom_and_what_it_refuses(
    ready: httpx.AsyncClient, reader: dict[str, str], issue_key: IssueKey, app: FastAPI
) -> None:
    one = {"kind": "geocode", "items": [{"text": "Phường Tây"}]}
    assert (await ready.post(URL, json=one)).status_code == 401
    other = {"Authorization": f"Bearer {await issue_key(Scope.EVENTS_READ)}"}
    assert (await ready.post(URL, json=one, headers=other)).status_code == 403

    async def refused(body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        answer = await ready.post(URL, json=body, headers={**reader, **headers})
        return answer.status_code, answer.json()

    status, problem = await refused({"kind": "geocode", "items": []})
    assert (status, problem["type"]) == (422, "/problems/batch-empty")
    many = {"kind": "check", "items": [{"code": "1"}] * (MAX_ITEMS + 1)}
    status, problem = await refused(many)
    assert (status, problem["type"]) == (413, "/problems/batch-too-long")
    assert "tối đa 1000 mục" in problem["detail"]
    assert "addrsvc geocode file" in problem["detail"]
    status, problem = await refused(many, **ENGLISH)
    assert "at most 1000 are taken at a time" in problem["detail"]
    for wrong in ({"kind": "khác", "items": [{}]}, {"items": [{}]}, {**one, "limit": 6}):
        assert (await refused(wrong))[0] == 422
    batches = app.state.geocoder.batches
    with batches.one(), batches.one(), batches.one(), batches.one():
        answer = await ready.post(URL, json=one, headers=reader)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert answer.json()["type"] == "/problems/batches-busy"
    assert (await refused(one))[0] == 200


async def test_codes_are_seen_as_one_by_one(ready: httpx.AsyncClient, issue_key: IssueKey) -> None:
    all_scopes = (Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ADDRESSES_SECRET)
    clerk = {"Authorization": f"Bearer {await issue_key(*all_scopes)}"}
    codes = [
        await _assign(
            ready,
            clerk,
            visibility=visibility,
            components={"house_number": f"12/{n + 3}", "thoroughfare": "Đường Lê Lợi"},
            position={**(IN_EAST if visibility == "public" else IN_WEST), "lat": 10.94 + n / 100},
        )
        for n, visibility in enumerate(("public", "restricted", "secret"))
    ]
    keys = {
        "here": await issue_key(Scope.ADDRESSES_READ, areas=[WEST]),
        "elsewhere": await issue_key(Scope.ADDRESSES_READ, areas=[EAST]),
        "named": await issue_key(*all_scopes),
    }
    seen = {}
    for who, key in keys.items():
        items = [{"code": code} for code in [*codes, "p1", "7512399999"]]
        body = await _ask(ready, {"Authorization": f"Bearer {key}"}, "check", items)
        seen[who] = _statuses(body)
        for item, each in zip(items, body["items"], strict=True):
            single = await ready.post(
                "/v1/validate", json=item, headers={"Authorization": f"Bearer {key}"}
            )
            if each["status"] == "refused":
                assert each["problem"]["type"] == single.json()["type"]
            else:
                assert each["answer"] == single.json()
    rest = ["refused", "not_found"]
    assert seen["here"] == ["review", "review", "not_found", *rest]
    assert seen["elsewhere"] == ["review", "not_found", "not_found", *rest]
    assert seen["named"] == ["review", "review", "review", *rest]
    line = {"text": LINE}
    found = await _ask(ready, {"Authorization": f"Bearer {keys['named']}"}, "geocode", [line])
    assert not set(codes[1:]) & {
        each["properties"]["geocoding"]["code"] for each in found["items"][0]["answer"]["features"]
    }


async def test_behind_the_last_miss_nothing_is_told(
    ready: httpx.AsyncClient, writer: dict[str, str], reader: dict[str, str], app: FastAPI
) -> None:
    code = await _assign(ready, writer)
    limits = ClientLimits(known_per_minute=50)  # five misses a minute
    app.state.client_limits._whole_misses = limits._whole_misses
    unknown = [{"code": f"751239999{n}"} for n in range(4)]
    slip = {"code": f"{code}{(int(_plate(code)[-1]) + 1) % 10}"}
    items = [{"code": code}, *unknown, slip, {"code": code}, unknown[0], {"code": "abc"}]
    body = await _ask(ready, reader, "check", items)
    assert _statuses(body) == ["review", *["not_found"] * 5, *["refused"] * 3]
    assert _plate(code) in body["items"][5]["answer"]["findings"][0]["message"]
    behind = [each["problem"] for each in body["items"][6:]]
    assert {each["type"] for each in behind} == {"/problems/rate-limited"}
    assert all(0 < each["retry_after_s"] <= 60 for each in behind)
    again = await ready.post(URL, json={"kind": "check", "items": items}, headers=reader)
    assert again.status_code == 429


def _plate(code: str) -> str:
    return DigitalCode.of(code).plate


async def test_who_leaves_is_not_worked_for(
    ready: httpx.AsyncClient, reader: dict[str, str], app: FastAPI
) -> None:
    body = orjson.dumps({"kind": "geocode", "items": [{"text": "Phường Tây"}] * 300})
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": body, "more_body": False},
        {"type": "http.disconnect"},
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if len(messages) > 1 else messages[0]

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": URL,
        "raw_path": URL.encode(),
        "query_string": b"",
        "headers": [
            (b"authorization", reader["Authorization"].encode()),
            (b"content-type", b"application/json"),
        ],
        "client": ("127.0.0.1", 1),
        "app": app,
    }
    await app(scope, receive, send)  # type: ignore[arg-type]  # as a server calls it
    assert sent[0]["status"] == 503
    assert b"asker-gone" in sent[1]["body"]
