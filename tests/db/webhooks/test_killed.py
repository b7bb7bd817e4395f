"""Deliverers killed with SIGKILL: nothing is left out, and repeats bear the id they had."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

import pytest
from webhook_fixtures import Inbox, Post

pytestmark = pytest.mark.anyio

DELIVER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from addrsvc.db.doors import make_engine
from addrsvc.settings import Settings
from addrsvc.webhooks.delivering import keep_delivering

class Ahead:
    def now(self):
        return datetime.now(UTC) + timedelta(seconds=float(sys.argv[1]))

async def main():
    settings = Settings()
    await keep_delivering(make_engine(settings), settings, Ahead(), poll_s=0.05)

asyncio.run(main())
"""


async def test_killed_again_and_again_every_event_arrives(
    post: Post, inbox: Inbox, other: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.register(inbox)
    await post.register(other)
    await post.happen(*["act.done"] * 300)
    inbox.delay_s = other.delay_s = 0.004
    settings = post.settings
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("ADDRSVC_ENCRYPTION_KEYS", settings.encryption_keys.get_secret_value())
    monkeypatch.setenv("ADDRSVC_WEBHOOK_ALLOW", settings.webhook_allow)
    monkeypatch.setenv("ADDRSVC_WEBHOOK_PORTS", settings.webhook_ports)
    kills = 0
    for turn in range(4):
        had = len(inbox.got)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            DELIVER,
            str(turn * 91),  # the lease before has run out
        )
        async with asyncio.timeout(90):
            while len(inbox.got) < had + 20 + 7 * turn:
                await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
        kills += 1
    post.clock.move(seconds=kills * 91)
    inbox.delay_s = other.delay_s = 0
    await post.deliver()
    for each in (inbox, other):
        assert list(dict.fromkeys(each.numbers)) == list(range(1, 301)), "all, in order"
        repeated = [number for number, times in Counter(each.numbers).items() if times > 1]
        assert len(repeated) <= kills, "only what was under way comes again"
        assert len({got.id for got in each.got}) == 300
    assert len(inbox.got) > 100
