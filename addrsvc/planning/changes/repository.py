"""Rows of comparisons, of the pieces they found, and of addresses for which something changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
import shapely
from psycopg.types.json import Jsonb

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.errors import AddrsvcError, problem_kept
from addrsvc.planning.changes.computing import Cell, Piece, Pieces, cells_of
from addrsvc.planning.changes.model import Counts, Differences
from addrsvc.registry.lifecycle import LIVING

QUERIES: Final = Queries("addrsvc.planning.changes")

_WALKED: Final = 5
"""Addresses walked past for each looked at: others lie elsewhere. They cost a fiftieth."""
_STATUSES: Final = sorted(status.value for status in LIVING)


async def zones_mark(conn: Connection, plan_ids: Sequence[int]) -> str:
    """Give what tells the zones plans have now from those they had."""
    found = await row(conn, QUERIES["zones_mark"], {"plan_ids": list(plan_ids)})
    return "" if found is None else str(found["mark"])


async def find_comparison(conn: Connection, plan_id: int, before_ids: Sequence[int]) -> Row | None:
    """Give what is kept of a comparison; None: nobody asked for it."""
    params = {"plan_id": plan_id, "before_ids": list(before_ids)}
    return await row(conn, QUERIES["find_comparison"], params)


async def ask_comparison(
    conn: Connection, plan_id: int, before_ids: Sequence[int], principal: str, at: datetime
) -> int:
    """Let a comparison wait; give its number."""
    params = {
        "plan_id": plan_id,
        "before_ids": list(before_ids),
        "principal": principal,
        "at": at,
    }
    asked = await row(conn, QUERIES["ask_comparison"], params)
    if asked is None:
        raise RuntimeError("no comparison was asked for")
    comparison_id: int = asked["comparison_id"]
    return comparison_id


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt to work out a comparison."""

    comparison_id: int
    run: UUID
    plan_id: int
    before_ids: tuple[int, ...]

    @property
    def plan_ids(self) -> list[int]:
        """Give all plans compared."""
        return [self.plan_id, *self.before_ids]


async def begin(conn: Connection, comparison_id: int, run: UUID) -> Run | None:
    """Take a comparison over, with nothing found; None: there is none."""
    params = {"comparison_id": comparison_id, "run": run}
    found = await row(conn, QUERIES["begin_comparison"], params)
    if found is None:
        return None
    await execute(conn, QUERIES["forget_changes"], {"comparison_id": comparison_id})
    return Run(comparison_id, run, found["plan_id"], tuple(found["before_ids"]))


async def hold(conn: Connection, run: Run) -> bool:
    """Hold the comparison; False: another run has taken it over."""
    params = {"comparison_id": run.comparison_id, "run": run.run}
    return await row(conn, QUERIES["hold_comparison"], params) is not None


async def add_changes(conn: Connection, run: Run, found: Sequence[Piece]) -> None:
    """Keep pieces of ground of which something else is said."""
    params = {
        "comparison_id": run.comparison_id,
        "plan_id": run.plan_id,
        "befores": [each.before for each in found],
        "afters": [each.after for each in found],
        "areas": [each.area_m2 for each in found],
        "shapes": shapely.to_wkb(np.array([each.shape for each in found], dtype=object)).tolist(),
    }
    await execute(conn, QUERIES["add_changes"], params)


async def finish(
    conn: Connection, run: Run, mark: str, found: Differences, counts: Counts, at: datetime
) -> None:
    """Say what a run found."""
    params = {
        "comparison_id": run.comparison_id,
        "mark": mark,
        "found": Jsonb(found.to_json()),
        "counts": Jsonb(counts.to_json()),
        "at": at,
    }
    await execute(conn, QUERIES["finish_comparison"], params)


async def fail(conn: Connection, run: Run, problem: AddrsvcError) -> None:
    """Say that a comparison cannot be worked out, and why."""
    params = {"comparison_id": run.comparison_id, "problem": Jsonb(problem_kept(problem))}
    await execute(conn, QUERIES["fail_comparison"], params)


async def list_cells(conn: Connection, plan_ids: Sequence[int], most: int) -> list[Cell]:
    """Cut the ground of plans into cells of no more than so many pieces."""
    found = await rows(conn, QUERIES["corners"], {"plan_ids": list(plan_ids)})
    west = np.array([each["west"] for each in found], dtype=np.float64)
    south = np.array([each["south"] for each in found], dtype=np.float64)
    return cells_of(west, south, most)


async def pieces_in_cell(conn: Connection, plan_ids: Sequence[int], cell: Cell) -> Pieces:
    """Give the pieces of plans that begin in a cell."""
    return await _pieces(conn, "pieces_in_cell", plan_ids, cell)


async def pieces_near(conn: Connection, plan_ids: Sequence[int], pieces: Pieces) -> Pieces:
    """Give the pieces of plans that may meet some others."""
    if not plan_ids or not len(pieces):
        return Pieces.of([])
    west, south, east, north = shapely.total_bounds(pieces.shapes)
    return await _pieces(conn, "pieces_near", plan_ids, (west, south, east, north))


async def _pieces(conn: Connection, query: str, plan_ids: Sequence[int], cell: Cell) -> Pieces:
    names = ("west", "south", "east", "north")
    params: dict[str, Any] = dict(zip(names, map(float, cell), strict=True))
    found = await rows(conn, QUERIES[query], {**params, "plan_ids": list(plan_ids)})
    shapes = shapely.from_wkb([bytes(each["piece"]) for each in found])
    return Pieces.of([(each["code"], shape) for each, shape in zip(found, shapes, strict=True)])


@dataclass(frozen=True, slots=True)
class Replanned:
    """An address for which something else is planned."""

    address_id: int
    code: str
    commune: str
    before: tuple[str, ...]
    """Codes of land uses in order; empty: nothing is planned."""
    after: tuple[str, ...]


async def next_addresses(
    conn: Connection,
    before_ids: Sequence[int],
    after_ids: Sequence[int],
    *,
    after: int,
    limit: int,
) -> tuple[list[Replanned], int | None]:
    """Look at the next addresses behind an id; give those concerned, and the last looked at.

    None: there were none to look at.
    """
    params = {
        "before_ids": list(before_ids),
        "after_ids": list(after_ids),
        "plan_ids": [*before_ids, *after_ids],
        "statuses": _STATUSES,
        "after": after,
        "limit": limit,
        "walked": _WALKED * limit,
    }
    *found, last = await rows(conn, QUERIES["addresses_looked_at"], params)
    concerned = [
        Replanned(
            each["address_id"],
            each["code"],
            each["commune_code"],
            tuple(each["before"]),
            tuple(each["after"]),
        )
        for each in found
    ]
    return concerned, last["address_id"]
