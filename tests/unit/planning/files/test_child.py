from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addrsvc.errors import AddrsvcError
from addrsvc.planning.files import child
from addrsvc.planning.files.errors import ChildEnded, CrsUnclear

PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("hostile_work.py")))


@pytest.fixture(autouse=True)
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "PROGRAM", PROGRAM)
    monkeypatch.setenv("ADDRSVC_SECRET", "invented")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")


def run(task: str, folder: Path, seconds: float = 60, **given: Any) -> dict[str, Any]:
    told = child.run_child(task, given, folder, seconds=seconds, memory_bytes=2**30)
    return asyncio.run(told)


def end_of(task: str, folder: Path, seconds: float = 60, **given: Any) -> AddrsvcError:
    with pytest.raises(AddrsvcError) as caught:
        run(task, folder, seconds, **given)
    assert list(folder.glob("child-*")) == []
    return caught.value


def is_gone(pid: int) -> bool:
    """Wait until a process has ended; whoever adopts it reaps it when it likes."""
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return True
        if state.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)


def pid_in(sign: Path) -> int:
    while not (sign.exists() and sign.read_text(encoding="utf-8")):
        time.sleep(0.02)
    return int(sign.read_text(encoding="utf-8"))


def test_a_task_gets_json_and_gives_json_and_knows_nothing_of_us(tmp_path: Path) -> None:
    told = run("echo", tmp_path, name="Phú Lợi", numbers=[1, None])
    assert told["given"] == {"name": "Phú Lợi", "numbers": [1, None]}
    assert told["pid"] != os.getpid()
    assert not [name for name in told["names"] if "ADDRSVC" in name or "proxy" in name.lower()]
    assert list(tmp_path.iterdir()) == []


def test_an_error_comes_back_as_what_it_was(tmp_path: Path) -> None:
    error = end_of("refuse", tmp_path)
    assert type(error) is CrsUnclear
    assert error.facts() == {"x": "1", "y": "2"}
    assert "Hãy chọn hệ tọa độ" in error.text("vi")


@pytest.mark.parametrize(
    ("task", "reason", "advice"),
    [
        ("eat", "too-large", "Hãy chia bản đồ thành nhiều tệp"),
        ("fall", "crashed", "chạy “Sửa hình học”"),
        ("swell", "too-large", "Hãy chia bản đồ thành nhiều tệp"),
    ],
)
def test_a_child_that_misbehaves_is_told_of(
    tmp_path: Path, task: str, reason: str, advice: str
) -> None:
    error = end_of(task, tmp_path)
    assert isinstance(error, ChildEnded)
    assert error.reason == reason
    assert advice in error.text("vi")


@pytest.mark.parametrize("task", ["loop", "spin"])
def test_a_child_that_never_ends_is_ended(tmp_path: Path, task: str) -> None:
    error = end_of(task, tmp_path, seconds=1.5, sign=str(tmp_path / "sign"))
    assert isinstance(error, ChildEnded)
    assert error.reason == "too-long"
    assert "giản lược bớt đỉnh" in error.text("vi")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[" * 100_000,
        "[]",
        '{"result": 5}',
        '{"error": {"slug": "no-such", "facts": {}}}',
        '{"error": {"slug": "forbidden-scope", "facts": {}}}',
        '{"error": {"slug": "plan-crs-unclear", "facts": {"x": 1, "y": "2"}}}',
        '{"error": {"slug": "plan-crs-unclear", "facts": {"x": "1"}}}',
        '{"error": {"slug": "plan-crs-unclear", "facts": {"x": "1", "y": "2", "z": "3"}}}',
        '{"error": {"slug": "plan-crs-unclear", "facts": ["x"]}}',
        json.dumps({"error": {"slug": "plan-crs-unclear", "facts": {"x": "1" * 5000, "y": ""}}}),
        '{"error": {"slug": "plan-file-reading-ended", "facts": {"reason": "none of these"}}}',
    ],
)
def test_what_a_child_says_is_judged(tmp_path: Path, text: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ChildEnded) as caught:
        child._result(path)
    assert caught.value.reason == "crashed"


def test_a_result_that_leads_elsewhere_is_none(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"result": {"of": "another file"}}', encoding="utf-8")
    error = end_of("link", tmp_path, to=str(secret))
    assert isinstance(error, ChildEnded)
    assert run("leave", tmp_path, text='{"result": {"own": 1}}') == {"own": 1}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_a_child_reaches_nothing(tmp_path: Path, listener: socket.socket) -> None:
    told = run("reach_out", tmp_path, port=listener.getsockname()[1])
    assert told == {
        "network": "PermissionError",
        "program": "PermissionError",
        "signal": "PermissionError",
        "x32": "True",
    }
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_child_ends_with_the_wait_for_it(tmp_path: Path) -> None:
    async def cancelled() -> bool:
        sign = tmp_path / "sign"
        told = child.run_child("loop", {"sign": str(sign)}, tmp_path, seconds=60)
        waiting = asyncio.create_task(told)
        pid = await asyncio.to_thread(pid_in, sign)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        return await asyncio.to_thread(is_gone, pid)

    assert asyncio.run(cancelled())
    assert [each.name for each in tmp_path.iterdir()] == ["sign"]


def test_a_child_does_not_outlive_its_parent(tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    text = (
        "import asyncio, pathlib\n"
        "from addrsvc.planning.files import child\n"
        f"child.PROGRAM = {PROGRAM!r}\n"
        f"asyncio.run(child.run_child('loop', {{'sign': {str(sign)!r}}},"
        f" pathlib.Path({str(tmp_path)!r}), seconds=60))\n"
    )
    parent = subprocess.Popen([sys.executable, "-P", "-c", text])  # noqa: S603 -- our own
    pid = pid_in(sign)
    parent.kill()
    parent.wait()
    assert is_gone(pid)
