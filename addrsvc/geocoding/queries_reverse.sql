-- nearest_addresses --
-- Public addresses in use nearest to a point: lon, lat in EPSG:4326 degrees; distance_m on the
-- ellipsoid. The index gives `probes` of them in order of degrees, inside a box of half_lon by
-- half_lat degrees that covers radius_m; metres decide among those, since a degree of longitude is
-- up to a tenth shorter here than one of latitude. Index: address_current_position_idx, then
-- primary keys.
WITH near AS MATERIALIZED (
    SELECT c.address_id, c.position
    FROM address_current c
    WHERE c.status = 'current' AND c.visibility = 'public'
      AND c.position && ST_MakeEnvelope(
          %(lon)s::float8 - %(half_lon)s::float8, %(lat)s::float8 - %(half_lat)s::float8,
          %(lon)s::float8 + %(half_lon)s::float8, %(lat)s::float8 + %(half_lat)s::float8, 4326)
    ORDER BY c.position <-> ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)
    LIMIT %(probes)s
), measured AS (
    SELECT address_id, position, ST_Distance(
        position::geography,
        ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography) AS distance_m
    FROM near
    ORDER BY distance_m, address_id
    LIMIT %(limit)s
)
SELECT m.distance_m, ST_X(m.position) AS lon, ST_Y(m.position) AS lat, a.code, a.document,
       a.commune_code, a.commune_name, a.province_code, a.province_name
FROM measured m
CROSS JOIN LATERAL (
    SELECT n.code, n.document, n.commune_code, n.commune_name, n.province_code, n.province_name
    FROM address_now n WHERE n.address_id = m.address_id) AS a
WHERE m.distance_m <= %(radius_m)s::float8
ORDER BY m.distance_m, m.address_id;

-- nearest_to_many --
-- The same for many points in one statement: arrays of one length, n: the place in them, from 1.
-- half_lons differ from point to point. Index: as nearest_addresses, once per point.
SELECT asked.n, m.distance_m, ST_X(m.position) AS lon, ST_Y(m.position) AS lat, a.code,
       a.document, a.commune_code, a.commune_name, a.province_code, a.province_name
FROM unnest(%(lons)s::float8[], %(lats)s::float8[], %(half_lons)s::float8[])
    WITH ORDINALITY AS asked (lon, lat, half_lon, n)
CROSS JOIN LATERAL (
    SELECT near.address_id, near.position, ST_Distance(
        near.position::geography,
        ST_SetSRID(ST_MakePoint(asked.lon, asked.lat), 4326)::geography) AS distance_m
    FROM (
        SELECT c.address_id, c.position
        FROM address_current c
        WHERE c.status = 'current' AND c.visibility = 'public'
          AND c.position && ST_MakeEnvelope(
              asked.lon - asked.half_lon, asked.lat - %(half_lat)s::float8,
              asked.lon + asked.half_lon, asked.lat + %(half_lat)s::float8, 4326)
        ORDER BY c.position <-> ST_SetSRID(ST_MakePoint(asked.lon, asked.lat), 4326)
        LIMIT %(probes)s) AS near
    ORDER BY distance_m, near.address_id
    LIMIT %(limit)s) AS m
CROSS JOIN LATERAL (
    SELECT n.code, n.document, n.commune_code, n.commune_name, n.province_code, n.province_name
    FROM address_now n WHERE n.address_id = m.address_id) AS a
WHERE m.distance_m <= %(radius_m)s::float8
ORDER BY asked.n, m.distance_m, m.address_id;
