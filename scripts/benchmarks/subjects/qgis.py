"""QGIS reads every collection and draws the map, as it is: nothing is said to it but addresses.

    scripts/bench qgis                    installs Debian's python3-qgis where it is missing
    scripts/bench qgis --keep FOLDER      the loaded cluster stays for the next run, and pictures

QGIS runs without a window, in a process of its own under the system's Python. It opens each
collection over OGC API Features (addresses by a key, as the password of Basic), counts what it gets
whole, within a box and by an expression, and draws three pictures: the basemap by its style, a plan
over it, addresses over it. Ends with an error where a count is not that of the database, where a
place is not where it lies, where a picture shows little, or where QGIS complains in its log. Takes
two minutes, most of which loads the addresses; two more where QGIS is not installed yet.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import psycopg
import shapely

from benchmarks.basemap_loading import load_streets, prepare_communes
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.loaded import loaded, reading_key
from benchmarks.plan_loading import load_plan
from benchmarks.plan_maker import areas_of, make_zones
from benchmarks.synthetic import communes

GATE = True

_SIDE = Path(__file__).resolve().parents[1] / "qgis_side" / "reader.py"
_PLENTY = "1000000000"
_ZONES = 5_000
_TOWN = [106.60, 10.93, 106.72, 11.02]
_CENTRE = [106.655, 10.965, 106.675, 10.985]
_PLACE = (106.6643, 10.9682)
"""Thủ Dầu Một: longitude, latitude; taken the other way round it lies in the Arctic Ocean."""

_LOCALITY = """
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, centre,
                      source)
SELECT 'Khu phố Bịa', 'bia', 'khu_pho', 'official', '25747', '2025-07-01',
       ST_SetSRID(ST_MakePoint(%s, %s), 4326), 'synthetic'
WHERE NOT EXISTS (SELECT FROM locality WHERE source = 'synthetic')
"""
_COUNTS = {
    "communes": "SELECT count(*) FROM admin_unit WHERE level = 'commune' AND valid_to IS NULL",
    "provinces": "SELECT count(*) FROM admin_unit WHERE level = 'province' AND valid_to IS NULL",
    "localities": "SELECT count(*) FROM locality WHERE centre IS NOT NULL",
    "thoroughfares": "SELECT count(*) FROM thoroughfare WHERE line IS NOT NULL",
    "plans": "SELECT count(*) FROM plan",
    "zones": "SELECT count(*) FROM planning_zone",
}
_MORE = [
    {"collection": "addresses", "box": _CENTRE},
    {"collection": "communes", "expression": "\"name\" LIKE 'Thủ Dầu%'"},
]
_PICTURES = [
    {"name": "basemap", "layers": ["basemap"], "box": _TOWN},
    {"name": "plan", "layers": ["zones", "basemap"], "box": _TOWN},
    {"name": "addresses", "layers": ["addresses", "basemap"], "box": _CENTRE},
]
_IN_BOX = """
SELECT count(*) FROM address_current
WHERE ST_Intersects(position, ST_MakeEnvelope(%s, %s, %s, %s, 4326))
"""


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--keep", type=Path, help="folder in which the loaded cluster stays")


def run(arguments: Namespace) -> list[Figure]:
    """Let QGIS read a province's synthetic registry."""
    with loaded("s", arguments.keep) as made, tempfile.TemporaryDirectory() as home:
        expected = _prepare(made.url)
        question = {
            "key": asyncio.run(reading_key(made.url)),
            "asked": [{"collection": each} for each in _COUNTS] + _MORE,
            "pictures": _PICTURES,
            "folder": str((arguments.keep or Path(home)).absolute()),
        }
        with running_service(
            made.url, anonymous_per_minute=_PLENTY, known_per_minute=_PLENTY
        ) as base:
            told = _ask({**question, "base": base}, Path(home))
    return _judged(told, expected)


def _prepare(url: str) -> dict[str, int]:
    """Load what the registry lacks; give how many features each question must find."""
    load_streets(url)
    prepare_communes(url)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(_LOCALITY, _PLACE)
        if not _number(conn, _COUNTS["plans"]):
            areas = areas_of(communes.DATA / "binhduong_new_communes.geojson")
            load_plan(url, make_zones(areas, _ZONES, seed=1))
        counts = {name: _number(conn, each) for name, each in _COUNTS.items()}
        within = _number(conn, _IN_BOX, _CENTRE)
    return {**counts, "addresses in a box": within, "communes by an expression": 1}


def _number(conn: psycopg.Connection[Any], asked: str, values: list[float] | None = None) -> int:
    found = conn.execute(asked.encode(), values).fetchone()
    return int(found[0]) if found is not None else -1


def _ask(question: dict[str, Any], home: Path) -> dict[str, Any]:
    """Run QGIS in a home of its own."""
    home.chmod(0o700)
    where = {name: str(home) for name in ("HOME", "XDG_RUNTIME_DIR", "QGIS_CUSTOM_CONFIG_PATH")}
    done = subprocess.run(  # noqa: S603 -- our own program
        ["/usr/bin/python3", "-P", _SIDE],
        input=json.dumps(question),
        env={"PATH": os.environ["PATH"], "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"} | where,
        capture_output=True,
        text=True,
        check=False,  # it ends itself, see there
    )
    if not done.stdout.endswith("}\n"):
        raise RuntimeError(f"QGIS gave no answer:\n{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _judged(told: dict[str, Any], expected: dict[str, int]) -> list[Figure]:
    figures = []
    for (name, count), read in zip(expected.items(), told["read"], strict=True):
        off = abs(read["count"] - count)
        figures += [
            Figure(f"{name}: read by QGIS", read["count"], "features"),
            Figure(f"{name}: more or fewer than there are", off, "features", 0, "lower"),
            Figure(f"{name}: time", read.get("seconds", -1), "s"),
        ]
    place = told["read"][list(expected).index("localities")]["place"]
    off_deg = shapely.from_wkt(place).distance(shapely.Point(_PLACE))
    figures.append(Figure("a locality lies off its place by", off_deg, "°", 1e-6, "lower"))
    for name, drawn in told["drawn"].items():
        figures += [
            Figure(f"picture of {name}: colours", drawn["colours"], "", 100),
            Figure(f"picture of {name}: ground that is drawn", drawn["drawn"], "share", 0.8),
            Figure(f"picture of {name}: time", drawn["seconds"], "s"),
        ]
    for each in told["said"]:
        print(f"QGIS {told['version']} says: {each}", file=sys.stderr)
    figures.append(Figure("requests by QGIS", len(told["asked"]), ""))
    figures.append(Figure("complaints of QGIS", len(told["said"]), "", 0, "lower"))
    return figures
