"""Vector tiles of the basemap at 286,947 addresses: drawn, kept, and made ready.

    scripts/bench tiles               150 tiles of each zoom
    scripts/bench tiles --tiles 50 --keep FOLDER      the loaded cluster stays for the next run

One client asks one worker over HTTP and waits for each answer, without compression: tiles of the
province's ground, each first when the service has never drawn it (cold), then again (cached).
Each address also lies on an invented street with a line, so that streets are drawn too. Bytes are
those before compression. Ends with an error where a tile is larger than 500,000 bytes. Takes two
minutes, most of which loads the addresses.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

import httpx
import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.planning.maps.mercator import MAX_TILE_BYTES, to_mercator
from benchmarks.basemap_loading import load_streets, prepare_communes
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.loaded import loaded

GATE = True

_PLENTY = "1000000000"
_SEED = 7
_PLAIN = {"Accept-Encoding": "identity"}
_AIM_MS = 100.0
_ZOOMS = (6, 8, 10, 12, 14, 16)


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--tiles", type=int, default=150, help="tiles of each zoom")
    parser.add_argument("--keep", type=Path, help="folder in which the loaded cluster stays")


def run(arguments: Namespace) -> list[Figure]:
    """Measure on the province's synthetic registry."""
    with loaded("s", arguments.keep) as made:
        load_streets(made.url)
        took = prepare_communes(made.url)
        figures = [Figure("3,307 communes made ready", took, "s", 120, "lower")]
        corners = np.column_stack([made.registry.lon, made.registry.lat])
        places = np.asarray(shapely.points(corners), dtype=object)
        metres = shapely.get_coordinates(to_mercator(places))
        with running_service(made.url, anonymous_per_minute=_PLENTY) as base:
            return figures + _asked(f"{base}/v1/tiles/basemap", metres, arguments.tiles)


def _tiles(metres: NDArray[np.float64], z: int, count: int) -> list[tuple[int, int]]:
    """Give the densest tile of a zoom, and some others with addresses in them."""
    side = 2 * math.pi * 6_378_137 / 2**z
    half = math.pi * 6_378_137
    columns = ((metres[:, 0] + half) // side).astype(int)
    rows = ((half - metres[:, 1]) // side).astype(int)
    found, sizes = np.unique(np.column_stack([columns, rows]), axis=0, return_counts=True)
    order = list(range(len(found)))
    random.Random(_SEED).shuffle(order)  # noqa: S311 -- for choosing, not for secrets
    chosen = dict.fromkeys([int(sizes.argmax()), *order][:count])
    return [(int(found[at][0]), int(found[at][1])) for at in chosen]


def _asked(tiles: str, metres: NDArray[np.float64], count: int) -> list[Figure]:
    figures: list[Figure] = []
    largest = 0
    with httpx.Client(headers=_PLAIN) as client:
        client.get(f"{tiles}/16/0/0").raise_for_status()  # connections are open
        for z in _ZOOMS:
            paths = [f"{tiles}/{z}/{x}/{y}" for x, y in _tiles(metres, z, count)]
            cold, sizes = _timed(client, paths)
            cached, _ = _timed(client, paths)
            largest = max(largest, *sizes)
            aim = _AIM_MS if z in {14, 16} else None
            figures += [
                Figure(f"z{z} largest of {len(paths)}", max(sizes) / 1000, "kB"),
                Figure(f"z{z} cold, median", statistics.median(cold), "ms"),
                Figure(f"z{z} cold, p99", _p99(cold), "ms", aim, "lower"),
                Figure(f"z{z} cached, p99", _p99(cached), "ms", 25, "lower"),
            ]
    figures.append(Figure("largest tile", largest / 1000, "kB", MAX_TILE_BYTES / 1000, "lower"))
    return figures


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
