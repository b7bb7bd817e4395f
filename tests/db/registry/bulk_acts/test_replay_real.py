"""July 2025 in Bình Dương on a few thousand invented addresses: killed, gone on with, undone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from benchmarks import replay_side as side

from addrsvc.db.doors import make_engine
from addrsvc.registry.bulk_acts.engine import Undoer, undo_act

pytestmark = [pytest.mark.realdata, pytest.mark.slow]
ROWS = 1_500


def settled(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT max((counts->>'concerned')::int) FROM registry_act").fetchone()
    return 0 if row is None or row[0] is None else int(row[0])


def run(url: str, act_id: int, *, kill_at: int | None) -> int:
    """Run the act by its command; killed once so many addresses are settled."""
    with subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "addrsvc", "acts", "run", str(act_id), "--chunk", "50"],
        env={**os.environ, "ADDRSVC_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
    ) as running:
        while kill_at is not None and running.poll() is None and settled(url) < kill_at:
            time.sleep(0.02)
        if kill_at is not None:
            running.send_signal(signal.SIGKILL)
        return running.wait()


@pytest.mark.usefixtures("realdata", "untraced")
def test_the_reorganisation_of_july_2025(units_url: str, tmp_path: Path) -> None:
    side.add_communes(units_url)
    path = tmp_path / "june.csv"
    side.write_file(path, ROWS)
    receipt = asyncio.run(side.register(units_url, path))
    assert (receipt.counts.rejected, receipt.counts.records) == (0, ROWS)
    before = side.state(units_url, tmp_path)
    act_id = asyncio.run(side.plan(units_url))
    assert run(units_url, act_id, kill_at=ROWS // 3) == -signal.SIGKILL
    assert 0 < settled(units_url) < ROWS
    assert run(units_url, act_id, kill_at=None) == 0
    assert settled(units_url) == ROWS
    after = side.state(units_url, tmp_path)
    assert after["codes"] == before["codes"]
    assert after["projection"] != before["projection"]
    truth = side.judge(units_url, act_id)
    assert truth.judged > ROWS * 0.9
    assert truth.right == truth.judged
    assert 0 < truth.undecided < ROWS // side.NO_POINT

    async def undo() -> None:
        engine = make_engine(side.settings(units_url))
        undoer = Undoer(engine, side.WHO, side.LATER, act_id)
        await undo_act(undoer, "kiểm thử", size=1_000)
        await engine.dispose()

    asyncio.run(undo())
    assert side.state(units_url, tmp_path) == before
