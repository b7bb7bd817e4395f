"""The process is told to stop: who asked hears of it, and what else happens goes on."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import asyncio, os, signal
from addrsvc.edge.ending import at_termination

async def main():
    with at_termination(lambda: print("told", flush=True)):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.1)
    os.kill(os.getpid(), signal.SIGTERM)

signal.signal(signal.SIGTERM, lambda *_: print("heard", flush=True))
asyncio.run(main())
"""

PLAIN = """
import asyncio, os, signal
from addrsvc.edge.ending import at_termination

async def main():
    with at_termination(lambda: None):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(20)

asyncio.run(main())
"""

ELSEWHERE = """
import asyncio, threading
from addrsvc.edge.ending import at_termination

async def main():
    with at_termination(lambda: None):
        print("runs")

thread = threading.Thread(target=lambda: asyncio.run(main()))
thread.start()
thread.join()
"""


def run(program: str) -> tuple[int, list[str]]:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30
    )
    return done.returncode, done.stdout.split()


def test_the_signal_is_told_and_passed_on() -> None:
    assert run(PROGRAM) == (0, ["heard", "told", "heard"])


def test_a_process_nobody_handles_signals_for_ends() -> None:
    assert run(PLAIN) == (-15, [])


def test_a_loop_outside_the_main_thread_hears_nothing() -> None:
    assert run(ELSEWHERE) == (0, ["runs"])
