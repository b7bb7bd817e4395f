"""Receivers over HTTP: registered, looked after, rotated, replayed; whose they are."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from registry_fixtures import EAST, IN_EAST, IN_WEST, WEST, IssueKey
from standardwebhooks import WebhookVerificationError
from webhook_fixtures import Inbox, MovableClock, Post

from addrsvc.auth import service as auth
from addrsvc.auth.model import Scope, command_line
from addrsvc.db.transaction import transaction
from addrsvc.webhooks import delivering

pytestmark = pytest.mark.anyio

INTEGRATOR = (Scope.WEBHOOKS_WRITE, Scope.EVENTS_READ, Scope.ADDRESSES_READ)


async def headers_with(issue_key: IssueKey, *scopes: Scope, **more: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issue_key(*scopes, **more)}"}


async def registered(client: httpx.AsyncClient, headers: dict[str, str], **body: Any) -> Any:
    made = await client.post("/v1/webhooks", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return made.json()


async def test_from_registration_to_removal(
    client: httpx.AsyncClient, issue_key: IssueKey, inbox: Inbox, post: Post, clock: MovableClock
) -> None:
    headers = await headers_with(issue_key, *INTEGRATOR)
    answer = await client.post(
        "/v1/webhooks", json={"url": inbox.url, "types": ["act.*"]}, headers=headers
    )
    made, path = answer.json(), answer.headers["Location"]
    assert answer.headers["Cache-Control"] == "no-store"
    old = made["secret"]
    assert old.startswith("whsec_")
    again = await client.post("/v1/webhooks", json={"url": inbox.url}, headers=headers)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/webhook-exists")

    tried = await client.post(f"{path}/test", headers=headers)
    assert tried.json() == {"delivered": True, "status": 200, "error": None}
    assert inbox.got[0].verify(old)["type"] == "webhook.test"
    inbox.got.clear()

    await post.happen("act.done", "prefix.imported", "act.undone")
    inbox.answer = lambda _: (503, {})
    await post.deliver()
    seen = (await client.get(path, headers=headers)).json()
    assert "secret" not in seen
    assert (seen["waiting"], seen["dead"], seen["last_status"]) == (2, 0, 503)
    assert seen["failing_since"] is not None
    assert seen["next_at"] > seen["last_attempt_at"]
    listed = (await client.get(f"{path}/deliveries?limit=1", headers=headers)).json()
    assert listed["items"][0]["webhook_id"] == "evt_3"
    listed = (
        await client.get(f"{path}/deliveries?before={listed['next']}", headers=headers)
    ).json()
    assert [(each["number"], each["attempts"]) for each in listed["items"]] == [(1, 1)]
    assert listed["next"] is None

    new = (await client.post(f"{path}/rotate", json={}, headers=headers)).json()["secret"]
    inbox.answer = lambda _: (200, {})
    clock.move(minutes=6)
    await post.deliver()
    for got in inbox.got[-2:]:
        assert len(got.headers["webhook-signature"].split()) == 2
    clock.move(hours=24)
    again = await client.post(f"{path}/replay", json={"from_number": 1}, headers=headers)
    assert again.status_code == 202
    await post.deliver()
    assert inbox.numbers == [1, 1, 3, 1, 3]
    assert len(inbox.got[-1].headers["webhook-signature"].split()) == 1

    assert (await client.delete(path, headers=headers)).status_code == 204
    assert (await client.get(path, headers=headers)).status_code == 404
    acts = await post.ask("SELECT action FROM audit_entry WHERE action ^@ 'webhook.' ORDER BY 1")
    assert [each["action"].removeprefix("webhook.") for each in acts] == [
        "create",
        "remove",
        "replay",
        "rotate",
        "test",
    ]
    assert await post.ask("SELECT FROM webhook_secret") == []
    assert old != new


async def test_after_a_rotation_both_secrets_verify_then_the_new_one_alone(
    client: httpx.AsyncClient, issue_key: IssueKey, inbox: Inbox, post: Post
) -> None:
    headers = await headers_with(issue_key, *INTEGRATOR)
    made = await registered(client, headers, url=inbox.url)
    path = f"/v1/webhooks/{made['id']}/rotate"
    first = made["secret"]
    second = (await client.post(path, json={}, headers=headers)).json()["secret"]
    await post.happen("act.done")
    await post.deliver()
    for secret in (first, second):
        assert inbox.got[-1].verify(secret)["data"]["number"] == 1
    leaked = await client.post(path, json={"grace_hours": 0}, headers=headers)
    third = leaked.json()["secret"]
    await post.happen("act.undone")
    await post.deliver()
    assert inbox.got[-1].verify(third)["data"]["number"] == 2
    for secret in (first, second):
        with pytest.raises(WebhookVerificationError):
            inbox.got[-1].verify(secret)
    kept = await post.ask("SELECT token FROM webhook_secret")
    for each in kept:
        for secret in (first, second, third):
            assert secret.removeprefix("whsec_") not in each["token"]


async def test_whose_receivers_they_are(
    client: httpx.AsyncClient, issue_key: IssueKey, inbox: Inbox, post: Post
) -> None:
    owner = await headers_with(issue_key, *INTEGRATOR)
    path = f"/v1/webhooks/{(await registered(client, owner, url=inbox.url))['id']}"
    stranger = await headers_with(issue_key, *INTEGRATOR)
    admin = await headers_with(issue_key, Scope.ACCESS_WRITE, Scope.WEBHOOKS_WRITE)
    reader = await headers_with(issue_key, Scope.EVENTS_READ)
    calls: list[tuple[str, str, Any]] = [
        ("GET", path, None),
        ("GET", f"{path}/deliveries", None),
        ("PATCH", path, {"state": "paused"}),
        ("POST", f"{path}/replay", {"dead_letters": True}),
        ("POST", f"{path}/rotate", {}),
        ("POST", f"{path}/test", None),
        ("DELETE", path, None),
    ]
    for headers, status in (({}, 401), (reader, 403), (stranger, 404)):
        for method, url, body in calls:
            answer = await client.request(method, url, json=body, headers=headers)
            assert answer.status_code == status, (method, url, answer.text)
    assert (await client.get("/v1/webhooks", headers=stranger)).json()["items"] == []
    assert len((await client.get("/v1/webhooks", headers=admin)).json()["items"]) == 1
    for body in ({"url": inbox.url + "2"}, {"types": ["act.*"]}, {"description": "x"}):
        answer = await client.patch(path, json=body, headers=admin)
        assert answer.json()["type"] == "/problems/webhook-not-yours"
    answer = await client.post(f"{path}/rotate", json={}, headers=admin)
    assert answer.status_code == 403
    paused = await client.patch(path, json={"state": "paused"}, headers=admin)
    assert paused.json()["state"] == "paused"
    assert (await client.delete(path, headers=admin)).status_code == 204
    answer = await client.post("/v1/webhooks", json={"url": inbox.url}, headers=admin)
    assert answer.json()["type"] == "/problems/scope-missing", "who follows nothing is told nothing"


async def test_a_receiver_hears_of_what_its_owner_may_see(
    client: httpx.AsyncClient, issue_key: IssueKey, inbox: Inbox, post: Post, writer: dict[str, str]
) -> None:
    limited = await headers_with(issue_key, *INTEGRATOR, areas=[WEST])
    await registered(client, limited, url=inbox.url, types=["address.*"])
    codes = {}
    for commune, place in ((WEST, IN_WEST), (EAST, IN_EAST)):
        house = {
            "kind": "dwelling",
            "source": "test",
            "position": place,
            "components": {"house_number": "1", "thoroughfare": "Đường Mẫu"},
            "holder": {"name": "CANARY NGUYỄN THỊ MẪU", "phone": "0900000000"},
        }
        made = await client.post("/v1/addresses", json=house, headers=writer)
        assert made.status_code == 201, made.text
        codes[commune] = made.json()["code"]
    await post.happen()
    await post.deliver()
    assert [each.told()["data"]["subject"] for each in inbox.got] == [codes[WEST]]
    assert inbox.got[0].told()["data"]["hash"] is None
    assert not [each for each in inbox.got if b"CANARY" in each.body or b"0900000000" in each.body]


async def test_what_is_hidden_while_others_are_sent_is_not_told(
    client: httpx.AsyncClient,
    issue_key: IssueKey,
    inbox: Inbox,
    post: Post,
    writer: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivering, "_FRESH_S", 0.0)  # what was read is at once too old
    headers = await headers_with(issue_key, *INTEGRATOR)
    await registered(client, headers, url=inbox.url, types=["address.*"])
    for number in ("1", "2"):
        house = {
            "kind": "dwelling",
            "source": "test",
            "position": {**IN_WEST, "lon": IN_WEST["lon"] + int(number) / 1000},
            "components": {"house_number": number, "thoroughfare": "Đường Mẫu"},
        }
        made = await client.post("/v1/addresses", json=house, headers=writer)
        assert made.status_code == 201, made.text
    await post.happen()
    inbox.may_answer = asyncio.Event()
    delivered = asyncio.create_task(post.deliver())
    while not inbox.got:
        await asyncio.sleep(0.01)
    await post.ask("UPDATE address_current SET visibility = 'secret' RETURNING 1")
    inbox.may_answer.set()
    await delivered
    assert len(inbox.got) == 1


async def test_what_was_hidden_on_its_way_is_not_told(
    client: httpx.AsyncClient, issue_key: IssueKey, inbox: Inbox, post: Post, writer: dict[str, str]
) -> None:
    headers = await headers_with(issue_key, *INTEGRATOR)
    made = await registered(client, headers, url=inbox.url, types=["address.*"])
    house = {
        "kind": "dwelling",
        "source": "test",
        "position": IN_WEST,
        "components": {"house_number": "1", "thoroughfare": "Đường Mẫu"},
    }
    address = await client.post("/v1/addresses", json=house, headers=writer)
    inbox.answer = lambda _: (500, {})
    await post.happen()
    await post.deliver()
    assert inbox.numbers == [1]
    await post.ask(
        "UPDATE address_current SET visibility = 'secret' WHERE address_id ="
        " (SELECT address_id FROM address WHERE code = %(code)s) RETURNING 1",
        code=address.json()["code"],
    )
    inbox.answer = lambda _: (200, {})
    post.clock.move(seconds=10)
    await post.deliver()
    assert inbox.numbers == [1], "told again after it was made secret"
    seen = (await client.get(f"/v1/webhooks/{made['id']}", headers=headers)).json()
    assert seen["waiting"] == 0


async def test_what_is_refused(
    client: httpx.AsyncClient, issue_key: IssueKey, inbox: Inbox, post: Post
) -> None:
    headers = await headers_with(issue_key, *INTEGRATOR)
    for url, reason in (
        ("https://169.254.169.254/latest/", "port"),
        (inbox.url.replace("127.0.0.1", "2130706433"), "host"),
        (inbox.url.replace("127.0.0.1", "[::ffff:127.0.0.1]"), "address"),
        (inbox.url.replace("://", "://user@"), "form"),
    ):
        answer = await client.post("/v1/webhooks", json={"url": url}, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/webhook-url-refused"
        assert answer.json()["reason"] == reason
        assert answer.json()["errors"][0]["pointer"] == "/url"
    for body in ({"types": ["Address"]}, {"types": []}, {"after": -1}, {"secret": "mine"}):
        answer = await client.post("/v1/webhooks", json={"url": inbox.url, **body}, headers=headers)
        assert answer.status_code == 422, body
    path = f"/v1/webhooks/{(await registered(client, headers, url=inbox.url))['id']}"
    answer = await client.patch(path, json={"url": "https://localhost/"}, headers=headers)
    assert answer.json()["type"] == "/problems/webhook-url-refused"
    for replayed in ({}, {"number": 1, "dead_letters": True}, {"dead_letters": False}):
        answer = await client.post(f"{path}/replay", json=replayed, headers=headers)
        assert answer.status_code == 422, replayed
    answer = await client.post(f"{path}/replay", json={"number": 9}, headers=headers)
    assert answer.json()["type"] == "/problems/webhook-delivery-unknown"
    assert inbox.connections == 0


async def test_changing_and_one_event_again(
    client: httpx.AsyncClient, issue_key: IssueKey, inbox: Inbox, post: Post
) -> None:
    headers = await headers_with(issue_key, *INTEGRATOR)
    made = await registered(client, headers, url=inbox.url, types=["act.done"])
    path = f"/v1/webhooks/{made['id']}"
    wanted = {"url": inbox.url + "?v=2", "description": "Một cửa", "types": None}
    changed = (await client.patch(path, json=wanted, headers=headers)).json()
    assert (changed["url"], changed["types"]) == (inbox.url + "?v=2", None)
    await post.happen("prefix.imported", "act.done")
    await post.deliver()
    again = await client.post(f"{path}/replay", json={"number": 1}, headers=headers)
    assert again.json()["waiting"] == 1
    await post.deliver()
    assert inbox.numbers == [1, 2, 1]
    await registered(client, headers, url=inbox.url)
    answer = await client.patch(path, json={"url": inbox.url}, headers=headers)
    assert answer.json()["type"] == "/problems/webhook-exists"


async def test_a_revoked_key_has_no_ears_left(
    client: httpx.AsyncClient, issue_key: IssueKey, inbox: Inbox, post: Post
) -> None:
    key = await issue_key(*INTEGRATOR)
    headers = {"Authorization": f"Bearer {key}"}
    made = await registered(client, headers, url=inbox.url)
    inbox.url += "?second"
    await registered(client, await headers_with(issue_key, *INTEGRATOR), url=inbox.url)
    await post.happen("act.done")
    inbox.answer = lambda _: (500, {})
    await post.deliver()
    async with transaction(post.engine) as conn:
        who, key_id = command_line("test"), key.split("_")[1]
        await auth.revoke_key(conn, who, key_id, at=post.clock.now())
    inbox.answer = lambda _: (200, {})
    inbox.got.clear()
    post.clock.move(minutes=1)
    await post.happen("act.undone")
    await post.deliver()
    await post.happen("act.done")
    await post.deliver()
    assert {got.headers["webhook-id"] for got in inbox.got} >= {"evt_1", "evt_2"}
    assert len(inbox.got) == len({got.id for got in inbox.got}), "one receiver of the two"
    found = await post.ask("SELECT receiver_id, why_disabled FROM webhook_receiver ORDER BY 1")
    assert [each["why_disabled"] for each in found] == ["owner-ended", None]
    assert found[0]["receiver_id"] == made["id"]
    told = await post.ask("SELECT data FROM event WHERE type = 'webhook.disabled'")
    assert told == [{"data": {"why": "owner-ended"}}]
