"""Assigning addresses one by one, rules and duplicate check on, against bare single-row inserts.

Both run as the server runs: in one process on its event loop, each write in a transaction of its
own on a connection of the write door, without HTTP.

The bare insert writes one row with the same bytes (document, keys, position, identity) into one
table that has the indexes of the registry's projection, in a transaction of its own through the
same door, with as many clients. Rounds of both alternate in one run on one durable server. The
registry already holds addresses around, so that the check finds neighbours to judge. What the
ratio holds apart: an assignment also locates the commune, draws a code, looks for duplicates under
locks, writes identity, version, projection, event and audit row, reads back what it answers, and
holds that to the rules of quality. About a minute.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable

import psycopg
import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock, today
from addrsvc.db.doors import make_engine
from addrsvc.db.migrate import upgrade
from addrsvc.db.rows import execute
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.registry.quality import service as quality
from addrsvc.registry.quality.register_names import NamesInMemory
from addrsvc.registry.quality.service import Registers
from addrsvc.settings import Settings
from addrsvc.types import LonLat
from benchmarks.crash import FILL
from benchmarks.figures import Figure

_CLERK = command_line("benchmark")
_COMMUNES = 12
_BARE = """
CREATE TABLE bare (LIKE address_current INCLUDING DEFAULTS);
ALTER TABLE bare ADD COLUMN code text COLLATE "C", ADD COLUMN document jsonb NOT NULL,
    ADD PRIMARY KEY (address_id), ADD UNIQUE (code);
CREATE INDEX ON bare (commune_code, address_id);
CREATE INDEX ON bare USING gist (position);
CREATE INDEX ON bare (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ON bare (base_key, commune_code, number_key) WHERE base_key IS NOT NULL;
"""
_ROW = """
SELECT c.*, a.code, v.document::text AS document FROM address_current c
JOIN address a USING (address_id) JOIN address_version v USING (address_id, version)
WHERE address_id = (SELECT max(address_id) FROM address_current)
"""
_INSERT = """
INSERT INTO bare (address_id, version, status, kind, visibility, commune_code, commune_valid_from,
                  base_key, number_key, parent_id, position, code, document)
VALUES (%(address_id)s, %(version)s, %(status)s, %(kind)s, %(visibility)s, %(commune_code)s,
        %(commune_valid_from)s, %(base_key)s, %(number_key)s, %(parent_id)s,
        %(position)s::geometry, %(code)s, %(document)s::jsonb)
"""

Step = Callable[[AsyncEngine, int], Awaitable[None]]


def add_options(parser: ArgumentParser) -> None:
    """Say how large it is to be."""
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--each", type=int, default=1_000, help="writes in one round of each")


def run(options: Namespace) -> list[Figure]:
    """Alternate rounds of both, after one of each that does not count."""
    with throw_away_cluster(durable=True) as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(FILL.encode())
            conn.execute(_BARE)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_measured(url, options))


async def _measured(url: str, options: Namespace) -> list[Figure]:
    settings = {"database_url": url, "pool_size": options.clients}
    engine = make_engine(Settings.model_validate(settings))
    rates: dict[str, list[float]] = {"assign": [], "bare": []}
    times: dict[str, list[float]] = {"assign": [], "bare": []}
    assign = _assigning()
    try:
        for turn in range(options.rounds + 1):
            first = turn * options.each
            bare = await _bare_insert(engine) if turn else None
            for name, step in (("assign", assign), ("bare", bare)):
                if step is None:
                    continue
                spent = await _round(
                    engine, step, first, options.each, options.clients, times[name]
                )
                rates[name].append(options.each / spent)
            if turn == 0:
                rates["assign"].clear()
                times["assign"].clear()
                async with transaction(engine) as conn:
                    await conn.exec_driver_sql("ANALYZE")
    finally:
        await engine.dispose()
    assign_rate, bare_rate = (statistics.median(rates[name]) for name in ("assign", "bare"))
    ratios = [one / other for one, other in zip(rates["assign"], rates["bare"], strict=True)]
    return [
        Figure("assign", assign_rate, "addresses/s"),
        Figure("bare insert", bare_rate, "rows/s"),
        Figure("ratio", statistics.median(ratios), "", 0.3),
        Figure("ratio, worst round", min(ratios), ""),
        Figure("ratio, best round", max(ratios), ""),
        Figure("assign p50", _quantile(times["assign"], 0.5) * 1000, "ms"),
        Figure("assign p99", _quantile(times["assign"], 0.99) * 1000, "ms"),
        Figure("bare p99", _quantile(times["bare"], 0.99) * 1000, "ms"),
    ]


def _quantile(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]


async def _round(
    engine: AsyncEngine, step: Step, first: int, count: int, clients: int, times: list[float]
) -> float:
    """Write so many with so many clients; give the seconds."""
    numbers = iter(range(first, first + count))

    async def client() -> None:
        for number in numbers:
            begun = time.perf_counter()
            await step(engine, number)
            times.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return time.perf_counter() - begun


def _place(number: int) -> LonLat:
    """Give the next place of a row of houses: 5 m from the last, on one of twelve streets."""
    commune, place = number % _COMMUNES, number // _COMMUNES
    lon = 106.001 + commune * 0.1 + (place % 1_800) * 0.00005
    return LonLat(round(lon, 7), round(10.901 + place // 1_800 * 0.0005, 7))


def _house(number: int) -> AssignAddress:
    return AssignAddress(
        Kind.DWELLING,
        "synthetic",
        Components(house_number=str(number), thoroughfare="Đường Mẫu"),
        Position(_place(number), 5, Method.GNSS, Marks.ENTRANCE),
    )


def _assigning() -> Step:
    """Give a step that registers a house and gathers the findings of its answer, as the route."""
    registers, clock = Registers(UnitsInMemory(), NamesInMemory()), SystemClock()

    async def assign(engine: AsyncEngine, number: int) -> None:
        async with transaction(engine) as conn:
            address = await service.assign_address(conn, _CLERK, _house(number), clock)
            await quality.check(conn, address, registers, today(clock))

    return assign


async def _bare_insert(engine: AsyncEngine) -> Step:
    """Give a step that inserts the row of an assignment under numbers, codes, places of its own."""
    async with transaction(engine) as conn:
        found = (await conn.exec_driver_sql(_ROW)).mappings().one()
    row = dict(found)

    async def insert(engine: AsyncEngine, number: int) -> None:
        point = _place(number)
        params = {
            **row,
            "address_id": number,
            "code": f"{number:010d}",
            "number_key": f"{number:05d}",
            "commune_code": str(10_000 + number % _COMMUNES),
            "position": f"SRID=4326;POINT({point.lon!r} {point.lat!r})",
        }
        async with transaction(engine) as conn:
            await execute(conn, _INSERT, params)

    return insert
