"""Issue, rotate, check and revoke API keys of services and devices."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import sqlalchemy as sa
from psycopg.rows import class_row
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.accounts_facts import areas_of
from addrsvc.auth.errors import (
    DeviceRevoked,
    DeviceTooWide,
    GrantTooWide,
    KeyEnded,
    KeyRefused,
    KeyUnknown,
)
from addrsvc.auth.keys import hash_of, new_key, split_key
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.permissions import DEVICE_SCOPES
from addrsvc.auth.tables import access_token, api_key
from addrsvc.db.doors import ReadPool

KeyKind = Literal["service", "device"]

DEVICE_DAYS: Final = 30
DEVICE_DAYS_LIMIT: Final = 90
GRACE: Final = timedelta(days=7)
"""How long the secret before is good after a rotation, unless another time is asked for."""

_NOBODY: Final = bytes(32)
"""Compared with where there is no key, so that an unknown id takes as long as a wrong secret."""


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
    kind: KeyKind = "service"
    areas: Sequence[str] | None = None
    previous_hash: bytes | None = None
    previous_until: datetime | None = None
    held_by: str | None = None
    revoked_because: str | None = None

    def is_good(self, now: datetime) -> bool:
        """Tell whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def has_secret(self, secret: str, now: datetime) -> bool:
        """Tell whether a secret is this key's, or was until a rotation not long ago."""
        given = hash_of(secret)
        is_previous = (
            self.previous_hash is not None
            and self.previous_until is not None
            and now < self.previous_until
            and hmac.compare_digest(self.previous_hash, given)
        )
        return hmac.compare_digest(self.secret_hash, given) or is_previous

    def principal(self, scopes: Collection[str] | None = None) -> Principal:
        """Give the principal it stands for; ``scopes`` None: with all it may do."""
        held = self.scopes if scopes is None else [each for each in self.scopes if each in scopes]
        return Principal(
            f"{'device' if self.kind == 'device' else 'key'}:{self.key_id}",
            frozenset(Scope(scope) for scope in held),
            None if self.areas is None else frozenset(self.areas),
        )


COLUMNS: Final = ", ".join(f"k.{name}" for name in ApiKey.__slots__)
"""What statements on the read door select of ``api_key k``."""


async def create_key(
    conn: AsyncConnection,
    principal: Principal,
    *,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime | None,
    at: datetime,
    areas: Collection[str] | None = None,
    is_sandbox: bool = False,
) -> str:
    """Issue a key and give its full text, which is not kept and never shown again.

    ``areas`` are codes of present communes; None: everywhere. What keeps a sandbox key from real
    addresses is that it is issued in the database of a demo and is in no other.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal to do.
        GrantTooWide: it would do more, or elsewhere, than whoever issues it.
        AreaInvalid: an area is no commune code.
    """
    return await _issue(
        conn,
        principal,
        "service",
        name,
        scopes,
        areas,
        expires_at=expires_at,
        at=at,
        is_sandbox=is_sandbox,
    )


async def create_device(
    conn: AsyncConnection,
    principal: Principal,
    *,
    name: str,
    held_by: str,
    areas: Collection[str] | None,
    expires_at: datetime,
    at: datetime,
    scopes: Collection[Scope] = DEVICE_SCOPES,
) -> str:
    """Issue the key of a device handed to somebody; it does little and not for long.

    Raises:
        DeviceTooWide: it would do more than devices do, or for longer.
        NotSignedIn, ScopeMissing, GrantTooWide, AreaInvalid: as for :func:`create_key`.
    """
    lasting = expires_at - at
    if not DEVICE_SCOPES.issuperset(scopes) or lasting > timedelta(days=DEVICE_DAYS_LIMIT):
        raise DeviceTooWide(scopes=", ".join(sorted(DEVICE_SCOPES)), days=DEVICE_DAYS_LIMIT)
    return await _issue(
        conn,
        principal,
        "device",
        name,
        scopes,
        areas,
        expires_at=expires_at,
        at=at,
        held_by=held_by,
    )


async def _issue(
    conn: AsyncConnection,
    principal: Principal,
    kind: KeyKind,
    name: str,
    scopes: Collection[Scope],
    areas: Collection[str] | None,
    *,
    expires_at: datetime | None,
    at: datetime,
    held_by: str | None = None,
    is_sandbox: bool = False,
) -> str:
    principal.require(Scope.ACCESS_WRITE)
    facts = {
        "name": name,
        "scopes": sorted(scope.value for scope in set(scopes)),
        "areas": areas_of(areas),
    }
    check_grant(principal, scopes, areas)
    key = new_key(is_sandbox=is_sandbox)
    await conn.execute(
        api_key.insert().values(
            key_id=key.key_id,
            secret_hash=key.secret_hash,
            kind=kind,
            held_by=held_by,
            created_at=at,
            expires_at=expires_at,
            **facts,
        )
    )
    await _note(conn, principal, "create", kind, key.key_id, at, facts)
    return key.text


def check_grant(
    principal: Principal, scopes: Collection[Scope], areas: Collection[str] | None
) -> None:
    """Pass only what a principal holds itself: nobody gives out more, or elsewhere.

    Raises:
        GrantTooWide: it is more than that.
    """
    for scope in scopes:
        if not principal.may(scope):
            raise GrantTooWide(beyond=scope.value)
    if principal.areas is None:
        return
    if areas is None:
        raise GrantTooWide(beyond="*")
    for area in areas:
        if not principal.reaches(area):
            raise GrantTooWide(beyond=area)


