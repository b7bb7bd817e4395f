"""Many clients register one door at once, thousands of times; at the end, how many got in.

A race is a door that several clients register at the same moment, each through a connection and
transaction of its own, by the service as it stands. Their positions are scattered over 8 m across
the edges of the cells that are locked. There are four sorts of doors: with street and number, with
a number alone, on the border of two communes (codes of two prefixes: nothing else makes writers
take turns), and proposals that have no position. Then a smaller round in which the locks are left
out, which must show duplicates: else this bench could not fail. Ends with 1 when a duplicate is
found in the first, or none in the second. About ten minutes for 100,000 attempts.
"""

from __future__ import annotations

import asyncio
import random
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.db.transaction import transaction
from addrsvc.geo.measure import moved
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.duplicates import refusing
from addrsvc.registry.duplicates.errors import DuplicateAddress
from addrsvc.registry.duplicates.report import find_groups
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.settings import Settings
from addrsvc.types import LonLat
from benchmarks.crash import FILL
from benchmarks.figures import Figure

GATE = True
_CLERK = command_line("benchmark")
_ROW_DEG = 25 / 110_574
"""Height of a row of cells: doors lie on the edges between rows."""
_JITTER_M = 8.0
_SORTS = ("street and number", "number alone", "border of communes", "proposal")
_COMMUNES = 12
_AT_ONCE = 4
"""Doors contested at one time."""


@dataclass(slots=True)
class Round:
    """What became of the attempts of one round."""

    attempts: int = 0
    registered: int = 0
    refused: int = 0
    duplicates: int = 0
    seconds: float = 0.0
    times_s: list[float] = field(default_factory=list)


def add_options(parser: ArgumentParser) -> None:
    """Say how large it is to be."""
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=8, help="at each door")
    parser.add_argument("--minutes", type=float, default=30, help="begin no door after so many")


def run(options: Namespace) -> list[Figure]:
    """Race with the locks and, less often, without."""
    doors = options.attempts // options.clients
    with throw_away_cluster(durable=True) as cluster:
        url = _filled(cluster.superuser_url())
        whole = asyncio.run(race(url, doors, options.clients, minutes=options.minutes))
        broken_url = cluster.create_database("broken")
        few = min(doors, 500)
        broken = asyncio.run(race(_filled(broken_url), few, options.clients, locked=False))
    times = sorted(whole.times_s)
    return [
        Figure("attempts", whole.attempts, "attempts", options.attempts - options.clients),
        Figure("doors registered", whole.registered, "addresses"),
        Figure("refused as duplicates", whole.refused, "attempts"),
        Figure("duplicates", whole.duplicates, "addresses", 0, "lower"),
        Figure("rate", whole.attempts / whole.seconds, "attempts/s"),
        Figure("p99 of an attempt", times[int(len(times) * 0.99)] * 1000, "ms"),
        Figure("without locks: attempts", broken.attempts, "attempts"),
        Figure("without locks: duplicates", broken.duplicates, "addresses", 1),
    ]


def _filled(url: str) -> str:
    upgrade(url)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(FILL.encode())
    return url


async def race(
    url: str, doors: int, clients: int, *, minutes: float = 30, locked: bool = True
) -> Round:
    """Race for so many doors, a few at a time, and count what looks alike in the end."""
    settings = Settings.model_validate({"database_url": url, "pool_size": clients * _AT_ONCE})
    engine = make_engine(settings)
    take_locks = refusing.take_locks
    try:
        if not locked:
            refusing.take_locks = _take_none
        outcome = await _race(engine, doors, clients, minutes * 60)
        async with transaction(engine) as conn:
            await conn.exec_driver_sql("ANALYZE")
            groups = await find_groups(conn, _CLERK)
        outcome.duplicates = sum(len(each.members) - 1 for each in groups)
        return outcome
    finally:
        refusing.take_locks = take_locks
        await engine.dispose()


async def _take_none(conn: object, keys: object) -> None:
    """Stand for the locks in the broken round."""


async def _race(engine: AsyncEngine, doors: int, clients: int, most_s: float) -> Round:
    outcome = Round()
    begun = time.perf_counter()
    waiting = _doors(doors, clients)

    async def visit() -> None:
        for commands in waiting:
            if time.perf_counter() - begun > most_s:
                return
            await asyncio.gather(*(_attempt(engine, each, outcome) for each in commands))

    await asyncio.gather(*(visit() for _ in range(_AT_ONCE)))
    outcome.seconds = time.perf_counter() - begun
    return outcome


async def _attempt(engine: AsyncEngine, command: AssignAddress, outcome: Round) -> None:
    begun = time.perf_counter()
    try:
        async with transaction(engine) as conn:
            await service.assign_address(conn, _CLERK, command, SystemClock())
    except DuplicateAddress:
        outcome.refused += 1
    else:
        outcome.registered += 1
    outcome.attempts += 1
    outcome.times_s.append(time.perf_counter() - begun)


def _doors(doors: int, clients: int) -> Iterator[list[AssignAddress]]:
    """Give what each client of each door sends."""
    draw = random.Random(1)  # noqa: S311 - where people stand
    for number in range(doors):
        # doors contested at one time lie in different communes, so that prefixes do not order them
        slot, commune = divmod(number, _COMMUNES - 1)
        place, sort = slot // len(_SORTS), _SORTS[slot % len(_SORTS)]
        # 66 m apart: no two doors are within reach of each other
        row, column = divmod(place, 100)
        lat = round((10.91 + row * 0.0006) / _ROW_DEG) * _ROW_DEG
        lon = 106.02 + commune * 0.1 + column * 0.0006
        if sort == "border of communes":
            lon, lat = 106.1 + commune * 0.1, 10.905 + place * 0.0003
        elif sort == "number alone":
            lat += 0.04
        yield [
            _command(sort, number, 10_000 + commune, moved(LonLat(lon, lat), bearing, metres))
            for bearing, metres in (
                (draw.uniform(0, 360), draw.uniform(0, _JITTER_M / 2)) for _ in range(clients)
            )
        ]


def _command(sort: str, number: int, commune: int, point: LonLat) -> AssignAddress:
    street = "Đường Mẫu" if sort in {"street and number", "proposal"} else None
    components = Components(house_number=str(number), thoroughfare=street)
    if sort == "proposal":
        return AssignAddress(Kind.DWELLING, "synthetic", components, commune_code=str(commune))
    point = LonLat(round(point.lon, 7), round(point.lat, 7))
    position = Position(point, 5, Method.GNSS, Marks.ENTRANCE)
    return AssignAddress(Kind.DWELLING, "synthetic", components, position)
