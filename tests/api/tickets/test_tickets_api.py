"""Tickets by API: sent by anybody, followed by number, answered by staff. All names invented."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest
from registry_fixtures import EAST, IN_EAST, IN_WEST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.settings import Settings
from addrsvc.tickets.numbers import new_number

pytestmark = pytest.mark.anyio

TICKETS = "/v1/tickets"
NAME, PHONE, MAIL = "Trần Văn Canari", "0900 000 111", "canari@mau.example"
CONTACT = {"name": NAME, "phone": PHONE, "email": MAIL, "consent": True}
HERE = {"lon": 106.65, "lat": 10.95, "accuracy_m": 8}
HOSTILE = (
    "<script>alert(1)</script>${7*7}' OR 1=1; --\r\nSet-Cookie: a=b\r\n\r\n{{7*7}}\u202e%0d%0a"
)


@pytest.fixture
def settings(registry_url: str, request: pytest.FixtureRequest) -> Settings:
    per_minute = getattr(request, "param", 1_000_000)
    return service_settings(registry_url, anonymous_per_minute=per_minute)


@pytest.fixture
async def staff(issue_key: IssueKey) -> dict[str, dict[str, str]]:
    both = Scope.TICKETS_WRITE, Scope.HOLDERS_READ
    issued = {
        "all": await issue_key(*both),
        "west": await issue_key(*both, areas=[WEST]),
        "east": await issue_key(*both, areas=[EAST]),
        "no contact": await issue_key(Scope.TICKETS_WRITE),
    }
    return {name: {"Authorization": f"Bearer {key}"} for name, key in issued.items()}


async def send(client: httpx.AsyncClient, key: str | None = None, **said: Any) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(TICKETS, json={"kind": "missing", **said}, headers=headers)


async def problem(answer: httpx.Response) -> tuple[int, str, list[str]]:
    body = answer.json()
    slug = body["type"].removeprefix("/problems/")
    return answer.status_code, slug, [each["pointer"] for each in body.get("errors", ())]


async def answered(
    client: httpx.AsyncClient, staff: dict[str, dict[str, str]], path: str, number: str, code: str
) -> None:
    async def act(name: str, body: Any = None, tag: str = "*", who: str = "west") -> httpx.Response:
        return await client.post(
            f"{path}:{name}", json=body, headers={**staff[who], "If-Match": tag}
        )

    tag = (await client.get(path, headers=staff["west"])).headers["etag"]
    assert (await act("take", tag=tag)).headers["etag"].startswith('"2')
    assert await problem(await act("take", tag=tag)) == (412, "ticket-stale", [])
    assert await problem(await act("take", who="east")) == (404, "ticket-unknown", [])
    assert (await act("answer", {"words": "Mai sẽ đến"})).json()["state"] == "looking"
    assert (await client.get(f"{TICKETS}/{number}")).json()["answer"] == "Mai sẽ đến"
    assert (await problem(await act("refuse", {"words": " "})))[1] == "ticket-answer-missing"
    assert (await act("refuse", {"words": "Trùng"})).json()["state"] == "refused"
    assert (await problem(await act("done", {})))[1] == "ticket-in-other-state"
    assert (await act("reopen")).json()["answer"] is None
    assert (await problem(await act("done", {"code": "75123-99999"})))[1] == "address-not-found"
    assert (await act("done", {"code": code})).json()["address"]["code"] == code
    end = (await client.get(f"{TICKETS}/{number}")).json()
    assert (end["state"], end["address"]["page"]) == ("done", f"/a/{code}")
    assert end["answer"]


async def test_a_ticket_from_sending_to_its_answer(
    client: httpx.AsyncClient,
    writer: dict[str, str],
    staff: dict[str, dict[str, str]],
    registry_url: str,
) -> None:
    made = await client.post(
        "/v1/addresses",
        json={"kind": "dwelling", "source": "thử", "position": IN_WEST},
        headers=writer,
    )
    code = made.json()["code"]
    sent = await send(client, text=HOSTILE, place="gần chợ", point=HERE, contact=CONTACT)
    assert sent.status_code == 201, sent.text
    assert "no-store" in sent.headers["cache-control"]
    assert "set-cookie" not in sent.headers
    told = sent.json()
    assert set(told) == {
        *("number", "kind", "kind_name", "state", "state_name", "received_at", "due_on"),
        *("is_overdue", "closed_at", "answer", "address"),
    }
    number = told["number"]
    assert sent.headers["location"] == f"{TICKETS}/{number}"
    again = await client.get(f"{TICKETS}/{number.lower().replace('-', '')}")
    assert again.json() == told
    assert again.headers["cache-control"] == "no-store"

    listed = (await client.get(TICKETS, headers=staff["west"])).json()["items"]
    (ref,) = [each["ref"] for each in listed]
    assert listed[0]["commune"] == WEST
    assert listed[0]["has_contact"] is True
    for who in ("all", "west"):
        seen = await client.get(f"{TICKETS}/{ref}", headers=staff[who])
        assert seen.json()["text"].startswith("<script>alert(1)</script>${7*7}")
        assert "\u202e" not in seen.json()["text"]
        assert seen.json()["place"] == "gần chợ"
        assert NAME not in seen.text
        assert seen.headers["etag"].startswith('"1')
    assert (await client.get(TICKETS, headers=staff["east"])).json()["items"] == []
    for path in ("", "/contact"):
        answer = await client.get(f"{TICKETS}/{ref}{path}", headers=staff["east"])
        assert await problem(answer) == (404, "ticket-unknown", [])
    refused = await client.get(f"{TICKETS}/{ref}/contact", headers=staff["no contact"])
    assert refused.status_code == 403
    contact = await client.get(f"{TICKETS}/{ref}/contact", headers=staff["west"])
    assert contact.json() == {"name": NAME, "phone": PHONE, "email": MAIL}
    await answered(client, staff, f"{TICKETS}/{ref}", number, code)
    with psycopg.connect(registry_url) as conn:
        entries = conn.execute(
            "SELECT action, principal, detail::text FROM audit_entry WHERE action LIKE 'ticket.%'"
            " ORDER BY audit_id"
        ).fetchall()
        everything = "".join(
            str(conn.execute(f"SELECT t::text FROM {table} t").fetchall())
            for table in ("audit_entry", "event", "ticket", "personal.ticket_said")
        )
    assert [each[0] for each in entries] == [
        *("ticket.receive", "ticket.read_contact", "ticket.take", "ticket.answer"),
        *("ticket.refuse", "ticket.reopen", "ticket.done"),
    ]
    assert entries[0][1] == "anonymous"
    bare = number.replace("-", "")
    for secret in (NAME, PHONE, MAIL, "gần chợ", "alert(1)", number, bare):
        assert secret not in everything


async def test_the_same_form_twice_is_one_ticket(
    client: httpx.AsyncClient, staff: dict[str, dict[str, str]], registry_url: str
) -> None:
    first = await send(client, "khoa-1", point=HERE, text="một", contact=CONTACT)
    second = await send(client, "khoa-1", point=HERE, text="một", contact=CONTACT)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    other = await send(client, "khoa-1", point=HERE, text="hai")
    assert await problem(other) == (409, "idempotency-key-reused", [])
    assert (await send(client, "khoa-2", point=HERE, text="một")).json() != first.json()
    assert (await send(client, "k" * 129, commune=WEST)).status_code == 422
    page = (await client.get(TICKETS, params={"limit": 1}, headers=staff["all"])).json()
    assert len(page["items"]) == 1
    rest = await client.get(TICKETS, params={"before": page["next"]}, headers=staff["all"])
    assert len(rest.json()["items"]) == 1
    assert rest.json()["next"] is None
    with psycopg.connect(registry_url) as conn:
        kept = conn.execute("SELECT count(*) FROM idempotency_key").fetchone()
    assert kept == (0,)  # the answer holds the number


async def test_what_cannot_be_taken_says_what_to_do(client: httpx.AsyncClient) -> None:
    for said, expected in (
        ({}, (422, "ticket-incomplete", ["/place"])),
        ({"kind": "wrong"}, (422, "ticket-incomplete", ["/code", "/text"])),
        ({"kind": "wrong", "code": "75123-99999", "text": "x"}, (404, "address-not-found", [])),
        ({"kind": "wrong", "code": "75123-99999-9", "text": "x"}, (422, None, [])),
        ({"kind": "wrong", "code": "12 Lê Lợi", "text": "x"}, (422, None, [])),
        ({"point": {"lon": 2.35, "lat": 48.85}}, (422, "ticket-outside-area", [])),
        ({"point": {"lon": 105.8, "lat": 21.0}}, (422, "ticket-outside-area", [])),
        ({"point": {"lon": 500, "lat": 500}}, (422, "request-invalid", None)),
        ({"commune": "99999"}, (422, "ticket-commune-unknown", [])),
        (
            {"place": "x", "contact": {"name": NAME}},
            (422, "ticket-incomplete", ["/contact/consent"]),
        ),
        ({"text": "x" * 2001, "place": "y"}, (422, "request-invalid", None)),
        ({"place": "y", "nonsense": 1}, (422, "request-invalid", None)),
    ):
        status, slug, where = await problem(await send(client, **said))
        assert status == expected[0], said
        assert expected[1] in {None, slug}, said
        assert expected[2] in (None, where), said
    json = {"content-type": "application/json"}
    huge = await client.post(TICKETS, content=b'{"text": "' + b"x" * 3_000_000, headers=json)
    assert huge.status_code in {413, 422}
    for text, slug in (
        ("t", "ticket-number-unreadable"),
        ("3PJ-5JN-PUC-HXU-B7W-J3Y", "ticket-number-slip"),
        ("3PJ-5JN-PUC-HXU-B7W-J3X", "ticket-unknown"),
    ):
        assert (await problem(await client.get(f"{TICKETS}/{text}")))[1] == slug


async def test_a_ticket_of_no_commune_is_for_those_without_bounds(
    client: httpx.AsyncClient, staff: dict[str, dict[str, str]], writer: dict[str, str]
) -> None:
    assert (await send(client, place="nhà sau chợ", contact=CONTACT)).status_code == 201
    assert (await client.get(TICKETS, headers=staff["west"])).json()["items"] == []
    (one,) = (await client.get(TICKETS, headers=staff["all"])).json()["items"]
    assert one["commune"] is None
    path = f"{TICKETS}/{one['ref']}"
    assert (await client.get(path, headers=staff["west"])).status_code == 404
    assert (await client.get(path, headers=staff["all"])).json()["place"] == "nhà sau chợ"
    made = await client.post(
        "/v1/addresses",
        json={"kind": "dwelling", "source": "thử", "position": IN_EAST},
        headers=writer,
    )
    wrong = await send(client, kind="wrong", code=made.json()["plate"], text="Sai tên đường")
    assert wrong.status_code == 201
    query = {"kind": "wrong", "state": "received", "commune": EAST}
    found = (await client.get(TICKETS, params=query, headers=staff["east"])).json()["items"]
    assert [each["about"]["code"] for each in found] == [made.json()["code"]]
    refused = await client.get(TICKETS, params={"commune": EAST}, headers=staff["west"])
    assert refused.status_code == 403


@pytest.mark.parametrize("settings", [120], indirect=True)
async def test_numbers_are_not_guessed_and_sending_is_limited(client: httpx.AsyncClient) -> None:
    sent = [(await send(client, commune=WEST)).status_code for _ in range(12)]
    assert sent == [201] * 10 + [429] * 2
    form = {"kind": "missing", "place": "cạnh chợ", "text": "Nhà cổng xanh"}
    refused = await client.post("/report", data=form)
    assert refused.status_code == 429
    assert "Nhà cổng xanh" in refused.text  # nothing typed is lost
    guesses = [(await client.get(f"{TICKETS}/{new_number()}")).status_code for _ in range(22)]
    assert guesses == [404] * 20 + [429] * 2
