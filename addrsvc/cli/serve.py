"""Run the whole service: database, schema, bundled data, pages and API."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psycopg
import sqlalchemy.exc
import typer
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from addrsvc.certificates.signing import new_seed
from addrsvc.cli import terminal_language
from addrsvc.cli.keys import SANDBOX_DAYS, issue_sandbox_key
from addrsvc.cli.local_certificate import LocalCertificate
from addrsvc.cli.migrate import make_search_keys, seal_people
from addrsvc.cli.serve_errors import (
    AlreadyServing,
    DatabaseEnded,
    DatabaseUnreachable,
    DemoNeedsOwnDatabase,
    RightsMissing,
)
from addrsvc.cli.serve_tls import make_certificate, tell
from addrsvc.cli.served import (
    certificate_key_file,
    default_data_dir,
    forget_served,
    key_file,
    remember_keys_made,
    remember_served,
)
from addrsvc.cli.supervised_worker import SupervisedWorker
from addrsvc.cli.web_server import WebServer, local_url, require_free
from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.cluster_errors import DataDirUnusable, DiskFull
from addrsvc.db.migrate import upgrade
from addrsvc.errors import Text
from addrsvc.personal.crypto import new_key, write_key_file
from addrsvc.queue.model import Queue
from addrsvc.settings import Settings

_WATCH_S = 0.2
_LOG_SEGMENT_BYTES = 16 * 2**20


@dataclass(frozen=True)
class Served:
    """A database ready to be served, and the private cluster it is in, if it is in one."""

    database_url: str
    read_database_url: str | None
    example_code: str | None
    cluster: PrivateCluster | None
    sandbox_key: str | None = None
    """To try writing with, in the demo's own database; None: it is no demo."""


class Interrupted(BaseException):
    """Somebody asked us to stop."""


def serve(
    host: str = typer.Option("127.0.0.1", envvar="ADDRSVC_HOST", help="Address to listen on."),
    port: int = typer.Option(
        8000, envvar="ADDRSVC_PORT", min=1, max=65535, help="Port to listen on."
    ),
    data_dir: Path = typer.Option(
        default_data_dir, envvar="ADDRSVC_DATA_DIR", help="Folder of the private cluster."
    ),
    workers: int = typer.Option(
        1, envvar="ADDRSVC_WORKERS", min=1, max=64, help="Processes that answer requests."
    ),
    demo: bool | None = typer.Option(
        None,
        "--demo/--no-demo",
        envvar="ADDRSVC_DEMO",
        help="Serve invented addresses, from a database of their own. "
        "Default: yes, unless ADDRSVC_DATABASE_URL is set.",
    ),
    worker: bool = typer.Option(
        True,
        "--worker/--no-worker",
        envvar="ADDRSVC_RUN_WORKER",
        help="Run jobs and periodic work too; without, let addrsvc worker do so elsewhere.",
    ),
    file_workers: int = typer.Option(
        1,
        envvar="ADDRSVC_FILE_WORKERS",
        min=0,
        max=64,
        help="Processes that do jobs over files, where jobs are run at all.",
    ),
    tls: bool = typer.Option(
        False, "--tls", envvar="ADDRSVC_TLS", help="Serve https by a certificate made for a trial."
    ),
) -> None:
    """Serve pages and API until interrupted, from a PostgreSQL of our own.

    With ADDRSVC_DATABASE_URL (and, for reads, ADDRSVC_READ_DATABASE_URL) an existing
    PostgreSQL with PostGIS is used instead, and none is started.
    """
    signals = _Signals()
    try:
        require_free(host, port)
        url = local_url(host, port, "https" if tls else "http")
        with _prepare(data_dir, url, demo=demo) as served:
            certificate = make_certificate(data_dir, host) if tls else None
            takes_files = _find_files_dir(data_dir)
            kinds: list[Sequence[str]] = [()] if worker else []
            if worker and takes_files:
                kinds += [("--queues", Queue.FILES.value)] * file_workers
            _answer(host, port, workers, served, signals, kinds, certificate)
    except Interrupted:
        _say(Text("đã dừng", "stopped"))


def _say(step: Text) -> None:
    # one write, line end included: workers write their log lines to the same place
    sys.stdout.write(f"addrsvc: {step.in_(terminal_language())}\n")
    sys.stdout.flush()


