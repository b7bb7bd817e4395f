"""Assigning through the API: what comes back, what is refused, and in whose language."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import httpx
import psycopg
import pytest
from registry_fixtures import IN_EAST, IN_NORTH, IN_WEST, NO_PREFIX, WEST

from addrsvc.codes.code import DigitalCode
from addrsvc.codes.permutation import suffix_at

pytestmark = pytest.mark.anyio

DWELLING: dict[str, Any] = {
    "kind": "dwelling",
    "source": "field",
    "position": IN_WEST,
    "components": {"house_number": "123/45/6A", "thoroughfare": "Đường  Lê Hồng Phong"},
}


def numbered(number: int) -> dict[str, object]:
    """Give the body of a row house beside the others: another number."""
    return {**DWELLING, "components": {**DWELLING["components"], "house_number": str(number)}}


async def test_positioned_address_gets_a_code_of_its_communes_prefix(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    answer = await client.post("/v1/addresses", json=DWELLING, headers=writer)
    assert answer.status_code == 201
    body = answer.json()
    code = DigitalCode.of(body["code"])
    assert code.prefix == "75123"
    assert (body["printed"], body["plate"]) == (code.printed, code.plate)
    assert body["status"] == "current"
    assert body["commune"]["code"] == WEST
    assert body["label"] == "123/45/6A Đường Lê Hồng Phong, Phường Tây, Thành phố Mẫu"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/v1/addresses/{code.text}"


async def test_neighbours_get_unrelated_codes(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    codes = set()
    for number in range(1, 6):
        answer = await client.post("/v1/addresses", json=numbered(number), headers=writer)
        codes.add(int(answer.json()["code"]))
    assert len(codes) == 5
    ordered = sorted(codes)
    assert min(b - a for a, b in pairwise(ordered)) > 1


async def test_without_position_it_is_proposed_and_codeless(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    answer = await client.post(
        "/v1/addresses",
        json={"kind": "dwelling", "source": "list", "commune_code": WEST},
        headers=writer,
    )
    body = answer.json()
    assert answer.status_code == 201
    assert (body["status"], body["code"], body["ref"][0]) == ("proposed", None, "p")
    assert body["position"]["method"] == "commune_centre"
    assert body["position"]["accuracy_m"] == pytest.approx(6198, abs=2)


async def test_given_code_is_adopted_with_its_issuer(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    given = {**DWELLING, "code": "99999-00001", "issuer": "VNPost"}
    first = await client.post("/v1/addresses", json=given, headers=writer)
    again = await client.post("/v1/addresses", json=given, headers=writer)
    assert (first.status_code, first.json()["code"]) == (201, "9999900001")
    assert first.json()["issuer"] == "VNPost"
    assert (again.status_code, again.json()["type"]) == (409, "/problems/code-taken")


async def test_allocation_steps_over_adopted_codes(
    client: httpx.AsyncClient, writer: dict[str, str], registry_url: str
) -> None:
    second = "75123" + suffix_at("75123", bytes([1]) * 32, 1)
    await client.post(
        "/v1/addresses",
        json={**DWELLING, "code": second, "issuer": "VNPost"},
        headers=writer,
    )
    drawn = [
        (await client.post("/v1/addresses", json=numbered(number), headers=writer)).json()["code"]
        for number in (1, 2)
    ]
    assert second not in drawn
    with psycopg.connect(registry_url) as conn:
        row = conn.execute("SELECT next_counter FROM code_prefix WHERE prefix = '75123'").fetchone()
    assert row == (3,)


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"position": {**IN_WEST, "lon": 110.0}}, "outside-coverage"),
        ({"commune_code": "25750"}, "outside-commune"),
        ({"position": None}, "nothing-to-locate"),
        ({"position": None, "commune_code": "00000"}, "commune-unknown"),
        ({"position": {**IN_WEST, "lat": 10.85}}, "no-prefix"),
        ({"code": "75123-04827-3", "issuer": "VNPost"}, "check-digit-wrong"),
        ({"code": "9999900001"}, "issuer-missing"),
        ({"parent": "7512300000"}, "parent-not-found"),
        ({"components": {"house_number": "12\u0007"}}, "field-invalid"),
        ({"valid_from": "2026-01-16"}, "date-refused"),
    ],
)
async def test_refusals_name_the_problem(
    client: httpx.AsyncClient, writer: dict[str, str], change: dict[str, object], slug: str
) -> None:
    answer = await client.post("/v1/addresses", json={**DWELLING, **change}, headers=writer)
    assert answer.json()["type"] == f"/problems/{slug}"
    assert 400 <= answer.status_code < 500
    page = await client.get(answer.json()["type"])
    assert page.json()["status"] == answer.status_code


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"position": {**IN_WEST, "lon": 500}}, "/position/lon"),
        ({"position": {**IN_WEST, "accuracy_m": 0}}, "/position/accuracy_m"),
        ({"kind": "castle"}, "/kind"),
        ({"colour": "red"}, "/colour"),
        ({"commune_code": "x"}, "/commune_code"),
        ({"source": ""}, "/source"),
    ],
)
async def test_field_errors_point_at_the_field_in_both_languages(
    client: httpx.AsyncClient, writer: dict[str, str], change: dict[str, object], pointer: str
) -> None:
    texts = set()
    for language in ("vi", "en"):
        answer = await client.post(
            "/v1/addresses",
            json={**DWELLING, **change},
            headers={**writer, "Accept-Language": language},
        )
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == pointer
        assert answer.headers["content-language"] == language
        texts.add(error["detail"])
    assert len(texts) == 2


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind": "dwelling", "position": {"lon": NaN, "lat": 1, "accuracy_m": 1}}',
        b'{"kind": "dwelling", "source": "\xff\xfe"}',
        b'{"kind": "dwelling',
        b"",
        b"[]",
        b"null",
        b'{"position": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
async def test_broken_bodies_are_refused_not_crashed(
    client: httpx.AsyncClient, writer: dict[str, str], body: bytes
) -> None:
    answer = await client.post(
        "/v1/addresses", content=body, headers={**writer, "Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_huge_body_is_refused_without_reading_on(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    sent = 0

    async def stream() -> object:
        nonlocal sent
        for _ in range(100):
            sent += 1_000_000
            yield b" " * 1_000_000

    declared = await client.post("/v1/addresses", content=b" " * 2_000_000, headers=writer)
    streamed = await client.post("/v1/addresses", content=stream(), headers=writer)
    assert (declared.status_code, streamed.status_code) == (413, 413)
    assert sent <= 3_000_000
    assert streamed.json()["limit_bytes"] == 1_000_000


async def test_writing_needs_a_key_with_the_scope(client: httpx.AsyncClient) -> None:
    nobody = await client.post("/v1/addresses", json=DWELLING)
    wrong = await client.post(
        "/v1/addresses", json=DWELLING, headers={"Authorization": "Bearer adr_x"}
    )
    assert (nobody.status_code, nobody.json()["type"]) == (401, "/problems/not-signed-in")
    assert nobody.headers["www-authenticate"] == "Bearer"
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/key-refused")


async def test_indicative_cell_does_not_overrule_a_near_stated_commune(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    stated = {**DWELLING, "position": IN_NORTH, "commune_code": WEST}
    near = await client.post("/v1/addresses", json=stated, headers=writer)
    assert near.json()["commune"]["code"] == WEST
    plain = await client.post(
        "/v1/addresses", json={**numbered(7), "position": IN_NORTH}, headers=writer
    )
    assert plain.json()["commune"]["code"] == "25942"


async def test_parts_know_their_building(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    building = (await client.post("/v1/addresses", json=DWELLING, headers=writer)).json()
    room = {
        **DWELLING,
        "kind": "boarding_room",
        "parent": building["printed"],
        "components": {"unit": "Phòng 5"},
    }
    part = (await client.post("/v1/addresses", json=room, headers=writer)).json()
    assert part["parent"] == building["code"]
    parts = await client.get("/v1/addresses", params={"parent": building["code"]}, headers=writer)
    assert [each["code"] for each in parts.json()["items"]] == [part["code"]]


async def test_event_and_audit_are_in_the_same_transaction(
    client: httpx.AsyncClient, writer: dict[str, str], registry_url: str
) -> None:
    code = (await client.post("/v1/addresses", json=DWELLING, headers=writer)).json()["code"]
    refused = {**DWELLING, "position": IN_EAST, "commune_code": NO_PREFIX}
    assert (await client.post("/v1/addresses", json=refused, headers=writer)).is_client_error
    with psycopg.connect(registry_url) as conn:
        events = conn.execute("SELECT type, subject FROM event").fetchall()
        audit = conn.execute(
            "SELECT action, subject, principal FROM audit_entry WHERE action LIKE 'address%'"
        ).fetchall()
    assert events == [("address.assigned", code)]
    assert [(row[0], row[1]) for row in audit] == [("address.assigned", code)]
    assert audit[0][2].startswith("key:")
