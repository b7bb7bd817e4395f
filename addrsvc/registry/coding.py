"""Give an address its code: drawn from the commune's prefix, or adopted from who issued it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from addrsvc.codes.adoption import adopt
from addrsvc.codes.allocation import CodeSpace
from addrsvc.codes.code import DigitalCode, parse_code
from addrsvc.codes.permutation import SUFFIXES, suffix_at
from addrsvc.db.rows import Connection
from addrsvc.registry import repository
from addrsvc.registry.errors import CodeTaken, IssuerMissing, NoPrefix
from addrsvc.registry.repository import Prefix
from addrsvc.types import AddressId


@dataclass(frozen=True, slots=True)
class Coded:
    """A code settled for one address."""

    code: DigitalCode
    issuer: str


def next_free(prefix: Prefix) -> tuple[DigitalCode, CodeSpace] | None:
    """Give the next code of a prefix outside reserved ranges; None when none is left.

    Codes adopted from others are stepped over by the caller, who asks the unique index.
    """
    space = prefix.space
    while space.next_counter < SUFFIXES:
        suffix = suffix_at(space.prefix, space.key, space.next_counter)
        code = DigitalCode(space.prefix, suffix)
        space = replace(space, next_counter=space.next_counter + 1)
        if not any(reserved.holds(code) for reserved in prefix.ranges):
            return code, space
    return None


async def draw(conn: Connection, commune_code: str) -> Coded:
    """Draw the next free code of a commune; the prefix stays locked until the commit.

    Raises:
        NoPrefix: the commune has no prefix with room left.
    """
    while (prefix := await repository.prefix_to_draw_from(conn, commune_code)) is not None:
        found = next_free(prefix)
        while found is not None and await repository.is_taken(conn, found[0].text):
            prefix = replace(prefix, space=found[1])
            found = next_free(prefix)
        if found is not None:
            await repository.move_counter(conn, prefix.space.prefix, found[1].next_counter)
            return Coded(found[0], prefix.issuer)
        await repository.move_counter(conn, prefix.space.prefix, SUFFIXES)
    raise NoPrefix(commune_code=commune_code)


async def take_over(conn: Connection, text: str, issuer: str | None) -> Coded:
    """Adopt a code issued elsewhere; its prefix, if ours, stays locked until the commit.

    Raises:
        IssuerMissing: nobody is named as its issuer.
        CodeTaken: it stands for an address already.
        InvalidInput, Conflict: see ``codes.adoption.adopt``.
    """
    if issuer is None:
        raise IssuerMissing
    code = parse_code(text).code
    prefix = await repository.lock_prefix(conn, code.prefix)
    if await repository.is_taken(conn, code.text):
        raise CodeTaken(code=code.printed)
    space, ranges = (None, ()) if prefix is None else (prefix.space, prefix.ranges)
    adopted = adopt(text, issuer, space, ranges)
    return Coded(adopted.code, adopted.issuer)


async def insert_coded(conn: Connection, coded: Coded | None, at: datetime) -> AddressId:
    """Insert the identity under its code.

    Raises:
        CodeTaken: another transaction was first with this code.
    """
    code, issuer = (None, None) if coded is None else (coded.code.text, coded.issuer)
    address_id = await repository.insert_address(conn, code=code, issuer=issuer, at=at)
    if address_id is None:
        raise CodeTaken(code=code or "")
    return address_id
