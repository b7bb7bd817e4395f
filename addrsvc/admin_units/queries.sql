-- commune_at --
-- The commune a point lies in on a day: lon, lat in EPSG:4326 degrees. An imported boundary
-- beats an indicative cell; on a shared edge the lowest code. Index: admin_unit_piece_piece_idx.
SELECT u.code, u.valid_from, u.full_name, province.code AS province_code,
       province.full_name AS province_name, p.indicative
FROM admin_unit_piece p
JOIN admin_unit u USING (code, valid_from)
JOIN admin_unit province ON province.level = 'province'
    AND province.valid_from <= %(day)s AND (province.valid_to IS NULL OR %(day)s < province.valid_to)
    AND province.code = (
        SELECT CASE parent.level WHEN 'province' THEN parent.code ELSE parent.parent_code END
        FROM admin_unit parent
        WHERE parent.code = u.parent_code
          AND parent.valid_from <= %(day)s AND (parent.valid_to IS NULL OR %(day)s < parent.valid_to))
WHERE ST_Covers(p.piece, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326))
  AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR %(day)s < u.valid_to)
ORDER BY p.indicative, u.code
LIMIT 1;

-- communes_at --
-- The commune each of many points lies in on a day of its own: arrays of one length, lons and lats
-- in EPSG:4326 degrees. Points in none are left out; as commune_at for each, with edge_m as
-- edge_distance. Index: admin_unit_piece_piece_idx, then primary keys.
SELECT asked.n, found.*, edge.edge_m
FROM unnest(%(lons)s::float8[], %(lats)s::float8[], %(days)s::date[])
    WITH ORDINALITY AS asked (lon, lat, day, n)
CROSS JOIN LATERAL (
    SELECT u.code, u.valid_from, u.full_name, province.code AS province_code,
           province.full_name AS province_name, p.indicative
    FROM admin_unit_piece p
    JOIN admin_unit u USING (code, valid_from)
    JOIN admin_unit parent ON parent.code = u.parent_code
        AND parent.valid_from <= asked.day
        AND (parent.valid_to IS NULL OR asked.day < parent.valid_to)
    JOIN admin_unit province ON province.level = 'province'
        AND province.valid_from <= asked.day
        AND (province.valid_to IS NULL OR asked.day < province.valid_to)
        AND province.code =
            CASE parent.level WHEN 'province' THEN parent.code ELSE parent.parent_code END
    WHERE ST_Covers(p.piece, ST_SetSRID(ST_MakePoint(asked.lon, asked.lat), 4326))
      AND u.valid_from <= asked.day AND (u.valid_to IS NULL OR asked.day < u.valid_to)
    ORDER BY p.indicative, u.code
    LIMIT 1) AS found
CROSS JOIN LATERAL (
    SELECT ST_Distance(
        ST_Boundary(boundary)::geography,
        ST_SetSRID(ST_MakePoint(asked.lon, asked.lat), 4326)::geography) AS edge_m
    FROM admin_unit u WHERE u.code = found.code AND u.valid_from = found.valid_from) AS edge
ORDER BY asked.n;

-- edge_distance --
-- Metres on the ellipsoid from a point (lon, lat EPSG:4326) to a unit's nearest edge.
-- Index: primary key.
SELECT ST_Distance(
    ST_Boundary(boundary)::geography,
    ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography) AS edge_m
FROM admin_unit WHERE code = %(code)s AND valid_from = %(valid_from)s;

-- unit_on_day --
-- The unit that had a code on a day. Index: primary key.
SELECT code, valid_from, valid_to, level, kind, name, full_name, full_name_en, parent_code,
       ST_X(centre) AS lon, ST_Y(centre) AS lat, area_km2::float AS area_km2, population,
       boundary_kind, boundary_source, source
FROM admin_unit
WHERE code = %(code)s
  AND valid_from <= %(day)s AND (valid_to IS NULL OR %(day)s < valid_to);

-- unit_history --
-- Every unit that ever had a code, oldest first. Index: primary key.
SELECT code, valid_from, valid_to, level, kind, name, full_name, full_name_en, parent_code,
       ST_X(centre) AS lon, ST_Y(centre) AS lat, area_km2::float AS area_km2, population,
       boundary_kind, boundary_source, source
FROM admin_unit WHERE code = %(code)s ORDER BY valid_from;

-- list_units --
-- Units on a day by level, parent, beginning of the folded name, map window (EPSG:4326 degrees;
-- boundary or centre inside), in order of level and code; after_level and after_code from the
-- page before. Index: admin_unit_parent_idx; admin_unit_boundary_idx with a window.
SELECT code, valid_from, valid_to, level, kind, name, full_name, full_name_en, parent_code,
       ST_X(centre) AS lon, ST_Y(centre) AS lat, area_km2::float AS area_km2, population,
       boundary_kind, boundary_source, source
