"""Sign people in and out, and let them change their own password.

Signing in is two short transactions with the slow hash between them, so that no connection is
held while it is computed: first the attempt is counted, then what came of it is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.accounts_attempts import count_attempt, forgive_attempt
from addrsvc.auth.accounts_errors import PasswordWeak, PasswordWrong, SignInRefused
from addrsvc.auth.accounts_tables import account
from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.limits import client_of
from addrsvc.auth.model import ANONYMOUS
from addrsvc.auth.passwords import Passwords, normalise, require_good
from addrsvc.auth.sessions import Session, begin_session, end_session, end_sessions_of
from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction

_NOBODY = "-"


@dataclass(frozen=True, slots=True)
class _Kept:
    """What an account's password is checked against."""

    account_id: int
    login: str
    display_name: str
    password_hash: str
    disabled_at: datetime | None


_KEPT = [account.c[name] for name in _Kept.__slots__]


async def sign_in(
    engine: AsyncEngine,
    passwords: Passwords,
    *,
    login: str,
    password: str,
    host: str,
    clock: Clock,
    token_before: str | None = None,
) -> str:
    """Begin a session and give its token; the one the browser had before is ended.

    A login nobody has, a wrong password and a closed account are answered alike, after the same
    work. What was typed as a login nobody has is not kept: it may be a password.

    Raises:
        SignInRefused: login or password is wrong, or the account is closed.
        SignInHeld: too many failures; the password was not looked at.
        PasswordsBusy: too many wait already.
    """
    now, login = clock.now(), login.strip().lower()
    passwords.require_room()
    async with transaction(engine) as conn:
        kept = await _find(conn, login)
        attempt = await count_attempt(conn, login, _client(host), now)
    is_right = await passwords.verify(None if kept is None else kept.password_hash, password)
    if not is_right or kept is None or kept.disabled_at is not None:
        async with transaction(engine) as conn:
            await _note(conn, kept, ANONYMOUS.id, "sign_in", now, is_done=False)
        raise SignInRefused
    renewed = None
    if passwords.is_outdated(kept.password_hash):
        renewed = await passwords.hash(password)
    async with transaction(engine) as conn:
        still = await _find(conn, login, lock=True)
        if still is None or still != kept:
            raise SignInRefused  # closed, or the password changed, while it was looked at
        if renewed is not None:
            await _keep(conn, kept.account_id, password_hash=renewed)
        if token_before is not None:
            await end_session(conn, token_before)
        await forgive_attempt(conn, attempt)
        await _note(conn, kept, f"account:{kept.login}", "sign_in", now)
        return await begin_session(conn, kept.account_id, at=now)


async def sign_out(engine: AsyncEngine, session: Session, *, clock: Clock) -> None:
    """End a session."""
    async with transaction(engine) as conn:
        await end_session(conn, session.token)
        await _note_own(conn, session, "sign_out", clock.now())


async def sign_out_everywhere(engine: AsyncEngine, session: Session, *, clock: Clock) -> str:
    """End all sessions of the person and give the token of a new one for this browser.

    Raises:
        NotSignedIn: this one was ended meanwhile, as with a new password.
    """
    now = clock.now()
    async with transaction(engine) as conn:
        await _find(conn, session.login, lock=True)
        if not await end_session(conn, session.token):
            raise NotSignedIn
        await end_sessions_of(conn, session.account_id)
        await _note_own(conn, session, "sign_out_everywhere", now)
        return await begin_session(conn, session.account_id, at=now)


async def change_own_password(
    engine: AsyncEngine,
    passwords: Passwords,
    session: Session,
    *,
    present: str,
    new: str,
    host: str,
    clock: Clock,
) -> str:
    """Set one's own password, end all sessions and give the token of a new one.

    Raises:
        PasswordWrong: the present password is not that.
        PasswordWeak: the new one is too easy to guess, or the present one.
        SignInHeld: the present one was guessed too often.
        NotSignedIn: the account was closed meanwhile.
        PasswordsBusy: too many wait already.
    """
    require_good(new, login=session.login, display_name=session.display_name)
    if normalise(new) == normalise(present):
        raise PasswordWeak(
            "Mật khẩu mới phải khác mật khẩu hiện tại.",
            "The new password must be another than the present one.",
        )
    passwords.require_room()
    now = clock.now()
    async with transaction(engine) as conn:
        kept = await _find(conn, session.login)
        attempt = await count_attempt(conn, session.login, _client(host), now)
    if kept is None or kept.disabled_at is not None:
        raise NotSignedIn
    if not await passwords.verify(kept.password_hash, present):
        raise PasswordWrong
    made = await passwords.hash(new)
    async with transaction(engine) as conn:
        if await _find(conn, session.login, lock=True) != kept:
            raise NotSignedIn
        await _keep(
            conn,
            kept.account_id,
            password_hash=made,
            password_changed_at=now,
            must_change=False,
        )
        await forgive_attempt(conn, attempt)
        await end_sessions_of(conn, kept.account_id)
        await _note_own(conn, session, "change_password", now)
        return await begin_session(conn, kept.account_id, at=now)


def _client(host: str) -> str:
    """Give what counts as one client; who came by a socket file has no address of their own."""
    return client_of(host) or _NOBODY


async def _find(conn: AsyncConnection, login: str, *, lock: bool = False) -> _Kept | None:
    if "\0" in login:
        return None  # PostgreSQL has no such text
    statement = sa.select(*_KEPT).where(account.c.login == login)
    found = await conn.execute(statement.with_for_update() if lock else statement)
    row = found.mappings().one_or_none()
    return None if row is None else _Kept(**row)


async def _keep(conn: AsyncConnection, account_id: int, **values: object) -> None:
    await conn.execute(account.update().where(account.c.account_id == account_id).values(**values))


async def _note(
    conn: AsyncConnection,
    kept: _Kept | None,
    principal: str,
    verb: str,
    at: datetime,
    *,
    is_done: bool = True,
) -> None:
    await audit.record(
        conn,
        principal=principal,
        action=f"account.{verb}",
        subject=_NOBODY if kept is None else kept.login,
        at=at,
        outcome="done" if is_done else "refused",
    )


async def _note_own(conn: AsyncConnection, session: Session, verb: str, at: datetime) -> None:
    await audit.record(
        conn,
        principal=session.principal.id,
        action=f"account.{verb}",
        subject=session.login,
        at=at,
    )
