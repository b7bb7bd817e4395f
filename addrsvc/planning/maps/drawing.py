"""Draw a plan, or what it changes, with folium: zones come as vector tiles, whatever their number.

See ``framing`` for what keeps texts of files from being taken for anything but text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, Final

from addrsvc.errors import Language, Text
from addrsvc.planning.code_lists import GREY, use_of
from addrsvc.planning.maps.framing import completed, new_map
from addrsvc.planning.maps.service import UseOf
from addrsvc.planning.model import (
    KIND_NAMES,
    LEVEL_NAMES,
    REFERENCE_NOTICE,
    STATUS_NAMES,
    Plan,
    PlanStatus,
)
from addrsvc.wording import day_words, figures, number_words

LEGEND_LIMIT: Final = 60
"""Most uses in the legend; the rest is told as one."""
COLOUR_LIMIT: Final = 500
"""Most uses drawn in a colour of their own."""

CHANGES: Final = (
    ("#1b7837", Text("Quy hoạch mới", "Newly planned")),
    ("#e08214", Text("Đổi loại đất", "Another land use")),
    ("#b2182b", Text("Không còn quy hoạch", "No longer planned")),
)
"""Colours as in ``plan_map.js``."""

_SYNTHETIC: Final = Text("Dữ liệu giả lập, không có thật", "Invented data, not real")
_DECISION: Final = Text("Quyết định {number} ngày {day}", "Decision {number} of {day}")
_SCALE: Final = Text("tỷ lệ 1:{scale}", "scale 1:{scale}")
_HOLDS: Final = Text("Hiệu lực từ {start}", "Holds from {start}")
_HELD: Final = Text("Hiệu lực từ {start} đến trước {end}", "Held from {start} until before {end}")
_AS_OF: Final = Text("Xem ngày {day}.", "As of {day}.")
_LEGEND: Final = Text("Chú giải", "Legend")
_OTHERS: Final = Text("{count} loại khác", "{count} other uses")
_CHANGES: Final = Text("Thay đổi so với quy hoạch trước", "Changes against the plans before")
_CHANGES_TITLE: Final = Text("Thay đổi của “{name}”", "What “{name}” changes")
_SWITCHES: Final = {
    "zones": Text("Vùng quy hoạch", "Zones"),
    "outlines": Text("Ranh vùng", "Outlines of zones"),
    "changes": _CHANGES,
    "communes": Text("Ranh phường, xã", "Communes"),
}
_LAYERS: Final = Text("Lớp bản đồ", "Layers")
_OPACITY: Final = Text("Độ đậm", "Opacity")
_TELL: Final = Text("Xem vùng ở giữa bản đồ", "Tell what is in the middle")
_WORDS: Final = {
    "nothing": Text("Chỗ này chưa có vùng quy hoạch nào.", "Nothing is planned here."),
    "loading": Text("Bản đồ đang tải, hãy thử lại.", "The map is loading, try again."),
    "failed": Text(
        "Có phần bản đồ chưa tải được. Hãy phóng to, thu nhỏ hoặc mở lại trang.",
        "Parts of the map could not be loaded. Zoom, or open the page again.",
    ),
    "none": Text("Chưa có hoặc không còn quy hoạch", "Not planned"),
}


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune as context."""

    name: str
    outline: Mapping[str, Any]
    """GeoJSON in EPSG:4326 degrees, simplified."""


@dataclass(frozen=True, slots=True)
class MapOf:
    """What a map shows."""

    plan: Plan
    uses: Sequence[UseOf]
    """The largest first."""
    communes: Sequence[Commune]
    as_of: date
    changes: str | None = None
    """Where tiles of changes come from, ``{tile}`` in it; None: there are none."""
    is_of_changes: bool = False
    """They are shown first, and the zones on demand."""


def draw_plan_map(wanted: MapOf, language: Language, npm_dir: Path | None = None) -> str:
    """Give a map of a plan as an HTML file, no nonce in it yet.

    Raises:
        PlanMapLibraryMissing: Leaflet is not there.
    """
    import folium  # noqa: PLC0415 -- see framing
    from folium.utilities import JsCode  # noqa: PLC0415 -- see framing

    plan = wanted.plan
    drawn, communes = new_map(), "null"
    if wanted.communes:
        features = [
            {"type": "Feature", "geometry": each.outline, "properties": {"at": at}}
            for at, each in enumerate(wanted.communes)
        ]
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            on_each_feature=JsCode("nameCommune"),
        )
        communes = layer.add_to(drawn).get_name()
    name = plan.described.name
    title = _CHANGES_TITLE.in_(language).format(name=name) if wanted.is_of_changes else name
    return completed(
        drawn,
        language=language,
        title=escape(title),
        panel=_panel(wanted, title, language),
        data=_data(wanted, language),
        scripts=("tiles.js", "plan_map.js"),
        begin=f"beginPlanMap(shown_map, {communes});",
        npm_dir=npm_dir,
    )


