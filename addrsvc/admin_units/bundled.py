"""Load the bundled units and links, and compute indicative cells where no boundary is known.

One transaction, set-based, idempotent: a bundle whose checksum is recorded as loaded costs one
query. Boundaries and whatever else an operator imported are never overwritten.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, LiteralString

import psycopg
import shapely

from addrsvc.admin_units.model import KNOWN_FROM, REORGANISED
from addrsvc.admin_units.names import english_name
from addrsvc.db.queries import Queries
from addrsvc.geo import cells
from addrsvc.geo.crs import WGS84
from addrsvc.parsing.normalise import name_key

FOLDER = Path(__file__).resolve().parents[2] / "geodata" / "admin_units"
SOURCE = "vietnamadminunits 1.0.4 (MIT)"
CELL_SOURCE = f"computed from centres and areas, power diagram, reach {cells.REACH:g}"
SHARE_SOURCE = "approximate outlines, to a few per cent"
NATIONAL_INSTRUMENT = "NQ 202/2025/QH15"

_UNIT_FILES: tuple[tuple[str, str, date, date | None], ...] = (
    ("provinces_2025-06.csv", "province", KNOWN_FROM, REORGANISED),
    ("districts_2025-06.csv", "district", KNOWN_FROM, REORGANISED),
    ("communes_2025-06.csv", "commune", KNOWN_FROM, REORGANISED),
    ("provinces_2025-07.csv", "province", REORGANISED, None),
    ("communes_2025-07.csv", "commune", REORGANISED, None),
)
_COMMUNE_LINKS = "commune_links_2025-07.csv"
_PROVINCE_LINKS = "province_links_2025-07.csv"
_INSTRUMENTS = "instruments.csv"
_SHARES = "split_shares.csv"
_FILES = (
    *(file for file, *_ in _UNIT_FILES),
    _COMMUNE_LINKS,
    _PROVINCE_LINKS,
    _INSTRUMENTS,
    _SHARES,
)

_QUERIES = Queries("addrsvc.admin_units", "bundled.sql")

Record = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did; all zero and ``already_loaded`` when the bundle was there."""

    already_loaded: bool
    units: int = 0
    links: int = 0
    cells: int = 0


def load(database_url: str) -> LoadReport:
    """Load the bundle into a migrated database; nothing happens when it is there already."""
    digest = bundle_digest()
    with psycopg.connect(database_url) as conn:
        conn.execute("SET LOCAL statement_timeout = '5min'")
        # one loader at a time: the second finds the checksum and goes home
        conn.execute("LOCK TABLE admin_unit_bundle IN SHARE ROW EXCLUSIVE MODE")
        if conn.execute(_QUERIES["bundle_known"], {"sha256": digest}).fetchone():
            return LoadReport(already_loaded=True)
        conn.execute(_QUERIES["create_staging"])
        _copy(conn, _QUERIES["copy_units"], _units())
        units = conn.execute(_QUERIES["insert_units"]).rowcount
        _copy(conn, _QUERIES["copy_links"], _links())
        links = conn.execute(_QUERIES["insert_links"]).rowcount
        made = recompute_cells(conn)
        conn.execute(_QUERIES["record_bundle"], {"sha256": digest, "units": units, "links": links})
        return LoadReport(already_loaded=False, units=units, links=links, cells=made)


def bundle_digest() -> str:
    """Give the SHA-256 over all bundled files and what is computed from them."""
    digest = hashlib.sha256(CELL_SOURCE.encode())
    for file in _FILES:
        digest.update(file.encode() + b"\0" + (FOLDER / file).read_bytes())
    return digest.hexdigest()


def recompute_cells(conn: psycopg.Connection[Any]) -> int:
    """Compute the indicative cells of today's communes that have no better boundary.

    All communes with a centre shape the diagram, also those with a boundary: a cell must not
    reach into the ground of a neighbour. Returns how many cells stand afterwards.
    """
    rows = conn.execute(_QUERIES["cell_sites"]).fetchall()
    by_key = {code: (code, valid_from) for code, valid_from, *_ in rows}
    usual = _usual_areas(rows)
    sites = [
        cells.Site(code, lon, lat, area if area is not None else usual[parent, kind])
        for code, _, parent, kind, lon, lat, area, _ in rows
    ]
    has_own = {code for code, *_, own in rows if own}
    found = cells.cells(sites)
    conn.execute(_QUERIES["create_cell_staging"])
    _copy(
        conn,
        _QUERIES["copy_cells"],
        (
            (*by_key[key], _ewkb(shapely.MultiPolygon([cell])).hex())
            for key, cell in found.items()
            if key not in has_own
        ),
    )
    conn.execute(_QUERIES["drop_old_cells"])
    conn.execute(_QUERIES["forget_old_cells"])
    made = conn.execute(_QUERIES["store_cells"], {"source": CELL_SOURCE}).rowcount
    conn.execute(_QUERIES["store_cell_pieces"])
    return made


def _ewkb(shape: shapely.MultiPolygon) -> bytes:
    return shapely.to_wkb(shapely.set_srid(shape, WGS84), include_srid=True)


def _usual_areas(rows: Iterable[Record]) -> dict[tuple[str, str], float]:
    """Give the median area per province and kind: stands in where an area is not known."""
    known = defaultdict(list)
    for _, _, parent, kind, _, _, area, _ in rows:
        if area is not None:
            known[parent, kind].append(area)
    return {key: median(areas) for key, areas in known.items()}


def _copy(conn: psycopg.Connection[Any], statement: LiteralString, rows: Iterable[Record]) -> None:
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _read(file: str) -> Iterator[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _units() -> Iterator[Record]:
    for file, level, valid_from, valid_to in _UNIT_FILES:
        for row in _read(file):
            yield (
                row["code"],
                valid_from,
                valid_to,
                level,
                row["kind"],
                row["name"],
                row["full_name"],
                english_name(row["kind"], row["name"]),
                name_key(row["name"]),
                row.get("parent_code"),
                row.get("lon") or None,
                row.get("lat") or None,
                row.get("area_km2") or None,
                SOURCE,
            )


def _links() -> Iterator[Record]:
    province_of = {row["code"]: row["parent_code"] for row in _read("communes_2025-07.csv")}
    instrument = {row["province_code"]: row["instrument"] for row in _read(_INSTRUMENTS)}
    shares = {(row["from_code"], row["to_code"]): float(row["share"]) for row in _read(_SHARES)}
    for file in (_COMMUNE_LINKS, _PROVINCE_LINKS):
        for row in _read(file):
            target = row["to_code"]
            act = instrument[province_of[target]] if target in province_of else NATIONAL_INSTRUMENT
            entire = row["kind"] != "part"
            share = 1.0 if entire else shares.get((row["from_code"], target))
            yield (
                row["from_code"],
                KNOWN_FROM,
                target,
                REORGANISED,
                row["kind"],
                share,
                "by definition" if entire else SHARE_SOURCE if share is not None else None,
                act,
                REORGANISED,
                SOURCE,
            )
