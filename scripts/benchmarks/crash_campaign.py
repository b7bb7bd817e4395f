"""The crash campaign: sixteen writers, followers and an auditor, while everything is killed."""

from __future__ import annotations

import base64
import random
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from addrsvc.cli.web_server import free_port
from addrsvc.db.cluster import PrivateCluster
from benchmarks import crash_reader
from benchmarks.crash_audit import Verdict, compare, compare_readers, run_check
from benchmarks.crash_faults import Faults
from benchmarks.crash_processes import Restarted, wait_until
from benchmarks.crash_writers import Ledger, Writer

DATABASE = "addrsvc"
_SEED = 2_026
_CATCH_UP_S = 60.0
_RECOVER_S = 60.0
_AMCHECK = "/usr/lib/postgresql/15/bin/pg_amcheck"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a campaign is."""

    writers: int
    faults: int
    every_s: float
    """From when writes go through again after a fault to the next."""
    readers: int = 3


@dataclass(frozen=True, slots=True)
class Keys:
    """API keys: one for each client, since what a key may ask in a minute is limited."""

    writers: Sequence[str]
    readers: Sequence[str]
    replica: str


@dataclass(slots=True)
class Outcome:
    """What was done to the service, and what the auditor found."""

    ledger: Ledger
    verdict: Verdict
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    restarts: dict[str, int] = field(default_factory=dict)


def campaign(cluster: PrivateCluster, keys: Keys, plan: Plan) -> Outcome:
    """Run a campaign on a service of its own.

    Args:
        cluster: durable, with the small world in its database.
        keys: as many as the plan has writers and readers.
        plan: how long.
    """
    database_url = cluster.superuser_url(DATABASE)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="addrsvc-crash-")))
        port = free_port()
        base_url = f"http://127.0.0.1:{port}"
        environment = {
            # with the rights of the service, as ``serve`` runs it
            "ADDRSVC_DATABASE_URL": cluster.urls(DATABASE).writer,
            "ADDRSVC_READ_DATABASE_URL": cluster.urls(DATABASE).reader,
            "ADDRSVC_CHECKPOINT_DIR": str(folder / "checkpoints"),
            "ADDRSVC_CHECKPOINT_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }

        def begin(name: str, *command: str) -> Restarted:
            process = Restarted(
                [sys.executable, "-P", *command], environment, folder / f"{name}.log"
            )
            stack.callback(process.stop)
            return process

        api = begin("api", "-m", "uvicorn", "--factory", "addrsvc.server:app_from_environment",
                    f"--port={port}", "--workers=2", "--loop=uvloop", "--http=httptools",
                    "--log-level=warning", "--no-access-log")  # fmt: skip
        worker = begin("worker", "-m", "addrsvc", "worker")
        wait_until("the service answers", lambda: is_ready(base_url), 60)
        files = [folder / f"reader-{number}.jsonl" for number in range(plan.readers)]
        for file in files:
            file.touch()  # one that is killed before it began has read nothing
        readers = [
            begin(file.stem, crash_reader.__file__, base_url, key, str(file))
            for file, key in zip(files, keys.readers, strict=True)
        ]
        copy = _Copy(base_url, keys.replica, folder)
        copy.build()
        replica = begin("replica", *copy.follow)

        ledger = Ledger()
        outcome = Outcome(ledger, Verdict())
        faults = Faults(cluster, api, worker, _SEED)
        faults.kinds |= {"reader": lambda: _any(readers).kill(), "replica": replica.kill}
        outcome.seconds = _storm(base_url, keys.writers, plan, ledger, faults, outcome.faults)
        wait_until("the sealer and the followers are done",
                   lambda: _is_quiet(database_url, files), _CATCH_UP_S)  # fmt: skip
        outcome.restarts = {"api": api.starts, "worker": worker.starts, "replica": replica.starts}
        for each in (*readers, replica):
            each.stop()
        outcome.verdict = compare(database_url, ledger)
        compare_readers(database_url, files, outcome.verdict)
        commands = [sys.executable, "-P", "-m", "addrsvc"]
        catch_up = [sys.executable, "-P", *copy.follow, "--until-current"]
        checks: dict[str, Sequence[str]] = {
            "audit checkpoint": [*commands, "audit", "checkpoint"],
            "audit verify": [*commands, "audit", "verify"],
            "verify": [*commands, "verify"],
            "replica follow": catch_up,
            "replica check": [sys.executable, "-P", *copy.check],
            "amcheck": [_AMCHECK, "--heapallindexed", "--install-missing", "--all"],
        }
        for name, command in checks.items():
            libpq = _libpq(database_url)
            run_check(outcome.verdict, name, command, **environment, **libpq)
    return outcome


def _storm(
    base_url: str,
    keys: Sequence[str],
    plan: Plan,
    ledger: Ledger,
    faults: Faults,
    done: Counter[str],
) -> float:
    """Let the writers write while faults happen; give the seconds until all have finished."""
    stop = threading.Event()
    writers = [Writer(number, base_url, key, ledger, stop) for number, key in enumerate(keys)]
    started = time.monotonic()
    for each in writers:
        each.start()
    kinds = list(faults.kinds)
    order = [kinds[number % len(kinds)] for number in range(plan.faults)]
    random.Random(_SEED).shuffle(order)  # noqa: S311 - which comes when
    for kind in order:
        time.sleep(plan.every_s)
        faults.kinds[kind]()
        done[kind] += 1
        wait_until(f"writes after: {kind}", _grows(ledger), _RECOVER_S)
    time.sleep(plan.every_s)
    stop.set()
    for each in writers:
        each.join(120)
        if each.is_alive():
            raise TimeoutError(f"{each.name} is still repeating its last write")
    return time.monotonic() - started


def _grows(ledger: Ledger) -> Callable[[], bool]:
    before = len(ledger.acknowledged)
    return lambda: len(ledger.acknowledged) > before


class _Copy:
    """The reference replica in a folder of its own."""

    def __init__(self, base_url: str, key: str, folder: Path) -> None:
        key_file = folder / "replica.key"
        key_file.write_text(key, encoding="ascii")
        key_file.chmod(0o600)
        self._place = str(folder / "replica")
        self._key = ["--key-file", str(key_file)]
        self._build = ["-m", "addrsvc", "replica", "build", base_url, *self._key]
        self._build += ["--to", self._place]
        self.follow = ["-m", "addrsvc", "replica", "follow", self._place, *self._key]
        self.check = ["-m", "addrsvc", "replica", "check", self._place, *self._key]

    def build(self) -> None:
        """Make the copy from a snapshot."""
        subprocess.run([sys.executable, "-P", *self._build], check=True, capture_output=True)  # noqa: S603 -- our own


def _any(readers: Sequence[Restarted]) -> Restarted:
    return random.choice(readers)  # noqa: S311 - whom to kill


def is_ready(base_url: str) -> bool:
    """Tell whether the service says it is ready."""
    try:
        with urllib.request.urlopen(f"{base_url}/readyz", timeout=5) as answer:  # noqa: S310 -- our own http URL
            return bool(answer.status == 200)
    except OSError:
        return False


def _is_quiet(database_url: str, files: Sequence[Path]) -> bool:
    """Tell whether every event has a number, and every reader has read the last."""
    try:
        with psycopg.connect(database_url) as conn:
            row = conn.execute(
                "SELECT count(*) FILTER (WHERE number IS NULL), max(number) FROM event"
            ).fetchone()
    except psycopg.OperationalError:
        return False
    waiting, last = row or (1, 0)
    if waiting:
        return False
    read = [file.read_text(encoding="utf-8").rpartition("\n")[0] for file in files]
    return all(f"[{last}," in text.rpartition("\n")[2] for text in read)


def _libpq(url: str) -> dict[str, str]:
    """Give an URL as the environment of PostgreSQL's own programs."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    given = psycopg.conninfo.conninfo_to_dict(url)
    return {name: str(given[part]) for part, name in names.items() if given.get(part)}
