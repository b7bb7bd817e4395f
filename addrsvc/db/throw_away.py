"""A cluster for tests and benchmarks, gone afterwards."""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.postmaster import find_orphans, signal_and_wait


@contextlib.contextmanager
def throw_away_cluster(*, durable: bool = False) -> Iterator[PrivateCluster]:
    """Start a cluster in a temporary folder; it and its folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="addrsvc-test-", dir="/tmp"))
    folder.chmod(0o711)  # the server's user passes through
    try:
        with PrivateCluster(folder / "data", durable=durable) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        # A server that could not be stopped must not be left on a removed folder.
        for orphan in find_orphans(folder / "data" / "postgres"):
            signal_and_wait(orphan, signal.SIGKILL, 5)
