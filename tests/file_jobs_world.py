"""What tests of jobs over files share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

Send = Callable[..., Awaitable[httpx.Response]]
"""Sends a file: its bytes, and what is asked by name."""

ROWS = "Số nhà,Địa chỉ\n1,12 Đường Lê Lợi\n2,\n".encode()


def folders_in(files_dir: Path) -> list[str]:
    return [each.name for each in files_dir.iterdir()]
