"""Run PostgreSQL's own programs as a user they accept: they refuse root."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from addrsvc import processes
from addrsvc.db.cluster_errors import PostgresqlMissing, ServerUserMissing

MAJOR = 15
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The unprivileged user root runs the server as."""

    name: str
    uid: int
    gid: int

    def options(self) -> list[str]:
        """Give the options of ``setpriv`` that make a command run as this user."""
        return [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]


@dataclass(frozen=True, slots=True)
class ServerPrograms:
    """The programs of one PostgreSQL and whom they run as; ``user`` None means as ourselves."""

    folder: Path
    user: ServerUser | None

    @classmethod
    def find(cls) -> ServerPrograms:
        """Find the programs of the major version we run on.

        Raises:
            PostgresqlMissing: they are not installed.
            ServerUserMissing: we are root and there is no user to run them as.
        """
        for folder in (Path(f"/usr/lib/postgresql/{MAJOR}/bin"), Path(f"/usr/pgsql-{MAJOR}/bin")):
            if (folder / "postgres").exists() and (folder / "initdb").exists():
                return cls(folder, _find_server_user())
        raise PostgresqlMissing(program="initdb", major=MAJOR)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the server, or any by its full path, to its end."""
        return subprocess.run(  # noqa: S603 -- an argument list of our own, no shell
            [*self._as_user(), str(self.folder / program), *arguments],
            cwd="/",  # the server's user may not be allowed into the present folder
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )

    def spawn_server(
        self, pgdata: Path, output: IO[bytes], *, ends_with_us: bool
    ) -> subprocess.Popen[bytes]:
        """Start the server; ``ends_with_us`` lets the kernel end it however we end."""
        server = [str(self.folder / "postgres"), "-D", str(pgdata)]
        if ends_with_us:
            command = processes.ends_with_us(server, signal.SIGINT, self._user_options())
        else:
            command = [*self._as_user(), *server]
        return subprocess.Popen(  # noqa: S603 -- an argument list of our own, no shell
            command,
            cwd="/",
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C in the terminal is for us; we stop it in order
        )

    def can_enter(self, folder: Path) -> bool:
        """Tell whether the server's user may pass through the folder."""
        return self.run("/usr/bin/test", "-x", str(folder)).returncode == 0

    def give(self, path: Path) -> None:
        """Make the server's user the owner."""
        if self.user:
            os.chown(path, self.user.uid, self.user.gid)

    def _as_user(self) -> list[str]:
        return ["/usr/bin/setpriv", *self._user_options(), "--"]

    def _user_options(self) -> list[str]:
        return self.user.options() if self.user else []


def _find_server_user() -> ServerUser | None:
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        raise ServerUserMissing(user="postgres", major=MAJOR) from None
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
