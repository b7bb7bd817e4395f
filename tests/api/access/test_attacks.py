"""Attacks by name: guessed keys, the neighbour's district, walking through codes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import psycopg
import pytest
from access_table import TABLE, TARGETS, Asker
from access_world import STREETS, World, dump_of, outcome, running
from registry_fixtures import EAST, IN_WEST, WEST

from addrsvc.admin_units.units_in_memory import UnitsInMemory

WITHOUT_AREA = {"certified", "open_", "scoped", "form", "page", "never"}
"""Rules of routes that know no areas."""
ABOUT_MANY = {"resolved", "sought", "checked"}
"""Rules of routes that answer each of many, and write nothing."""


@pytest.fixture
def in_world(
    clone_database: Callable[[str], AbstractContextManager[str]],
    registry_template: str,
    make_units: Callable[[], UnitsInMemory],
) -> Callable[[Callable[[World, str], Awaitable[None]]], None]:
    """Give a runner of attacks on a world of their own."""

    def run(attack: Callable[[World, str], Awaitable[None]]) -> None:
        async def attacked(url: str) -> None:
            async with running(url, make_units()) as world:
                await attack(world, url)

        with clone_database(registry_template) as url:
            asyncio.run(attacked(url))

    return run


InWorld = Callable[[Callable[[World, str], Awaitable[None]]], None]


def test_in_the_wrong_district_nothing_is_changed(in_world: InWorld) -> None:
    """Every write of the table, meant in earnest, with all scopes but of another commune."""
    wrong: list[str] = []

    async def attack(world: World, url: str) -> None:
        scopes = frozenset().union(*(row.needs | row.along for row in TABLE))
        stranger = Asker("stranger", scopes, "east")
        await world.headers(stranger)
        before, noted = dump_of(url), len(_noted(url))
        for row in TABLE:
            if row.route.startswith("GET ") or row.rule.__name__ in WITHOUT_AREA:
                continue
            for target in row.targets:
                answer = await world.ask(row, stranger, target, in_earnest=True)
                if row.rule.__name__ not in ABOUT_MANY and outcome(answer) not in {"403", "404"}:
                    wrong.append(f"{row.name} {target}: {answer.status_code} {answer.text[:100]}")
        after = dump_of(url)
        # that somebody was refused is noted every few seconds, and is all that may be new
        changed = [table for table in before if after[table] != before[table]]
        wrong.extend(f"{each} changed" for each in changed if "audit_entry" not in each)
        wrong.extend(f"noted: {each}" for each in _noted(url)[noted:] if each != "request.make")

    in_world(attack)
    assert not wrong, "\n".join(wrong)


def _noted(url: str) -> list[str]:
    with psycopg.connect(url) as conn:
        found = conn.execute("SELECT action FROM audit_entry ORDER BY audit_id").fetchall()
        return [str(action) for (action,) in found]


def test_an_address_neither_leaves_nor_enters_ones_area(in_world: InWorld) -> None:
    """Of two communes before and after a write, both must be one's own."""

    async def attack(world: World, url: str) -> None:
        scopes = frozenset({"addresses:read", "addresses:write", "addresses:override"})
        here = await world.headers(Asker("here", scopes, "west"))
        there = await world.headers(Asker("there", scopes, "east"))
        acts = await world.headers(Asker("acts", scopes | {"acts:write"}, "west"))
        in_east = {"lon": 106.75, "lat": 10.95, "accuracy_m": 4.5, "method": "gnss"}
        path = f"/v1/addresses/{world.refs['public']}"
        before = dump_of(url)

        async def refused(headers: dict[str, str], method: str, path: str, body: Any) -> None:
            answer = await world.client.request(
                method, path, json=body, headers={**headers, "If-Match": "*"}
            )
            assert answer.status_code == 403, answer.text
            assert answer.json()["type"] == "/problems/area-forbidden"

        new = {"kind": "dwelling", "source": "thử", "position": in_east}
        moved = {"position": in_east}
        await refused(here, "PATCH", path, moved)
        await refused(here, "POST", f"{path}:change", moved)
        await refused(here, "POST", f"{path}:replace", {"reason": "thử", "by": new})
        await refused(here, "POST", "/v1/addresses", new)
        await refused(there, "PATCH", path, moved)
        into = [new, {**new, "position": {**IN_WEST, "lat": 10.99}}]
        await refused(here, "POST", f"{path}:split", {"reason": "thử", "into": into})
        merged = [{"code": world.refs["public"], "version": 1}]
        body = {"reason": "thử", "addresses": merged, "into": new}
        await refused(here, "POST", "/v1/addresses:merge", body)
        # a reorganisation of both communes is for somebody in charge of both
        naming = next(each.body for each in TABLE if each.route == "POST /v1/acts")
        both = {**naming, "communes": [WEST, EAST]}
        await refused(acts, "POST", "/v1/acts", both)
        assert dump_of(url) == before
        # what lies wholly within is done
        fine = await world.client.patch(
            path,
            json={"position": {**IN_WEST, "lon": 106.611}},
            headers={**here, "If-Match": "*"},
        )
        assert fine.status_code == 200, fine.text

    in_world(attack)


