"""Read addresses: by reference, by identifier, in lists, their history and their holder."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.codes.candidates import one_edit_candidates
from addrsvc.codes.code import DigitalCode, ParsedCode, parse_code, read_digits
from addrsvc.codes.errors import CheckDigitWrong
from addrsvc.db.rows import Connection
from addrsvc.personal import reading as people
from addrsvc.personal.model import Person
from addrsvc.registry import repository
from addrsvc.registry.errors import AddressNotFound, CheckDigitRefused
from addrsvc.registry.model import Address
from addrsvc.registry.repository import AddressFilter
from addrsvc.types import AddressId

_PROPOSAL = re.compile(r"p([1-9][0-9]{0,17})")

PAGE_LIMIT = 1_000
"""Most addresses in one page of a list."""

_SUGGESTIONS = 5
"""Most codes suggested for a mistyped plate."""


@dataclass(frozen=True, slots=True)
class AddressRef:
    """What a path calls an address: its code, or ``p<id>`` while it has none."""

    text: str
    code: str | None = None
    address_id: AddressId | None = None
    verified: bool = False
    """A right check digit came with the code."""

    @classmethod
    def of_code(cls, parsed: ParsedCode) -> AddressRef:
        """Make the reference of a code as read."""
        return cls(parsed.code.printed, code=parsed.code.text, verified=parsed.verified)

    @classmethod
    def parse(cls, text: str) -> AddressRef:
        """Read a reference in any written form.

        Raises:
            InvalidInput: see ``codes.code.parse_code``.
        """
        proposal = _PROPOSAL.fullmatch(text)
        if proposal is not None:
            return cls(text, address_id=AddressId(int(proposal[1])))
        return cls.of_code(parse_code(text))


def is_seen(address: Address, principal: Principal) -> bool:
    """Tell whether an address asked for by its code is there for a principal."""
    return sight_of(principal).sees(address.document.visibility, address.area)


async def get_address(conn: Connection, principal: Principal, ref: AddressRef) -> Address:
    """Give one address as it stands now.

    Raises:
        AddressNotFound: there is none, or it is not for this principal; which, is not told.
        NotSignedIn, ScopeMissing: a proposal is asked for without the right.
    """
    if ref.code is not None:
        found = await repository.by_codes(conn, [ref.code])
    else:
        principal.require(Scope.ADDRESSES_READ)
        by_id = await repository.by_ids(conn, [ref.address_id or 0])
        found = [each for each in by_id if principal.reaches(each.area)]
    if not found or not is_seen(found[0], principal):
        raise AddressNotFound(code=ref.text)
    return found[0]


async def find_addresses(conn: Connection, codes: Collection[str]) -> dict[str, Address]:
    """Give addresses by codes (ten digits), whoever may see them: ask :func:`is_seen`."""
    found = await repository.by_codes(conn, list(codes)) if codes else []
    return {each.code: each for each in found if each.code is not None}


async def list_addresses(
    conn: Connection,
    principal: Principal,
    wanted: AddressFilter,
    *,
    parent: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Address], int | None]:
    """Give a page of addresses in order of identity, and where the next one begins.

    Raises:
        NotSignedIn, ScopeMissing: lists are for keys that may read them.
        AreaForbidden: the commune asked for lies outside the principal's areas.
    """
    principal.require_in(Scope.ADDRESSES_READ, () if wanted.commune is None else [wanted.commune])
    if parent is not None:
        building = await get_address(conn, principal, AddressRef.parse(parent))
        wanted = replace(wanted, parent_id=building.address_id)
    sight = sight_of(principal)
    ids = await repository.list_ids(conn, wanted, sight, after=after, limit=limit + 1)
    page = await repository.by_ids(conn, ids[:limit])
    return page, ids[limit - 1] if len(ids) > limit else None


async def read_holder(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    why: people.Reading,
    *,
    at: datetime,
    per_day: int,
) -> Person | None:
    """Give the person behind an address; the reading itself is audited with its purpose.

    Raises:
        AddressNotFound: as for :func:`get_address`.
        NotSignedIn, ScopeMissing, AreaForbidden, ReadingsExhausted: see
            ``personal.reading.read_holder``.
    """
    principal.require(Scope.HOLDERS_READ)
    address = await get_address(conn, principal, ref)
    place = people.Place(address.address_id, address.ref, address.area)
    return await people.read_holder(conn, principal, place, why, at=at, per_day=per_day)


async def read_code(conn: Connection, text: str) -> ParsedCode:
    """Read a code as typed; a wrong check digit is answered with live codes one slip away.

    Raises:
        CheckDigitRefused: eleven digits that do not belong together.
        InvalidInput: see ``codes.code.parse_code``.
    """
    try:
        return parse_code(text)
    except CheckDigitWrong:
        candidates = [code.text for code in one_edit_candidates(read_digits(text))]
        live = await repository.public_codes_among(conn, candidates)
        plates = [DigitalCode.of(code).plate for code in live[:_SUGGESTIONS]]
        raise CheckDigitRefused(suggestions=plates) from None
