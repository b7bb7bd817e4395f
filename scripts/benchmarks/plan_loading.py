"""Write a made plan straight into the tables, published: for what is measured behind importing."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
import shapely

from addrsvc.geo.measure import area_m2
from benchmarks.plan_maker import CODE_LIST, MadeZone

_PLAN = """
INSERT INTO plan (version, status, name, kind, level, decision_number, decision_date, scale,
                  code_list, is_synthetic, valid_from, zones, vertices, extent, created_at,
                  created_by, changed_at, changed_by, published_at)
VALUES (1, 'published', 'Synthetic plan', 'land_use', 'province', '1/TEST', '2025-12-30', 10000,
        %s, true, '2026-01-01', %s, %s, ST_GeomFromText(%s, 4326), now(), 'bench', now(), 'bench',
        now())
RETURNING plan_id
"""
_PIECES = """
INSERT INTO planning_piece (plan_id, zone_id, piece)
SELECT plan_id, zone_id, (ST_Dump(ST_Subdivide(shape, 64))).geom FROM planning_zone
WHERE plan_id = %s ORDER BY zone_id
"""


def load_plan(url: str, zones: Sequence[MadeZone]) -> int:
    """Write zones as a plan in force since 2026; give its number."""
    shapes = [each.shape for each in zones if each.shape is not None]
    whole = shapely.box(*shapely.total_bounds(shapes)).wkt
    vertices = sum(int(shapely.get_num_coordinates(each)) for each in shapes)
    with psycopg.connect(url) as conn:
        found = conn.execute(_PLAN, [CODE_LIST, len(zones), vertices, whole]).fetchone()
        if found is None:
            raise LookupError("plan")
        plan_id = int(found[0])
        fields = "plan_id, n, code, label, area_m2, shape"
        with conn.cursor().copy(f"COPY planning_zone ({fields}) FROM STDIN") as copy:
            for each, shape in zip(zones, shapes, strict=True):
                parts = shapely.MultiPolygon(list(shapely.get_parts(shape)))
                wkb = shapely.to_wkb(shapely.set_srid(parts, 4326), hex=True, include_srid=True)
                copy.write_row((plan_id, each.n, each.code, each.label, area_m2(parts), wkb))
        conn.execute(_PIECES, [plan_id])
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE planning_zone")
        conn.execute("VACUUM ANALYZE planning_piece")
    return plan_id
