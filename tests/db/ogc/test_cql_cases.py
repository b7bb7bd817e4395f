"""The cases of the standard and of its parser: each is translated and run, or refused in words.

None may crash, and none may end in an error of the database.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest
import shapely

from addrsvc.errors import InvalidInput, Text
from addrsvc.ogc.cql.reading import read_filter
from addrsvc.ogc.cql.telling import Condition, condition_of
from addrsvc.ogc.model import Property, Type
from addrsvc.ogc.systems import CRS84

pytestmark = pytest.mark.realdata

COLUMNS = {
    Type.TEXT: "text",
    Type.INTEGER: "bigint",
    Type.NUMBER: "float8",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.MOMENT: "timestamptz",
    Type.GEOMETRY: "geometry",
}
ITEMS = {
    "intfield": Type.INTEGER,
    "textfield": Type.TEXT,
    "floatfield": Type.NUMBER,
    "boolfield": Type.BOOLEAN,
    "datefield": Type.DATE,
    "ts_start": Type.MOMENT,
    "ts_end": Type.MOMENT,
    "nfield": Type.TEXT,
    "geom": Type.GEOMETRY,
}
PLACES = {
    "name": Type.TEXT,
    "nameascii": Type.TEXT,
    "pop_max": Type.INTEGER,
    "pop_other": Type.INTEGER,
    "boolean": Type.BOOLEAN,
    "date": Type.DATE,
    "start": Type.MOMENT,
    "end": Type.MOMENT,
    "geom": Type.GEOMETRY,
}


SUPPORTED = {
    "accent-insensitive-comparison",
    "basic-cql2",
    "case-insensitive-comparison",
    "basic-spatial-functions",
    "basic-spatial-functions-plus",
}
REFUSALS = {
    "filter-property-unknown",
    "filter-shape-invalid",
    "filter-too-long",
    "filter-types-differ",
    "filter-unreadable",
    "filter-unsupported",
    "filter-value-invalid",
    "pattern-invalid",
}


def properties(names: Mapping[str, Type]) -> dict[str, Property]:
    return {
        name: Property(name, kind, f'item."{name}"', Text(name, name))
        for name, kind in names.items()
    }


Database = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def conn(
    clone_database: Callable[[str], AbstractContextManager[str]], template_db: str, realdata: Path
) -> Iterator[Database]:
    with clone_database(template_db) as url, psycopg.connect(url, autocommit=True) as conn:
        _make(conn, "items", ITEMS)
        lines = (realdata / "peers/cql2-rs/cql2testdata.ndjson").read_text(encoding="utf-8")
        found = [json.loads(line) for line in lines.splitlines()]
        _fill(
            conn,
            "items",
            ITEMS,
            [{**each, "geom": shapely.from_geojson(json.dumps(each["geom"]))} for each in found],
        )
        _make(conn, "places", PLACES)
        file = realdata / "peers/ogc-cql2/ne110m4cql2.gpkg"
        _, _, shapes, values = pyogrio.raw.read(
            file,
            layer="ne_110m_populated_places_simple",
            columns=[name for name in PLACES if name != "geom"],
        )
        names = pyogrio.read_info(file, layer="ne_110m_populated_places_simple")["fields"]
        order = [name for name in names if name in PLACES]
        rows = [
            {
                **{
                    name: _plain(value[at], PLACES[name])
                    for name, value in zip(order, values, strict=True)
                },
                "geom": shapely.from_wkb(shapes[at]),
            }
            for at in range(len(shapes))
        ]
        _fill(conn, "places", PLACES, rows)
        yield conn


def _plain(value: Any, kind: Type) -> Any:
    """Give a value as the driver takes it; what is none stays none."""
    found = value.item() if hasattr(value, "item") else value
    if found is None or found != found:  # noqa: PLR0124 -- not a number
        return None
    return bool(found) if kind is Type.BOOLEAN else found


def _make(conn: Database, table: str, names: Mapping[str, Type]) -> None:
    columns = ", ".join(f'"{name}" {COLUMNS[kind]}' for name, kind in names.items())
    conn.execute(f"CREATE TABLE {table} ({columns})".encode())


def _fill(
    conn: Database, table: str, names: Mapping[str, Type], rows: list[dict[str, Any]]
) -> None:
    holes = ", ".join(
        f"ST_GeomFromWKB(%({name})s, 4326)" if kind is Type.GEOMETRY else f"%({name})s"
        for name, kind in names.items()
    )
    statement = f"INSERT INTO {table} VALUES ({holes})".encode()
    with conn.cursor() as cursor:
        cursor.executemany(
            statement,
            [{**dict.fromkeys(names), **r, "geom": shapely.to_wkb(r["geom"])} for r in rows],
        )


def translated(
    names: Mapping[str, Type], given: str, *, is_json: bool = False
) -> tuple[Condition | None, str]:
    """Give the condition of a filter, or none and why it is refused."""
    try:
        tree = read_filter(given, is_json=is_json)
        return condition_of(tree, properties(names), CRS84), ""
    except InvalidInput as refused:
        return None, refused.slug


def answer(
    conn: Database, table: str, names: Mapping[str, Type], condition: Condition
) -> list[Any]:
    """Give the first columns of rows that answer a filter, in order."""
    first = next(iter(names))
    statement = f'SELECT "{first}" FROM {table} AS item WHERE {condition.sql} ORDER BY 1'
    return [row[0] for row in conn.execute(statement.encode(), condition.params)]


def test_every_operator_gives_what_the_parser_expects(conn: Database, realdata: Path) -> None:
    lines = (realdata / "peers/cql2-rs/operators_expected.txt").read_text(encoding="utf-8")
    pairs = lines.splitlines()
    refused: list[tuple[str, str]] = []
    wrong: list[str] = []
    for given, expected in zip(pairs[::2], pairs[1::2], strict=True):
        condition, slug = translated(ITEMS, given)
        if condition is None:
            refused.append((given, slug))
        elif answer(conn, "items", ITEMS, condition) != [int(each) for each in expected.split()]:
            wrong.append(given)
    assert wrong == []
    assert len(pairs) // 2 - len(refused) >= 40, refused
    assert {slug for _, slug in refused} <= REFUSALS, refused


def test_every_expression_of_the_standard_runs_or_is_refused(
    conn: Database, realdata: Path
) -> None:
    text = (realdata / "peers/cql2-rs/expressions.txt").read_text(encoding="utf-8")
    cases = [line.split("|", 1) for line in text.splitlines() if "|" in line[:60]]
    assert len(cases) > 80
    refused: list[tuple[str, str, str]] = []
    for conformance, given in cases:
        condition, slug = translated(ITEMS, given)
        if condition is None:
            refused.append((conformance, given, slug))
        else:
            answer(conn, "items", ITEMS, condition)
    assert {slug for _, _, slug in refused} <= REFUSALS, refused
    # of what is declared only points beyond the poles are refused
    of_ours = {slug for conformance, _, slug in refused if conformance in SUPPORTED}
    assert of_ours <= {"filter-shape-invalid"}, refused


def test_every_example_is_read_and_run_or_refused(conn: Database, realdata: Path) -> None:
    """Properties of the examples are made up, of each type in turn: it is the translation that is
    tried.
    """
    folder = realdata / "peers/ogc-cql2/cql2/standard/schema/examples"
    given = [(file.read_text(encoding="utf-8"), False) for file in folder.glob("text/*.txt")]
    given += [(file.read_text(encoding="utf-8"), True) for file in folder.glob("json/*.json")]
    examples = tomllib.loads((realdata / "peers/cql2-rs/examples.toml").read_text("utf-8"))
    for each in examples.values():
        given += [(each["cql2_text"], False), (each["cql2_json"], True)]
    assert len(given) > 300
    ran = 0
    for text, is_json in given:
        _, slug = translated({}, text, is_json=is_json)
        assert not slug or slug in REFUSALS, text
        for kind in Type:
            names = dict.fromkeys(re.findall(r"[A-Za-z_][\w:]*", text), kind)
            condition, slug = translated(names, text, is_json=is_json)
            assert not slug or slug in REFUSALS, text
            if condition is not None:
                columns = ", ".join(f'NULL::{COLUMNS[kind]} AS "{name}"' for name in names)
                statement = f"SELECT 1 FROM (SELECT {columns}) AS item WHERE {condition.sql}"
                conn.execute(statement.encode(), condition.params)
                ran += 1
                break
    assert ran > 100


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ("name IS NULL", 0),
        ("pop_max > 10000000", None),
        ('"boolean" = true', None),
        ("\"date\" >= DATE('2022-04-16')", None),
        ("start <= TIMESTAMP('2022-04-16T10:13:19Z')", None),
        ("pop_other BETWEEN 1038288 AND 1611692", None),
        ("name LIKE 'B_r%'", None),
        ("casei(name) LIKE casei('københavn')", 1),
        ("accenti(casei(name)) = accenti(casei('reykjavík'))", 1),
        ("S_INTERSECTS(geom, BBOX(0,40,10,50))", 7),
        ("S_INTERSECTS(geom, POLYGON((0 40,10 40,10 50,0 50,0 40)))", 7),
        ("S_INTERSECTS(geom, POINT(7.02 49.882))", 0),
    ],
)
def test_predicates_of_the_abstract_tests_on_populated_places(
    conn: Database, given: str, count: int | None
) -> None:
    """Source: annex A of OGC 21-065r2, on the tables it is written for."""
    condition, slug = translated(PLACES, given)
    assert condition is not None, slug
    found = answer(conn, "places", PLACES, condition)
    everything = conn.execute("SELECT count(*) FROM places").fetchone()
    assert everything is not None
    assert len(found) == count if count is not None else 0 < len(found) < everything[0], len(found)
