"""Tell a GeoPackage of plain tables from one that computes its rows while they are read. Pure.

A view may have no end and a computed column any size: whoever opens the file pays for it. GDAL
reads both as it reads tables, so they are refused before it sees the file.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

_COMPUTED = (2, 3)
"""What ``table_xinfo`` says is hidden about columns: computed when read, or when written."""
_INDEX = re.compile(
    r"""CREATE\s+VIRTUAL\s+TABLE\s+("[^"]+"|'[^']+'|\[[^]]+\]|`[^`]+`|\w+)\s+USING\s+rtree\s*\(""",
    re.IGNORECASE,
)
"""A spatial index; the words within its name do not make one of another module."""


def has_plain_tables(path: Path) -> bool:
    """Tell whether nothing but tables, and spatial indexes of them, can be read from a file.

    Only its schema is read. False: it has views, computed columns or other virtual tables, or
    is damaged.
    """
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            made = database.execute(
                "SELECT type, name, coalesce(sql, '') FROM sqlite_master"
                " WHERE type IN ('table', 'view')"
            ).fetchall()
            return all(
                _is_index(sql) or (kind == "table" and _is_plain(database, name, sql))
                for kind, name, sql in made
            )
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def _is_index(sql: str) -> bool:
    return _INDEX.match(sql) is not None


def _is_plain(database: sqlite3.Connection, name: str, sql: str) -> bool:
    if sql.upper().split()[:2] == ["CREATE", "VIRTUAL"]:
        return False
    quoted = name.replace('"', '""')
    columns = database.execute(f'PRAGMA table_xinfo("{quoted}")').fetchall()
    return not any(column[6] in _COMPUTED for column in columns)
