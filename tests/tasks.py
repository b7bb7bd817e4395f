"""Ending tasks in tests."""

from __future__ import annotations

import asyncio


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task until it has ended: a wait of the driver may swallow a cancellation.

    As ``asyncio.wait_for`` does before Python 3.12 where an answer comes at that very moment.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.2)
