"""Pure: what the basemap looks like, as a style of MapLibre.

Source: MapLibre Style Specification 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Final, Literal

from addrsvc.basemap.glyphs import BOLD, PLAIN
from addrsvc.basemap.model import FIRST_ZOOM, LAST_ZOOM

Theme = Literal["light", "dark"]
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a theme."""

    ground: str
    commune: str
    line: str
    road: str
    casing: str
    name: str
    quiet: str
    place: str
    halo: str
    water: str
    green: str


PALETTES: Final[dict[str, Palette]] = {
    "light": Palette(
        ground="#e3e9ee",
        commune="#f4f2ec",
        line="#7d6b8f",
        road="#ffffff",
        casing="#c9c3b8",
        name="#1d2733",
        quiet="#4c5966",
        place="#6a4a7d",
        halo="#ffffff",
        water="#c3dcec",
        green="#e6eedd",
    ),
    "dark": Palette(
        ground="#121a22",
        commune="#1d2832",
        line="#a394b8",
        road="#3b4956",
        casing="#0f161d",
        name="#e8edf2",
        quiet="#b3bfca",
        place="#cbb6dc",
        halo="#11181f",
        water="#17324a",
        green="#1d2f2a",
    ),
}

BACKGROUND_TILES: Final = "basemap-background"
_SOURCE: Final = {"source": "basemap"}
_INDICATIVE: Final = ["==", ["get", "kind"], "indicative"]
_OF_PROVINCE: Final = ["==", ["get", "level"], "province"]
_IS_AREA: Final = ["==", ["geometry-type"], "Polygon"]
_IS_LINE: Final = ["==", ["geometry-type"], "LineString"]


@dataclass(frozen=True, slots=True)
class Background:
    """An operator's own tiles, to lie beneath all else."""

    name: str
    first_zoom: int
    last_zoom: int
    layers: tuple[str, ...] | None = None
    """Of vector tiles; None: they are pictures."""
    attribution: str = ""
    """Whom its makers ask to be named; plain text."""


_KNOWN: Final = {
    "water": ("water", "ocean", "water_polygons"),
    "green": ("landcover", "landuse", "park", "natural", "land", "sites"),
    "building": ("building", "buildings"),
    "waterway": ("waterway", "water_lines"),
    "road": ("transportation", "roads", "road", "streets"),
}
"""Layers of vector tiles of others that are drawn, by what they are.

Source: schemas of OpenMapTiles 3, Protomaps basemap 4, Shortbread 1.
"""
_AREAS: Final = ("green", "water", "building")


def style(theme: Theme, base: str, background: Background | None = None) -> Document:
    """Give the style document.

    Args:
        theme: ``light`` or ``dark``.
        base: scheme and host before its links; empty: links begin with the path.
        background: tiles to lie beneath; over pictures areas are not filled.
    """
    colours = PALETTES[theme]
    sources: Document = {
        "basemap": {
            "type": "vector",
            "tiles": [f"{base}/v1/tiles/basemap/{{z}}/{{x}}/{{y}}"],
            "minzoom": FIRST_ZOOM,
            "maxzoom": LAST_ZOOM,
        }
    }
    layers: list[Document] = [_layer("ground", "background", {"background-color": colours.ground})]
    if background is None or background.layers is not None:
        layers += _areas(colours)
    if background is not None:
        sources[BACKGROUND_TILES] = _source_of(background, base)
        layers += _drawn(background, colours)
    return {
        "version": 8,
        "name": f"addrsvc {theme}",
        "glyphs": f"{base}/v1/tiles/fonts/{{fontstack}}/{{range}}.pbf",
        "sources": sources,
        "layers": [*layers, *_streets(colours), *_boundaries(colours), *_names(colours)],
    }


def _layer(name: str, kind: str, paint: Document, of: str = "", **more: Any) -> Document:
    layer: Document = {"id": f"basemap-{name}", "type": kind}
    if of:
        layer |= {**_SOURCE, "source-layer": of}
    return {**layer, **more, "paint": paint}


def _source_of(background: Background, base: str) -> Document:
    is_picture = background.layers is None
    return {
        "type": "raster" if is_picture else "vector",
        "tiles": [f"{base}/v1/tiles/{background.name}/{{z}}/{{x}}/{{y}}"],
        "minzoom": background.first_zoom,
        "maxzoom": background.last_zoom,
        **({"tileSize": 256} if is_picture else {}),
        # the specification lets it be HTML
        **({"attribution": escape(background.attribution)} if background.attribution else {}),
    }


