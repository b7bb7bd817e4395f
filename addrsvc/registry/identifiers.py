"""Identifiers of addresses: list them, find by them, translate between schemes.

Which schemes are for everybody stands in ``codes.schemes``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.codes.plus_code import cell, encode
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.errors import AddrsvcError, InvalidInput
from addrsvc.registry import repository
from addrsvc.registry.identifier_errors import IdentifierNotFound
from addrsvc.registry.links import (
    COMPUTED,
    Link,
    LinkScheme,
    read_scheme,
    shown,
    spelt,
)
from addrsvc.registry.model import Address, Visibility
from addrsvc.registry.reading import AddressRef, get_address, is_seen

QUERIES = Queries("addrsvc.registry", "queries_identifiers.sql")

RESOLVE_LIMIT: Final = 1_000
"""Most identifiers resolved at once."""

_IN_CELL: Final = 20
"""Most addresses given for one plus code."""


@dataclass(frozen=True, slots=True)
class Match:
    """An address found by an identifier, by which link, and its identifiers that were asked for."""

    address: Address
    link: Link
    others: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """One identifier that was looked for: its matches, or why there are none."""

    scheme: str
    value: str
    matches: tuple[Match, ...] = ()
    reason: AddrsvcError | None = None


async def identifiers_of(
    conn: Connection, principal: Principal, ref: AddressRef, valid_at: date | None = None
) -> tuple[Address, list[Link]]:
    """Give an address and its identifiers that may be seen and hold on a day (None: any).

    Raises:
        AddressNotFound: as for ``reading.get_address``.
    """
    address = await get_address(conn, principal, ref)
    links = (await _links_of(conn, principal, [address]))[address.address_id]
    is_full = sight_of(principal).sees_fully(address.area)
    return address, shown(links, valid_at, is_full=is_full)


async def find_by_identifier(
    conn: Connection,
    principal: Principal,
    scheme: LinkScheme,
    value: str,
    *,
    valid_at: date | None = None,
    to: LinkScheme | None = None,
) -> list[Match]:
    """Give the addresses that have an identifier, with their identifiers of another scheme.

    Raises:
        InvalidInput: the value is not of the scheme's form.
        NotSignedIn, ScopeMissing: a scheme is not for everybody.
    """
    is_public = scheme.is_public and (to is None or to.is_public)
    if not is_public:
        principal.require(Scope.ADDRESSES_READ)
    asked = [(scheme, spelt(scheme, value))]
    found = (await _matches(conn, principal, asked, valid_at, to))[0]
    return [each for each in found if is_public or principal.reaches(each.address.area)]


async def resolve(
    conn: Connection,
    principal: Principal,
    asked: Sequence[tuple[str, str]],
    *,
    valid_at: date | None = None,
    to: LinkScheme | None = None,
) -> list[Resolved]:
    """Look many identifiers up at once; one answer for each, in order.

    What lies outside the principal's areas is not found.

    Raises:
        NotSignedIn, ScopeMissing: for keys that may read lists.
    """
    principal.require(Scope.ADDRESSES_READ)
    read: dict[int, tuple[LinkScheme, str]] = {}
    answers = [Resolved(scheme, value) for scheme, value in asked]
    for at, (scheme, value) in enumerate(asked):
        try:
            known = read_scheme(scheme)
            read[at] = known, spelt(known, value)
        except InvalidInput as error:
            answers[at] = replace(answers[at], reason=error)
    found = await _matches(conn, principal, list(read.values()), valid_at, to)
    for at, some in zip(read, found, strict=True):
        scheme, value = read[at]
        matches = tuple(each for each in some if principal.reaches(each.address.area))
        reason = None if matches else IdentifierNotFound(scheme=scheme.value, value=value)
        answers[at] = Resolved(scheme.value, value, matches, reason)
    return answers


async def _matches(
    conn: Connection,
    principal: Principal,
    asked: Sequence[tuple[LinkScheme, str]],
    valid_at: date | None,
    to: LinkScheme | None,
) -> list[tuple[Match, ...]]:
    """Give what stands under each identifier, by a few statements for all of them."""
    links: list[list[Link]] = [[] for _ in asked]
    if not asked:
        return []
    params = {
        "schemes": [scheme.value for scheme, _ in asked],
        "values": [value for _, value in asked],
        "valid_at": valid_at,
    }
    for each in await rows(conn, QUERIES["links_by_value"], params):
        links[each.pop("n") - 1].append(link_of(each))
    codes = {value for scheme, value in asked if scheme is LinkScheme.CODE}
    found: dict[int, Address] = {
        each.address_id: each for each in await repository.by_codes(conn, list(codes))
    }
    by_code = {each.code: each for each in found.values()}
    for at, (scheme, value) in enumerate(asked):
        if scheme is LinkScheme.CODE and value in by_code:
            links[at].append(_own_code(by_code[value]))
    await _add_computed(conn, principal, asked, links)
    missing = {each.address_id for some in links for each in some} - found.keys()
    found |= {each.address_id: each for each in await repository.by_ids(conn, sorted(missing))}
    allowed = {id_: each for id_, each in found.items() if _is_visible(each, principal)}
    others = await _others(conn, principal, allowed, valid_at, to)
    return [
        tuple(
            Match(allowed[each.address_id], each, others[each.address_id])
            for each in some
            if each.address_id in allowed
        )
        for some in links
    ]


async def _others(
    conn: Connection,
    principal: Principal,
    addresses: Mapping[int, Address],
    valid_at: date | None,
    to: LinkScheme | None,
) -> dict[int, tuple[Link, ...]]:
    if to is None or not addresses:
        return dict.fromkeys(addresses, ())
    links = await _links_of(conn, principal, list(addresses.values()))
    return {
        id_: tuple(
            each
            for each in shown(some, valid_at, is_full=True)
            if each.scheme is to and each.withdrawn_at is None
        )
        for id_, some in links.items()
    }


def _is_visible(address: Address, principal: Principal) -> bool:
    """Tell whether a match may be given; proposals have no code and are for scopes."""
    return is_seen(address, principal) and (
        address.code is not None or sight_of(principal).sees_fully(address.area)
    )


async def _links_of(
    conn: Connection, principal: Principal, addresses: Sequence[Address]
) -> dict[int, list[Link]]:
    """Give every link of some addresses, and the plus codes their positions lie in."""
    ids = [each.address_id for each in addresses]
    found: dict[int, list[Link]] = {each: [] for each in ids}
    sight = sight_of(principal)
    for each in await rows(conn, QUERIES["links_of"], {"ids": ids}):
        link = link_of(each)
        # a duplicate lies elsewhere than what was kept: whose code it is, its own row says
        if sight.sees(link.visibility, each["commune_code"]):
            found[link.address_id].append(link)
    for address in addresses:
        position = address.document.position
        if position is not None:
            links, plus_code = found[address.address_id], encode(position.point)
            if all(each.value != plus_code or each.withdrawn_at is not None for each in links):
                links.append(_computed(address.address_id, plus_code))
    return found


def link_of(found: Row) -> Link:
    """Make a link of one row."""
    return Link(
        **{
            **{name: value for name, value in found.items() if name != "commune_code"},
            "scheme": LinkScheme(found["scheme"]),
            "visibility": Visibility(found["visibility"]),
        }
    )


def _own_code(address: Address) -> Link:
    visibility, code = address.document.visibility, address.code or ""
    issuer = address.issuer or ""
    return Link(address.address_id, code, visibility, LinkScheme.CODE, code, issuer, 1.0)


def _computed(address_id: int, plus_code: str) -> Link:
    public = Visibility.PUBLIC  # what its address is, is looked at apart
    return Link(address_id, None, public, LinkScheme.PLUS_CODE, plus_code, COMPUTED)


async def _add_computed(
    conn: Connection,
    principal: Principal,
    asked: Sequence[tuple[LinkScheme, str]],
    links: Sequence[list[Link]],
) -> None:
    """Add the addresses whose positions lie in the cells of plus codes."""
    boxes = {
        at: box
        for at, (scheme, value) in enumerate(asked)
        if scheme is LinkScheme.PLUS_CODE and (box := cell(value)) is not None
    }
    if not boxes:
        return
    params = {
        "west": [box.west for box in boxes.values()],
        "south": [box.south for box in boxes.values()],
        "east": [box.east for box in boxes.values()],
        "north": [box.north for box in boxes.values()],
        **sight_of(principal).params(),
        "limit": _IN_CELL,
    }
    places = list(boxes)
    for each in await rows(conn, QUERIES["addresses_in_cells"], params):
        at, address_id = places[each["n"] - 1], each["address_id"]
        if all(link.address_id != address_id for link in links[at]):
            links[at].append(_computed(address_id, asked[at][1]))
