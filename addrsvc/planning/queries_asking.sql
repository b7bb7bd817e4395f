-- uses_at_points --
-- Land uses at points and around them, of plans in force on day (legal). Points: ns int[] (any
-- numbers), lons, lats float8[] (EPSG:4326 degrees), radii_m float8[] (how far around). is_there:
-- within edge_deg of a zone, which is what coordinates are kept to; else distance_m, ellipsoid.
-- OFFSET 0, here and below: places are looked up first, whatever statistics say of plans; those of
-- a plan just stored say nothing yet, and all its pieces would be gone through for each place.
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
    CROSS JOIN LATERAL (
        SELECT plan_id, zone_id, piece FROM planning_piece
        WHERE piece && ST_Expand(a.point, a.half_deg / a.narrowing, a.half_deg) OFFSET 0
    ) c
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
FROM (
    SELECT plan_id, zone_id, piece FROM planning_piece
    WHERE ST_Intersects(piece, ST_GeomFromWKB(%(plot)s::bytea, 4326)) OFFSET 0
) c
JOIN planning_zone z ON z.zone_id = c.zone_id
JOIN plan p ON p.plan_id = c.plan_id AND p.status <> 'draft' AND p.valid_from <= %(day)s
           AND (p.valid_to IS NULL OR %(day)s < p.valid_to)
LIMIT %(limit)s;

-- plans_asked --
-- Plans by their numbers. Index: plan_pkey.
SELECT * FROM plan_told WHERE plan_id = any(%(plan_ids)s::bigint[]);

-- plans_in_force --
-- Numbers of plans that hold on day (legal). Index: plan_status_idx; few rows else.
SELECT plan_id FROM plan
WHERE status <> 'draft' AND valid_from <= %(day)s AND (valid_to IS NULL OR %(day)s < valid_to);

-- last_of_chunk --
-- Where the chunk of so many addresses (limit) behind address_id after ends; NULL: none is left.
-- Index: address_current_pkey.
SELECT max(address_id) AS last FROM (
    SELECT address_id FROM address_current WHERE address_id > %(after)s
    ORDER BY address_id LIMIT %(limit)s) chunk;

-- uses_of_chunk --
-- Land uses plans (plan_ids bigint[]) have where addresses in use lie, for identities behind after,
-- up to last. Who asks sees visibilities (text[]) within areas (text[], NULL: everywhere).
-- edge_deg: within it of a zone is in it. Plans are chosen behind the join, see uses_at_points.
-- Index: address_current_pkey, planning_piece_piece_idx, planning_zone_pkey, address_pkey.
SELECT address_code, plan_id, code, label FROM (
    SELECT DISTINCT ON (c.address_id, s.plan_id, z.code)
           a.code AS address_code, s.plan_id, z.code, z.label
    FROM address_current c
    JOIN planning_piece s ON ST_DWithin(s.piece, c.position, %(edge_deg)s)
    JOIN planning_zone z ON z.zone_id = s.zone_id
    JOIN address a ON a.address_id = c.address_id
    WHERE c.address_id > %(after)s AND c.address_id <= %(last)s AND c.status = 'current'
      AND c.visibility = any(%(visibilities)s::text[])
      AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
    ORDER BY c.address_id, s.plan_id, z.code OFFSET 0
) told WHERE plan_id = any(%(plan_ids)s::bigint[]);

-- uses_of_codes --
-- The same of addresses by their codes (text[]).
-- Index: address_code_key, address_current_pkey, planning_piece_piece_idx, planning_zone_pkey.
SELECT address_code, plan_id, code, label FROM (
    SELECT DISTINCT ON (c.address_id, s.plan_id, z.code)
           a.code AS address_code, s.plan_id, z.code, z.label
    FROM address a
    JOIN address_current c ON c.address_id = a.address_id
    JOIN planning_piece s ON ST_DWithin(s.piece, c.position, %(edge_deg)s)
    JOIN planning_zone z ON z.zone_id = s.zone_id
    WHERE a.code = any(%(codes)s::text[]) AND c.status = 'current'
      AND c.visibility = any(%(visibilities)s::text[])
      AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
    ORDER BY c.address_id, s.plan_id, z.code OFFSET 0
) told WHERE plan_id = any(%(plan_ids)s::bigint[]);
