"""``addrsvc serve`` as its own process, against what interrupts, kills and starves it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import mkdtemp

import httpx
import psycopg
import pytest

from addrsvc.cli import EXIT_CODES
from addrsvc.cli.served import find_served_database
from addrsvc.db.postmaster import find_orphans, find_postmaster, identify, is_alive
from addrsvc.db.roles import READER, WRITER
from addrsvc.errors import Kind

pytestmark = pytest.mark.slow

_READY_S = 120
_ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Serve:
    """One run of the command and what it printed."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 -- our own command
            [sys.executable, "-m", "addrsvc", "serve", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        )
        self.said = ""

    def wait_ready(self) -> str:
        """Give the address it printed."""
        assert self.process.stdout is not None
        while "Ctrl-C" not in self.said:
            line = self.process.stdout.readline()
            assert line, f"it ended instead: {self.said}"
            self.said += line
        found = re.search(r"ready: (https?://[^/\s]+)/", self.said)
        assert found is not None
        return found[1]

    def wait_end(self) -> int:
        """Give the exit code; all it said is in ``said``."""
        self.said += self.process.communicate(timeout=_READY_S)[0]
        return self.process.returncode

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and give the exit code."""
        self.process.send_signal(number)
        return self.wait_end()

    def web_server_pid(self) -> int:
        """Give the process that answers requests."""
        [pid] = self._children("uvicorn")
        return pid

    def worker_pids(self) -> list[int]:
        """Give the processes that run jobs just now."""
        return self._children("addrsvc worker")

    def worker_pid(self) -> int | None:
        """Give the process that runs jobs, if there is one just now."""
        return next(iter(self.worker_pids()), None)

    def _children(self, word: str) -> list[int]:
        listed = subprocess.check_output(["/bin/ps", "-o", "pid=,args=", "-A"], text=True)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [
            int(line.split()[0])
            for line in listed.splitlines()
            if line.split()[0] in children.split() and word in line
        ]


StartServe = Callable[..., Serve]


@pytest.fixture(scope="module")
def data_dir(quick_dir: Path) -> Iterator[Path]:
    """One cluster for the module: what a test does to it, the next has to live with."""
    folder = Path(mkdtemp(prefix="dữ liệu of serve-", dir=quick_dir))
    folder.chmod(0o711)
    yield folder / "data"
    for orphan in find_orphans(folder / "data" / "postgres"):
        os.kill(orphan.pid, signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.fixture
def start() -> Iterator[StartServe]:
    """Start runs of serve that are gone at the end, however the test ends."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: str, **environment: str) -> Serve:
            serve = Serve(*arguments, **environment)
            stack.callback(_end, serve)
            return serve

        yield start


def _end(serve: Serve) -> None:
    if serve.process.poll() is None:
        serve.process.terminate()
        serve.process.communicate(timeout=_READY_S)
    if serve.process.stdout is not None:
        serve.process.stdout.close()


@pytest.fixture
def start_here(start: StartServe, data_dir: Path) -> StartServe:
    return lambda *more, **environment: start(
        f"--data-dir={data_dir}", f"--port={free_port()}", *more, **environment
    )


ALONE = "--no-worker"
"""Where a test is not about them: each worker is a process that loads all of the service."""


_client = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), timeout=60)
"""One for all questions: making one takes 20 ms, as often as we ask whether something is ready."""


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _READY_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return _client.get(f"{url}/readyz").status_code == httpx.codes.OK
    return False


