"""What must stay private is planted as canaries, and looked for in all that comes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from access_table import ANONYMOUS, TABLE, TARGETS, Asker
from access_world import (
    ASKER,
    HOLDER,
    HOME,
    IN_DOSSIER,
    PERSON,
    STREETS,
    World,
    dump_of,
    running,
)
from service_settings import service_settings

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.registry.bulk.exporting import ExportFilter, export_file

Make = Callable[[str], AbstractContextManager[str]]

NO_PERSON = frozenset(
    {"addresses:read", "addresses:write", "events:read", "webhooks:write", "audit:read"}
)
"""A key that reads much, and no people."""
WRONG = (
    "/v1/addresses/{ref}?valid_at=2020-01-01",
    "/v1/addresses/{ref}/history?valid_at=x",
    "/v1/addresses/{ref}/diff?from=1&to=9",
    "/v1/addresses/{ref}/holder",
    "/v1/identifiers/plus-code/{ref}",
    "/v1/autocomplete?q=Chim",
    "/v1/autocomplete?q=Đường",
    "/v1/geocode?q={line}&limit=x",
    "/v1/addresses?commune={west}&bbox=1",
    "/a/{code}",
    "/?code={code}",
    "/no/such/page/{ref}",
)
"""Questions that go wrong, and pages: problem documents must not tell either."""


READS = {"never", "resolved", "sought", "checked"}
"""Rules of routes that are asked by POST, and write nothing."""
DOSSIER = "/v1/dossiers/H09.12-260110-0002"

BY_DEVICE = {"by_device", "by_device_here"}
"""Rules of routes that only devices are answered on."""
DEVICE = Asker("device", frozenset({"addresses:read", "addresses:write"}), "west", "device")

ASKED_FOR = {"code", "confidence", "description", "expires_at", "first", "issuer", "last", "name"}
ASKED_FOR |= {
    "assigned_to",
    "code_list",
    "decision_number",
    "id",
    "is_synthetic",
    "leave_out",
    "locality",
    "note",
    "number",
    "place",
    "reason",
    "repairs",
    "title",
    "url",
}
ASKED_FOR |= {"version"}
"""Fields of commands that columns are named after; everything else is the database's own."""


async def crawl(world: World, asker: Asker) -> dict[str, str]:
    """Ask every route that answers without a change, of every target; give all that came."""
    heard: dict[str, str] = {}
    for row in TABLE:
        is_read = row.route.startswith("GET ") or row.rule.__name__ in READS
        for target in TARGETS if is_read or asker == ANONYMOUS else ():
            answer = await world.ask(row, asker, target)
            heard[f"{row.name} {target}"] = f"{answer.headers} {answer.text}"
    headers = await world.headers(asker)
    for path in WRONG:
        for target in TARGETS:
            answer = await world.client.get(world.filled(path, target), headers=headers)
            heard[f"{path} {target}"] = f"{answer.headers} {answer.text}"
    return heard


def found(canaries: Mapping[str, str], heard: Mapping[str, str]) -> list[str]:
    """Say which canaries sing, and where."""
    return [
        f"{name} in {where}"
        for where, text in heard.items()
        for name, canary in canaries.items()
        if canary in text
    ]


async def plant(world: World) -> dict[str, str]:
    """Plant what else is private; give all canaries nobody may hear."""
    everything = Asker("everything", frozenset(each.value for each in Scope))
    headers = await world.headers(everything)
    account = await world.client.post(
        "/v1/access/accounts",
        json={"login": "chim-cat", "display_name": PERSON},
        headers=headers,
    )
    assert account.status_code == 201, account.text
    receiver = await world.client.post(
        "/v1/webhooks", json={"url": "https://127.0.0.1:8443/chim"}, headers=headers
    )
    assert receiver.status_code == 201, receiver.text
    key = await world.client.post(
        "/v1/access/keys", json={"name": "x", "scopes": ["addresses:read"]}, headers=headers
    )
    assert key.status_code == 201, key.text
    request = await world.client.post(
        "/v1/persons/requests", json={"kind": "access", "name": ASKER}, headers=headers
    )
    assert request.status_code == 201, request.text
    await _bring_in(world, headers)
    return {
        "address in a dossier": IN_DOSSIER,
        "who asks what is kept of them": ASKER,
        "name of a holder": HOLDER["name"],
        "phone of a holder": HOLDER["phone"],
        "digits of a phone": HOLDER["phone"].replace(" ", ""),
        "person of an account": PERSON,
        "password": account.json()["password"],
        "secret of a receiver": receiver.json()["secret"],
        "secret of a key": key.json()["client_secret"],
        "street of a secret address": STREETS["secret"],
    }


