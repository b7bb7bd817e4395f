"""Processes of the crash campaign that are killed and come back, as a supervisor does it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from addrsvc.processes import ends_with_us

_PAUSE_S = 0.3
_END_S = 20.0


class Restarted:
    """A command in a session of its own, begun again whenever it ends, until ``stop``."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._command, self._environment, self._log = command, environment, log
        self._stopping = threading.Event()
        self._process = self._begin()
        self.starts = 1
        self._watch = threading.Thread(target=self._keep, name=command[-1], daemon=True)
        self._watch.start()

    @property
    def pid(self) -> int:
        """Give the process's id as it is now."""
        return self._process.pid

    def kill(self) -> None:
        """Kill it with everything it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it for good: politely, then not."""
        self._stopping.set()
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
        self.kill()
        self._process.wait()
        # last: the kernel kills what a thread began when that thread ends
        self._watch.join()

    def _begin(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 -- an argument list of our own, no shell
                ends_with_us(self._command, signal.SIGKILL),
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _keep(self) -> None:
        while not self._stopping.wait(_PAUSE_S):
            if self._process.poll() is not None:
                self.kill()  # what it left in its session
                self._process = self._begin()
                self.starts += 1


def wait_until(what: str, holds: Callable[[], bool], patience_s: float) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it did not, for so long.
    """
    until = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {patience_s:.0f} s")
        time.sleep(0.05)
