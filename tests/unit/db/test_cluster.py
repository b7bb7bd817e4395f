"""The private cluster against what kills and confuses one. Real processes, each test its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import LiteralString

import psycopg
import pytest

from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.cluster_conf import memory_bytes, read_state, write_state
from addrsvc.db.cluster_errors import (
    ClusterStartFailed,
    ClusterVersionMismatch,
    DataDirUnusable,
)
from addrsvc.db.postmaster import find_orphans, find_postmaster, identify, is_alive
from addrsvc.db.throw_away import remove_left_behind, throw_away_cluster
from addrsvc.errors import Text


@pytest.fixture
def data_dir(quick_dir: Path) -> Iterator[Path]:
    # Not tmp_path: the server's user has to pass through, and pytest's folders are root's alone.
    with TemporaryDirectory(prefix="dữ liệu with spaces-", dir=quick_dir) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "nested folder"
        for orphan in find_orphans(Path(folder) / "nested folder" / "postgres"):
            os.kill(orphan.pid, signal.SIGKILL)


@pytest.fixture
def cluster(data_dir: Path) -> Iterator[PrivateCluster]:
    with PrivateCluster(data_dir) as cluster:
        yield cluster


def _fetch(url: str, query: LiteralString) -> object:
    with psycopg.connect(url) as conn:
        row = conn.execute(query).fetchone()
    assert row is not None
    return row[0]


def _wait_until_gone(pgdata: Path) -> None:
    deadline = time.monotonic() + 10
    while find_orphans(pgdata):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_durable_cluster_is_safe_by_its_settings(cluster: PrivateCluster) -> None:
    url = cluster.superuser_url()
    assert _fetch(url, "SHOW fsync") == "on"
    assert _fetch(url, "SHOW full_page_writes") == "on"
    assert _fetch(url, "SHOW data_checksums") == "on"
    assert _fetch(url, "SHOW server_encoding") == "UTF8"
    assert _fetch(url, "SHOW jit") == "off"
    assert _fetch(url, "SHOW listen_addresses") == "127.0.0.1"
    assert _fetch(url, "SHOW config_file") == f"{cluster.pgdata}/postgresql.conf"


def test_nobody_comes_in_without_the_password(cluster: PrivateCluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{cluster.port}/postgres")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster.superuser_url().replace("postgres:", "postgres:x"))
    assert (cluster.data_dir / "cluster.json").stat().st_mode & 0o777 == 0o600
    assert cluster.pgdata.stat().st_mode & 0o777 == 0o700


def test_the_service_owns_its_database_and_is_no_superuser(cluster: PrivateCluster) -> None:
    url = cluster.create_database("addrsvc")
    assert cluster.create_database("addrsvc") == url
    assert _fetch(url, "SELECT postgis_lib_version()") == _fetch(
        url, "SELECT extversion FROM pg_extension WHERE extname = 'postgis'"
    )
    assert _fetch(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with psycopg.connect(url) as conn:
        conn.execute("CREATE TABLE ours (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(url) as conn:
        conn.execute("COPY (SELECT 1) TO PROGRAM 'true'")


def test_it_comes_back_at_the_same_place_and_fast(data_dir: Path) -> None:
    with PrivateCluster(data_dir) as first:
        url, pid = first.create_database("addrsvc"), first.pid
        with psycopg.connect(url) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    assert identify(pid) is None
    assert not Path(read_state(data_dir).socket_dir).exists()
    began = time.monotonic()
    with PrivateCluster(data_dir) as second:
        took_s = time.monotonic() - began
        assert second.owner_url("addrsvc") == url
        assert _fetch(url, "SELECT seven FROM kept") == 7
    assert took_s < 10  # about half a second on an idle machine


def test_a_killed_server_comes_back_with_what_was_committed(data_dir: Path) -> None:
    with PrivateCluster(data_dir) as cluster:
        url = cluster.create_database("addrsvc")
        held = psycopg.connect(url)  # a backend that will hold shared memory on
        held.execute("CREATE TABLE kept (n int)")
        held.commit()
        held.execute("INSERT INTO kept VALUES (1)")
        held.commit()
        held.execute("INSERT INTO kept VALUES (2)")
        os.kill(cluster.pid, signal.SIGKILL)
        with PrivateCluster(data_dir) as again:
            assert not cluster.is_alive()
            assert again.owned
            url = again.owner_url("addrsvc")  # its port may have been taken meanwhile
            assert _fetch(url, "SELECT array_agg(n) FROM kept") == [1]
        held.close()


def test_orphans_that_hold_shared_memory_are_waited_for(data_dir: Path) -> None:
    with PrivateCluster(data_dir) as cluster:
        held = psycopg.connect(cluster.superuser_url())
        backend = held.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # it cannot notice that its parent is gone
        os.kill(cluster.pid, signal.SIGKILL)
        waker = Timer(1.5, os.kill, (backend, signal.SIGCONT))
        waker.start()
        began = time.monotonic()
        with PrivateCluster(data_dir) as again:
            assert time.monotonic() - began >= 1
            assert _fetch(again.superuser_url(), "SELECT 1") == 1
        waker.join()
        held.close()


@pytest.mark.parametrize("squatter", ["another program", "nobody"])
def test_a_stale_pid_file_does_not_keep_it_from_starting(data_dir: Path, squatter: str) -> None:
    told: list[Text] = []
    with PrivateCluster(data_dir) as cluster:
        os.kill(cluster.pid, signal.SIGKILL)
        _wait_until_gone(cluster.pgdata)
    pid_file = data_dir / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    owner = pid_file.stat()
    with subprocess.Popen(["/bin/sleep", "60"], user=owner.st_uid, group=owner.st_gid) as other:
        lines[0] = str(other.pid) if squatter == "another program" else str(2**22 - 1)
        pid_file.write_text("\n".join(lines))
        with PrivateCluster(data_dir, say=told.append) as again:
            assert _fetch(again.superuser_url(), "SELECT 1") == 1
        assert other.poll() is None  # the squatter was left alone
        other.kill()
    assert any("pid" in step.en for step in told)


def test_a_running_server_is_adopted_but_left_to_the_living_process_that_started_it(
    cluster: PrivateCluster, data_dir: Path
) -> None:
    script = (
        "import sys; from pathlib import Path; from addrsvc.db.cluster import PrivateCluster\n"
        "with PrivateCluster(Path(sys.argv[1])) as c: print(c.pid, c.owned)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    printed = subprocess.check_output(  # noqa: S603 -- our own script
        [sys.executable, "-c", script, str(data_dir)], env=environment, text=True
    )
    assert printed.split() == [str(cluster.pid), "False"]
    assert cluster.is_alive()


def test_a_server_whose_starter_is_dead_is_adopted_and_ended(data_dir: Path) -> None:
    with PrivateCluster(data_dir) as cluster:
        state = read_state(data_dir)
        state.starter_ticks -= 1  # a process that had this number before us
        write_state(data_dir, state)
        with PrivateCluster(data_dir) as heir:
            assert heir.pid == cluster.pid
            assert heir.owned
        assert not cluster.is_alive()


def test_a_taken_port_is_given_up_for_a_free_one(data_dir: Path) -> None:
    with PrivateCluster(data_dir) as cluster:
        port = cluster.port
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        with PrivateCluster(data_dir) as again:
            assert again.port != port
            assert _fetch(again.superuser_url(), "SELECT inet_server_port() IS NULL") is True


def test_a_socket_folder_that_is_not_ours_is_not_used(data_dir: Path) -> None:
    with PrivateCluster(data_dir):
        pass
    state = read_state(data_dir)
    Path(state.socket_dir).mkdir(mode=0o755)
    with PrivateCluster(data_dir):
        assert read_state(data_dir).socket_dir != state.socket_dir
    Path(state.socket_dir).rmdir()


def test_an_initdb_that_was_killed_is_done_again(data_dir: Path) -> None:
    unfinished = data_dir / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("15\n")
    with PrivateCluster(data_dir) as cluster:
        assert _fetch(cluster.superuser_url(), "SELECT 1") == 1
    assert not unfinished.exists()


def test_data_of_another_major_version_are_not_touched(data_dir: Path) -> None:
    pgdata = data_dir / "postgres"
    pgdata.mkdir(parents=True)
    (pgdata / "PG_VERSION").write_text("14\n")
    with pytest.raises(ClusterVersionMismatch) as caught:
        PrivateCluster(data_dir).start()
    assert (caught.value.found, caught.value.expected) == ("14", "15")
    assert sorted(file.name for file in pgdata.iterdir()) == ["PG_VERSION"]


def test_a_cluster_without_its_passwords_is_refused(data_dir: Path) -> None:
    with PrivateCluster(data_dir):
        pass
    (data_dir / "cluster.json").unlink()
    with pytest.raises(DataDirUnusable, match=r"cluster\.json"):
        PrivateCluster(data_dir).start()


def test_a_data_folder_that_is_a_file_is_refused(data_dir: Path) -> None:
    data_dir.write_text("")
    with pytest.raises(DataDirUnusable, match="--data-dir"):
        PrivateCluster(data_dir).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_a_data_folder_the_servers_user_cannot_reach_is_refused(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700)
    with pytest.raises(DataDirUnusable, match="user postgres"):
        PrivateCluster(data_dir / "inner").start()


def test_a_broken_setting_is_told_with_the_servers_own_words(data_dir: Path) -> None:
    with PrivateCluster(data_dir):
        pass
    with (data_dir / "postgres" / "postgresql.auto.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(ClusterStartFailed, match=r"postgresql\.auto\.conf"):
        PrivateCluster(data_dir).start()


def test_a_throw_away_cluster_leaves_nothing(data_dir: Path) -> None:
    with throw_away_cluster() as cluster:
        process = identify(cluster.pid)
        assert process is not None
        assert _fetch(cluster.superuser_url(), "SHOW fsync") == "off"
    assert not is_alive(process)
    assert not cluster.data_dir.parent.exists()


def test_a_throw_away_cluster_ends_with_a_killed_test_run() -> None:
    script = (
        "import time; from addrsvc.db.throw_away import throw_away_cluster\n"
        "with throw_away_cluster() as c: print(c.data_dir, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with subprocess.Popen(  # noqa: S603 -- our own script
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        pgdata = Path(run.stdout.readline().strip()) / "postgres"
        assert find_postmaster(pgdata) is not None
        run.kill()
        run.wait()
        _wait_until_gone(pgdata)
    socket_dir = Path(read_state(pgdata.parent).socket_dir)
    remove_left_behind(pgdata.parents[2])
    assert not socket_dir.exists()
    assert not pgdata.parents[1].exists()


def test_memory_is_that_of_the_machine_or_less() -> None:
    assert 0 < memory_bytes() <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
