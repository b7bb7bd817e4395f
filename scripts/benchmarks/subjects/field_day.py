"""200 phones come into the network at once with 20,000 records; PostgreSQL is killed in between.

    scripts/bench field_day                               all of it: some minutes
    scripts/bench field_day --phones 50 --records 20      less

Each phone has a block of codes and a day of new houses, sends them one after the other, each until
it has the receipt, and waits between attempts as the page does. When half of the receipts are out
PostgreSQL is killed with SIGKILL and started again. At the end every record has to be there once,
byte for byte as the phone has it, and each address once. Two workers of the API and the phones
share the machine. Ends with an error where anything is lost or there twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from addrsvc.auth.model import command_line
from addrsvc.auth.service import create_device
from addrsvc.cli.web_server import free_port
from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.doors import make_engine
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings
from benchmarks.crash import COMMUNES, FILL
from benchmarks.crash_campaign import DATABASE, is_ready
from benchmarks.crash_faults import kill_and_start
from benchmarks.crash_processes import Restarted, wait_until
from benchmarks.field_devices import Phone, Record, Told
from benchmarks.figures import Figure

GATE = True
_PATIENCE_S = 1_800.0
_SETTLE_S = 120.0


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--records", type=int, default=100, help="of each phone")


def run(arguments: Namespace) -> list[Figure]:
    """Send everything to a durable server of its own."""
    with throw_away_cluster(durable=True) as cluster:
        upgrade(cluster.create_database(DATABASE))
        with psycopg.connect(cluster.superuser_url(DATABASE), autocommit=True) as conn:
            conn.execute(FILL.encode())
        keys = asyncio.run(_issue_keys(cluster.urls(DATABASE).writer, arguments.phones))
        return _measured(cluster, keys, arguments.records)


def _measured(cluster: PrivateCluster, keys: list[str], records: int) -> list[Figure]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="addrsvc-field-")))
        port = free_port()
        base_url = f"http://127.0.0.1:{port}"
        environment = {
            "ADDRSVC_DATABASE_URL": cluster.urls(DATABASE).writer,
            "ADDRSVC_READ_DATABASE_URL": cluster.urls(DATABASE).reader,
        }
        for name, command in {
            "api": ["-m", "uvicorn", "--factory", "addrsvc.server:app_from_environment",
                    f"--port={port}", "--workers=2", "--loop=uvloop", "--http=httptools",
                    "--log-level=warning", "--no-access-log"],
            "worker": ["-m", "addrsvc", "worker"],
        }.items():  # fmt: skip
            process = Restarted(
                [sys.executable, "-P", *command], environment, folder / f"{name}.log"
            )
            stack.callback(process.stop)
        wait_until("the service answers", lambda: is_ready(base_url), 60)
        told = Told()
        phones = [Phone(number, base_url, key, told) for number, key in enumerate(keys)]
        now = datetime.now(UTC)
        for each in phones:
            each.work(each.get_codes(records), now - timedelta(minutes=5))
        url = cluster.superuser_url(DATABASE)
        with psycopg.connect(url) as conn:  # the day began before: blocks were there in the morning
            conn.execute("UPDATE code_block SET issued_at = issued_at - interval '7 days'")
        seconds, away_s = _send(cluster, phones, told)
        sent = [record for each in phones for record in each.records]
        wait_until("all is decided", lambda: not _count(url, _UNDECIDED), _SETTLE_S)
        return _figures(url, sent, told, seconds, away_s)


def _send(cluster: PrivateCluster, phones: list[Phone], told: Told) -> tuple[float, float]:
    """Let all phones send; give the seconds it took, and those PostgreSQL was killed for."""
    wanted = sum(len(each.records) for each in phones)
    begun = time.monotonic()
    for each in phones:
        each.start()
    wait_until("half of the receipts", lambda: len(told.receipts) * 2 >= wanted, _PATIENCE_S)
    killed = time.monotonic()
    kill_and_start(cluster)
    away_s = time.monotonic() - killed
    for each in phones:
        each.join(_PATIENCE_S)
        if each.is_alive():
            raise TimeoutError(f"{each.name} still sends")
    return time.monotonic() - begun, away_s


_UNDECIDED = "SELECT count(*) FROM submission WHERE waits_for = 'register'"
_REVIEWED = "SELECT count(*) FROM submission WHERE waits_for = 'review'"
_ADDRESSES = "SELECT count(*) FROM address_current WHERE status = 'current'"
_CODES = """
SELECT count(*) FROM submission s JOIN address a ON a.address_id = s.address_id AND a.code = s.code
"""


def _count(url: str, statement: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute(statement.encode()).fetchone()
    return 0 if row is None else int(row[0])


def _figures(
    url: str, sent: list[Record], told: Told, seconds: float, away_s: float
) -> list[Figure]:
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT submission_id, payload FROM submission_revision").fetchall()
    kept = [(identity, hashlib.sha256(text.encode()).hexdigest()) for identity, text in rows]
    there = dict(kept)
    lost = [each for each in sent if there.get(each.id) != each.sha256]
    unlike = [each for each in sent if told.receipts.get(each.id, {}).get("sha256") != each.sha256]
    for what in told.refused[:5]:
        print(what, file=sys.stderr)
    waiting = _count(url, _REVIEWED)
    return [
        Figure("records sent", len(sent), "records"),
        Figure("all receipts after", seconds, "s"),
        Figure("receipts", len(told.receipts) / seconds, "per s"),
        Figure("a receipt, median", statistics.median(told.took_s) * 1000, "ms"),
        Figure("a receipt, p99", statistics.quantiles(told.took_s, n=100)[98] * 1000, "ms"),
        Figure("PostgreSQL killed and back", away_s, "s"),
        *(Figure(f"errors phones met: {kind}", count, "attempts")
          for kind, count in sorted(told.errors.items())),
        Figure("refused", len(told.refused), "records", 0, "lower"),
        Figure("records lost or changed", len(lost), "records", 0, "lower"),
        Figure("receipts of other bytes", len(unlike), "records", 0, "lower"),
        Figure("records there twice", len(kept) - len(there), "records", 0, "lower"),
        Figure("waiting for a supervisor", waiting, "records"),
        Figure("addresses missing or too many", abs(_count(url, _ADDRESSES) + waiting - len(sent)),
               "addresses", 0, "lower"),
        Figure("addresses without the phone's code", len(sent) - waiting - _count(url, _CODES),
               "addresses", 0, "lower"),
    ]  # fmt: skip


async def _issue_keys(url: str, count: int) -> list[str]:
    engine = make_engine(Settings.model_validate({"database_url": url}))
    now = datetime.now(UTC)

    async def issue(number: int) -> str:
        async with transaction(engine) as conn:
            return await create_device(
                conn,
                command_line("benchmark"),
                name=f"phone {number}",
                held_by="benchmark",
                areas=[str(10_000 + number % COMMUNES)],
                expires_at=now + timedelta(days=2),
                at=now,
            )

    try:
        return [await issue(number) for number in range(count)]
    finally:
        await engine.dispose()
