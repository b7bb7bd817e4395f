-- forget_shapes --
-- Forget what was made ready for tiles of a plan. Index: planning_shape_idx.
DELETE FROM planning_shape WHERE plan_id = %(plan_id)s;

-- forget_tiles --
-- The same of tiles told by cells. Index: planning_tile_pkey.
DELETE FROM planning_tile WHERE plan_id = %(plan_id)s;

-- zones --
-- Zones of a plan in the order of their numbers, as WKB in EPSG:4326; text_bytes: what code and
-- label take in a tile. Index: planning_zone_once.
SELECT zone_id, left(code, %(code_letters)s) AS code,
       octet_length(left(code, %(code_letters)s))
       + octet_length(coalesce(left(label, %(label_letters)s), '')) AS text_bytes,
       ST_AsBinary(shape) AS shape
FROM planning_zone WHERE plan_id = %(plan_id)s ORDER BY n;

-- insert_tile --
-- One tile told by cells: codes and, side by side with them, WKB in cells from the south-west
-- corner, cells of them in a row.
INSERT INTO planning_tile (plan_id, z, x, y, tile)
SELECT %(plan_id)s::bigint, %(z)s::smallint, %(x)s::integer, %(y)s::integer,
       ST_AsMVT(area, 'zones', %(cells)s::integer, 'shape')
FROM (SELECT code, ST_AsMVTGeom(ST_GeomFromWKB(shape, 0),
                                ST_MakeEnvelope(0, 0, %(cells)s::integer, %(cells)s::integer)::box2d,
                                %(cells)s::integer, 0, false) AS shape
      FROM unnest(%(codes)s::text[], %(shapes)s::bytea[]) AS given (code, shape)) AS area;

-- stored_tile --
-- A tile told by cells. Index: planning_tile_pkey.
SELECT tile FROM planning_tile
WHERE plan_id = %(plan_id)s AND z = %(z)s AND x = %(x)s AND y = %(y)s;

-- tile_of_shapes --
-- A tile of simplified zones, the last band that serves its zoom. Index: planning_shape_idx.
SELECT ST_AsMVT(zone, 'zones', 4096, 'shape') AS tile
FROM (SELECT zone.n, left(zone.code, %(code_letters)s) AS code, round(zone.area_m2)::bigint AS area,
             ST_AsMVTGeom(simple.shape, ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 32)
                 AS shape
      FROM planning_shape AS simple JOIN planning_zone AS zone USING (zone_id)
      WHERE simple.plan_id = %(plan_id)s AND simple.last_zoom = %(last_zoom)s
        AND simple.shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 32.0 / 4096)
      ORDER BY zone.n) AS zone
WHERE zone.shape IS NOT NULL;

-- tile_of_zones --
-- A tile of zones as they are, with labels; cut in degrees first, where it is cheap: edges of
-- tiles are meridians and parallels. Index: planning_zone_shape_idx.
WITH place AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d AS tile,
           ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326)::box2d
               AS around
)
SELECT ST_AsMVT(zone, 'zones', 4096, 'shape') AS tile
FROM (SELECT n, left(code, %(code_letters)s) AS code, round(area_m2)::bigint AS area,
             left(label, %(label_letters)s) AS label,
             ST_AsMVTGeom(ST_Transform(ST_ClipByBox2D(zone.shape, place.around), 3857),
                          place.tile, 4096, 32) AS shape
      FROM planning_zone AS zone, place
      WHERE plan_id = %(plan_id)s AND zone.shape && ST_SetSRID(place.around, 4326)
      ORDER BY n) AS zone
WHERE zone.shape IS NOT NULL;

-- uses --
-- What each code has of a plan, the largest first; square metres. Index: planning_zone_once.
SELECT left(code, %(code_letters)s) AS code, left(min(label), %(label_letters)s) AS label,
       count(*) AS zones, sum(area_m2) AS area_m2
FROM planning_zone WHERE plan_id = %(plan_id)s
GROUP BY 1 ORDER BY sum(area_m2) DESC, 1;

-- tile_of_changes --
-- A tile of what a comparison found, the largest pieces first: of as many as most_bytes hold, none
-- below least_m2 square metres. Index: planning_change_shape_idx.
WITH piece AS (
      SELECT before, after, area, shape,
             sum(%(piece_bytes)s + octet_length(coalesce(before, ''))
                 + octet_length(coalesce(after, '')) + %(vertex_bytes)s * ST_NPoints(shape))
                 OVER (ORDER BY area DESC, shape) AS bytes
      FROM (SELECT left(before_code, %(code_letters)s) AS before,
                   left(after_code, %(code_letters)s) AS after, round(area_m2)::bigint AS area,
                   ST_AsMVTGeom(ST_Transform(shape, 3857),
                                ST_TileEnvelope(%(z)s, %(x)s, %(y)s)::box2d, 4096, 32) AS shape
            FROM planning_change
            WHERE comparison_id = %(comparison_id)s AND area_m2 >= %(least_m2)s
              AND shape && ST_Transform(
                  ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 32.0 / 4096), 4326)) AS cut
      WHERE shape IS NOT NULL)
SELECT ST_AsMVT(kept, 'changes', 4096, 'shape') AS tile
FROM (SELECT before, after, area, shape FROM piece WHERE bytes <= %(most_bytes)s
      ORDER BY bytes) AS kept;
