"""The reorganisation of July 2025 in Bình Dương on synthetic addresses, and what proves it right.

The world: the country's units, the boundaries of the 91 communes of June 2025 and of the 36 of
since, addresses drawn inside the old communes and registered in June by the import everybody uses.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import psycopg
import shapely

from addrsvc.admin_units import bundled
from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.migrate import upgrade
from addrsvc.db.transaction import transaction
from addrsvc.registry.bulk.exporting import ExportFilter, export_file
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.model import ImportOptions, Receipt
from addrsvc.registry.bulk_acts import planning
from addrsvc.registry.bulk_acts.mapping import read_commune_file
from addrsvc.registry.bulk_acts.preview import Preview, preview_act
from addrsvc.registry.model import Instrument
from addrsvc.settings import Settings
from benchmarks.province_file import COLUMNS, REAL, USUAL, Commune, read, rows, shares

ROOT = Path(__file__).resolve().parents[2]
OLD = REAL / "binhduong_old_communes.geojson"
NEW = REAL / "binhduong_new_communes.geojson"
MAPPING = REAL / "old_to_new.csv"
WHO = command_line("benchmark")
JUNE = FixedClock(datetime(2025, 6, 10, 3, tzinfo=UTC))
JULY = FixedClock(datetime(2025, 7, 5, 3, tzinfo=UTC))
AUGUST = FixedClock(datetime(2025, 8, 5, 3, tzinfo=UTC))
LATER = FixedClock(datetime(2099, 1, 1, tzinfo=UTC))
DAY = date(2025, 7, 1)
INSTRUMENT = Instrument("1685/NQ-UBTVQH15", date(2025, 6, 16), "Ủy ban Thường vụ Quốc hội")
NO_POINT = 50
"""One row in so many has no position: nothing but its khu phố tells where it went."""

_TIMEOUT_MS = 3_600_000
_PREFIX = """
INSERT INTO code_prefix (prefix, commune_code, issuer, key, is_demo, source, imported_at)
VALUES (%s, %s, 'benchmark', sha256(%s::bytea), true, 'synthetic', now())
"""
_STATES = {
    "timelines": """
        SELECT md5(string_agg(md5(row(address_id, status, valid_from, valid_to, document)::text),
                              '' ORDER BY address_id, valid_from))
        FROM address_version WHERE recorded_to IS NULL""",
    "projection": """
        SELECT md5(string_agg(md5((to_jsonb(c) - 'version')::text), '' ORDER BY address_id))
        FROM address_current c""",
    "former_keys": """
        SELECT md5(string_agg(md5(f::text), '' ORDER BY f::text)) FROM address_former f""",
    "identifiers": """
        SELECT md5(string_agg(md5(row(address_id, scheme, value)::text), ''
                              ORDER BY address_id, scheme, value))
        FROM address_alias WHERE withdrawn_at IS NULL""",
    "codes": """
        SELECT md5(string_agg(md5(row(address_id, code)::text), '' ORDER BY address_id))
        FROM address""",
}


@dataclass(frozen=True, slots=True)
class Truth:
    """How the present communes compare with a point in polygon by another library."""

    judged: int
    right: int
    edge: int
    """Wrong, but within 30 m of the commune given: the derived old edges are no finer."""
    undecided: int


def settings(url: str) -> Settings:
    """Give settings with time enough for bulk statements."""
    given = {"database_url": url, "statement_timeout_ms": _TIMEOUT_MS}
    return Settings.model_validate(given)


def prepare(url: str) -> None:
    """Fill an empty database with units, both layers of boundaries and invented prefixes."""
    upgrade(url)
    bundled.load(url)
    add_communes(url)


def add_communes(url: str) -> None:
    """Add both layers of boundaries and invented prefixes to a database that has units."""
    for path, day in ((OLD, "2025-06-01"), (NEW, "2025-07-01")):
        command = ["units", "import-boundaries", str(path), "--valid-from", day]
        addrsvc(url, *command, "--kind", "approximate")
    codes = sorted({row[key] for row in read(MAPPING) for key in ("old_code", "new_code")})
    with psycopg.connect(url) as conn:
        for serial, code in enumerate(codes):
            conn.execute(_PREFIX, [f"{98_000 + serial}", code, code])


def addrsvc(url: str, *arguments: str) -> None:
    """Run one command to its end."""
    subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-P", "-m", "addrsvc", *arguments],
        env={**os.environ, "ADDRSVC_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        check=True,
        cwd=ROOT,
    )


def former_communes() -> list[Commune]:
    """Take the communes of June 2025 with their boundaries and their districts' street names."""
    population = {
        row["code"]: float(row["population_2025"]) if row["population_2025"].isdigit() else USUAL
        for row in read(REAL / "vn_communes_new.csv")
    }
    weights: dict[str, float] = defaultdict(float)
    for row in read(MAPPING):
        weights[row["old_code"]] += float(row["share_of_new"] or 0) * population[row["new_code"]]
    streets: dict[str, list[str]] = defaultdict(list)
    for row in read(REAL / "streets.csv"):
        streets[row["district_code"]].append(" ".join(row["name"].split()))
    made = []
    for feature in json.loads(OLD.read_text(encoding="utf-8"))["features"]:
        facts = feature["properties"]
        shape = shapely.geometry.shape(feature["geometry"])
        names = streets[facts["district_code"]] or ["Đường số 1"]
        made.append(Commune(facts["code"], shape, weights[facts["code"]] or 1.0, names))
    return sorted(made, key=lambda each: each.code)


