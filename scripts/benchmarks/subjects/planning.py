"""What plans say of all addresses of a province, beside a bare join; one overlay over HTTP.

    scripts/bench planning                 286,947 addresses, 50,000 zones, five rounds
    scripts/bench planning --zones 5000 --rounds 2 --asked 200      for a smaller machine
    scripts/bench planning --keep DIR      keep the filled cluster for the next run

In each round, in turn on one connection: PostGIS alone joins addresses and pieces of zones by
ST_Intersects and sends number and number; the same by ST_DWithin, which is what the product asks
for, since a point within a centimetre of a zone is in it; and the product gives code, plan and land
use, each once, of those whoever asks may see. A ratio is of one round; the median is told. Then one
client asks one worker over HTTP and waits for each answer: plots of 10 to 60 m of side, turned, at
addresses; points; addresses. Takes three minutes, one of which makes the zones.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, LiteralString

import httpx
import numpy as np
import psycopg
import shapely
from shapely import affinity

from addrsvc.auth.model import command_line
from addrsvc.planning.asking import EDGE_DEG, QUERIES
from addrsvc.planning.many import Asked, plans_of, stream_uses
from benchmarks import loaded
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.plan_loading import load_plan
from benchmarks.plan_maker import areas_of, make_zones
from benchmarks.synthetic import communes

_PLENTY = "1000000000"
_DAY = date(2026, 6, 1)
_BARE: LiteralString = """
COPY (SELECT c.address_id, s.zone_id FROM address_current c
      JOIN planning_piece s ON ST_Intersects(s.piece, c.position)) TO STDOUT
"""
_BARE_WITHIN: LiteralString = """
COPY (SELECT c.address_id, s.zone_id FROM address_current c
      JOIN planning_piece s ON ST_DWithin(s.piece, c.position, 9e-8)) TO STDOUT
"""
_PLACES = """
SELECT a.code, ST_X(c.position), ST_Y(c.position)
FROM address_current c JOIN address a USING (address_id)
WHERE c.status = 'current' AND c.visibility = 'public' AND a.code IS NOT NULL
ORDER BY md5(a.code) LIMIT %s
"""

Connection = psycopg.AsyncConnection[Any]
Work = Callable[[Connection], Awaitable[int]]
Place = tuple[str, float, float]


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--keep", type=Path, help="folder in which the filled cluster stays")
    parser.add_argument("--zones", type=int, default=50_000, help="zones of the plan")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the joins")
    parser.add_argument("--asked", type=int, default=1_000, help="questions over HTTP of each sort")


def run(arguments: Namespace) -> list[Figure]:
    """Measure on the synthetic province."""
    with loaded.loaded("s", arguments.keep) as registry:
        _prepare(registry.url, arguments.zones)
        figures = asyncio.run(_joined(registry.url, arguments.rounds))
        with psycopg.connect(registry.url) as conn:
            places = conn.execute(_PLACES, [arguments.asked]).fetchall()
        with running_service(registry.url, anonymous_per_minute=_PLENTY) as base:
            return figures + asyncio.run(_asked(base, places))


def _prepare(url: str, count: int) -> None:
    """Have one plan of so many zones in force."""
    with psycopg.connect(url, autocommit=True) as conn:
        found = conn.execute("SELECT count(*) FROM planning_zone").fetchone()
        if found == (count,):
            return
        conn.execute("TRUNCATE plan CASCADE")
    areas = areas_of(communes.DATA / "binhduong_new_communes.geojson")
    load_plan(url, make_zones(areas, count, seed=1))


async def _joined(url: str, rounds: int) -> list[Figure]:
    """Join in turn; every way once before anything counts."""
    ways: dict[str, Work] = {
        "bare": _copied(_BARE),
        "bare within": _copied(_BARE_WITHIN),
        "product": _product,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    rows: dict[str, int] = {}
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        await _refuse_whole_tables(conn)
        counted = await conn.execute("SELECT count(*) FROM address_current")
        (addresses,) = await counted.fetchone() or (0,)
        for turn in range(rounds + 1):
            for name, work in ways.items():
                begun = time.perf_counter()
                rows[name] = await work(conn)
                if turn:
                    took[name].append(time.perf_counter() - begun)
    if abs(rows["product"] - rows["bare within"]) > rows["bare within"] * 0.01:
        raise RuntimeError(f"they found different things: {rows}")

    def ratio(name: str) -> float:
        pairs = zip(took[name], took["product"], strict=True)
        return statistics.median(bare / product for bare, product in pairs)

    rates = {name: addresses / statistics.median(each) for name, each in took.items()}
    return [
        Figure("addresses overlaid", rates["product"], "per s"),
        Figure("the same, bare ST_Intersects join", rates["bare"], "per s"),
        Figure("product / bare ST_Intersects", ratio("bare"), "ratio", 0.7),
        Figure("product / bare ST_DWithin", ratio("bare within"), "ratio"),
        Figure("rows found", rows["product"], "rows"),
    ]


async def _refuse_whole_tables(conn: Connection) -> None:
    """Look at the plan of the product's statement."""
    params = {
        "after": 0,
        "last": 20_000,
        "plan_ids": [1],
        "edge_deg": EDGE_DEG,
        "areas": None,
        "visibilities": ["public"],
    }
    found = await conn.execute(f"EXPLAIN {QUERIES['uses_of_chunk']}", params)
    lines = "\n".join(line for (line,) in await found.fetchall())
    if "planning_piece_piece_idx" not in lines and "address_current_position_idx" not in lines:
        raise RuntimeError(f"the join does not walk the index:\n{lines}")


