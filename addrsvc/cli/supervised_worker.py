"""A worker beside the web server, begun again whenever it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence

from addrsvc.cli.child import Child
from addrsvc.errors import Text

_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
_WELL_S = 60.0
"""After so long without an end it is well again."""


class SupervisedWorker:
    """``addrsvc worker`` as a child: ``watch`` it now and then, ``stop`` it in the end."""

    def __init__(
        self,
        environment: Mapping[str, str],
        say: Callable[[Text], None],
        options: Sequence[str] = (),
    ) -> None:
        self._command = [sys.executable, "-P", "-m", "addrsvc", "worker", *options]
        self._environment = environment
        self._say = say
        self._pause_s = _PAUSE_S
        self._again_at: float | None = None
        self._child = self._begin()

    def _begin(self) -> Child:
        self._began_at = time.monotonic()
        return Child(self._command, self._environment)

    def watch(self) -> None:
        """Begin it again if it ended; later each time it does so soon."""
        now = time.monotonic()
        if self._again_at is not None:
            if now >= self._again_at:
                self._again_at = None
                self._child = self._begin()
            return
        if self._child.is_alive():
            return
        code = self._child.exit_code()
        self._child.stop(lambda: True)  # what it left in its session
        if now - self._began_at > _WELL_S:
            self._pause_s = _PAUSE_S
        pause_s, self._pause_s = self._pause_s, min(self._pause_s * 2, _LONGEST_PAUSE_S)
        self._again_at = now + pause_s
        self._say(
            Text(
                f"tiến trình nền đã dừng (mã {code}), chạy lại sau {pause_s:.0f} giây",
                f"the worker ended (code {code}), started again in {pause_s:.0f} s",
            )
        )

    def ask_to_end(self) -> None:
        """Tell it to finish what it does."""
        if self._again_at is None:
            self._child.ask_to_end()

    def stop(self, in_hurry: Callable[[], bool]) -> None:
        """Let running jobs finish or go back, at most 20 s."""
        if self._again_at is None:
            self._child.stop(in_hurry)
