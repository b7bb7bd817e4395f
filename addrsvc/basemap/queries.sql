-- communes --
-- Areas of communes in one tile, of the band that serves its zoom. Index: basemap_area_shape_idx.
SELECT ST_AsMVT(area, 'communes', 4096, 'shape') AS tile
FROM (SELECT code, name, kind,
             ST_AsMVTGeom(shape, ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 64) AS shape
      FROM basemap_area
      WHERE last_zoom = %(last_zoom)s AND level = 'commune'
        AND shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)
      ORDER BY code) AS area
WHERE area.shape IS NOT NULL;

-- provinces --
-- The same of provinces. Index: basemap_area_shape_idx.
SELECT ST_AsMVT(area, 'provinces', 4096, 'shape') AS tile
FROM (SELECT code, name, kind,
             ST_AsMVTGeom(shape, ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 64) AS shape
      FROM basemap_area
      WHERE last_zoom = %(last_zoom)s AND level = 'province'
        AND shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)
      ORDER BY code) AS area
WHERE area.shape IS NOT NULL;

-- boundaries --
-- Boundaries between units in one tile: those of provinces only where is_far.
-- Index: basemap_edge_shape_idx.
SELECT ST_AsMVT(edge, 'boundaries', 4096, 'shape') AS tile
FROM (SELECT level, kind,
             ST_AsMVTGeom(ST_Collect(shape), ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 64)
                 AS shape
      FROM basemap_edge
      WHERE last_zoom = %(last_zoom)s AND (level = 'province' OR NOT %(is_far)s)
        AND shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)
      GROUP BY level, kind ORDER BY level, kind) AS edge
WHERE edge.shape IS NOT NULL;

-- commune_names --
-- Names of communes that stand in one tile, the largest first. Index: basemap_area_label_idx.
SELECT ST_AsMVT(area, 'commune_names', 4096, 'label') AS tile
FROM (SELECT code, normalize(left(name, %(letters)s), NFC) AS name,
             ST_AsMVTGeom(label, ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 0) AS label
      FROM basemap_area
      WHERE last_zoom = %(last_zoom)s AND level = 'commune'
        AND label && ST_TileEnvelope(%(z)s, %(x)s, %(y)s)
      ORDER BY ST_Area(shape) DESC, code) AS area
WHERE area.label IS NOT NULL;

-- province_names --
-- The same of provinces. Index: basemap_area_label_idx.
SELECT ST_AsMVT(area, 'province_names', 4096, 'label') AS tile
FROM (SELECT code, normalize(left(name, %(letters)s), NFC) AS name,
             ST_AsMVTGeom(label, ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 0) AS label
      FROM basemap_area
      WHERE last_zoom = %(last_zoom)s AND level = 'province'
        AND label && ST_TileEnvelope(%(z)s, %(x)s, %(y)s)
      ORDER BY ST_Area(shape) DESC, code) AS area
WHERE area.label IS NOT NULL;

-- localities --
-- Localities with a place in one tile, on a legal day; is_far: estates and places only, of which
-- there are few. Index: locality_centre_idx.
SELECT ST_AsMVT(place, 'localities', 4096, 'centre') AS tile
FROM (SELECT normalize(left(name, %(letters)s), NFC) AS name, kind,
             ST_AsMVTGeom(ST_Transform(centre, 3857),
                          ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 0) AS centre
      FROM locality
      WHERE centre && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326)
        AND (valid_from IS NULL OR valid_from <= %(day)s)
        AND (valid_to IS NULL OR valid_to > %(day)s)
        AND (NOT %(is_far)s OR kind IN ('industrial_area', 'residential_area', 'place'))
      ORDER BY kind, name, locality_id
      LIMIT %(most)s) AS place
WHERE place.centre IS NOT NULL;

-- streets --
-- Streets with a line in one tile, on a legal day, the longest first; is_far: numbered roads only.
-- tolerance_m: of EPSG:3857. Index: thoroughfare_line_idx.
SELECT ST_AsMVT(street, 'streets', 4096, 'line') AS tile
FROM (SELECT normalize(left(name, %(letters)s), NFC) AS name, kind,
             ST_AsMVTGeom(ST_Simplify(ST_Transform(line, 3857), %(tolerance_m)s, true),
                          ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 64) AS line
      FROM thoroughfare
      WHERE line && ST_Transform(
                ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326)
        AND (valid_from IS NULL OR valid_from <= %(day)s)
        AND (valid_to IS NULL OR valid_to > %(day)s)
        AND (NOT %(is_far)s OR kind = 'numbered_road')
      ORDER BY ST_Length(line) DESC, thoroughfare_id
      LIMIT %(most)s) AS street
