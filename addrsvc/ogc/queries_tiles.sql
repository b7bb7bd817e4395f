-- zones_tile --
-- Zones of published plans in force on a legal day in one tile, the largest first, with what may
-- not be missing beside them: whose they are, and by which decision. last_zoom: of the band made
-- ready for the zoom. Index: planning_shape_idx, plan_status_idx.
SELECT ST_AsMVT(zone, 'zones', 4096, 'shape') AS tile
FROM (SELECT each.n, left(each.code, 40) AS code, round(each.area_m2)::bigint AS area,
             plan.plan_id AS plan, left(plan.name, 120) AS plan_name, plan.kind AS plan_kind,
             plan.level AS plan_level, plan.decision_number,
             plan.decision_date::text AS decision_date, plan.scale, plan.is_synthetic,
             ST_AsMVTGeom(simple.shape, ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 32)
                 AS shape
      FROM plan
      JOIN planning_shape AS simple
        ON simple.plan_id = plan.plan_id AND simple.last_zoom = %(last_zoom)s
       AND simple.shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 32.0 / 4096)
      JOIN planning_zone AS each ON each.zone_id = simple.zone_id
      WHERE plan.status = 'published' AND plan.valid_from <= %(day)s
        AND (plan.valid_to IS NULL OR plan.valid_to > %(day)s)
      ORDER BY each.area_m2 DESC, each.zone_id
      LIMIT %(most)s) AS zone
WHERE zone.shape IS NOT NULL;
