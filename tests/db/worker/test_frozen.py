"""A worker that is told to end while the database is frozen."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
import pytest

from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.migrate import upgrade
from addrsvc.db.postmaster import ProcessId, find_orphans
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.worker.periodic import CONTINUOUS

_WORKER = """
import sys
from addrsvc.cli import main
from addrsvc.worker import running

running._LAST_S = 2.0
sys.argv = ["addrsvc", "worker"]
main()
"""


@pytest.fixture
def cluster(quick_dir: Path) -> Iterator[PrivateCluster]:
    with throw_away_cluster(parent=quick_dir) as cluster:
        upgrade(cluster.superuser_url())
        yield cluster


def _wait_until_it_leads(url: str) -> None:
    deadline = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as conn:
        while time.monotonic() < deadline:
            found = conn.execute("SELECT leads FROM queue.process").fetchone()
            if found is not None and len(found[0]) == len(CONTINUOUS):
                return
            time.sleep(0.1)
    raise AssertionError("it leads nothing")


def _send(number: signal.Signals, processes: Iterable[ProcessId]) -> None:
    for each in processes:
        with contextlib.suppress(ProcessLookupError):  # one that just served us
            os.kill(each.pid, number)


def test_it_ends_in_time_all_the_same(cluster: PrivateCluster) -> None:
    url = cluster.superuser_url()
    environment = {**os.environ, "ADDRSVC_DATABASE_URL": url}
    worker = subprocess.Popen([sys.executable, "-c", _WORKER], env=environment)  # noqa: S603 -- ours
    try:
        _wait_until_it_leads(url)
        frozen = find_orphans(cluster.pgdata)
        _send(signal.SIGSTOP, frozen)
        try:
            worker.terminate()
            assert worker.wait(60) == 1
        finally:
            _send(signal.SIGCONT, frozen)
    finally:
        worker.kill()
        worker.wait()
