"""MBTiles: tiles in an SQLite file, rows counted from the south.

Source: MBTiles Specification 1.3.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

from addrsvc.basemap.archive_tiles import (
    MAX_STORED_BYTES,
    Broken,
    Format,
    Said,
    credit_of,
    layers_of,
    shown,
)
from addrsvc.basemap.model import TileOf
from addrsvc.types import BBox

_STEPS: Final = 10_000
_MOST_TURNS: Final = 500
"""A statement of more than so many times so many steps of SQLite's machine is ended: ``tiles`` may
be a view of anything."""

_MAX_JSON: Final = 500_000
"""Characters of the description of layers."""

_FORMATS: Final = {"pbf": "mvt", "mvt": "mvt", "png": "png", "jpg": "jpg", "jpeg": "jpg"} | {
    "webp": "webp"
}
_NO_TILES: Final = Broken("không có mảnh nào", "it holds no tiles")


class MbTiles:
    """One open file."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\0":
                raise Broken("không phải tệp SQLite", "it is no SQLite file")
        self._turns = 0
        self._lock = threading.Lock()
        self._conn = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_STORED_BYTES)
        self._conn.set_progress_handler(self._count, _STEPS)
        try:
            with self._held():
                self._conn.execute("PRAGMA trusted_schema = OFF")
                self._conn.execute("PRAGMA query_only = ON")
        except Broken:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._conn.close()

    def said(self) -> Said:
        """Give what ``metadata`` says; zooms are those there are."""
        found = self._rows(
            "SELECT name, substr(value, 1, 500) FROM metadata WHERE typeof(name) = 'text' LIMIT 100"
        )
        told = {str(name): str(value) for name, value in found}
        given = _FORMATS.get(told.get("format", "").lower())
        if given is None:
            raise Broken("không ghi rõ định dạng mảnh", "it does not say of which format tiles are")
        ends = [
            self._rows(f"SELECT zoom_level FROM tiles ORDER BY zoom_level {order} LIMIT 1")
            for order in ("ASC", "DESC")
        ]
        zooms = [each[0][0] for each in ends if each]
        if not zooms or not all(isinstance(each, int) for each in zooms):
            raise _NO_TILES
        return Said(
            first_zoom=zooms[0],
            last_zoom=zooms[-1],
            format=cast("Format", given),
            bounds=_box(told.get("bounds", "")),
            title=shown(told.get("name", "")),
            attribution=credit_of(told.get("attribution", "")),
            layers=self._layers() if given == "mvt" else (),
        )

    def _layers(self) -> tuple[str, ...]:
        found = self._rows(
            "SELECT value FROM metadata WHERE name = 'json' AND length(value) <= ? LIMIT 1",
            (_MAX_JSON,),
        )
        try:
            return layers_of(json.loads(found[0][0])) if found else ()
        except (TypeError, ValueError, RecursionError):
            return ()

    def first_tile(self) -> bytes:
        """Give any tile."""
        found = self._rows("SELECT tile_data FROM tiles LIMIT 1")
        if not found or not isinstance(found[0][0], bytes):
            raise _NO_TILES
        return found[0][0]

    def find(self, wanted: TileOf) -> bytes | None:
        """Give a tile as it is stored."""
        found = self._rows(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
            " LIMIT 1",
            (wanted.z, wanted.x, 2**wanted.z - 1 - wanted.y),
        )
        if not found:
            return None
        if not isinstance(found[0][0], bytes):
            raise Broken("mảnh không phải dữ liệu nhị phân", "a tile is no blob")
        return found[0][0]

    def _rows(self, statement: str, params: tuple[int, ...] = ()) -> list[tuple[Any, ...]]:
        with self._held():
            return self._conn.execute(statement, params).fetchall()

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock:
            self._turns = 0
            try:
                yield
            except (sqlite3.Error, OverflowError, UnicodeError) as error:
                raise Broken(
                    "cơ sở dữ liệu SQLite bị hỏng, hoặc đọc quá lâu",
                    "its SQLite database is damaged, or takes too long to read",
                ) from error

    def _count(self) -> int:
        self._turns += 1
        return int(self._turns > _MOST_TURNS)


def _box(text: str) -> BBox | None:
    """Read ``west,south,east,north``; None: it is no box.

    >>> _box("106,10,107,11"), _box("1,2,3"), _box("nan,0,1,1")
    (BBox(west=106.0, south=10.0, east=107.0, north=11.0), None, None)
    """
    try:
        west, south, east, north = (float(each) for each in text.split(","))
    except ValueError:
        return None
    if -180 <= west < east <= 180 and -90 <= south < north <= 90:
        return BBox(west, south, east, north)
    return None
