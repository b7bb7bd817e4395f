"""GeoPackages whose rows are computed while they are read, told by their schema."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from addrsvc.geo.geopackage import has_plain_tables

_TABLE = "CREATE TABLE houses (id INTEGER PRIMARY KEY, name TEXT)"
_INDEX = "CREATE VIRTUAL TABLE rtree_houses USING rtree (id, minx, maxx, miny, maxy)"


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ([_TABLE], True),
        ([_TABLE, _INDEX], True),
        ([_TABLE, "CREATE VIEW endless AS SELECT 1"], False),
        ([_TABLE, "CREATE VIRTUAL TABLE words USING fts5 (text)"], False),
        (["CREATE TABLE big (id INTEGER, blob AS (zeroblob(1000000000)))"], False),
        (["CREATE TABLE big (id INTEGER, blob AS (zeroblob(1000000000)) STORED)"], False),
    ],
)
def test_what_is_computed_is_told_from_tables(
    tmp_path: Path, schema: list[str], *, plain: bool
) -> None:
    file = tmp_path / "nhà.gpkg"
    with closing(sqlite3.connect(file)) as database:
        for statement in schema:
            database.execute(statement)
    assert has_plain_tables(file) is plain


def test_a_damaged_file_is_not_plain(tmp_path: Path) -> None:
    file = tmp_path / "hỏng.gpkg"
    file.write_bytes(b"no database at all" * 100)
    assert not has_plain_tables(file)


def test_words_in_names_make_no_index(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    hostile = 'CREATE VIRTUAL TABLE " USING rtree" USING VirtualOGR("elsewhere")'
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA writable_schema = ON")
        insert = "INSERT INTO sqlite_master VALUES ('table', 'a', 'a', 0, ?)"
        database.execute(insert, (hostile,))
        database.commit()
    assert not has_plain_tables(file)


def test_a_schema_that_is_no_text_is_not_plain(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(file)) as database:
        database.execute(_TABLE)
    file.write_bytes(file.read_bytes().replace(b"houses", b"\xff\xfeuses"))
    assert not has_plain_tables(file)
