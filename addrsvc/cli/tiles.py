"""Tiles of maps: write the basemap to a file, look at files to be served."""

from __future__ import annotations

from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.basemap.archives import open_archives
from addrsvc.basemap.errors import FolderOfTilesMissing
from addrsvc.basemap.exporting import Exported, export_basemap
from addrsvc.basemap.model import FIRST_ZOOM, LAST_ZOOM
from addrsvc.basemap.preparing import prepare_units
from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction
from addrsvc.clock import SystemClock
from addrsvc.errors import Text
from addrsvc.settings import Settings
from addrsvc.types import BBox

app = typer.Typer(no_args_is_help=True)

_DONE = Text(
    "{file}: {tiles} mảnh đến mức {zoom}, {bytes} byte, đã đọc lại đủ",
    "{file}: {tiles} tiles to zoom {zoom}, {bytes} bytes, all read back",
)
_ZOOM = Text("mức {zoom}: {tiles} mảnh", "zoom {zoom}: {tiles} tiles")
_SERVED = Text("{name}: {format}, mức {first}–{last}", "{name}: {format}, zooms {first} to {last}")
_NONE = Text("không có tệp nào dùng được", "no file is fit to be served")


@app.command()
def export(
    out: Path = typer.Argument(help="The file to write, such as basemap.pmtiles."),
    max_zoom: int = typer.Option(
        14, min=FIRST_ZOOM, max=LAST_ZOOM, help="How close; house numbers are in 16."
    ),
    bbox: str | None = typer.Option(None, help="West,south,east,north in degrees; else all."),
) -> None:
    """Write the basemap to a PMTiles file: whole, or not at all; each tile is read back."""
    language = terminal_language()
    box = None if bbox is None else BBox.parse(bbox)

    def progress(zoom: int, tiles: int) -> None:
        print(_ZOOM.in_(language).format(zoom=zoom, tiles=tiles), flush=True)

    async def act(conn: AsyncConnection) -> Exported:
        clock = SystemClock()
        await prepare_units(conn, clock)
        return await export_basemap(
            conn, out, clock, last_zoom=max_zoom, box=box, progress=progress
        )

    done = in_transaction(act)
    facts = {"file": out, "tiles": done.tiles, "zoom": done.last_zoom, "bytes": done.bytes}
    print(_DONE.in_(language).format(**facts))


@app.command()
def check(
    folder: Path | None = typer.Argument(None, help="Else ADDRSVC_TILES_DIR."),
) -> None:
    """Look at files of tiles as the service does when it starts: which it serves, which not."""
    language = terminal_language()
    folder = folder or Settings().tiles_dir
    if folder is None:
        raise FolderOfTilesMissing
    archives = open_archives(folder)
    for each in archives.served.values():
        said = each.said
        zooms = {"first": said.first_zoom, "last": said.last_zoom}
        print(_SERVED.in_(language).format(name=each.name, format=said.format, **zooms))
    if not archives.served:
        print(_NONE.in_(language))
    archives.close()
    for error in archives.refused:
        print(error.text(language))
    if archives.refused:
        raise typer.Exit(2)
