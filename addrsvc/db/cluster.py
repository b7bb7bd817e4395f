"""A PostgreSQL cluster of our own: made, started, adopted and stopped without touching any other.

Layout of the data folder::

    postgres/             PGDATA; owned by the server's user
    postgres-start.log    what the server says before its own log opens
    cluster.json  (0600)  port, socket folder, passwords, which process started the server
    cluster.lock          held while somebody makes or starts the cluster

PostgreSQL refuses root, so root runs it as the user ``postgres``. It listens on 127.0.0.1 and
on a socket in a short temporary folder (a socket path has 107 bytes) of mode 0700. Every way
in, local ones too, asks for a password (SCRAM): they are random and stand in ``cluster.json``
only. The superuser makes databases and extensions; the service connects as roles that are none:
the owner of its databases, a writer and a reader (see ``db.roles``).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import getpass
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from addrsvc.db import cluster_conf as conf
from addrsvc.db.cluster_errors import (
    ClusterStartFailed,
    ClusterStopFailed,
    ClusterVersionMismatch,
    DataDirUnusable,
    DiskFull,
)
from addrsvc.db.errors import PostgisMissing
from addrsvc.db.postmaster import (
    ProcessId,
    find_postmaster,
    forget_stale_locks,
    identify,
    is_alive,
    signal_and_wait,
)
from addrsvc.db.roles import ensure_login
from addrsvc.db.server_programs import MAJOR, ServerPrograms
from addrsvc.errors import Text

SUPERUSER = "postgres"
OWNER = conf.OWNER

_RETRY_S = 60.0
_RECOVERY_S = 1800.0
_POLL_S = 0.05
_PASSING_TROUBLES = (
    "pre-existing shared memory block",  # orphans of a killed server hold it for a moment
    "could not bind",  # another program took the port since it was chosen
    "could not create any TCP/IP sockets",
    "already exists",  # lock file of the socket, of a server that is just leaving
)

_TOLD_TO_CLIENTS = ("the database system is", "terminating connection")
"""Fatal to them, but not why a server did not start: it is starting up, or was told to stop."""

_MAKING = Text("đang tạo cụm PostgreSQL", "making a PostgreSQL cluster")
_FOUND_RUNNING = Text(
    "PostgreSQL của thư mục dữ liệu này vẫn đang chạy: dùng tiếp",
    "PostgreSQL of this data folder is still running: using it",
)
_FORGOT_PID_FILE = Text(
    "đã xóa tệp pid của một tiến trình PostgreSQL không còn nữa",
    "removed the pid file of a PostgreSQL that is gone",
)
_RECOVERING = Text(
    "PostgreSQL đang khôi phục sau sự cố, có thể mất vài phút",
    "PostgreSQL is recovering after a crash; this can take minutes",
)


def _silent(_step: Text) -> None:
    """Say nothing."""


class PrivateCluster:
    """One cluster in one data folder; a context manager that starts it and stops what it started.

    ``durable=False`` is for throw-away tests: no fsync, and the server ends with the process
    that started it. ``say`` gets one line per step worth telling a person.
    """

    def __init__(
        self, data_dir: Path, *, durable: bool = True, say: Callable[[Text], None] = _silent
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.pgdata = self.data_dir / "postgres"
        self.durable = durable
        self.owned = False
        """Whether ``stop`` may end the server: this process, or a dead one, started it."""
        self._say = say
        self._programs = ServerPrograms.find()
        self._user = self._programs.user
        self._state = conf.State()
        self._server: ProcessId | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Give the process id of the running server."""
        if self._server is None:
            raise RuntimeError("the cluster is not started")
        return self._server.pid

    @property
    def port(self) -> int:
        """Give the port, the same one at every start while it is free."""
        return self._state.port

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def is_alive(self) -> bool:
        """Tell whether the server this object started or adopted still runs."""
        if self._child is not None:
            self._child.poll()
        return self._server is not None and is_alive(self._server)

    def superuser_url(self, database: str = "postgres") -> str:
        """Give a libpq URL over the socket, with every right."""
        return self._state.url(SUPERUSER, self._state.superuser_password, database)

    def owner_url(self, database: str) -> str:
        """Give a libpq URL over the socket for the role that owns the service's databases."""
        return self._state.urls(database).owner

    def urls(self, database: str) -> conf.Urls:
        """Give libpq URLs over the socket for each role of the service."""
        return self._state.urls(database)

    def start(self) -> None:
        """Make the cluster if there is none, and start it, or adopt the server that runs in it.

        Raises:
            DataDirUnusable, DiskFull, ClusterVersionMismatch, ClusterStartFailed: see there.
        """
        try:
            with self._explaining_os_errors():
                self._make_data_dir()
                with self._locked():
                    self._start()
        except BaseException:  # Ctrl-C too: what was started is ours and nobody else's to end
            self.stop()
            raise

    def _start(self) -> None:
        self._state = conf.read_state(self.data_dir)
        self._check_version()
        if self.pgdata.exists() and not self._state.superuser_password:
            raise DataDirUnusable(
                path=str(self.data_dir), user=getpass.getuser(), reason="cluster.json is missing"
            )
        running = find_postmaster(self.pgdata)
        if running is None or not self._adopt(running):
            if not self.pgdata.exists():
                self._initialise()
            self._launch()
        self._ensure_roles()

    def stop(self) -> None:
        """Stop the server if it is ours: running transactions are rolled back, nothing is lost.

        Raises:
            ClusterStopFailed: it is still there after every signal.
        """
        server, self._server = self._server, None
        if server is None or not self.owned:
            return
        with contextlib.suppress(ProcessLookupError):
            ended = (
                signal_and_wait(server, signal.SIGINT, 60)  # fast shutdown
                or signal_and_wait(server, signal.SIGQUIT, 10)  # immediate: recovers at next start
                or signal_and_wait(server, signal.SIGKILL, 10)
            )
            if not ended:
                raise ClusterStopFailed(path=str(self.pgdata), pid=server.pid)
        if self._child is not None:
            self._child.wait()
            self._child = None
        # What a killed server left in there too; the folder is ours alone.
        shutil.rmtree(self._state.socket_dir, ignore_errors=True)

    def create_database(self, name: str) -> str:
        """Make a database of the service where it is missing; give its owner's URL for it.

        PostGIS is put into it here, since only a superuser may.

        Raises:
            PostgisMissing: the programs have no PostGIS beside them.
            DiskFull: no space for it.
        """
        with self._explaining_os_errors():
            self._create_database(name)
        return self.owner_url(name)

    def _create_database(self, name: str) -> None:
        with psycopg.connect(self.superuser_url(), autocommit=True) as conn:
            known = conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                conn.execute(statement.format(sql.Identifier(name), sql.Identifier(OWNER)))
        with psycopg.connect(self.superuser_url(name), autocommit=True) as conn:
            conn.execute("SET client_min_messages = warning")
            try:
                conn.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            except psycopg.errors.FeatureNotSupported:
                raise PostgisMissing from None
            # migrations add systems of their own; who makes the extension owns the table
            statement = sql.SQL("GRANT INSERT, DELETE ON spatial_ref_sys TO {}")
            conn.execute(statement.format(sql.Identifier(OWNER)))

    def _make_data_dir(self) -> None:
        # The server's user has to pass through this folder; what is secret in it has mode 0600.
        self.data_dir.mkdir(mode=0o755 if self._user else 0o700, parents=True, exist_ok=True)
        probe = self.data_dir / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
        if self._user and not self._programs.can_enter(self.data_dir):
            raise DataDirUnusable(
                path=str(self.data_dir), user=self._user.name, reason="not reachable"
            )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.data_dir / "cluster.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _check_version(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            found = (self.pgdata / "PG_VERSION").read_text().strip()
            if found != str(MAJOR):
                raise ClusterVersionMismatch(
                    path=str(self.pgdata), found=found, expected=str(MAJOR)
                )

    def _initialise(self) -> None:
        """Run initdb beside the final place and rename, so that a killed run leaves no half."""
        self._say(_MAKING)
        self._state = conf.new_state()
        conf.write_state(self.data_dir, self._state)
        unfinished = self.data_dir / "postgres.unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        self._programs.give(unfinished)
        with tempfile.TemporaryDirectory(prefix="addrsvc-init-", dir="/tmp") as folder:
            password_file = Path(folder) / "password"
            password_file.touch(mode=0o600)
            password_file.write_text(self._state.superuser_password)
            self._programs.give(password_file)
            self._programs.give(Path(folder))
            done = self._programs.run(
                "initdb",
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",  # the only UTF-8 locale a bare Debian has
                "--auth=scram-sha-256",
                "--data-checksums",
                *([] if self.durable else ["--no-sync"]),
            )
        if done.returncode != 0:
            raise self._failure("initdb", done.stdout + done.stderr)
        conf.include_our_settings(unfinished)
        unfinished.rename(self.pgdata)

    def _launch(self) -> None:
        give_up = time.monotonic() + _RETRY_S
        log = self.data_dir / "postgres-start.log"
        while True:
            if self._child is not None:
                self._child.wait()  # killed by another's hand, and ours to bury
            sockets = Path(self._state.socket_dir) if self._state.socket_dir else None
            if forget_stale_locks(self.pgdata, sockets):
                self._say(_FORGOT_PID_FILE)
            self._state = conf.choose_port_and_socket_dir(self._state, self._user)
            conf.write_settings(self.pgdata, self._state, durable=self.durable, user=self._user)
            with log.open("wb") as output:
                child = self._programs.spawn_server(
                    self.pgdata, output, ends_with_us=not self.durable
                )
            self._child, self._server, self.owned = child, identify(child.pid), True
            if self._await_ready(child):
                break
            said = log.read_text(errors="replace") + conf.newest_log(self.pgdata)
            passing = any(trouble in said for trouble in _PASSING_TROUBLES)
            if not passing or time.monotonic() > give_up:
                raise self._failure(str(log), said)
            time.sleep(0.5)
        self._remember_starter()

    def _await_ready(self, child: subprocess.Popen[bytes]) -> bool:
        started = told = time.monotonic()
        while child.poll() is None:
            if self._answers():
                return True
            now = time.monotonic()
            if now - started > _RECOVERY_S:
                child.send_signal(signal.SIGINT)
                child.wait()
                return False
            if now - told > 10:
                self._say(_RECOVERING)
                told = now
            time.sleep(_POLL_S)
        return False

    def _answers(self) -> bool:
        # Ping, not a connection: it needs no password and tells "starting" from "refused".
        conninfo = self.superuser_url().encode()
        return psycopg.pq.PGconn.ping(conninfo) == psycopg.pq.Ping.OK

    def _adopt(self, running: ProcessId) -> bool:
        """Take over a server found running; tell whether it lived to answer."""
        deadline = time.monotonic() + _RECOVERY_S
        while not self._answers():
            if not is_alive(running):
                return False
            if time.monotonic() > deadline:
                raise self._failure("postgres", conf.newest_log(self.pgdata))
            time.sleep(_POLL_S)
        self._server = running
        starter = ProcessId(self._state.starter_pid, self._state.starter_ticks)
        self.owned = starter == identify(os.getpid()) or not is_alive(starter)
        if self.owned:
            self._remember_starter()
        self._say(_FOUND_RUNNING)
        return True

    def _remember_starter(self) -> None:
        me = identify(os.getpid())
        if me is not None:
            self._state.starter_pid, self._state.starter_ticks = me.pid, me.started_ticks
        conf.write_state(self.data_dir, self._state)

    def _ensure_roles(self) -> None:
        self._state = conf.with_passwords(self._state)  # a cluster of an earlier release has fewer
        conf.write_state(self.data_dir, self._state)
        with psycopg.connect(self.superuser_url(), autocommit=True) as conn:
            for role, password in self._state.logins().items():
                ensure_login(conn, role, password)

    def _failure(self, log: str, said: str) -> ClusterStartFailed | DiskFull:
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return self._disk_full()
        lines = [line for line in said.splitlines() if line.strip()] or ["—"]
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
        telling = [line for line in fatal if not any(t in line for t in _TOLD_TO_CLIENTS)] or lines
        return ClusterStartFailed(path=str(self.pgdata), log=log, last_line=telling[-1].strip())

    def _disk_full(self) -> DiskFull:
        free = shutil.disk_usage(self.data_dir).free
        return DiskFull(path=str(self.data_dir), free_mib=free // 2**20)

    @contextlib.contextmanager
    def _explaining_os_errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg.errors.DiskFull as error:
            raise self._disk_full() from error
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise self._disk_full() from error
            reason = error.strerror or str(error)
            raise DataDirUnusable(
                path=str(self.data_dir), user=getpass.getuser(), reason=reason
            ) from error
