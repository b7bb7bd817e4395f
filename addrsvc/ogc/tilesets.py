"""Pure: what OGC API Tiles tells of tiles: lists, tilesets and their links.

Source: OGC API Tiles 1 (20-057); Two Dimensional Tile Matrix Set 2 (17-083r4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from addrsvc.basemap.model import FIRST_ZOOM, LAST_ZOOM, LAYERS, Layer, layer_of
from addrsvc.errors import Language, Text
from addrsvc.types import BBox

MATRICES: Final = "WebMercatorQuad"
MVT: Final = "application/vnd.mapbox-vector-tile"
_JSON: Final = "application/json"
_SYSTEM: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
_SCHEME: Final = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{MATRICES}"
_RELATION: Final = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
RELATION: Final = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
_TILES: Final = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_SETS: Final = "http://www.opengis.net/spec/tms/2.0/conf/"

CONFORMANCE: Final = (
    *(
        f"{_TILES}{each}"
        for each in (
            "core",
            "tileset",
            "tilesets-list",
            "dataset-tilesets",
            "geodata-tilesets",
            "mvt",
        )
    ),
    f"{_SETS}tilesetmetadata",
    f"{_SETS}json-tilesetmetadata",
)
"""Classes of OGC API Tiles that hold."""

ZONES_FIRST_ZOOM: Final = 12


@dataclass(frozen=True, slots=True)
class Tiled:
    """What is given as tiles."""

    layers: tuple[Layer, ...]
    """Empty: zones of plans, which are no part of the basemap."""
    title: Text
    first_zoom: int


def _of_basemap(title: Text, *names: str) -> Tiled:
    layers = tuple(layer_of(each) for each in names)
    return Tiled(layers, title, min(each.first_zoom for each in layers))


TILED: Final = {
    "communes": _of_basemap(Text("Xã, phường", "Communes"), "communes", "commune_names"),
    "provinces": _of_basemap(Text("Tỉnh, thành phố", "Provinces"), "provinces", "province_names"),
    "localities": _of_basemap(Text("Khu phố, ấp", "Localities"), "localities"),
    "thoroughfares": _of_basemap(Text("Đường", "Thoroughfares"), "streets"),
    "zones": Tiled((), Text("Vùng quy hoạch", "Planning zones"), ZONES_FIRST_ZOOM),
}
"""By id of the collection."""

WHOLE: Final = Tiled(
    LAYERS, Text("Bản đồ nền, có số nhà", "Basemap with house numbers"), FIRST_ZOOM
)


def tilesets(base: str, told: Tiled, language: Language) -> dict[str, Any]:
    """List the tilesets of something; base: the address of the list."""
    return {
        "links": [_link(base, "self")],
        "tilesets": [
            {
                "title": told.title.in_(language),
                "dataType": "vector",
                "crs": _SYSTEM,
                "tileMatrixSetURI": _SCHEME,
                "links": [_link(f"{base}/{MATRICES}", "self")],
            }
        ],
    }


def tileset(
    base: str, told: Tiled, extent: BBox, language: Language, notice: Text | None = None
) -> dict[str, Any]:
    """Tell of one tileset; base: its own address, extent: in degrees."""
    limits = [
        {
            "tileMatrix": str(zoom),
            "minTileRow": _row(extent.north, zoom),
            "maxTileRow": _row(extent.south, zoom),
            "minTileCol": _column(extent.west, zoom),
            "maxTileCol": _column(extent.east, zoom),
        }
        for zoom in range(told.first_zoom, LAST_ZOOM + 1)
    ]
    body: dict[str, Any] = {
        "title": told.title.in_(language),
        "dataType": "vector",
        "crs": _SYSTEM,
        "tileMatrixSetURI": _SCHEME,
        "tileMatrixSetLimits": limits,
        "boundingBox": {
            "lowerLeft": [extent.west, extent.south],
            "upperRight": [extent.east, extent.north],
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        },
        "layers": [
            {"id": name, "dataType": "vector"}
            for name in ([each.name for each in told.layers] or ["zones"])
        ],
        "links": [
            _link(base, "self"),
            {"rel": _RELATION, "type": _JSON, "href": _SCHEME},
            {
                "rel": "item",
                "type": MVT,
                "href": f"{base}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
                "templated": True,
            },
        ],
    }
    if notice is not None:
        body["description"] = notice.in_(language)
    return body


def _link(href: str, rel: str) -> dict[str, Any]:
    return {"rel": rel, "type": _JSON, "href": href}


def _column(lon_deg: float, zoom: int) -> int:
    """Give the column of tiles a meridian runs through.

    >>> _column(-180, 3), _column(180, 3), _column(106.65, 8)
    (0, 7, 203)
    """
    last: int = 2**zoom - 1
    return min(int((lon_deg + 180) / 360 * (last + 1)), last)


def _row(lat_deg: float, zoom: int) -> int:
    """Give the row of tiles a parallel runs through, from the north.

    >>> _row(85, 3), _row(-85, 3), _row(10.95, 8)
    (0, 7, 120)
    """
    north = 0.5 - math.asinh(math.tan(math.radians(lat_deg))) / (2 * math.pi)
    last: int = 2**zoom - 1
    return min(max(int(north * (last + 1)), 0), last)
