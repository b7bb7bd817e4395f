"""Issue, check and revoke API keys."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from psycopg.rows import class_row
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.errors import KeyRefused, KeyUnknown
from addrsvc.auth.keys import hash_of, new_key, split_key
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.tables import api_key
from addrsvc.db.doors import ReadPool


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; the secret is not."""

    key_id: str
    secret_hash: bytes
    name: str
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Tell whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


async def create_key(
    conn: AsyncConnection,
    principal: Principal,
    *,
    name: str,
    scopes: Sequence[Scope],
    expires_at: datetime | None,
    at: datetime,
) -> str:
    """Issue a key and give its full text, which is not kept and never shown again."""
    key = new_key()
    await conn.execute(
        api_key.insert().values(
            key_id=key.key_id,
            secret_hash=key.secret_hash,
            name=name,
            scopes=[scope.value for scope in scopes],
            created_at=at,
            expires_at=expires_at,
        )
    )
    await audit.record(
        conn,
        principal=principal.id,
        action="key.create",
        subject=key.key_id,
        at=at,
        detail={"name": name, "scopes": [scope.value for scope in scopes]},
    )
    return key.text


async def revoke_key(
    conn: AsyncConnection, principal: Principal, key_id: str, *, at: datetime
) -> None:
    """Make a key useless from now on; revoking twice changes nothing.

    Raises:
        KeyUnknown: there is no such key.
    """
    found = await conn.execute(
        api_key.update()
        .where(api_key.c.key_id == key_id)
        .values(revoked_at=sa.func.coalesce(api_key.c.revoked_at, at))
    )
    if found.rowcount == 0:
        raise KeyUnknown(key_id=key_id)
    await audit.record(conn, principal=principal.id, action="key.revoke", subject=key_id, at=at)


async def list_keys(conn: AsyncConnection) -> list[ApiKey]:
    """Give all keys, newest first."""
    rows = await conn.execute(sa.select(api_key).order_by(api_key.c.created_at.desc()))
    return [ApiKey(**row) for row in rows.mappings()]


async def authenticate(pool: ReadPool, token: str, now: datetime) -> Principal:
    """Give the principal a key stands for.

    Raises:
        KeyRefused: unknown, wrong, expired or revoked; which, is not told.
    """
    parts = split_key(token)
    if parts is None:
        raise KeyRefused
    key_id, secret = parts
    async with pool.connection() as conn, conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(
            "SELECT key_id, secret_hash, name, scopes, created_at, expires_at, revoked_at,"
            " last_used_at FROM api_key WHERE key_id = %s",
            (key_id,),
        )
        key = await cursor.fetchone()
    if (
        key is None
        or not hmac.compare_digest(key.secret_hash, hash_of(secret))
        or not key.is_good(now)
    ):
        raise KeyRefused
    return Principal(f"key:{key_id}", frozenset(Scope(scope) for scope in key.scopes))


async def note_uses(conn: AsyncConnection, uses: Mapping[str, datetime]) -> None:
    """Remember when keys were last used; an earlier moment never replaces a later one."""
    for key_id, at in sorted(uses.items()):
        latest = sa.func.greatest(api_key.c.last_used_at, at)
        await conn.execute(
            api_key.update().where(api_key.c.key_id == key_id).values(last_used_at=latest)
        )
