"""Workers that do jobs over files: a process of their own, and one that runs a slice alone."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa
from file_slices_world import LE_LOI, job_of, open_room, receive
from service_settings import service_settings

from addrsvc.clock import SystemClock
from addrsvc.db.transaction import transaction
from addrsvc.file_jobs.model import JobState
from addrsvc.queue.presence import count_file_workers
from addrsvc.worker.running import FILES, run, run_alone

pytestmark = pytest.mark.anyio

ISOLATED = "UPDATE queue.procrastinate_jobs SET queue_name = 'isolated'"


async def test_workers_do_jobs_over_files(registry_url: str, tmp_path: Path) -> None:
    settings = service_settings(registry_url, files_dir=tmp_path)
    content = f"address\n{LE_LOI}\n".encode()
    async with open_room(registry_url, SystemClock(), tmp_path) as room:
        alone = await receive(room, content)
        async with transaction(room.engine) as conn:
            await conn.execute(sa.text(ISOLATED))
        await run_alone(settings, SystemClock(), FILES)
        assert (await job_of(room, alone)).state is JobState.DONE

        working = asyncio.create_task(run(settings, SystemClock(), FILES))
        job_id = await receive(room, content)
        async with asyncio.timeout(60):
            while (await job_of(room, job_id)).state is not JobState.DONE:
                await asyncio.sleep(0.05)
            async with transaction(room.engine) as conn:
                assert await count_file_workers(conn, stalled_s=30) == 1
            os.kill(os.getpid(), signal.SIGTERM)
            assert await working
