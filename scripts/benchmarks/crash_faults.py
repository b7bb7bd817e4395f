"""Faults of the crash campaign: processes are killed or frozen as a power cut or a hang would."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.postmaster import find_orphans
from benchmarks.crash_processes import Restarted

_FREEZE_S = 1.0
_SERVING = re.compile(r"postgres: \S+ \S+ (\[local\]|127\.0\.0\.1)")
"""What a process of PostgreSQL that serves a client calls itself."""


class Faults:
    """Everything that can be done to one running service, by name."""

    def __init__(
        self, cluster: PrivateCluster, api: Restarted, worker: Restarted, seed: int
    ) -> None:
        self._cluster, self._api, self._worker = cluster, api, worker
        self._chance = random.Random(seed)  # noqa: S311 - whom to kill
        self.kinds: dict[str, Callable[[], None]] = {
            "postgres": self.kill_postgres,
            "backend": self.kill_backend,
            "freeze": self.freeze_postgres,
            "api worker": self.kill_api_worker,
            "api": self._api.kill,
            "worker": self._worker.kill,
        }

    def kill_postgres(self) -> None:
        """Kill the server as a power cut would, and start it again."""
        kill_and_start(self._cluster)

    def kill_backend(self) -> None:
        """Kill one process that serves a client: the server throws all others out and recovers."""
        children = children_of(self._cluster.pid)
        backends = [pid for pid in children if _SERVING.match(_command_of(pid))]
        if backends:
            _send(self._chance.choice(backends), signal.SIGKILL)

    def freeze_postgres(self) -> None:
        """Stop every process of the server for a second: it accepts, and does not answer."""
        frozen = _processes(self._cluster)
        for pid in frozen:
            _send(pid, signal.SIGSTOP)
        try:
            time.sleep(_FREEZE_S)
        finally:
            for pid in frozen:
                _send(pid, signal.SIGCONT)

    def kill_api_worker(self) -> None:
        """Kill one of the processes that answer requests; their parent begins another."""
        pids = [pid for pid in children_of(self._api.pid) if "spawn_main" in _command_of(pid)]
        if pids:
            _send(self._chance.choice(pids), signal.SIGKILL)


def kill_and_start(cluster: PrivateCluster) -> None:
    """Kill every process of a server at once, as a power cut would, and start it again."""
    for pid in _processes(cluster):
        _send(pid, signal.SIGKILL)
    cluster.start()


def _processes(cluster: PrivateCluster) -> list[int]:
    orphans = [each.pid for each in find_orphans(cluster.data_dir / "postgres")]
    return [cluster.pid, *(pid for pid in orphans if pid != cluster.pid)]


def children_of(pid: int) -> list[int]:
    """Give the processes another one started, as the kernel lists them."""
    with contextlib.suppress(OSError):
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(each) for each in listed.split()]
    return []


def _command_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
