"""A process that does slices of file jobs, forked again and again from one that has all loaded.

    python killed_slices.py DATABASE_URL FILES_DIR ROWS SEED

One is killed while it cuts, some at random rows, one while it writes; the last one may finish.
Prints how far the job was each time.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

import psycopg
import sqlalchemy as sa
from file_slices_world import open_room, run_all

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.clock import SystemClock
from addrsvc.db.transaction import transaction
from addrsvc.file_jobs.slices import Pace

PACE = Pace(slice_s=0.1, part_rows=200)


async def _work(url: str, files_dir: Path) -> None:
    async with open_room(url, SystemClock(), files_dir, UnitsInMemory()) as room:
        async with transaction(room.engine) as conn:
            # what the one before left under way: its lock is held by no process any more
            text = "UPDATE queue.procrastinate_jobs SET status = 'todo' WHERE status = 'doing'"
            await conn.execute(sa.text(text))
        await run_all(room, PACE)


def _wait(url: str, state: str, rows: int) -> None:
    """Wait until a job is as far as that, or further."""
    order = ("waiting", "checking", "running", "writing", "done")
    with psycopg.connect(url, autocommit=True) as conn:
        while True:
            found = conn.execute("SELECT state, rows_done FROM personal.file_job").fetchone()
            assert found is not None
            if (order.index(found[0]), found[1]) >= (order.index(state), rows):
                sys.stdout.write(f"{found[0]} {found[1]}\n")
                return
            time.sleep(0.001)


def main() -> None:
    url, files_dir, most = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(int(sys.argv[4]))  # noqa: S311 -- no secret
    moments = [("running", rows) for rows in sorted(chance.sample(range(most), 4))]
    for moment in [("checking", 0), *moments, ("writing", most), None]:
        child = os.fork()
        if child == 0:
            asyncio.run(_work(url, files_dir))
            os._exit(0)
        if moment is not None:
            _wait(url, *moment)
            time.sleep(chance.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    sys.exit(0 if status == 0 else 1)


if __name__ == "__main__":
    main()
