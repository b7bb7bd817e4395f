"""Read addresses as of another time, their versions, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.db.rows import Connection, Row, row, rows
from addrsvc.registry import repository
from addrsvc.registry.differences import Difference, differences
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.history_errors import (
    FilterOfPresentOnly,
    NotKnownThen,
    NotThereThen,
    VersionUnknown,
)
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address, Status, Successor, Version, Visibility
from addrsvc.registry.moments import PRESENT, AsOf
from addrsvc.registry.reading import AddressRef, get_address
from addrsvc.registry.repository import QUERIES, AddressFilter, address_of

_PRESENT_ONLY = ("thoroughfare", "house_number", "parent_id")
"""Filters that rest on keys kept for the present alone."""


_PAST_LIMIT: Final = 20
"""Most former names, and most predecessors, shown of one address."""


@dataclass(frozen=True, slots=True)
class AddressThen(Address):
    """An address as the register said at some time, with the names of its units of that time."""

    valid_to: date | None = None
    """First legal day it was otherwise, as known then; None: none was known."""
    recorded_to: datetime | None = None
    """When the register began to say otherwise; None: it says so still."""
    commune_code_now: str = ""
    """Where it lies now: rights are over present communes."""

    @property
    def area(self) -> str:
        """Give the present commune that rights over it rest on."""
        return self.commune_code_now or self.commune_code


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of an address, and what they say differently."""

    address: Address
    before: Version
    after: Version
    differences: tuple[Difference, ...]


async def address_as_of(
    conn: Connection,
    principal: Principal,
    ref: AddressRef,
    valid_at: date | None,
    known_at: datetime | None,
) -> AddressThen:
    """Give an address as the register said at a moment of a legal day.

    None means the present; with ``known_at`` alone it is what a look-up answered then.

    Raises:
        AddressNotFound: there is none, or it is (or was then) not for this principal.
        NotKnownThen, NotThereThen: it begins later, on the register's clock or in the world.
        NotSignedIn, ScopeMissing: a proposal is asked for without the right.
    """
    if ref.code is None:
        principal.require(Scope.ADDRESSES_READ)
    which = {"code": ref.code, "id": ref.address_id}
    params = {**which, **times(AsOf(valid_at, known_at))}
    found = await row(conn, QUERIES["address_as_of"], params)
    if found is None:
        raise await _why_not(conn, principal, ref, params)
    then = _then(found)
    is_named = ref.code is not None or principal.reaches(then.area)
    if not (is_named and _is_shown(then, found, principal)):
        raise AddressNotFound(code=ref.text)
    return then


def times(at: AsOf) -> dict[str, str]:
    """Give the two times as statements take them: the present is beyond all that is written."""
    return {
        "valid_at": "infinity" if at.valid_at is None else at.valid_at.isoformat(),
        "known_at": "infinity" if at.known_at is None else at.known_at.isoformat(),
    }


def _then(found: Row) -> AddressThen:
    address = address_of(found)
    kept = {each.name: getattr(address, each.name) for each in fields(address)}
    return AddressThen(
        **kept,
        valid_to=found["valid_to"],
        recorded_to=found["recorded_to"],
        commune_code_now=found["area"] or "",
    )


def _is_shown(then: Address, found: Row, principal: Principal) -> bool:
    """Tell whether it may be seen: as it was, and as it is now."""
    sight, area = sight_of(principal), then.area
    is_open = then.status not in {Status.PROPOSED, Status.REJECTED}
    return (
        sight.sees(then.document.visibility, area)
        and sight.sees(found["visibility_now"], area)
        and (is_open or sight.sees_fully(area))
    )


async def list_as_of(
    conn: Connection,
    principal: Principal,
    wanted: AddressFilter,
    at: AsOf,
    *,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[AddressThen], int | None]:
    """Give a page of addresses as of another time, and where the next page begins.

    Raises:
        FilterOfPresentOnly: a filter that rests on what is kept for the present alone.
        NotSignedIn, ScopeMissing: lists are for keys that may read them.
    """
    principal.require(Scope.ADDRESSES_READ)
    for name in _PRESENT_ONLY:
        if getattr(wanted, name) is not None:
            raise FilterOfPresentOnly(filter=name.removesuffix("_id"))
    if wanted.bbox is not None and wanted.commune is None:
        raise FilterOfPresentOnly(filter="bbox")
    box = wanted.bbox
    params = {
        **times(at),
        "after": after,
        "limit": limit + 1,
        **sight_of(principal).params(),
        "commune": wanted.commune,
        "status": None if wanted.status is None else wanted.status.value,
        "kind": wanted.kind,
        "west": None if box is None else box.west,
        "south": None if box is None else box.south,
        "east": None if box is None else box.east,
        "north": None if box is None else box.north,
    }
    found = await rows(conn, QUERIES["addresses_as_of"], params)
    page = [_then(each) for each in found[:limit]]
    return page, page[-1].address_id if len(found) > limit else None


