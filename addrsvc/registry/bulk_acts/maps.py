"""A preview as a map: GeoJSON for programs, a drawing in one file for people. Pure.

The drawing is SVG inside HTML without a script or anything from elsewhere, so that it opens from a
disk with no network. Texts are escaped by the template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from addrsvc.errors import Language, Text
from addrsvc.registry.bulk_acts.model import BULK_KIND_NAMES, BulkKind
from addrsvc.registry.bulk_acts.preview import MapPoint, Preview

_WIDTH: Final = 1000
_COLOURS: Final = {"unchanged": "#8a8a8a", "changed": "#1b7f4d", "undecided": "#d1380c"}
"""By outcome; drawn in this order, so that what needs a person lies on top."""
OUTCOME_NAMES: Final[Mapping[str, Text]] = {
    "changed": Text("thay đổi", "changed"),
    "unchanged": Text("giữ nguyên", "unchanged"),
    "undecided": Text("cần người quyết định", "needs a person"),
}
_TITLE: Final = Text("Xem trước đợt thay đổi {act_id}: {kind}", "Preview of act {act_id}: {kind}")
_SHOWN: Final = Text(
    "{shown} điểm trong {examined} địa chỉ đã xét; các vùng là phường, xã sau thay đổi.",
    "{shown} points of {examined} addresses examined; areas are the communes after the act.",
)

_TEMPLATE: Final = """<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font-family: system-ui, sans-serif; max-width: 70rem; margin: 1rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem }
ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.5rem }
svg[role] { width: 100%; max-height: 80vh }
</style></head>
<body>
<h1>{{ title }}</h1>
<p>{{ shown }}</p>
<ul>
{% for layer in layers %}
<li><svg width="12" height="12"><circle cx="6" cy="6" r="5" fill="{{ layer.colour }}"/></svg>
 {{ layer.name }}: {{ layer.count }}</li>
{% endfor %}
</ul>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ width }} {{ height }}" role="img"
 aria-label="{{ title }}">
{% for area in areas %}
<path d="{{ area.path }}" fill="#f4f1e6" stroke="#555">
<title>{{ area.name }}</title></path>
{% endfor %}
{% for layer in layers %}
<g fill="{{ layer.colour }}">
{% for x, y in layer.points %}
<circle cx="{{ x }}" cy="{{ y }}" r="3.5"/>
{% endfor %}
</g>
{% endfor %}
{% for area in areas %}
<text x="{{ area.x }}" y="{{ area.y }}" font-size="16" text-anchor="middle">{{ area.name }}</text>
{% endfor %}
</svg>
</body>
</html>
"""

Area = tuple[str, str, Mapping[str, Any]]
"""Code, name and GeoJSON MultiPolygon of a commune."""


def as_geojson(preview: Preview) -> dict[str, Any]:
    """Give the points as a FeatureCollection, EPSG:4326: outcome and commune after the act."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [each.lon, each.lat]},
                "properties": {"outcome": each.outcome, "commune_after": each.commune},
            }
            for each in preview.points
        ],
    }


def as_html(preview: Preview, areas: Sequence[Area], language: Language) -> str:
    """Draw the points over the communes they are in after the act."""
    sheet = _Sheet(preview.points, areas)
    counts = preview.tally
    numbers = {
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "undecided": sum(counts.undecided.values()),
    }
    kind = BULK_KIND_NAMES[BulkKind(preview.act.kind)].in_(language)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_TEMPLATE).render(
        language=language,
        title=_TITLE.in_(language).format(act_id=preview.act.act_id, kind=kind),
        shown=_SHOWN.in_(language).format(shown=len(preview.points), examined=preview.examined),
        width=_WIDTH,
        height=sheet.height,
        areas=[sheet.area(name, shape) for _, name, shape in areas],
        layers=[
            {
                "colour": colour,
                "name": OUTCOME_NAMES[outcome].in_(language),
                "count": numbers[outcome],
                "points": [sheet.at(p.lon, p.lat) for p in preview.points if p.outcome == outcome],
            }
            for outcome, colour in _COLOURS.items()
        ],
    )


class _Sheet:
    """Degrees to the drawing: equirectangular at its middle, north up."""

    def __init__(self, points: Sequence[MapPoint], areas: Sequence[Area]) -> None:
        corners = [(each.lon, each.lat) for each in points]
        for _, _, shape in areas:
            corners += [corner for ring in _rings(shape) for corner in ring]
        lons, lats = [lon for lon, _ in corners] or [0.0], [lat for _, lat in corners] or [0.0]
        self._west, self._north = min(lons), max(lats)
        self._squeeze = cos(radians((min(lats) + max(lats)) / 2))
        width_deg = max((max(lons) - min(lons)) * self._squeeze, 1e-6)
        self._scale = _WIDTH / width_deg
        self.height = max(round((max(lats) - min(lats)) * self._scale), 1)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Give a place on the drawing."""
        x = (lon - self._west) * self._squeeze * self._scale
        return round(x, 1), round((self._north - lat) * self._scale, 1)

    def area(self, name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
        """Give the outline of a commune with a place for its name."""
        rings = [[self.at(lon, lat) for lon, lat in ring] for ring in _rings(shape)]
        path = "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
        largest = max(rings, key=len)
        x = sum(x for x, _ in largest) / len(largest)
        y = sum(y for _, y in largest) / len(largest)
        return {"name": name, "path": path, "x": round(x, 1), "y": round(y, 1)}


def _rings(shape: Mapping[str, Any]) -> list[list[tuple[float, float]]]:
    return [[(lon, lat) for lon, lat in ring] for part in shape["coordinates"] for ring in part]