class _Signals:
    """The first signal interrupts whatever runs; later ones only shorten the stopping."""

    def __init__(self) -> None:
        self.count = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or a script's background
                signal.signal(number, self._received)

    def _received(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count == 1:
            raise Interrupted

    def begin_stopping(self) -> None:
        self.count = max(self.count, 1)

    def in_hurry(self) -> bool:
        return self.count > 1


@contextlib.contextmanager
def _prepare(data_dir: Path, url: str, *, demo: bool | None) -> Iterator[Served]:
    """Make the database ready, in an existing server if one is named, else in our own."""
    settings = Settings()
    if os.environ.get("ADDRSVC_DATABASE_URL"):
        database_url = settings.database_url.get_secret_value()
        read = settings.read_database_url
        owner = settings.owner_database_url
        owner_url = owner.get_secret_value() if owner else database_url
        with _explaining(database_url):
            if demo:
                _require_demo_database(database_url)
            code = _fill(owner_url, demo=bool(demo))
            key = _sandbox_key(database_url) if demo else None
        yield Served(database_url, read.get_secret_value() if read else None, code, None, key)
        return
    demo = demo is not False
    with _only_one(data_dir, url), PrivateCluster(data_dir, say=_say) as cluster:
        with _explaining(None, data_dir):
            database = "addrsvc_demo" if demo else "addrsvc"
            owner_url = cluster.create_database(database)
            _find_keys(data_dir)
            _find_certificate_key(data_dir)
            code = _fill(owner_url, demo=demo)
            urls = cluster.urls(database)
            key = _sandbox_key(urls.writer) if demo else None
        remember_served(data_dir, database)
        try:
            yield Served(urls.writer, urls.reader, code, cluster, key)
        finally:
            forget_served(data_dir)


def _find_keys(data_dir: Path) -> None:
    """Use the key file of the data folder, made at the first start, unless keys are named."""
    if os.environ.get("ADDRSVC_ENCRYPTION_KEYS") or os.environ.get("ADDRSVC_ENCRYPTION_KEY_FILE"):
        return
    path = key_file(data_dir)
    os.environ["ADDRSVC_ENCRYPTION_KEY_FILE"] = str(path)  # for the processes we start, too
    if path.exists():
        return
    if not remember_keys_made(data_dir):
        _say(
            Text(
                f"mất tệp khóa {path}: hãy khôi phục từ bản sao lưu; trước đó không đọc và không "
                "nhận được dữ liệu về người",
                f"the key file {path} is gone: restore it from its backup; until then no data "
                "about people can be read or taken",
            )
        )
        return
    write_key_file(path, [new_key()])
    _say(
        Text(
            f"đã tạo khóa mã hóa dữ liệu về người: {path}. Hãy sao lưu tệp này, để riêng với bản "
            "sao lưu cơ sở dữ liệu",
            f"made the key that encrypts data about people: {path}. Back it up, apart from the "
            "backups of the database",
        )
    )


def _find_certificate_key(data_dir: Path) -> None:
    """Sign certificates with the key of the data folder, made when missing, unless one is named.

    A lost one is no loss: the public halves of all that ever signed are in the database.
    """
    named = ("ADDRSVC_CERTIFICATE_KEY", "ADDRSVC_CERTIFICATE_KEY_FILE")
    if any(map(os.environ.get, named)):
        return
    path = certificate_key_file(data_dir)
    os.environ["ADDRSVC_CERTIFICATE_KEY_FILE"] = str(path)  # for the processes we start, too
    if not path.exists():
        write_key_file(path, [new_seed()])


def _find_files_dir(data_dir: Path) -> bool:
    """Use a folder beside the database for files of jobs, unless one is named."""
    if os.environ.get("ADDRSVC_FILES_DIR"):
        return True
    folder = data_dir / "files"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        _say(
            Text(
                f"không tạo được thư mục {folder} ({reason}): chưa nhận việc theo tệp. Hãy đặt "
                "ADDRSVC_FILES_DIR",
                f"the folder {folder} cannot be made ({reason}): no jobs over files are taken. "
                "Set ADDRSVC_FILES_DIR",
            )
        )
        return False
    os.environ["ADDRSVC_FILES_DIR"] = str(folder)  # for the processes we start
    return True


def _fill(database_url: str, *, demo: bool) -> str | None:
    """Migrate and load what is bundled; give the code of an example address, if demo."""
    from addrsvc.admin_units import bundled  # noqa: PLC0415 -- a busy port is told sooner

    _say(Text("đang cập nhật lược đồ dữ liệu", "bringing the schema up to date"))
    upgrade(database_url)
    _say(Text("đang nạp đơn vị hành chính", "loading administrative units"))
    bundled.load(database_url)
    _say(Text("đang kiểm tra khóa tìm kiếm", "checking search keys"))
    make_search_keys(database_url)
    seal_people(database_url)
    if not demo:
        return None
    from addrsvc.collection import demo as collection  # noqa: PLC0415 -- only the demo needs it
    from addrsvc.planning import demo as plans  # noqa: PLC0415 -- the same
    from addrsvc.registry import demo as addresses  # noqa: PLC0415 -- the same

    _say(Text("đang chuẩn bị địa chỉ minh họa", "preparing demo addresses"))
    example_code = addresses.ensure(database_url)
    _say(Text("đang chuẩn bị quy hoạch giả lập", "preparing synthetic demo plans"))
    plans.ensure(database_url)
    _say(Text("đang chuẩn bị nhiệm vụ thu thập minh họa", "preparing demo tasks of collectors"))
    collection.ensure(database_url)
    return example_code


def _sandbox_key(database_url: str) -> str:
    settings = Settings().model_copy(update={"database_url": SecretStr(database_url)})
    return issue_sandbox_key(settings, "serve --demo")


def _answer(
    host: str,
    port: int,
    workers: int,
    served: Served,
    signals: _Signals,
    kinds: Sequence[Sequence[str]],
    tls: LocalCertificate | None,
) -> None:
    """Run web server and workers until a signal comes or a part of the service ends."""
    environment = {
        "ADDRSVC_DATABASE_URL": served.database_url,
        "ADDRSVC_READ_DATABASE_URL": served.read_database_url or served.database_url,
        "ADDRSVC_DEMO": "true" if served.example_code else "false",
    }
    trusted = Settings().trusted_proxies
    server = WebServer(host, port, workers, environment, trusted_proxies=trusted, tls=tls)
    beside: list[SupervisedWorker] = []
    try:
        server.wait_ready()
        _say(Text(f"sẵn sàng: {server.url}/", f"ready: {server.url}/"))
        if served.example_code:
            example = f"{server.url}/a/{served.example_code}"
            _say(Text(f"ví dụ: {example}", f"example: {example}"))
        if served.sandbox_key:
            _say(
                Text(
                    f"khóa API để thử ({SANDBOX_DAYS} ngày, chỉ cho bản trình diễn này): "
                    f"{served.sandbox_key}",
                    f"API key to try with ({SANDBOX_DAYS} days, this demo only): "
                    f"{served.sandbox_key}",
                )
            )
        if tls is not None:
            tell(tls, host, port, _say)
        _say(Text("nhấn Ctrl-C để dừng", "press Ctrl-C to stop"))
        # nobody waits for them
        beside += [SupervisedWorker(environment, _say, options) for options in kinds]
        while True:
            server.require_alive()
            for each in beside:
                each.watch()
            if served.cluster is not None and not served.cluster.is_alive():
                raise DatabaseEnded(path=str(served.cluster.pgdata))
            time.sleep(_WATCH_S)
    finally:
        signals.begin_stopping()
        for each in beside:
            each.ask_to_end()
        server.stop(signals.in_hurry)
        for each in beside:
            each.stop(signals.in_hurry)


@contextlib.contextmanager
def _only_one(data_dir: Path, url: str) -> Iterator[None]:
    """Hold the data folder against a second ``serve``; the kernel lets go when we are killed."""
    try:
        data_dir.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = (data_dir / "serve.lock").open("a+")
    except OSError as error:
        raise DataDirUnusable(
            path=str(data_dir), user=str(os.geteuid()), reason=error.strerror or str(error)
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyServing(path=str(data_dir), served=lock.read().strip()) from None
        lock.truncate(0)
        lock.write(f"{url}/ (process {os.getpid()})")
        lock.flush()
        yield


def _require_demo_database(database_url: str) -> None:
    database = str(conninfo_to_dict(database_url).get("dbname") or "")
    if not database.endswith("_demo"):
        raise DemoNeedsOwnDatabase(database=database)


@contextlib.contextmanager
def _explaining(database_url: str | None, data_dir: Path | None = None) -> Iterator[None]:
    """Turn what the database says while it is set up into a sentence with a remedy."""
    try:
        yield
    except (psycopg.Error, sqlalchemy.exc.DBAPIError) as error:
        cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
        reason = str(cause).strip().partition("\n")[0]
        match cause:
            case psycopg.errors.DiskFull():
                raise _disk_full(data_dir) from error
            case psycopg.errors.InsufficientPrivilege():
                raise RightsMissing(reason=reason) from error
            case psycopg.OperationalError() if data_dir is not None:
                # Out of space for its write-ahead log it ends without saying so to us.
                if shutil.disk_usage(data_dir).free < _LOG_SEGMENT_BYTES:
                    raise _disk_full(data_dir) from error
                raise DatabaseEnded(path=str(data_dir)) from error
            case psycopg.OperationalError() if database_url is not None:
                parts = conninfo_to_dict(database_url)
                server = f"{parts.get('host', 'localhost')}/{parts.get('dbname', '')}"
                raise DatabaseUnreachable(server=server, reason=reason) from error
            case _:
                raise


def _disk_full(data_dir: Path | None) -> DiskFull:
    free = shutil.disk_usage(data_dir).free if data_dir else 0
    return DiskFull(path=str(data_dir or "PostgreSQL"), free_mib=free // 2**20)
