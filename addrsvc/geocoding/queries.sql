-- probe --
-- Addresses with a number in a place, many at once: parallel arrays, one element per place.
-- Positions EPSG:4326. Index: address_current_base_idx, then primary keys.
SELECT w.n, w.commune, 'exact' AS how, found.number_key, ST_X(found.position) AS lon,
       ST_Y(found.position) AS lat, a.code, v.document
FROM unnest(%(base_keys)s::text[], %(communes)s::text[], %(number_keys)s::text[])
     WITH ORDINALITY AS w (base_key, commune, number_key, n)
CROSS JOIN LATERAL (
    SELECT c.address_id, c.version, c.number_key, c.position
    FROM address_current c
    WHERE c.base_key = w.base_key AND c.commune_code = w.commune AND c.number_key = w.number_key
      AND c.status = 'current' AND c.visibility = 'public'
    ORDER BY c.parent_id NULLS FIRST, c.address_id LIMIT 20) AS found
JOIN address a ON a.address_id = found.address_id
JOIN address_version v ON v.address_id = found.address_id AND v.version = found.version
    AND v.recorded_to IS NULL;

-- probe_without_number --
-- Addresses of a place that have no number, a few of each. Arrays and index as for probe.
SELECT w.n, w.commune, 'exact' AS how, NULL AS number_key, ST_X(found.position) AS lon,
       ST_Y(found.position) AS lat, a.code, v.document
FROM unnest(%(base_keys)s::text[], %(communes)s::text[])
     WITH ORDINALITY AS w (base_key, commune, n)
CROSS JOIN LATERAL (
    SELECT c.address_id, c.version, c.position
    FROM address_current c
    WHERE c.base_key = w.base_key AND c.commune_code = w.commune AND c.number_key IS NULL
      AND c.status = 'current' AND c.visibility = 'public' LIMIT 3) AS found
JOIN address a ON a.address_id = found.address_id
JOIN address_version v ON v.address_id = found.address_id AND v.version = found.version
    AND v.recorded_to IS NULL;

-- probe_near --
-- What had a number that is not registered, or stands nearest to it: addresses that were called so
-- (until: first day they no longer were), retired ones with their public successors, neighbours.
-- Arrays as for probe, with: alleys (key of the house at the alley's mouth; NULL: not in an
-- alley), alley_ends (first key behind the alley), streets (key of the number on the street),
-- lowest and highest (keys between which neighbours lie), sides (the digits its parity ends in).
-- Index: address_former_base_idx, address_current_base_idx.
SELECT w.n, w.commune, found.how, found.number_key, ST_X(found.position) AS lon,
       ST_Y(found.position) AS lat, a.code, v.document, found.until,
       CASE WHEN found.how = 'retired' THEN
           (SELECT array_agg(s.code ORDER BY s.code)
              FROM address_successor r
              JOIN address s ON s.address_id = r.successor_id
              JOIN address_current n ON n.address_id = r.successor_id
             WHERE r.address_id = found.address_id AND r.withdrawn_at IS NULL
               AND n.visibility = 'public')
       END AS successors
FROM unnest(%(base_keys)s::text[], %(communes)s::text[], %(number_keys)s::text[],
            %(alleys)s::text[], %(alley_ends)s::text[], %(streets)s::text[], %(lowest)s::text[],
            %(highest)s::text[], %(sides)s::text[]) WITH ORDINALITY
     AS w (base_key, commune, number_key, alley, alley_end, street, lowest, highest, side, n)
