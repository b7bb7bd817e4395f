"""Rows of addresses, through either door; SQL is in ``queries.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from addrsvc.audit.service import request_id
from addrsvc.auth.sight import Sight
from addrsvc.codes.allocation import CodeSpace, ReservedRange
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.parsing.keys import search_keys
from addrsvc.registry.model import (
    Address,
    Document,
    Status,
    Successor,
    Version,
    Visibility,
)
from addrsvc.types import AddressId, BBox

QUERIES = Queries("addrsvc.registry")


@dataclass(frozen=True, slots=True)
class Prefix:
    """A code prefix as locked for drawing or adopting."""

    space: CodeSpace
    issuer: str
    ranges: tuple[ReservedRange, ...]


@dataclass(frozen=True, slots=True)
class AddressFilter:
    """What to list: all given conditions hold together."""

    commune: str | None = None
    status: Status | None = None
    kind: str | None = None
    thoroughfare: str | None = None
    house_number: str | None = None
    parent_id: AddressId | None = None
    bbox: BBox | None = None


def address_of(found: Row) -> Address:
    """Make the model of one row of ``address_now``."""
    return Address(
        address_id=AddressId(found["address_id"]),
        code=found["code"],
        issuer=found["issuer"],
        version=found["version"],
        status=Status(found["status"]),
        valid_from=found["valid_from"],
        recorded_from=found["recorded_from"],
        document=Document.from_json(found["document"]),
        commune_code=found["commune_code"],
        commune_name=found["commune_name"] or found["commune_code"],
        province_code=found["province_code"] or "",
        province_name=found["province_name"] or "",
        successors=tuple(
            Successor(code, relation, Visibility(visibility))
            for code, relation, visibility in found["successors"] or ()
        ),
    )


async def by_codes(conn: Connection, codes: Sequence[str]) -> list[Address]:
    """Give the addresses that have these codes, in no particular order."""
    found = await rows(conn, QUERIES["addresses_by_code"], {"codes": list(codes)})
    return [address_of(each) for each in found]


async def by_ids(conn: Connection, ids: Sequence[int]) -> list[Address]:
    """Give the addresses that have these identities, in order of identity."""
    found = await rows(conn, QUERIES["addresses_by_id"], {"ids": list(ids)})
    return [address_of(each) for each in found]


async def list_ids(
    conn: Connection, wanted: AddressFilter, sight: Sight, *, after: int, limit: int
) -> list[int]:
    """Give identities in sight that pass the filter, ascending, after the one given."""
    box = wanted.bbox
    base_key, number_key = search_keys(wanted.house_number, wanted.thoroughfare, ())
    params = {
        "after": after,
        "limit": limit,
        **sight.params(),
        "commune": wanted.commune,
        "status": None if wanted.status is None else wanted.status.value,
        "kind": wanted.kind,
        "base_key": base_key,
        "number_key": None if wanted.house_number is None else number_key,
        "parent_id": wanted.parent_id,
        "west": None if box is None else box.west,
        "south": None if box is None else box.south,
        "east": None if box is None else box.east,
        "north": None if box is None else box.north,
    }
    return [each["address_id"] for each in await rows(conn, QUERIES["address_ids"], params)]


async def prefix_to_draw_from(conn: Connection, commune_code: str) -> Prefix | None:
    """Lock the first prefix of a commune that has counters left."""
    found = await row(conn, QUERIES["prefix_to_draw_from"], {"commune_code": commune_code})
    return None if found is None else _prefix(found, found["ranges"] or ())


async def lock_prefix(conn: Connection, prefix: str) -> Prefix | None:
    """Lock one prefix; None when it is not ours to draw from."""
    found = await row(conn, QUERIES["prefix_by_code"], {"prefix": prefix})
    if found is None:
        return None
    return _prefix(found, await rows(conn, QUERIES["ranges_of_prefix"], {"prefix": prefix}))


async def find_prefix(conn: Connection, prefix: str) -> Prefix | None:
    """Give one prefix without its ranges, not locked; None when it is not ours to draw from."""
    found = await row(conn, QUERIES["prefix_as_it_is"], {"prefix": prefix})
    return None if found is None else _prefix(found, ())


async def prefixes_of(conn: Connection, commune_code: str) -> list[str]:
    """Give the prefixes of a commune that have counters left, in order; none is locked."""
    found = await rows(conn, QUERIES["prefixes_of"], {"commune_code": commune_code})
    return [each["prefix"] for each in found]


def _prefix(found: Row, ranges: Sequence[Row]) -> Prefix:
    return Prefix(
        space=CodeSpace(found["prefix"], bytes(found["key"]), found["next_counter"]),
        issuer=found["issuer"],
        ranges=tuple(ReservedRange(**each) for each in ranges),
    )


async def move_counter(
    conn: Connection, prefix: str, next_counter: int, code: str | None = None
) -> bool:
    """Remember how far a locked prefix is drawn; tell whether a code drawn is not to be had."""
    params = {"prefix": prefix, "next": next_counter, "code": code}
    found = await row(conn, QUERIES["move_counter"], params)
    return found is not None and bool(found["taken"])


async def insert_address(
    conn: Connection, *, code: str | None, issuer: str | None, at: datetime
) -> AddressId | None:
    """Insert an identity; None when the code is taken."""
    params = {"code": code, "issuer": issuer, "origin": None, "at": at}
    found = await row(conn, QUERIES["insert_address"], params)
    return None if found is None else AddressId(found["address_id"])


async def insert_drawn(
    conn: Connection, space: CodeSpace, *, code: str, issuer: str, at: datetime
) -> AddressId | None:
    """Insert an identity under a code drawn, and remember how far its locked prefix is drawn.

    None when the code is not to be had; the counter is past it all the same.
    """
    params = {"prefix": space.prefix, "next": space.next_counter, "code": code}
    found = await row(conn, QUERIES["insert_drawn"], {**params, "issuer": issuer, "at": at})
    return None if found is None else AddressId(found["address_id"])


async def leave_traces(
    conn: Connection,
    address_id: AddressId,
    *,
    action: str,
    principal: str,
    at: datetime,
    act_id: int | None,
) -> Address:
    """Write event and audit row of what was done to an address; give it as it stands."""
    params = {"address_id": address_id, "action": action, "principal": principal, "at": at}
    params |= {"act_id": act_id, "request_id": request_id()}
    return address_of((await rows(conn, QUERIES["leave_traces"], params))[0])


async def give_code(conn: Connection, address_id: AddressId, code: str, issuer: str) -> None:
    """Give its code to an address that has none."""
    await execute(
        conn, QUERIES["give_code"], {"address_id": address_id, "code": code, "issuer": issuer}
    )


async def is_taken(conn: Connection, code: str) -> bool:
    """Tell whether a code stands for an address already."""
    statement = "SELECT 1 FROM address WHERE code = %(code)s"
    return await row(conn, statement, {"code": code}) is not None


async def codes_taken(conn: Connection, codes: Sequence[str]) -> list[str]:
    """Give those of some codes that stand for addresses already."""
    found = await rows(conn, QUERIES["codes_taken"], {"codes": list(codes)})
    return [each["code"] for each in found]


async def insert_successors(
    conn: Connection,
    address_id: AddressId,
    successors: Sequence[AddressId],
    relation: str,
    at: datetime,
    act_id: int | None = None,
) -> None:
    """Remember what took the place of a retired address."""
    for successor_id in successors:
        params = {"address_id": address_id, "successor_id": successor_id, "act_id": act_id}
        await execute(conn, QUERIES["insert_successor"], {**params, "relation": relation, "at": at})


async def history_of(conn: Connection, address_id: AddressId) -> list[Version]:
    """Give all versions of an address, oldest first."""
    found = await rows(conn, QUERIES["history_of"], {"address_id": address_id})
    return [_version(each) for each in found]


async def version_of(conn: Connection, address_id: AddressId, number: int) -> Version | None:
    """Give one version of an address; None: it has none of that number."""
    params = {"address_id": address_id, "version": number}
    found = await row(conn, QUERIES["version_of"], params)
    return None if found is None else _version(found)


def _version(found: Row) -> Version:
    return Version(
        **{
            **found,
            "status": Status(found["status"]),
            "document": Document.from_json(found["document"]),
        }
    )


async def public_codes_among(conn: Connection, codes: Sequence[str]) -> list[str]:
    """Give those of some codes that stand for public addresses in use."""
    found = await rows(conn, QUERIES["public_codes_among"], {"codes": list(codes)})
    return [each["code"] for each in found]
