"""The page of receivers: for people signed in, in both languages; its buttons want our own form."""

from __future__ import annotations

import re

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from webhook_fixtures import Inbox, MovableClock, Post

from addrsvc.auth import accounts
from addrsvc.auth.model import Principal, Role, Scope, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.auth.permissions import SCOPES_OF
from addrsvc.db.transaction import transaction
from addrsvc.web.words_webhooks import FAILURE_NAMES, STATE_NAMES, WHY_DISABLED
from addrsvc.webhooks.model import Failure, ReceiverState, WhyDisabled

pytestmark = pytest.mark.anyio

ORIGIN = {"Origin": "http://test"}
PASSWORD = "bốn con cá bơi ngược"
LAN = Principal("account:lan", SCOPES_OF[Role.INTEGRATOR])


@pytest.fixture
async def signed_in(
    app: FastAPI, client: httpx.AsyncClient, post: Post, clock: MovableClock
) -> httpx.AsyncClient:
    """Give a client with the session of an integrator (an invented person)."""
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    app.state.passwords = quick
    async with transaction(post.engine) as conn:
        await accounts.create_account(
            conn,
            command_line("test"),
            quick,
            login="lan",
            display_name="Trần Thị Bịa",
            at=clock.now(),
            roles=[Role.INTEGRATOR],
            password=PASSWORD,
        )
    form = {"login": "lan", "password": PASSWORD}
    done = await client.post("/sign-in", data=form, headers=ORIGIN)
    assert done.status_code == 303
    return client


async def press(client: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    page = (await client.get("/webhooks")).text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return await client.post(path, data={"csrf": found[1], **form}, headers=ORIGIN)


async def test_who_is_not_signed_in_is_led_to_sign_in(client: httpx.AsyncClient) -> None:
    asked = await client.get("/webhooks")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fwebhooks")


async def test_how_it_goes_and_the_buttons(
    signed_in: httpx.AsyncClient, inbox: Inbox, post: Post, clock: MovableClock
) -> None:
    assert 'href="/webhooks"' in (await signed_in.get("/account")).text
    assert "Chưa có nơi nhận nào" in (await signed_in.get("/webhooks")).text
    receiver, secret = await post.register(inbox, LAN, description="Một cửa <b>Mẫu</b>")
    await post.happen("act.done", "act.undone")
    inbox.answer = lambda _: (503, {})
    await post.deliver()
    page = await signed_in.get("/webhooks")
    assert page.headers["cache-control"] == "private, no-store"
    shown = ("Một cửa &lt;b&gt;Mẫu", "đang gửi", "trả lời mã 503", inbox.url, "Lần gửi tiếp theo")
    for each in shown:
        assert each in page.text
    assert secret not in page.text
    english = (await signed_in.get("/webhooks?lang=en")).text
    assert "answered 503, since" in english
    await signed_in.get("/webhooks?lang=vi")

    path = f"/webhooks/{receiver.receiver_id}"
    paused = await press(signed_in, f"{path}/pause")
    assert (paused.status_code, paused.headers["location"]) == (303, "/webhooks?done=pause")
    page_text = (await signed_in.get(paused.headers["location"])).text
    assert "tạm dừng" in page_text
    assert "Đã tạm dừng." in page_text
    inbox.answer = lambda _: (200, {})
    clock.move(minutes=1)
    await post.deliver()
    assert inbox.numbers == [1]
    await press(signed_in, f"{path}/resume")
    await post.ask("UPDATE webhook_delivery SET state = 'dead', next_at = NULL RETURNING 1")
    page_text = (await signed_in.get("/webhooks")).text
    assert "Gửi lại những gì chưa tới nơi" in page_text
    await press(signed_in, f"{path}/replay")
    await post.deliver()
    assert inbox.numbers == [1, 1, 2]
    tried = await press(signed_in, f"{path}/test")
    assert "đã tới nơi" in (await signed_in.get(tried.headers["location"])).text
    inbox.answer = lambda _: (404, {})
    tried = await press(signed_in, f"{path}/test")
    assert "trả lời mã 404" in (await signed_in.get(tried.headers["location"])).text
    for other in ("failed=x", "failed=status&status=<b>", "failed=status&status=²²²", "done=x"):
        assert (await signed_in.get(f"/webhooks?{other}")).status_code == 200


async def test_forged_and_strange_forms_change_nothing(
    signed_in: httpx.AsyncClient, inbox: Inbox, post: Post
) -> None:
    mine, _ = await post.register(inbox, LAN)
    inbox.url += "?other"
    others, _ = await post.register(inbox)
    forged = await signed_in.post(
        f"/webhooks/{mine.receiver_id}/pause", data={"csrf": "x"}, headers=ORIGIN
    )
    assert forged.status_code == 403
    for path, status in (
        (f"/webhooks/{others.receiver_id}/pause", 404),
        (f"/webhooks/{others.receiver_id}/test", 404),
        ("/webhooks/x/pause", 404),
        (f"/webhooks/{'9' * 30}/pause", 404),
        (f"/webhooks/{mine.receiver_id}/rotate", 404),
    ):
        assert (await press(signed_in, path)).status_code == status, path
    found = await post.ask("SELECT DISTINCT state FROM webhook_receiver")
    assert found == [{"state": "active"}]
    assert inbox.connections == 0


async def test_a_person_without_the_right_is_told_so(
    client: httpx.AsyncClient, post: Post, clock: MovableClock
) -> None:
    del post, clock
    assert Scope.WEBHOOKS_WRITE not in SCOPES_OF[Role.FIELD]
    sent = await client.post("/webhooks/1/pause", data={"csrf": "x"}, headers=ORIGIN)
    assert sent.status_code == 401


def test_everything_has_words() -> None:
    assert set(STATE_NAMES) == set(ReceiverState)
    assert set(WHY_DISABLED) == set(WhyDisabled)
    assert set(FAILURE_NAMES) == set(Failure)