def write_file(path: Path, count: int, seed: int = 1) -> None:
    """Write a file of synthetic addresses inside the old communes."""
    communes = former_communes()
    rng = np.random.default_rng(seed)
    lon = COLUMNS.index("lon")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        serial = 0
        for commune, share in zip(communes, shares(communes, count), strict=True):
            for row in rows(rng, commune, share, serial):
                serial += 1
                if serial % NO_POINT == 0:
                    row[lon : lon + 4] = ["", "", "", ""]
                writer.writerow(row)


async def register(url: str, path: Path) -> Receipt:
    """Import the file in June 2025."""
    engine = make_engine(settings(url))
    try:
        opened = open_file(path, ImportOptions())
        return await import_file(opened, engine=engine, principal=WHO, clock=JUNE)
    finally:
        await engine.dispose()


async def plan(url: str) -> int:
    """Plan the reorganisation by the official mapping; give the act's number."""
    engine = make_engine(settings(url))
    try:
        async with transaction(engine) as conn:
            mapping = read_commune_file(MAPPING)
            spec = await planning.reorganisation_by_mapping(conn, mapping, DAY)
            act = await planning.plan_act(conn, WHO, spec, JUNE, day=DAY, instrument=INSTRUMENT)
            return act.act_id
    finally:
        await engine.dispose()


async def preview(url: str, act_id: int) -> Preview:
    """Say what the act would do to every address."""
    engine = make_engine(settings(url))
    try:
        async with transaction(engine) as conn:
            return await preview_act(conn, WHO, act_id)
    finally:
        await engine.dispose()


def state(url: str, folder: Path) -> dict[str, str]:
    """Give checksums of all the register says now, the export among them."""
    found: dict[str, str] = {}
    with psycopg.connect(url) as conn:
        for name, statement in _STATES.items():
            row = conn.execute(statement.encode()).fetchone()
            found[name] = "" if row is None or row[0] is None else str(row[0])
    path = folder / "export.csv"
    asyncio.run(_export(url, path))
    found["export"] = hashlib.sha256(path.read_bytes()).hexdigest()
    path.unlink()
    return found


async def _export(url: str, path: Path) -> None:
    engine = make_engine(settings(url))
    try:
        await export_file(path, ExportFilter(), engine=engine, principal=WHO, clock=AUGUST)
    finally:
        await engine.dispose()


def judge(url: str, act_id: int) -> Truth:
    """Hold present communes against shapely's answer on the new boundaries.

    Addresses of old communes with approximate edges are left out, and those nothing decided.
    """
    features = json.loads(OLD.read_text(encoding="utf-8"))["features"]
    facts = [each["properties"] for each in features]
    judged = [each["code"] for each in facts if each["geom_quality"] != "approximate"]
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "SELECT ST_X(c.position), ST_Y(c.position), c.commune_code"
            " FROM address_current c JOIN address_version v ON v.address_id = c.address_id"
            "  AND v.recorded_to IS NULL AND v.valid_from < %s"
            " WHERE v.document->'commune'->>0 = any(%s) AND c.commune_valid_from = %s"
            "  AND v.document->'position'->>3 = 'gnss'",
            [DAY, judged, DAY],
        ).fetchall()
        row = conn.execute(
            "SELECT count(*) FROM registry_act_undecided WHERE act_id = %s", [act_id]
        ).fetchone()
    features = json.loads(NEW.read_text(encoding="utf-8"))["features"]
    codes = [each["properties"]["code"] for each in features]
    shapes = [shapely.geometry.shape(each["geometry"]) for each in features]
    right, edge = _compare(found, codes, shapes)
    return Truth(len(found), right, edge, 0 if row is None else int(row[0]))


def _compare(
    found: Sequence[tuple[float, float, str]],
    codes: Sequence[str],
    shapes: Sequence[shapely.Geometry],
) -> tuple[int, int]:
    points = shapely.points([each[0] for each in found], [each[1] for each in found])
    inside: dict[int, set[str]] = defaultdict(set)
    for point, shape in shapely.STRtree(shapes).query(points, predicate="intersects").T.tolist():
        inside[point].add(codes[shape])
    shape_of = dict(zip(codes, shapes, strict=True))
    wrong = [at for at, each in enumerate(found) if each[2] not in inside[at]]
    edge = sum(shapely.distance(points[at], shape_of[found[at][2]]) * 111_000 < 30 for at in wrong)
    return len(found) - len(wrong), edge