def _drawn(background: Background, colours: Palette) -> list[Document]:
    """Draw pictures as they are, and of vector tiles the layers that are known."""
    if background.layers is None:
        return [{"id": BACKGROUND_TILES, "type": "raster", "source": BACKGROUND_TILES}]
    fills = {"water": colours.water, "green": colours.green, "building": colours.casing}
    lines = {"waterway": colours.water, "road": colours.road}
    layers: list[Document] = []
    for what in (*_AREAS, *lines):
        for name in (each for each in background.layers if each in _KNOWN[what]):
            layer: Document = {
                "id": f"{BACKGROUND_TILES}-{name}",
                "source": BACKGROUND_TILES,
                "source-layer": name,
            }
            if what in fills:
                opacity = 0.45 if what == "building" else 1.0
                paint = {"fill-color": fills[what], "fill-opacity": opacity}
                layers.append({**layer, "type": "fill", "filter": _IS_AREA, "paint": paint})
                continue
            width = _width(10, 0.5, 14, 1.2, 18, 9) if what == "road" else _width(10, 0.6, 16, 3)
            paint = {"line-color": lines[what], "line-width": width}
            layers.append({**layer, "type": "line", "filter": _IS_LINE, "paint": paint})
    return layers


def _areas(colours: Palette) -> list[Document]:
    fill = {"fill-color": colours.commune, "fill-antialias": False}
    return [
        _layer("provinces", "fill", fill, "provinces", maxzoom=8),
        _layer("communes", "fill", fill, "communes", minzoom=8),
    ]


def _width(*stops: float) -> list[Any]:
    return ["interpolate", ["exponential", 1.5], ["zoom"], *stops]


def _streets(colours: Palette) -> list[Document]:
    round_ = {"line-cap": "round", "line-join": "round"}
    casing = {"line-color": colours.casing, "line-width": _width(10, 1.4, 14, 3, 18, 16)}
    road = {"line-color": colours.road, "line-width": _width(10, 0.6, 14, 1.8, 18, 13)}
    return [
        _layer("street-casings", "line", casing, "streets", layout=round_),
        _layer("streets", "line", road, "streets", layout=round_),
    ]


def _boundaries(colours: Palette) -> list[Document]:
    """Draw official and approximate ones as lines, indicative ones as dashes."""
    thin = {"line-color": colours.line, "line-width": _width(8, 0.6, 14, 1.4)}
    thick = {"line-color": colours.line, "line-width": _width(4, 0.7, 8, 1.2, 14, 2.6)}
    dashed = {"line-dasharray": [3, 2.5], "line-opacity": 0.75}
    commune, province = ["!", _OF_PROVINCE], _OF_PROVINCE
    sure = ["!", _INDICATIVE]
    return [
        _layer(name, "line", paint, "boundaries", filter=["all", level, kind])
        for name, paint, level, kind in (
            ("communes-indicative", thin | dashed, commune, _INDICATIVE),
            ("communes-edges", thin, commune, sure),
            ("provinces-indicative", thick | dashed, province, _INDICATIVE),
            ("provinces-edges", thick, province, sure),
        )
    ]


def _text(field: str, size: list[Any] | float, font: str = PLAIN) -> Document:
    return {"text-field": ["get", field], "text-font": [font], "text-size": size}


def _names(colours: Palette) -> list[Document]:
    loud = {"text-color": colours.name, "text-halo-color": colours.halo, "text-halo-width": 1.6}
    quiet = {**loud, "text-color": colours.quiet}
    place = {**loud, "text-color": colours.place}
    along: Document = {"symbol-placement": "line", "text-max-angle": 35, "text-padding": 4}
    block: Document = {"text-max-width": 7, "text-padding": 6}
    sized = _width(8, 11, 12, 14, 16, 17)
    # where two would overlap, the later layer's stays
    return [
        _layer("names-houses", "symbol", quiet, "house_numbers", minzoom=16.5)
        | {"layout": {**_text("number", _width(16, 10, 19, 13)), "text-padding": 1}},
        _layer("names-streets", "symbol", loud, "streets", minzoom=13)
        | {"layout": _text("name", _width(13, 11, 18, 14)) | along},
        _layer("names-localities", "symbol", place, "localities", minzoom=12)
        | {"layout": _text("name", _width(12, 11, 17, 14), BOLD) | block},
        _layer("names-communes", "symbol", loud, "commune_names", minzoom=9)
        | {"layout": _text("name", sized, BOLD) | block},
        _layer("names-provinces", "symbol", loud, "province_names", minzoom=5, maxzoom=10)
        | {"layout": _text("name", _width(5, 10, 9, 15), BOLD) | block},
    ]
