"""What is told of tiles."""

from __future__ import annotations

from html import escape

from pydantic import BaseModel, Field

from addrsvc.basemap.archives import Archive
from addrsvc.basemap.model import FIRST_ZOOM, LAST_ZOOM, LAYERS
from addrsvc.types import BBox


class LayerOut(BaseModel):
    """A layer of vector tiles."""

    id: str
    minzoom: int
    maxzoom: int
    fields: dict[str, str]


class TilesetOut(BaseModel):
    """Tiles of one name, as TileJSON 3.0 tells of them."""

    tilejson: str = "3.0.0"
    name: str
    description: str = Field(description="as the operator's file says it, else empty")
    attribution: str
    format: str = Field(description="mvt, png, jpg or webp")
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float] = Field(description="degrees; W, S, E, N")
    vector_layers: list[LayerOut] = Field(description="empty where they are not known")


class TilesetsOut(BaseModel):
    """All tiles there are here."""

    tilesets: list[TilesetOut]


def layers_out() -> list[LayerOut]:
    """Tell of the layers of the basemap."""
    return [
        LayerOut(
            id=layer.name,
            minzoom=layer.first_zoom,
            maxzoom=layer.last_zoom,
            fields=dict.fromkeys(layer.fields, "String"),
        )
        for layer in LAYERS
    ]


def basemap_out(base: str, extent: BBox) -> TilesetOut:
    """Tell of the basemap; base: scheme and host before links."""
    return TilesetOut(
        name="basemap",
        description="",
        attribution="",
        format="mvt",
        tiles=[f"{base}/v1/tiles/basemap/{{z}}/{{x}}/{{y}}"],
        minzoom=FIRST_ZOOM,
        maxzoom=LAST_ZOOM,
        bounds=_corners(extent),
        vector_layers=layers_out(),
    )


def archive_out(base: str, archive: Archive) -> TilesetOut:
    """Tell of an operator's file."""
    said = archive.said
    return TilesetOut(
        name=archive.name,
        description=said.title,
        attribution=escape(said.attribution),
        format=said.format,
        tiles=[f"{base}/v1/tiles/{archive.name}/{{z}}/{{x}}/{{y}}"],
        minzoom=said.first_zoom,
        maxzoom=said.last_zoom,
        bounds=_corners(said.bounds or BBox(-180, -85.0511, 180, 85.0511)),
        vector_layers=[
            LayerOut(id=each, minzoom=said.first_zoom, maxzoom=said.last_zoom, fields={})
            for each in said.layers
        ],
    )


def _corners(box: BBox) -> tuple[float, float, float, float]:
    return box.west, box.south, box.east, box.north
