"""The names in memory: what a worker pays for them, and how fast they are found.

At 286,947 and at 5,000,000 addresses (110,000 street names), each in a process of its own: memory
per worker, time to build, longest pause of the event loop meanwhile, finds with the commune, the
province and nothing known, beside two other ways to put slips right; the probe by index; completion
of names beside an index range. The ratios between the sizes are what must hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.http_rounds import repository
from benchmarks.loaded import loaded

_AIMS = {
    "l: longest stall ms": 50.0,
    "l: probe, registered: p50 µs": 200.0,
    "growth: slip, commune known: p99 µs": 1.5,
    "growth: slip, province known: p99 µs": 1.5,
    "growth: slip, nothing known: p99 µs": 3.0,
    "l: completion p99, in memory / SQL range": 0.05,
}


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--keep", type=Path, help="folder where the filled clusters stay")
    parser.add_argument("--urls", nargs=2, metavar="URL", help="databases filled already: s, l")


def run(arguments: Namespace) -> list[Figure]:
    """Measure both sizes, then compare them."""
    if arguments.urls is not None:
        small, large = (_measured(url) for url in arguments.urls)
    else:
        with loaded("s", arguments.keep) as filled:
            small = _measured(filled.url)
        with loaded("l", arguments.keep) as filled:
            large = _measured(filled.url)
    shown = {f"s: {name}": value for name, value in small.items()}
    shown |= {f"l: {name}": value for name, value in large.items()}
    shown |= {
        f"growth: {name}": large[name] / small[name]
        for name in small
        if name.startswith(("same", "slip", "probe")) and name.endswith("p99 µs")
    }
    ranged = large["completion SQL range: p99 µs"]
    shown["l: completion p99, in memory / SQL range"] = (
        large["completion in memory: p99 µs"] / ranged
    )
    return [Figure(name, value, "", _AIMS.get(name), "lower") for name, value in shown.items()]


def _measured(url: str) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-P", "-m", "benchmarks.gazetteer_side", url],
        env={**os.environ, "PYTHONPATH": f"{repository()}:{repository() / 'scripts'}"},
        stdout=subprocess.PIPE,
        check=True,
        cwd=repository(),
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found
