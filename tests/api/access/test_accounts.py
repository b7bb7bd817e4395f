"""Accounts by API: nobody gives, or takes over, more than they have."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from registry_fixtures import IssueKey

from addrsvc.auth.model import Role, Scope
from addrsvc.auth.passwords import Passwords
from addrsvc.auth.permissions import scopes_of
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

PATH = "/v1/access/accounts"
LAN: dict[str, Any] = {"login": "Lan", "display_name": "  Trần  Thị Bịa ", "roles": ["field"]}


@pytest.fixture
async def manager(app: FastAPI, issue_key: IssueKey) -> dict[str, str]:
    """Give the headers of who may manage accounts, and do what field officers do."""
    app.state.passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    key = await issue_key(*scopes_of([Role.ADMIN, Role.SUPERVISOR]))
    return {"Authorization": f"Bearer {key}"}


async def test_an_account_from_opening_to_closing(
    client: httpx.AsyncClient, manager: dict[str, str], settings: Settings
) -> None:
    made = await client.post(PATH, json={**LAN, "areas": ["25747"]}, headers=manager)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    password = made.json()["password"]
    assert made.json()["display_name"] == "Trần Thị Bịa"
    listed = (await client.get(PATH, headers=manager)).json()["items"]
    assert [each["login"] for each in listed] == ["lan"]
    assert "password" not in {name for each in listed for name in each if name.endswith("word")}
    assert password not in str(listed)
    origin = {"Origin": "http://test"}
    form = {"login": "lan", "password": password}
    assert (await client.post("/sign-in", data=form, headers=origin)).status_code == 303
    assert "Hãy đổi mật khẩu" in (await client.get("/account")).text
    change = {"display_name": "Bịa", "roles": ["supervisor"], "scopes": ["audit:read"]}
    changed = await client.put(f"{PATH}/lan", json=change, headers=manager)
    assert (changed.json()["roles"], changed.json()["areas"]) == (["supervisor"], None)
    again = await client.post(f"{PATH}/LAN:set-password", headers=manager)
    assert again.json()["password"] not in {"", password}
    assert (await client.get("/account")).status_code == 303  # their session has ended
    closed = await client.post(f"{PATH}/lan:disable", headers=manager)
    assert closed.json()["disabled_at"] is not None
    assert (await client.post(f"{PATH}/lan:disable", headers=manager)).status_code == 200
    opened = await client.post(f"{PATH}/lan:enable", headers=manager)
    assert opened.json()["disabled_at"] is None
    assert (await client.get(f"{PATH}/lan", headers=manager)).json()["login"] == "lan"
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        noted = conn.execute("SELECT action FROM audit_entry WHERE action ~ '^account'").fetchall()
        kept = conn.execute("SELECT t::text FROM audit_entry t").fetchall()
    verbs = ("create", "sign_in", "change", "set_password", "disable", "enable")
    assert noted == [(f"account.{verb}",) for verb in verbs]
    assert password not in str(kept)


async def test_nobody_gives_or_takes_over_more_than_they_have(
    client: httpx.AsyncClient, manager: dict[str, str], issue_key: IssueKey
) -> None:
    async def refused(method: str, path: str, headers: dict[str, str], body: object) -> str:
        answer = await client.request(method, path, json=body, headers=headers)
        assert answer.status_code in {401, 403}, answer.text
        return str(answer.json()["type"])

    too_wide = "/problems/grant-too-wide"
    assert await refused("POST", PATH, manager, {**LAN, "roles": ["registrar"]}) == too_wide
    secret = {**LAN, "scopes": ["addresses:secret"]}
    assert await refused("POST", PATH, manager, secret) == too_wide
    everything = {"Authorization": f"Bearer {await issue_key(*Scope)}"}
    chief = {"login": "truong-phong", "display_name": "x", "roles": ["registrar"]}
    assert (await client.post(PATH, json=chief, headers=everything)).status_code == 201
    mine = f"{PATH}/truong-phong"
    lesser = {"display_name": "x", "roles": [], "scopes": [], "areas": None}
    assert await refused("PUT", mine, manager, lesser) == too_wide
    for act in ("set-password", "disable", "enable"):
        assert await refused("POST", f"{mine}:{act}", manager, None) == too_wide
    reader = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    for method, path, body in (
        ("GET", PATH, None),
        ("GET", mine, None),
        ("POST", PATH, LAN),
        ("PUT", mine, lesser),
        ("POST", f"{mine}:set-password", None),
        ("GET", "/v1/access/people", None),
        ("PUT", "/v1/access/people", None),
        ("POST", "/v1/access/people:revoke", None),
    ):
        given = body
        if path.startswith("/v1/access/people") and method != "GET":
            given = {"issuer": "so", "subject": "x"}
        kind = await refused(method, path, reader, given)
        assert kind in {"/problems/scope-missing", "/problems/issuer-unknown"}
        assert await refused(method, path, {}, given) == "/problems/not-signed-in"


async def test_what_is_no_account_is_told(
    client: httpx.AsyncClient, manager: dict[str, str]
) -> None:
    assert (await client.post(PATH, json=LAN, headers=manager)).status_code == 201
    again = await client.post(PATH, json={**LAN, "login": "LAN"}, headers=manager)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/account-exists")
    unknown = await client.get(f"{PATH}/nobody", headers=manager)
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/account-unknown")
    for change in (
        {"login": "l"},
        {"login": "lan anh"},
        {"login": "lân"},
        {"areas": ["1"]},
        {"areas": []},
        {"roles": ["king"]},
        {"password": "chosen by the caller"},
        {"disabled_at": None},
    ):
        answer = await client.post(PATH, json={**LAN, **change}, headers=manager)
        assert answer.status_code == 422, change


async def test_who_looks_after_some_communes_sees_nobody_of_others(
    client: httpx.AsyncClient, manager: dict[str, str], issue_key: IssueKey
) -> None:
    for login, areas in (("here", ["25747"]), ("there", ["25750"]), ("all", None)):
        asked = {"login": login, "display_name": "x", "roles": ["field"], "areas": areas}
        assert (await client.post(PATH, json=asked, headers=manager)).status_code == 201
    key = await issue_key(*scopes_of([Role.ADMIN, Role.FIELD]), areas=["25747"])
    local = {"Authorization": f"Bearer {key}"}
    listed = (await client.get(PATH, headers=local)).json()["items"]
    assert [each["login"] for each in listed] == ["here"]
    for login in ("there", "all"):
        for method, path in (
            ("GET", f"{PATH}/{login}"),
            ("POST", f"{PATH}/{login}:disable"),
            ("POST", f"{PATH}/{login}:set-password"),
        ):
            answer = await client.request(method, path, headers=local)
            assert answer.json()["type"] == "/problems/account-unknown", (method, path)
    assert (await client.post(f"{PATH}/here:disable", headers=local)).status_code == 200
