-- units --
-- Administrative units of a level in force on some day from first to last, both in it.
-- Index: admin_unit_parent_idx; some thousand rows. Keys name one unit for good.
SELECT u.code || '@' || to_char(u.valid_from, 'YYYY-MM-DD') AS key, u.boundary AS geometry, u.code,
       u.name, u.full_name, u.full_name_en, u.kind, u.parent_code, u.valid_from, u.valid_to,
       u.area_km2::float8 AS area_km2, u.population, u.boundary_kind AS boundary_quality,
       u.boundary_source, u.source
FROM admin_unit u
WHERE u.level = %(level)s::text AND u.valid_from <= %(last)s::date
  AND (u.valid_to IS NULL OR u.valid_to > %(first)s::date);

-- localities --
-- Localities with a point, in force on some day from first to last. Index: locality_pkey, or
-- locality_centre_idx.
SELECT l.locality_id AS key, l.centre AS geometry, l.name, l.kind, l.status, l.commune_code,
       u.full_name AS commune_name, l.valid_from, l.valid_to, l.source
FROM locality l
LEFT JOIN admin_unit u ON u.code = l.commune_code AND u.valid_from = l.commune_valid_from
WHERE l.centre IS NOT NULL AND (l.valid_from IS NULL OR l.valid_from <= %(last)s::date)
  AND (l.valid_to IS NULL OR l.valid_to > %(first)s::date);

-- thoroughfares --
-- Thoroughfares with a line, in force on some day from first to last. Index: thoroughfare_pkey, or
-- thoroughfare_line_idx.
SELECT t.thoroughfare_id AS key, t.line AS geometry, t.name, t.kind, t.status, t.segment_from,
       t.segment_to, t.valid_from, t.valid_to, t.source
FROM thoroughfare t
WHERE t.line IS NOT NULL AND (t.valid_from IS NULL OR t.valid_from <= %(last)s::date)
  AND (t.valid_to IS NULL OR t.valid_to > %(first)s::date);

-- plans --
-- Plans that were published and hold on some day from first to last; never drafts. geometry: the
-- frame around their zones. Index: plan_status_idx; some hundred rows.
SELECT p.plan_id AS key, p.extent AS geometry, p.name, p.kind, p.level, p.status, p.issuer,
       p.decision_number, p.decision_date, p.scale, p.period_from::integer AS period_from,
       p.period_to::integer AS period_to, p.valid_from, p.valid_to, p.is_synthetic, p.zones,
       p.area_m2
FROM plan p
WHERE p.status <> 'draft' AND p.valid_from <= %(last)s::date
  AND (p.valid_to IS NULL OR p.valid_to > %(first)s::date);

-- zones --
-- Zones of plans that were published and hold on some day from first to last; never of drafts.
-- Index: planning_zone_pkey, or planning_zone_shape_idx; plan_pkey.
SELECT z.zone_id AS key, z.shape AS geometry, z.plan_id, p.name AS plan_name, p.kind AS plan_kind,
       p.level AS plan_level, p.status AS plan_status, p.decision_number, p.decision_date, p.scale,
       p.valid_from, p.valid_to, p.is_synthetic, p.code_list, z.n, z.code, z.label, z.area_m2
FROM planning_zone z JOIN plan p ON p.plan_id = z.plan_id
WHERE p.status <> 'draft' AND p.valid_from <= %(last)s::date
  AND (p.valid_to IS NULL OR p.valid_to > %(first)s::date);

-- addresses --
-- Addresses as they stand, of visibilities and (NULL: all) present communes. after: where a page
-- begins, said of each table, or joins walk from the first key on; NULL: at the first. Index:
-- address_current_pkey, or address_current_position_idx for a window; address_pkey.
SELECT c.address_id AS key, c.position AS geometry, a.code, a.issuer, c.status, c.kind,
       v.document->>'name' AS name, v.document#>>'{components,unit}' AS unit,
       v.document#>>'{components,floor}' AS floor,
       v.document#>>'{components,building}' AS building,
       v.document#>>'{components,house_number}' AS house_number,
       v.document#>>'{components,thoroughfare}' AS thoroughfare,
       (SELECT string_agg(pair->>1, '; ')
          FROM jsonb_array_elements(v.document#>'{components,localities}') AS pair) AS localities,
       c.commune_code, u.full_name AS commune_name, c.visibility,
       (v.document#>>'{position,2}')::float8 AS accuracy_m,
       v.document#>>'{position,3}' AS method, v.document#>>'{position,4}' AS marks,
       v.valid_from, v.valid_to
FROM address_current c
JOIN address a ON a.address_id = c.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
LEFT JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
WHERE a.address_id >= coalesce(%(after)s::bigint, 0) AND v.address_id >= coalesce(%(after)s::bigint, 0)
  AND c.visibility = any(%(visibilities)s::text[])
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]));

