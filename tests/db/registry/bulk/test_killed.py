"""An importer killed at any moment is taken up by the same command: nothing lost, none twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

Query = Callable[..., list[dict[str, Any]]]
ROWS = 3_000
CHUNK = 150


def command(path: Path) -> list[str]:
    arguments = ["addresses", "import", str(path), "--kind", "dwelling", "--chunk", str(CHUNK)]
    return [sys.executable, "-m", "addrsvc", *arguments]


def run_to_end(path: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own program
        command(path), env=environment, capture_output=True, text=True, check=False
    )


def start(path: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 -- our own program
        command(path),
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def write(path: Path) -> None:
    draw = random.Random(7)  # noqa: S311 -- repeatable, no secret
    lines = ["house_number,lon,lat"]
    for number in range(ROWS):
        lon = 109.5 if number % 100 == 99 else round(draw.uniform(106.61, 106.79), 7)
        lines.append(f"{number},{lon},{round(draw.uniform(10.91, 10.99), 7)}")
    path.write_text("\n".join(lines), encoding="utf-8")


def settled(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT max(records_done) FROM import_run").fetchone()
    return 0 if row is None or row[0] is None else row[0]


@pytest.mark.usefixtures("untraced")
def test_killed_three_times(registry_url: str, query: Query, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    write(path)
    environment = {**os.environ, "ADDRSVC_DATABASE_URL": registry_url, "LC_ALL": "C.UTF-8"}
    draw = random.Random()  # noqa: S311 -- another moment in every run of the test
    moments = []
    for share in (0.25, 0.5, 0.75):
        running = start(path, environment)
        try:
            while settled(registry_url) < ROWS * share and running.poll() is None:
                time.sleep(0.02)
            time.sleep(draw.uniform(0, 0.05))
        finally:
            running.send_signal(signal.SIGKILL)
            running.communicate()
        moments.append(settled(registry_url))
        assert running.returncode == -signal.SIGKILL, "it ended before it was killed"
    assert moments == sorted(moments)
    done = run_to_end(path, environment)
    assert done.returncode == 0, done.stderr
    assert f"Went on with an interrupted import, from record {moments[-1] + 1:,}" in done.stdout
    numbers = query("SELECT number_key::int AS n FROM address_current ORDER BY 1")
    assert [row["n"] for row in numbers] == [n for n in range(ROWS) if n % 100 != 99]
    assert len(query("SELECT DISTINCT code FROM address WHERE code IS NOT NULL")) == len(numbers)
    assert len(query("SELECT 1 FROM event WHERE type = 'address.assigned'")) == len(numbers)
    assert query("SELECT assigned, rejected FROM import_run") == [
        {"assigned": len(numbers), "rejected": ROWS // 100}
    ]
    refused = (tmp_path / "in.rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(refused) == 1 + ROWS // 100
    again = run_to_end(path, environment)
    assert f"{len(numbers):,}" in again.stdout
    assert len(query("SELECT 1 FROM address")) == len(numbers)


def test_database_gone_is_told_with_the_remedy(registry_url: str, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    write(path)
    environment = {**os.environ, "ADDRSVC_DATABASE_URL": registry_url, "LC_ALL": "C.UTF-8"}
    with start(path, environment) as running:
        while settled(registry_url) < ROWS // 4 and running.poll() is None:
            time.sleep(0.02)
        with psycopg.connect(registry_url, autocommit=True) as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        _, said = running.communicate()
    assert running.returncode == 8
    assert "run the same command again" in said
    done = run_to_end(path, environment)
    assert "Went on with an interrupted import" in done.stdout
