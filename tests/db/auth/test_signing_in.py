"""Signing in where things happen at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth import accounts, accounts_attempts, accounts_signing_in, sessions
from addrsvc.auth.accounts_errors import AccountUnknown, SignInHeld, SignInRefused
from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.auth.sessions import Session
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine, open_doors
from addrsvc.db.rows import rows
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

SOMEONE = command_line("test")
PASSWORD = "bốn con cá bơi ngược"


class WatchedPasswords(Passwords):
    """Quick ones, that can stop for something to happen while one is looked at."""

    def __init__(self) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.looked_at = 0
        self.meanwhile: asyncio.Event | None = None

    async def verify(self, kept: str | None, password: str) -> bool:
        self.looked_at += 1
        if self.meanwhile is not None:
            await self.meanwhile.wait()
        return await super().verify(kept, password)


@pytest.fixture
def passwords() -> WatchedPasswords:
    return WatchedPasswords()


@pytest.fixture
async def door(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


@pytest.fixture
async def account(door: AsyncEngine, passwords: WatchedPasswords, clock: FixedClock) -> str:
    async with transaction(door) as conn:
        made, _ = await accounts.create_account(
            conn,
            SOMEONE,
            passwords,
            login="lan",
            display_name="Trần Thị Bịa",
            roles=[Role.FIELD],
            password=PASSWORD,
            at=clock.now(),
        )
    return made.login


async def test_fifty_guesses_at_once_are_looked_at_no_more_than_five_times(
    door: AsyncEngine, passwords: WatchedPasswords, account: str, clock: FixedClock
) -> None:
    async def guess(number: int) -> type[Exception]:
        with pytest.raises((SignInRefused, SignInHeld)) as refused:
            await accounts_signing_in.sign_in(
                door,
                passwords,
                login=account,
                password=f"guess {number}",
                host="203.0.113.1",
                clock=clock,
            )
        return refused.type

    answers = await asyncio.gather(*map(guess, range(50)))
    assert answers.count(SignInRefused) == 5
    assert passwords.looked_at == 5


@pytest.mark.parametrize("what", ["disable", "set_password"])
async def test_an_account_closed_while_its_password_is_looked_at_opens_nothing(
    what: str,
    door: AsyncEngine,
    passwords: WatchedPasswords,
    account: str,
    clock: FixedClock,
) -> None:
    passwords.meanwhile = asyncio.Event()
    signing_in = asyncio.create_task(
        accounts_signing_in.sign_in(
            door, passwords, login=account, password=PASSWORD, host="::1", clock=clock
        )
    )
    while passwords.looked_at == 0:  # noqa: ASYNC110 -- a count, no event
        await asyncio.sleep(0.01)
    async with transaction(door) as conn:
        if what == "disable":
            await accounts.disable_account(conn, SOMEONE, account, at=clock.now())
        else:
            await accounts.set_password(conn, SOMEONE, passwords, account, at=clock.now())
    passwords.meanwhile.set()
    with pytest.raises(SignInRefused):
        await signing_in
    async with transaction(door) as conn:
        assert await rows(conn, "SELECT 1 FROM account_session", {}) == []


async def test_a_closed_account_changes_no_password(
    door: AsyncEngine,
    passwords: WatchedPasswords,
    account: str,
    clock: FixedClock,
    settings: Settings,
) -> None:
    token = await accounts_signing_in.sign_in(
        door, passwords, login=account, password=PASSWORD, host="::1", clock=clock
    )
    doors = await open_doors(settings)
    found = await sessions.find_session(doors.pool, token, clock.now())
    await doors.close()
    assert isinstance(found, Session)
    assert token not in repr(found)

    async def change() -> None:
        await accounts_signing_in.change_own_password(
            door,
            passwords,
            found,
            present=PASSWORD,
            new="chín mươi chín đóa hồng",
            host="::1",
            clock=clock,
        )

    passwords.meanwhile = asyncio.Event()
    before = passwords.looked_at
    changing = asyncio.create_task(change())
    while passwords.looked_at == before:  # noqa: ASYNC110 -- a count, no event
        await asyncio.sleep(0.01)
    async with transaction(door) as conn:
        await accounts.disable_account(conn, SOMEONE, account, at=clock.now())
    passwords.meanwhile.set()
    with pytest.raises(NotSignedIn):
        await changing
    with pytest.raises(NotSignedIn):
        await change()


async def test_who_comes_by_a_socket_file_has_no_address_and_signs_in(
    door: AsyncEngine, passwords: WatchedPasswords, account: str, clock: FixedClock
) -> None:
    assert await accounts_signing_in.sign_in(
        door, passwords, login=account, password=PASSWORD, host="", clock=clock
    )


async def test_old_attempts_and_sessions_are_forgotten(
    door: AsyncEngine, passwords: WatchedPasswords, account: str, clock: FixedClock
) -> None:
    async def sign_in(later: timedelta) -> None:
        await accounts_signing_in.sign_in(
            door,
            passwords,
            login=account,
            password=PASSWORD,
            host="203.0.113.7",
            clock=FixedClock(clock.now() + later),
        )

    with pytest.raises(SignInRefused):
        await accounts_signing_in.sign_in(
            door, passwords, login="nobody", password="x", host="203.0.113.9", clock=clock
        )
    await sign_in(timedelta(0))
    await sign_in(timedelta(days=2))
    async with transaction(door) as conn:
        kept = await rows(conn, "SELECT login_key, client FROM sign_in_attempt", {})
        assert {each["client"] for each in kept} <= {"203.0.113.7", ""}
        assert not any(each["login_key"].startswith("?") for each in kept)
        assert len(await rows(conn, "SELECT 1 FROM account_session", {})) == 1


async def test_a_new_password_ends_every_wait(
    door: AsyncEngine, passwords: WatchedPasswords, account: str, clock: FixedClock
) -> None:
    async with transaction(door) as conn:
        for _ in range(5):
            await accounts_attempts.count_attempt(conn, account, "203.0.113.1", clock.now())
        with pytest.raises(SignInHeld):
            await accounts_attempts.count_attempt(conn, account, "203.0.113.1", clock.now())
        await accounts.set_password(conn, SOMEONE, passwords, account, at=clock.now())
        await accounts_attempts.count_attempt(conn, account, "203.0.113.1", clock.now())
        with pytest.raises(AccountUnknown):
            await accounts.set_password(conn, SOMEONE, passwords, "nobody", at=clock.now())
