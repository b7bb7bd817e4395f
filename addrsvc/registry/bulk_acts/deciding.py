"""What a rule says of addresses: the same for a preview and for a run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from addrsvc.admin_units.model import LocatedCommune
from addrsvc.db.rows import Connection, row, rows
from addrsvc.registry.bulk.communes import Communes
from addrsvc.registry.bulk_acts.model import (
    Decision,
    Rule,
    Tally,
    Undecided,
    Whom,
    Why,
    taken_on_the_spot,
)
from addrsvc.registry.bulk_acts.storing import QUERIES, Read, Rewritten
from addrsvc.registry.model import Document
from addrsvc.registry.timeline import changed


@dataclass(frozen=True, slots=True)
class Decided:
    """One address that is concerned, and what was said of it."""

    read: Read
    decision: Document | Undecided

    @property
    def undecided(self) -> Undecided | None:
        """Give why it stays as it was; None: it is decided."""
        return self.decision if isinstance(self.decision, Undecided) else None

    @property
    def after(self) -> Document:
        """Give what is said of it after the act."""
        if isinstance(self.decision, Undecided):
            return self.read.locked.document
        return self.decision

    @property
    def is_changed(self) -> bool:
        """Tell whether the act says anything new of it."""
        return self.after != self.read.locked.document


class Decider:
    """A rule with its day, ready to be asked about addresses."""

    def __init__(self, rule: Rule, day: date) -> None:
        self.rule, self.day = rule, day
        self._communes = Communes(day)

    async def decide(self, conn: Connection, reads: Sequence[Read]) -> list[Decided]:
        """Say what holds of addresses from the day on; those not concerned are left out."""
        located = await self._located(conn, reads)
        # thousands of decisions: others are answered meanwhile
        return await asyncio.to_thread(self._decide, reads, located)

    def _decide(
        self, reads: Sequence[Read], located: Sequence[LocatedCommune | None]
    ) -> list[Decided]:
        decided = []
        for read, commune in zip(reads, located, strict=True):
            decision = self.rule.decide(read.locked.document, commune)
            if decision is None:
                continue
            decided.append(Decided(read, self._timely(read, decision)))
        return decided

    def _timely(self, read: Read, decision: Decision) -> Document | Undecided:
        if decision is None:
            raise AssertionError("not concerned")
        said = read.locked
        later = said.valid_from > self.day and decision != said.document
        if later and not isinstance(decision, Undecided):
            return Undecided(Why.CHANGED_LATER)
        return decision

    async def _located(
        self, conn: Connection, reads: Sequence[Read]
    ) -> list[LocatedCommune | None]:
        documents = [each.locked.document for each in reads]
        points = [taken_on_the_spot(d) if self.rule.asks_point(d) else None for d in documents]
        asked = [point for point in points if point is not None]
        found = await self._communes.at(conn, [p.lon for p in asked], [p.lat for p in asked])
        answers = iter(found)
        return [None if point is None else next(answers) for point in points]


def rewritings(decided: Sequence[Decided], day: date) -> list[Rewritten]:
    """Give what is to be written: nothing where the act says what is said already."""
    return [
        Rewritten(
            each.read,
            changed(each.read.locked.timeline, day, each.read.locked.status, each.after),
        )
        for each in decided
        if each.is_changed
    ]


def tally(decided: Sequence[Decided]) -> Tally:
    """Count what was decided."""
    counts = Tally(concerned=len(decided))
    for each in decided:
        if each.undecided is not None:
            counts.undecided[each.undecided.why.value] += 1
        elif each.is_changed:
            counts.changed += 1
        else:
            counts.unchanged += 1
    return counts


async def next_ids(
    conn: Connection, whom: Whom, *, after: int, limit: int, locked: bool
) -> list[int]:
    """Give the identities of addresses to look at, in order; ``locked``: against other writers."""
    statement = QUERIES["concerned"] + (" FOR UPDATE OF c" if locked else "")
    params = {**_params(whom), "after": after, "limit": limit}
    return [each["address_id"] for each in await rows(conn, statement, params)]


async def count(conn: Connection, whom: Whom, *, after: int) -> int:
    """Count the addresses to look at."""
    statement = f"SELECT count(*) AS count FROM ({QUERIES['concerned']}) AS c"
    found = await row(conn, statement, {**_params(whom), "after": after, "limit": None})
    return 0 if found is None else int(found["count"])


def _params(whom: Whom) -> dict[str, object]:
    return {
        "communes": sorted({each.code for each in whom.communes}),
        "days": sorted({each.valid_from for each in whom.communes}),
        "base_keys": None if whom.base_keys is None else list(whom.base_keys),
        "codes": None if whom.codes is None else list(whom.codes),
        "area": whom.area,
    }
