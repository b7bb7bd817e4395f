"""A preview as a map: what is drawn, and that names cannot break out of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from addrsvc.registry.bulk_acts.maps import as_geojson, as_html
from addrsvc.registry.bulk_acts.model import BulkAct, Tally
from addrsvc.registry.bulk_acts.preview import MapPoint, Preview

ACT = BulkAct(
    act_id=7,
    kind="reorganise",
    status="planned",
    principal="cli:test",
    recorded_at=datetime(2025, 7, 1, tzinfo=UTC),
    reason=None,
    instrument=None,
    effective_on=date(2025, 7, 1),
    spec={},
    done_up_to=0,
    counts={},
    finished_at=None,
    undoes=None,
)
SQUARE = [[[106.6, 10.9], [106.7, 10.9], [106.7, 11.0], [106.6, 11.0], [106.6, 10.9]]]


def test_points_are_drawn_over_communes_without_scripts_or_foreign_parts() -> None:
    points = [
        MapPoint(106.65, 10.95, "changed", "25747"),
        MapPoint(106.66, 10.96, "undecided", "25702"),
    ]
    made = Preview(ACT, 2, 2, Tally(concerned=2, changed=1), points=points)
    name = "<script>alert('${1}')</script>"
    html = as_html(made, [("25747", name, {"coordinates": [SQUARE]})], "vi")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert html.count('r="3.5"') == 2
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    found = as_geojson(made)["features"]
    assert [each["geometry"]["coordinates"] for each in found] == [[106.65, 10.95], [106.66, 10.96]]
    assert found[1]["properties"] == {"outcome": "undecided", "commune_after": "25702"}


def test_nothing_to_draw_is_still_a_page() -> None:
    assert "<svg" in as_html(Preview(ACT, 0), [], "en")
