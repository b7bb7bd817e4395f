"""What a bulk act would do, without doing it: counts, samples, warnings, points for a map."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import service as admin_units
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.registry.bulk_acts import acts
from addrsvc.registry.bulk_acts.deciding import Decided, Decider, count, next_ids, tally
from addrsvc.registry.bulk_acts.model import BulkAct, Tally
from addrsvc.registry.bulk_acts.rules import load_rule
from addrsvc.registry.bulk_acts.storing import QUERIES, STAGING, cell, copy_rows, read_many
from addrsvc.registry.model import Document

_STEP: Final = 5_000
_SAMPLES: Final = 20
_FIRST_FEW: Final = 10
POINTS: Final = 4_000
"""Most points of a map: a sample of them where there are more."""


_AREAS: Final = 200
_TOLERANCE_DEG: Final = 0.0003


@dataclass(frozen=True, slots=True)
class Sample:
    """One address before and after."""

    ref: str
    outcome: str
    """``changed``, or why it is undecided."""
    before: Document
    after: Document
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MapPoint:
    """Where one address is, and what becomes of it."""

    lon: float
    lat: float
    outcome: str
    """``changed``, ``unchanged`` or ``undecided``."""
    commune: str
    """Code of the commune it is in after the act."""


@dataclass(slots=True)
class Preview:
    """What an act would do."""

    act: BulkAct
    to_look_at: int
    """Addresses in the act's communes, along its street …"""
    examined: int = 0
    """Fewer than ``to_look_at`` where the asker set a limit: all other counts are of these."""
    tally: Tally = field(default_factory=Tally)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Changed addresses by code of commune before and after."""
    samples: list[Sample] = field(default_factory=list)
    collisions: int = 0
    """Groups of addresses that will have the same components and do not now."""
    first_collisions: list[list[str]] = field(default_factory=list)
    parted: list[str] = field(default_factory=list)
    """Parts of a building that go to another commune than it; the first few."""
    parted_count: int = 0
    without_prefix: list[str] = field(default_factory=list)
    """Communes addresses go to that have no prefix: new addresses there get no code."""
    points: list[MapPoint] = field(default_factory=list)


async def preview_act(
    conn: AsyncConnection,
    principal: Principal,
    act_id: int,
    *,
    limit: int | None = None,
    report: Callable[[int], None] = lambda _: None,
) -> Preview:
    """Say what an act would do to the addresses as they stand; of one under way, to the rest.

    Args:
        conn: a transaction; nothing of it needs to be kept.
        principal: sees samples and points only of what it may see; counts are of all.
        act_id: the act.
        limit: most addresses to examine; None: all.
        report: is told how many were examined so far.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not plan bulk acts.
        ActNotFound: there is no such act.
        AreaForbidden: it reaches beyond the principal's areas.
    """
    principal.require(Scope.ACTS_WRITE)
    act = await acts.get_bulk_act(conn, act_id)
    await acts.require(conn, principal, Scope.ACTS_WRITE, act)
    decider = Decider(await load_rule(conn, act), act.day)
    whom = decider.rule.whom
    made = Preview(act, await count(conn, whom, after=act.done_up_to))
    collector = _Collector(made, sight_of(principal).levels)
    await execute(conn, STAGING["drop_after"], {})
    await execute(conn, STAGING["create_after"], {})
    after = act.done_up_to
    while limit is None or made.examined < limit:
        step = _STEP if limit is None else min(_STEP, limit - made.examined)
        ids = await next_ids(conn, whom, after=after, limit=step, locked=False)
        decided = await decider.decide(conn, [read for read, _ in await read_many(conn, ids)])
        await copy_rows(conn, STAGING["copy_after"], _after_lines(decided))
        collector.add(decided)
        made.examined += len(ids)
        report(made.examined)
        if len(ids) < step:
            break
        after = ids[-1]
    await _warn(conn, made, decider, collector)
    return made


class _Collector:
    """Keeps of thousands of decisions what a person looks at."""

    def __init__(self, made: Preview, visible: frozenset[str]) -> None:
        self._made, self._visible = made, visible
        self._draw = random.Random(made.act.act_id)  # noqa: S311 -- the same sample each time
        self._seen_points = 0
        self._seen_samples: Counter[str] = Counter()
        self.unseen: set[str] = set()
        """References that are counted and never named."""
        self.parts: list[tuple[Decided, str]] = []
        """Parts of buildings, with the code of the parent."""

    def add(self, decided: Sequence[Decided]) -> None:
        """Take in what was decided of some addresses."""
        made = self._made
        made.tally.add(tally(decided))
        for each in decided:
            before, after = each.read.locked.document, each.after
            if each.is_changed:
                made.moves[before.commune.code, after.commune.code] += 1
            if after.parent is not None:
                self.parts.append((each, after.parent))
            if after.visibility.value in self._visible:
                self._sample(each)
                self._point(each)
            else:
                self.unseen.add(each.read.ref)

    def _sample(self, each: Decided) -> None:
        outcome = _outcome(each)
        self._seen_samples[outcome] += 1
        if outcome == "unchanged" or self._seen_samples[outcome] > _SAMPLES:
            return
        candidates = () if each.undecided is None else each.undecided.candidates
        why = outcome if each.undecided is None else each.undecided.why.value
        sample = Sample(each.read.ref, why, each.read.locked.document, each.after, candidates)
        self._made.samples.append(sample)

    def _point(self, each: Decided) -> None:
        """Keep a fair sample of points, the same for the same addresses (reservoir)."""
        position = each.after.position
        if position is None:
            return
        point = position.point
        shown = MapPoint(point.lon, point.lat, _outcome(each), each.after.commune.code)
        self._seen_points += 1
        if len(self._made.points) < POINTS:
            self._made.points.append(shown)
        elif (at := self._draw.randrange(self._seen_points)) < POINTS:
            self._made.points[at] = shown


def _outcome(each: Decided) -> str:
    if each.undecided is not None:
        return "undecided"
    return "changed" if each.is_changed else "unchanged"


def _after_lines(decided: Sequence[Decided]) -> Iterable[str]:
    """Give the components of numbered addresses for comparing; those without a number are many."""
    for each in decided:
        after = each.after
        base, number = after.components.search_keys()
        if number is None or base is None:
            continue
        parts = after.components
        inner = "|".join(text for text in (parts.building, parts.floor, parts.unit) if text)
        before = each.read.locked.document
        was = (before.commune.code, *before.components.search_keys())
        yield (
            f"{each.read.locked.address_id}\t{after.commune.code}\t{cell(base)}\t{cell(number)}\t"
            f"{cell(inner)}\t{cell('|'.join(map(str, was)))}\n"
        )


async def _warn(
    conn: AsyncConnection, made: Preview, decider: Decider, collector: _Collector
) -> None:
    """Look for what the act would leave behind that somebody should know of."""
    await execute(conn, STAGING["index_after"], {})
    await execute(conn, STAGING["analyze_after"], {})
    found = await rows(conn, STAGING["collisions"], {"limit": _FIRST_FEW})
    if found:
        made.collisions = found[0]["count"]
        made.first_collisions = [
            [ref if ref not in collector.unseen else "…" for ref in each["refs"]] for each in found
        ]
    await _parted(conn, made, decider, collector)
    goals = sorted({after for before, after in made.moves if before != after})
    having = await rows(conn, QUERIES["communes_with_prefix"], {"codes": goals})
    known = {each["commune_code"] for each in having}
    made.without_prefix = [code for code in goals if code not in known]


async def _parted(conn: Connection, made: Preview, decider: Decider, collector: _Collector) -> None:
    """Find parts that go to another commune than their building."""
    parts = collector.parts
    codes = sorted({parent for _, parent in parts})
    if not codes:
        return
    found = await rows(conn, QUERIES["ids_of_codes"], {"codes": codes})
    reads = [read for read, _ in await read_many(conn, [each["address_id"] for each in found])]
    decided: dict[str, Any] = {each.read.ref: each for each in await decider.decide(conn, reads)}
    goes = {read.ref: read.locked.document.commune for read in reads}
    goes |= {ref: each.after.commune for ref, each in decided.items()}
    away = [each.read.ref for each, parent in parts if goes.get(parent) != each.after.commune]
    shown = [ref for ref in away if ref not in collector.unseen]
    made.parted_count, made.parted = len(away), shown[:_FIRST_FEW]


async def areas_of(conn: Connection, preview: Preview) -> list[tuple[str, str, dict[str, Any]]]:
    """Give code, name and boundary of the communes the points are in after the act."""
    areas = []
    for code in sorted({each.commune for each in preview.points})[:_AREAS]:
        for day in (preview.act.day, preview.act.day - timedelta(days=1)):
            unit = await admin_units.find_unit(conn, code, day)
            if unit is not None:
                shape = await admin_units.boundary(conn, unit.id, tolerance_deg=_TOLERANCE_DEG)
                if shape is not None:
                    areas.append((code, unit.full_name, shape))
                break
    return areas
