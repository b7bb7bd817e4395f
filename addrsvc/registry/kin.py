"""What addresses are parts of and what are parts of them, as the register has it."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, row, rows
from addrsvc.registry import parts
from addrsvc.registry.act_errors import ParentGone, PartsInUse, SuccessorWithdrawn
from addrsvc.registry.model import Document
from addrsvc.registry.parts import Kin, Place
from addrsvc.types import AddressId

QUERIES = Queries("addrsvc.registry", "queries_acts.sql")

SHOWN = 5
"""Most codes in a refusal."""


async def descendants(conn: Connection, ids: Collection[AddressId]) -> list[Kin]:
    """Give the living parts of some addresses, and theirs, outermost first."""
    found = await rows(conn, QUERIES["descendants"], {"ids": list(ids)})
    return [_kin(each, AddressId(each["parent_id"])) for each in found]


async def ancestors(conn: Connection, ids: Collection[AddressId]) -> dict[AddressId, list[Kin]]:
    """Give some addresses with what each is a part of, themselves first, the outermost last."""
    found = await rows(conn, QUERIES["ancestors"], {"ids": list(ids)})
    by_part = groupby(found, key=lambda each: AddressId(each["part"]))
    return {part: [_kin(each, None) for each in line] for part, line in by_part}


async def places(conn: Connection, ids: Collection[AddressId]) -> dict[AddressId, Place]:
    """Give the places of some addresses, for what is to lie in them."""
    return {
        address_id: place
        for address_id, line in (await ancestors(conn, ids)).items()
        if (place := parts.place_of([each.document for each in line])) is not None
    }


def _kin(found: Row, parent_id: AddressId | None) -> Kin:
    document = Document.from_json(found["document"])
    return Kin(AddressId(found["address_id"]), parent_id, document)


async def check_place(
    conn: Connection,
    document: Document,
    parent_id: AddressId | None,
    address_id: AddressId | None = None,
) -> None:
    """Pass an address that may lie where it is said to, with its living parts.

    Raises:
        PartCycle, PartNotInner, PartTooDeep, PartElsewhere, PartTooVisible: see
            ``parts.check_place``.
    """
    above = [] if parent_id is None else (await ancestors(conn, [parent_id]))[parent_id]
    below = [] if address_id is None else await descendants(conn, [address_id])
    parts.check_place(document, above, below, address_id)


async def check_nobody_left(conn: Connection, ids: Collection[AddressId]) -> None:
    """Pass what an act wrote of some addresses, if it leaves nothing hanging in the air.

    Raises:
        PartsInUse: one is out of use and has living parts.
        ParentGone: one is living, and what it is a part of is out of use.
        SuccessorWithdrawn: one that never was stands for another address.
    """
    left = await rows(conn, QUERIES["parts_left"], {"ids": list(ids)})
    parents = [each for each in left if each["parent_id"] in ids]
    if parents:
        raise PartsInUse(count=len(parents), codes=[each["ref"] for each in parents[:SHOWN]])
    if left:
        raise ParentGone(code=left[0]["ref"], parent=left[0]["parent"])
    link = await row(conn, QUERIES["links_to_withdrawn"], {"ids": list(ids)})
    if link is not None:
        raise SuccessorWithdrawn(**link)
