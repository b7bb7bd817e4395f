-- uses_at_points --
-- Land uses at points and around them, of plans in force on day (legal). Points: ns int[] (any
-- numbers), lons, lats float8[] (EPSG:4326 degrees), radii_m float8[] (how far around). is_there:
-- within edge_deg of a zone, which is what coordinates are kept to; else distance_m, ellipsoid.
-- Index: planning_piece_piece_idx, planning_zone_pkey, plan_pkey.
SELECT n, plan_id, code, min(label) AS label, bool_or(distance_m = 0) AS is_there,
       count(DISTINCT zone_id) FILTER (WHERE distance_m = 0) AS zones,
       min(distance_m) AS distance_m
FROM (
    SELECT a.n, a.radius_m, c.plan_id, c.zone_id, z.code, z.label,
           CASE WHEN ST_DWithin(c.piece, a.point, %(edge_deg)s) THEN 0
                ELSE ST_Distance(c.piece::geography, a.point::geography) END AS distance_m
    FROM (
        SELECT n, radius_m, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS point,
               radius_m / 110574 + %(edge_deg)s AS half_deg,
               greatest(cos(radians(least(abs(lat) + 1, 89))), 0.001) AS narrowing
        FROM unnest(%(ns)s::int[], %(lons)s::float8[], %(lats)s::float8[], %(radii_m)s::float8[])
             AS asked (n, lon, lat, radius_m)
    ) a
    JOIN planning_piece c ON c.piece && ST_Expand(a.point, a.half_deg / a.narrowing, a.half_deg)
    JOIN planning_zone z ON z.zone_id = c.zone_id
    JOIN plan p ON p.plan_id = c.plan_id AND p.status <> 'draft' AND p.valid_from <= %(day)s
               AND (p.valid_to IS NULL OR %(day)s < p.valid_to)
) met
WHERE distance_m <= radius_m
GROUP BY n, plan_id, code;

-- pieces_in_plot --
-- Pieces of zones that meet a plot (WKB, EPSG:4326, valid), of plans in force on day (legal), at
-- most limit. Index: planning_piece_piece_idx, planning_zone_pkey, plan_pkey.
SELECT c.plan_id, c.zone_id, z.code, z.label, ST_AsBinary(c.piece) AS piece
FROM planning_piece c
JOIN planning_zone z ON z.zone_id = c.zone_id
JOIN plan p ON p.plan_id = c.plan_id AND p.status <> 'draft' AND p.valid_from <= %(day)s
           AND (p.valid_to IS NULL OR %(day)s < p.valid_to)
WHERE ST_Intersects(c.piece, ST_GeomFromWKB(%(plot)s::bytea, 4326))
LIMIT %(limit)s;

-- plans_asked --
-- Plans by their numbers. Index: plan_pkey.
SELECT * FROM plan_told WHERE plan_id = any(%(plan_ids)s::bigint[]);
