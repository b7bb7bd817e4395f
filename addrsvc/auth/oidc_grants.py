"""What people signed in elsewhere may do, said here by name; it outranks what their token says."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.accounts_errors import GrantUnknown, SubjectInvalid
from addrsvc.auth.accounts_facts import facts_of
from addrsvc.auth.accounts_tables import person_grant
from addrsvc.auth.model import Principal, Role, Scope
from addrsvc.auth.permissions import scopes_of
from addrsvc.auth.service import check_grant
from addrsvc.auth.sessions import QUERIES
from addrsvc.db.doors import ReadPool
from addrsvc.db.rows import Row, row

SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")
"""What an identity provider may call a person."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one person may do."""

    issuer: str
    subject: str
    roles: tuple[Role, ...]
    scopes: tuple[Scope, ...]
    areas: frozenset[str] | None
    granted_by: str
    granted_at: datetime
    expires_at: datetime | None

    def all_scopes(self) -> frozenset[Scope]:
        """Give everything they may do."""
        return scopes_of(self.roles, self.scopes)

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether it has not ended."""
        return self.expires_at is None or now < self.expires_at


async def find_grant(pool: ReadPool, issuer: str, subject: str, now: datetime) -> Grant | None:
    """Give what is granted to a person now; None: nothing."""
    async with pool.connection() as conn:
        found = await row(
            conn, QUERIES["grant_of"], {"issuer": issuer, "subject": subject, "now": now}
        )
    return None if found is None else _grant_of(found)


async def list_grants(conn: AsyncConnection, principal: Principal) -> list[Grant]:
    """Give the grants within the principal's areas, by issuer and subject, ended ones too.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal to see.
    """
    principal.require(Scope.ACCESS_WRITE)
    order = (person_grant.c.issuer, person_grant.c.subject)
    found = await conn.execute(sa.select(person_grant).order_by(*order))
    grants = [_grant_of(dict(each)) for each in found.mappings()]
    return [each for each in grants if principal.covers(each.areas)]


async def put_grant(
    conn: AsyncConnection,
    principal: Principal,
    *,
    issuer: str,
    subject: str,
    at: datetime,
    roles: Collection[Role] = (),
    scopes: Collection[Scope] = (),
    areas: Collection[str] | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Say what a person may do, in place of what was said before.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal to do.
        GrantTooWide: it, or what was granted and goes on, is more than the principal has.
        AreaInvalid, SubjectInvalid: see there.
    """
    principal.require(Scope.ACCESS_WRITE)
    if not SUBJECT.fullmatch(subject):
        raise SubjectInvalid
    facts = facts_of(roles, scopes, areas)
    check_grant(principal, scopes_of(roles, scopes), areas)
    before = await _lock(conn, issuer, subject)
    if before is not None and before.is_in_force(at):
        check_grant(principal, before.all_scopes(), before.areas)
    values = {**facts, "granted_by": principal.id, "granted_at": at, "expires_at": expires_at}
    await conn.execute(
        insert(person_grant)
        .values(issuer=issuer, subject=subject, **values)
        .on_conflict_do_update(index_elements=["issuer", "subject"], set_=values)
    )
    until = None if expires_at is None else expires_at.isoformat()
    await _note(conn, principal, "put", issuer, subject, at, {**facts, "expires_at": until})


async def end_grant(
    conn: AsyncConnection, principal: Principal, *, issuer: str, subject: str, at: datetime
) -> None:
    """Take back what was granted to a person; what their token's claims map to stays.

    The grant is kept as ended, so that what goes on in their name ends with it.

    Raises:
        NotSignedIn, ScopeMissing, GrantTooWide: not for this principal to do.
        GrantUnknown: nothing is granted, within its areas.
    """
    principal.require(Scope.ACCESS_WRITE)
    before = await _lock(conn, issuer, subject)
    if before is None or not before.is_in_force(at) or not principal.covers(before.areas):
        raise GrantUnknown(issuer=issuer[:32], subject=subject[:255])
    check_grant(principal, before.all_scopes(), before.areas)
    await conn.execute(
        person_grant.update()
        .where(person_grant.c.issuer == issuer, person_grant.c.subject == subject)
        .values(expires_at=at)
    )
    await _note(conn, principal, "end", issuer, subject, at, {})


async def _lock(conn: AsyncConnection, issuer: str, subject: str) -> Grant | None:
    found = await conn.execute(
        sa.select(person_grant)
        .where(person_grant.c.issuer == issuer, person_grant.c.subject == subject)
        .with_for_update()
    )
    one = found.mappings().one_or_none()
    return None if one is None else _grant_of(dict(one))


def _grant_of(found: Row) -> Grant:
    areas = found.pop("areas")
    return Grant(
        roles=tuple(map(Role, found.pop("roles"))),
        scopes=tuple(map(Scope, found.pop("scopes"))),
        areas=None if areas is None else frozenset(areas),
        **found,
    )


async def _note(
    conn: AsyncConnection,
    principal: Principal,
    verb: str,
    issuer: str,
    subject: str,
    at: datetime,
    detail: Mapping[str, object],
) -> None:
    await audit.record(
        conn,
        principal=principal.id,
        action=f"grant.{verb}",
        subject=f"oidc:{issuer}:{subject}",
        at=at,
        detail=detail,
    )
