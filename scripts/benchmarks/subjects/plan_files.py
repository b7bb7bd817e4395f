"""Checking files of 50,000 zones: seconds and memory for each format, and every planted fault.

    scripts/bench plan_files
    scripts/bench plan_files --zones 5000 --vertices 100000

Zones are cut from the real communes beside the repository, or from a box where they are absent;
clean, then with every fault planted twenty times, then with half a million vertices twice in one
lake. Each file is checked as the service does it, children and repairs included, in a process of
its own; its peak is that of the largest process.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import tempfile
import time
import warnings
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import shapely

from addrsvc.planning.files.checking import Terms
from addrsvc.planning.files.model import Fault, ReadOptions, Report
from addrsvc.planning.files.running import check_file
from benchmarks.figures import Figure
from benchmarks.plan_faults import (
    NOT_IN_SHAPEFILES,
    ONLY_BINARY,
    Planted,
    enlarge,
    missing,
    plant,
)
from benchmarks.plan_maker import CODE_LIST, MadeZone, areas_of, make_zones, write_plan

GATE = True

_COMMUNES = (
    Path(__file__).resolve().parents[4] / "shared" / "data" / "binhduong_new_communes.geojson"
)
_SEED = 1
_EACH = 20
_FORMATS = {
    "geojson": ("plan.geojson", ONLY_BINARY, "EPSG:4326"),
    "gpkg": ("plan.gpkg", frozenset[Fault](), "EPSG:4326"),
    "shapefile": ("plan.zip", NOT_IN_SHAPEFILES, "EPSG:9210"),
}


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--zones", type=int, default=50_000, help="zones of the plan")
    parser.add_argument("--vertices", type=int, default=1_000_000, help="of the lake, both sides")


def run(arguments: Namespace) -> list[Figure]:
    """Check every format clean, dirtied and large."""
    is_real = _COMMUNES.is_file()
    areas = areas_of(_COMMUNES) if is_real else [shapely.box(106.3, 10.8, 106.9, 11.4)]
    terms = Terms(CODE_LIST, shapely.to_wkb(shapely.union_all(areas)))
    begun = time.perf_counter()
    zones = make_zones(areas, arguments.zones, _SEED)
    figures = [
        Figure("zones", len(zones), "zones"),
        Figure("vertices", sum(shapely.get_num_coordinates([z.shape for z in zones])), "vertices"),
        Figure("made_in", time.perf_counter() - begun, "s"),
    ]
    each = min(_EACH, max(len(zones) // 600, 1))
    for name, (file, cannot_hold, crs) in _FORMATS.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # NaN is meant
            dirty, planted = plant(zones, _SEED, each=each, without=cannot_hold)
        large = enlarge(zones, arguments.vertices // 2, _SEED)
        for kind, made, faults in (
            ("clean", zones, []),
            ("dirtied", dirty, planted),
            ("large", large, []),
        ):
            figures += _checked(f"{name}_{kind}", file, made, faults, crs, terms)
    return figures


def _checked(
    name: str,
    file: str,
    zones: Sequence[MadeZone],
    planted: Sequence[Planted],
    crs: str,
    terms: Terms,
) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        write_plan(path, zones, crs=crs)
        size = path.stat().st_size / 1e6
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as alone:
            report, seconds, peak = alone.submit(_check, path, terms).result()
    left = list(missing(planted, report.marks))
    named = Counter(each.fault for each in planted if each not in left)
    if planted or report.counts:
        _tell(name, planted, named, report)
    return [
        Figure(f"{name}_size", size, "MB"),
        Figure(f"{name}_check", seconds, "s"),
        Figure(f"{name}_peak_memory", peak, "MiB", 3_072, "lower"),
        Figure(f"{name}_planted", len(planted), "faults"),
        Figure(f"{name}_planted_not_named", len(left), "faults", 0, "lower"),
        Figure(
            f"{name}_named_not_planted",
            sum(report.counts.values()) - len(planted),
            "faults",
            0,
            "lower",
        ),
    ]


def _check(path: Path, terms: Terms) -> tuple[Report, float, float]:
    """Check a file; give the report, seconds, and the MiB of the largest process under this."""
    folder = path.parent / "kept"
    folder.mkdir()
    begun = time.perf_counter()
    report = asyncio.run(check_file(path, ReadOptions(), terms, folder))
    seconds = time.perf_counter() - begun
    return report, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _tell(name: str, planted: Sequence[Planted], named: Counter[Fault], report: Report) -> None:
    """Print a line for every fault: planted, named as planted, counted in the report."""
    print(f"{name}: fault, planted, named, counted")
    sown = Counter(each.fault for each in planted)
    for fault in Fault:
        if sown[fault] or report.counts.get(fault):
            print(f"  {fault:20}{sown[fault]:6}{named[fault]:6}{report.counts.get(fault, 0):6}")
    mended = sum(each.shape is not None for each in report.repairs)
    print(f"  repairs: {mended} of {len(report.repairs)} proposed", flush=True)
