"""Files of tiles operators add: what is fit is served, what is hostile is refused with words."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pmtiles.tile import Compression, TileType, serialize_header, zxy_to_tileid
from pmtiles.writer import Writer

from addrsvc.basemap.archives import open_archive, open_archives, read_tile
from addrsvc.basemap.errors import ArchiveRefused, ArchiveTileBroken, TilesetUnknown
from addrsvc.basemap.model import TileOf

MVT = b"\x1a\x05\x0a\x03abc"
PLACE = TileOf(5, 25, 15)
BOMB = gzip.compress(b"\x1a" + bytes(50_000_000))


def picture(kind: str = "PNG", size: tuple[int, int] = (256, 256)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (10, 120, 60)).save(written, kind)
    return written.getvalue()


def mbtiles(path: Path, tile: object, said: str = "pbf", at: TileOf = PLACE, sql: str = "") -> Path:
    conn = sqlite3.connect(path)
    conn.executescript(
        "CREATE TABLE metadata (name, value);"
        + (
            sql
            or "CREATE TABLE tiles (zoom_level INTEGER,"
            " tile_column INTEGER, tile_row INTEGER, tile_data BLOB);"
        )
    )
    told = {"format": said, "name": "Ảnh <b>", "bounds": "106,10,107,11"}
    conn.executemany("INSERT INTO metadata VALUES (?, ?)", told.items())
    if not sql:
        row = 2**at.z - 1 - at.y
        conn.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (at.z, at.x, row, tile))
    conn.commit()
    conn.close()
    return path


def pmtiles(path: Path, tile: bytes, kind: TileType = TileType.MVT) -> Path:
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(PLACE.z, PLACE.x, PLACE.y), tile)
        writer.finalize({"tile_type": kind, "tile_compression": Compression.GZIP}, {})
    return path


@pytest.mark.parametrize("said", ["png", "jpg", "webp"])
def test_pictures(tmp_path: Path, said: str) -> None:
    body = picture({"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[said])
    archive = open_archive(mbtiles(tmp_path / f"anh-{said}.mbtiles", body, said))
    assert (archive.said.format, archive.said.first_zoom, archive.said.last_zoom) == (said, 5, 5)
    assert archive.said.title == "Ảnh <b>", "as it is: nobody may take it for markup"
    tile = read_tile(archive, PLACE)
    assert tile is not None
    assert (tile.body, tile.compressed) == (body, b"")
    assert read_tile(archive, TileOf(5, 25, 16)) is None
    archive.stored.close()


def test_what_a_file_says_of_itself(tmp_path: Path) -> None:
    told = {"vector_layers": [{"id": "water"}, {"id": "a b"}, {"id": 7}, "x"]}
    told |= {"attribution": '<a href="x">&copy; Ai đó</a>'}
    path = mbtiles(tmp_path / "mot.mbtiles", MVT)
    with sqlite3.connect(path) as conn:
        conn.execute("INSERT INTO metadata VALUES ('json', ?)", (json.dumps(told),))
        conn.execute("INSERT INTO metadata VALUES ('attribution', ?)", (told["attribution"],))
    conn.close()
    other = tmp_path / "hai.pmtiles"
    with other.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(PLACE.z, PLACE.x, PLACE.y), MVT)
        writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}, told)
    for each in (path, other):
        archive = open_archive(each)
        assert (archive.said.layers, archive.said.attribution) == (("water",), "© Ai đó")
        archive.stored.close()
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE metadata SET value = '[[[' WHERE name = 'json'")
    conn.close()
    archive = open_archive(path)
    assert archive.said.layers == ()
    archive.stored.close()


@pytest.mark.parametrize("make", [mbtiles, pmtiles])
@pytest.mark.parametrize("stored", [MVT, gzip.compress(MVT, mtime=0)], ids=["plain", "gzip"])
def test_vector_tiles(tmp_path: Path, make: Callable[..., Path], stored: bytes) -> None:
    ending = make.__name__
    archive = open_archive(make(tmp_path / f"duong.{ending}", stored))
    tile = read_tile(archive, PLACE)
    assert tile is not None
    assert tile.body == gzip.decompress(tile.compressed) == MVT
    assert read_tile(archive, TileOf(6, 0, 0)) is None
    archive.stored.close()


def _header(**wrong: int) -> bytes:
    header = {
        "root_offset": 127,
        "root_length": 30,
        "metadata_offset": 160,
        "metadata_length": 10,
        "tile_data_offset": 170,
        "tile_data_length": 10,
        "clustered": True,
        "internal_compression": Compression.GZIP,
        "tile_compression": Compression.GZIP,
        "tile_type": TileType.MVT,
        "min_zoom": 0,
        "max_zoom": 5,
    }
    return bytes(serialize_header({**header, **wrong}))


def _pm(body: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "ours.pmtiles"
        path.write_bytes(body)
        return path

    return make


def _directory(body: bytes) -> bytes:
    packed = gzip.compress(body)
    return _header(root_length=len(packed)) + packed


ENDLESS = (
    "CREATE VIEW tiles AS WITH RECURSIVE forever (zoom_level) AS (SELECT 1 UNION ALL SELECT"
    " zoom_level + 1 FROM forever) SELECT zoom_level, 0 AS tile_column, 0 AS tile_row, x'1a' AS"
    " tile_data FROM forever;"
)

REFUSED: dict[str, Callable[[Path], Path]] = {
    "no SQLite": lambda at: _write(at / "ours.mbtiles", b"<html>"),
    "SQLite cut off": lambda at: _write(
        at / "ours.mbtiles", mbtiles(at / "whole.mbtiles", MVT).read_bytes()[:5000]
    ),
    "SQLite of noise": lambda at: _write(
        at / "ours.mbtiles", b"SQLite format 3\0" + bytes(range(256)) * 40
    ),
    "a view without an end": lambda at: mbtiles(at / "ours.mbtiles", MVT, sql=ENDLESS),
    "a tile that is text": lambda at: mbtiles(at / "ours.mbtiles", "text"),
    "says png, holds html": lambda at: mbtiles(at / "ours.mbtiles", b"<html>", "png"),
    "says png, holds jpg": lambda at: mbtiles(at / "ours.mbtiles", picture("JPEG"), "png"),
    "a picture of 9 megapixels": lambda at: mbtiles(
        at / "ours.mbtiles", picture(size=(3000, 3000)), "png"
    ),
    "gzip bomb": lambda at: mbtiles(at / "ours.mbtiles", BOMB),
    "unknown format": lambda at: mbtiles(at / "ours.mbtiles", MVT, "svg"),
    "a zoom beyond all": lambda at: mbtiles(at / "ours.mbtiles", MVT, at=TileOf(60, 0, 0)),
    "a name with a path in it": lambda at: mbtiles(at / "..%2Fours.mbtiles", MVT),
    "our own name": lambda at: mbtiles(at / "basemap.mbtiles", MVT),
    "a link": lambda at: _link(at / "ours.mbtiles", mbtiles(at / "whole.mbtiles", MVT)),
    "no PMTiles": _pm(b"PMTiles"),
    "PMTiles of version 9": _pm(b"PMTiles\x09" + bytes(200)),
    "PMTiles of an unknown type": _pm(_header()[:99] + b"\xff" + _header()[100:] + bytes(99)),
    "a directory beyond the file": _pm(_header(root_offset=2**60) + bytes(200)),
    "a directory that is a bomb": _pm(_directory(bytes(50_000_000))),
    "a directory of 2^62 tiles": _pm(_directory(b"\xff" * 8 + b"\x3f")),
    "a directory with endless numbers": _pm(_directory(b"\xff" * 4000)),
    "a directory that leads to itself": _pm(_directory(b"\x01\x00\x00\x1e\x01")),
    "PMTiles with a gzip bomb": lambda at: pmtiles(at / "ours.pmtiles", BOMB),
    "PMTiles that say png": lambda at: pmtiles(at / "ours.pmtiles", MVT, TileType.PNG),
}


def _write(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def _link(path: Path, target: Path) -> Path:
    path.symlink_to(target)
    return path


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(tmp_path: Path, what: str) -> None:
    path = REFUSED[what](tmp_path)
    with pytest.raises(ArchiveRefused) as refused:
        open_archive(path)
    for language in ("vi", "en"):
        text = refused.value.text(language)
        assert "ADDRSVC_TILES_DIR" in text
        assert "Text(" not in text
    assert json.dumps(refused.value.facts(), default=str)


def test_the_others_are_served(tmp_path: Path) -> None:
    mbtiles(tmp_path / "good.mbtiles", MVT)
    _write(tmp_path / "bad.mbtiles", b"<html>")
    _write(tmp_path / "notes.txt", b"")
    pmtiles(tmp_path / "good.pmtiles", MVT)
    archives = open_archives(tmp_path)
    assert list(archives.served) == ["good"]
    assert [each.file for each in archives.refused] == ["bad.mbtiles", "good.pmtiles"]
    assert archives.get("good").name == "good"
    with pytest.raises(TilesetUnknown):
        archives.get("bad")
    archives.close()
    assert open_archives(None).served == open_archives(tmp_path / "none").served == {}


def test_a_tile_damaged_later_is_told_apart(tmp_path: Path) -> None:
    path = mbtiles(tmp_path / "ours.mbtiles", MVT)
    conn = sqlite3.connect(path)
    conn.execute("INSERT INTO tiles VALUES (6, 0, 0, ?)", [BOMB])
    conn.execute("INSERT INTO tiles VALUES (6, 1, 0, 'text')")
    conn.commit()
    conn.close()
    archive = open_archive(path)
    for x in (0, 1):
        with pytest.raises(ArchiveTileBroken):
            read_tile(archive, TileOf(6, x, 63))
    archive.stored.close()
