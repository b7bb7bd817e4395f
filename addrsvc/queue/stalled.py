"""What workers that died left under way: run alone, until it is known what killed them.

A job that kills its worker takes those beside it down. To count that against all of them would
park bystanders (measured elsewhere: three of six hundred). So a death is counted against nobody,
except where a job ran alone in its process; a job to which that happened
:data:`MOST_LONE_DEATHS` times is parked.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.rows import Row, row, rows
from addrsvc.queue.service import QUERIES

MOST_LONE_DEATHS: Final = 3
"""An operator's kill or a lack of memory may hit an innocent job, but hardly so often."""


async def isolate_stalled(conn: AsyncConnection, *, stalled_s: float) -> list[Row]:
    """Let jobs of workers not heard of for so long wait to be run alone; give id and task."""
    return await rows(conn, QUERIES["isolate_stalled"], {"stalled_s": stalled_s})


async def is_isolated_due(conn: AsyncConnection) -> bool:
    """Tell whether a job waits to be run alone."""
    found = await row(conn, QUERIES["is_isolated_due"], {})
    return found is not None and bool(found["is_due"])


async def note_lone_deaths(conn: AsyncConnection, *, pause_s: float) -> list[Row]:
    """Count the death of the process that ran jobs alone against the one it was at.

    It waits, longer each time, so that others come before it; or is parked. Gives id, task,
    deaths and is_parked.
    """
    params = {"most": MOST_LONE_DEATHS, "pause_s": pause_s}
    return await rows(conn, QUERIES["note_lone_deaths"], params)