def _copied(statement: LiteralString) -> Work:
    async def work(conn: Connection) -> int:
        lines = 0
        async with conn.cursor().copy(statement) as copy:
            async for block in copy:
                lines += bytes(block).count(b"\n")
        return lines

    return work


async def _product(conn: Connection) -> int:
    principal, asked = command_line("bench"), Asked(_DAY)
    plans = sorted(await plans_of(conn, principal, asked))
    return sum([len(some) async for some in stream_uses(conn, principal, asked, plans)])


async def _asked(base: str, places: list[Place]) -> list[Figure]:
    """Ask one question after the other."""
    random = np.random.default_rng(5)
    figures = []
    async with httpx.AsyncClient(base_url=base, timeout=30) as client:
        for name, requests in (
            ("overlay of a plot", [_plot(random, each) for each in places]),
            ("point", [_point(each) for each in places]),
            ("address", [("GET", f"/v1/addresses/{code}/planning", None) for code, _, _ in places]),
        ):
            for request in requests[:20]:  # pools and plans
                await _timed(client, *request)
            took_ms = [await _timed(client, *request) for request in requests]
            for percent in (50, 99):
                value = float(np.percentile(took_ms, percent))
                figures.append(Figure(f"{name} over HTTP p{percent}", value, "ms"))
    return figures


Request = tuple[str, str, dict[str, Any] | None]


def _plot(random: np.random.Generator, place: Place) -> Request:
    _, lon, lat = place
    half_w, half_h = random.uniform(5, 30, 2) / 110_000
    box = shapely.box(lon - half_w, lat - half_h, lon + half_w, lat + half_h)
    turned = affinity.rotate(box, random.uniform(0, 90))
    return "POST", "/v1/planning/overlay", {"geometry": shapely.geometry.mapping(turned)}


def _point(place: Place) -> Request:
    _, lon, lat = place
    return "GET", f"/v1/planning/at?lon={lon}&lat={lat}&accuracy_m=10&at={_DAY}", None


async def _timed(client: httpx.AsyncClient, method: str, path: str, body: Any) -> float:
    begun = time.perf_counter()
    answer = await client.request(method, path, json=body)
    took_ms = (time.perf_counter() - begun) * 1000
    if answer.status_code != 200 or not answer.json()["as_of"]:
        raise RuntimeError(answer.text[:500])
    return took_ms
