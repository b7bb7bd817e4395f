"""Tiles operators add: MBTiles and PMTiles files of one folder, looked at before they are served.

Whoever made a file is not trusted: what it says of itself is compared with what it holds, all it
holds has a bound, and a file that is not fit is refused with words while the others are served.
Files are opened once; one that was replaced is served after the next start.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import structlog

from addrsvc.basemap.archive_tiles import Broken, Said, plain, shown
from addrsvc.basemap.errors import ArchiveRefused, ArchiveTileBroken, TilesetUnknown
from addrsvc.basemap.mbtiles import MbTiles
from addrsvc.basemap.model import TileOf
from addrsvc.basemap.pmtiles_file import PmTiles
from addrsvc.planning.maps.cache import Tile

_MAX_FILES: Final = 100
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_TAKEN: Final = frozenset({"basemap", "fonts"})
_log = structlog.get_logger("addrsvc.basemap")


class Stored(Protocol):
    """An open file of tiles. Its functions may be called by several threads at once."""

    def said(self) -> Said:
        """Give what the file says of itself. Raises ``Broken``."""
        ...

    def first_tile(self) -> bytes:
        """Give any tile as it is stored. Raises ``Broken``: there is none."""
        ...

    def find(self, wanted: TileOf) -> bytes | None:
        """Give a tile as it is stored. Raises ``Broken``."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass(frozen=True, slots=True)
class Archive:
    """One file that is served."""

    name: str
    said: Said
    stored: Stored


@dataclass(frozen=True, slots=True)
class Archives:
    """All files that are served, by name, and why others are not."""

    served: dict[str, Archive] = field(default_factory=dict)
    refused: list[ArchiveRefused] = field(default_factory=list)

    def get(self, name: str) -> Archive:
        """Give one.

        Raises:
            TilesetUnknown: there is none of that name.
        """
        found = self.served.get(name)
        if found is None:
            raise TilesetUnknown
        return found

    def close(self) -> None:
        """Let go of all files."""
        for each in self.served.values():
            each.stored.close()


def open_archives(folder: Path | None) -> Archives:
    """Open the files of a folder (None: there is none) that are fit to be served."""
    archives = Archives()
    for path in _list_files(folder):
        try:
            archive = open_archive(path)
            if archive.name in archives.served:
                archive.stored.close()
                raise _refused(path, Broken("trùng tên với một tệp khác", "another has its name"))
            archives.served[archive.name] = archive
        except ArchiveRefused as error:
            archives.refused.append(error)
            _log.warning("tiles refused", file=error.file, reason=error.reason.en)
    return archives


def _list_files(folder: Path | None) -> Iterable[Path]:
    if folder is None or not folder.is_dir():
        return []
    endings = {".mbtiles", ".pmtiles"}
    return sorted(each for each in folder.iterdir() if each.suffix in endings)[:_MAX_FILES]


def open_archive(path: Path) -> Archive:
    """Open one file and look at what it says and holds.

    Raises:
        ArchiveRefused: it is not fit to be served.
    """
    stored: Stored | None = None
    try:
        _require_name(path)
        stored = MbTiles(path) if path.suffix == ".mbtiles" else PmTiles(path)
        said = stored.said()
        _require_sane(said, stored.first_tile())
    except (Broken, OSError) as error:
        if stored is not None:
            stored.close()
        broken = error if isinstance(error, Broken) else Broken("không đọc được", "unreadable")
        raise _refused(path, broken) from None
    return Archive(path.stem, said, stored)


def _require_name(path: Path) -> None:
    if not _NAME.fullmatch(path.stem) or path.stem in _TAKEN:
        raise Broken(
            "tên tệp chỉ gồm chữ thường không dấu, số, - và _, và không là basemap hay fonts",
            "its name may hold small letters without accents, digits, - and _ only, and is "
            "neither basemap nor fonts",
        )
    if path.is_symlink() or not path.is_file():
        raise Broken("không phải tệp thường", "it is no regular file")


def _refused(path: Path, broken: Broken) -> ArchiveRefused:
    return ArchiveRefused(file=shown(path.name), reason=broken.reason)


def _require_sane(said: Said, first_tile: bytes) -> None:
    if not 0 <= said.first_zoom <= said.last_zoom <= 24:
        raise Broken("mức thu phóng sai", "its zooms make no sense")
    if plain(first_tile, said.format) is None:
        raise Broken(
            f"mảnh bên trong không phải {said.format}", f"what it holds is no {said.format}"
        )


def read_tile(archive: Archive, wanted: TileOf) -> Tile | None:
    """Give a tile ready to send; None: the file has none there. Takes its time: not in the loop.

    Raises:
        ArchiveTileBroken: what the file has there is no such tile.
    """
    said = archive.said
    try:
        stored = archive.stored.find(wanted)
        body = None if stored is None else plain(stored, said.format)
    except (Broken, OSError):
        stored, body = b"", None
    if stored is None:
        return None
    if body is None:
        raise ArchiveTileBroken(archive.name, wanted.z, wanted.x, wanted.y)
    return Tile(body, gzip.compress(body, 6, mtime=0) if said.format == "mvt" else b"")
