"""A dump of the database in wrong hands: nothing in it opens a door or names a person."""

from __future__ import annotations

import re
import subprocess

import httpx
import psycopg
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from registry_fixtures import IN_WEST, WEST, IssueKey
from service_settings import ENCRYPTION_KEY, service_settings

from addrsvc.auth.model import Scope
from addrsvc.auth.passwords import Passwords
from addrsvc.db.server_programs import ServerPrograms
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

HOLDER = {"name": "Trịnh Thị Chim Yến", "phone": "0977 123 450"}
"""An invented person."""
PASSWORD = "bốn con cá bơi ngược"
TYPED = "ChimSáoGõNhầmVàoÔ"
"""Typed where a login belongs: perhaps somebody's password."""


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(
        registry_url, encryption_keys=ENCRYPTION_KEY, webhook_allow="127.0.0.1/32"
    )


async def test_nothing_in_a_dump_opens_a_door_or_names_a_person(
    app: FastAPI, client: httpx.AsyncClient, issue_key: IssueKey, registry_url: str
) -> None:
    app.state.passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    key = await issue_key(*Scope)
    headers = {"Authorization": f"Bearer {key}"}

    async def post(path: str, body: object) -> dict[str, str]:
        answer = await client.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json())

    house = {"kind": "dwelling", "source": "thử", "position": IN_WEST, "holder": HOLDER}
    await post("/v1/addresses", {**house, "name": "Nhà thử"})
    made = await post("/v1/access/keys", {"name": "x", "scopes": ["addresses:read"]})
    turned = await post(f"/v1/access/keys/{made['id']}:rotate", {})
    device = await post("/v1/access/devices", {"name": "máy", "held_by": "nv", "areas": [WEST]})
    receiver = await post("/v1/webhooks", {"url": "https://127.0.0.1:8443/x"})
    account = await post("/v1/access/accounts", {"login": "lan", "display_name": "Lan Bịa"})
    token = await client.post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": made["id"],
            "client_secret": turned["client_secret"],
        },
    )
    origin = {"Origin": "http://test"}
    for login, password in ((TYPED, "x"), ("lan", "sai"), ("lan", account["password"])):
        form = {"login": login, "password": password}
        signed_in = await client.post("/sign-in", data=form, headers=origin)
    assert signed_in.status_code == 303
    cookies = dict(client.cookies.items())
    page = (await client.get("/account")).text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    form = {"csrf": found[1], "present": account["password"]}
    changed = {**form, "new": PASSWORD, "again": PASSWORD}
    done = await client.post("/account/password", data=changed, headers=origin)
    assert done.status_code == 303, done.text
    secrets = {
        "key of an operator": key.split("_", 2)[2],
        "secret of a key": made["client_secret"],
        "secret after a rotation": turned["client_secret"],
        "key of a device": device["key"].split("_", 2)[2],
        "token": token.json()["access_token"].removeprefix("adt_"),
        "secret of a receiver": receiver["secret"].removeprefix("whsec_"),
        "first password": account["password"],
        "password": PASSWORD,
        **{f"cookie {name}": value for name, value in cookies.items()},
        "form token": found[1],
        "typed for a login": TYPED.lower(),
        "name of a holder": HOLDER["name"],
        "phone of a holder": HOLDER["phone"],
        "digits of a phone": HOLDER["phone"].replace(" ", ""),
        "key of encryption": ENCRYPTION_KEY,
    }
    assert cookies
    assert all(len(each) > 8 for each in secrets.values())
    dump = _dump(registry_url)
    assert made["id"] in dump
    assert "Nhà thử" in dump
    assert [name for name, each in secrets.items() if each.lower() in dump.lower()] == []
    # what is dumped as bytes is written in hex
    as_hex = {name: each.encode().hex() for name, each in secrets.items()}
    assert [name for name, each in as_hex.items() if each in dump] == []
    with psycopg.connect(registry_url) as conn:
        kept = conn.execute("SELECT password_hash FROM account").fetchall()
    assert all(each.startswith("$argon2id$") for (each,) in kept)


def _dump(url: str) -> str:
    program = ServerPrograms.find().folder / "pg_dump"
    done = subprocess.run(  # noqa: S603 -- the server's own program
        [str(program), url], capture_output=True, text=True, check=True
    )
    return done.stdout
