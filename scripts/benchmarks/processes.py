"""What the processes of a running service cost, as the kernel tells it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit


def server_processes(base_url: str) -> list[int]:
    """Give the processes that serve an address of this machine: uvicorn's own and its workers."""
    wanted = f"--port={urlsplit(base_url).port}"
    parents: dict[int, int] = {}
    roots: set[int] = set()
    for pid in _pids():
        with suppress(OSError, IndexError):
            folder = Path(f"/proc/{pid}")
            parents[pid] = int(_stat(pid)[1])
            if wanted in folder.joinpath("cmdline").read_text().split("\0"):
                roots.add(pid)
    return [pid for pid in parents if pid in roots or parents[pid] in roots]


def rss_mib(pids: list[int]) -> float:
    """Give the memory they hold together."""
    pages = 0
    for pid in pids:
        with suppress(OSError):
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_s(pids: list[int]) -> float:
    """Give the seconds of processor they have used together."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            ticks += sum(int(each) for each in _stat(pid)[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _pids() -> Iterator[int]:
    return (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())


def _stat(pid: int) -> list[str]:
    """Give the fields behind the name: state, parent and so on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
