"""Requests of people: recorded with their days, found exactly, handed out, corrected, erased."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest
from registry_fixtures import IN_EAST, IN_WEST, WEST, IssueKey

from addrsvc.auth.model import Scope

pytestmark = pytest.mark.anyio

NAME, PHONE = "Trần Văn Chim Bịa", "0911 223 344"  # invented
HOUSE: dict[str, Any] = {
    "kind": "dwelling",
    "source": "field",
    "position": IN_WEST,
    "components": {"house_number": "12", "thoroughfare": "Đường Mẫu"},
    "holder": {"name": f"Hộ ông {NAME}", "phone": PHONE},
}


@pytest.fixture
async def office(client: httpx.AsyncClient, issue_key: IssueKey) -> dict[str, str]:
    """Give the headers of who handles requests everywhere."""
    scopes = (Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ADDRESSES_OVERRIDE)
    key = await issue_key(*scopes, Scope.HOLDERS_READ, Scope.HOLDERS_WRITE)
    return {"Authorization": f"Bearer {key}"}


async def call(
    client: httpx.AsyncClient, office: dict[str, str], what: str, **body: object
) -> dict[str, Any]:
    answer = await client.post(f"/v1/persons/{what}", json=body, headers=office)
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def register(
    client: httpx.AsyncClient, office: dict[str, str], key: str | None = None, **change: object
) -> dict[str, Any]:
    headers = office if key is None else {**office, "Idempotency-Key": key}
    answer = await client.post("/v1/addresses", json={**HOUSE, **change}, headers=headers)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_requests_have_days_states_and_a_term(
    client: httpx.AsyncClient, office: dict[str, str], issue_key: IssueKey
) -> None:
    made = await call(
        client, office, "requests", kind="erase", name=NAME, phone=PHONE, received_on="2025-12-18"
    )
    assert (made["reply_by"], made["due_on"], made["overdue"]) == ("2025-12-22", "2026-01-07", True)
    fresh = await call(client, office, "requests", kind="access", name=NAME)
    assert (fresh["received_on"], fresh["due_on"]) == ("2026-01-15", "2026-01-25")
    listed = (await client.get("/v1/persons/requests", headers=office)).json()["items"]
    assert [each["request"] for each in listed] == [made["request"], fresh["request"]]
    assert NAME not in str(listed)
    one = await client.get(f"/v1/persons/requests/{made['request']}", headers=office)
    assert one.json()["asker"] == {"name": NAME, "phone": PHONE, "note": None}
    path = f"requests/{fresh['request']}/close"
    closed = await call(client, office, path, status="refused", reason="identity-not-proven")
    assert (closed["status"], closed["outcome"]) == ("refused", {"reason": "identity-not-proven"})
    again = await client.post(
        f"/v1/persons/{path}", json={"status": "done", "reason": "twice"}, headers=office
    )
    assert again.json()["type"] == "/problems/person-request-closed"
    gone = await client.get("/v1/persons/requests/999", headers=office)
    assert gone.json()["type"] == "/problems/person-request-not-found"
    assert (gone.json()["number"], gone.json()["request_id"]) == (999, gone.headers["X-Request-Id"])
    limited = await issue_key(Scope.HOLDERS_WRITE, areas={WEST})
    for who, slug in (({}, "not-signed-in"), ({"Authorization": f"Bearer {limited}"}, None)):
        refused = await client.get("/v1/persons/requests", headers=who)
        wanted = slug or "everywhere-forbidden"
        assert refused.json()["type"] == f"/problems/{wanted}"
    purposes = (await client.get("/v1/persons/purposes")).json()["items"]
    assert "notify-code" in {each["purpose"] for each in purposes}


async def test_what_no_column_holds_is_refused_not_a_failure(
    client: httpx.AsyncClient, office: dict[str, str]
) -> None:
    asked: list[tuple[str, dict[str, object]]] = [
        ("erase", {"name": "a\0b", "phone": PHONE}),
        ("find", {"name": NAME, "phone": "09\0"}),
        ("find", {"name": NAME, "address": "\0"}),
        ("export", {"name": NAME, "phone": PHONE, "request": 2**63}),
        ("requests", {"kind": "erase", "name": NAME, "received_on": "9999-12-31"}),
        ("requests", {"kind": "erase", "name": NAME, "received_on": "2026-01-16"}),
        ("requests/1/close", {"status": "open", "reason": "no-state-to-close-in"}),
    ]
    for what, body in asked:
        answer = await client.post(f"/v1/persons/{what}", json=body, headers=office)
        assert answer.status_code == 422, (what, answer.text)
    huge = await client.get(f"/v1/persons/requests/{10**30}", headers=office)
    assert huge.status_code == 422
    odd = {"kind": "erase", "name": "a\0b", "note": "x\0y"}
    assert (await call(client, office, "requests", **odd))["request"] == 1


async def test_one_person_is_found_exactly_and_never_by_name_alone(
    client: httpx.AsyncClient, office: dict[str, str]
) -> None:
    west = await register(client, office)
    east = await register(client, office, position=IN_EAST, holder={"name": NAME})
    by_phone = await call(client, office, "find", name="TRAN VAN CHIM BIA", phone="+84911223344")
    assert [each["ref"] for each in by_phone["items"]] == [west["code"]]
    at_place = await call(client, office, "find", name=NAME, address=east["code"])
    assert [each["ref"] for each in at_place["items"]] == [east["code"]]
    both = await call(client, office, "find", name=NAME, phone=PHONE, address=east["code"])
    assert both["addresses"] == 2
    for written in ("84911223344", "0084 911 223 344", "+84 (0)911 223 344", "(+84) 911223344"):
        assert (await call(client, office, "find", name=NAME, phone=written))["addresses"] == 1
    for other in ({"name": "Trần Văn Chim", "phone": PHONE}, {"name": NAME, "phone": "0911223345"}):
        assert (await call(client, office, "find", **other))["addresses"] == 0
    alone = await client.post("/v1/persons/find", json={"name": NAME}, headers=office)
    assert alone.json()["type"] == "/problems/person-not-named"


async def test_a_person_gets_what_is_kept_and_who_looked_and_is_put_right(
    client: httpx.AsyncClient, office: dict[str, str]
) -> None:
    made = await register(client, office)
    await client.get(f"/v1/addresses/{made['code']}/holder?purpose=notify-code", headers=office)
    asked = await call(client, office, "requests", kind="access", name=NAME, phone=PHONE)
    number = asked["request"]
    given = await call(client, office, "export", name=NAME, phone=PHONE, request=number)
    (item,) = given["items"]
    assert (item["address"], item["name"], item["phone"]) == (
        made["code"],
        f"Hộ ông {NAME}",
        PHONE,
    )
    assert [each["purpose"] for each in item["read"]] == ["notify-code"]
    done = await client.get(f"/v1/persons/requests/{number}", headers=office)
    assert (done.json()["status"], done.json()["outcome"]) == ("done", {"addresses": 1})
    to = {"name": "Trần Văn Chim Đúng", "phone": "0911223355"}
    assert await call(client, office, "correct", name=NAME, phone=PHONE, to=to) == {"addresses": 1}
    assert (await call(client, office, "find", name=NAME, phone=PHONE))["addresses"] == 0
    read = f"/v1/addresses/{made['code']}/holder?purpose=person-request"
    assert (await client.get(read, headers=office)).json() == {"holder": to}


async def test_an_erased_person_is_nowhere_and_no_undo_brings_them_back(
    client: httpx.AsyncClient, office: dict[str, str], registry_url: str
) -> None:
    texts = {"name": f"Nhà {NAME}", "text": f"12 Đường Mẫu, gọi {PHONE}"}
    made = await register(client, office, "key-1", **texts)
    path = f"/v1/addresses/{made['code']}"
    corrected = await client.patch(
        path,
        json={"name": "Nhà số 12", "reason": f"theo lời {NAME}"},
        headers={**office, "If-Match": '"1"'},
    )
    assert corrected.status_code == 200, corrected.text
    with psycopg.connect(registry_url) as admin:
        admin.execute(
            "INSERT INTO import_run (fingerprint, file_name, principal, started_at)"
            " VALUES (decode(repeat('00', 32), 'hex'), 'x.csv', 'test', now())"
        )
        admin.execute(
            "INSERT INTO import_rejection SELECT run_id, 2, 'x', %s, 'x' FROM import_run",
            [f"không hiểu “{NAME}”"],
        )
        admin.execute(
            "INSERT INTO personal.dossier (code, code_key, office, version, created_at, created_by,"
            " changed_at, changed_by) VALUES ('X1', 'X1', %s, 1, now(), 'key:x', now(), 'key:x')",
            [NAME],
        )
        admin.execute(
            "INSERT INTO personal.dossier_address (dossier_id, n, role, given, state, category,"
            " verdict, judged_at, recorded_at) SELECT dossier_id, n, 'object', given::jsonb,"
            " 'waiting', 'C', CASE WHEN n < 3 THEN %s::jsonb ELSE '{}' END, now(), now()"
            " FROM personal.dossier,"
            " unnest(%s::text[]) WITH ORDINALITY AS g (given, n)",
            [
                f'{{"reasons": [["x", "{NAME}", "{NAME}"]], "corrections": []}}',
                [
                    f'{{"text": "{NAME.upper()}, 12 Lê Lợi", "note": "gọi {PHONE}"}}',
                    f'{{"text": "{NAME}"}}',
                    '{"code": "7512304827"}',
                ],
            ],
        )
    asked = await call(client, office, "requests", kind="erase", name=NAME, phone=PHONE)
    erased = await call(client, office, "erase", name=NAME, phone=PHONE, request=asked["request"])
    counts = {"addresses": 1, "texts": 2, "rejections": 1, "answers": 1, "elsewhere": 3}
    assert erased == counts
    with psycopg.connect(registry_url) as admin:
        left = admin.execute("SELECT given FROM personal.dossier_address ORDER BY n").fetchall()
    assert [given for (given,) in left] == [
        {"text": "12 Lê Lợi", "note": "gọi"},
        {"text": "—"},
        {"code": "7512304827"},
    ]
    again = await call(client, office, "erase", name=NAME, phone=PHONE)
    assert again == dict.fromkeys(counts, 0)
    undone = await client.post(
        f"{path}:undo", json={"reason": "thử"}, headers={**office, "If-Match": '"2"'}
    )
    assert undone.status_code == 200, undone.text
    assert undone.json()["name"] is None
    read = await client.get(f"{path}/holder?purpose=person-request", headers=office)
    assert read.json() == {"holder": None}
    assert (await client.get(path)).status_code == 200
    with psycopg.connect(registry_url) as admin:
        tables = admin.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE relkind IN ('r', 'p')"
            " AND relnamespace IN ('public'::regnamespace, 'personal'::regnamespace)"
        ).fetchall()
        for (table,) in tables:
            said = admin.execute(f"SELECT row_to_json(t)::text FROM {table} t".encode()).fetchall()
            assert not [row for row in said if NAME in row[0] or PHONE in row[0]], table
        audited = admin.execute(
            "SELECT action FROM audit_entry WHERE action ~ '^(holder|request|person)'"
            " ORDER BY audit_id"
        ).fetchall()
    assert [row[0] for row in audited] == [
        "request.receive",
        "holder.erase",
        "request.close",
        "holder.read",
    ]


async def test_who_lives_at_a_secret_address_is_for_named_people_only(
    client: httpx.AsyncClient, office: dict[str, str], issue_key: IssueKey
) -> None:
    everything = {"Authorization": f"Bearer {await issue_key(*Scope)}"}
    made = await register(client, everything, visibility="secret")
    who = {"name": NAME, "phone": PHONE}
    for what, more in (("find", {}), ("export", {}), ("correct", {"to": who}), ("erase", {})):
        refused = await client.post(f"/v1/persons/{what}", json={**who, **more}, headers=office)
        assert refused.status_code == 403, (what, refused.text)
        assert refused.json()["scope"] == "addresses:secret"
        assert made["code"] not in refused.text
    found = await call(client, everything, "find", **who)
    assert [each["ref"] for each in found["items"]] == [made["code"]]
    # nothing is kept there of anybody else: then it is as if it were not there
    assert (await call(client, office, "find", name="Lê Bịa", phone=PHONE))["addresses"] == 0


async def test_a_request_is_answered_by_what_it_asked_for(
    client: httpx.AsyncClient, office: dict[str, str]
) -> None:
    await register(client, office)
    asked = await call(client, office, "requests", kind="access", name="Lê Bịa", phone=PHONE)
    who = {"name": NAME, "phone": PHONE, "request": asked["request"]}
    for what, more in (("correct", {"to": {"name": "Lê Bịa"}}), ("erase", {})):
        refused = await client.post(f"/v1/persons/{what}", json={**who, **more}, headers=office)
        assert refused.json()["type"] == "/problems/person-request-of-other-kind", what
    kept = await call(client, office, "export", name=NAME, phone=PHONE)
    assert [each["name"] for each in kept["items"]] == [f"Hộ ông {NAME}"]
    still = await client.get(f"/v1/persons/requests/{asked['request']}", headers=office)
    assert still.json()["status"] == "open"


async def test_readings_from_before_there_was_a_code_are_told_too(
    client: httpx.AsyncClient, office: dict[str, str]
) -> None:
    proposed = await register(client, office, position=None, commune_code=WEST)
    path = f"/v1/addresses/{proposed['ref']}"
    assert proposed["code"] is None
    read = await client.get(f"{path}/holder?purpose=field-visit", headers=office)
    assert read.status_code == 200, read.text
    reserved = await client.post(
        f"{path}:reserve", json={"reason": "quy hoạch"}, headers={**office, "If-Match": '"1"'}
    )
    assert reserved.status_code == 200, reserved.text
    (item,) = (await call(client, office, "export", name=NAME, phone=PHONE))["items"]
    assert item["address"] == reserved.json()["code"]
    assert [each["purpose"] for each in item["read"]] == ["field-visit"]


async def test_short_names_go_from_answers_kept_as_well(
    client: httpx.AsyncClient, office: dict[str, str]
) -> None:
    await register(
        client, office, "key-2", name="Nhà Lê Ý", holder={"name": "Lê Ý", "phone": PHONE}
    )
    erased = await call(client, office, "erase", name="Lê Ý", phone=PHONE)
    assert (erased["addresses"], erased["answers"]) == (1, 1)