def test_nothing_private_comes_out(
    clone_database: Make,
    registry_template: str,
    make_units: Callable[[], UnitsInMemory],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    sung: list[str] = []
    heard_at_all = 0

    async def listen(url: str) -> None:
        nonlocal heard_at_all
        async with running(url, make_units()) as world:
            kept = await plant(world)
            not_public = {
                "name of a home": HOME,
                "street of a restricted address": STREETS["restricted"],
                "street of a proposal": STREETS["proposed"],
            }
            heard = await crawl(world, ANONYMOUS)
            # what was asked is said back: the question is no answer
            echoes = {each for each in heard if "{line}" in each or "POST /v1/validate" in each}
            echoes |= {each for each in heard if each.startswith(("GET /v1/auto", "GET /v1/geo"))}
            echoes |= {each for each in heard if "/batch judged" in each}
            sung.extend(found({**kept, **not_public}, _without(heard, echoes)))
            private = {name: each for name, each in kept.items() if "street" not in name}
            sung.extend(found({**private, "name of a home": HOME}, heard))
            reader = await crawl(world, Asker("reader", NO_PERSON))
            sung.extend(found(kept, _without(reader, echoes)))
            sung.extend(found(private, reader))
            heard_at_all = len(heard) + len(reader)
            sung.extend(found(kept, {"export": await _export(url, tmp_path)}))
            dump = dump_of(url)
            logs = {table: dump[table] for table in dump if "event" in table or "audit" in table}
            assert len(logs) >= 2
            sung.extend(found({**private, "name of a home": HOME}, logs))
            plain = {"person of an account", "address in a dossier"}
            sealed = {name: each for name, each in private.items() if name not in plain}
            sung.extend(found(sealed, dump))
            await _prove_that_they_can_sing(world)

    with clone_database(registry_template) as url:
        asyncio.run(listen(url))
    out, err = capfd.readouterr()
    kept_out = {"holder": HOLDER["name"], "phone": HOLDER["phone"], "home": HOME, "person": PERSON}
    kept_out["dossier"] = IN_DOSSIER
    sung.extend(found({**kept_out, "street": STREETS["secret"]}, {"logs": out + err}))
    assert not sung, f"{len(sung)} of {heard_at_all}:\n" + "\n".join(sung[:60])
    assert heard_at_all > 500


async def _bring_in(world: World, headers: Mapping[str, str]) -> None:
    """Bring a dossier in that says where somebody lives, once names can be read."""
    body = {"addresses": [{"role": "residence_permanent", "text": IN_DOSSIER}]}
    async with asyncio.timeout(60):
        while True:
            answer = await world.client.put(DOSSIER, json=body, headers=headers)
            if answer.status_code != 503:
                break
            await asyncio.sleep(0.05)
    assert answer.status_code == 201, answer.text


def _without(heard: Mapping[str, str], some: set[str]) -> dict[str, str]:
    return {where: text for where, text in heard.items() if where not in some}


async def _export(url: str, folder: Path) -> str:
    engine = make_engine(service_settings(url))
    reader = Principal("key:test", frozenset(Scope(each) for each in NO_PERSON))
    path = folder / "all.csv"
    await export_file(path, ExportFilter(), engine=engine, principal=reader, clock=SystemClock())
    await engine.dispose()
    text = path.read_text(encoding="utf-8-sig")
    assert STREETS["public"] in text
    return text


async def _prove_that_they_can_sing(world: World) -> None:
    """Show that each canary is heard by who may hear it, so that silence means something."""
    asker = Asker("all", frozenset({"holders:read", "addresses:read", "addresses:secret"}))
    headers = await world.headers(asker)
    path = world.filled("/v1/addresses/{ref}/holder?purpose={purpose}", "public")
    holder = (await world.client.get(path, headers=headers)).json()["holder"]
    assert holder == HOLDER
    secret = await world.client.get(f"/v1/addresses/{world.refs['secret']}", headers=headers)
    assert STREETS["secret"] in secret.text
    assert HOME in secret.text
    assert found({"x": STREETS["secret"]}, {"lookup": secret.text}) == ["x in lookup"]
    office = await world.headers(Asker("office", frozenset({"dossiers:read"})))
    assert IN_DOSSIER in (await world.client.get(DOSSIER, headers=office)).text


def test_nobody_writes_what_the_database_keeps_for_itself(
    clone_database: Make, registry_template: str, make_units: Callable[[], UnitsInMemory]
) -> None:
    """Every column of every table, sent along with every command: refused, and nothing changed."""
    wrong: list[str] = []
    asked = 0

    async def inject(url: str) -> None:
        nonlocal asked
        everything = Asker("everything", frozenset(each.value for each in Scope))
        async with running(url, make_units()) as world:
            columns = _columns(url)
            by_all = {**await world.headers(everything), "If-Match": "*"}
            by_device = {**await world.headers(DEVICE), "If-Match": "*"}
            before = dump_of(url)
            for row in TABLE:
                if not isinstance(row.body, dict):
                    continue
                headers = by_device if row.rule.__name__ in BY_DEVICE else by_all
                method, template = row.route.split(" ")
                path = world.filled(row.path or template, "public").replace("?dry_run=true", "")
                body = world.filled(row.body, "public")
                for where, said in _places(body):
                    extra = [each for each in columns if each not in said]
                    for some in (extra[at : at + 30] for at in range(0, len(extra), 30)):
                        sent = _with(body, where, dict.fromkeys(some, "1"))
                        answer = await world.client.request(
                            method, path, json=sent, headers=headers
                        )
                        asked += 1
                        problem = _refusal(answer)
                        told = {each["pointer"].rpartition("/")[2] for each in problem["errors"]}
                        known = set(some) - told
                        if problem["status"] != 422 or not known <= ASKED_FOR:
                            wrong.append(f"{row.name} at {where}: {answer.status_code} {known}")
            if dump_of(url) != before:
                wrong.append("something was written")

    with clone_database(registry_template) as url:
        asyncio.run(inject(url))
    assert not wrong, "\n".join(wrong[:40])
    assert asked > 100


def _refusal(answer: httpx.Response) -> dict[str, Any]:
    """Give the problem of an answer, or that of the one item of a batch."""
    body = dict(answer.json())
    return dict(body["items"][0]["problem"]) if "receipt" in body else body


def _columns(url: str) -> list[str]:
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            "SELECT DISTINCT column_name FROM information_schema.columns"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        ).fetchall()
    return [name for (name,) in rows]


def _places(body: Any, at: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Give every object of a body, with the way to it."""
    if isinstance(body, list):
        return [each for n, inner in enumerate(body) for each in _places(inner, (*at, n))]
    if not isinstance(body, dict):
        return []
    inner = [each for name, value in body.items() for each in _places(value, (*at, name))]
    return [(at, body), *inner]


def _with(body: Any, where: tuple[Any, ...], more: Mapping[str, Any]) -> Any:
    """Give a body with more said in one of its objects."""
    if not where:
        return {**body, **more}
    first, rest = where[0], where[1:]
    if isinstance(body, list):
        return [_with(each, rest, more) if n == first else each for n, each in enumerate(body)]
    return {**body, first: _with(body[first], rest, more)}
