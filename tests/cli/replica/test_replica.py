"""The command against a real server with writers at work, killed again and again."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import tasks
from registry_fixtures import IN_EAST, IN_NORTH, IN_WEST, IssueKey
from service_settings import ENCRYPTION_KEY, service_settings

from addrsvc.auth.model import Scope
from addrsvc.cli.web_server import WebServer, free_port
from addrsvc.db.doors import make_engine
from addrsvc.events.sealing import keep_sealing
from addrsvc.settings import Settings

WRITERS = 3
KILLS = 5


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    read = settings.read_database_url
    environment = {
        "ADDRSVC_DATABASE_URL": settings.database_url.get_secret_value(),
        "ADDRSVC_READ_DATABASE_URL": read.get_secret_value() if read else "",
        "ADDRSVC_KNOWN_PER_MINUTE": "1000000",
        "ADDRSVC_ENCRYPTION_KEY": ENCRYPTION_KEY,
    }
    server = WebServer(
        "127.0.0.1",
        free_port(),
        1,
        environment,
        trusted_proxies="127.0.0.1",
        output=subprocess.DEVNULL,
    )
    try:
        server.wait_ready()
        yield server.url
    finally:
        server.stop(lambda: True)


@contextmanager
def sealed(settings: Settings) -> Iterator[None]:
    """Seal beside the test, as the worker does."""

    async def seal() -> None:
        engine = make_engine(settings)
        keeping = asyncio.create_task(keep_sealing(engine, every_s=0.05))
        await asyncio.to_thread(is_over.wait)
        await tasks.end(keeping)
        await engine.dispose()

    is_over = threading.Event()
    sealing = threading.Thread(target=lambda: asyncio.run(seal()))
    sealing.start()
    try:
        yield
    finally:
        is_over.set()
        sealing.join()


def run(*arguments: str | Path, status: int = 0) -> str:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "addrsvc", "replica", *map(str, arguments)],
        env={**os.environ, "LANG": "vi_VN.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def number_of(copy: Path) -> int:
    with sqlite3.connect(copy / "copy.sqlite") as db:
        found = db.execute("SELECT number FROM state").fetchone()
    db.close()
    return int(found[0])


def write(url: str, headers: dict[str, str], name: int, is_over: threading.Event) -> None:
    """Assign and correct addresses until told to stop; what a busy server refuses is left."""
    dice = random.Random(name)  # noqa: S311 - no secret
    mine: list[tuple[str, int]] = []
    with httpx.Client(base_url=url, headers=headers, timeout=90) as client:
        for act in count(1):
            if is_over.wait(0.1):
                return
            place = dice.choice([IN_WEST, IN_EAST, IN_NORTH])
            if not mine or dice.random() < 0.5:
                body: dict[str, Any] = {
                    "kind": "dwelling",
                    "source": "field",
                    "position": {**place, "lon": float(str(place["lon"])) + act / 5_000},
                    "components": {
                        "house_number": str(1_000 * (name + 1) + act),
                        "thoroughfare": "Đường Mẫu",
                    },
                    "visibility": dice.choice(["public", "restricted", "secret"]),
                    "holder": {"name": "Người Thử Nghiệm", "phone": "0900000000"},
                }
                answer = client.post("/v1/addresses", json=body)
                assert answer.status_code in {201, 503}, answer.text
                if answer.status_code == httpx.codes.CREATED:
                    mine.append((answer.json()["ref"], 1))
            else:
                ref, version = mine.pop(dice.randrange(len(mine)))
                tag = {"If-Match": f'"{version}"'}
                corrected = {"text": f"số {act}", "reason": "test"}
                answer = client.patch(f"/v1/addresses/{ref}", json=corrected, headers=tag)
                assert answer.status_code in {200, 503}, answer.text
                if answer.status_code == httpx.codes.OK:
                    mine.append((ref, version + 1))


def events_of(url: str) -> int:
    with psycopg.connect(url) as conn:
        found = conn.execute("SELECT count(*) FROM event").fetchone()
    return 0 if found is None else int(found[0])


@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
def test_a_copy_killed_again_and_again_equals_the_register(
    settings: Settings, registry_url: str, tmp_path: Path, issue_key: IssueKey
) -> None:
    key, copy, is_over = tmp_path / "key", tmp_path / "copy", threading.Event()
    key.write_text(asyncio.run(issue_key(*Scope)) + "\n")  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {key.read_text().strip()}"}
    follow = [sys.executable, "-m", "addrsvc", "replica", "follow", str(copy)]
    with served(settings) as url, sealed(settings), ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, url, headers, name, is_over) for name in range(WRITERS)]
        assert "Đã dựng bản sao" in run("build", url, f"--key-file={key}", f"--to={copy}")
        places = []
        try:
            for _ in range(KILLS):
                follower = subprocess.Popen(  # noqa: S603 - our own program
                    [*follow, f"--key-file={key}"], stdout=subprocess.PIPE
                )
                with follower:
                    try:
                        assert follower.stdout is not None
                        follower.stdout.readline()  # it has taken something in
                        time.sleep(random.uniform(0, 1))  # noqa: S311 - no secret
                    finally:
                        follower.kill()  # else it would be waited for, for ever
                places.append(number_of(copy))
        finally:
            is_over.set()
        for each in writing:
            each.result()
        assert places == sorted(set(places))
        run("follow", copy, f"--key-file={key}", "--until-current")
        while number_of(copy) < events_of(registry_url):  # the sealer comes a little later
            time.sleep(0.1)
            run("follow", copy, f"--key-file={key}", "--until-current")
        assert number_of(copy) == events_of(registry_url)
        assert "khớp với máy chủ" in run("check", copy, f"--key-file={key}")
        with (
            sqlite3.connect(copy / "copy.sqlite") as db,
            psycopg.connect(registry_url) as register,
        ):
            mine = db.execute("SELECT id, code, version FROM address ORDER BY id").fetchall()
            theirs = register.execute(
                "SELECT address_id, code, version FROM address"
                " JOIN address_current USING (address_id) ORDER BY address_id"
            ).fetchall()
            assert mine == theirs
            held = db.execute("SELECT group_concat(document) FROM address").fetchone()[0]
            assert "Thử Nghiệm" not in held
            db.execute("UPDATE address SET document = replace(document, 'Mẫu', 'Khác')")
            db.execute("DELETE FROM address WHERE id = 2")
        db.close()
        told = run("check", copy, f"--key-file={key}", status=1)
        assert f"{len(mine)} địa chỉ khác với máy chủ" in told
        assert "khác ở components" in told
        assert f"{theirs[1][1]}: thiếu trong bản sao" in told or "địa chỉ nữa" in told


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    key = tmp_path / "key"
    missing = run("follow", tmp_path / "none", f"--key-file={key}", status=2)
    assert "Không đọc được khóa" in missing
    key.write_text("adr_x\n")
    assert "chưa có bản sao" in run("follow", tmp_path / "none", f"--key-file={key}", status=4)
    nobody = f"http://127.0.0.1:{free_port()}"
    away = run("build", nobody, f"--key-file={key}", f"--to={tmp_path / 'new'}", status=8)
    assert "không trả lời" in away
