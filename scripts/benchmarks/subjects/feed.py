"""Following the feed: pages by one and by eight readers, the lag behind commits, a snapshot.

Pages of 1,000 events are read over HTTP from one worker and, in rounds that alternate, by the bare
SELECT through psycopg; readers only count bytes, as a client in Python would measure itself. The
lag is from the moment a commit was acknowledged to the moment a reader that waits has the event,
with the sealer at its usual pace beside. Memory is the worker's, before and after a snapshot of
all addresses. About a minute.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import statistics
import subprocess
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_key
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.db.transaction import transaction
from addrsvc.events.sealing import keep_sealing, seal_all
from addrsvc.settings import Settings
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.subjects.lookup import FILL

_PAGE = 1_000
_READERS = 8
_ROUNDS = 5
_BARE = """
SELECT number, recorded_at, type, subject, data, hash FROM event
WHERE number > %s ORDER BY number LIMIT 1000
"""
_EVENTS = """
INSERT INTO event (recorded_at, type, subject, data)
SELECT now(), 'address.assigned', code, jsonb_build_object('version', 1, 'commune', '25747')
FROM address ORDER BY address_id
"""


def add_options(parser: ArgumentParser) -> None:
    """Say how large it is to be."""
    parser.add_argument("--addresses", type=int, default=60_000, help="each with one event")
    parser.add_argument("--lagging", type=int, default=150, help="events whose lag is taken")


def run(options: Namespace) -> list[Figure]:
    """Fill and seal a register, then measure."""
    with throw_away_cluster() as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(FILL.format(rows=options.addresses).encode())
            conn.execute(_EVENTS)
            conn.execute("VACUUM ANALYZE")
        all_key, some_key = asyncio.run(_prepare(url))
        with running_service(url, known_per_minute="100000000") as base:
            figures = _pages(url, base, options.addresses, all_key, some_key)
            figures += _snapshot(base, options.addresses, all_key)
            with _sealer(url):
                figures += _lags(url, base, options, all_key)
    return figures


async def _prepare(url: str) -> tuple[str, str]:
    """Seal everything; give a key that sees all, and one that does not."""
    engine = make_engine(Settings.model_validate({"database_url": url}))
    await seal_all(engine)
    keys = []
    for more in ([Scope.ADDRESSES_SECRET, Scope.DOSSIERS_READ], []):
        async with transaction(engine) as conn:
            key = await create_key(
                conn,
                command_line("benchmark"),
                name="benchmark",
                scopes=[Scope.EVENTS_READ, Scope.ADDRESSES_READ, *more],
                expires_at=None,
                at=SystemClock().now(),
            )
        keys.append(key)
    await engine.dispose()
    return keys[0], keys[1]


def _get(base: str, key: str) -> Callable[[str], bytes]:
    """Give a reader with a connection of its own."""
    conn = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)

    def read(path: str) -> bytes:
        conn.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = conn.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {body.decode()[:300]}")
        return body

    return read


def _events_per_s(base: str, key: str, count: int, readers: int, more: str = "") -> float:
    """Read all events with so many readers, each all of them; give the rate of all together."""

    def one(_: int) -> None:
        read = _get(base, key)
        for after in range(0, count, _PAGE):
            read(f"/v1/events?after={after}&limit={_PAGE}{more}")

    begun = time.perf_counter()
    with ThreadPoolExecutor(readers) as pool:
        list(pool.map(one, range(readers)))
    return count * readers / (time.perf_counter() - begun)


def _bare_per_s(url: str, count: int) -> float:
    with psycopg.connect(url, autocommit=True) as conn:
        begun = time.perf_counter()
        for after in range(0, count, _PAGE):
            conn.execute(_BARE, [after]).fetchall()
        return count / (time.perf_counter() - begun)


def _pages(url: str, base: str, count: int, all_key: str, some_key: str) -> list[Figure]:
    rates: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        measured = {
            "bare SELECT": _bare_per_s(url, count),
            "1 reader": _events_per_s(base, all_key, count, 1),
            "8 readers": _events_per_s(base, all_key, count // 4, _READERS),
            "1 reader that does not see all": _events_per_s(base, some_key, count // 4, 1),
            "1 reader, with addresses": _events_per_s(
                base, all_key, count // 10, 1, "&include=addresses"
            ),
        }
        for name, rate in measured.items():
            rates.setdefault(name, []).append(rate)
    bare = rates["bare SELECT"]
    figures = [Figure(name, statistics.median(each), "events/s") for name, each in rates.items()]
    for name in ("1 reader", "8 readers"):
        ratios = [one / other for one, other in zip(rates[name], bare, strict=True)]
        figures.append(Figure(f"{name} / bare SELECT", statistics.median(ratios), "ratio"))
    return figures


def _snapshot(base: str, count: int, key: str) -> list[Figure]:
    """Take a snapshot twice: what the first has warmed is no growth of the second."""
    read, rates = _get(base, key), []
    before = 0.0
    for _ in range(2):
        before = _memory_mib(base)
        begun = time.perf_counter()
        if read("/v1/snapshot").count(b"\n") != count + 2:
            raise RuntimeError("the snapshot is not whole")
        rates.append(count / (time.perf_counter() - begun))
    return [
        Figure("snapshot", max(rates), "addresses/s"),
        Figure(
            "growth of the worker by a snapshot", _memory_mib(base) - before, "MiB", 20, "lower"
        ),
    ]


def _memory_mib(base: str) -> float:
    """Give the resident memory of the process that listens."""
    port = urlsplit(base).port
    listed = subprocess.run(  # noqa: S603 - a pattern of our own
        ["pgrep", "-f", f"uvicorn.*--port={port}"],  # noqa: S607 - where the system has it
        capture_output=True,
        text=True,
        check=True,
    )
    status = Path(f"/proc/{listed.stdout.split()[0]}/status").read_text(encoding="ascii")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kib) / 1024


@contextmanager
def _sealer(url: str) -> Iterator[None]:
    """Seal beside, as the worker of ``scripts/serve`` does."""
    is_over = threading.Event()

    async def seal() -> None:
        engine = make_engine(Settings.model_validate({"database_url": url}))
        keeping = asyncio.create_task(keep_sealing(engine))
        await asyncio.to_thread(is_over.wait)
        keeping.cancel()
        await asyncio.wait([keeping])
        await engine.dispose()

    thread = threading.Thread(target=lambda: asyncio.run(seal()))
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _lags(url: str, base: str, options: Namespace, key: str) -> list[Figure]:
    """Commit events one by one, and take the time until a reader that waits has each."""
    committed: dict[str, float] = {}
    had: dict[str, float] = {}

    def follow() -> None:
        read, after = _get(base, key), options.addresses
        while len(had) < options.lagging:
            page = json.loads(read(f"/v1/events?after={after}&wait=25"))
            now = time.perf_counter()
            after = page["next"]
            had.update((each["subject"], now) for each in page["items"])

    reader = threading.Thread(target=follow)
    reader.start()
    statement = "INSERT INTO event (recorded_at, type, subject) VALUES (now(), 'test.done', %s)"
    with psycopg.connect(url, autocommit=True) as conn:
        for number in range(options.lagging):
            conn.execute(statement, [f"lag {number}"])
            committed[f"lag {number}"] = time.perf_counter()
            time.sleep(0.05 + number % 7 / 100)
    reader.join(60)
    lags = sorted(1000 * (had[subject] - at) for subject, at in committed.items())
    return [
        Figure("lag p50", lags[len(lags) // 2], "ms", 500, "lower"),
        Figure("lag p99", lags[int(len(lags) * 0.99)], "ms", 2_000, "lower"),
    ]
