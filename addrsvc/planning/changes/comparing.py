"""Work out a comparison: the worker's part.

Cell by cell, each in short transactions of its own, so that a long comparison holds up neither the
feed of events nor anybody who writes. A run that is killed leaves nothing that counts: the next
begins anew. Two runs at once cannot mix: the later takes over, and the earlier finds out before it
writes again. What was compared is noted; where zones were stored anew meanwhile, the result is out
of date, and says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Final
from uuid import uuid4

import shapely
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.planning.changes import repository
from addrsvc.planning.changes.computing import (
    Cell,
    Piece,
    Pieces,
    TooCrowded,
    left_over,
    overlay,
    summed,
)
from addrsvc.planning.changes.errors import ComparisonImpossible
from addrsvc.planning.changes.model import (
    Counts,
    Differences,
    LinkedDossiers,
    Pair,
    counted,
)
from addrsvc.planning.changes.repository import Run
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc.planning")

CountLinked = Callable[
    [AsyncConnection, Sequence[int], Sequence[str]], Awaitable[tuple[int, int, dict[str, int]]]
]
"""Counts dossiers linked to addresses (ids, and their communes): dossiers, links, dossiers by
commune. Handed in where the worker is put together: plans know no dossiers."""

CELL_PIECES: Final = 2_000
_LOOKED_AT: Final = 5_000
"""Addresses looked at in one statement: half a second's work, and on a machine ten times too busy
still within a statement's limit."""

Lay = Callable[[Pieces, Pieces], Iterable[Piece]]


async def work_out(
    engine: AsyncEngine,
    _settings: Settings,
    clock: Clock,
    *,
    comparison_id: int,
    count_linked: CountLinked,
    cell_pieces: int = CELL_PIECES,
) -> None:
    """Compare a plan with others, and count whom that concerns."""
    async with transaction(engine) as conn:
        run = await repository.begin(conn, comparison_id, uuid4())
        mark = "" if run is None else await repository.zones_mark(conn, run.plan_ids)
    if run is None:
        return
    work = _Work(engine, run, cell_pieces)
    after, before = [run.plan_id], list(run.before_ids)
    try:
        is_ours = await work.lay(overlay, after, before)
        # the other way round for nothing but what is no longer planned
        is_ours = is_ours and await work.lay(left_over, before, after)
    except (shapely.GEOSException, TooCrowded) as error:  # tried again, it would be the same
        log.exception("comparison failed", comparison=comparison_id, error=str(error)[:200])
        async with transaction(engine) as conn:
            if await repository.hold(conn, run):
                await repository.fail(conn, run, ComparisonImpossible())
        return
    if not is_ours:
        log.warning("comparison taken over", comparison=comparison_id)
        return
    counts = await _count(engine, run, count_linked)
    found = Differences.of(work.sums, before_m2=work.areas[left_over], after_m2=work.areas[overlay])
    async with transaction(engine) as conn:
        if await repository.hold(conn, run):
            await repository.finish(conn, run, mark, found, counts, clock.now())


class _Work:
    """One run, and what it has found up to now."""

    def __init__(self, engine: AsyncEngine, run: Run, cell_pieces: int) -> None:
        self._engine = engine
        self._run = run
        self._most = cell_pieces
        self.sums: dict[Pair, tuple[float, int]] = {}
        self.areas: dict[Lay, float] = {}

    async def lay(self, lay: Lay, ours: Sequence[int], others: Sequence[int]) -> bool:
        """Lay plans over others, cell by cell; False: another run has taken over."""
        self.areas[lay] = 0.0
        async with transaction(self._engine) as conn:
            cells = await repository.list_cells(conn, ours, self._most)
        for cell in cells:
            if not await self._lay_cell(lay, ours, others, cell):
                return False
        return True

    async def _lay_cell(
        self, lay: Lay, ours: Sequence[int], others: Sequence[int], cell: Cell
    ) -> bool:
        async with transaction(self._engine) as conn:
            pieces = await repository.pieces_in_cell(conn, ours, cell)
            near = await repository.pieces_near(conn, others, pieces)
        found, area = await asyncio.to_thread(_computed, lay, pieces, near)
        self.areas[lay] += area
        for pair, (more, count) in summed(found).items():
            known, pieces_known = self.sums.get(pair, (0.0, 0))
            self.sums[pair] = (known + more, pieces_known + count)
        changed = [each for each in found if each.before != each.after]
        async with transaction(self._engine) as conn:
            if not await repository.hold(conn, self._run):
                return False
            if changed:
                await repository.add_changes(conn, self._run, changed)
        return True


def _computed(lay: Lay, pieces: Pieces, near: Pieces) -> tuple[list[Piece], float]:
    return list(lay(pieces, near)), pieces.area_m2


async def _count(engine: AsyncEngine, run: Run, count_linked: CountLinked) -> Counts:
    """Count the addresses told of when the plan is published, and the dossiers linked to them."""
    concerned: list[tuple[int, str]] = []
    last: int | None = 0
    look = partial(
        repository.next_addresses,
        before_ids=run.before_ids,
        after_ids=[run.plan_id],
        limit=_LOOKED_AT,
    )
    while last is not None:
        async with transaction(engine) as conn:
            found, last = await look(conn, after=last)
        concerned += [(each.address_id, each.commune) for each in found]
    ids, communes = [each[0] for each in concerned], [each[1] for each in concerned]
    async with transaction(engine) as conn:
        linked = LinkedDossiers(*await count_linked(conn, ids, communes))
    return counted(concerned, linked)