def test_bulk_acts_are_listed_to_those_in_charge_of_all_their_communes(in_world: InWorld) -> None:
    async def attack(world: World, _: str) -> None:
        naming = next(each.body for each in TABLE if each.route == "POST /v1/acts")
        everybody = frozenset({"addresses:read", "acts:write"})
        headers = await world.headers(Asker("all", everybody))
        both = {**naming, "communes": [WEST, EAST]}
        made = await world.client.post("/v1/acts", json=both, headers=headers)
        assert made.status_code == 201, made.text
        wide, local = made.json()["act_id"], int(world.names["naming"])

        async def listed(area: str | None) -> set[int]:
            asker = await world.headers(Asker("x", everybody, area))
            answer = await world.client.get("/v1/acts", headers=asker)
            return {each["act_id"] for each in answer.json()["items"]}

        assert {wide, local} <= await listed(None)
        assert local in await listed("west")
        assert wide not in await listed("west")
        assert await listed("east") == set()
        west = await world.headers(Asker("x", everybody, "west"))
        for path in (f"/v1/acts/{wide}", f"/v1/acts/{wide}/preview"):
            assert (await world.client.get(path, headers=west)).status_code in {403, 404}
        assert (await world.client.get(f"/v1/acts/{local}", headers=west)).status_code == 200

    in_world(attack)


def test_a_preview_counts_secret_addresses_and_names_none(in_world: InWorld) -> None:
    async def attack(world: World, _: str) -> None:
        scopes = frozenset({"addresses:read", "addresses:write", "acts:write"})
        headers = await world.headers(Asker("acts", scopes))
        number = str(TARGETS.index("secret") + 1)
        twin = {
            "kind": "dwelling",
            "source": "thử",
            "position": {**IN_WEST, "lon": 106.66, "lat": 10.91},
            "components": {"house_number": number, "thoroughfare": STREETS["public"]},
        }
        made = await world.client.post("/v1/addresses", json=twin, headers=headers)
        assert made.status_code == 201, made.text
        naming = next(each.body for each in TABLE if each.route == "POST /v1/acts")
        same = {**naming, "communes": [WEST], "old": STREETS["secret"], "new": STREETS["public"]}
        planned = await world.client.post("/v1/acts", json=same, headers=headers)
        path = f"/v1/acts/{planned.json()['act_id']}/preview"
        told = (await world.client.get(path, headers=headers)).json()
        assert told["concerned"] == 1
        assert world.refs["secret"] not in str(told)
        assert told["warnings"]["collisions"]["count"] == 1
        assert "…" in told["warnings"]["collisions"]["first"][0]
        named = await world.headers(Asker("named", scopes | {"addresses:secret"}))
        told = (await world.client.get(path, headers=named)).json()
        assert world.refs["secret"] in str(told["warnings"]["collisions"]["first"])

    in_world(attack)


