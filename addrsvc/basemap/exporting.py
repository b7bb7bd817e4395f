"""Write the basemap to one PMTiles file, for devices and sites that work without this service."""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, Final

import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from addrsvc.basemap.archives import Archive, read_tile
from addrsvc.basemap.drawing import draw_tile
from addrsvc.basemap.errors import ExportDiffers, ExportUnwritable, NothingToExport
from addrsvc.basemap.model import FIRST_ZOOM, LAST_ZOOM, TileOf
from addrsvc.basemap.pmtiles_file import PmTiles
from addrsvc.basemap.preparing import QUERIES
from addrsvc.basemap.schemas import layers_out
from addrsvc.basemap.service import get_extent
from addrsvc.clock import Clock, today
from addrsvc.db.rows import Connection, rows
from addrsvc.planning.maps.mercator import tile_box, tiles_in, to_mercator
from addrsvc.types import BBox

_SCALE: Final = 10_000_000

Progress = Callable[[int, int], None]
"""Told zoom and tiles written, after each zoom."""
Digests = dict[TileOf, bytes]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    tiles: int
    bytes: int
    last_zoom: int


async def export_basemap(
    conn: Connection,
    out: Path,
    clock: Clock,
    *,
    last_zoom: int,
    box: BBox | None = None,
    progress: Progress = lambda _zoom, _tiles: None,
) -> Exported:
    """Write all tiles that are not empty, whole or not at all, and read each of them back.

    Args:
        conn: either door; read for as long as that takes.
        out: the file; what was there is replaced at the very end.
        clock: for the legal day that is drawn.
        last_zoom: how close; house numbers are in zoom 16 only.
        box: tiles that meet it; None: all there is.
        progress: told how far it is.

    Raises:
        NothingToExport: nothing is drawn there.
        ExportDiffers: what was read back is not what was written.
        ExportUnwritable: the disk is full, or the file cannot be written.
    """
    box = box or await get_extent(conn)
    partial = out.with_name(f"{out.name}.partial")
    try:
        with partial.open("wb") as file:
            written = await _write(conn, file, clock, last_zoom, box, progress)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        _read_back(partial, written)
        partial.replace(out)
    except OSError as error:
        raise ExportUnwritable.of(out.name, error) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return Exported(len(written), size, last_zoom)


async def _write(
    conn: Connection,
    file: BinaryIO,
    clock: Clock,
    last_zoom: int,
    box: BBox,
    progress: Progress,
) -> Digests:
    writer: Any = Writer(file)  # type: ignore[no-untyped-call] # the library has no types
    with closing(writer.tile_f):  # the library leaves its file for what is not yet put together
        return await _write_by(writer, conn, clock, last_zoom, box, progress)


async def _write_by(
    writer: Any,
    conn: Connection,
    clock: Clock,
    last_zoom: int,
    box: BBox,
    progress: Progress,
) -> Digests:
    written = Digests()
    async for wanted, body in _drawn(conn, clock, last_zoom, box):
        if written and wanted.z > next(reversed(written)).z:
            progress(wanted.z - 1, len(written))
        writer.write_tile(
            zxy_to_tileid(wanted.z, wanted.x, wanted.y), gzip.compress(body, 6, mtime=0)
        )
        written[wanted] = _digest(body)
    if not written:
        raise NothingToExport
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": round(box.west * _SCALE),
        "min_lat_e7": round(box.south * _SCALE),
        "max_lon_e7": round(box.east * _SCALE),
        "max_lat_e7": round(box.north * _SCALE),
    }
    layers = [each.model_dump() for each in layers_out()]
    writer.finalize(header, {"name": "addrsvc basemap", "vector_layers": layers})
    return written


async def _drawn(
    conn: Connection, clock: Clock, last_zoom: int, box: BBox
) -> AsyncIterator[tuple[TileOf, bytes]]:
    """Give tiles zoom by zoom; under an empty one there is nothing but addresses."""
    day = today(clock)
    metres = shapely.total_bounds(
        to_mercator(shapely.box([box.west], [box.south], [box.east], [box.north]))
    )
    west, south, east, north = (float(each) for each in metres)
    tiles = {TileOf(FIRST_ZOOM, *each) for each in tiles_in((west, south, east, north), FIRST_ZOOM)}
    for z in range(FIRST_ZOOM, last_zoom + 1):
        if z == LAST_ZOOM:
            tiles |= await _addressed(conn)
        below: set[TileOf] = set()
        for tile in sorted(tiles, key=lambda each: zxy_to_tileid(each.z, each.x, each.y)):
            left, bottom, right, top = tile_box(z, tile.x, tile.y)
            if left > east or right < west or bottom > north or top < south:
                continue
            if body := await draw_tile(conn, tile, day):
                yield tile, body
                below |= {
                    TileOf(z + 1, 2 * tile.x + column, 2 * tile.y + row)
                    for column in (0, 1)
                    for row in (0, 1)
                }
        tiles = below


async def _addressed(conn: Connection) -> set[TileOf]:
    west, _, east, _ = tile_box(LAST_ZOOM, 0, 0)
    _, _, half_m, _ = tile_box(1, 1, 0)
    found = await rows(conn, QUERIES["addressed_tiles"], {"half_m": half_m, "side_m": east - west})
    return {TileOf(LAST_ZOOM, each["x"], each["y"]) for each in found}


def _read_back(path: Path, written: Digests) -> None:
    stored = PmTiles(path)
    try:
        archive = Archive(path.stem, stored.said(), stored)
        for wanted, digest in written.items():
            tile = read_tile(archive, wanted)
            if tile is None or _digest(tile.body) != digest:
                raise ExportDiffers(wanted.z, wanted.x, wanted.y)
    finally:
        stored.close()


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=8).digest()
