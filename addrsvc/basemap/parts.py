"""What a process keeps to answer for tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from addrsvc.basemap.archives import Archive, Archives, open_archives
from addrsvc.basemap.following import Ages
from addrsvc.basemap.style import Background
from addrsvc.clock import Clock
from addrsvc.db.doors import ReadPool
from addrsvc.settings import Settings

_log: Final = structlog.get_logger("addrsvc.basemap")


@dataclass(frozen=True, slots=True)
class Basemap:
    """Ages of our own tiles, and the operators' files."""

    ages: Ages
    archives: Archives
    background: Background | None
    is_background_missing: bool = False
    """One is set, and no tiles of that name are served."""

    def unfit(self) -> list[str]:
        """Name the files that are not served, and tiles that are set and missing."""
        names = [each.file for each in self.archives.refused]
        return [*names, "ADDRSVC_BACKGROUND_TILES"] if self.is_background_missing else names

    def close(self) -> None:
        """Let go of the files."""
        self.archives.close()


def open_basemap(settings: Settings, pool: ReadPool, clock: Clock) -> Basemap:
    """Open the operators' files; what is refused is logged, and all else goes on."""
    archives = open_archives(settings.tiles_dir)
    name = settings.background_tiles
    wanted = archives.served.get(name)
    if wanted is None and name:
        _log.warning("no tiles of the name ADDRSVC_BACKGROUND_TILES gives", name=name)
    return Basemap(
        Ages(pool, clock),
        archives,
        None if wanted is None else _background_of(wanted),
        is_background_missing=wanted is None and bool(name),
    )


def _background_of(archive: Archive) -> Background:
    said = archive.said
    layers = said.layers if said.format == "mvt" else None
    return Background(archive.name, said.first_zoom, said.last_zoom, layers, said.attribution)
