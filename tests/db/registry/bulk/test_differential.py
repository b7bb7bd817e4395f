"""Bulk and single assignment give the same answer for every row."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.model import ImportOptions
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import (
    Alias,
    Components,
    Kind,
    Locality,
    Marks,
    Method,
    Position,
    Visibility,
)
from addrsvc.registry.service import assign_address
from addrsvc.types import LonLat

COLUMNS = [
    "code",
    "issuer",
    "kind",
    "name",
    "unit",
    "house_number",
    "thoroughfare",
    "to",
    "commune_code",
    "lon",
    "lat",
    "accuracy_m",
    "method",
    "marks",
    "visibility",
    "parent",
    "source",
    "text",
    "aliases",
    "valid_from",
]
PRINCIPAL = command_line("test")
ROWS = 400
Fields = dict[str, str]


def row(draw: random.Random, number: int, given: list[str]) -> Fields:
    """Make a row, good or bad; codes given before may come again as parents."""
    fields: Fields = {
        "kind": draw.choice(["enterprise", "works", "place", "public_facility"]),
        "source": "test",
        "house_number": f"{number}/{draw.randint(1, 9)}",
    }
    if draw.random() < 0.8:
        lon, lat = draw.uniform(106.58, 106.82), draw.uniform(10.87, 11.1)
        fields |= {"lon": repr(round(lon, 7)), "lat": repr(round(lat, 7))}
        fields |= {"accuracy_m": str(draw.choice([0.5, 3, 12])), "marks": "entrance"}
        methods = ["gnss", "gnss", "map", "commune_centre", "thoroughfare_centre"]
        fields["method"] = draw.choice(methods)
    if draw.random() < 0.25:
        fields["commune_code"] = draw.choice(["25747", "25750", "25942", "25945", "99999"])
    if draw.random() < 0.2:
        code = f"{draw.choice(['88888', '75123', '75124'])}{draw.randint(0, 99_999):05d}"
        fields |= {"code": code}
        given.append(code)
        if draw.random() < 0.9:
            fields["issuer"] = draw.choice(["VNPost", "Khác"])
    if draw.random() < 0.4:
        fields |= {"thoroughfare": "  Đường   Lê Lợi", "to": "5", "unit": "Phòng 1"}
    if draw.random() < 0.1:
        fields["parent"] = draw.choice([*given[-3:], "7700000001"])
    if draw.random() < 0.2:
        fields |= {"name": f"Mẫu {number}", "visibility": draw.choice(["restricted", "secret"])}
    if draw.random() < 0.1 and fields.keys() & {"lon", "commune_code"}:
        # where nothing else says the place, the bulk path reads the text; the single one does not
        fields |= {"text": "viết sao để vậy", "aliases": "old-number:12 / 3"}
    if draw.random() < 0.1:
        fields["valid_from"] = draw.choice(["2020-02-29", "1800-01-01", "2030-01-01"])
    return fields


def command(fields: Fields) -> AssignAddress:
    """Say the same to the single path."""
    position = None
    if "lon" in fields:
        point = LonLat(float(fields["lon"]), float(fields["lat"]))
        accuracy, method = float(fields["accuracy_m"]), Method(fields["method"])
        position = Position(point, accuracy, method, Marks(fields["marks"]))
    values: dict[str, Any] = {
        name: fields[name]
        for name in ("code", "issuer", "name", "commune_code", "parent", "text")
        if name in fields
    }
    if "code" not in fields:
        values.pop("issuer", None)
    if "visibility" in fields:
        values["visibility"] = Visibility(fields["visibility"])
    if "aliases" in fields:
        values["aliases"] = (Alias("old-number", "12 / 3"),)
    if "valid_from" in fields:
        values["valid_from"] = date.fromisoformat(fields["valid_from"])
    return AssignAddress(
        kind=Kind(fields["kind"]),
        source=fields["source"],
        components=Components(
            unit=fields.get("unit"),
            house_number=fields["house_number"],
            thoroughfare=fields.get("thoroughfare"),
            localities=(Locality("to", "Tổ 5"),) if "to" in fields else (),
        ),
        position=position,
        **values,
    )


async def one_by_one(url: str, rows: list[Fields], clock: FixedClock) -> dict[int, str]:
    """Assign each row by itself; give the reasons of those refused, by line."""
    engine = make_engine(service_settings(url))
    refused: dict[int, str] = {}
    try:
        for line, fields in enumerate(rows, start=2):
            try:
                async with transaction(engine) as conn:
                    await assign_address(conn, PRINCIPAL, command(fields), clock)
            except AddrsvcError as error:
                refused[line] = error.slug
    finally:
        await engine.dispose()
    return refused


async def at_once(url: str, clock: FixedClock, path: Path) -> None:
    engine = make_engine(service_settings(url))
    try:
        opened = open_file(path, ImportOptions())
        settings: dict[str, Any] = {"principal": PRINCIPAL, "clock": clock, "chunk": 37}
        await import_file(opened, engine=engine, **settings)
    finally:
        await engine.dispose()


def state(url: str) -> dict[str, Any]:
    """Give all that was registered, by house number, but for identities and drawn suffixes."""
    with psycopg.connect(url, row_factory=dict_row) as conn:
        found = conn.execute("""
            SELECT v.document->'components'->>'house_number' AS house_number,
                   c.status, c.kind, c.visibility, c.commune_code,
                   c.commune_valid_from, c.base_key, c.number_key, c.version,
                   ST_AsEWKT(c.position) AS at,
                   a.code, a.issuer, p.code AS parent, v.document, v.valid_from, v.recorded_from,
                   v.principal, e.type, e.data,
                   (SELECT json_agg(json_build_array(l.scheme, l.value, l.source))
                      FROM address_alias l WHERE l.address_id = a.address_id) AS aliases
            FROM address a JOIN address_current c USING (address_id)
            JOIN address_version v USING (address_id)
            JOIN event e ON e.subject = coalesce(a.code, 'p' || a.address_id)
            LEFT JOIN address p ON p.address_id = c.parent_id
        """).fetchall()
    return {each["house_number"]: each for each in found}


def test_every_row_the_same(
    clone_database: Callable[[str], AbstractContextManager[str]],
    registry_template: str,
    clock: FixedClock,
    tmp_path: Path,
) -> None:
    draw = random.Random(20260115)  # noqa: S311 -- repeatable, no secret
    given: list[str] = []
    rows = [row(draw, number, given) for number in range(ROWS)]
    with clone_database(registry_template) as single, clone_database(registry_template) as bulk:
        refused = asyncio.run(one_by_one(single, rows, clock))
        path = tmp_path / "in.csv"
        lines = [",".join(fields.get(name, "") for name in COLUMNS) for fields in rows]
        path.write_text("\n".join([",".join(COLUMNS), *lines]), encoding="utf-8")
        asyncio.run(at_once(bulk, clock, path))
        with psycopg.connect(bulk) as conn:
            reasons = dict(conn.execute("SELECT line, slug FROM import_rejection").fetchall())
        assert reasons == refused
        singles, bulks = state(single), state(bulk)
        assert singles.keys() == bulks.keys()
        assert bulks == singles  # codes drawn included: same keys, same order
    assert {each["status"] for each in singles.values()} == {"current", "proposed", "reserved"}
    assert len(set(refused.values())) >= 8
    assert len(singles) > ROWS / 3
