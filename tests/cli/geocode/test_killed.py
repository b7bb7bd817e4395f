"""``geocode --file`` stopped half-way goes on where it was: the same file, the same receipt."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest
from service_settings import as_role

from addrsvc.db.roles import WRITER
from addrsvc.geocoding.batch import receipt_path

ROWS = 6_000
TEXTS = ("{} Lê Lợi, P. Phú Cường, TX Thủ Dầu Một", "{} ấp 3, xã Minh Tân, Dầu Tiếng", "", "chợ {}")


def command(source: Path, out: Path) -> list[str]:
    arguments = ["geocode", "--file", str(source), "--out", str(out), "--at", "2026-01-01"]
    return [sys.executable, "-m", "addrsvc", *arguments]


def stopped_at(
    number: signal.Signals, rows: int, arguments: list[str], environment: dict[str, str], out: Path
) -> int:
    """Stop a run that has written some rows; give its exit status."""
    running = subprocess.Popen(  # noqa: S603 -- our own program
        arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while written(out) < rows and running.poll() is None:
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.05))  # noqa: S311 -- another moment in every run
    finally:
        running.send_signal(number)
        status = running.wait(timeout=90)
    return status


def written(out: Path) -> int:
    try:
        return int(orjson.loads(receipt_path(out).read_bytes())["rows"])
    except FileNotFoundError:
        return 0


@pytest.mark.usefixtures("untraced")
def test_stopped_twice_and_taken_up(units_url: str, tmp_path: Path) -> None:
    source, out, whole = (tmp_path / name for name in ("in.csv", "out.csv", "whole.csv"))
    rows = (TEXTS[number % len(TEXTS)].format(number) for number in range(ROWS))
    lines = [f'{number},"{text}"' for number, text in enumerate(rows)]
    source.write_text("\n".join(["id,address", *lines]), encoding="utf-8")
    environment = {
        **os.environ,
        "ADDRSVC_DATABASE_URL": as_role(units_url, WRITER),
        "LC_ALL": "C.UTF-8",
    }
    arguments = command(source, out)
    moments = []
    for number, status, share in (
        (signal.SIGINT, 130, 0.15),
        (signal.SIGKILL, -signal.SIGKILL, 0.5),
    ):
        assert stopped_at(number, int(ROWS * share), arguments, environment, out) == status
        moments.append(written(out))
    assert 0 < moments[0] < moments[1] < ROWS
    for each in (arguments, command(source, whole)):
        subprocess.run(each, env=environment, capture_output=True, check=True)  # noqa: S603
    assert out.read_bytes() == whole.read_bytes()
    receipts = [orjson.loads(receipt_path(each).read_bytes()) for each in (out, whole)]
    assert receipts[0] == receipts[1]
    assert (receipts[0]["rows"], receipts[0]["complete"]) == (ROWS, True)
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 1 + ROWS
