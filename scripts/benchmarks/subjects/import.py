"""Importing a province's addresses: against a bare COPY of the same rows, and against kill -9."""

# ruff: noqa: N999 -- the module is called what people type

from __future__ import annotations

import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from addrsvc.admin_units import bundled
from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.registry.demo_rows import COMMUNES, prefix_of
from benchmarks.figures import Figure

_ROOT = Path(__file__).resolve().parents[3]
_BOUNDARIES = _ROOT.parent / "shared" / "data" / "new_communes.geojson"
_ROWS = 286_947
_SEED = 1
_ROUNDS = 5
_BLOCK = 1 << 18
_TABLES = ("address", "address_version", "address_current", "event")
_ASSIGNED = "SELECT count(*) FROM address"
_PREFIX = """
INSERT INTO code_prefix (prefix, commune_code, issuer, key, is_demo, source, imported_at)
VALUES (%s, %s, 'benchmark', sha256(%s::bytea), true, 'synthetic', now())
"""


def run() -> list[Figure]:
    """Import the file once undisturbed and once killed three times; compare with bare COPYs."""
    with tempfile.TemporaryDirectory(prefix="addrsvc-bench-") as folder:
        path = Path(folder) / "province.csv"
        script = _ROOT / "scripts" / "benchmarks" / "province_file.py"
        maker = [sys.executable, str(script), str(path)]
        _finish([*maker, "--rows", str(_ROWS), "--seed", str(_SEED)], {})
        with throw_away_cluster(durable=True) as cluster:
            whole = _filled(cluster, "whole")
            before = _bare_copy(whole, path)
            seconds, peak_mb = _import(whole, path)
            after = _bare_copy(whole, path)
            bare = statistics.median([*before, *after])
            rows = _count(whole, _ASSIGNED)
            written = _bare_copy_of_tables(whole, Path(folder))
            again, _ = _import(whole, path)
            kept = _count(whole, _ASSIGNED)
            lost, doubled = _killed(_filled(cluster, "killed"), path, rows)
    rate = _ROWS / seconds
    return [
        Figure("rows", _ROWS, "rows"),
        Figure("addresses_registered", rows, "rows"),
        Figure("import_rate", rate, "rows/s"),
        Figure("import_peak_memory", peak_mb, "MB", 300, "lower"),
        Figure("bare_copy_rate", _ROWS / bare, "rows/s"),
        Figure("ratio_to_bare_copy", bare / seconds, "", 0.25),
        Figure("ratio_to_bare_copy_of_all_rows_written", written / seconds, "", 0.25),
        Figure("again_rate", _ROWS / again, "rows/s"),
        Figure("again_new_addresses", kept - rows, "rows", 0, "lower"),
        Figure("killed_3_times_lost", lost, "rows", 0, "lower"),
        Figure("killed_3_times_doubled", doubled, "rows", 0, "lower"),
    ]


def _filled(cluster: PrivateCluster, name: str) -> str:
    """Make a database with units, boundaries where they are at hand, and prefixes."""
    url = cluster.create_database(name)
    upgrade(url)
    bundled.load(url)
    if _BOUNDARIES.is_file():
        command = ["units", "import-boundaries", str(_BOUNDARIES), "--valid-from", "2025-07-01"]
        _finish(_addrsvc(*command, "--kind", "approximate"), {"ADDRSVC_DATABASE_URL": url})
    with psycopg.connect(url) as conn:
        for code in COMMUNES:
            conn.execute(_PREFIX, [prefix_of(code), code, code])
    return url


def _addrsvc(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "addrsvc", *arguments]


def _finish(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(  # noqa: S603 -- our own program
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        check=True,
        cwd=_ROOT,
    )


@contextmanager
def _importer(url: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = _addrsvc("addresses", "import", str(path))
    environment = {**os.environ, "ADDRSVC_DATABASE_URL": url}
    with subprocess.Popen(  # noqa: S603 -- our own program
        command, env=environment, stdout=subprocess.DEVNULL, cwd=_ROOT
    ) as running:
        yield running


def _import(url: str, path: Path) -> tuple[float, float]:
    """Import in a process of its own; give its seconds, start to end, and its peak in MB."""
    begun = time.perf_counter()
    with _importer(url, path) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode != 0:
        raise RuntimeError(f"the import ended with {running.returncode}")
    return time.perf_counter() - begun, used.ru_maxrss * 1024 / 1e6


def _count(url: str, statement: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute(statement.encode()).fetchone()
    return 0 if row is None else int(row[0])


def _bare_copy(url: str, path: Path) -> list[float]:
    """Copy the file's own rows into a plain table; give the seconds of each round."""
    with path.open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
    columns = ", ".join(f'"{name}" text' for name in header)
    rounds = []
    with psycopg.connect(url, autocommit=True) as conn:
        for _ in range(_ROUNDS):
            conn.execute("DROP TABLE IF EXISTS bare")
            conn.execute(f"CREATE TABLE bare ({columns})".encode())
            rounds.append(_copy_in(conn, "COPY bare FROM STDIN (FORMAT csv, HEADER)", path))
        conn.execute("DROP TABLE bare")
    return rounds


def _copy_in(conn: psycopg.Connection, statement: str, path: Path) -> float:
    begun = time.perf_counter()
    with path.open("rb") as file, conn.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        while block := file.read(_BLOCK):
            copy.write(block)
    return time.perf_counter() - begun


def _bare_copy_of_tables(url: str, folder: Path) -> float:
    """Copy all that the import wrote into plain tables: no key, no index, no reference."""
    total = 0.0
    with psycopg.connect(url, autocommit=True) as conn:
        for table in _TABLES:
            path = folder / table
            statement = f"COPY (SELECT * FROM {table}) TO STDOUT".encode()  # of all partitions
            with path.open("wb") as file, conn.cursor() as cursor, cursor.copy(statement) as copy:
                for block in copy:
                    file.write(block)
            rounds = []
            for _ in range(_ROUNDS):
                conn.execute("DROP TABLE IF EXISTS bare")
                conn.execute(f"CREATE TABLE bare (LIKE {table})".encode())
                rounds.append(_copy_in(conn, "COPY bare FROM STDIN", path))
            total += statistics.median(rounds)
            path.unlink()
        conn.execute("DROP TABLE bare")
    return total


def _killed(url: str, path: Path, expected: int) -> tuple[int, int]:
    """Kill the importer at three random moments, run it again; count what is lost or doubled."""
    draw = random.Random()  # noqa: S311 -- another moment in every run
    done = "SELECT coalesce(max(records_done), 0) FROM import_run"
    for quarter in (1, 2, 3):
        with _importer(url, path) as running:
            while _count(url, done) < _ROWS * quarter / 4 and running.poll() is None:
                time.sleep(0.05)
            time.sleep(draw.uniform(0, 1))
            running.send_signal(signal.SIGKILL)
    _import(url, path)
    origins = _count(url, "SELECT count(DISTINCT origin) FROM address")
    codes = _count(url, "SELECT count(DISTINCT code) FROM address")
    current = _count(url, "SELECT count(*) FROM address_current")
    return expected - origins, max(current - origins, _count(url, _ASSIGNED) - codes)