async def rotate_key(
    conn: AsyncConnection,
    principal: Principal,
    key_id: str,
    *,
    at: datetime,
    grace: timedelta = GRACE,
    kind: KeyKind = "service",
) -> str:
    """Give a key a new secret and tell it, once; the one before is good for a while yet.

    With no grace the old secret is held to be known to others: its tokens end with it.

    Raises:
        KeyUnknown: there is no such key, or not for this principal.
        KeyEnded: it is expired or revoked.
        NotSignedIn, ScopeMissing, GrantTooWide: who tells the secret could use it.
    """
    found = await _lock(conn, principal, key_id, kind)
    check_grant(principal, [Scope(each) for each in found.scopes], found.areas)
    if not found.is_good(at):
        raise KeyEnded(key_id=key_id)
    key = new_key(key_id)
    previous = (found.secret_hash, at + grace) if grace else (None, None)
    await conn.execute(
        api_key.update()
        .where(api_key.c.key_id == key_id)
        .values(
            secret_hash=key.secret_hash,
            previous_hash=previous[0],
            previous_until=previous[1],
        )
    )
    if not grace:
        await conn.execute(access_token.delete().where(access_token.c.key_id == key_id))
    facts = {"grace_s": int(grace.total_seconds())}
    await _note(conn, principal, "rotate", kind, key_id, at, facts)
    return key.text


async def revoke_key(
    conn: AsyncConnection,
    principal: Principal,
    key_id: str,
    *,
    at: datetime,
    reason: str | None = None,
    kind: KeyKind = "service",
) -> None:
    """Make a key and its tokens useless from now on; revoking twice changes nothing.

    Raises:
        KeyUnknown: there is no such key, or not for this principal.
        NotSignedIn, ScopeMissing: not for this principal to do.
    """
    found = await _lock(conn, principal, key_id, kind)
    if found.revoked_at is None:
        ended = {"revoked_at": at, "revoked_because": reason}
        await conn.execute(api_key.update().where(api_key.c.key_id == key_id).values(ended))
        await _note(conn, principal, "revoke", kind, key_id, at, {"reason": reason})


async def _lock(conn: AsyncConnection, principal: Principal, key_id: str, kind: str) -> ApiKey:
    principal.require(Scope.ACCESS_WRITE)
    which = (api_key.c.key_id == key_id) & (api_key.c.kind == kind)
    found = (await conn.execute(sa.select(api_key).where(which).with_for_update())).mappings()
    row = found.first()
    if row is None or not principal.covers((key := ApiKey(**row)).areas):
        raise KeyUnknown(key_id=key_id[:20])
    return key


async def list_keys(
    conn: AsyncConnection, principal: Principal, kind: KeyKind = "service"
) -> list[ApiKey]:
    """Give the keys of one kind within the principal's areas, newest first.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal to see.
    """
    principal.require(Scope.ACCESS_WRITE)
    wanted = sa.select(api_key).where(api_key.c.kind == kind)
    rows = await conn.execute(wanted.order_by(api_key.c.created_at.desc(), api_key.c.key_id))
    keys = [ApiKey(**row) for row in rows.mappings()]
    return [each for each in keys if principal.covers(each.areas)]


async def _note(
    conn: AsyncConnection,
    principal: Principal,
    what: str,
    kind: KeyKind,
    key_id: str,
    at: datetime,
    facts: Mapping[str, object],
) -> None:
    await audit.record(
        conn,
        principal=principal.id,
        action=f"{'device' if kind == 'device' else 'key'}.{what}",
        subject=key_id,
        at=at,
        detail=facts,
    )


async def authenticate(pool: ReadPool, text: str, now: datetime) -> Principal:
    """Give the principal a key stands for.

    Raises:
        KeyRefused: unknown, wrong, expired or revoked; which, is not told.
        DeviceRevoked: the right key of a device that was revoked.
    """
    parts = split_key(text)
    if parts is None:
        raise KeyRefused
    key_id, secret = parts
    async with pool.connection() as conn, conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(f"SELECT {COLUMNS} FROM api_key k WHERE key_id = %s", (key_id,))
        key = await cursor.fetchone()
    return good_key(key, secret, now).principal()


def good_key(key: ApiKey | None, secret: str, now: datetime) -> ApiKey:
    """Pass a key whose secret was given and that has not ended.

    Raises:
        KeyRefused, DeviceRevoked: as for :func:`authenticate`.
    """
    if key is None:
        hmac.compare_digest(_NOBODY, hash_of(secret))
        raise KeyRefused
    if not key.has_secret(secret, now):
        raise KeyRefused
    refuse_ended(key, now)
    return key


def refuse_ended(key: ApiKey, now: datetime) -> None:
    """Pass a key, known to be who it says, that has not ended.

    Raises:
        KeyRefused, DeviceRevoked: as for :func:`authenticate`.
    """
    if key.is_good(now):
        return
    if key.kind == "device" and key.revoked_at is not None:
        raise DeviceRevoked(device=key.key_id)
    raise KeyRefused


async def note_uses(conn: AsyncConnection, uses: Mapping[str, datetime]) -> None:
    """Remember when keys were last used; an earlier moment never replaces a later one."""
    for key_id, at in sorted(uses.items()):
        latest = sa.func.greatest(api_key.c.last_used_at, at)
        await conn.execute(
            api_key.update().where(api_key.c.key_id == key_id).values(last_used_at=latest)
        )
