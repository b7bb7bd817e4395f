"""The worker as it is run: events that happen are numbered and arrive, with nothing else done."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest
from webhook_fixtures import MovableClock, Post, listening, settings_for

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.events import service as events

pytestmark = pytest.mark.anyio


async def test_the_worker_delivers(registry_url: str) -> None:
    async with listening() as inbox:
        settings = settings_for(registry_url, inbox)
        engine = make_engine(settings)
        post = Post(engine, settings, MovableClock())
        _, secret = await post.register(inbox)
        async with transaction(engine) as conn:
            at = post.clock.now()
            await events.record(conn, type="act.done", subject="1", at=at)
        environment = {
            "ADDRSVC_DATABASE_URL": settings.database_url.get_secret_value(),
            "ADDRSVC_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
            "ADDRSVC_WEBHOOK_ALLOW": settings.webhook_allow,
            "ADDRSVC_WEBHOOK_PORTS": settings.webhook_ports,
        }
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "addrsvc", "worker"),
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(60):
                while not inbox.got:
                    await asyncio.sleep(0.05)
        finally:
            worker.terminate()
            await worker.wait()
        assert inbox.got[0].verify(secret)["data"]["subject"] == "1"
        await engine.dispose()
