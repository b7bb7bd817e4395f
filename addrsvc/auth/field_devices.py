"""Devices in the field as those see them who lead collectors: who holds them, and ending one.

Keys are otherwise for who holds ``access:write``. Whoever leads collectors learns first that a
phone is lost, and an hour's wait for an administrator is an hour with contacts on it: so they may
end devices that work nowhere but in their communes, and nothing else about them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.errors import KeyUnknown
from addrsvc.auth.model import Principal, Role, Scope
from addrsvc.auth.permissions import scopes_of
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows

QUERIES: Final = Queries("addrsvc.auth", "queries_devices.sql")

LOST: Final = "lost"
"""Why, where who leads collectors reports one."""


@dataclass(frozen=True, slots=True)
class FieldDevice:
    """A device, by whom it is held; nothing of its secret."""

    key_id: str
    name: str
    held_by: str | None
    areas: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Tell whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Collector:
    """Somebody who may be given a task."""

    person: str
    """Id of the principal: ``account:<login>``."""
    name: str
    areas: tuple[str, ...] | None

    def reaches(self, commune: str) -> bool:
        """Tell whether they may write addresses in a commune."""
        return self.areas is None or commune in self.areas


async def persons_of(conn: Connection, principal: Principal) -> tuple[str, ...]:
    """Give the ids whose tasks are a principal's: its own, of a device those of who holds it."""
    kind, _, key_id = principal.id.partition(":")
    if kind != "device":
        return (principal.id,)
    held_by = (await find_devices(conn, [key_id]))[key_id].held_by
    return () if held_by is None else (held_by, f"account:{held_by}")


async def find_devices(conn: Connection, key_ids: Collection[str]) -> dict[str, FieldDevice]:
    """Give devices by the ids of their keys, whoever may see them."""
    found = await rows(conn, QUERIES["devices"], {"key_ids": list(key_ids)})
    return {each["key_id"]: _device(each) for each in found}


async def list_devices(conn: Connection, principal: Principal) -> list[FieldDevice]:
    """Give devices that work nowhere but in the principal's areas, the newest first.

    Raises:
        NotSignedIn, ScopeMissing: for who leads collectors.
    """
    principal.require(Scope.COLLECTION_REVIEW)
    areas = None if principal.areas is None else sorted(principal.areas)
    return [_device(each) for each in await rows(conn, QUERIES["devices_in"], {"areas": areas})]


async def report_lost(
    conn: AsyncConnection, principal: Principal, key_id: str, at: datetime
) -> None:
    """End a device that is lost; reporting it again changes nothing.

    Raises:
        NotSignedIn, ScopeMissing: for who leads collectors.
        KeyUnknown: there is none, or it also works outside the principal's areas.
    """
    principal.require(Scope.COLLECTION_REVIEW)
    found = await row(conn, QUERIES["lock_device"], {"key_id": key_id})
    if found is None or not principal.covers(found["areas"]):
        raise KeyUnknown(key_id=key_id[:20])
    if found["revoked_at"] is not None:
        return
    await execute(conn, QUERIES["end_device"], {"key_id": key_id, "at": at, "why": LOST})
    await audit.record(
        conn,
        principal=principal.id,
        action="device.revoke",
        subject=key_id,
        at=at,
        detail={"reason": LOST},
    )


async def list_collectors(conn: Connection, principal: Principal) -> list[Collector]:
    """Give people with an account of ours who may write addresses where a principal leads.

    Raises:
        NotSignedIn, ScopeMissing: for who leads collectors.
    """
    principal.require(Scope.COLLECTION_REVIEW)
    areas = None if principal.areas is None else sorted(principal.areas)
    return [
        Collector(f"account:{each['login']}", each["display_name"], _areas(each["areas"]))
        for each in await rows(conn, QUERIES["accounts_in"], {"areas": areas})
        if Scope.ADDRESSES_WRITE in scopes_of(map(Role, each["roles"]), map(Scope, each["scopes"]))
    ]


def _areas(areas: object) -> tuple[str, ...] | None:
    return tuple(areas) if isinstance(areas, list) else None


def _device(found: Row) -> FieldDevice:
    return FieldDevice(**{**found, "areas": _areas(found["areas"])})
