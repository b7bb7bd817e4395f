"""Give an address its code: drawn from the commune's prefix, adopted, or from a device's block."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from addrsvc.codes.adoption import adopt
from addrsvc.codes.allocation import CodeSpace, Occupied, take
from addrsvc.codes.blocks import CodeBlock, issue
from addrsvc.codes.code import DigitalCode, parse_code
from addrsvc.codes.errors import PrefixExhausted
from addrsvc.codes.permutation import SUFFIXES, counter_of
from addrsvc.db.rows import Connection
from addrsvc.registry import repository
from addrsvc.registry.errors import CodeNotHandedOut, CodeTaken, IssuerMissing, NoPrefix
from addrsvc.types import AddressId

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Coded:
    """A code settled for one address."""

    code: DigitalCode
    issuer: str


async def draw(conn: Connection, commune_code: str) -> Coded:
    """Draw the next free code of a commune; the prefix stays locked until the commit.

    Raises:
        NoPrefix: the commune has no prefix with room left.
    """

    async def keep(space: CodeSpace, coded: Coded) -> Coded | None:
        text = coded.code.text
        taken = await repository.move_counter(conn, space.prefix, space.next_counter, text)
        return None if taken else coded

    return await _draw(conn, commune_code, keep)


async def insert_drawn(conn: Connection, commune_code: str, at: datetime) -> AddressId:
    """Insert an identity under the next free code of a commune, as :func:`draw` does.

    Raises:
        NoPrefix: the commune has no prefix with room left.
    """

    async def keep(space: CodeSpace, coded: Coded) -> AddressId | None:
        text, issuer = coded.code.text, coded.issuer
        return await repository.insert_drawn(conn, space, code=text, issuer=issuer, at=at)

    return await _draw(conn, commune_code, keep)


async def issue_block(
    conn: Connection,
    commune_code: str,
    count: int,
    *,
    device: str,
    issued_at: datetime,
    expires_at: datetime,
) -> CodeBlock:
    """Draw a block of codes for a device from the first prefix of a commune with room for it.

    The prefix stays locked until the commit; its counters are spent, whether the codes are used
    or not. What was adopted from others is stepped over.

    Raises:
        NoPrefix: no prefix of the commune has so many codes left.
    """
    for name in await repository.prefixes_of(conn, commune_code):
        prefix = await repository.lock_prefix(conn, name)
        if prefix is None:
            continue
        adopted: set[int] = set()
        try:
            while True:
                block, space = issue(
                    prefix.space,
                    count,
                    device=device,
                    issued_at=issued_at,
                    expires_at=expires_at,
                    occupied=Occupied(prefix.ranges, adopted),
                )
                taken = await repository.codes_taken(conn, [each.text for each in block.codes])
                if not taken:
                    await repository.move_counter(conn, name, space.next_counter)
                    return block
                adopted |= {int(each[-5:]) for each in taken}
        except PrefixExhausted:
            continue
    raise NoPrefix(commune_code=commune_code)


async def _draw(
    conn: Connection,
    commune_code: str,
    keep: Callable[[CodeSpace, Coded], Awaitable[Kept | None]],
) -> Kept:
    """Draw codes until one could be kept.

    Reserved ranges are stepped over by the permutation's own count, codes adopted from others
    by asking the unique index.
    """
    while (prefix := await repository.prefix_to_draw_from(conn, commune_code)) is not None:
        space, occupied = prefix.space, Occupied(ranges=prefix.ranges)
        try:
            while True:
                drawn = take(space, 1, occupied)
                space = drawn.space
                kept = await keep(space, Coded(drawn.codes()[0], prefix.issuer))
                if kept is not None:
                    return kept
        except PrefixExhausted:
            await repository.move_counter(conn, space.prefix, SUFFIXES)
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


async def take_handed_out(conn: Connection, text: str) -> Coded:
    """Take a code that was drawn here before, for a block on a device.

    The prefix is not locked: its counter only grows, so what is drawn stays drawn. Whether the
    code stands for an address already is found when the identity is inserted.

    Raises:
        CodeNotHandedOut: it never was drawn.
        InvalidInput: see ``codes.code.parse_code``.
    """
    code = parse_code(text).code
    prefix = await repository.find_prefix(conn, code.prefix)
    if prefix is None or not _is_drawn(prefix.space, code):
        raise CodeNotHandedOut(code=code.printed)
    return Coded(code, prefix.issuer)


def _is_drawn(space: CodeSpace, code: DigitalCode) -> bool:
    return counter_of(space.prefix, space.key, code.suffix) < space.next_counter


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