CROSS JOIN LATERAL (
    (SELECT 'former' AS how, c.address_id, c.version, c.number_key, c.position, f.until
     FROM address_former f
     JOIN address_current c ON c.address_id = f.address_id
     WHERE f.base_key = w.base_key AND f.number_key = w.number_key
       AND c.commune_code = w.commune AND c.status = 'current' AND c.visibility = 'public'
     ORDER BY f.until DESC, c.address_id LIMIT 5)
    UNION ALL
    (SELECT 'retired', c.address_id, c.version, c.number_key, c.position, NULL::date
     FROM address_current c
     WHERE c.base_key = w.base_key AND c.commune_code = w.commune AND c.number_key = w.number_key
       AND c.status = 'retired' AND c.visibility = 'public'
     ORDER BY c.address_id DESC LIMIT 3)
    UNION ALL
    (SELECT 'alley', c.address_id, c.version, c.number_key, c.position, NULL
     FROM address_current c
     WHERE c.base_key = w.base_key AND c.commune_code = w.commune
       AND c.number_key >= w.alley AND c.number_key < w.number_key
       AND c.status = 'current' AND c.visibility = 'public'
     ORDER BY c.number_key DESC LIMIT 1)
    UNION ALL
    (SELECT 'alley', c.address_id, c.version, c.number_key, c.position, NULL
     FROM address_current c
     WHERE c.base_key = w.base_key AND c.commune_code = w.commune
       AND c.number_key > w.number_key AND c.number_key < w.alley_end
       AND c.status = 'current' AND c.visibility = 'public'
     ORDER BY c.number_key LIMIT 1)
    UNION ALL
    (SELECT 'lower', NULL::bigint, NULL::integer, c.number_key, c.position, NULL
     FROM address_current c
     WHERE c.base_key = w.base_key AND c.commune_code = w.commune
       AND c.number_key >= w.lowest AND c.number_key < w.street
       AND strpos(w.side, substr(c.number_key, 5, 1)) > 0 AND strpos(c.number_key, '/') = 0
       AND c.position IS NOT NULL AND c.status = 'current' AND c.visibility = 'public'
     ORDER BY c.number_key DESC LIMIT 1)
    UNION ALL
    (SELECT 'higher', NULL::bigint, NULL::integer, c.number_key, c.position, NULL
     FROM address_current c
     WHERE c.base_key = w.base_key AND c.commune_code = w.commune
       AND c.number_key > w.street AND c.number_key <= w.highest
       AND strpos(w.side, substr(c.number_key, 5, 1)) > 0 AND strpos(c.number_key, '/') = 0
       AND c.position IS NOT NULL AND c.status = 'current' AND c.visibility = 'public'
     ORDER BY c.number_key LIMIT 1)
) AS found
LEFT JOIN address a ON a.address_id = found.address_id
LEFT JOIN address_version v ON v.address_id = found.address_id AND v.version = found.version
    AND v.recorded_to IS NULL;

-- all_places --
-- What addresses count along, by commune: how many, their middle (EPSG:4326 degrees), how far
-- they lie from it (root mean square, metres), and the components of one of them. Public addresses
-- in use only. Reads address_current once; fewest addresses first.
WITH place AS (
    SELECT base_key, commune_code, count(*) AS addresses, avg(ST_X(position)) AS lon,
           avg(ST_Y(position)) AS lat,
           111195 * sqrt(var_pop(ST_Y(position))
               + var_pop(ST_X(position)) * cosd(avg(ST_Y(position))) ^ 2) AS spread_m,
           min(address_id) AS sample
    FROM address_current
    WHERE base_key IS NOT NULL AND status = 'current' AND visibility = 'public'
    GROUP BY base_key, commune_code
)
SELECT p.base_key, p.commune_code, p.addresses, p.lon, p.lat, p.spread_m, one.components
FROM place p
CROSS JOIN LATERAL (
    SELECT v.document->'components' AS components FROM address_version v
    WHERE v.address_id = p.sample AND v.recorded_to IS NULL AND v.valid_to IS NULL
    LIMIT 1) AS one  -- the limit keeps it from being joined to all versions there are
ORDER BY p.addresses, p.commune_code, p.base_key;  -- the same order in every process

