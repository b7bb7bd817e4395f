"""Access tokens for API keys: the client credentials grant.

A token does no more than its key, lives for minutes and dies with it. What crosses the network on
every request is then no lasting secret. Source: RFC 6749 section 4.4.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.errors import KeyRefused, TokenScopeRefused
from addrsvc.auth.keys import hash_of, new_token, split_key
from addrsvc.auth.model import Principal
from addrsvc.auth.service import COLUMNS, ApiKey, good_key, refuse_ended
from addrsvc.auth.tables import access_token, api_key
from addrsvc.db.doors import ReadPool

LIFETIME: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just issued: ``text`` is the only time it is seen."""

    text: str
    expires_at: datetime
    scopes: tuple[str, ...]


async def issue_token(
    conn: AsyncConnection, key_id: str, secret: str, asked: Collection[str] | None, at: datetime
) -> NewToken:
    """Issue a token for a key; ``asked`` None: with all its scopes.

    Raises:
        KeyRefused, DeviceRevoked: see ``service.good_key``.
        TokenScopeRefused: the key has not all the scopes asked for.
    """
    if split_key(f"adr_{key_id}_{secret}") is None:
        raise KeyRefused  # nor may everything be asked of the database
    which = sa.select(api_key).where(api_key.c.key_id == key_id)
    row = (await conn.execute(which.with_for_update(read=True))).mappings().first()
    key = good_key(None if row is None else ApiKey(**row), secret, at)
    scopes = tuple(sorted(set(key.scopes if asked is None else asked)))
    for scope in scopes:
        if scope not in key.scopes:
            raise TokenScopeRefused(scope=scope[:60])
    ends = at + LIFETIME if key.expires_at is None else min(at + LIFETIME, key.expires_at)
    token = NewToken(new_token(), ends, scopes)
    await conn.execute(
        access_token.delete().where(
            (access_token.c.key_id == key_id) & (access_token.c.expires_at <= at)
        )
    )
    await conn.execute(
        access_token.insert().values(
            token_hash=hash_of(token.text),
            key_id=key_id,
            scopes=list(scopes),
            issued_at=at,
            expires_at=ends,
        )
    )
    principal = key.principal().id
    await audit.record(
        conn,
        principal=principal,
        action="token.issue",
        subject=key_id,
        at=at,
        detail={"scopes": list(scopes)},
    )
    return token


async def authenticate_token(pool: ReadPool, text: str, now: datetime) -> Principal:
    """Give the principal a token stands for.

    Raises:
        KeyRefused: unknown or expired, or its key has ended.
        DeviceRevoked: its key was a device's and was revoked.
    """
    async with pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT {COLUMNS}, t.scopes AS token_scopes, t.expires_at AS token_expires_at"
            " FROM access_token t JOIN api_key k USING (key_id) WHERE t.token_hash = %s",
            (hash_of(text),),
        )
        found: dict[str, Any] | None = await cursor.fetchone()
    if found is None:
        raise KeyRefused
    scopes, expires_at = found.pop("token_scopes"), found.pop("token_expires_at")
    key = ApiKey(**found)
    refuse_ended(key, now)
    if now >= expires_at:
        raise KeyRefused
    return key.principal(scopes)
