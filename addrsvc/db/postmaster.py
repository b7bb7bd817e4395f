"""Recognise the PostgreSQL server of one data folder by what the kernel says, not by its pid file.

A pid file outlives ``kill -9``, and its number may by then belong to another program. The
server and its children have the data folder as their working folder and run a program
named ``postgres``: that cannot be stale. Linux only.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A process that cannot be mistaken for a later one of the same number."""

    pid: int
    started_ticks: int
    """Start time in clock ticks since boot: a re-used number has another one."""


def identify(pid: int) -> ProcessId | None:
    """Name a living process; None when there is none, or only its zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, started = fields[0], int(fields[19])
    return None if state in {"Z", "X"} else ProcessId(pid, started)


def is_alive(process: ProcessId) -> bool:
    """Tell whether this very process still runs."""
    return identify(process.pid) == process


def find_postmaster(pgdata: Path) -> ProcessId | None:
    """Find the running server that the pid file of this data folder names; None when stale."""
    try:
        first_line = (pgdata / "postmaster.pid").read_text().partition("\n")[0]
        pid = abs(int(first_line))
    except (FileNotFoundError, ValueError):
        return None
    return identify(pid) if _serves(pid, pgdata) else None


def find_orphans(pgdata: Path) -> list[ProcessId]:
    """List every process of a server of this data folder: after ``kill -9`` some live on."""
    found = (identify(pid) for pid in _pids() if _serves(pid, pgdata))
    return [process for process in found if process is not None]


def forget_stale_locks(pgdata: Path, socket_dir: Path | None) -> bool:
    """Remove pid and socket lock files that name no server, when no child of one is left either.

    PostgreSQL does so itself, except when the number now belongs to another program of the
    same user, or to a zombie nobody reaps: then it would refuse to start for ever.
    """
    locks = [pgdata / "postmaster.pid"]
    if socket_dir is not None:
        locks += socket_dir.glob(".s.PGSQL.*.lock")
    stale = [lock for lock in locks if lock.exists()]
    if not stale or find_postmaster(pgdata) or find_orphans(pgdata):
        return False
    for lock in stale:
        lock.unlink(missing_ok=True)
    return True


def signal_and_wait(process: ProcessId, number: signal.Signals, timeout_s: float) -> bool:
    """Send a signal to this very process and tell whether it ended in time."""
    if not is_alive(process):
        return True
    os.kill(process.pid, number)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if not is_alive(process):
            return True
        time.sleep(_POLL_S)
    return False


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 -- a Path for each of thousands of processes is waste


def _serves(pid: int, pgdata: Path) -> bool:
    try:
        program = Path(f"/proc/{pid}/exe").readlink().name
        folder = Path(f"/proc/{pid}/cwd").readlink()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
    # An upgraded package leaves "postgres (deleted)" behind for the server still running.
    return program.split(" ")[0] == "postgres" and folder == pgdata.resolve()
