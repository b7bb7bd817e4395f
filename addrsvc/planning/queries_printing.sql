-- zones_around --
-- Zones of plans within a frame (EPSG:4326 degrees: west, south, east, north) cut to it, with no
-- more detail than line_deg, at most limit of each plan, the largest first: small ones are drawn
-- over them. Index: planning_zone_shape_idx.
SELECT p.plan_id, z.code, z.label, ST_AsBinary(z.shown) AS shape
FROM unnest(%(plan_ids)s::bigint[]) AS p (plan_id)
CROSS JOIN LATERAL (
    SELECT code, label, area_m2, ST_Simplify(
        ST_ClipByBox2D(shape, f.box), %(line_deg)s::float8, true) AS shown
    FROM planning_zone,
         ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) AS f (box)
    WHERE plan_id = p.plan_id AND shape && f.box
    ORDER BY area_m2 DESC
    LIMIT %(limit)s
) z
WHERE NOT ST_IsEmpty(z.shown)
ORDER BY p.plan_id, z.area_m2 DESC;
