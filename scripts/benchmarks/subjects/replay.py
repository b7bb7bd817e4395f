"""The reorganisation of July 2025 replayed: registered in June, run as one act, undone.

286,947 synthetic addresses are drawn inside the 91 communes of former Bình Dương as they were in
June 2025, and imported under that day's clock. Then the official conversion table is run as one
bulk act, judged by shapely on the boundaries of the 36 new communes, and undone. About four
minutes. Beside it the same rows are closed, inserted and updated by three bare statements in plain
tables with the same primary keys.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import date
from pathlib import Path

import psycopg

from addrsvc.db.doors import make_engine, open_doors
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.geocoding.following import Follower
from addrsvc.registry.bulk_acts.engine import Runner, Undoer, run_act, undo_act
from benchmarks import replay_side as side
from benchmarks.figures import Figure

_ROWS = 286_947
_JUNE = date(2025, 6, 20)

_BARE = """
CREATE TABLE bare_version (LIKE address_version);
INSERT INTO bare_version SELECT * FROM address_version;
ALTER TABLE bare_version ADD PRIMARY KEY (address_id, version);
CREATE TABLE bare_current (LIKE address_current);
INSERT INTO bare_current SELECT * FROM address_current;
ALTER TABLE bare_current ADD PRIMARY KEY (address_id);
ANALYZE bare_version; ANALYZE bare_current;
"""
_BARE_WORK = (
    "UPDATE bare_version SET recorded_to = now()",
    """
    INSERT INTO bare_version
    SELECT address_id, version + 1 + half, status, valid_from, valid_to, now(), NULL, act,
           principal, reason, document, act_id
    FROM bare_version, generate_series(0, 1) AS half""",
    "UPDATE bare_current SET commune_code = '00000', version = version + 2",
)
_OLD_COMMUNE = """
SELECT count(*) FROM address_version
WHERE recorded_to IS NULL AND valid_from <= %(day)s AND (valid_to IS NULL OR %(day)s < valid_to)
  AND document->'commune'->>1 = '2025-06-01'
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let the size be chosen."""
    parser.add_argument("--rows", type=int, default=_ROWS)


def run(arguments: argparse.Namespace) -> list[Figure]:
    """Register, replay, judge, undo, compare."""
    with (
        tempfile.TemporaryDirectory(prefix="addrsvc-bench-") as folder,
        throw_away_cluster(durable=True) as cluster,
    ):
        return _measure(cluster.create_database("replay"), Path(folder), arguments.rows)


def _measure(url: str, folder: Path, count: int) -> list[Figure]:
    side.prepare(url)
    path = folder / "june.csv"
    side.write_file(path, count)
    begun = time.perf_counter()
    counts = asyncio.run(side.register(url, path)).counts
    import_s = time.perf_counter() - begun
    registered = counts.assigned + counts.proposed
    before = side.state(url, folder)
    bare_s = _bare(url)
    act_id = asyncio.run(side.plan(url))
    begun = time.perf_counter()
    asyncio.run(side.preview(url, act_id))
    preview_s = time.perf_counter() - begun
    changed, run_s, follow_s = asyncio.run(_run(url, act_id))
    truth = side.judge(url, act_id)
    after = side.state(url, folder)
    in_june = _count(url, _OLD_COMMUNE)
    restored, undo_s = asyncio.run(_undo(url, act_id))
    again = side.state(url, folder)
    same = sum(before[name] == again[name] for name in before)
    return [
        Figure("addresses", registered, "rows"),
        Figure("preview_rate", registered / preview_s, "rows/s"),
        Figure("changed", changed, "rows"),
        Figure("run_rate", changed / run_s, "rows/s", 2_000),
        Figure("ratio_to_bare_statements", bare_s / run_s, ""),
        Figure("ratio_to_import", import_s / run_s, "", 0.5),
        Figure("undo_rate", restored / undo_s, "rows/s", 2_000),
        Figure("codes_changed", float(before["codes"] != after["codes"]), "", 0, "lower"),
        Figure("judged_by_point_in_polygon", truth.judged, "rows"),
        Figure("in_another_commune", truth.judged - truth.right, "rows", 0, "lower"),
        Figure("of_these_within_30_m_of_the_edge", truth.edge, "rows"),
        Figure("undecided", truth.undecided, "rows"),
        Figure("june_says_the_old_commune", in_june, "rows", registered, "higher"),
        Figure("checksums_the_same_after_undo", same, "of 6", len(before), "higher"),
        Figure("follower_catches_up", follow_s, "s", 120, "lower"),
    ]


async def _run(url: str, act_id: int) -> tuple[int, float, float]:
    """Run the act; give what changed, its seconds, and those a follower needs to catch up."""
    settings = side.settings(url)
    engine, doors = make_engine(settings), await open_doors(settings)
    try:
        follower = Follower(doors.pool)
        async with doors.pool.connection() as conn:
            await follower.catch_up(conn)
        begun = time.perf_counter()
        progress = await run_act(Runner(engine, side.WHO, side.JULY, act_id))
        ran = time.perf_counter()
        async with doors.pool.connection() as conn:
            await follower.catch_up(conn)
        return progress.tally.changed, ran - begun, time.perf_counter() - ran
    finally:
        await engine.dispose()
        await doors.close()


async def _undo(url: str, act_id: int) -> tuple[int, float]:
    engine = make_engine(side.settings(url))
    try:
        begun = time.perf_counter()
        undoer = Undoer(engine, side.WHO, side.AUGUST, act_id)
        progress = await undo_act(undoer, "benchmark")
        return progress.tally.changed, time.perf_counter() - begun
    finally:
        await engine.dispose()


def _bare(url: str) -> float:
    """Close, insert and update as many rows by bare statements; give the seconds."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(_BARE.encode())
        begun = time.perf_counter()
        with conn.transaction():
            for statement in _BARE_WORK:
                conn.execute(statement.encode())
        seconds = time.perf_counter() - begun
        conn.execute("DROP TABLE bare_version, bare_current")
    return seconds


def _count(url: str, statement: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute(statement.encode(), {"day": _JUNE}).fetchone()
    return 0 if row is None else int(row[0])
