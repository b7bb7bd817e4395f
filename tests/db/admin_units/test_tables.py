"""The Core tables say what the migration made."""

from __future__ import annotations

import psycopg
import pytest

from addrsvc.admin_units import tables

TABLES = {table.name: table for table in vars(tables).values() if hasattr(table, "columns")}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_columns_are_those_of_the_database(name: str, shared_database_url: str) -> None:
    with psycopg.connect(shared_database_url) as conn:
        there = conn.execute(
            "SELECT column_name, is_nullable = 'YES' FROM information_schema.columns "
            "WHERE table_name = %s ORDER BY ordinal_position",
            [name],
        ).fetchall()
        key = conn.execute(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a "
            "ON a.attrelid = i.indrelid AND a.attnum = any(i.indkey) "
            "WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY a.attnum",
            [name],
        ).fetchall()
    table = TABLES[name]
    assert [(column.name, bool(column.nullable)) for column in table.columns] == there
    assert [column.name for column in table.primary_key] == [column for (column,) in key]