def test_unknown_and_not_public_look_the_same(in_world: InWorld) -> None:
    """Walking through codes tells nothing of addresses one may not see: not even that they are."""

    async def attack(world: World, _: str) -> None:
        unknown = _unused_code(set(world.refs.values()))
        stranger = Asker("stranger", frozenset({"addresses:read", "addresses:write"}), "east")
        for asker in (Asker("anonymous", kind="anonymous"), stranger):
            headers = {**await world.headers(asker), "If-Match": "*"}
            for method, path in (
                ("GET", "/v1/addresses/{code}"),
                ("GET", "/v1/addresses/{code}?known_at=2026-01-01"),
                ("GET", "/v1/addresses/{code}/identifiers"),
                ("GET", "/v1/addresses/{code}/history"),
                ("GET", "/v1/addresses/{code}/diff"),
                ("GET", "/v1/addresses/{code}/findings"),
                ("GET", "/v1/addresses/{code}/holder?purpose=verify-address"),
                ("GET", "/v1/identifiers/code/{code}"),
                ("GET", "/v1/codes/{code}"),
                ("GET", "/a/{code}"),
                ("GET", "/?code={code}"),
                ("POST", "/v1/addresses/{code}:reserve"),
            ):
                told = {}
                for name, code in {**world.refs, "unknown": unknown}.items():
                    if name in {"public", "proposed"}:
                        continue
                    asked = path.replace("{code}", code)
                    body = {} if method == "POST" else None
                    answer = await world.client.request(method, asked, json=body, headers=headers)
                    told[name] = _told(answer, code)
                assert len(set(told.values())) == 1, (asker.name, path, told)

    in_world(attack)


def _unused_code(taken: set[str]) -> str:
    return next(code for n in range(100) if (code := f"75123{n:05d}") not in taken)


def _told(answer: httpx.Response, code: str) -> tuple[int, str, str]:
    """Give what an answer tells, but for the code asked about and the request's own number."""
    from addrsvc.codes.code import DigitalCode  # noqa: PLC0415

    text = answer.text
    own = DigitalCode.of(code)
    for each in (own.plate, own.printed, own.text, answer.headers.get("x-request-id", "-")):
        text = text.replace(each, "·")
    if "json" in answer.headers["content-type"]:
        body = answer.json()
        for name in ("request_id", "check_digit"):
            body.pop(name, None)
        text = str({key: "·" if key in {"code", "plate", "printed"} else body[key] for key in body})
        for each in (own.plate, own.printed, own.text):
            text = text.replace(each, "·")
    else:
        text = "".join(line for line in text.splitlines() if "nonce" not in line)
    return answer.status_code, answer.headers["content-type"], text


def test_nothing_near_a_key_opens(in_world: InWorld) -> None:
    async def attack(world: World, _: str) -> None:
        headers = await world.headers(Asker("one", frozenset({"addresses:read"})))
        other = await world.headers(Asker("other", frozenset({"addresses:read", "audit:read"})))
        key, another = (each["Authorization"].removeprefix("Bearer ") for each in (headers, other))
        prefix, key_id, secret = key.split("_", 2)
        near = [f"{key[:at]}{'A' if key[at] != 'A' else 'B'}{key[at + 1 :]}" for at in range(4, 56)]
        near += [key[:-1], f"{key}A", key.upper(), secret, f"{prefix}_{key_id}_", f"adt_{secret}"]
        near += [f"{prefix}_{key_id}_{another.split('_', 2)[2]}", f"Bearer {key}", "' OR '1'='1"]
        near += [
            f"{prefix}_{key_id}_{'A' * 43}",
            f"{prefix}_00000000_{secret}",
            "a.b.c",
            "adt_",
            "é",
        ]
        for each in near:
            sent = {"Authorization": f"Bearer {each}".encode()}
            answer = await world.client.get("/v1/addresses", headers=sent)
            assert answer.status_code == 401, each
            assert key not in answer.text
        for scheme in ("Basic", "Token", "bearer bearer", ""):
            sent = {"Authorization": f"{scheme} {key}".encode()}
            answer = await world.client.get("/v1/addresses/7512300000", headers=sent)
            assert answer.status_code == 401, scheme
        good = await world.client.get("/v1/addresses", headers={"Authorization": f"bearer {key}"})
        assert good.status_code == 200

    in_world(attack)
