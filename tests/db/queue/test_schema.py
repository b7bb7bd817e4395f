"""The schema our migrations made is the one the installed queue library expects."""

from __future__ import annotations

import psycopg
import pytest
from procrastinate.schema import SchemaManager

_DESCRIBED = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, udt_name, is_nullable,
            replace(column_default, %(schema)s || '.', ''), identity_generation
        FROM information_schema.columns WHERE table_schema = %(schema)s
            AND table_name LIKE 'procrastinate%%' ORDER BY 1, 3""",
    "enumerations": """
        SELECT typname, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
        WHERE typnamespace = %(schema)s::regnamespace ORDER BY typname, enumsortorder""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = %(schema)s::regnamespace AND conrelid::regclass::text
            LIKE 'procrastinate%%' ORDER BY 1, 2""",
    "indexes": """
        SELECT indexname, replace(indexdef, %(schema)s || '.', '') FROM pg_indexes
        WHERE schemaname = %(schema)s AND tablename LIKE 'procrastinate%%' ORDER BY 1""",
    "functions": """
        SELECT proname, pg_get_function_arguments(oid), pg_get_function_result(oid), prosrc
        FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace ORDER BY 1, 2""",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, replace(pg_get_triggerdef(pg_trigger.oid),
            %(schema)s || '.', '')
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = %(schema)s::regnamespace AND NOT tgisinternal ORDER BY 1, 2""",
}


@pytest.fixture
def conn(database_url: str) -> psycopg.Connection:
    with psycopg.connect(database_url) as conn:
        yield conn
        conn.rollback()


def _describe(conn: psycopg.Connection, schema: str, what: str) -> list[tuple[object, ...]]:
    conn.execute("SELECT set_config('search_path', %s, true)", (schema,))
    return conn.execute(_DESCRIBED[what].encode(), {"schema": schema}).fetchall()


def test_it_is_what_the_installed_library_expects(conn: psycopg.Connection) -> None:
    conn.execute("CREATE SCHEMA expected")
    conn.execute("SET LOCAL search_path = expected")
    conn.execute(SchemaManager.get_schema())
    for what in _DESCRIBED:
        expected = _describe(conn, "expected", what)
        assert expected, what
        assert _describe(conn, "queue", what) == expected, (
            f"{what}: the library was updated; add a migration that runs copies of its own "
            "(procrastinate/sql/migrations), then sets the functions' search path as 0012 does"
        )


def test_its_functions_work_whatever_the_search_path_of_the_caller(
    conn: psycopg.Connection,
) -> None:
    bare = conn.execute("""
        SELECT proname FROM pg_proc WHERE pronamespace = 'queue'::regnamespace
            AND NOT coalesce(proconfig, '{}') @> '{"search_path=queue, pg_temp"}'
    """).fetchall()
    assert bare == []