WHERE street.line IS NOT NULL;

-- house_numbers --
-- House numbers in one tile, each once at a place: of current addresses everybody may see, that
-- are no part of one not everybody may see, and whose place is known well enough to be drawn.
-- Neither code nor id leaves this query. Index: address_current_position_idx,
-- address_version_pkey, address_current_pkey.
SELECT ST_AsMVT(house, 'house_numbers', 4096, 'place') AS tile
FROM (SELECT number, place
      FROM (SELECT normalize(left(v.document #>> '{components,house_number}', %(letters)s), NFC)
                       AS number,
                   ST_AsMVTGeom(ST_Transform(c.position, 3857),
                                ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 0) AS place
            FROM address_current AS c
            JOIN address_version AS v USING (address_id, version)
            WHERE v.recorded_to IS NULL AND c.position && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326)
              AND c.status = 'current' AND c.visibility = 'public'
              AND (c.parent_id IS NULL
                   OR (SELECT whole.visibility FROM address_current AS whole
                       WHERE whole.address_id = c.parent_id) = 'public')
              AND v.document #>> '{components,house_number}' IS NOT NULL
              AND coalesce((v.document #>> '{position,2}')::float8, 0) <= %(vague_m)s
            LIMIT %(most)s) AS found
      WHERE place IS NOT NULL
      GROUP BY number, place ORDER BY number, place) AS house;

-- mark --
-- What tells whether units in force on a legal day are those made ready: any change of a row.
SELECT md5(coalesce(string_agg(code || valid_from || xmin::text, ',' ORDER BY code, valid_from),
                    '')) AS mark
FROM admin_unit
WHERE level IN ('province', 'commune') AND valid_from <= %(day)s
  AND (valid_to IS NULL OR valid_to > %(day)s);

-- made --
-- Of what, and when, units were made ready. Index: basemap_state_pkey.
SELECT mark, made_at FROM basemap_state;

-- lock_state --
-- One makes units ready at a time.
SELECT pg_advisory_xact_lock(hashtextextended('basemap', 0));

-- forget_areas --
-- Forget what was made ready.
DELETE FROM basemap_area;

-- forget_edges --
-- The same of boundaries.
DELETE FROM basemap_edge;

-- note_made --
-- What was made ready, and when. Index: basemap_state_pkey.
INSERT INTO basemap_state (mark, made_at) VALUES (%(mark)s, %(at)s)
ON CONFLICT (is_one) DO UPDATE SET mark = excluded.mark, made_at = excluded.made_at;

-- units --
-- Communes in force on a legal day that have a boundary, with the province each is in; boundary:
-- WKB in EPSG:4326.
SELECT unit.code, unit.full_name AS name, unit.boundary_kind AS kind,
       ST_AsBinary(unit.boundary) AS boundary,
       unit.parent_code AS province, coalesce(province.full_name, '') AS province_name
FROM admin_unit AS unit
LEFT JOIN admin_unit AS province
       ON province.code = unit.parent_code AND province.level = 'province'
      AND province.valid_from <= %(day)s
      AND (province.valid_to IS NULL OR province.valid_to > %(day)s)
WHERE unit.level = 'commune' AND unit.boundary IS NOT NULL AND unit.valid_from <= %(day)s
  AND (unit.valid_to IS NULL OR unit.valid_to > %(day)s)
ORDER BY unit.code;

-- extent --
-- West, south, east, north of all communes, in EPSG:4326 degrees; NULL: none is ready.
SELECT ST_XMin(box) AS west, ST_YMin(box) AS south, ST_XMax(box) AS east, ST_YMax(box) AS north
FROM (SELECT ST_Transform(ST_SetSRID(ST_Extent(shape)::geometry, 3857), 4326) AS box
      FROM basemap_area WHERE last_zoom = %(last_zoom)s) AS whole;

-- addressed_tiles --
-- Tiles of a zoom in which somebody may see an address. Reads all addresses.
SELECT DISTINCT
       floor((ST_X(place) + %(half_m)s) / %(side_m)s)::integer AS x,
       floor((%(half_m)s - ST_Y(place)) / %(side_m)s)::integer AS y
FROM (SELECT ST_Transform(position, 3857) AS place FROM address_current
      WHERE position IS NOT NULL AND status = 'current' AND visibility = 'public') AS seen;
