"""What we begin ends with us, at whatever moment we end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from addrsvc.processes import ends_with_us

_BEGIN = """
import signal, subprocess, sys

from addrsvc.processes import ends_with_us
subprocess.Popen(ends_with_us(["/bin/sleep", "300"], signal.Signals[sys.argv[1]]))
print("begun", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "SIGKILL"])
def test_who_is_killed_takes_its_processes_along(how: str) -> None:
    begun = subprocess.Popen(  # noqa: S603 -- our own lines
        [sys.executable, "-c", _BEGIN, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert begun.stdin is not None
    assert begun.stdout is not None
    assert begun.stdout.readline()
    begun.kill()
    begun.communicate(timeout=60)  # the child has the same output: it is closed once both ended


def test_what_is_begun_by_the_dead_does_not_begin(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The kernel is asked a moment after the process began: we may have ended between the two."""
    monkeypatch.setattr(os, "getpid", lambda: 2**22 + 1)  # nobody's
    done = subprocess.run(  # noqa: S603 -- an argument list of our own
        ends_with_us(["/bin/touch", str(tmp_path / "begun")]), check=False
    )
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_arguments_and_exit_codes_are_those_of_the_command() -> None:
    odd = ['a b"$0"', "", "*", "--"]
    told = subprocess.run(  # noqa: S603 -- an argument list of our own
        ends_with_us([sys.executable, "-c", "import sys; print(sys.argv[1:]); sys.exit(7)", *odd]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 7
    assert told.stdout == f"{odd}\n"
    ended = subprocess.run(  # noqa: S603 -- an argument list of our own
        ends_with_us(["/bin/sh", "-c", "kill -TERM $$"]), check=False
    )
    assert ended.returncode == -signal.SIGTERM
