"""Phones of collectors: who collects enrols a phone of their own, and renews it month by month.

A device holds what its person holds, at most what devices may, and loses it with them. It is no
way round ``access:write``: nobody gives out anything beyond their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.accounts_facts import areas_of
from addrsvc.auth.errors import DevicesTooMany, KeyEnded, KeyUnknown, PersonsOnly
from addrsvc.auth.field_devices import QUERIES
from addrsvc.auth.keys import new_key
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.permissions import DEVICE_SCOPES
from addrsvc.auth.service import DEVICE_DAYS, ApiKey, check_grant
from addrsvc.auth.tables import access_token, api_key
from addrsvc.db.rows import execute, row

MOST_DEVICES: Final = 20
"""Good ones a person may have."""


@dataclass(frozen=True, slots=True, repr=False)
class Enrolled:
    """A device with its key: the only time the key is seen (so: no repr)."""

    key: str
    key_id: str
    expires_at: datetime
    areas: tuple[str, ...] | None


async def enrol(
    conn: AsyncConnection,
    principal: Principal,
    *,
    name: str,
    areas: Collection[str] | None,
    at: datetime,
) -> Enrolled:
    """Make a device of whoever is signed in.

    Args:
        conn: the transaction.
        principal: the person.
        name: what they call it.
        areas: present communes it is for; None: those of the person.
        at: the moment.

    Raises:
        NotSignedIn, ScopeMissing: who may not write addresses does not collect them.
        PersonsOnly: a key or device asks, not a person.
        GrantTooWide, AreaInvalid: areas beyond the person's, or no communes.
        DevicesTooMany: the person has as many as one may.
    """
    _require_person(principal)
    wanted = _own(principal) if areas is None else areas_of(areas)
    check_grant(principal, (), wanted)
    await execute(conn, QUERIES["lock_person"], {"person": principal.id})
    counted = await row(conn, QUERIES["count_good"], {"person": principal.id, "at": at})
    if counted is not None and counted["good"] >= MOST_DEVICES:
        raise DevicesTooMany(limit=MOST_DEVICES)
    key, expires_at = new_key(), at + timedelta(days=DEVICE_DAYS)
    facts = {"name": name, "scopes": _scopes(principal), "areas": wanted}
    made = api_key.insert().values(
        key_id=key.key_id,
        secret_hash=key.secret_hash,
        kind="device",
        held_by=principal.id,
        created_at=at,
        expires_at=expires_at,
        **facts,
    )
    await conn.execute(made)
    await _note(conn, principal, "device.enrol", key.key_id, at, facts)
    return Enrolled(key.text, key.key_id, expires_at, None if wanted is None else tuple(wanted))


async def renew(
    conn: AsyncConnection, principal: Principal, key_id: str, *, at: datetime
) -> Enrolled:
    """Give a device a new secret and another month; it holds what its person holds by now.

    The secret before is good no more. Areas it was limited to it stays limited to, as far as they
    are the person's still; where none of them is, it has those of the person.

    Raises:
        NotSignedIn, ScopeMissing, PersonsOnly: as for :func:`enrol`.
        KeyUnknown: there is none, or somebody else enrolled it.
        KeyEnded: it was revoked.
    """
    _require_person(principal)
    which = (api_key.c.key_id == key_id) & (api_key.c.kind == "device")
    found = (await conn.execute(sa.select(api_key).where(which).with_for_update())).mappings()
    one = found.first()
    if one is None or (device := ApiKey(**one)).held_by != principal.id:
        raise KeyUnknown(key_id=key_id[:20])
    if device.revoked_at is not None:
        raise KeyEnded(key_id=key_id)
    areas = _areas_by_now(principal, device.areas)
    key, expires_at = new_key(key_id), at + timedelta(days=DEVICE_DAYS)
    facts = {"scopes": _scopes(principal), "areas": areas}
    renewed = {
        "secret_hash": key.secret_hash,
        "previous_hash": None,
        "previous_until": None,
        "expires_at": expires_at,
        **facts,
    }
    await conn.execute(api_key.update().where(api_key.c.key_id == key_id).values(renewed))
    await conn.execute(access_token.delete().where(access_token.c.key_id == key_id))
    await _note(conn, principal, "device.renew", key_id, at, facts)
    return Enrolled(key.text, key_id, expires_at, None if areas is None else tuple(areas))


async def narrow_devices(
    conn: AsyncConnection,
    person: str,
    scopes: Collection[Scope],
    areas: Collection[str] | None,
    at: datetime,
) -> None:
    """Take from a person's devices what the person holds no more; what has nothing left ends.

    Ended, not revoked: what is on them waits for the person to come back, or somebody to revoke.
    """
    params = {
        "person": person,
        "scopes": [each.value for each in scopes],
        "areas": None if areas is None else list(areas),
        "at": at,
    }
    await execute(conn, QUERIES["narrow_devices"], params)


def _require_person(principal: Principal) -> None:
    principal.require(Scope.ADDRESSES_WRITE)
    if principal.id.partition(":")[0] not in {"account", "oidc"}:
        raise PersonsOnly


def _own(principal: Principal) -> list[str] | None:
    return None if principal.areas is None else sorted(principal.areas)


def _scopes(principal: Principal) -> list[str]:
    return sorted(each.value for each in DEVICE_SCOPES & principal.scopes)


def _areas_by_now(principal: Principal, limited_to: Collection[str] | None) -> list[str] | None:
    own = _own(principal)
    if own is None or limited_to is None:
        return own if limited_to is None else sorted(limited_to)
    return sorted(set(own) & set(limited_to)) or own


async def _note(
    conn: AsyncConnection,
    principal: Principal,
    action: str,
    key_id: str,
    at: datetime,
    facts: Mapping[str, object],
) -> None:
    await audit.record(
        conn, principal=principal.id, action=action, subject=key_id, at=at, detail=facts
    )
