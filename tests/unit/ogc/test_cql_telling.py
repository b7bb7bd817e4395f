"""Filters told in SQL: what is supported, what is refused and how, and that nothing is composed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.errors import InvalidInput, Text
from addrsvc.ogc.cql.caps import DEPTH, DEPTH_JSON, LENGTH, WORDS
from addrsvc.ogc.cql.reading import read_filter
from addrsvc.ogc.cql.telling import LETTERS, Condition, condition_of
from addrsvc.ogc.model import Property, Type
from addrsvc.ogc.systems import CRS84, SYSTEMS, System, system_of

NAMES = {
    "name": Type.TEXT,
    "n": Type.INTEGER,
    "area": Type.NUMBER,
    "synthetic": Type.BOOLEAN,
    "day": Type.DATE,
    "moment": Type.MOMENT,
    "geometry": Type.GEOMETRY,
}
PROPERTIES = {
    name: Property(name, kind, f"item.{name}", Text(name, name)) for name, kind in NAMES.items()
}
NAMED = re.compile(r"%\((filter_[0-9]+)\)s::(?:text|bigint|float8|boolean|date|timestamptz|bytea)")


def told(given: str, *, is_json: bool = False, system: System = CRS84) -> Condition:
    return condition_of(read_filter(given, is_json=is_json), PROPERTIES, system)


def plain(condition: Condition) -> str:
    """Put values where they are bound, to read."""
    return NAMED.sub(lambda found: repr(condition.params[found[1]]), condition.sql)


@pytest.mark.parametrize(
    ("filter_", "sql"),
    [
        ("name = 'Bình'", "(item.name = 'Bình')"),
        ("n <> 5 AND area >= 1.5", "((item.n <> 5) AND (item.area >= 1.5))"),
        ("name='a' OR name='b' OR NOT n<1", None),
        ("synthetic", "item.synthetic"),
        ("synthetic = true", "(item.synthetic = True)"),
        ("true", "true"),
        ("n IN (1,2)", "(item.n IN (1, 2))"),
        ("n NOT IN (1)", "(NOT (item.n IN (1)))"),
        ("n BETWEEN 1 AND 2.5", "(item.n BETWEEN 1 AND 2.5)"),
        ("name IS NULL", "(item.name IS NULL)"),
        ("geometry IS NOT NULL", "(NOT (item.geometry IS NULL))"),
        ("name LIKE 'a%_\\%'", "(item.name LIKE 'a%_\\\\%')"),
        ("casei(name) = casei('X')", "(lower(item.name) = lower('X'))"),
        ("5 = n", "(5 = item.n)"),
        ("n = area", "(item.n = item.area)"),
        ("name = 'a''b'", '(item.name = "a\'b")'),
        ("\"name\" = 'x'", "(item.name = 'x')"),
    ],
)
def test_what_is_supported(filter_: str, sql: str | None) -> None:
    condition = told(filter_)
    assert sql is None or plain(condition) == sql
    assert set(NAMED.findall(condition.sql)) == set(condition.params)


def test_days_and_moments() -> None:
    assert "datetime.date(2025, 7, 1)" in plain(told("day >= DATE('2025-07-01')"))
    moment = told("moment < TIMESTAMP('2025-07-01T00:00:00Z')")
    assert moment.params["filter_0"].isoformat() == "2025-07-01T00:00:00+00:00"


def test_accents_and_case_are_folded_on_both_sides() -> None:
    condition = told("accenti(casei(name)) LIKE accenti(casei('Đồng%'))")
    assert condition.sql.count("normalize(lower(") == 2
    assert list(condition.params.values()) == ["Đồng%"]


def test_decomposed_letters_are_composed() -> None:
    assert told("name = 'Bi\u0300nh'").params == {"filter_0": "Bình"}


@pytest.mark.parametrize(
    ("filter_", "slug"),
    [
        ("name = 5", "filter-types-differ"),
        ("n = 'x'", "filter-types-differ"),
        ("day = '2025-07-01'", "filter-types-differ"),
        ("day = TIMESTAMP('2025-07-01T00:00:00Z')", "filter-types-differ"),
        ("synthetic > true", "filter-types-differ"),
        ("synthetic BETWEEN true AND false", "filter-types-differ"),
        ("n BETWEEN 1 AND 'x'", "filter-types-differ"),
        ("n IN (1,'x')", "filter-types-differ"),
        ("n LIKE 'x'", "filter-types-differ"),
        ("name LIKE 5", "filter-types-differ"),
        ("name", "filter-types-differ"),
        ("casei(n) = casei('x')", "filter-types-differ"),
        ("geometry = geometry", "filter-types-differ"),
        ("S_INTERSECTS(name, POINT(1 2))", "filter-types-differ"),
        ("S_INTERSECTS(geometry, 5)", "filter-types-differ"),
        ("nope = 1", "filter-property-unknown"),
        ("pg_sleep(10)", "filter-unsupported"),
        ("pg_sleep(10) = 1", "filter-unsupported"),
        ("n + 1 = 2", "filter-unsupported"),
        ("name = n^2", "filter-unsupported"),
        ("S_WITHIN(geometry, POINT(1 2))", "filter-unsupported"),
        ("S_INTERSECTS(geometry, Buffer(geometry, 1))", "filter-unsupported"),
        ("T_AFTER(day, DATE('2025-07-01'))", "filter-unsupported"),
        ("A_CONTAINS(name, ('a','b'))", "filter-unsupported"),
        ("name IN ('a') IN ('b')", "filter-unsupported"),
        ("casei(name, name) = 'x'", "filter-unsupported"),
        ("name = ('a','b')", "filter-unsupported"),
        ("name = POINT(1 2)", "filter-unsupported"),
        ("day = INTERVAL('2025-01-01','..')", "filter-unsupported"),
        ("n = 1e999", "filter-value-invalid"),
        ("n = " + "9" * 400, "filter-value-invalid"),
        ("day = DATE('2025-13-45')", "filter-value-invalid"),
        ("day = DATE('20250701')", "filter-value-invalid"),
        ("moment = TIMESTAMP('x')", "filter-value-invalid"),
        ("name LIKE 'x\\'", "pattern-invalid"),
        ("name LIKE '" + "%a" * 11 + "'", "pattern-invalid"),
        (f"name LIKE '{'a' * (LETTERS + 1)}'", "pattern-invalid"),
        ("S_INTERSECTS(geometry, POINT(500 500))", "filter-shape-invalid"),
        ("S_INTERSECTS(geometry, POLYGON((0 0,2 2,2 0,0 2,0 0)))", "filter-shape-invalid"),
        ("S_INTERSECTS(geometry, POLYGON((0 0,1 1,0 1)))", "filter-shape-invalid"),
        ("S_INTERSECTS(geometry, POINT(1e999 1))", "filter-unreadable"),
        ("S_INTERSECTS(geometry, BBOX(1,2,3,400))", "filter-shape-invalid"),
        ("S_INTERSECTS(geometry, BBOX(1,5,3,4))", "filter-shape-invalid"),
        ("a=1; DROP TABLE address", "filter-unreadable"),
        ("name = 'x", "filter-unreadable"),
        ("name = 'a\0b'", "filter-unreadable"),
        ("name = 'a\ud800b'", "filter-unreadable"),
        ("", "filter-unreadable"),
        ("(n = 1", "filter-unreadable"),
        ("n = 1)", "filter-unreadable"),
        ("(" * 3_000 + "n=1" + ")" * 3_000, "filter-too-long"),
        ("(" * 1_000 + "n=1" + ")" * 1_000, "filter-too-deep"),
        ("(" * (DEPTH + 1) + "n=1" + ")" * (DEPTH + 1), "filter-too-deep"),
        ("NOT " * 6 + "synthetic", "filter-too-deep"),
        ("n = " + "-" * 3_000 + "1", "filter-too-deep"),
        ("n = 1" + " OR n = 1" * WORDS, "filter-too-large"),
        ("n IN (" + ",".join(["1"] * 500) + ")", "filter-too-large"),
        ("x" * 1_000_000, "filter-too-long"),
        (f"S_INTERSECTS(geometry, LINESTRING({','.join(['1 2'] * 100_000)}))", "filter-too-long"),
        (
            f"S_INTERSECTS(geometry, MULTIPOINT({','.join(['1 2'] * 950)}))",
            None,
        ),
    ],
)
def test_what_is_refused(filter_: str, slug: str | None) -> None:
    if slug is None:
        assert told(filter_)
        return
    with pytest.raises(InvalidInput) as refused:
        told(filter_)
    assert refused.value.slug == slug
    for language in ("vi", "en"):
        words = refused.value.text(language)
        assert "{" not in words.replace('{"op"', "")
        assert len(words) < 600


@pytest.mark.parametrize(
    ("filter_", "slug"),
    [
        ({"op": "=", "args": [{"property": "n"}]}, "filter-unsupported"),
        ({"op": "and", "args": [True]}, "filter-unsupported"),
        ({"op": "in", "args": [{"property": "n"}, "x"]}, "filter-unsupported"),
        ({"op": "in", "args": [{"property": "n"}, []]}, "filter-unsupported"),
        ({"op": "=", "args": [{"property": "name"}, None]}, "filter-unsupported"),
        ({"op": "isNull", "args": [5]}, "filter-unsupported"),
        ({"op": "like", "args": [{"property": "name"}, {"date": "x"}]}, "filter-types-differ"),
        ({"op": "=", "args": [{"property": "day"}, {"date": 5}]}, "filter-value-invalid"),
        ({"op": "=", "args": [{"property": "moment"}, {"timestamp": 5}]}, "filter-value-invalid"),
        ({"op": "=", "args": [{"property": "name"}, "a\0"]}, "filter-value-invalid"),
        (
            {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3]}]},
            "filter-shape-invalid",
        ),
        (
            {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": ["a", 2, 3, 4]}]},
            "filter-shape-invalid",
        ),
        ({"op": "s_intersects", "args": [{"property": "geometry"}, {"date": "x"}]}, None),
        ({}, "filter-unreadable"),
        ("x", "filter-types-differ"),
        (5, "filter-types-differ"),
    ],
)
def test_what_is_refused_in_json(filter_: Any, slug: str | None) -> None:
    with pytest.raises(InvalidInput) as refused:
        told(json.dumps(filter_), is_json=True)
    assert slug in {None, refused.value.slug}


def test_json_is_capped_before_it_is_read() -> None:
    deep = '{"op":"not","args":[' * 1_000 + "true" + "]}" * 1_000
    for given_, slug in [
        (deep, "filter-too-long"),
        ("[" * (DEPTH_JSON + 1) + "]" * (DEPTH_JSON + 1), "filter-too-deep"),
        ('{"a', "filter-unreadable"),
        ("[" * 3, "filter-unreadable"),
        ("]", "filter-unreadable"),
        ("NaN", "filter-unreadable"),
    ]:
        with pytest.raises(InvalidInput) as refused:
            told(given_, is_json=True)
        assert refused.value.slug == slug


def test_both_languages_say_the_same() -> None:
    tree = {
        "op": "and",
        "args": [
            {"op": "=", "args": [{"property": "name"}, "[("]},
            {"op": "not", "args": [{"op": ">", "args": [{"property": "n"}, 5]}]},
        ],
    }
    one, other = told("name = '[(' AND NOT n > 5"), told(json.dumps(tree), is_json=True)
    assert (one.sql, one.params) == (other.sql, other.params)


def test_shapes_come_in_any_system() -> None:
    here = told("S_INTERSECTS(geometry, POINT(106.65 10.95))")
    swapped = SYSTEMS["http://www.opengis.net/def/crs/EPSG/0/4326"]
    assert here.sql == "ST_Intersects(item.geometry, ST_GeomFromWKB(%(filter_0)s::bytea, 4326))"
    there = told("S_INTERSECTS(geometry, POINT(10.95 106.65))", system=swapped)
    assert there.params == here.params
    zone = system_of("EPSG:9210")
    assert zone is not None
    assert told("S_INTERSECTS(BBOX(598000,1214000,599000,1215000), geometry)", system=zone)
    with pytest.raises(InvalidInput):
        told("S_INTERSECTS(geometry, POINT(1e30 1e30))", system=zone)


def test_what_is_said_back_holds_nothing_unseen() -> None:
    with pytest.raises(InvalidInput) as refused:
        told('"a\u202eb\u0007" = 1')
    assert "a?b?" in refused.value.text("en")


@given(st.text(max_size=60) | st.text("()'\",=<>-+ %\\aANDORnotin1", max_size=80))
def test_nothing_crashes(text: str) -> None:
    for is_json in (False, True):
        try:
            condition = told(text, is_json=is_json)
        except InvalidInput:
            continue
        assert set(NAMED.findall(condition.sql)) == set(condition.params)


def test_length_is_as_documented() -> None:
    assert LENGTH == 4_000
