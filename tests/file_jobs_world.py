"""What tests of jobs over files share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

Send = Callable[..., Awaitable[httpx.Response]]
"""Sends a file: its bytes, and what is asked by name."""

ROWS = "Số nhà,Địa chỉ\n1,12 Đường Lê Lợi\n2,\n".encode()
