"""Plans for tests, invented and marked so: zones of one plan, written straight into tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import psycopg
import shapely
from psycopg.types.json import Jsonb

from addrsvc.geo.measure import area_m2

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)

_PLAN = """
INSERT INTO plan (version, status, name, kind, level, issuer, decision_number, decision_date, scale,
                  period_from, period_to, code_list, is_synthetic, valid_from, valid_to, zones,
                  vertices, area_m2, extent, communes, created_at, created_by, changed_at,
                  changed_by, published_at)
VALUES (1, %(status)s, %(name)s, %(kind)s, %(level)s, 'UBND Tỉnh Bịa', '12/QĐ-BỊA', '2025-12-30',
        %(scale)s, 2026, 2030, %(code_list)s, true, %(valid_from)s, %(valid_to)s, %(zones)s,
        %(vertices)s, %(area_m2)s, ST_GeomFromText(%(extent)s, 4326), %(communes)s, %(at)s,
        'key:a', %(at)s, 'key:a', %(published_at)s)
RETURNING plan_id
"""
_ZONE = """
INSERT INTO planning_zone (plan_id, n, code, label, attributes, area_m2, shape)
VALUES (%s, %s, %s, %s, '{}', %s, ST_GeomFromWKB(%s, 4326))
"""
_PIECES = """
INSERT INTO planning_piece (plan_id, zone_id, piece)
SELECT plan_id, zone_id, (ST_Dump(ST_Subdivide(shape, 64))).geom FROM planning_zone
WHERE plan_id = %s
"""


def insert_plan(
    url: str,
    zones: Sequence[tuple[str, shapely.Geometry]],
    *,
    status: str = "published",
    name: str = "Quy hoạch thử (bịa)",
    kind: str = "land_use",
    level: str = "commune",
    scale: int = 2_000,
    code_list: str = "land-use-2018",
    valid_from: date | None = date(2026, 1, 5),
    valid_to: date | None = None,
    communes: Sequence[str] = (),
    replaces: Sequence[int] = (),
) -> int:
    """Write a plan with zones (code, polygon or multipolygon in degrees); give its number."""
    shapes = [
        each if isinstance(each, shapely.MultiPolygon) else shapely.MultiPolygon([each])
        for _, each in zones
    ]
    is_draft = status == "draft"
    with psycopg.connect(url) as conn:
        found = conn.execute(
            _PLAN,
            {
                "status": status,
                "name": name,
                "kind": kind,
                "level": level,
                "scale": scale,
                "code_list": code_list,
                "valid_from": None if is_draft else valid_from,
                "valid_to": valid_to,
                "zones": len(zones),
                "vertices": sum(int(shapely.get_num_coordinates(each)) for each in shapes),
                "area_m2": sum(area_m2(each) for each in shapes),
                "extent": shapely.box(*shapely.total_bounds(shapes)).wkt if zones else None,
                "communes": list(communes),
                "at": AT,
                "published_at": None if is_draft else AT,
            },
        ).fetchone()
        assert found is not None
        plan_id = int(found[0])
        for n, ((code, _), shape) in enumerate(zip(zones, shapes, strict=True), start=1):
            values = (plan_id, n, code, f"{code} {n}", area_m2(shape), shapely.to_wkb(shape))
            conn.execute(_ZONE, values)
        conn.execute(_PIECES, [plan_id])
        for each in replaces:
            conn.execute("INSERT INTO plan_replacement VALUES (%s, %s, %s)", (plan_id, each, AT))
        conn.execute(
            "INSERT INTO plan_history VALUES (%s, 1, 'create', %s, 'key:a', NULL, %s, %s)",
            (plan_id, status, AT, Jsonb({"name": name})),
        )
    return plan_id
