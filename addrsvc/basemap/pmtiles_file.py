"""PMTiles: tiles and directories of them in one file, read where they lie.

The library's own reader believes what a file says: a directory of forty kilobytes may unpack to as
many gigabytes. Here everything is compared with the file's size, and has a bound.
Source: PMTiles Specification 3.
"""

from __future__ import annotations

import json
import mmap
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from addrsvc.basemap.archive_tiles import (
    MAX_STORED_BYTES,
    Broken,
    Format,
    Said,
    credit_of,
    decompressed,
    layers_of,
    shown,
)
from addrsvc.basemap.model import TileOf
from addrsvc.types import BBox

_HEADER_BYTES: Final = 127
_MAX_DIRECTORY_BYTES: Final = 8_000_000
_MAX_METADATA_BYTES: Final = 1_000_000
_MAX_ENTRIES: Final = 500_000
_DEPTH: Final = 4
_FORMATS: Final[dict[TileType, Format]] = {
    TileType.MVT: "mvt",
    TileType.PNG: "png",
    TileType.JPEG: "jpg",
    TileType.WEBP: "webp",
}
_DAMAGED: Final = ("mục lục mảnh bị hỏng", "its directory of tiles is damaged")


class PmTiles:
    """One open file."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            if not file.read(7) == b"PMTiles" or path.stat().st_size < _HEADER_BYTES:
                raise Broken("không phải tệp PMTiles", "it is no PMTiles file")
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._entries = lru_cache(maxsize=32)(self._read_entries)
        try:
            self._header = self._read_header()
        except Broken:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._bytes.close()

    def said(self) -> Said:
        """Give what the header says."""
        header = self._header
        given = _FORMATS.get(header["tile_type"])
        if given is None:
            raise Broken(
                "định dạng mảnh không được hỗ trợ", "its format of tiles is not known here"
            )
        west, south, east, north = (
            header[name] / 1e7 for name in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
        )
        is_box = -180 <= west < east <= 180 and -90 <= south < north <= 90
        return Said(
            first_zoom=header["min_zoom"],
            last_zoom=header["max_zoom"],
            format=given,
            bounds=BBox(west, south, east, north) if is_box else None,
            **self._told(),
        )

    def _told(self) -> dict[str, Any]:
        """Give what the file's own description says; none: nothing, or it makes no sense."""
        offset, length = self._header["metadata_offset"], self._header["metadata_length"]
        try:
            body: bytes | None = self._part(offset, length, _MAX_METADATA_BYTES)
            if body is not None and self._header["internal_compression"] is Compression.GZIP:
                body = decompressed(body, _MAX_METADATA_BYTES)
            told = json.loads(body or b"{}")
        except (Broken, ValueError, RecursionError):
            return {}
        if not isinstance(told, dict):
            return {}
        return {
            "title": shown(told.get("name", "")),
            "attribution": credit_of(told.get("attribution", "")),
            "layers": layers_of(told),
        }

    def first_tile(self) -> bytes:
        """Give the first tile of the file."""
        offset, length = self._header["root_offset"], self._header["root_length"]
        for _ in range(_DEPTH):
            entries = self._entries(offset, length)
            if not entries:
                break
            if entries[0].run_length:
                return self._tile(entries[0])
            offset, length = self._leaf(entries[0])
        raise Broken("không có mảnh nào", "it holds no tiles")

    def find(self, wanted: TileOf) -> bytes | None:
        """Give a tile as it is stored."""
        if not self._header["min_zoom"] <= wanted.z <= self._header["max_zoom"]:
            return None
        tile_id = zxy_to_tileid(wanted.z, wanted.x, wanted.y)
        offset, length = self._header["root_offset"], self._header["root_length"]
        for _ in range(_DEPTH):
            entry = find_tile(self._entries(offset, length), tile_id)
            if entry is None:
                return None
            if entry.run_length:
                return self._tile(entry)
            offset, length = self._leaf(entry)
        raise Broken(*_DAMAGED)

    def _read_header(self) -> HeaderDict:
        try:
            header = deserialize_header(self._bytes[:_HEADER_BYTES])
        except (MagicNumberNotFound, SpecVersionUnsupported, ValueError) as error:
            raise Broken("phần đầu tệp bị hỏng", "its header is damaged") from error
        if header["internal_compression"] not in {Compression.GZIP, Compression.NONE}:
            raise Broken("cách nén không được hỗ trợ", "its compression is not known here")
        if header["tile_compression"] not in {Compression.GZIP, Compression.NONE}:
            raise Broken("cách nén không được hỗ trợ", "its compression is not known here")
        return header

    def _leaf(self, entry: Entry) -> tuple[int, int]:
        return self._header["leaf_directory_offset"] + entry.offset, entry.length

    def _tile(self, entry: Entry) -> bytes:
        return self._part(
            self._header["tile_data_offset"] + entry.offset, entry.length, MAX_STORED_BYTES
        )

    def _part(self, offset: int, length: int, most: int) -> bytes:
        if not (offset >= 0 and 0 < length <= most and offset + length <= len(self._bytes)):
            raise Broken(*_DAMAGED)
        return self._bytes[offset : offset + length]

    def _read_entries(self, offset: int, length: int) -> list[Entry]:
        body: bytes | None = self._part(offset, length, _MAX_DIRECTORY_BYTES)
        if body is not None and self._header["internal_compression"] is Compression.GZIP:
            body = decompressed(body, _MAX_DIRECTORY_BYTES)
        if body is None:
            raise Broken(*_DAMAGED)
        return _entries_of(body)


def _entries_of(body: bytes) -> list[Entry]:
    """Read a directory: how many, then tile ids, runs, lengths and offsets, a column each."""
    numbers = _numbers(body)
    count = numbers[0] if numbers else 0
    if count > _MAX_ENTRIES or len(numbers) != 4 * count + 1:
        raise Broken(*_DAMAGED)
    steps, runs, lengths, offsets = (numbers[1 + at * count :][:count] for at in range(4))
    entries: list[Entry] = []
    tile_id = 0
    for step, run, length, offset in zip(steps, runs, lengths, offsets, strict=True):
        tile_id += step
        at = offset - 1
        if offset == 0 and entries:
            at = entries[-1].offset + entries[-1].length
        entries.append(Entry(tile_id, at, length, run))
    return entries


def _numbers(body: bytes) -> list[int]:
    """Read numbers of seven bits a byte.

    >>> _numbers(bytes([1, 0x80, 1, 5]))
    [1, 128, 5]
    """
    numbers, value, shift = [], 0, 0
    for byte in body:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            numbers.append(value)
            value = shift = 0
        elif shift > 63:
            raise Broken(*_DAMAGED)
    return numbers
