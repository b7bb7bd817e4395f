"""Processes of ours that end when we end, whatever ends us."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import Final

_UNLESS_LEFT: Final = '[ "$PPID" = "$0" ] && exec "$@"'


def ends_with_us(
    command: Sequence[str], how: signal.Signals = signal.SIGTERM, options: Sequence[str] = ()
) -> list[str]:
    """Give a command whose process the kernel sends a signal when we end.

    The kernel does so from the moment it is asked to; where we have ended before, the process
    finds that its parent is another, and does not begin.

    Args:
        command: a program by its full path, and its arguments.
        how: the signal.
        options: more options of ``setpriv``.
    """
    asked = ["/usr/bin/setpriv", *options, f"--pdeathsig={how.name.removeprefix('SIG')}", "--"]
    return [*asked, "/bin/sh", "-c", _UNLESS_LEFT, str(os.getpid()), *command]
