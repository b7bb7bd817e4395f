"""Add identifiers to addresses and withdraw them.

Links are not versioned: said again, a link is as it was said last, and the audit log keeps what
was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.events import service as events
from addrsvc.registry.fields import clean
from addrsvc.registry.identifier_errors import IdentifierNotFound, SchemeClosed
from addrsvc.registry.identifiers import QUERIES, link_of
from addrsvc.registry.links import (
    Link,
    LinkScheme,
    Outcome,
    check_period,
    read_scheme,
    settle,
    spelt,
)
from addrsvc.registry.model import Address, Alias, Visibility
from addrsvc.registry.reading import AddressRef, get_address
from addrsvc.types import AddressId


@dataclass(frozen=True, slots=True)
class NewLink:
    """An identifier somebody says an address has."""

    scheme: str
    value: str
    source: str
    confidence: float | None = None
    """0 to 1; kept with four decimals."""
    valid_from: date | None = None
    valid_to: date | None = None


def claim_of(new: NewLink, address_id: int, code: str | None, visibility: Visibility) -> Link:
    """Make the link that is claimed, spelt and checked.

    Raises:
        SchemeUnknown, SchemeClosed: no scheme of that name, or none that takes additions.
        LinkPeriodInvalid, FieldInvalid: a period or source that cannot be.
        InvalidInput: the value is not of the scheme's form.
    """
    scheme = read_scheme(new.scheme)
    if scheme is LinkScheme.CODE:
        raise SchemeClosed
    check_period(new.valid_from, new.valid_to)
    return Link(
        address_id,
        code,
        visibility,
        scheme,
        spelt(scheme, new.value),
        clean("source", new.source),
        None if new.confidence is None else round(new.confidence, 4),
        new.valid_from,
        new.valid_to,
    )


async def lock_links(
    conn: Connection, claims: Sequence[Link]
) -> dict[tuple[LinkScheme, str], list[Link]]:
    """Lock the identifiers claimed against other claims, and give the links they have."""
    keys = sorted({(each.scheme, each.value) for each in claims})
    there: dict[tuple[LinkScheme, str], list[Link]] = {key: [] for key in keys}
    await execute(
        conn, QUERIES["lock_values"], {"values": [f"{scheme}:{value}" for scheme, value in keys]}
    )
    params = {
        "schemes": [scheme.value for scheme, _ in keys],
        "values": [value for _, value in keys],
        "valid_at": None,
    }
    for each in await rows(conn, QUERIES["links_by_value"], params):
        each.pop("n")
        link = link_of(each)
        there[link.scheme, link.value].append(link)
    return there


async def put_links(conn: Connection, links: Sequence[Link], at: datetime) -> None:
    """Write links that were settled."""
    params: dict[str, Any] = {
        "ids": [each.address_id for each in links],
        "schemes": [each.scheme.value for each in links],
        "values": [each.value for each in links],
        "sources": [each.source for each in links],
        "confidences": [each.confidence for each in links],
        "valid_from": [each.valid_from for each in links],
        "valid_to": [each.valid_to for each in links],
        "at": at,
    }
    await execute(conn, QUERIES["put_links"], params)


async def keep_stated(
    conn: Connection, address_id: AddressId, aliases: Sequence[Alias], at: datetime
) -> None:
    """Keep identifiers given with an address; those it has already stay as they are.

    Raises:
        IdentifierTaken: one stands for another address at the same time.
        InvalidInput: one is not of its scheme's form.
    """
    claims: dict[tuple[LinkScheme, str], Link] = {}
    for each in aliases:
        scheme = read_scheme(each.scheme)
        key = scheme, spelt(scheme, each.value)
        claims[key] = Link(address_id, None, Visibility.PUBLIC, *key, each.source)
    if not claims:
        return
    there = await lock_links(conn, list(claims.values()))
    new = [
        claim
        for key, claim in claims.items()
        if all(each.address_id != address_id for each in there[key])
        and settle(claim, there[key], may_correct=False) == "added"
    ]
    await put_links(conn, new, at)


async def add_identifier(
    conn: AsyncConnection, principal: Principal, ref: AddressRef, new: NewLink, clock: Clock
) -> tuple[Address, Link, Outcome]:
    """Say that an address has an identifier; said again, source, period and confidence are mended.

    Raises:
        AddressNotFound: no such address, or not for this principal.
        AreaForbidden: it lies outside the principal's areas.
        IdentifierTaken: it stands for another address at the same time.
        InvalidInput: see :func:`claim_of`.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    address = await get_address(conn, principal, ref)
    principal.require_in(Scope.ADDRESSES_WRITE, [address.area])
    claim = claim_of(new, address.address_id, address.code, address.document.visibility)
    there = await lock_links(conn, [claim])
    outcome = settle(claim, there[claim.scheme, claim.value], may_correct=True)
    if outcome != "already-there":
        at = clock.now()
        await put_links(conn, [claim], at)
        claim = replace(claim, recorded_at=at)
        detail = {
            "scheme": claim.scheme.value,
            "value": claim.value,
            "source": claim.source,
            "confidence": claim.confidence,
            "valid_from": None if claim.valid_from is None else claim.valid_from.isoformat(),
            "valid_to": None if claim.valid_to is None else claim.valid_to.isoformat(),
            "outcome": outcome,
        }
        await _leave_traces(conn, principal, address, "address.identified", at, detail)
    else:
        own = address.address_id
        claim = next(e for e in there[claim.scheme, claim.value] if e.address_id == own)
    return address, claim, outcome


async def withdraw_identifier(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    scheme: LinkScheme,
    value: str,
    reason: str,
    clock: Clock,
) -> Address:
    """Say that a link was wrong: it is found no more, and kept with the moment it was withdrawn.

    Raises:
        AddressNotFound: no such address, or not for this principal.
        AreaForbidden: it lies outside the principal's areas.
        IdentifierNotFound: the address has no such link.
        SchemeClosed: a digital address code stays for good.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    if scheme is LinkScheme.CODE:
        raise SchemeClosed
    address = await get_address(conn, principal, ref)
    principal.require_in(Scope.ADDRESSES_WRITE, [address.area])
    at, spelling = clock.now(), spelt(scheme, value)
    which = {"scheme": scheme.value, "value": spelling, "address_id": address.address_id, "at": at}
    if await execute(conn, QUERIES["withdraw_link"], which) == 0:
        raise IdentifierNotFound(scheme=scheme.value, value=spelling)
    detail = {"scheme": scheme.value, "value": spelling, "reason": clean("reason", reason)}
    what = "address.identifier-withdrawn"
    await _leave_traces(conn, principal, address, what, at, detail)
    return address


async def _leave_traces(
    conn: AsyncConnection,
    principal: Principal,
    address: Address,
    what: str,
    at: datetime,
    detail: dict[str, Any],
) -> None:
    """Write event and audit row; only the audit holds the identifier, for it may lead to people."""
    data = {"version": address.version, "scheme": detail["scheme"]}
    await events.record(conn, type=what, subject=address.ref, at=at, data=data)
    await audit.record(
        conn, principal=principal.id, action=what, subject=address.ref, at=at, detail=detail
    )