-- addresses_of_days --
-- The same as the register now says of days from first to last, both in it: of each address what
-- held last. What is not public today stays out, and what was not then. Index:
-- address_version_pkey along the keys, address_current_pkey; with a window those of ever_near.
SELECT v.address_id AS key,
       CASE WHEN v.version = c.version THEN c.position
            ELSE ST_SetSRID(ST_MakePoint((v.document#>>'{position,0}')::float8,
                                         (v.document#>>'{position,1}')::float8), 4326)
       END AS geometry,
       a.code, a.issuer, v.status, v.document->>'kind' AS kind, v.document->>'name' AS name,
       v.document#>>'{components,unit}' AS unit, v.document#>>'{components,floor}' AS floor,
       v.document#>>'{components,building}' AS building,
       v.document#>>'{components,house_number}' AS house_number,
       v.document#>>'{components,thoroughfare}' AS thoroughfare,
       (SELECT string_agg(pair->>1, '; ')
          FROM jsonb_array_elements(v.document#>'{components,localities}') AS pair) AS localities,
       v.document#>>'{commune,0}' AS commune_code, u.full_name AS commune_name,
       coalesce(v.document->>'visibility', 'public') AS visibility,
       (v.document#>>'{position,2}')::float8 AS accuracy_m,
       v.document#>>'{position,3}' AS method, v.document#>>'{position,4}' AS marks,
       v.valid_from, v.valid_to
FROM address_version v
JOIN address a ON a.address_id = v.address_id
JOIN address_current c ON c.address_id = v.address_id
LEFT JOIN admin_unit u ON u.code = v.document#>>'{commune,0}'
    AND u.valid_from = (v.document#>>'{commune,1}')::date
WHERE a.address_id >= coalesce(%(after)s::bigint, 0) AND c.address_id >= coalesce(%(after)s::bigint, 0)
  AND v.recorded_to IS NULL AND v.valid_from <= %(last)s::date
  AND (v.valid_to IS NULL OR v.valid_to > %(first)s::date)
  AND NOT EXISTS (SELECT FROM address_version later
                  WHERE later.address_id = v.address_id AND later.recorded_to IS NULL
                    AND later.address_id >= coalesce(%(after)s::bigint, 0)
                    AND later.valid_from > v.valid_from AND later.valid_from <= %(last)s::date)
  AND c.visibility = any(%(visibilities)s::text[])
  -- by itself the planner takes it to let one in a hundred pass, and sorts instead of walking
  AND coalesce(coalesce(v.document->>'visibility', 'public') = any(%(visibilities)s::text[]), false)
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]));

-- ever_near --
-- Keys of addresses that may have lain in a window (WKB, EPSG:4326): those that do, and those the
-- register says something of that has ended. Index: address_current_position_idx; versions are all
-- read, without their documents.
SELECT address_id FROM address_current WHERE position && ST_GeomFromWKB(%(window)s, 4326)
UNION SELECT address_id FROM address_version WHERE recorded_to IS NULL AND valid_to IS NOT NULL;

-- extent --
-- The frame around the communes of today, in degrees; all NULL: no boundary is known. Index:
-- admin_unit_piece_unit_idx.
SELECT ST_XMin(frame) AS west, ST_YMin(frame) AS south, ST_XMax(frame) AS east,
       ST_YMax(frame) AS north
FROM (SELECT ST_Extent(p.piece) AS frame FROM admin_unit_piece p JOIN admin_unit u USING (code, valid_from)
      WHERE u.valid_to IS NULL) AS all_of_them;
