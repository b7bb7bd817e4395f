"""Codes for the rows of a chunk: given ones adopted, new ones drawn, prefixes locked in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from addrsvc.codes.adoption import adopt
from addrsvc.codes.allocation import (
    NOTHING,
    CodeSpace,
    Occupied,
    ReservedRange,
    capacity,
    check_issuer,
    take,
)
from addrsvc.codes.permutation import SUFFIXES
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.registry.bulk.communes import QUERIES
from addrsvc.registry.bulk.model import Prepared
from addrsvc.registry.errors import IssuerMissing, NoPrefix


@dataclass(slots=True)
class LockedPrefix:
    """A prefix this transaction holds."""

    space: CodeSpace
    commune_code: str
    issuer: str
    is_active: bool
    ranges: tuple[ReservedRange, ...]
    occupied: Occupied = NOTHING
    """What the codes drawn in this chunk stepped over."""
    used: int = 0
    """How many of them were handed out."""


@dataclass(slots=True)
class CodeDesk:
    """Gives codes to the rows of one chunk, in their order."""

    prefixes: dict[str, LockedPrefix]
    given: dict[str, set[int]]
    """Suffixes given in this chunk, by prefix: drawing steps over them."""
    _drawn: dict[str, Iterator[tuple[str, str]]] = field(default_factory=dict)
    _issuers: set[str] = field(default_factory=set)

    def adopt(self, each: Prepared) -> tuple[str, str]:
        """Give code and issuer of a row that brings its code, by the rules of one address.

        Raises:
            IssuerMissing: nobody is named as its issuer.
            InvalidInput, Conflict: see ``codes.adoption.adopt``.
        """
        code, issuer = each.code or "", each.issuer
        if issuer is None:
            raise IssuerMissing
        prefix = self.prefixes.get(code[:5])
        untouched = prefix is None or (prefix.space.next_counter == 0 and not prefix.ranges)
        if not untouched and prefix is not None:
            adopted = adopt(code, issuer, prefix.space, prefix.ranges)
            return adopted.code.text, adopted.issuer
        if issuer not in self._issuers:  # nothing was ever drawn or reserved there
            check_issuer(issuer)
            self._issuers.add(issuer)
        return code, issuer

    async def draw(self, conn: Connection, wanted: Mapping[str, int]) -> None:
        """Draw so many codes for each commune; fewer where there is no room for all."""
        for commune in sorted(wanted):
            drawn: list[tuple[str, str]] = []
            for prefix in sorted(self.prefixes):
                locked = self.prefixes[prefix]
                if locked.commune_code == commune and locked.is_active:
                    drawn += await self._draw_from(conn, locked, wanted[commune] - len(drawn))
            self._drawn[commune] = iter(drawn)

    def next_code(self, commune_code: str) -> tuple[str, str]:
        """Give the next code drawn for a commune, and its issuer.

        Raises:
            NoPrefix: there is none left.
        """
        drawn = next(self._drawn.get(commune_code, iter(())), None)
        if drawn is None:
            raise NoPrefix(commune_code=commune_code)
        self.prefixes[drawn[0][:5]].used += 1
        return drawn

    async def _draw_from(
        self, conn: Connection, locked: LockedPrefix, count: int
    ) -> list[tuple[str, str]]:
        prefix = locked.space.prefix
        adopted = set(self.given.get(prefix, ()))
        while count > 0 and locked.space.next_counter < SUFFIXES:
            occupied = Occupied(locked.ranges, adopted)
            left = capacity(locked.space, occupied).left
            if left == 0:
                break
            allocation = take(locked.space, min(count, left), occupied)
            texts = allocation.texts()
            taken = await rows(conn, QUERIES["taken_codes"], {"codes": texts})
            if not taken:
                locked.occupied = occupied
                return [(text, locked.issuer) for text in texts]
            adopted |= {int(each["code"][5:]) for each in taken}
        return []

    async def store(self, conn: Connection) -> dict[str, int]:
        """Remember how far prefixes are drawn, codes handed out only; give those that moved."""
        moved = {
            prefix: take(each.space, each.used, each.occupied).space.next_counter
            for prefix, each in self.prefixes.items()
            if each.used
        }
        if moved:
            params = {"prefixes": list(moved), "counters": list(moved.values())}
            await execute(conn, QUERIES["move_counters"], params)
        return moved


async def open_desk(
    conn: Connection,
    communes: Sequence[str],
    coded: Sequence[Prepared],
    ahead: Mapping[str, int],
) -> CodeDesk:
    """Lock the prefixes of communes and of given codes until the transaction ends.

    Args:
        conn: the chunk's transaction.
        communes: codes of the communes that new codes are drawn for.
        coded: rows that bring their code.
        ahead: counters to begin at, where a rehearsal has drawn further than is stored.
    """
    given: dict[str, set[int]] = defaultdict(set)
    for each in coded:
        if each.code is not None:
            given[each.code[:5]].add(int(each.code[5:]))
    wanted = {"communes": list(communes), "prefixes": list(given)}
    found = await rows(conn, QUERIES["lock_prefixes"], wanted)
    names = {"prefixes": [row["prefix"] for row in found]}
    ranges: dict[str, list[ReservedRange]] = defaultdict(list)
    if found:
        for row in await rows(conn, QUERIES["ranges_of_prefixes"], names):
            ranges[row["prefix"]].append(ReservedRange(**row))
    prefixes: dict[str, LockedPrefix] = {}
    for row in found:
        space = CodeSpace(row["prefix"], bytes(row["key"]), row["next_counter"])
        space = replace(space, next_counter=max(space.next_counter, ahead.get(space.prefix, 0)))
        prefixes[space.prefix] = LockedPrefix(
            space=space,
            commune_code=row["commune_code"],
            issuer=row["issuer"],
            is_active=row["status"] == "active",
            ranges=tuple(ranges[space.prefix]),
        )
    return CodeDesk(prefixes, dict(given))