async def address_history(
    conn: Connection, principal: Principal, ref: AddressRef, at: AsOf
) -> tuple[Address, list[Version]]:
    """Give an address and its versions, oldest first, as far as they were known then.

    With a day, only the versions that speak of it: how its record came to be as it is.

    Raises:
        AddressNotFound: as for ``reading.get_address``.
        NotSignedIn, ScopeMissing: history names sources and who wrote.
        AreaForbidden: it lies outside the principal's areas.
    """
    principal.require(Scope.ADDRESSES_READ)
    address = await get_address(conn, principal, ref)
    principal.require_in(Scope.ADDRESSES_READ, [address.area])
    versions = await repository.history_of(conn, address.address_id)
    levels = sight_of(principal).levels
    shown = [each for each in versions if each.document.visibility in levels]
    return address, as_known(shown, at)


async def find_version(
    conn: Connection, principal: Principal, address: Address, number: int
) -> Version | None:
    """Give a version of an address in sight that spoke of the present; None: none for them.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: as for :func:`address_history`.
    """
    principal.require_in(Scope.ADDRESSES_READ, [address.area])
    found = await repository.version_of(conn, address.address_id, number)
    is_seen = found is not None and found.document.visibility in sight_of(principal).levels
    return found if is_seen else None


def as_known(versions: Sequence[Version], at: AsOf) -> list[Version]:
    """Give the versions recorded at a moment that speak of a day, closed only as far as then."""
    known_at, day = at.known_at, at.valid_at
    if known_at is not None:
        versions = [
            each
            if each.recorded_to is None or each.recorded_to <= known_at
            else replace(each, recorded_to=None)
            for each in versions
            if each.recorded_from <= known_at
        ]
    if day is not None:
        versions = [
            each
            for each in versions
            if each.valid_from <= day and (each.valid_to is None or day < each.valid_to)
        ]
    return list(versions)


async def compare_versions(
    conn: Connection,
    principal: Principal,
    ref: AddressRef,
    before: int | None = None,
    after: int | None = None,
) -> Comparison:
    """Say what two versions of an address say differently.

    None: the latest, and for ``before`` the one that is numbered before ``after``.

    Raises:
        AddressNotFound, NotSignedIn, ScopeMissing, AreaForbidden: see :func:`address_history`.
        VersionUnknown: there is no version of that number.
    """
    address, versions = await address_history(conn, principal, ref, PRESENT)
    by_number = {each.version: each for each in versions}
    after = address.version if after is None else after
    before = max(after - 1, 1) if before is None else before
    for number in (before, after):
        if number not in by_number:
            raise VersionUnknown(code=ref.text, version=number, latest=address.version)
    one, other = by_number[before], by_number[after]
    found = differences(one.document, other.document)
    if one.status is not other.status:
        found.insert(0, Difference("status", one.status.value, other.status.value))
    return Comparison(address, one, other, tuple(found))


async def _why_not(
    conn: Connection, principal: Principal, ref: AddressRef, params: dict[str, Any]
) -> Exception:
    known = await row(conn, QUERIES["since_when"], params)
    if known is None or not _was_seen(known, ref, principal):
        return AddressNotFound(code=ref.text)
    if known["there_since"] is None:
        return NotKnownThen(code=ref.text, since=known["known_since"].isoformat())
    return NotThereThen(code=ref.text, since=known["there_since"].isoformat())


def _was_seen(known: Row, ref: AddressRef, principal: Principal) -> bool:
    """Tell whether what it is now may be known; a proposal only within the areas."""
    sight, area = sight_of(principal), known["commune_code"]
    return sight.sees(known["visibility"], area) and (
        ref.code is not None or sight.sees_fully(area)
    )


@dataclass(frozen=True, slots=True)
class FormerLine:
    """How an address was written until a day."""

    line: str
    until: date


@dataclass(frozen=True, slots=True)
class Past:
    """What anybody may know of an address's past."""

    lines: tuple[FormerLine, ...]
    """Latest first; those that differ from what it is called now."""
    predecessors: tuple[Successor, ...]
    """What it took the place of: their codes, and how."""


async def past_of(conn: Connection, principal: Principal, address: Address) -> Past:
    """Give the former names of an address and what it took the place of, as said now."""
    sight = sight_of(principal)
    params = {"address_id": address.address_id, "limit": _PAST_LIMIT}
    present = address_line(address.document.components, address.commune_name, address.province_name)
    lines: dict[str, date] = {}
    for found in await rows(conn, QUERIES["past_slices"], params):
        then = _then(found)
        line = address_line(then.document.components, then.commune_name, then.province_name)
        seen = sight.sees(then.document.visibility, address.area)
        if seen and line != present and then.valid_to is not None:
            lines.setdefault(line, then.valid_to)
    predecessors = [
        Successor(found["code"], found["relation"], Visibility(found["visibility"]))
        for found in await rows(conn, QUERIES["predecessors_of"], params)
        if sight.sees(found["visibility"], found["commune_code"])
    ]
    former = tuple(FormerLine(line, until) for line, until in lines.items())
    return Past(former, tuple(predecessors))
