"""Vector tiles of a plan of 50,000 zones: made ready, drawn, kept; and the first screen of its map.

    scripts/bench plan_tiles               50,000 zones, 300 tiles of each zoom
    scripts/bench plan_tiles --zones 5000 --tiles 50      for a smaller machine

One client asks one worker over HTTP and waits for each answer, without compression: tiles of the
plan's ground, each first when the service has never drawn it (cold), then again (cached). Bytes
are those before compression; the first screen is the map's page and the tiles a browser asks for
at once, 1280 × 800. Ends with an error where a tile is larger than 500,000 bytes. Takes two
minutes, half of which makes the zones.
"""

from __future__ import annotations

import asyncio
import gzip
import math
import random
import statistics
import time
from argparse import ArgumentParser, Namespace

import httpx
import psycopg

from addrsvc.db.doors import conninfo
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.planning.maps.mercator import MAX_TILE_BYTES, tiles_in
from addrsvc.planning.maps.preparing import prepare_tiles
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.plan_loading import load_plan
from benchmarks.plan_maker import areas_of, make_zones
from benchmarks.synthetic import communes

GATE = True

_PLENTY = "1000000000"
_SEED = 7
_PANEL = 336
_SCREEN = (1280 - _PANEL, 800)
"""What of 1280 × 800 the map has beside its legend."""
_MARGIN = 8
_PLAIN = {"Accept-Encoding": "identity"}

Box = tuple[float, float, float, float]
_EXTENT = """
SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)
FROM (SELECT ST_Transform(extent, 3857) AS e FROM plan WHERE plan_id = %s) AS plan
"""
_MEETS = """
SELECT EXISTS (SELECT FROM planning_zone WHERE plan_id = %s
               AND shape && ST_Transform(ST_TileEnvelope(%s, %s, %s), 4326))
"""


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--zones", type=int, default=50_000, help="zones of the plan")
    parser.add_argument("--tiles", type=int, default=300, help="tiles of each zoom")


def run(arguments: Namespace) -> list[Figure]:
    """Measure on a plan of the old province of Bình Dương."""
    with throw_away_cluster() as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        areas = areas_of(communes.DATA / "binhduong_new_communes.geojson")
        plan_id = load_plan(url, make_zones(areas, arguments.zones, seed=1))
        took = asyncio.run(_prepare(url, plan_id))
        with psycopg.connect(url) as conn:
            conn.execute("ANALYZE")
            box: Box = conn.execute(_EXTENT, [plan_id]).fetchone() or (0, 0, 0, 0)
            asked = {z: _tiles(conn, plan_id, box, z, arguments.tiles) for z in range(6, 19)}
        figures = [Figure("made ready for tiles", took, "s", 60, "lower")]
        with running_service(url, anonymous_per_minute=_PLENTY) as base:
            return figures + _asked(f"{base}/v1/plans/{plan_id}", asked, box)


async def _prepare(url: str, plan_id: int) -> float:
    dsn = conninfo(url, statement_timeout_ms=600_000, read_only=False)
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        begun = time.perf_counter()
        await prepare_tiles(conn, plan_id)
    return time.perf_counter() - begun


def _tiles(
    conn: psycopg.Connection[tuple[object, ...]], plan_id: int, box: Box, z: int, count: int
) -> list[tuple[int, int]]:
    """Give some tiles of a zoom in which there is something."""
    tiles = tiles_in(box, z)
    random.Random(_SEED).shuffle(tiles)  # noqa: S311 -- for choosing, not for secrets
    found: list[tuple[int, int]] = []
    for x, y in tiles:
        if len(found) == count:
            break
        if conn.execute(_MEETS, [plan_id, z, x, y]).fetchone() == (True,):
            found.append((x, y))
    return found


def _asked(plan: str, asked: dict[int, list[tuple[int, int]]], box: Box) -> list[Figure]:
    figures: list[Figure] = []
    with httpx.Client(headers=_PLAIN) as client:
        client.get(f"{plan}/tiles/5/0/0").raise_for_status()  # connections are open
        sizes = {}
        for z, tiles in asked.items():
            paths = [f"{plan}/tiles/{z}/{x}/{y}" for x, y in tiles]
            cold, bytes_ = _timed(client, paths)
            cached, _ = _timed(client, paths)
            sizes[z] = max(bytes_)
            figures.append(Figure(f"z{z} largest of {len(tiles)}", sizes[z] / 1000, "kB"))
            if z in {12, 14, 16}:
                aim = 250 if z == 12 else 100
                figures += [
                    Figure(f"z{z} cold, median", statistics.median(cold), "ms"),
                    Figure(f"z{z} cold, p99", _p99(cold), "ms", aim, "lower"),
                    Figure(f"z{z} cached, median", statistics.median(cached), "ms"),
                    Figure(f"z{z} cached, p99", _p99(cached), "ms", 25, "lower"),
                ]
        largest = max(sizes.values())
        figures.append(Figure("largest tile", largest / 1000, "kB", MAX_TILE_BYTES / 1000, "lower"))
        return figures + _first_screen(client, plan, box)


def _timed(client: httpx.Client, urls: list[str]) -> tuple[list[float], list[int]]:
    took, sizes = [], []
    for url in urls:
        begun = time.perf_counter()
        answer = client.get(url)
        took.append((time.perf_counter() - begun) * 1000)
        answer.raise_for_status()
        sizes.append(len(answer.content))
    return took, sizes


def _p99(took: list[float]) -> float:
    return sorted(took)[math.ceil(len(took) * 0.99) - 1]


def _first_screen(client: httpx.Client, plan: str, box: Box) -> list[Figure]:
    """Ask for what a browser asks for at once when it opens the map."""
    west, south, east, north = box
    around = 2 * math.pi * 6_378_137
    width, height = (each - 2 * _MARGIN for each in _SCREEN)
    zoom = math.floor(
        min(
            math.log2(width / 256 * around / (east - west)),
            math.log2(height / 256 * around / (north - south)),
        )
    )
    pixel = around / 2**zoom / 256
    x, y = (west + east) / 2, (south + north) / 2
    half_x, half_y = (each / 2 * pixel for each in _SCREEN)
    tiles = tiles_in((x - half_x, y - half_y, x + half_x, y + half_y), zoom)
    page = client.get(f"{plan}/map").content
    bodies = [page, *(client.get(f"{plan}/tiles/{zoom}/{x}/{y}").content for x, y in tiles)]
    total = sum(map(len, bodies))
    small = sum(len(gzip.compress(each, 6)) for each in bodies)
    return [
        Figure("page of the map", len(page) / 1000, "kB"),
        Figure(
            f"first screen: page and {len(tiles)} tiles of z{zoom}",
            total / 1000,
            "kB",
            2000,
            "lower",
        ),
        Figure("the same, compressed", small / 1000, "kB"),
    ]
