"""Somebody walks through codes, from one address and from fifty, while others look things up.

A real server with two workers, each counting for itself, and once more with a Redis they share. A
scraper asks 100,000 codes in a row, one in twenty of which is in use, as fast as it is answered; it
names its address as a proxy would. Five ordinary clients look up what they know, once in two
seconds each. Then a thousand wrong keys a second from one address. A minute each.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import socket
import subprocess
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from addrsvc.auth.keys import new_key
from addrsvc.auth.limits import RouteClass, table
from addrsvc.cli.web_server import free_port
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.open_loop import Asker, Told
from benchmarks.processes import cpu_s, server_processes
from benchmarks.subjects.overload import fill

_ROWS = 20_000
_WORKERS = 2
_CODES = 100_000
_HIT_SHARE = 0.05
_AT_ONCE = 32
_PEOPLE = 5
_PACE_S = 2.0
_GUESSES_PER_S = 1_000


@dataclass(slots=True)
class Scraped:
    """What a scraper got in a while, and how ordinary clients fared beside it."""

    minutes: float
    asked: int
    hits: int
    misses: int
    people: Told


def add_options(parser: ArgumentParser) -> None:
    """Say how long, and with what."""
    parser.add_argument("--seconds", type=float, default=60, help="of each part")
    parser.add_argument("--skip-redis", action="store_true")


def run(options: Namespace) -> list[Figure]:
    """Measure with counts of each worker, then with shared ones."""
    with throw_away_cluster() as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        codes = fill(url, _ROWS)
        with running_service(url, workers=_WORKERS) as base:
            found = asyncio.run(measure(base, codes, options.seconds, "each worker"))
        if not options.skip_redis:
            with (
                _redis() as redis_url,
                running_service(url, workers=_WORKERS, redis_url=redis_url) as base,
            ):
                found += asyncio.run(measure(base, codes, options.seconds, "Redis"))
    return found


async def measure(base: str, codes: list[str], seconds: float, counting: str) -> list[Figure]:
    """Scrape a running service from one address and from fifty, then guess keys."""
    asker, figures = Asker(base), []
    await asker.flood([f"/v1/codes/{code}" for code in codes[:20]], per_s=20, seconds=1)
    calm = await _people(asker, codes, min(seconds, 20))
    await _next_minute(seconds)
    for addresses in (1, 50):
        found = await _scrape(asker, codes, addresses, min(seconds, 59))
        hits = table.ANONYMOUS[RouteClass.LOOKUP].per_minute * addresses
        misses = _misses_allowed(addresses)
        name = f"{counting}, {addresses} addresses: "
        figures += [
            Figure(f"{name}asked", found.asked / found.minutes, "per min"),
            Figure(f"{name}answered 200", found.hits / found.minutes, "per min", hits, "lower"),
            Figure(f"{name}answered 404", found.misses / found.minutes, "per min", misses, "lower"),
            Figure(f"{name}people refused", 1 - found.people.share(200), "share", 0, "lower"),
            Figure(f"{name}people's p95", found.people.ms(95), "ms"),
            Figure(
                f"{name}people's p95 / without",
                found.people.ms(95) / calm.ms(95),
                "ratio",
                5,
                "lower",
            ),
        ]
        await _next_minute(seconds)
    guessed, cpu_share = await _guess(asker, base, min(seconds, 10))
    await asker.close()
    return [
        *figures,
        Figure(
            f"{counting}: guesses of keys tried", guessed[401], "", aim_of_guesses(seconds), "lower"
        ),
        Figure(f"{counting}: guesses that were good", guessed[200], "", 0, "lower"),
        Figure(f"{counting}: processor for 1,000 guesses a second", cpu_share, "cores", 1, "lower"),
    ]


def aim_of_guesses(seconds: float) -> float:
    """Give how many wrong keys may be tried: those of the minutes begun."""
    return table.ANONYMOUS[RouteClass.SIGN_IN].per_minute * (1 + min(seconds, 10) // 60 + 1)


def _misses_allowed(addresses: int) -> float:
    """Give the misses told in a minute: until the alarm, then few for each."""
    if addresses == 1:
        return table.ANONYMOUS_MISSES.per_minute
    return 300 + table.ALARMED_MISSES_PER_MINUTE * addresses


async def _next_minute(seconds: float) -> None:
    """Wait for the next minute of the limits, unless this is only a trial."""
    if seconds >= 30:
        await asyncio.sleep(60 - time.time() % 60 + 0.1)


async def _people(asker: Asker, codes: list[str], seconds: float) -> Told:
    """Look up as people do: what they know, each from an address of their own."""
    told, until = Told(), time.perf_counter() + seconds

    async def person(number: int) -> None:
        draw = random.Random(number)  # noqa: S311 -- no secret
        await asyncio.sleep(draw.random() * _PACE_S)
        while time.perf_counter() < until:
            began = time.perf_counter()
            path = f"/v1/addresses/{draw.choice(codes)}"
            status = await asker.ask(path, f"X-Forwarded-For: 203.0.113.{number}")
            told.note(status, time.perf_counter() - began)
            await asyncio.sleep(_PACE_S)

    await asyncio.gather(*(person(number) for number in range(1, _PEOPLE + 1)))
    return told


async def _scrape(asker: Asker, codes: list[str], addresses: int, seconds: float) -> Scraped:
    """Walk through codes as fast as answers come, from so many addresses in turn."""
    draw = random.Random(addresses)  # noqa: S311 -- no secret
    walk = iter(
        draw.choice(codes) if draw.random() < _HIT_SHARE else f"75123{number % 100_000:05d}"
        for number in range(_CODES)
    )
    statuses, until = Counter[int](), time.perf_counter() + seconds

    async def turn(number: int) -> None:
        while time.perf_counter() < until and (code := next(walk, None)) is not None:
            address = f"198.51.100.{statuses.total() % addresses + 1}"
            statuses[await asker.ask(f"/v1/addresses/{code}", f"X-Forwarded-For: {address}")] += 1
            if number % 8 == 0:
                await asyncio.sleep(0)

    began = time.perf_counter()
    walking = [asyncio.create_task(turn(number)) for number in range(_AT_ONCE)]
    people = await _people(asker, codes, seconds)
    await asyncio.gather(*walking)
    minutes = max(1.0, (time.perf_counter() - began) / 60)
    return Scraped(minutes, statuses.total(), statuses[200], statuses[404], people)


async def _guess(asker: Asker, base: str, seconds: float) -> tuple[Counter[int], float]:
    """Send wrong keys from one address; give the answers and how many cores they took."""
    pids, statuses = server_processes(base), Counter[int]()
    before, began = cpu_s(pids), time.perf_counter()

    async def one() -> None:
        key = f"Authorization: Bearer {new_key().text}"
        statuses[await asker.ask("/v1/addresses", key, "X-Forwarded-For: 192.0.2.7")] += 1

    tasks: set[asyncio.Task[None]] = set()
    for number in range(int(_GUESSES_PER_S * seconds)):
        await asyncio.sleep(max(0.0, began + number / _GUESSES_PER_S - time.perf_counter()))
        task = asyncio.create_task(one())
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return statuses, (cpu_s(pids) - before) / (time.perf_counter() - began)


@contextlib.contextmanager
def _redis() -> Iterator[str]:
    """Run a Redis that keeps nothing."""
    command = shutil.which("redis-server")
    if command is None:
        raise FileNotFoundError("redis-server: install the Debian package redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([command, *options], stdout=subprocess.DEVNULL)  # noqa: S603 -- our own
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()
