"""Keys, devices and tokens over HTTP: issued, rotated, revoked, and what each is good for."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Protocol

import httpx
import psycopg
import pytest
from registry_fixtures import EAST, WEST, IssueKey

from addrsvc.auth.model import Scope

pytestmark = pytest.mark.anyio

Headers = dict[str, str]


class HandClock(Protocol):
    def advance(self, time: timedelta) -> None: ...


DEVICE = {"name": "Máy 7 (giả định)", "held_by": "nv-7", "areas": [WEST]}


def bearer(text: str) -> Headers:
    return {"Authorization": f"Bearer {text}"}


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("/problems/")


async def status(client: httpx.AsyncClient, text: str) -> int:
    return (await client.get("/v1/addresses", headers=bearer(text))).status_code


@pytest.fixture
async def admin(client: httpx.AsyncClient, issue_key: IssueKey) -> Headers:
    # who gives a role holds what it holds
    scopes = (Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.PLANS_WRITE)
    return bearer(await issue_key(Scope.ACCESS_WRITE, *scopes))


async def test_a_key_is_issued_rotated_and_revoked(
    client: httpx.AsyncClient, admin: Headers, clock: HandClock
) -> None:
    asked = {"name": "Một cửa (giả định)", "roles": ["planner"], "areas": [WEST], "days": 30}
    made = await client.post("/v1/access/keys", json=asked, headers=admin)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    key, secret = made.json()["key"], made.json()["client_secret"]
    path = f"/v1/access/keys/{made.json()['id']}"
    assert await status(client, key) == 200

    rotated = await client.post(f"{path}:rotate", json={"grace_hours": 2}, headers=admin)
    new = rotated.json()["key"]
    assert new != key
    assert [await status(client, each) for each in (key, new)] == [200, 200]
    clock.advance(timedelta(hours=2))
    assert [await status(client, each) for each in (key, new)] == [401, 200]

    listed = await client.get("/v1/access/keys", headers=admin)
    (shown,) = [each for each in listed.json()["items"] if each["name"] == asked["name"]]
    assert shown["scopes"] == ["addresses:read", "plans:write"]
    assert (shown["areas"], shown["is_good"]) == ([WEST], True)
    assert secret not in listed.text

    revoked = await client.post(f"{path}:revoke", json={"reason": "thử"}, headers=admin)
    assert revoked.status_code == 204
    assert await status(client, new) == 401
    again = await client.post(f"{path}:rotate", json={}, headers=admin)
    assert (again.status_code, slug(again)) == (409, "key-ended")
    unknown = await client.post("/v1/access/keys/00000000:rotate", json={}, headers=admin)
    assert (unknown.status_code, slug(unknown)) == (404, "key-unknown")


async def test_nobody_grants_beyond_their_own(
    client: httpx.AsyncClient, issue_key: IssueKey, admin: Headers
) -> None:
    rich = await issue_key(*Scope)
    local = bearer(await issue_key(Scope.ACCESS_WRITE, Scope.ADDRESSES_READ, areas=[WEST]))

    async def create(by: Headers, **asked: object) -> httpx.Response:
        return await client.post("/v1/access/keys", json={"name": "x", **asked}, headers=by)

    for by, asked, beyond in (
        (admin, {"scopes": ["holders:read"]}, "holders:read"),
        (admin, {"roles": ["registrar"]}, None),
        (local, {"scopes": ["addresses:read"]}, "*"),
        (local, {"scopes": ["addresses:read"], "areas": [WEST, EAST]}, EAST),
    ):
        refused = await create(by, **asked)
        assert (refused.status_code, slug(refused)) == (403, "grant-too-wide"), asked
        assert beyond is None or refused.json()["beyond"] == beyond
    assert (await create(local, scopes=["addresses:read"], areas=[WEST])).status_code == 201

    # neither by the secret of a key that may do more: whoever rotates it could use it
    path = f"/v1/access/keys/{rich.split('_')[1]}:rotate"
    assert slug(await client.post(path, json={}, headers=admin)) == "grant-too-wide"
    # and keys outside the areas are not there
    assert slug(await client.post(path, json={}, headers=local)) == "key-unknown"
    listed = (await client.get("/v1/access/keys", headers=local)).json()["items"]
    assert [each["areas"] for each in listed] == [[WEST], [WEST]]


async def test_a_device_is_limited_and_told_to_erase_what_it_holds(
    client: httpx.AsyncClient, admin: Headers, clock: HandClock
) -> None:
    made = await client.post("/v1/access/devices", json=DEVICE, headers=admin)
    assert made.status_code == 201
    key, key_id = made.json()["key"], made.json()["id"]
    assert await status(client, key) == 200
    token = await client.post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": key_id,
            "client_secret": made.json()["client_secret"],
        },
    )
    assert token.status_code == 200

    wide = await client.post(
        "/v1/access/devices", json={**DEVICE, "scopes": ["holders:read"]}, headers=admin
    )
    assert (wide.status_code, slug(wide)) == (422, "device-too-wide")
    for wrong in ({"days": 91}, {"areas": []}, {"areas": ["1"]}, {"held_by": "a\0b"}):
        refused = await client.post("/v1/access/devices", json={**DEVICE, **wrong}, headers=admin)
        assert refused.status_code == 422, wrong

    (shown,) = (await client.get("/v1/access/devices", headers=admin)).json()["items"]
    assert (shown["held_by"], shown["areas"]) == ("nv-7", [WEST])
    # a device is no service key: the routes of keys do not know it
    path = f"/v1/access/keys/{key_id}:revoke"
    assert slug(await client.post(path, json={"reason": "thử"}, headers=admin)) == "key-unknown"

    path = f"/v1/access/devices/{key_id}:revoke"
    revoked = await client.post(path, json={"reason": "mất máy"}, headers=admin)
    assert revoked.status_code == 204
    for text in (key, token.json()["access_token"]):
        told = await client.get("/v1/addresses", headers=bearer(text))
        assert (told.status_code, slug(told), told.json()["wipe"]) == (401, "device-revoked", True)
    # who does not hold the secret learns nothing
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    assert slug(await client.get("/v1/addresses", headers=bearer(wrong))) == "key-refused"


async def test_a_device_ends_by_itself(
    client: httpx.AsyncClient, admin: Headers, clock: HandClock
) -> None:
    made = await client.post("/v1/access/devices", json=DEVICE, headers=admin)
    clock.advance(timedelta(days=30))
    ended = await client.get("/v1/addresses", headers=bearer(made.json()["key"]))
    assert slug(ended) == "key-refused"


async def test_a_token_does_less_than_its_key_and_dies_with_it(
    client: httpx.AsyncClient, issue_key: IssueKey, clock: HandClock, admin: Headers
) -> None:
    key = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, areas=[WEST])
    _, key_id, secret = key.split("_", 2)
    basic = base64.b64encode(f"{key_id}:{secret}".encode()).decode()

    async def token(scope: str | None = None) -> httpx.Response:
        form = {"grant_type": "client_credentials"} | ({} if scope is None else {"scope": scope})
        headers = {"Authorization": f"Basic {basic}"}
        return await client.post("/oauth/token", data=form, headers=headers)

    whole = await token()
    assert whole.headers["cache-control"] == "no-store"
    assert whole.json() | {"access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "addresses:read addresses:write",
    }
    text = whole.json()["access_token"]
    assert text.startswith("adt_")
    assert await status(client, text) == 200
    less = (await token("addresses:write")).json()
    assert less["scope"] == "addresses:write"
    assert await status(client, less["access_token"]) == 403
    more = await token("addresses:write holders:read")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")

    clock.advance(timedelta(minutes=15))
    assert await status(client, text) == 401
    fresh = (await token()).json()["access_token"]
    assert await status(client, fresh) == 200
    path = f"/v1/access/keys/{key_id}:revoke"
    await client.post(path, json={"reason": "thử"}, headers=admin)
    assert await status(client, fresh) == 401
    ended = await token()
    assert (ended.status_code, ended.json()["error"]) == (401, "invalid_client")


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ("grant_type=password", {}, (400, "unsupported_grant_type")),
        ("", {}, (400, "invalid_request")),
        ("grant_type=client_credentials", {}, (401, "invalid_client")),
        ("grant_type=client_credentials&grant_type=x", {}, (400, "invalid_request")),
        ("grant_type=client_credentials&client_id=a&client_secret=b", {}, (401, "invalid_client")),
        ("grant_type=%FF", {}, (400, "invalid_request")),
        ("grant_type=client_credentials\u00e9", {}, (400, "invalid_request")),
        ("&".join(f"p{n}=1" for n in range(30)), {}, (400, "invalid_request")),
        ("{}", {"Content-Type": "application/json"}, (400, "invalid_request")),
        ("grant_type=client_credentials", {"Authorization": "Basic !"}, (401, "invalid_client")),
        ("grant_type=client_credentials", {"Authorization": "Bearer x"}, (401, "invalid_client")),
        (
            "grant_type=client_credentials&client_secret=b",
            {"Authorization": "Basic eDp5"},
            (400, "invalid_request"),
        ),
    ],
)
async def test_a_request_for_a_token_is_refused_in_the_words_of_the_standard(
    client: httpx.AsyncClient, body: str, headers: Headers, expected: tuple[int, str]
) -> None:
    refused = await client.post(
        "/oauth/token", content=body.encode(), headers={"Content-Type": FORM, **headers}
    )
    assert (refused.status_code, refused.json()["error"]) == expected
    assert refused.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in refused.headers) == (refused.status_code == 401)


async def test_what_the_database_keeps_opens_nothing(
    client: httpx.AsyncClient, admin: Headers, database_url: str
) -> None:
    """Neither what is kept of a key nor any other text of a dump is good as a key or token."""
    made = (
        await client.post(
            "/v1/access/keys", json={"name": "x", "scopes": ["addresses:read"]}, headers=admin
        )
    ).json()
    await client.post(f"/v1/access/keys/{made['id']}:rotate", json={}, headers=admin)
    secret = made["client_secret"]
    got = await client.post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": made["id"],
            "client_secret": secret,
        },
    )
    token = got.json()["access_token"]
    with psycopg.connect(database_url) as conn:
        tables = conn.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        dump = "\n".join(
            str(row)
            for (table,) in tables
            for row in conn.execute(f"SELECT t::text FROM {table} t".encode()).fetchall()
        )
        hashes = conn.execute("SELECT encode(secret_hash, 'hex') FROM api_key").fetchall()
        hashes += conn.execute("SELECT encode(token_hash, 'hex') FROM access_token").fetchall()
    assert made["id"] in dump
    assert secret not in dump
    assert token.removeprefix("adt_") not in dump
    for (kept,) in hashes:
        for text in (f"adr_{made['id']}_{kept}", f"adt_{kept}", kept):
            assert await status(client, text) == 401
    with psycopg.connect(database_url) as conn:
        actions = {each for (each,) in conn.execute("SELECT action FROM audit_entry").fetchall()}
    assert {"key.create", "key.rotate", "token.issue"} <= actions


async def test_a_secret_changed_without_grace_takes_its_tokens_along(
    client: httpx.AsyncClient, admin: Headers
) -> None:
    asked = {"name": "Bị lộ (giả định)", "roles": ["planner"]}
    made = (await client.post("/v1/access/keys", json=asked, headers=admin)).json()
    form = {
        "grant_type": "client_credentials",
        "client_id": made["id"],
        "client_secret": made["client_secret"],
    }
    stolen = (await client.post("/oauth/token", data=form)).json()["access_token"]
    path = f"/v1/access/keys/{made['id']}:rotate"
    await client.post(path, json={"grace_hours": 1}, headers=admin)
    assert await status(client, stolen) == 200
    await client.post(path, json={"grace_hours": 0}, headers=admin)
    assert await status(client, stolen) == 401


@pytest.mark.parametrize("sent", ["\0", "\0:\0", "x" * 5_000])
async def test_an_id_no_key_could_have_is_refused_as_any_other(
    client: httpx.AsyncClient, sent: str
) -> None:
    grant = {"grant_type": "client_credentials"}
    form = {**grant, "client_id": sent, "client_secret": "x"}
    assert (await client.post("/oauth/token", data=form)).json()["error"] == "invalid_client"
    basic = base64.b64encode(f"{sent}:x".encode()).decode()
    answer = await client.post(
        "/oauth/token", data=grant, headers={"Authorization": f"Basic {basic}"}
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
