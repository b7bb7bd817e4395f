"""A cluster for tests and benchmarks, gone afterwards."""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.cluster_conf import read_state
from addrsvc.db.postmaster import ProcessId, find_orphans, is_alive, signal_and_wait

_PREFIX = "addrsvc-test-"


@contextlib.contextmanager
def throw_away_cluster(
    *,
    durable: bool = False,
    parent: Path = Path("/tmp"),  # noqa: S108 -- a folder of random name is made in it
) -> Iterator[PrivateCluster]:
    """Start a cluster in a temporary folder; it and its folder are gone afterwards."""
    remove_left_behind(parent)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    folder.chmod(0o711)  # the server's user passes through
    try:
        with PrivateCluster(folder / "data", durable=durable) as cluster:
            yield cluster
    finally:
        _remove(folder)


def remove_left_behind(parent: Path) -> None:
    """Remove the clusters of processes that were killed: where they lie in memory, they fill it."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(PermissionError):  # of another user
            state = read_state(folder / "data")
            starter = ProcessId(state.starter_pid, state.starter_ticks)
            if state.starter_pid and not is_alive(starter):
                _remove(folder)
                shutil.rmtree(state.socket_dir, ignore_errors=True)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    # A server that could not be stopped must not be left on a removed folder.
    for orphan in find_orphans(folder / "data" / "postgres"):
        signal_and_wait(orphan, signal.SIGKILL, 5)
