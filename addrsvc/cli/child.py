"""A process of ours beside us, that ends when we end, whatever ends us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from addrsvc.processes import ends_with_us

_POLL_S = 0.05
_PATIENCE_S = 20.0


class Child:
    """One command, in a session of its own: Ctrl-C reaches only us.

    ``output`` is where its log goes, as ``subprocess`` names it; None means where ours goes.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], output: int | None = None
    ) -> None:
        self._process = subprocess.Popen(  # noqa: S603 -- an argument list of our own, no shell
            ends_with_us(command),
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def is_alive(self) -> bool:
        """Tell whether its main process still runs."""
        # Without reaping it: its number names its session until ``stop`` has ended that.
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, how) is None

    def exit_code(self) -> int:
        """Give the exit code, or number of the signal, of a process that ended."""
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        return ended.si_status if ended else -1

    def ask_to_end(self) -> None:
        """Tell it to finish what it does."""
        if self.is_alive():
            self._process.terminate()

    def stop(self, in_hurry: Callable[[], bool]) -> None:
        """Let it finish what it does, at most 20 s and no longer than nobody is in a hurry."""
        self.ask_to_end()
        deadline = time.monotonic() + _PATIENCE_S
        while self.is_alive() and time.monotonic() < deadline and not in_hurry():
            time.sleep(_POLL_S)
        # Also when the main process is gone: a process of its own may be left in its session.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
