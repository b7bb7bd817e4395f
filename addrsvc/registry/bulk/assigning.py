"""Turn the rows of one chunk into addresses, set-based, in the caller's transaction.

The order of things, and why: what is registered is told apart first, so that a row imported
before costs no look-up. Then places, in bulk. Then prefixes are locked in order and as many
codes drawn as can be needed. Last, one pass in the order of the file decides each row, so that
of two rows saying the same the first is registered and the second is there already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.db.rows import rows
from addrsvc.errors import AddrsvcError
from addrsvc.registry import kin, lifecycle
from addrsvc.registry.bulk import matching
from addrsvc.registry.bulk.communes import QUERIES
from addrsvc.registry.bulk.doubles import Lookout, ancestors_of, look_out
from addrsvc.registry.bulk.drawing import CodeDesk, open_desk
from addrsvc.registry.bulk.model import Counts, Prepared, Rejection
from addrsvc.registry.bulk.placing import Placer
from addrsvc.registry.bulk.rehearsal import Rehearsal
from addrsvc.registry.bulk.row_errors import ReferenceUnknown, StatusRefused
from addrsvc.registry.bulk.storing import NewAddress, Writing, document_json, store
from addrsvc.registry.duplicates.finding import Alike
from addrsvc.registry.duplicates.refusing import declare, refusal
from addrsvc.registry.errors import ParentNotFound
from addrsvc.registry.locating import Located
from addrsvc.registry.model import Kind, Status, Visibility
from addrsvc.registry.parts import Place, place_inside
from addrsvc.types import AddressId

_EARLIEST = date(1900, 1, 1)
_ENDED = frozenset({Status.RETIRED.value, Status.REJECTED.value})


@dataclass(slots=True)
class Outcome:
    """What became of the rows of a chunk."""

    counts: Counts = field(default_factory=Counts)
    rejections: list[Rejection] = field(default_factory=list)
    first_code: str | None = None
    distinct: list[tuple[int, int]] = field(default_factory=list)
    """Addresses let in although they look like others, with each of those."""
    passed: set[int] = field(default_factory=set)
    """Addresses registered whatever they look like."""
    lookout: Lookout | None = None
    """None: nothing is new."""

    async def close_gate(self, conn: AsyncConnection) -> None:
        """Pass only if nobody registered meanwhile what a row looks like; just before the commit.

        Raises:
            MetAnother: somebody did; the chunk is to be begun again.
        """
        if self.lookout is not None:
            await self.lookout.close_gate(conn, self.passed)

    def reject(self, line: int, error: AddrsvcError) -> None:
        """Count a row as refused."""
        self.counts.rejected += 1
        self.rejections.append(Rejection(line, error))


class Assigner:
    """Registers chunk after chunk of one run."""

    def __init__(
        self,
        writing: Writing,
        principal: Principal,
        stated: frozenset[str],
        rehearsal: Rehearsal | None,
        distinct_because: str | None = None,
    ) -> None:
        self._writing = writing
        self._principal = principal
        self._stated = stated
        self._rehearsal = rehearsal
        self._distinct_because = distinct_because
        self._placer = Placer(writing.today)

    async def assign(self, conn: AsyncConnection, prepared: Sequence[Prepared]) -> Outcome:
        """Register the rows that are new; the transaction is the caller's to end."""
        outcome = Outcome()
        fresh = await self._fresh(conn, prepared, outcome)
        if not fresh:
            return outcome
        placed = await self._placer.place(conn, fresh)
        desk = await self._open_desk(conn, fresh, placed)
        lookout = await look_out(conn, fresh, placed)
        new = await self._decide(conn, fresh, placed, desk, lookout, outcome)
        counters = await desk.store(conn)
        await store(conn, new, self._writing)
        if outcome.distinct:
            reason = self._distinct_because or ""
            at = self._writing.at
            await declare(conn, self._principal, at, outcome.distinct, reason)
        outcome.lookout = lookout
        if self._rehearsal is not None:
            self._rehearsal.remember(new, counters)
        return outcome

    async def _fresh(
        self, conn: AsyncConnection, prepared: Sequence[Prepared], outcome: Outcome
    ) -> list[Prepared]:
        """Settle the rows the registry knows; give the others."""
        known = await matching.registered(conn, prepared)
        fresh: list[Prepared] = []
        for each in prepared:
            earlier = None if self._rehearsal is None else self._rehearsal.find(each)
            if known.knows(each) or earlier is not None:
                try:
                    if earlier is not None and self._rehearsal is not None:
                        self._rehearsal.compare(each, earlier, self._stated)
                    else:
                        known.compare(each, self._stated)
                except AddrsvcError as error:
                    outcome.reject(each.line, error)
                else:
                    outcome.counts.already_there += 1
            elif each.ref is not None:
                outcome.reject(each.line, ReferenceUnknown(ref=f"p{each.ref}"))
            elif each.status in _ENDED:
                outcome.reject(each.line, StatusRefused(standing=each.status or ""))
            else:
                fresh.append(each)
        return fresh

    async def _open_desk(
        self,
        conn: AsyncConnection,
        fresh: Sequence[Prepared],
        placed: Sequence[Located | AddrsvcError],
    ) -> CodeDesk:
        wanted = Counter(
            located.commune.code
            for each, located in zip(fresh, placed, strict=True)
            if each.code is None and isinstance(located, Located) and located.is_positioned
        )
        coded = [each for each in fresh if each.code is not None]
        ahead = self._rehearsal.counters if self._rehearsal is not None else {}
        desk = await open_desk(conn, sorted(wanted), coded, ahead)
        await desk.draw(conn, wanted)
        return desk

    async def _decide(
        self,
        conn: AsyncConnection,
        fresh: Sequence[Prepared],
        placed: Sequence[Located | AddrsvcError],
        desk: CodeDesk,
        lookout: Lookout,
        outcome: Outcome,
    ) -> list[NewAddress]:
        """Decide row by row, in the order of the file; give the addresses to write."""
        found = await rows(conn, QUERIES["new_ids"], {"count": len(fresh)})
        parents = await self._parents(conn, fresh)
        places = await self._places(conn, parents)
        known = [each for each in parents.values() if each is not None]
        if known:
            lookout.above |= await ancestors_of(conn, known)
        new: dict[str, NewAddress] = {}
        doubles: list[tuple[int, list[Alike]]] = []
        for each, located, row in zip(fresh, placed, found, strict=True):
            try:
                first = new.get(each.key)
                if first is not None:
                    self._refuse_difference(each, first)
                    outcome.counts.already_there += 1
                    continue
                made = self._made(row["id"], each, located, parents, places)
                alike = lookout.alike(made)
                if alike and not self._lets_in(made, alike, outcome):
                    doubles.append((each.line, alike))
                    continue
                _give_code(made, desk)
            except AddrsvcError as error:
                outcome.reject(each.line, error)
                continue
            new[each.key] = made
            lookout.accept(made)
            if made.status is Status.CURRENT and made.code is not None:
                parents[made.code] = made.address_id
                places[made.code] = made.place
            _count(outcome, made)
        unwritten = lookout.unwritten() if doubles else {}
        for line, alike in doubles:
            outcome.reject(line, await refusal(conn, self._principal, alike, unwritten))
        return list(new.values())

    def _made(
        self,
        address_id: int,
        each: Prepared,
        located: Located | AddrsvcError,
        parents: dict[str, int | None],
        places: dict[str, Place],
    ) -> NewAddress:
        """Give the address a row becomes, by the rules of ``service.assign_address``."""
        today = self._writing.today
        if each.valid_from is not None:
            day = date.fromisoformat(each.valid_from)
            lifecycle.check_day(day, earliest=_EARLIEST, latest=today)
        if isinstance(located, AddrsvcError):
            raise located
        self._principal.require_in(Scope.ADDRESSES_WRITE, [located.commune.code])
        if each.parent is not None and each.parent not in parents:
            raise ParentNotFound(code=each.parent)
        status = lifecycle.first_status(
            positioned=located.is_positioned, code_given=each.code is not None
        )
        parent_id = outer = None
        if each.parent is not None:
            parent_id, outer = parents[each.parent], places[each.parent]
        unit = (each.document.get("components") or {}).get("unit")
        kind = Kind(each.document["kind"])
        seen = Visibility(each.document.get("visibility", Visibility.PUBLIC))
        place = place_inside(kind, unit, None, located.commune, seen, outer)
        return NewAddress(address_id, each, located, status, None, None, parent_id, place)

    def _lets_in(self, made: NewAddress, alike: Sequence[Alike], outcome: Outcome) -> bool:
        """Tell whether a row that looks like others is registered nevertheless.

        A code issued elsewhere is adopted whatever it looks like: it is on doors already.
        """
        if made.row.code is not None:
            outcome.counts.duplicates += 1
        elif self._distinct_because is not None:
            outcome.distinct += [(made.address_id, each.address_id) for each in alike]
        else:
            return False
        outcome.passed.add(made.address_id)
        return True

    def _refuse_difference(self, each: Prepared, first: NewAddress) -> None:
        """Pass a row that repeats an earlier one of its chunk."""
        if each.code is None and not each.has_ext_id:
            return
        document_json(first)
        ref = first.code or f"#{first.row.line}"
        matching.refuse_difference(each, [first.row.document], self._stated, ref)

    async def _parents(
        self, conn: AsyncConnection, fresh: Sequence[Prepared]
    ) -> dict[str, int | None]:
        codes = sorted({each.parent for each in fresh if each.parent is not None})
        if not codes:
            return {}
        found = await rows(conn, QUERIES["parents"], {"codes": codes})
        parents: dict[str, int | None] = {each["code"]: each["address_id"] for each in found}
        if self._rehearsal is not None:  # rolled back since: there is no identity to point to
            parents |= dict.fromkeys(self._rehearsal.in_use(codes))
        return parents

    async def _places(
        self, conn: AsyncConnection, parents: dict[str, int | None]
    ) -> dict[str, Place]:
        """Give the places of the parents, by their codes."""
        there = {code: AddressId(each) for code, each in parents.items() if each is not None}
        found = await kin.places(conn, there.values()) if there else {}
        places = {code: found[address_id] for code, address_id in there.items()}
        if self._rehearsal is not None:
            places |= self._rehearsal.in_use(list(parents))
        return places


def _give_code(made: NewAddress, desk: CodeDesk) -> None:
    """Adopt the code the row brings, or draw one."""
    if made.row.code is not None:
        made.code, made.issuer = desk.adopt(made.row)
    elif made.status is Status.CURRENT:
        made.code, made.issuer = desk.next_code(made.located.commune.code)


def _count(outcome: Outcome, made: NewAddress) -> None:
    counts = outcome.counts
    if made.status is Status.CURRENT:
        counts.assigned += 1
    elif made.status is Status.RESERVED:
        counts.reserved += 1
    else:
        counts.proposed += 1
    outcome.first_code = outcome.first_code or made.code
