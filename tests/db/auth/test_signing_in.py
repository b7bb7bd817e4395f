"""Signing in where things happen at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count

import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth import accounts, accounts_attempts, accounts_signing_in, sessions
from addrsvc.auth.accounts_attempts import BY_CLIENT
from addrsvc.auth.accounts_errors import (
    AccountUnknown,
    PasswordsBusy,
    PasswordWeak,
    SignInHeld,
    SignInRefused,
)
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


def sharing_bits_with(login: str) -> str:
    """Give a login nobody has that is counted under the same sixteen bits."""

    def bits(text: str) -> bytes:
        return hashlib.sha256(text.encode()).digest()[:2]

    return next(text for number in count() if bits(text := f"nobody-{number}") == bits(login))


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
    while passwords.looked_at == 0:
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
    while passwords.looked_at == before:
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
        unknown = accounts_attempts.key_of("nobody")
        assert unknown not in {each["login_key"] for each in kept}
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


async def test_what_is_held_does_not_tell_which_logins_exist(
    door: AsyncEngine, passwords: WatchedPasswords, account: str, clock: FixedClock
) -> None:
    """Whoever filled the count two logins share must find both held, or neither."""

    async def guess(login: str) -> type[Exception]:
        with pytest.raises((SignInRefused, SignInHeld)) as refused:
            await accounts_signing_in.sign_in(
                door, passwords, login=login, password="x", host="203.0.113.5", clock=clock
            )
        return refused.type

    other = sharing_bits_with(account)
    for _ in range(5):
        await guess(other)
    assert await guess(other) is SignInHeld
    assert await guess(account) is SignInHeld


async def test_those_who_sign_in_do_not_keep_their_office_waiting(
    door: AsyncEngine, passwords: WatchedPasswords, account: str, clock: FixedClock
) -> None:
    host = "203.0.113.6"
    async with transaction(door) as conn:
        for number in range(BY_CLIENT.free):
            await accounts_attempts.count_attempt(conn, f"someone-{number}", host, clock.now())
    for hours in (20, 40, 60):
        later = FixedClock(clock.now() + timedelta(hours=hours))
        await accounts_signing_in.sign_in(
            door, passwords, login=account, password=PASSWORD, host=host, clock=later
        )
        # a colleague in the same minute
        await accounts_signing_in.sign_in(
            door, passwords, login=account, password=PASSWORD, host=host, clock=later
        )
    async with transaction(door) as conn:
        await accounts_attempts.count_attempt(conn, "another", host, later.now())
        await accounts_attempts.count_attempt(conn, "another", host, later.now())


async def test_who_was_never_looked_at_has_not_failed(
    door: AsyncEngine, account: str, clock: FixedClock
) -> None:
    busy = WatchedPasswords()
    busy._under_way = 99
    for _ in range(6):
        with pytest.raises(PasswordsBusy):
            await accounts_signing_in.sign_in(
                door, busy, login=account, password=PASSWORD, host="203.0.113.8", clock=clock
            )


async def _signed_in(
    door: AsyncEngine,
    passwords: Passwords,
    login: str,
    clock: FixedClock,
    settings: Settings,
) -> Session:
    token = await accounts_signing_in.sign_in(
        door, passwords, login=login, password=PASSWORD, host="::1", clock=clock
    )
    doors = await open_doors(settings)
    found = await sessions.find_session(doors.pool, token, clock.now())
    await doors.close()
    assert found is not None
    return found


async def test_a_session_that_was_ended_begins_no_other(
    door: AsyncEngine,
    passwords: WatchedPasswords,
    account: str,
    clock: FixedClock,
    settings: Settings,
) -> None:
    stolen = await _signed_in(door, passwords, account, clock, settings)
    async with transaction(door) as conn:
        await accounts.set_password(conn, SOMEONE, passwords, account, at=clock.now())
    with pytest.raises(NotSignedIn):
        await accounts_signing_in.sign_out_everywhere(door, stolen, clock=clock)
    async with transaction(door) as conn:
        assert await rows(conn, "SELECT 1 FROM account_session", {}) == []


async def test_a_new_password_is_another_than_the_one_before(
    door: AsyncEngine,
    passwords: WatchedPasswords,
    account: str,
    clock: FixedClock,
    settings: Settings,
) -> None:
    session = await _signed_in(door, passwords, account, clock, settings)
    with pytest.raises(PasswordWeak):
        await accounts_signing_in.change_own_password(
            door, passwords, session, present=PASSWORD, new=PASSWORD, host="::1", clock=clock
        )
