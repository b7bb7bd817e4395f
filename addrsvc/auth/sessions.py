"""Sessions of people with a local account: begun at sign-in, ended in many ways.

A session is a random token of 32 bytes in a cookie, of which the database keeps the SHA-256. It
is made anew at each sign-in, whatever cookie was there before, and ends when somebody signs out,
after eight hours without use, after a day, and with a change of password or of the account.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth import csrf
from addrsvc.auth.accounts_tables import account_session
from addrsvc.auth.keys import hash_of
from addrsvc.auth.model import Principal, Role, Scope
from addrsvc.auth.permissions import scopes_of
from addrsvc.db.doors import ReadPool
from addrsvc.db.queries import Queries
from addrsvc.db.rows import execute, row, rows

IDLE_LIMIT = timedelta(hours=8)
ABSOLUTE_LIMIT = timedelta(hours=24)

QUERIES = Queries("addrsvc.auth", "queries_people.sql")


@dataclass(frozen=True, slots=True)
class Session:
    """A live session and the person it is of."""

    token: str = field(repr=False)
    account_id: int
    login: str
    display_name: str
    roles: tuple[Role, ...]
    must_change: bool
    """Somebody else knows the password: until it is changed nothing may be done."""
    principal: Principal

    @property
    def csrf(self) -> str:
        """Give the token its forms carry."""
        return csrf.token_of(self.token)


@dataclass(frozen=True, slots=True)
class SessionUse:
    """One of the live sessions of an account."""

    begun_at: datetime
    last_used_at: datetime
    is_this: bool


async def begin_session(conn: AsyncConnection, account_id: int, *, at: datetime) -> str:
    """Begin a session and give its token, which is not kept; ended ones are forgotten."""
    await execute(conn, QUERIES["forget_ended_sessions"], {"born_after": at - ABSOLUTE_LIMIT})
    token = secrets.token_urlsafe(32)
    await conn.execute(
        account_session.insert().values(
            token_hash=hash_of(token), account_id=account_id, created_at=at, last_used_at=at
        )
    )
    return token


async def find_session(pool: ReadPool, token: str, now: datetime) -> Session | None:
    """Give the live session of a token; None when there is none, whatever the reason."""
    async with pool.connection() as conn:
        found = await row(
            conn, QUERIES["session_by_token"], {"token_hash": hash_of(token), **_limits(now)}
        )
    if found is None:
        return None
    roles = tuple(Role(each) for each in found["roles"])
    extra = [Scope(each) for each in found["scopes"]]
    areas = found["areas"]
    return Session(
        token=token,
        account_id=found["account_id"],
        login=found["login"],
        display_name=found["display_name"],
        roles=roles,
        must_change=found["must_change"],
        principal=Principal(
            f"account:{found['login']}",
            frozenset() if found["must_change"] else scopes_of(roles, extra),
            None if areas is None else frozenset(areas),
        ),
    )


async def list_sessions(pool: ReadPool, session: Session, now: datetime) -> list[SessionUse]:
    """Give the live sessions of the account, the one used last first."""
    async with pool.connection() as conn:
        found = await rows(
            conn, QUERIES["sessions_of"], {"account_id": session.account_id, **_limits(now)}
        )
    this = hash_of(session.token)
    return [
        SessionUse(each["created_at"], each["last_used_at"], bytes(each["token_hash"]) == this)
        for each in found
    ]


async def end_session(conn: AsyncConnection, token: str) -> bool:
    """End the session of a token; tell whether there was one."""
    return await execute(conn, QUERIES["end_session"], {"token_hash": hash_of(token)}) > 0


async def end_sessions_of(conn: AsyncConnection, account_id: int) -> None:
    """End all sessions of an account."""
    await execute(conn, QUERIES["end_sessions_of"], {"account_id": account_id})


async def note_uses(conn: AsyncConnection, uses: Mapping[str, datetime]) -> None:
    """Remember when sessions, by the hash of their token in hex, were last used."""
    for token_hash, at in sorted(uses.items()):
        params = {"token_hash": bytes.fromhex(token_hash), "at": at}
        await execute(conn, QUERIES["use_session"], params)


def _limits(now: datetime) -> dict[str, object]:
    return {"born_after": now - ABSOLUTE_LIMIT, "used_after": now - IDLE_LIMIT}
