"""What a process keeps to answer for tiles."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.basemap.archives import Archives, open_archives
from addrsvc.basemap.following import Ages
from addrsvc.basemap.style import Raster
from addrsvc.clock import Clock
from addrsvc.db.doors import ReadPool
from addrsvc.settings import Settings


@dataclass(frozen=True, slots=True)
class Basemap:
    """Ages of our own tiles, and the operators' files."""

    ages: Ages
    archives: Archives
    background: Raster | None

    def close(self) -> None:
        """Let go of the files."""
        self.archives.close()


def open_basemap(settings: Settings, pool: ReadPool, clock: Clock) -> Basemap:
    """Open the operators' files; what is refused is logged, and all else goes on."""
    archives = open_archives(settings.tiles_dir)
    wanted = archives.served.get(settings.background_tiles)
    background = None
    if wanted is not None and wanted.said.format != "mvt":
        background = Raster(wanted.name, wanted.said.first_zoom, wanted.said.last_zoom)
    return Basemap(Ages(pool, clock), archives, background)