def _data(wanted: MapOf, language: Language) -> dict[str, Any]:
    plan = wanted.plan
    uses = [
        use_of(plan.described.code_list, each.code, each.label)
        for each in wanted.uses[:COLOUR_LIMIT]
    ]
    west, south, east, north = plan.extent or (0.0, 0.0, 0.0, 0.0)
    return {
        "tiles": f"/v1/plans/{plan.plan_id}/tiles/{{tile}}{key_of(plan)}",
        "changes": wanted.changes,
        "extent": None if plan.extent is None else [[south, west], [north, east]],
        "uses": [[each.code, each.name.in_(language), each.colour] for each in uses],
        "other": GREY,
        "communes": [each.name for each in wanted.communes],
        "words": {name: text.in_(language) for name, text in _WORDS.items()},
    }


def key_of(plan: Plan) -> str:
    """Give what names a draft to its tiles: they are asked for from nowhere, by nobody."""
    return f"?key={plan.view_key}" if plan.status is PlanStatus.DRAFT else ""


def _panel(wanted: MapOf, title: str, language: Language) -> str:
    checked = {"changes", "communes"} if wanted.is_of_changes else {"zones", "communes"}
    there = {
        "zones": True,
        "outlines": True,
        "changes": wanted.changes is not None,
        "communes": bool(wanted.communes),
    }
    switches = "".join(
        f'<label><input type="checkbox" name="{name}"{" checked" if name in checked else ""}>'
        f"{escape(_SWITCHES[name].in_(language))}</label>"
        for name, is_there in there.items()
        if is_there
    )
    said = "".join(f"<p>{escape(each)}</p>" for each in _said(wanted, language))
    synthetic = f'<p class="synthetic">{escape(_SYNTHETIC.in_(language))}</p>'
    return (
        f'<section class="panel" tabindex="0" aria-label="{escape(_LEGEND.in_(language))}">'
        f"<h1>{escape(title)}</h1>"
        f"{synthetic if wanted.plan.described.is_synthetic else ''}"
        f'<fieldset><legend class="hidden-name">{escape(_LAYERS.in_(language))}</legend>{switches}'
        f"<label>{escape(_OPACITY.in_(language))}"
        '<input type="range" name="opacity" min="10" max="100" step="5" value="80"></label>'
        f'<button type="button" data-act="tell">{escape(_TELL.in_(language))}</button></fieldset>'
        f'<p role="status" class="hidden-name"></p>'
        f"<details open><summary>{escape(_LEGEND.in_(language))}</summary>"
        f"{_legend(wanted, language)}</details>{said}</section>"
    )


def _said(wanted: MapOf, language: Language) -> list[str]:
    """Say what the plan is, line by line."""
    plan, said = wanted.plan, wanted.plan.described
    first = [
        KIND_NAMES[said.kind].in_(language),
        LEVEL_NAMES[said.level].in_(language),
        STATUS_NAMES[plan.status].in_(language),
    ]
    if said.scale is not None:
        first.append(_SCALE.in_(language).format(scale=number_words(said.scale, language)))
    lines = [" · ".join(first)]
    if said.decision_number is not None and said.decision_date is not None:
        day = day_words(said.decision_date, language)
        lines.append(_DECISION.in_(language).format(number=said.decision_number, day=day))
    if plan.valid_from is not None:
        text = _HOLDS if plan.valid_to is None else _HELD
        end = "" if plan.valid_to is None else day_words(plan.valid_to, language)
        lines.append(text.in_(language).format(start=day_words(plan.valid_from, language), end=end))
    notice = REFERENCE_NOTICE.in_(language)
    lines.append(f"{_AS_OF.in_(language).format(day=day_words(wanted.as_of, language))} {notice}")
    return lines


def _legend(wanted: MapOf, language: Language) -> str:
    total = sum(each.area_m2 for each in wanted.uses) or 1.0
    entries = []
    if wanted.changes is not None:
        entries += [(colour, "", text.in_(language), "") for colour, text in CHANGES]
    for each in wanted.uses[:LEGEND_LIMIT]:
        use = use_of(wanted.plan.described.code_list, each.code, each.label)
        entries.append(
            (use.colour, use.code, use.name.in_(language), _share(each.area_m2, total, language))
        )
    rest = wanted.uses[LEGEND_LIMIT:]
    if rest:
        area = sum(each.area_m2 for each in rest)
        text = _OTHERS.in_(language).format(count=len(rest))
        entries.append((GREY, "", text, _share(area, total, language)))
    items = "".join(
        f'<li><svg aria-hidden="true"><rect width="100%" height="100%" fill="{colour}" '
        f'stroke="#52606d"/></svg>{f"<b>{escape(code)}</b>" if code else ""}'
        f"<span>{escape(name)}</span><em>{escape(share)}</em></li>"
        for colour, code, name, share in entries
    )
    return f"<ul>{items}</ul>"


def _share(area_m2: float, total_m2: float, language: Language) -> str:
    """Say an area in hectares, and its share.

    >>> _share(1_234_500, 10_000_000, "vi")
    '123,5 ha (12,3%)'
    """
    hectares = area_m2 / 10_000
    text = f"{hectares:,.1f} ha ({100 * area_m2 / total_m2:.1f}%)"
    return figures(text, language)
