"""Conversion against the official table and real outlines: right, or open; never wrong."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from service_settings import service_settings
from shapely.geometry import shape
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import boundary_import, service
from addrsvc.admin_units.conversion import Certainty, Converter
from addrsvc.admin_units.model import KNOWN_FROM, REORGANISED, BoundaryKind
from addrsvc.admin_units.split_localities import REST, read_split_localities
from addrsvc.admin_units.units_in_memory import LoadedUnits, UnitsInMemory
from addrsvc.auth.model import command_line
from addrsvc.db.doors import make_engine
from addrsvc.parsing.keys import locality_key
from addrsvc.types import LonLat, UnitId

pytestmark = [pytest.mark.realdata, pytest.mark.anyio]

MISPRINTED = {"00553", "00556", "01615", "01651", "02482", "02485", "06970", "06978", "18796"}
"""Old codes that the national table prints wrongly, see ``exceptions.csv``."""


@dataclass(frozen=True)
class Known:
    """The official successors of one old commune."""

    name: str
    district: str
    successors: frozenset[str]


@pytest.fixture
async def conn(units_url: str) -> AsyncIterator[AsyncConnection]:
    engine = make_engine(service_settings(units_url))
    async with engine.connect() as conn, conn.begin() as transaction:
        yield conn
        await transaction.rollback()
    await engine.dispose()


@pytest.fixture
async def loaded(conn: AsyncConnection) -> LoadedUnits:
    return await UnitsInMemory().current(conn)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def binh_duong(realdata: Path) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for row in rows(realdata / "old_to_new.csv"):
        code = row["old_code"]
        before = found[code].successors if code in found else frozenset()
        found[code] = Known(row["old_name"], row["old_district"], before | {row["new_code"]})
    return found


def codes(converter: Converter, code: str, localities: list[str] | None = None) -> set[str]:
    found = converter.convert([UnitId(code, KNOWN_FROM)], REORGANISED, localities=localities or [])
    return {each.unit.code for each in found.present}


async def test_all_91_communes_of_binh_duong(loaded: LoadedUnits, realdata: Path) -> None:
    known = binh_duong(realdata)
    assert len(known) == 91
    split = 0
    for code, row in known.items():
        text = f"{row.name}, {row.district}, Tỉnh Bình Dương"
        read = loaded.reader.read(text).units
        written = [each.commune.unit for each in read if each.commune and each.commune.unit]
        found = loaded.converter.convert(written, REORGANISED)
        assert [each.unit.code for each in found.written] == [code], text
        assert {each.unit.code for each in found.present} == row.successors
        settled = len(row.successors) == 1
        split += not settled
        assert (found.settled is not None) == settled
        for each in found.present:
            wanted = Certainty.CERTAIN if settled else Certainty.CANDIDATE
            assert each.certainty is wanted
            assert each.share is not None
            assert each.instrument == "NQ 1685/NQ-UBTVQH15"
        assert sum(each.share or 0.0 for each in found.present) == pytest.approx(1.0, abs=0.011)
    assert split == 16


async def test_every_undivided_commune_of_the_country_is_certain(
    loaded: LoadedUnits, realdata: Path
) -> None:
    official: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(realdata / "vn_old_to_new.csv"):
        if row["old_code"]:
            official[row["old_code"]].append(row)
    certain = divided = 0
    for code, known in official.items():
        if code in MISPRINTED:
            continue
        found = loaded.converter.convert([UnitId(code, KNOWN_FROM)], REORGANISED)
        assert {each.unit.code for each in found.present} == {row["new_code"] for row in known}
        if len(known) == 1 and known[0]["kind"] != "part":
            assert found.settled is not None, code
            assert found.settled.certainty is Certainty.CERTAIN
            certain += 1
        else:
            assert found.settled is None, code
            divided += 1
    assert certain + divided + len(MISPRINTED & official.keys()) == len(official)
    assert certain > 9_500
    assert divided > 400


async def test_every_listed_locality_settles_its_commune(loaded: LoadedUnits) -> None:
    named = [row for row in read_split_localities() if row.name != REST]
    for row in named:
        for kind in ("khu_pho", "ap"):
            key = locality_key(kind, row.name)
            assert codes(loaded.converter, row.old_code, [key]) == {row.new_code}, row
    assert len(named) == 40


async def test_other_localities_settle_nothing(loaded: LoadedUnits, realdata: Path) -> None:
    for code, known in binh_duong(realdata).items():
        for name in ("khu_pho:khong co that", "khu_pho:99", "to:1", "place:1"):
            assert codes(loaded.converter, code, [name]) == known.successors


async def test_points_inside_the_pieces_find_the_right_commune(
    conn: AsyncConnection, loaded: LoadedUnits, realdata: Path
) -> None:
    """Measured: 320 of 320 points of the sixteen split communes, all single."""
    await _store_outlines(conn, realdata / "binhduong_new_communes.geojson", REORGANISED)
    parts = json.loads((realdata / "binhduong_old_new_parts.geojson").read_text())["features"]
    split = {code for code, row in binh_duong(realdata).items() if len(row.successors) > 1}
    random = np.random.default_rng(11)
    asked = single = right = 0
    for part in parts:
        old, new = part["properties"]["old_code"], part["properties"]["new_code"]
        if old not in split:
            continue
        for point in _points_in(shape(part["geometry"]), 10, random):
            located = await service.commune_at(conn, point, REORGANISED)
            found = loaded.converter.convert(
                [UnitId(old, KNOWN_FROM)], REORGANISED, located=located
            )
            asked += 1
            if found.settled is not None:
                single += 1
                right += found.settled.unit.code == new
                assert found.settled.certainty is Certainty.BY_GEOMETRY
    assert asked == 320
    assert right >= 0.95 * asked
    assert single == right


async def _store_outlines(conn: AsyncConnection, path: Path, day: date) -> None:
    shapes: dict[str, Any] = {}
    for each in json.loads(path.read_text())["features"]:  # noqa: ASYNC240 -- one small file
        outline = shape(each["geometry"])
        parts = outline.geoms if outline.geom_type == "MultiPolygon" else [outline]
        shapes[each["properties"]["code"]] = shapely.MultiPolygon(list(parts))
    await boundary_import.store_boundaries(
        conn,
        command_line("test"),
        shapes,
        await boundary_import.units_in_force(conn, day),
        kind=BoundaryKind.APPROXIMATE,
        source="test",
        at=datetime(2026, 1, 15, tzinfo=UTC),
    )


def _points_in(area: Any, wanted: int, random: np.random.Generator) -> list[LonLat]:
    west, south, east, north = area.bounds
    found: list[LonLat] = []
    while len(found) < wanted:
        point = shapely.Point(random.uniform(west, east), random.uniform(south, north))
        if area.contains(point):
            found.append(LonLat(point.x, point.y))
    return found
