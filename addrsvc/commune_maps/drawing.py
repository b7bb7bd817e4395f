"""Draw communes in colours with folium: one HTML file that needs nothing else.

folium as it comes fetches its libraries and pictures from elsewhere, and runs what it has rendered
once more as a template: a name with braces in it would be computed on the server. So it is given
shapes and numbers only. Texts stand beside them as data, and are shown by ``textContent``. The one
library it needs, Leaflet, stands in the file, there are no tiles under the communes, and a policy
names every script and style of the file by its hash: nothing else runs and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, cast

import orjson

from addrsvc.commune_maps.classes import breaks_of, class_of
from addrsvc.commune_maps.errors import MapLibraryMissing
from addrsvc.commune_maps.model import Colouring, Shape, Told
from addrsvc.errors import Language, Text
from addrsvc.wording import number_words

_HERE: Final = Path(__file__).parent
_NODE_MODULES: Final = _HERE.parent / "web" / "node_modules"
_OWN: Final = ("map.js", "map.css")
_MIDDLE: Final = (11.2, 106.6)
"""lat, lon: where a map without any commune looks."""
_BLOCK: Final = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
_CHOOSE: Final = Text("Tô màu theo", "Colours show")
_NONE_COLOUR: Final = "#ffffff"
_UNKNOWN_COLOUR: Final = "#b4bcc4"

Limits = Mapping[str, Sequence[float]]
"""Where the classes of each colouring begin."""


def draw_communes(
    title: str,
    said: str,
    colourings: Sequence[Colouring],
    told: Mapping[str, Told],
    shapes: Sequence[Shape],
    *,
    language: Language,
    show: str,
    npm_dir: Path | None = None,
) -> str:
    """Give a map of communes, as coloured areas or, without a boundary, as circles.

    Args:
        title: of the map.
        said: a sentence under the legend: as of when, what is not on it.
        colourings: what the colours may say; a reader chooses.
        told: what is said of communes, by code.
        shapes: where these communes are; those without a place are left out.
        language: of its texts.
        show: the colouring shown at first.
        npm_dir: folder with the browser libraries; None: beside the package.

    Raises:
        MapLibraryMissing: Leaflet is not there.
    """
    library, style = _leaflet(npm_dir)
    known = [each for each in shapes if each.is_placed]
    # circles last: they would lie under the areas around them
    known.sort(key=lambda each: (each.boundary is None, each.code))
    limits = _limits(colourings, [told[each.code] for each in known])
    page, map_name, layer_name, bounds = _drawn(known)
    listed = [_listed(each, told[each.code], colourings, limits) for each in known]
    own, own_style = (_HERE.joinpath(name).read_text(encoding="utf-8") for name in _OWN)
    panel = _panel(title, said, colourings, limits, language, show)
    # our style last: the later goes
    added = {
        "<html>": f'<html lang="{language}">',
        "</head>": f"<title>{escape(title)}</title><script>{library}</script><script>{own}</script>"
        f"<script>const communes = {_script_json(listed)};</script>"
        f"<style>{style}</style><style>{own_style}</style></head>",
        "<body>": f"<body>{panel}",
        "</html>": f"<script>showAll({map_name}, {orjson.dumps(bounds).decode()});"
        f"followChoice({layer_name});</script></html>",
    }
    return _completed(page, added)


def _drawn(shapes: Sequence[Shape]) -> tuple[str, str, str, list[list[float]] | None]:
    """Give the page as folium makes it, the names of its map and layer, and what they cover."""
    # imported where it is used: it takes a third of a second, and brings an HTTP client along
    import folium  # noqa: PLC0415 -- see above
    from folium.utilities import JsCode  # noqa: PLC0415 -- see above

    features = [_feature(at, each) for at, each in enumerate(shapes)]
    drawn = folium.Map(
        _MIDDLE,
        tiles=None,
        zoom_start=9,
        max_zoom=18,
        zoom_snap=0.25,
        zoom_animation=False,  # in a frame out of sight it would not end
        attribution_control=False,
        scroll_wheel_zoom=False,
    )
    drawn.default_js = drawn.default_css = []
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        marker=folium.CircleMarker(radius=9),
        on_each_feature=JsCode("tellCommune"),
    ).add_to(drawn)
    bounds = cast("list[list[float]]", layer.get_bounds()) if features else None
    return drawn.get_root().render(), drawn.get_name(), layer.get_name(), bounds


def _completed(html: str, added: Mapping[str, str]) -> str:
    """Put texts in the place of the first of some tags, then the policy of all that before it."""
    for tag, text in added.items():
        html = html.replace(tag, text, 1)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{policy_of(html)}">'
    return html.replace("<head>", f"<head>{policy}", 1)


def policy_of(html: str) -> str:
    r"""Give the policy that lets a file's own scripts and styles work, and nothing else.

    >>> print(policy_of("<style>a{}</style>").replace("; ", "\n"))
    default-src 'none'
    base-uri 'none'
    style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='
    """
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, text in _BLOCK.findall(html):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        hashes[kind].append(f"'sha256-{digest}'")
    allowed = [f"{kind}-src {' '.join(each)}" for kind, each in hashes.items() if each]
    return "; ".join(["default-src 'none'", "base-uri 'none'", *allowed])


def has_library(npm_dir: Path | None) -> bool:
    """Tell whether Leaflet is installed, there or beside the package."""
    return all(path.is_file() for path in _paths(npm_dir))


def _paths(npm_dir: Path | None) -> list[Path]:
    folder = (npm_dir or _NODE_MODULES) / "leaflet" / "dist"
    return [folder / "leaflet.js", folder / "leaflet.css"]


def _leaflet(npm_dir: Path | None) -> tuple[str, str]:
    try:
        library, style = (path.read_text(encoding="utf-8") for path in _paths(npm_dir))
    except FileNotFoundError as error:
        raise MapLibraryMissing from error
    # the line that leads to a file for debugging, which browsers would look for
    return re.sub(r"//# sourceMappingURL=\S+", "", library), style


def _limits(colourings: Sequence[Colouring], told: Sequence[Told]) -> Limits:
    return {
        each.id: each.limits or breaks_of(one.values[each.id] or 0 for one in told)
        for each in colourings
    }


def _feature(at: int, shape: Shape) -> dict[str, Any]:
    """Give the shape of a commune, and where in the list what is told of it stands."""
    place = shape.boundary or {"type": "Point", "coordinates": list(shape.centre or ())}
    return {"type": "Feature", "geometry": place, "properties": {"at": at}}


def _listed(
    shape: Shape, told: Told, colourings: Sequence[Colouring], limits: Limits
) -> dict[str, Any]:
    return {
        "name": shape.name,
        "lines": told.lines,
        "styles": {
            each.id: {
                "color": "#52606d",
                "weight": 1,
                "fill": True,
                "dashArray": "4 4" if shape.is_indicative else None,
                "fillOpacity": 0.85,
                "fillColor": _colour(each, told.values[each.id], limits[each.id]),
            }
            for each in colourings
        },
    }


def _script_json(value: Any) -> str:
    r"""Give JSON that may stand in a script: nothing in it ends the script or begins a comment.

    >>> _script_json(["</script>"])
    '["\\u003c/script>"]'
    """
    return orjson.dumps(value).decode().replace("<", "\\u003c")


def _colour(colouring: Colouring, value: float | None, limits: Sequence[float]) -> str:
    if value is None:
        return _NONE_COLOUR if colouring.unknown is None else _UNKNOWN_COLOUR
    at = class_of(value, limits, zero_counts=colouring.limits is not None)
    return _NONE_COLOUR if at is None else colouring.colours[at]


def _panel(
    title: str,
    said: str,
    colourings: Sequence[Colouring],
    limits: Limits,
    language: Language,
    show: str,
) -> str:
    choices = "".join(
        f'<label><input type="radio" name="show" value="{each.id}"'
        f"{' checked' if each.id == show else ''}>{escape(each.name.in_(language))}</label>"
        for each in colourings
    )
    legends = "".join(
        _legend(each, limits[each.id], language, is_hidden=each.id != show) for each in colourings
    )
    return (
        f'<div class="panel"><h1>{escape(title)}</h1>'
        f'<fieldset><legend class="hidden-name">{escape(_CHOOSE.in_(language))}</legend>{choices}'
        f"</fieldset>{legends}<p>{escape(said)}</p></div>"
    )


def _legend(
    colouring: Colouring, limits: Sequence[float], language: Language, *, is_hidden: bool
) -> str:
    entries: list[tuple[str, str]] = []
    if colouring.unknown is not None:
        entries.append((_UNKNOWN_COLOUR, colouring.unknown.in_(language)))
    if colouring.none is not None:
        entries.append((_NONE_COLOUR, colouring.none.in_(language)))
    names = [each.in_(language) for each in colouring.class_names] or [
        f"{_range(low, high, colouring, language)}{colouring.unit}"
        for low, high in zip_longest(limits, limits[1:])
    ]
    entries += zip(colouring.colours, names, strict=False)
    items = "".join(
        f'<li><svg aria-hidden="true"><rect width="100%" height="100%" fill="{colour}" '
        f'stroke="#52606d"/></svg>{escape(text)}</li>'
        for colour, text in entries
    )
    return f'<ul data-legend="{colouring.id}"{" hidden" if is_hidden else ""}>{items}</ul>'


def _range(low: float, high: float | None, colouring: Colouring, language: Language) -> str:
    if high is None:
        return f"≥ {number_words(low, language)}"
    if colouring.limits is not None:
        return f"{number_words(low, language)} – < {number_words(high, language)}"
    last = high - 1
    first = number_words(low, language)
    return first if last <= low else f"{first} – {number_words(last, language)}"
