"""Draw what is wrong with a file of zones, and what repairs would make of it: one HTML file.

It needs nothing else, and opens from a disk. See ``framing`` for what keeps texts of files from
being taken for anything but text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from addrsvc.errors import Language, Text
from addrsvc.planning.files.model import FAULTS, Fault, Report, Weight
from addrsvc.planning.maps.framing import completed, new_map, standing_alone
from addrsvc.wording import number_words

MOST_MARKS: Final = 2_500
"""Of all faults together; each has its share."""

MOST_CORNERS: Final = 30_000
"""Of all shapes together, 25 bytes each; what is left then is drawn as points."""

_TEXT_LETTERS: Final = 100
_REPAIR: Final = "repair"
_COLOURS: Final = {Weight.ERROR: "#b2182b", Weight.WARNING: "#b45309", Weight.NOTE: "#5b6670"}
_REPAIRED: Final = "#1b7837"

_TITLE: Final = Text("Kết quả kiểm tra tệp quy hoạch", "What was found in the file of zones")
_COUNTS: Final = Text(
    "{zones} trong {features} vùng lưu được ngay; hệ tọa độ {crs}.",
    "{zones} of {features} zones could be stored as they are; reference system {crs}.",
)
_NOTHING: Final = Text("Không có lỗi nào để vẽ.", "There is nothing wrong to be drawn.")
_SOME: Final = Text(
    "Bản đồ chỉ vẽ những chỗ lớn nhất của mỗi lỗi.", "Only the largest of each fault are drawn."
)
_FAULTS: Final = Text("Lỗi", "Faults")
_REPAIRS: Final = Text("Hình sau khi sửa (đề nghị)", "Shapes as repaired (proposed)")
_OVERLAPS: Final = Text(
    "Sẽ chồng lấn {area} (vùng {numbers})", "Would overlap {area} (zones {numbers})"
)
_TELL: Final = Text("Xem lỗi ở gần giữa bản đồ nhất", "Tell the fault nearest to the middle")
_WORDS: Final = {
    "after": Text("Sau khi sửa", "As repaired"),
    "before": Text("Trước khi sửa", "As it is"),
    "nothing": Text("Không có lỗi nào ở gần.", "No fault is near."),
}


def draw_report_map(
    report: Report, marks: Mapping[str, Any], language: Language, npm_dir: Path | None = None
) -> str:
    """Give a map of a report as a file that opens from a disk, without a network.

    Args:
        report: what was found.
        marks: where, as ``files.report_json.marks_geojson`` gives it.
        language: of its texts.
        npm_dir: folder with the browser libraries; None: beside the package.

    Raises:
        PlanMapLibraryMissing: Leaflet is not there.
    """
    return standing_alone(report_map(report, marks, language, npm_dir))


def report_map(
    report: Report, marks: Mapping[str, Any], language: Language, npm_dir: Path | None = None
) -> str:
    """Give the same for a frame: no nonce is in it yet.

    Raises:
        PlanMapLibraryMissing: Leaflet is not there.
    """
    import folium  # noqa: PLC0415 -- see framing
    from folium.utilities import JsCode  # noqa: PLC0415 -- see framing

    kept = _kept(marks["features"])
    shapes = _drawable([each["geometry"] for each in kept])
    drawn = new_map()
    drawn.options["prefer_canvas"] = True
    layers = []
    for kind in dict.fromkeys(_kind(each) for each in kept):
        features = [
            {"type": "Feature", "geometry": shape, "properties": {"at": at}}
            for at, (each, shape) in enumerate(zip(kept, shapes, strict=True))
            if _kind(each) == kind
        ]
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            marker=folium.CircleMarker(radius=6),
            on_each_feature=JsCode("tellMark"),
        )
        layers.append(f"[{orjson.dumps(kind).decode()}, {layer.add_to(drawn).get_name()}]")
    west, south, east, north = report.extent or (0.0, 0.0, 0.0, 0.0)
    data = {
        "extent": None if report.extent is None else [[south, west], [north, east]],
        "marks": [_told(each["properties"], language) for each in kept],
        "colours": {kind: _colour(kind) for kind in {_kind(each) for each in kept}},
        "words": {name: text.in_(language) for name, text in _WORDS.items()},
    }
    return completed(
        drawn,
        language=language,
        title=escape(_TITLE.in_(language)),
        panel=_panel(report, kept, language, is_all=len(kept) == len(marks["features"])),
        data=data,
        scripts=("tiles.js", "report_map.js"),
        begin=f"beginReportMap(shown_map, [{', '.join(layers)}]);",
        npm_dir=npm_dir,
    )


def _kind(feature: Mapping[str, Any]) -> str:
    said = feature["properties"]
    return _REPAIR if said.get("repair") else str(said["fault"])


def _colour(kind: str) -> str:
    return _REPAIRED if kind == _REPAIR else _COLOURS[FAULTS[Fault(kind)][0]]


def _kept(features: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give the first of each kind, no more than ``MOST_MARKS`` together."""
    left = MOST_MARKS
    kinds = Counter(map(_kind, features))
    share: dict[str, int] = {}
    for done, (kind, count) in enumerate(sorted(kinds.items(), key=lambda each: each[1])):
        share[kind] = min(count, left // (len(kinds) - done))
        left -= share[kind]
    kept = []
    for each in features:
        if share[_kind(each)]:
            share[_kind(each)] -= 1
            kept.append(each)
    return kept


def _drawable(geometries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give shapes with few corners, in the order given; those there is no room for, as points."""
    shapes = shapely.from_geojson([orjson.dumps(each) for each in geometries])
    if not len(shapes):
        return []
    west, south, east, north = shapely.total_bounds(shapes)
    simple = shapely.simplify(shapes, max(east - west, north - south) / 20_000)
    corners = shapely.get_num_coordinates(simple)
    too_many = np.cumsum(corners) > MOST_CORNERS
    places = np.where(shapely.is_empty(simple), shapes, simple)
    places[too_many] = shapely.centroid(shapes[too_many])
    rounded = shapely.transform(places, _rounded)
    return [orjson.loads(each) for each in shapely.to_geojson(rounded)]


def _rounded(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(degrees, 7)


def _told(said: Mapping[str, Any], language: Language) -> list[str]:
    """Say what one mark is, line by line; the first is what is wrong."""
    title = said["title_vi" if language == "vi" else "title_en"]
    lines = [str(title)]
    numbers = [str(said[name]) for name in ("n", "other_n") if said.get(name) is not None]
    if numbers:
        lines.append(f"{Text('Vùng số', 'Zone').in_(language)} {', '.join(numbers)}")
    if said.get("said"):
        lines.append(f"“{str(said['said'])[:_TEXT_LETTERS]}”")
    if said.get("repair"):
        before, after = said.get("before_m2"), said.get("after_m2")
        if before is not None:
            lines.append(f"{_WORDS['before'].in_(language)}: {_metres(before, language)}")
        if after is not None:
            lines.append(f"{_WORDS['after'].in_(language)}: {_metres(after, language)}")
        if said.get("overlap_m2"):
            others = ", ".join(str(each["n"]) for each in said["overlaps"])
            area = _metres(said["overlap_m2"], language)
            lines.append(_OVERLAPS.in_(language).format(area=area, numbers=others))
    elif said.get("area_m2") is not None:
        lines.append(_metres(said["area_m2"], language))
    return lines


def _panel(
    report: Report, kept: Sequence[Mapping[str, Any]], language: Language, *, is_all: bool
) -> str:
    said = _COUNTS.in_(language).format(
        zones=number_words(report.zones, language),
        features=number_words(report.features, language),
        crs=report.crs[:60],
    )
    lines = [said] + ([] if is_all else [_SOME.in_(language)])
    there = Counter(map(_kind, kept))
    switches = "".join(
        f'<label><input type="checkbox" name="{kind}" checked>'
        f'<svg aria-hidden="true" width="20" height="14"><rect width="20" height="14" '
        f'fill="{_colour(kind)}"/></svg>{escape(_name(kind, report, count, language))}</label>'
        for kind, count in there.items()
    )
    if not switches:
        switches = f"<p>{escape(_NOTHING.in_(language))}</p>"
    told = "".join(f"<p>{escape(each)}</p>" for each in lines)
    title = escape(_TITLE.in_(language))
    return (
        f'<section class="panel" tabindex="0" aria-label="{title}"><h1>{title}</h1>{told}'
        f'<fieldset class="column"><legend class="hidden-name">{escape(_FAULTS.in_(language))}'
        f'</legend>{switches}</fieldset><button type="button" data-act="tell">'
        f'{escape(_TELL.in_(language))}</button><p role="status" class="hidden-name"></p></section>'
    )


def _name(kind: str, report: Report, drawn: int, language: Language) -> str:
    if kind == _REPAIR:
        return f"{_REPAIRS.in_(language)}: {number_words(drawn, language)}"
    count = report.counts.get(Fault(kind), drawn)
    return f"{FAULTS[Fault(kind)][1].in_(language)}: {number_words(count, language)}"


def _metres(area_m2: float, language: Language) -> str:
    digits = 0 if area_m2 >= 1_000 else 2
    return f"{number_words(round(area_m2, digits), language, digits)} m²"