def _workers(url: str) -> int | None:
    """Read how many workers run; None while the service cannot tell."""
    worker = _client.get(f"{url}/readyz").json().get("worker")
    return None if worker is None else int(worker["running"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop_and_leaves_nothing_running(
    start_here: StartServe, data_dir: Path, number: signal.Signals
) -> None:
    serve = start_here()
    url = serve.wait_ready()
    example = re.search(r"example: (http://\S+/a/\S+)", serve.said)
    assert example is not None
    assert example[1].startswith(url)
    assert _client.get(example[1]).status_code == httpx.codes.OK
    web_server = identify(serve.web_server_pid())
    _wait_until(lambda: _workers(url) == 2)  # one of them for files
    workers = [identify(pid) for pid in serve.worker_pids()]
    assert web_server is not None
    assert len(workers) == 2
    assert serve.stop(number) == 0
    assert not _answers(url)
    assert not is_alive(web_server)
    for worker in workers:
        assert worker is not None
        assert not is_alive(worker)
    assert "worker stopped" in serve.said
    assert find_orphans(data_dir / "postgres") == []


def test_the_demo_and_a_province_have_databases_of_their_own(
    start_here: StartServe, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_DATA_DIR", str(data_dir))
    serve = start_here("--no-demo", ALONE)
    serve.wait_ready()
    assert "example" not in serve.said
    served = find_served_database()
    assert served is not None
    for url, role in zip(served[0], ("addrsvc", WRITER, READER), strict=True):
        with psycopg.connect(url) as conn:
            who = conn.execute("SELECT current_database(), current_user").fetchone()
        assert who == ("addrsvc", role)
    assert serve.stop() == 0
    assert find_served_database() is None


@pytest.mark.usefixtures("untraced")
def test_several_workers_all_end_over_https_too(start_here: StartServe, data_dir: Path) -> None:
    serve = start_here("--workers=2", "--tls", ALONE)
    url = serve.wait_ready()
    authority = data_dir / "tls" / "ca.crt"
    assert url.startswith("https://")
    assert str(authority) in serve.said
    with httpx.Client(verify=ssl.create_default_context(cafile=authority), timeout=60) as client:
        for _ in range(4):  # whichever of them answers
            given = client.get(f"{url}/field/ca.crt")
            assert given.content == authority.read_bytes()
            assert "strict-transport-security" not in given.headers
        (cookie,) = client.get(f"{url}/?lang=en").headers.get_list("set-cookie")
        assert "; secure" in cookie.lower()
    assert serve.stop() == 0
    assert not _answers(url)


@pytest.mark.usefixtures("untraced")
def test_a_second_serve_on_the_same_data_says_where_the_first_is(
    start_here: StartServe,
) -> None:
    first = start_here(ALONE)
    url = first.wait_ready()
    second = start_here()
    assert second.wait_end() == EXIT_CODES[Kind.CONFLICT]
    assert url in second.said
    assert "--data-dir" in second.said
    assert _answers(url)
    assert first.stop() == 0


def test_a_busy_port_is_told_at_once(start: StartServe, data_dir: Path) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        serve = start(f"--data-dir={data_dir}", f"--port={port}")
        assert serve.wait_end() == EXIT_CODES[Kind.CONFLICT]
    assert f"--port {port + 1}" in serve.said
    assert serve.said.count("\n") == 1


def test_an_address_of_another_machine_is_refused(start: StartServe, data_dir: Path) -> None:
    serve = start(f"--data-dir={data_dir}", "--host=192.0.2.1")  # TEST-NET-1
    assert serve.wait_end() == EXIT_CODES[Kind.INVALID]
    assert "--host 127.0.0.1" in serve.said


@pytest.mark.usefixtures("untraced")
def test_killed_with_nothing_stopped_it_starts_again(
    start_here: StartServe, data_dir: Path
) -> None:
    killed = start_here()
    url = killed.wait_ready()
    web_server = identify(killed.web_server_pid())
    assert web_server is not None
    killed.process.kill()
    killed.wait_end()
    _wait_until(lambda: not is_alive(web_server))  # the kernel tells it to stop
    left = find_postmaster(data_dir / "postgres")
    assert left is not None
    again = start_here(ALONE)
    assert _answers(again.wait_ready())
    assert not _answers(url)
    assert again.stop() == 0
    assert not is_alive(left)


@pytest.mark.usefixtures("untraced")
def test_when_postgresql_is_killed_it_says_so_and_stops_then_recovers(
    start_here: StartServe, data_dir: Path
) -> None:
    serve = start_here()
    url = serve.wait_ready()
    postmaster = find_postmaster(data_dir / "postgres")
    assert postmaster is not None
    os.kill(postmaster.pid, signal.SIGKILL)
    assert serve.wait_end() == EXIT_CODES[Kind.UNAVAILABLE]
    assert "PostgreSQL" in serve.said.splitlines()[-1]
    assert not _answers(url)
    again = start_here(ALONE)
    assert _answers(again.wait_ready())
    assert again.stop() == 0


@pytest.mark.usefixtures("untraced")
def test_when_the_web_server_is_killed_it_says_so_and_stops(
    start_here: StartServe, data_dir: Path
) -> None:
    serve = start_here()
    serve.wait_ready()
    os.kill(serve.web_server_pid(), signal.SIGKILL)
    assert serve.wait_end() == EXIT_CODES[Kind.UNAVAILABLE]
    assert "web server ended" in serve.said.splitlines()[-1]
    assert find_orphans(data_dir / "postgres") == []


def test_when_the_worker_is_killed_it_is_begun_again_and_no_job_is_lost(
    start: StartServe, empty_database: Callable[[], AbstractContextManager[str]]
) -> None:
    leave = (
        "INSERT INTO queue.procrastinate_jobs (queue_name, task_name)"
        " SELECT 'default', 'noop' FROM generate_series(1, 50)"
    )
    left = (
        "SELECT count(*) FROM queue.procrastinate_jobs"
        " WHERE task_name = 'noop' AND status <> 'succeeded'"
    )
    with empty_database() as url, psycopg.connect(url, autocommit=True) as conn:
        serve = start(f"--port={free_port()}", "--file-workers=0", ADDRSVC_DATABASE_URL=url)
        served = serve.wait_ready()
        _wait_until(lambda: _workers(served) == 1)
        killed = serve.worker_pid()
        assert killed is not None
        conn.execute(leave)
        os.kill(killed, signal.SIGKILL)
        conn.execute(leave)
        began = time.monotonic()
        _wait_until(lambda: serve.worker_pid() not in {None, killed})
        assert time.monotonic() - began < 20  # not the longest of its pauses
        assert _answers(served)
        _wait_until(lambda: conn.execute(left).fetchone() == (0,))
        assert serve.stop() == 0
    assert "the worker ended (code 9)" in serve.said


def test_without_a_worker_lookups_are_served_and_it_is_said(
    start: StartServe, empty_database: Callable[[], AbstractContextManager[str]]
) -> None:
    with empty_database() as url:
        serve = start(f"--port={free_port()}", ALONE, ADDRSVC_DATABASE_URL=url)
        served = serve.wait_ready()
        assert serve.worker_pid() is None
        _wait_until(lambda: _workers(served) == 0)
        assert serve.stop() == 0


def test_ctrl_c_while_it_starts_leaves_nothing_running(
    start_here: StartServe, data_dir: Path
) -> None:
    serve = start_here()
    _wait_until(lambda: find_postmaster(data_dir / "postgres") is not None)
    assert serve.stop(signal.SIGINT) == 0
    assert find_orphans(data_dir / "postgres") == []


@pytest.mark.usefixtures("untraced")
def test_a_newer_schema_is_refused_in_one_sentence(
    start_here: StartServe, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_DATA_DIR", str(data_dir))
    serve = start_here("--no-demo", ALONE)
    serve.wait_ready()
    served = find_served_database()
    assert served is not None
    with psycopg.connect(served[0].owner) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    assert serve.stop() == 0
    refused = start_here("--no-demo", ALONE)
    assert refused.wait_end() == EXIT_CODES[Kind.UNAVAILABLE]
    assert "9999_from_the_future" in refused.said.splitlines()[-1]
    assert "Traceback" not in refused.said
    assert find_orphans(data_dir / "postgres") == []


def test_the_remedy_is_vietnamese_where_the_locale_is(start: StartServe, data_dir: Path) -> None:
    serve = start(f"--data-dir={data_dir}", "--host=192.0.2.1", LC_ALL="vi_VN.UTF-8")
    serve.wait_end()
    assert "Không mở được cổng" in serve.said


def test_an_existing_server_is_used_as_it_is(
    start: StartServe, empty_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    with empty_database() as url:
        arguments = (f"--port={free_port()}", f"--data-dir={tmp_path / 'unused'}", ALONE)
        serve = start(*arguments, ADDRSVC_DATABASE_URL=url)
        assert _answers(serve.wait_ready())
        assert "example" not in serve.said  # nobody's database gets demo addresses unasked
        assert serve.stop() == 0
        with psycopg.connect(url) as conn:
            assert conn.execute("SELECT 1").fetchone() == (1,)
        asked = start(*arguments, "--demo", ADDRSVC_DATABASE_URL=url)
        assert asked.wait_end() == EXIT_CODES[Kind.INVALID]
        assert "--no-demo" in asked.said
    # no cluster: the folder is for files of jobs only
    assert [each.name for each in (tmp_path / "unused").iterdir()] == ["files"]


def test_an_existing_server_that_does_not_answer_is_named_without_the_password(
    start: StartServe,
) -> None:
    url = f"postgresql://someone:s3cret@127.0.0.1:{free_port()}/addrsvc"
    serve = start(f"--port={free_port()}", ADDRSVC_DATABASE_URL=url)
    assert serve.wait_end() == EXIT_CODES[Kind.UNAVAILABLE]
    assert "127.0.0.1/addrsvc" in serve.said
    assert "s3cret" not in serve.said
    assert "Traceback" not in serve.said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_told_with_the_remedy(start: StartServe) -> None:
    folder = Path(mkdtemp(prefix="addrsvc-small-disk-", dir="/tmp"))
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=24m,mode=755", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:  # noqa: S603 -- constants
        folder.rmdir()
        pytest.skip("this container may not mount")
    try:
        serve = start(f"--data-dir={folder / 'data'}", f"--port={free_port()}")
        assert serve.wait_end() == EXIT_CODES[Kind.UNAVAILABLE]
        assert "disk" in serve.said.splitlines()[-1]
        assert "Traceback" not in serve.said
    finally:
        subprocess.run(["/bin/umount", str(folder)], check=True)  # noqa: S603 -- our own folder
        folder.rmdir()
