"""Draw communes by their dossiers with folium: one HTML file that needs nothing else.

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
from datetime import datetime
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any, Final, cast

import orjson

from addrsvc.clock import VIETNAM
from addrsvc.dossiers.statistics.classes import NONE, SHARE_LIMITS, breaks_of, class_of
from addrsvc.dossiers.statistics.errors import MapLibraryMissing
from addrsvc.dossiers.statistics.model import PARTS, Counts, Dimension, Statistics
from addrsvc.dossiers.statistics.service import Shape
from addrsvc.errors import Language, Text
from addrsvc.wording import number_words

_HERE: Final = Path(__file__).parent
_NODE_MODULES: Final = _HERE.parents[1] / "web" / "node_modules"
_OWN: Final = ("map.js", "map.css")
_MIDDLE: Final = (11.2, 106.6)
"""lat, lon: where a map without any commune looks."""
_BLOCK: Final = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


class Measure(StrEnum):
    """What the colours of the map say."""

    COUNT = "count"
    WAITING = "waiting"
    QUALITY = "quality"


MEASURE_NAMES: Final[dict[Measure, Text]] = {
    Measure.COUNT: Text("Số địa chỉ", "Addresses"),
    Measure.WAITING: Text("Chờ người xem", "Waiting for a person"),
    Measure.QUALITY: Text("Tỷ lệ đã liên kết", "Share linked"),
}
_COLOURS: Final[dict[Measure, tuple[str, ...]]] = {
    # lighter to darker, told apart without seeing colours too (ColorBrewer: Blues, Oranges, BrBG)
    Measure.COUNT: ("#deebf7", "#9ecae1", "#6baed6", "#3182bd", "#08519c"),
    Measure.WAITING: ("#feedde", "#fdbe85", "#fd8d3c", "#e6550d", "#a63603"),
    Measure.QUALITY: ("#a6611a", "#dfc27d", "#f5f5f5", "#80cdc1", "#018571"),
}
_TITLE: Final = Text("Địa chỉ hồ sơ theo phường, xã", "Addresses of dossiers by commune")
_AS_OF: Final = Text(
    "Số liệu lúc {at}; địa chỉ chưa rõ phường, xã hoặc chưa có vị trí trên bản đồ: {count}.",
    "As of {at}; addresses without a commune or a place on the map: {count}.",
)
_NEVER: Final = Text("chưa thống kê", "not counted yet")
_CHOOSE: Final = Text("Tô màu theo", "Colours show")
_NOBODY: Final = Text("không có", "none")


def draw_map(
    found: Statistics,
    shapes: Sequence[Shape],
    language: Language,
    show: Measure = Measure.COUNT,
    npm_dir: Path | None = None,
) -> str:
    """Give a map of communes, as coloured areas or, without a boundary, as circles.

    Args:
        found: counts by commune.
        shapes: where these communes are.
        language: of its texts.
        show: what the colours say at first; a reader may choose otherwise.
        npm_dir: folder with the browser libraries; None: beside the package.

    Raises:
        MapLibraryMissing: Leaflet is not there.
    """
    # imported where it is used: it takes a third of a second, and brings an HTTP client along
    import folium  # noqa: PLC0415 -- see above
    from folium.utilities import JsCode  # noqa: PLC0415 -- see above

    library, style = _leaflet(npm_dir)
    known = [each for each in shapes if each.boundary or each.centre]
    # circles last: they would lie under the areas around them
    known.sort(key=lambda each: (each.boundary is None, each.code))
    features = [_feature(at, each) for at, each in enumerate(known)]
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
    told = _told(known, _by_code(found), language)
    own, own_style = (_HERE.joinpath(name).read_text(encoding="utf-8") for name in _OWN)
    title, panel = escape(_TITLE.in_(language)), _panel(found, shapes, language, show)
    # our style last: the later goes
    added = {
        "<html>": f'<html lang="{language}">',
        "</head>": f"<title>{title}</title><script>{library}</script><script>{own}</script>"
        f"<script>const communes = {_script_json(told)};</script>"
        f"<style>{style}</style><style>{own_style}</style></head>",
        "<body>": f"<body>{panel}",
        "</html>": f"<script>showAll({drawn.get_name()}, {orjson.dumps(bounds).decode()});"
        f"followChoice({layer.get_name()});</script></html>",
    }
    return _completed(drawn.get_root().render(), added)


def _completed(html: str, added: Mapping[str, str]) -> str:
    """Put texts in the place of the first of some tags, then the policy of all that before it."""
    for tag, text in added.items():
        html = html.replace(tag, text, 1)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{policy_of(html)}">'
    return html.replace("<head>", f"<head>{policy}", 1)


def policy_of(html: str) -> str:
    """Give the policy that lets a file's own scripts and styles work, and nothing else.

    >>> policy_of("<style>a{}</style>")
    "default-src 'none'; style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='"
    """
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, text in _BLOCK.findall(html):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        hashes[kind].append(f"'sha256-{digest}'")
    allowed = [f"{kind}-src {' '.join(each)}" for kind, each in hashes.items() if each]
    return "; ".join(["default-src 'none'", *allowed])


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


def _by_code(found: Statistics) -> dict[str, Counts]:
    return {str(key[Dimension.COMMUNE] or ""): each for key, each in found.rows}


def _feature(at: int, shape: Shape) -> dict[str, Any]:
    """Give the shape of a commune, and where in the list what is told of it stands."""
    place = shape.boundary or {"type": "Point", "coordinates": list(shape.centre or ())}
    return {"type": "Feature", "geometry": place, "properties": {"at": at}}


def _told(
    shapes: Sequence[Shape], counts: Mapping[str, Counts], language: Language
) -> list[dict[str, Any]]:
    limits = {
        measure: breaks_of(_value(counts[each.code], measure) for each in shapes)
        for measure in (Measure.COUNT, Measure.WAITING)
    }
    return [
        {
            "name": each.name,
            "lines": _lines(counts[each.code], language),
            "styles": {
                measure.value: {
                    "color": "#52606d",
                    "weight": 1,
                    "fill": True,
                    "dashArray": "4 4" if each.is_indicative else None,
                    "fillOpacity": 0.85,
                    "fillColor": _colour(counts[each.code], measure, limits),
                }
                for measure in Measure
            },
        }
        for each in shapes
    ]


def _script_json(value: Any) -> str:
    r"""Give JSON that may stand in a script: nothing in it ends the script or begins a comment.

    >>> _script_json(["</script>"])
    '["\\u003c/script>"]'
    """
    return orjson.dumps(value).decode().replace("<", "\\u003c")


def _value(counts: Counts, measure: Measure) -> float:
    if measure is Measure.QUALITY:
        return 100 * counts.settled / counts.addresses if counts.addresses else NONE
    return counts.addresses if measure is Measure.COUNT else counts.waiting


def _colour(counts: Counts, measure: Measure, limits: Mapping[Measure, Sequence[float]]) -> str:
    at = class_of(
        _value(counts, measure),
        limits.get(measure, SHARE_LIMITS),
        zero_counts=measure is Measure.QUALITY,
    )
    return "#ffffff" if at is None else _COLOURS[measure][at]


def _lines(counts: Counts, language: Language) -> list[str]:
    """Say what a commune has, line by line; parts that are none are left out."""
    lines = [
        f"{MEASURE_NAMES[Measure.COUNT].in_(language)}: {number_words(counts.addresses, language)}"
    ]
    for name, part in PARTS.items():
        count = getattr(counts, name)
        if count:
            share = number_words(round(100 * count / counts.addresses), language)
            lines.append(f"{part.in_(language)}: {number_words(count, language)} ({share} %)")
    return lines


def _panel(found: Statistics, shapes: Sequence[Shape], language: Language, show: Measure) -> str:
    known = {each.code for each in shapes if each.boundary or each.centre}
    counts = _by_code(found)
    away = sum(each.addresses for code, each in counts.items() if code not in known)
    at = _NEVER.in_(language) if found.counted_at is None else _moment(found.counted_at)
    choices = "".join(
        f'<label><input type="radio" name="show" value="{each}"'
        f"{' checked' if each is show else ''}>{escape(MEASURE_NAMES[each].in_(language))}</label>"
        for each in Measure
    )
    inside = [each for code, each in counts.items() if code in known]
    legends = "".join(
        _legend(each, inside, language, is_hidden=each is not show) for each in Measure
    )
    said = _AS_OF.in_(language).format(at=at, count=number_words(away, language))
    return (
        f'<div class="panel"><h1>{escape(_TITLE.in_(language))}</h1>'
        f'<fieldset><legend class="hidden-name">{escape(_CHOOSE.in_(language))}</legend>{choices}'
        f"</fieldset>{legends}<p>{escape(said)}</p></div>"
    )


def _legend(
    measure: Measure, counts: Sequence[Counts], language: Language, *, is_hidden: bool
) -> str:
    if measure is Measure.QUALITY:
        limits: Sequence[float] = SHARE_LIMITS
        unit, entries = " %", []
    else:
        limits = breaks_of(_value(each, measure) for each in counts)
        unit, entries = "", [("#ffffff", _NOBODY.in_(language))]
    for low, high, colour in zip(limits, [*limits[1:], None], _COLOURS[measure], strict=False):
        entries.append((colour, f"{_range(low, high, measure, language)}{unit}"))
    items = "".join(
        f'<li><svg aria-hidden="true"><rect width="100%" height="100%" fill="{colour}" '
        f'stroke="#52606d"/></svg>{escape(text)}</li>'
        for colour, text in entries
    )
    return f'<ul data-legend="{measure}"{" hidden" if is_hidden else ""}>{items}</ul>'


def _range(low: float, high: float | None, measure: Measure, language: Language) -> str:
    if high is None:
        return f"≥ {number_words(low, language)}"
    if measure is Measure.QUALITY:
        return f"{number_words(low, language)} – < {number_words(high, language)}"
    last = high - 1
    first = number_words(low, language)
    return first if last <= low else f"{first} – {number_words(last, language)}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M, %d/%m/%Y}"
