"""Hear of the process being asked to stop before the server waits for its answers to end."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def at_termination(act: Callable[[], None]) -> Iterator[None]:
    """Call ``act`` on the running loop when SIGTERM or SIGINT comes, besides what is done anyway.

    The web server tells its application only after all answers have ended, which those that are
    written for as long as somebody listens never do by themselves.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals go to the main thread; a server in another one gets none
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
        elif handler is signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    for number in before:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is heard:
                signal.signal(number, handler)