FROM admin_unit
WHERE valid_from <= %(day)s AND (valid_to IS NULL OR %(day)s < valid_to)
  AND (%(level)s::text IS NULL OR level = %(level)s)
  AND (%(parent)s::text IS NULL OR parent_code = %(parent)s)
  AND (%(key)s::text IS NULL OR name_key LIKE %(key)s || '%%'
       OR name_key LIKE '%% ' || %(key)s || '%%')
  AND (%(west)s::float IS NULL
       OR coalesce(boundary, centre)
          && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
  AND (%(after_code)s::text IS NULL OR code > %(after_code)s)
ORDER BY code
LIMIT %(limit)s;

-- successors --
-- What the unit that had a code on a day became. Index: primary key of admin_unit_link.
SELECT l.from_code, l.from_valid_from, f.full_name AS from_name, l.to_code, l.to_valid_from,
       t.full_name AS to_name, l.kind, l.share_of_from, l.share_source, l.instrument,
       l.effective_date
FROM admin_unit_link l
JOIN admin_unit f ON f.code = l.from_code AND f.valid_from = l.from_valid_from
JOIN admin_unit t ON t.code = l.to_code AND t.valid_from = l.to_valid_from
WHERE l.from_code = %(code)s
  AND f.valid_from <= %(day)s AND (f.valid_to IS NULL OR %(day)s < f.valid_to)
ORDER BY l.share_of_from DESC NULLS LAST, l.to_code;

-- predecessors --
-- What went into the unit that has a code on a day. Index: admin_unit_link_to_idx.
SELECT l.from_code, l.from_valid_from, f.full_name AS from_name, l.to_code, l.to_valid_from,
       t.full_name AS to_name, l.kind, l.share_of_from, l.share_source, l.instrument,
       l.effective_date
FROM admin_unit_link l
JOIN admin_unit f ON f.code = l.from_code AND f.valid_from = l.from_valid_from
JOIN admin_unit t ON t.code = l.to_code AND t.valid_from = l.to_valid_from
WHERE l.to_code = %(code)s
  AND t.valid_from <= %(day)s AND (t.valid_to IS NULL OR %(day)s < t.valid_to)
ORDER BY l.from_code;

-- boundary_geojson --
-- A unit's boundary as GeoJSON text, EPSG:4326, 7 decimals, right-hand rule; tolerance_deg 0
-- keeps every vertex. Index: primary key.
SELECT ST_AsGeoJSON(ST_Multi(ST_ForcePolygonCCW(
    CASE WHEN %(tolerance_deg)s::float > 0
         THEN ST_SimplifyPreserveTopology(boundary, %(tolerance_deg)s) ELSE boundary END)), 7)
    AS geojson
FROM admin_unit
WHERE code = %(code)s AND valid_from = %(valid_from)s AND boundary IS NOT NULL;

-- unit_features --
-- Units with a boundary in a map window (EPSG:4326 degrees) on a day, simplified to
-- tolerance_deg, at most limit. Index: admin_unit_boundary_idx.
SELECT code, valid_from, valid_to, level, kind, name, full_name, full_name_en, parent_code,
       ST_X(centre) AS lon, ST_Y(centre) AS lat, area_km2::float AS area_km2, population,
       boundary_kind, boundary_source, source,
       ST_AsGeoJSON(ST_Multi(ST_ForcePolygonCCW(
           ST_SimplifyPreserveTopology(boundary, %(tolerance_deg)s))), 7) AS geojson
FROM admin_unit
WHERE level = %(level)s
  AND valid_from <= %(day)s AND (valid_to IS NULL OR %(day)s < valid_to)
  AND boundary && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
ORDER BY code
LIMIT %(limit)s;

-- all_names --
-- Every unit's name and period, for the matcher kept in memory. Index: none, all rows once.
SELECT code, valid_from, valid_to, level, kind, name, parent_code FROM admin_unit;

-- all_links --
-- Every link, for the succession kept in memory. Index: none, all rows once.
SELECT from_code, from_valid_from, to_code, to_valid_from, kind, share_of_from
FROM admin_unit_link;

-- all_units --
-- Every unit of one day. Index: none, thousands of rows for an import.
SELECT code, valid_from, valid_to, level, kind, name, full_name, full_name_en, parent_code,
       ST_X(centre) AS lon, ST_Y(centre) AS lat, area_km2::float AS area_km2, population,
       boundary_kind, boundary_source, source
FROM admin_unit
WHERE valid_from <= %(day)s AND (valid_to IS NULL OR %(day)s < valid_to);

-- territory --
-- All ground of communes of a day whose boundary is known, EPSG:4326 as WKB; NULL: none is.
-- Index: none, a few hundred rows.
SELECT ST_AsBinary(ST_Union(boundary)) AS territory
FROM admin_unit
WHERE level = 'commune' AND boundary IS NOT NULL
  AND valid_from <= %(day)s AND (valid_to IS NULL OR %(day)s < valid_to);
