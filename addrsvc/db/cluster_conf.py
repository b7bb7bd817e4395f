"""What a private cluster is made of: remembered state, port and socket, settings file."""

from __future__ import annotations

import json
import os
import secrets
import socket
import stat
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from addrsvc.db.roles import READER, WRITER
from addrsvc.db.server_programs import ServerUser

OWNER = "addrsvc"
"""Role that owns the service's databases; is no superuser."""

_MIB = 2**20
_SETTINGS_FILE = "addrsvc.conf"


class Urls(NamedTuple):
    """The libpq URLs of one database, by role.

    A cluster last started before there were three roles has the owner alone.
    """

    owner: str
    writer: str
    reader: str


@dataclass(slots=True)
class State:
    """What is remembered of a cluster between starts; the passwords make it secret."""

    port: int = 0
    socket_dir: str = ""
    superuser_password: str = ""
    owner_password: str = ""
    writer_password: str = ""
    reader_password: str = ""
    has_keys: bool = False
    """Whether encryption keys were made beside this; they are not made a second time."""
    starter_pid: int = 0
    starter_ticks: int = 0

    def url(self, role: str, password: str, database: str) -> str:
        """Give a libpq URL over the socket."""
        host = quote(self.socket_dir, safe="")
        return f"postgresql://{role}:{password}@/{database}?host={host}&port={self.port}"

    def urls(self, database: str) -> Urls:
        """Give libpq URLs over the socket for each role of the service."""
        urls = [self.url(role, password, database) for role, password in self.logins().items()]
        return Urls(*urls) if self.writer_password else Urls(*[urls[0]] * 3)

    def logins(self) -> dict[str, str]:
        """Give the roles of the service with their passwords."""
        passwords = (self.owner_password, self.writer_password, self.reader_password)
        return dict(zip((OWNER, WRITER, READER), passwords, strict=True))


def new_state() -> State:
    """Make the state of a new cluster, with new passwords."""
    return with_passwords(State(superuser_password=secrets.token_hex(24)))


def with_passwords(state: State) -> State:
    """Give every role of the service that has none a password."""
    return replace(
        state,
        owner_password=state.owner_password or secrets.token_hex(24),
        writer_password=state.writer_password or secrets.token_hex(24),
        reader_password=state.reader_password or secrets.token_hex(24),
    )


def read_state(data_dir: Path) -> State:
    """Read what was remembered; an empty state when the cluster is not made yet."""
    try:
        return State(**json.loads((data_dir / "cluster.json").read_text()))
    except FileNotFoundError:
        return State()


def write_state(data_dir: Path, state: State) -> None:
    """Remember the state, whole or not at all, readable by us alone."""
    _replace(data_dir / "cluster.json", json.dumps(asdict(state), indent=1), None)


def choose_port_and_socket_dir(state: State, user: ServerUser | None) -> State:
    """Keep the remembered port and socket folder where they can be had, else take new ones.

    Clients that outlive a restart of the server find it again where it was.
    """
    port = state.port if state.port and _is_free(state.port) else _free_port()
    owner = user.uid if user else os.geteuid()
    folder = Path(state.socket_dir) if state.socket_dir else None
    if folder is not None and not folder.exists():
        folder.mkdir(mode=0o700)
        if user:
            os.chown(folder, user.uid, user.gid)
    if folder is None or not _is_ours(folder, owner):
        folder = Path(tempfile.mkdtemp(prefix="addrsvc-", dir="/tmp"))
        if user:
            os.chown(folder, user.uid, user.gid)
    return replace(state, port=port, socket_dir=str(folder))


def _is_ours(folder: Path, owner: int) -> bool:
    # /tmp is for everybody: a folder of that name made by another user is not to be trusted.
    found = folder.lstat()
    mode = stat.S_IMODE(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and mode == 0o700


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def include_our_settings(pgdata: Path) -> None:
    """Let the configuration that initdb wrote end by reading ours."""
    with (pgdata / "postgresql.conf").open("a") as file:
        file.write(f"\ninclude_if_exists = '{_SETTINGS_FILE}'\n")


def write_settings(pgdata: Path, state: State, *, durable: bool, user: ServerUser | None) -> None:
    """Write the settings file anew; what an operator sets belongs in ``ALTER SYSTEM``."""
    lines = ["# Written at every start. Your own settings: ALTER SYSTEM, which wins over these."]
    for name, value in _settings(state, durable=durable).items():
        quoted = value.replace("'", "''")
        lines.append(f"{name} = '{quoted}'")
    _replace(pgdata / _SETTINGS_FILE, "\n".join(lines) + "\n", user)


def _settings(state: State, *, durable: bool) -> dict[str, str]:
    memory_mib = memory_bytes() // _MIB
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(state.port),
        "unix_socket_directories": state.socket_dir,
        "max_connections": "100",
        "shared_buffers": f"{max(32, min(memory_mib // 4, 2048))}MB",
        "effective_cache_size": f"{max(64, memory_mib // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(32, min(memory_mib // 16, 256))}MB",
        "wal_level": "replica",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",  # our queries are short: compiling one costs more than running it
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        # Statements and constraint details hold what people typed; they stay out of the log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if durable:
        return settings | {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "logging_collector": "on",
            "log_directory": "log",
            "log_filename": "postgresql-%a.log",  # a week of them, each written over
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
            "log_rotation_size": "0",
        }
    return settings | {
        # A connecting that was broken off is held by its server process for so long, and no
        # database can be dropped meanwhile; one that is slow must still come in.
        "authentication_timeout": "20s",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "shared_buffers": "128MB",
        "autovacuum": "off",
        # Loaded once and not by each of a test's many connections, where it takes 9 ms.
        "shared_preload_libraries": "postgis-3",
    }


def memory_bytes() -> int:
    """Give the memory we may use: the machine's, or the container's limit if smaller."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def newest_log(pgdata: Path) -> str:
    """Give the end of the server's newest log file; empty when it has none."""
    files = sorted((pgdata / "log").glob("*.log"), key=lambda file: file.stat().st_mtime)
    return files[-1].read_text(errors="replace")[-4000:] if files else ""


def _replace(path: Path, text: str, owner: ServerUser | None) -> None:
    # Through a new file: a crash leaves the old one whole, and a link laid there is not followed.
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        if owner:
            os.fchown(file.fileno(), owner.uid, owner.gid)
    draft.replace(path)
