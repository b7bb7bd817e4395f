"""Signing in and what people try against it; each test is named after the attack it holds off."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, Scope, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

OpenClient = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
OpenAccount = Callable[..., Awaitable[str]]

ORIGIN = {"Origin": "http://test"}
PUBLIC_SITE = "https://dia-chi.example.vn"
PASSWORD = "bốn con cá bơi ngược"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
COOKIE = "addrsvc_session"


class CountedPasswords(Passwords):
    """Quick ones, that count how often Argon2 ran."""

    def __init__(self) -> None:
        super().__init__(QUICK)
        self.looked_at: list[str] = []

    async def verify(self, kept: str | None, password: str) -> bool:
        self.looked_at.append(password)
        return await super().verify(kept, password)


class SetClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def passwords(app: FastAPI) -> CountedPasswords:
    app.state.passwords = CountedPasswords()
    counted: CountedPasswords = app.state.passwords
    return counted


@pytest.fixture
async def open_account(settings: Settings, clock: SetClock) -> AsyncIterator[OpenAccount]:
    """Give a maker of accounts whose password is PASSWORD: login and fields in, login out."""
    engine = make_engine(settings)

    async def make(login: str = "lan", **fields: object) -> str:
        async with transaction(engine) as conn:
            made, _ = await accounts.create_account(
                conn,
                command_line("test"),
                Passwords(QUICK),
                login=login,
                at=clock.now(),
                **{"display_name": "Trần Thị Bịa", "password": PASSWORD, **fields},
            )
        return made.login

    yield make
    await engine.dispose()


async def sign_in(
    client: httpx.AsyncClient, login: str = "lan", password: str = PASSWORD, **fields: str
) -> httpx.Response:
    form = {"login": login, "password": password, **fields}
    return await client.post("/sign-in", data=form, headers=ORIGIN)


async def token_on(client: httpx.AsyncClient, page: str = "/account") -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get(page)).text)
    assert found is not None
    return found[1]


def rows(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        return conn.execute(statement.encode()).fetchall()


async def test_signing_in_and_out(
    client: httpx.AsyncClient,
    open_account: OpenAccount,
    passwords: CountedPasswords,
    settings: Settings,
) -> None:
    await open_account("Lan", roles=[Role.REGISTRAR], areas=["25747"])
    asked = await client.get("/account")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=%2Faccount"
    form = await client.get(asked.headers["location"])
    assert 'name="next" value="/account"' in form.text
    done = await sign_in(client, " LAN ", next="/account")
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    cookie = done.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    token = client.cookies[COOKIE]
    kept = rows(settings, "SELECT encode(token_hash, 'escape') FROM account_session")
    assert len(kept) == 1
    assert token not in str(kept)
    page = await client.get("/account")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    for shown in ("Trần Thị Bịa", "Cán bộ quản lý sổ địa chỉ", "25747", "trình duyệt này"):
        assert shown in page.text
    home = await client.get("/")
    assert "Trần Thị Bịa" in home.text
    assert home.headers["cache-control"] == "private, no-store"
    assert (await client.get("/sign-in?next=/docs")).headers["location"] == "/docs"
    listed = await client.get("/v1/addresses")
    assert listed.status_code == 200
    assert listed.headers["cache-control"] == "private, no-store"
    csrf = await token_on(client)
    out = await client.post("/sign-out", data={"csrf": csrf}, headers=ORIGIN)
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, token)  # kept by a thief: the server has ended it
    assert (await client.get("/v1/addresses")).status_code == 401
    assert "Trần Thị Bịa" not in (await client.get("/")).text
    noted = rows(settings, "SELECT principal, action, subject FROM audit_entry ORDER BY 1, 2")
    assert ("account:lan", "account.sign_in", "lan") in noted
    assert ("account:lan", "account.sign_out", "lan") in noted


async def test_session_fixation_a_token_from_elsewhere_is_never_adopted(
    client: httpx.AsyncClient, open_account: OpenAccount, passwords: CountedPasswords
) -> None:
    await open_account()
    client.cookies.set(COOKIE, "chosen-by-an-attacker", domain="test.local")
    await sign_in(client)
    first = client.cookies.get(COOKIE, domain="test.local") or client.cookies[COOKIE]
    assert first != "chosen-by-an-attacker"
    client.cookies.clear()
    client.cookies.set(COOKIE, first)
    again = await sign_in(client)
    second = again.cookies[COOKIE]
    assert second != first
    client.cookies.clear()
    for token, status in ((first, 303), (second, 200), ("chosen-by-an-attacker", 303)):
        asked = await client.get("/account", headers={"Cookie": f"{COOKIE}={token}"})
        assert asked.status_code == status


async def test_csrf_a_change_needs_the_token_of_this_session_and_a_page_of_ours(
    client: httpx.AsyncClient, open_account: OpenAccount, passwords: CountedPasswords
) -> None:
    await open_account(roles=[Role.ADMIN, Role.REGISTRAR])
    await open_account("binh")
    await sign_in(client, "binh")
    others = await token_on(client)
    client.cookies.clear()
    await sign_in(client)
    mine = await token_on(client)

    async def refused(form: dict[str, str], headers: dict[str, str]) -> None:
        answer = await client.post("/account/sign-out-everywhere", data=form, headers=headers)
        assert answer.status_code == 403
        assert "Yêu cầu không đến từ trang này" in answer.text

    await refused({"x": "1"}, ORIGIN)
    await refused({"csrf": ""}, ORIGIN)
    await refused({"csrf": others}, ORIGIN)
    await refused({"csrf": client.cookies[COOKIE]}, ORIGIN)
    for elsewhere in ("http://evil.example", "null", "https://test", "http://test.evil.example"):
        await refused({"csrf": mine}, {"Origin": elsewhere})
    for site in ("cross-site", "same-site", "none"):
        await refused({"csrf": mine}, {**ORIGIN, "Sec-Fetch-Site": site})
    # the API likewise, by header
    put = {"display_name": "x", "roles": [], "scopes": [], "areas": None}
    path = "/v1/access/accounts/binh"
    answer = await client.put(path, json=put)
    assert answer.json()["type"] == "/problems/request-forged"
    answer = await client.put(path, json=put, headers={"X-CSRF-Token": others})
    assert answer.status_code == 403
    evil = {"X-CSRF-Token": mine, "Origin": "http://evil.example"}
    assert (await client.put(path, json=put, headers=evil)).status_code == 403
    good = {"X-CSRF-Token": mine, "Sec-Fetch-Site": "same-origin"}
    assert (await client.put(path, json=put, headers=good)).status_code == 200
    assert (
        await client.post("/account/sign-out-everywhere", data={"csrf": mine}, headers=ORIGIN)
    ).status_code == 303


async def test_login_csrf_nobody_is_signed_in_from_elsewhere(
    client: httpx.AsyncClient, open_account: OpenAccount, passwords: CountedPasswords
) -> None:
    await open_account()
    form = {"login": "lan", "password": PASSWORD}
    for headers in ({}, {"Origin": "null"}, {"Origin": "http://evil.example"}):
        assert (await client.post("/sign-in", data=form, headers=headers)).status_code == 403
    assert (await client.post("/sign-in", json=form, headers=ORIGIN)).status_code == 422
    assert passwords.looked_at == []
    assert COOKIE not in client.cookies


async def test_cookie_flags_behind_https(
    open_client: OpenClient, open_account: OpenAccount
) -> None:
    await open_account()
    async with open_client(public_url=f"{PUBLIC_SITE}/") as client:
        form = {"login": "lan", "password": PASSWORD}
        headers = {"Origin": PUBLIC_SITE}
        done = await client.post("/sign-in", data=form, headers=headers)
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("__Host-addrsvc=")
        assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= set(cookie.split("; "))
        token = done.cookies["__Host-addrsvc"]
        for name, status in (("__Host-addrsvc", 200), (COOKIE, 303)):
            answer = await client.get("/account", headers={"Cookie": f"{name}={token}"})
            assert answer.status_code == status


async def test_brute_force_is_held_where_it_comes_from_and_nowhere_else(
    client: httpx.AsyncClient,
    open_account: OpenAccount,
    passwords: CountedPasswords,
    clock: SetClock,
    settings: Settings,
) -> None:
    await open_account()
    for guess in range(5):
        assert (await sign_in(client, password=f"guess number {guess}")).status_code == 401
    held = await sign_in(client)  # right, and not looked at
    assert held.status_code == 429
    assert held.headers["retry-after"] == "30"
    assert "Đã nhập sai nhiều lần" in held.text
    assert len(passwords.looked_at) == 5
    other = httpx.ASGITransport(app=client._transport.app, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=other, base_url=httpx.URL("http://test")) as elsewhere:
        assert (await sign_in(elsewhere)).status_code == 303
    clock.moment += timedelta(seconds=31)
    assert (await sign_in(client, password="another guess")).status_code == 401
    assert (await sign_in(client)).headers["retry-after"] == "60"
    clock.moment += timedelta(seconds=61)
    assert (await sign_in(client)).status_code == 303
    refused = rows(settings, "SELECT subject FROM audit_entry WHERE outcome = 'refused'")
    assert refused == [("lan",)] * 6


async def test_enumeration_unknown_logins_cost_and_say_the_same(
    client: httpx.AsyncClient,
    open_account: OpenAccount,
    passwords: CountedPasswords,
    settings: Settings,
) -> None:
    await open_account()
    await open_account("dong", roles=[])
    rows_before = rows(settings, "SELECT 1 FROM account")
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        conn.execute("UPDATE account SET disabled_at = now() WHERE login = 'dong'")
    typed = "matkhau-go-nham-o"
    answers = [
        await sign_in(client, "lan", "wrong"),
        await sign_in(client, typed, "wrong"),
        await sign_in(client, "dong", PASSWORD),
        await sign_in(client, "'; DROP TABLE account; --", "wrong"),
    ]
    assert len(passwords.looked_at) == 4
    pages = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(pages) == 1
    assert {answer.status_code for answer in answers} == {401}
    assert (await sign_in(client, "lan\0", "wrong")).status_code == 422
    for _ in range(4):
        await sign_in(client, typed, "wrong")
    assert (await sign_in(client, typed, "wrong")).status_code == 429
    assert rows(settings, "SELECT 1 FROM account") == rows_before
    kept = rows(settings, "SELECT login_key FROM sign_in_attempt")
    noted = rows(settings, "SELECT subject, detail::text FROM audit_entry")
    assert typed not in f"{kept}{noted}"


async def test_html_in_names_stays_text(
    client: httpx.AsyncClient, open_account: OpenAccount, passwords: CountedPasswords
) -> None:
    evil = "<script>alert(1)</script>\"'; DROP TABLE account; --"
    await open_account(display_name=evil)
    await sign_in(client)
    page = (await client.get("/account")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    again = await sign_in(client, '"><script>alert(2)</script>')
    assert "<script>alert" not in again.text


async def test_a_disabled_accounts_session_dies_at_once(
    client: httpx.AsyncClient,
    open_account: OpenAccount,
    passwords: CountedPasswords,
    settings: Settings,
    clock: SetClock,
) -> None:
    await open_account(roles=[Role.FIELD])
    await sign_in(client)
    assert (await client.get("/v1/addresses")).status_code == 200
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        await accounts.disable_account(conn, command_line("test"), "lan", at=clock.now())
    await engine.dispose()
    assert (await client.get("/v1/addresses")).status_code == 401
    assert (await client.get("/account")).status_code == 303
    assert (await sign_in(client)).status_code == 401


async def test_sessions_end_after_idling_and_after_a_day(
    client: httpx.AsyncClient,
    app: FastAPI,
    open_account: OpenAccount,
    passwords: CountedPasswords,
    clock: SetClock,
) -> None:
    await open_account()
    await sign_in(client)
    for _ in range(3):
        clock.moment += timedelta(hours=7)
        assert (await client.get("/account")).status_code == 200
        await app.state.session_uses.write_down(app.state.doors.engine)
    clock.moment += timedelta(hours=4)  # 25 hours in all
    assert (await client.get("/account")).status_code == 303
    await sign_in(client)
    clock.moment += timedelta(hours=9)
    assert (await client.get("/account")).status_code == 303


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/a\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_open_redirect_leads_home(onward: str) -> None:
    from addrsvc.web.signed_in import local_path  # noqa: PLC0415 -- beside what it tests

    assert local_path(onward) == "/"


async def test_a_password_is_changed_and_other_devices_are_signed_out(
    client: httpx.AsyncClient,
    open_account: OpenAccount,
    passwords: CountedPasswords,
    settings: Settings,
) -> None:
    await open_account(roles=[Role.FIELD], scopes=[Scope.ADDRESSES_SECRET])
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        conn.execute("UPDATE account SET must_change = true")
    await sign_in(client)
    other = client.cookies[COOKIE]
    client.cookies.clear()
    begun = await sign_in(client, next="/a/2574700001")
    assert begun.headers["location"] == "/account"
    page = await client.get("/account")
    assert "Hãy đổi mật khẩu" in page.text
    assert (await client.get("/v1/addresses")).status_code == 403
    new = "chín mươi chín đóa hồng"

    async def change(**fields: str) -> httpx.Response:
        csrf = await token_on(client)
        form = {"csrf": csrf, "present": PASSWORD, "new": new, "again": new, **fields}
        return await client.post("/account/password", data=form, headers=ORIGIN)

    assert "không giống nhau" in (await change(again="x")).text
    assert "ít nhất 12 ký tự" in (await change(new="ngắn", again="ngắn")).text
    wrong = await change(present="sai rồi sai rồi")
    assert (wrong.status_code, "hiện tại không đúng" in wrong.text) == (422, True)
    before = client.cookies[COOKIE]
    done = await change()
    assert done.headers["location"] == "/account?done=password_changed"
    assert "Đã đổi mật khẩu" in (await client.get(done.headers["location"])).text
    assert (await client.get("/v1/addresses")).status_code == 200
    for token in (before, other):
        asked = await client.get("/account", headers={"Cookie": f"{COOKIE}={token}"})
        assert asked.status_code in {200, 303}
    client.cookies.clear()
    for token in (before, other):
        asked = await client.get("/account", headers={"Cookie": f"{COOKIE}={token}"})
        assert asked.status_code == 303
    assert (await sign_in(client)).status_code == 401
    assert (await sign_in(client, password=new)).status_code == 303
    csrf = await token_on(client)
    done = await client.post("/account/sign-out-everywhere", data={"csrf": csrf}, headers=ORIGIN)
    assert "Đã đăng xuất khỏi các nơi khác" in (await client.get(done.headers["location"])).text
    assert len(rows(settings, "SELECT 1 FROM account_session")) == 1


async def test_hashes_follow_the_parameters(
    client: httpx.AsyncClient,
    app: FastAPI,
    open_account: OpenAccount,
    settings: Settings,
) -> None:
    await open_account()
    app.state.passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert (await sign_in(client)).status_code == 303
    [(kept,)] = rows(settings, "SELECT password_hash FROM account")
    assert "m=16,t=2,p=1" in str(kept)
    assert (await sign_in(client)).status_code == 303


async def test_without_a_database_pages_go_on_and_signing_in_says_so(
    open_client: OpenClient, open_account: OpenAccount
) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    away = {"database_url": SecretStr(nowhere), "read_database_url": None}
    async with open_client(**away, request_deadline_s=10) as client:
        headers = {"Cookie": f"{COOKIE}=anything"}
        page = await client.get("/findings", headers=headers)
        assert page.status_code == 200
        assert "Đăng nhập" in page.text
        form = {"login": "lan", "password": PASSWORD}
        answer = await client.post("/sign-in", data=form, headers=ORIGIN)
        assert answer.status_code == 503
        assert "text/html" in answer.headers["content-type"]
        assert "Cơ sở dữ liệu không trả lời" in answer.text


async def test_forms_from_nobody_lead_on_politely(
    client: httpx.AsyncClient, open_account: OpenAccount, passwords: CountedPasswords
) -> None:
    out = await client.post("/sign-out", data={"csrf": "x"}, headers=ORIGIN)
    assert (out.status_code, out.headers["location"]) == (303, "/")
    for path in ("/account/password", "/account/sign-out-everywhere"):
        answer = await client.post(path, data={"csrf": "x"}, headers=ORIGIN)
        assert answer.status_code == 401
        assert "Cần đăng nhập" in answer.text
    await open_account()
    await sign_in(client)
    forged = await client.post("/sign-out", data={"csrf": "x"}, headers=ORIGIN)
    assert forged.status_code == 403
    assert (await client.get("/account")).status_code == 200
    missing = await client.get("/nothing-here", headers={"Accept": "text/html"})
    assert "Trần Thị Bịa" in missing.text
    asset = re.search(r'href="(/static/site\.css[^"]*)"', missing.text)
    assert asset is not None
    assert "private" not in (await client.get(asset[1])).headers["cache-control"]


async def test_while_the_primary_is_away_a_standby_knows_who_is_signed_in(
    client: httpx.AsyncClient,
    open_client: OpenClient,
    open_account: OpenAccount,
    passwords: CountedPasswords,
) -> None:
    await open_account(roles=[Role.FIELD])
    await sign_in(client)
    headers = {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    away = SecretStr("postgresql://nobody@127.0.0.1:1/none")
    async with open_client(database_url=away) as reading:
        assert (await reading.get("/v1/addresses", headers=headers)).status_code == 200
        assert "Trần Thị Bịa" in (await reading.get("/docs", headers=headers)).text