-- former_places --
-- What addresses counted along before, by present commune: their middle and how far they lie from
-- it, as for all_places, and the components of past slices of one of them.
-- Reads address_former once; index: address_version_pkey.
WITH place AS (
    SELECT f.base_key, c.commune_code, avg(ST_X(c.position)) AS lon, avg(ST_Y(c.position)) AS lat,
           111195 * sqrt(var_pop(ST_Y(c.position))
               + var_pop(ST_X(c.position)) * cosd(avg(ST_Y(c.position))) ^ 2) AS spread_m,
           min(c.address_id) AS sample
    FROM address_former f
    JOIN address_current c ON c.address_id = f.address_id
    WHERE c.status = 'current' AND c.visibility = 'public'
    GROUP BY f.base_key, c.commune_code
)
SELECT p.base_key, p.commune_code, p.lon, p.lat, p.spread_m,
       (SELECT jsonb_agg(v.document->'components' ORDER BY v.version DESC)
          FROM address_version v
         WHERE v.address_id = p.sample AND v.recorded_to IS NULL AND v.valid_to IS NOT NULL)
FROM place p;

-- some_places --
-- The same for some pairs of base key and commune; those without address come with none.
-- Index: address_current_base_idx.
SELECT w.base_key, w.commune_code, coalesce(p.addresses, 0), p.lon, p.lat, p.spread_m,
       v.document->'components'
FROM unnest(%(base_keys)s::text[], %(communes)s::text[]) AS w (base_key, commune_code)
LEFT JOIN LATERAL (
    SELECT count(*) AS addresses, avg(ST_X(c.position)) AS lon, avg(ST_Y(c.position)) AS lat,
           111195 * sqrt(var_pop(ST_Y(c.position))
               + var_pop(ST_X(c.position)) * cosd(avg(ST_Y(c.position))) ^ 2) AS spread_m,
           min(c.address_id) AS sample
    FROM address_current c
    WHERE c.base_key = w.base_key AND c.commune_code = w.commune_code
      AND c.status = 'current' AND c.visibility = 'public') AS p ON true
LEFT JOIN address_current c ON c.address_id = p.sample
LEFT JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL;

-- named_addresses --
-- Offices, enterprises, facilities and places that have a name (never people's homes).
-- Index: address_current_named_idx.
SELECT a.code, c.commune_code, v.document->>'name', ST_X(c.position), ST_Y(c.position)
FROM address_current c
JOIN address a ON a.address_id = c.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.kind NOT IN ('dwelling', 'apartment', 'boarding_room')
  AND c.status = 'current' AND c.visibility = 'public' AND v.document ? 'name';

-- changed_addresses --
-- What some addresses are now, and what all their other versions said; codes: text[].
-- Index: address_code_key, then primary keys; address_former_address_idx.
SELECT a.code, c.status = 'current' AND c.visibility = 'public' AS is_shown, c.base_key,
       c.commune_code, ST_X(c.position) AS lon, ST_Y(c.position) AS lat, v.document,
       (SELECT jsonb_agg(b.document ORDER BY b.version DESC)
          FROM address_version b
         WHERE b.address_id = c.address_id AND b.version <> c.version) AS others,
       ARRAY(SELECT DISTINCT f.base_key FROM address_former f
              WHERE f.address_id = c.address_id) AS former_keys
FROM address a
JOIN address_current c ON c.address_id = a.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE a.code = any(%(codes)s);

-- numbers_beginning --
-- House numbers of a place from a key on, before another, in the order of houses.
-- Index: address_current_base_idx.
SELECT a.code, v.document->'components'->>'house_number' AS house_number
FROM (SELECT c.address_id, c.version, c.number_key FROM address_current c
      WHERE c.base_key = %(base_key)s AND c.commune_code = %(commune)s
        AND c.number_key >= %(first)s AND c.number_key < %(behind)s
        AND c.status = 'current' AND c.visibility = 'public'
      ORDER BY c.number_key LIMIT %(limit)s) AS c
JOIN address a ON a.address_id = c.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
ORDER BY c.number_key;
