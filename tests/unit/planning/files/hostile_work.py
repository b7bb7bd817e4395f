"""The child process with tasks that misbehave, as a library fed with hostile bytes might."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import shapely

from addrsvc.planning.files import work
from addrsvc.planning.files.errors import CrsUnclear
from addrsvc.planning.files.model import ReadOptions
from addrsvc.planning.files.reading import read_zones

Told = dict[str, Any]


def echo(given: Told) -> Told:
    return {"given": given, "names": sorted(os.environ), "pid": os.getpid()}


def refuse(_: Told) -> Told:
    raise CrsUnclear(x="1", y="2")


def eat(_: Told) -> Told:
    return {"held": [bytearray(2**26) for _ in range(2**12)]}


def loop(given: Told) -> Told:
    Path(given["sign"]).write_text(str(os.getpid()), encoding="utf-8")
    while True:
        time.sleep(60)


def spin(_: Told) -> Told:
    while True:
        pass


def fall(_: Told) -> Told:
    signal.raise_signal(signal.SIGSEGV)
    return {}


def leave(given: Told) -> Told:
    """Leave a result of one's own and go before the real one is written."""
    Path("result.json").write_text(given["text"], encoding="utf-8")
    os._exit(0)


def link(given: Told) -> Told:
    Path("result.json").symlink_to(given["to"])
    os._exit(0)


def swell(_: Told) -> Told:
    with Path("result.json").open("wb") as file:
        file.truncate(2**27)
    os._exit(0)


def reach_out(given: Told) -> Told:
    found = {}
    try:
        socket.create_connection(("127.0.0.1", given["port"]))
    except OSError as error:
        found["network"] = type(error).__name__
    try:
        subprocess.run(["/bin/true"], check=True)
    except OSError as error:
        found["program"] = type(error).__name__
    try:
        os.kill(os.getppid(), 0)
    except OSError as error:
        found["signal"] = type(error).__name__
    libc = ctypes.CDLL(None, use_errno=True)
    found["x32"] = str(libc.syscall(0x40000000 + 41, 2, 1, 0) == -1)
    return found


def read(given: Told) -> Told:
    raw = read_zones(Path(given["path"]), ReadOptions())
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "zones": len(raw.shapes),
        "vertices": int(shapely.get_num_coordinates(raw.shapes).sum()),
        "crs": raw.crs,
        "peak_mib": peak_kib // 1024,
    }


work.TASKS.update(
    (each.__name__, f"__main__:{each.__name__}")
    for each in (echo, refuse, eat, loop, spin, fall, leave, link, swell, reach_out, read)
)

if __name__ == "__main__":
    work.main()
