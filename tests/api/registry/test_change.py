"""Correcting and retiring: versions, preconditions, codes for positioned proposals, history."""

from __future__ import annotations

import asyncio

import httpx
import psycopg
import pytest
from registry_fixtures import IN_EAST, IN_WEST, WEST

pytestmark = pytest.mark.anyio

HOUSE = {
    "kind": "dwelling",
    "source": "field",
    "position": IN_WEST,
    "components": {"house_number": "1", "thoroughfare": "Đường Mẫu"},
}


async def register(
    client: httpx.AsyncClient, writer: dict[str, str], **change: object
) -> dict[str, object]:
    body = {key: value for key, value in {**HOUSE, **change}.items() if value is not None}
    answer = await client.post("/v1/addresses", json=body, headers=writer)
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


async def test_correction_makes_a_new_version_and_keeps_the_old(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    code = (await register(client, writer))["code"]
    path = f"/v1/addresses/{code}"
    answer = await client.patch(
        path,
        json={"components": {"house_number": "1A"}, "reason": "đo lại"},
        headers={**writer, "If-Match": '"1"'},
    )
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["code"] == code
    assert answer.json()["label"].startswith("1A, Phường Tây")
    assert answer.json()["position"]["lon"] == IN_WEST["lon"]
    versions = (await client.get(f"{path}/history", headers=writer)).json()["versions"]
    assert [each["version"] for each in versions] == [1, 2]
    assert versions[0]["recorded_to"] == versions[1]["recorded_from"]
    assert [each["act"] for each in versions] == ["assign", "correct"]
    assert versions[1]["reason"] == "đo lại"


async def test_changes_need_the_version_they_are_made_on(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    path = f"/v1/addresses/{(await register(client, writer))['code']}"
    change = {"name": "x"}
    missing = await client.patch(path, json=change, headers=writer)
    assert (missing.status_code, missing.json()["type"]) == (428, "/problems/if-match-missing")
    foreign = await client.patch(path, json=change, headers={**writer, "If-Match": '"abc"'})
    assert foreign.status_code == 412
    first = await client.patch(path, json=change, headers={**writer, "If-Match": '"1"'})
    assert first.status_code == 200
    stale = await client.patch(path, json={"name": "y"}, headers={**writer, "If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]) == (412, 2)
    whatever = await client.patch(path, json={"name": "y"}, headers={**writer, "If-Match": "*"})
    assert whatever.status_code == 200


async def test_two_at_once_on_one_version_cannot_both_win(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    path = f"/v1/addresses/{(await register(client, writer))['code']}"
    answers = await asyncio.gather(
        *(
            client.patch(path, json={"name": f"n{i}"}, headers={**writer, "If-Match": '"1"'})
            for i in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]


async def test_correcting_nothing_writes_nothing(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    path = f"/v1/addresses/{(await register(client, writer))['code']}"
    answer = await client.patch(
        path,
        json={"components": HOUSE["components"], "position": IN_WEST},
        headers={**writer, "If-Match": '"1"'},
    )
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')


async def test_positioned_proposal_gets_its_code(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    made = await register(client, writer, position=None, commune_code=WEST)
    answer = await client.patch(
        f"/v1/addresses/{made['ref']}",
        json={"position": IN_EAST},
        headers={**writer, "If-Match": '"1"'},
    )
    body = answer.json()
    assert (body["status"], body["code"][:5], body["version"]) == ("current", "75124", 2)
    assert (await client.get(f"/v1/addresses/{body['code']}")).status_code == 200


async def test_reserved_code_stays_when_positioned(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    made = await register(
        client, writer, position=None, commune_code=WEST, code="9999900002", issuer="VNPost"
    )
    assert made["status"] == "reserved"
    answer = await client.patch(
        "/v1/addresses/99999-00002", json={"position": IN_WEST}, headers={**writer, "If-Match": "*"}
    )
    assert (answer.json()["status"], answer.json()["code"]) == ("current", "9999900002")


async def test_moving_into_another_commune_moves_the_commune_not_the_code(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    made = await register(client, writer)
    answer = await client.patch(
        f"/v1/addresses/{made['code']}",
        json={"position": IN_EAST},
        headers={**writer, "If-Match": "*"},
    )
    assert (answer.json()["code"], answer.json()["commune"]["code"]) == (made["code"], "25750")


async def test_retired_code_answers_with_its_successors(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    old = (await register(client, writer, valid_from="2025-09-01"))["code"]
    parts = [{"house_number": number, "thoroughfare": "Mẫu"} for number in ("7A", "7B")]
    new = [str((await register(client, writer, components=each))["code"]) for each in parts]
    answer = await client.post(
        f"/v1/addresses/{old}:retire",
        json={
            "reason": "tách thửa",
            "successors": new,
            "relation": "split",
            "on": "2025-12-01",
        },
        headers={**writer, "If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    found = await client.get(f"/v1/addresses/{old}")
    assert (found.status_code, found.json()["status"]) == (200, "retired")
    assert sorted(each["code"] for each in found.json()["successors"]) == sorted(new)
    history = await client.get(f"/v1/addresses/{old}/history", headers=writer)
    told = [
        (each["version"], each["status"], each["valid_from"], each["valid_to"])
        for each in history.json()["versions"]
    ]
    assert told == [
        (1, "current", "2025-09-01", None),
        (2, "current", "2025-09-01", "2025-12-01"),
        (3, "retired", "2025-12-01", None),
    ]
    again = await client.post(
        f"/v1/addresses/{old}:retire", json={"reason": "x"}, headers={**writer, "If-Match": "*"}
    )
    assert (again.status_code, again.json()["type"]) == (409, "/problems/transition-refused")


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"reason": "x", "successors": ["7512300000"]}, "successor-not-found"),
        ({"reason": "x", "successors": ["self"]}, "successor-not-found"),
        ({"reason": "x", "on": "2030-01-01"}, "date-refused"),
        ({"reason": "x", "on": "2025-01-01"}, "date-refused"),
        ({"reason": "  "}, "field-invalid"),
        ({}, "request-invalid"),
    ],
)
async def test_impossible_retirements_are_refused(
    client: httpx.AsyncClient, writer: dict[str, str], body: dict[str, object], slug: str
) -> None:
    code = str((await register(client, writer))["code"])
    if body.get("successors") == ["self"]:
        body = {**body, "successors": [code]}
    answer = await client.post(
        f"/v1/addresses/{code}:retire", json=body, headers={**writer, "If-Match": "*"}
    )
    assert answer.json()["type"] == f"/problems/{slug}"


async def test_rejected_proposal_has_no_code_and_stays_on_record(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    ref = (await register(client, writer, position=None, commune_code=WEST))["ref"]
    answer = await client.post(
        f"/v1/addresses/{ref}:retire", json={"reason": "trùng"}, headers={**writer, "If-Match": "*"}
    )
    assert (answer.json()["status"], answer.json()["code"]) == ("rejected", None)


async def test_idempotency_key_answers_a_repeat_with_the_first_answer(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    keyed = {**writer, "Idempotency-Key": "0f0e-1"}
    first, second = [await client.post("/v1/addresses", json=HOUSE, headers=keyed) for _ in "12"]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert first.headers["etag"] == second.headers["etag"]
    other = await client.post("/v1/addresses", json={**HOUSE, "name": "khác"}, headers=keyed)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/idempotency-key-reused")
    bad = await client.post(
        "/v1/addresses", json=HOUSE, headers={**writer, "Idempotency-Key": "x" * 129}
    )
    assert bad.json()["type"] == "/problems/idempotency-key-invalid"


async def test_a_key_is_good_for_ever_though_its_answer_is_not_kept(
    client: httpx.AsyncClient, writer: dict[str, str], registry_url: str
) -> None:
    keyed = {**writer, "Idempotency-Key": "a-year-ago"}
    first = await client.post("/v1/addresses", json=HOUSE, headers=keyed)
    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE idempotency_key SET body = NULL")
    again = await client.post("/v1/addresses", json=HOUSE, headers=keyed)
    assert (again.status_code, again.json()) == (201, {"forgotten": True})
    assert again.headers["location"] == first.headers["location"]


async def test_one_key_at_once_makes_one_address(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    keyed = {**writer, "Idempotency-Key": "at-once"}
    answers = await asyncio.gather(
        *(client.post("/v1/addresses", json=HOUSE, headers=keyed) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1


async def test_a_refused_request_does_not_use_up_its_key(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    keyed = {**writer, "Idempotency-Key": "later"}
    bad = {**HOUSE, "position": {**IN_WEST, "lon": 110.0}}
    assert (await client.post("/v1/addresses", json=bad, headers=keyed)).status_code == 422
    assert (await client.post("/v1/addresses", json=HOUSE, headers=keyed)).status_code == 201
