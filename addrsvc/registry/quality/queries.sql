-- names_stamp --
-- Changes whenever the registers of names do. Index: none; a few thousand narrow rows.
SELECT (SELECT count(*) || ' ' || count(line) || ' ' || count(valid_to) || ' '
               || coalesce(max(thoroughfare_id), 0) FROM thoroughfare)
    || (SELECT ' ' || count(*) || ' ' || coalesce(max(locality_id), 0) FROM locality)
    || (SELECT ' ' || count(*) FROM admin_unit_link) AS stamp;

-- thoroughfares_with_lines --
-- Where a street runs, for those with a line. Index: thoroughfare_line_idx.
SELECT thoroughfare_id, name FROM thoroughfare WHERE line IS NOT NULL AND valid_to IS NULL
UNION ALL
SELECT a.thoroughfare_id, a.name
FROM thoroughfare_alias a JOIN thoroughfare t USING (thoroughfare_id)
WHERE t.line IS NOT NULL AND t.valid_to IS NULL;

-- official_localities --
-- Present communes and kinds of localities that have an official list. Index: none, all rows.
SELECT DISTINCT l.commune_code, l.kind
FROM locality l
JOIN admin_unit u ON (u.code, u.valid_from) = (l.commune_code, l.commune_valid_from)
WHERE l.status = 'official' AND l.valid_to IS NULL AND u.valid_to IS NULL;

-- said_of_address --
-- What registers and neighbours say of one address, in one row. lon, lat: EPSG:4326 degrees of a
-- measured position, or NULL; alley: beginning of the keys of its alley with the slash, '' on the
-- street itself; alley_end: the first text after all of those. Metres on the ellipsoid. Few
-- relations, since it is planned with every write: what few addresses have is asked apart.
-- Indexes: admin_unit_piece_piece_idx, admin_unit_pkey, address_current_base_idx,
-- address_current_position_idx, code_prefix_pkey.
WITH me AS (
    SELECT CASE WHEN %(lon)s::float8 IS NOT NULL
           THEN ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326) END AS point
), located AS (
    SELECT u.code, u.valid_from, u.full_name, u.boundary_kind
    FROM me
    JOIN admin_unit_piece p ON ST_Covers(p.piece, me.point)
    JOIN admin_unit u USING (code, valid_from)
    WHERE u.valid_from <= %(day)s AND (u.valid_to IS NULL OR %(day)s < u.valid_to)
    ORDER BY p.indicative, u.code
    LIMIT 1
), neighbour AS (
    (SELECT address_id, number_key, position FROM address_current
     WHERE base_key = %(base_key)s AND commune_code = %(commune)s
       AND number_key < %(number_key)s::text COLLATE "C" AND number_key >= %(alley)s::text
       AND address_id <> %(address_id)s
       AND position IS NOT NULL AND parent_id IS NULL AND status IN ('current', 'reserved')
     ORDER BY number_key DESC LIMIT %(window)s)
    UNION ALL
    (SELECT address_id, number_key, position FROM address_current
     WHERE base_key = %(base_key)s AND commune_code = %(commune)s
       AND number_key >= %(number_key)s::text COLLATE "C"
       AND number_key < %(alley_end)s::text
       AND address_id <> %(address_id)s
       AND position IS NOT NULL AND parent_id IS NULL AND status IN ('current', 'reserved')
     ORDER BY number_key LIMIT %(window)s)
)
SELECT located.code AS located_code, located.valid_from AS located_from,
       located.full_name AS located_name, located.boundary_kind AS located_kind,
       home.boundary_kind AS home_kind,
       CASE WHEN located.code IS DISTINCT FROM %(commune)s THEN
           ST_Distance(home.boundary::geography, me.point::geography) END AS outside_m,
       (SELECT json_agg(json_build_array(number_key, ST_X(position), ST_Y(position), address_id))
        FROM neighbour) AS neighbours,
       (SELECT count(DISTINCT (s.base_key, s.number_key)) FROM address_current s
        WHERE s.position && me.point AND s.parent_id IS NULL AND s.status = 'current'
          AND s.kind NOT IN ('apartment', 'boarding_room')) AS shared,
       EXISTS (SELECT FROM code_prefix WHERE prefix = left(%(code)s::text, 5)) AS prefix_known
FROM me
LEFT JOIN located ON true
LEFT JOIN admin_unit home ON home.code = %(commune)s AND home.valid_from = %(commune_from)s;

-- same_number --
-- Addresses with the same number, how far they are from a point (EPSG:4326 degrees; metres) and
-- their localities. ids: bigint[]. Index: address_pkey, address_version_pkey.
SELECT coalesce(a.code, 'p' || a.address_id) AS ref,
       ST_Distance(c.position::geography, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography)
           AS metres,
       c.visibility, v.document -> 'components' -> 'localities' AS localities
FROM address_current c
JOIN address a USING (address_id)
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.address_id = any(%(ids)s::bigint[]);

-- metres_to_lines --
-- Metres from a point (EPSG:4326 degrees) to the nearest of some thoroughfares. ids: bigint[].
-- Index: thoroughfare_pkey.
SELECT min(ST_Distance(line::geography, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography))
           AS metres
FROM thoroughfare
WHERE thoroughfare_id = any(%(ids)s::bigint[]);

-- said_of_building --
-- The building of an address: how far it is (lon, lat in EPSG:4326 degrees, or NULL; metres), and
-- whether going up from it leads back; ten levels are looked at.
-- Index: address_code_key, address_current_pkey.
WITH RECURSIVE up AS (
    SELECT c.parent_id, 1 AS level FROM address_current c WHERE c.address_id = %(address_id)s
    UNION ALL
    SELECT c.parent_id, up.level + 1
    FROM up JOIN address_current c ON c.address_id = up.parent_id
    WHERE up.level < 10 AND up.parent_id <> %(address_id)s
)
SELECT p.code, c.status, c.commune_code, c.visibility,
       ST_Distance(c.position::geography,
                   ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography)
           AS metres,
       EXISTS (SELECT FROM up WHERE parent_id = %(address_id)s) AS is_cycle
FROM address p JOIN address_current c USING (address_id)
WHERE p.code = %(parent)s;

-- standing_at --
-- An address in use at the very spot of one that is retired, the nearest within reach_m metres.
-- lon, lat: EPSG:4326 degrees. Index: address_current_position_idx.
SELECT coalesce(a.code, 'p' || a.address_id) AS ref, c.visibility,
       ST_Distance(c.position::geography, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography)
           AS metres
FROM address_current c JOIN address a USING (address_id)
WHERE c.position && ST_Expand(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(reach_m)s / 100000.0)
  AND c.status = 'current' AND c.kind = %(kind)s AND c.address_id <> %(address_id)s
  AND c.parent_id IS NULL
ORDER BY metres, a.address_id
LIMIT 1;

-- audit_lock --
-- One audit at a time, until the end of the transaction.
SELECT pg_try_advisory_xact_lock(7431, 1) AS is_mine;

-- audited --
-- Every address with all that set-based reading knows of it, street by street in order of number;
-- commune NULL: all. Read through a cursor. Index: address_current_commune_idx for one commune,
-- else whole tables.
SELECT c.address_id, a.code, c.version, c.status, c.visibility, c.commune_code, c.base_key,
       c.number_key, u.full_name, v.valid_from, v.recorded_from, v.document,
       coalesce(shared.count, 0), x.prefix IS NOT NULL,
       CASE WHEN c.parent_id IS NOT NULL THEN json_build_array(
           pa.code, p.status, p.commune_code, p.visibility,
           ST_Distance(p.position::geography, c.position::geography)) END,
       EXISTS (SELECT FROM address_successor r
               WHERE r.address_id = c.address_id AND r.withdrawn_at IS NULL)
FROM address_current c
JOIN address a USING (address_id)
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
LEFT JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
LEFT JOIN code_prefix x ON x.prefix = left(a.code, 5)
LEFT JOIN address_current p ON p.address_id = c.parent_id
LEFT JOIN address pa ON pa.address_id = c.parent_id
LEFT JOIN (
    SELECT position, count(DISTINCT (base_key, number_key)) AS count
    FROM address_current
    WHERE position IS NOT NULL AND parent_id IS NULL AND status = 'current'
      AND kind NOT IN ('apartment', 'boarding_room')
    GROUP BY position HAVING count(*) > 3
) shared ON shared.position = c.position
WHERE %(commune)s::text IS NULL OR c.commune_code = %(commune)s
ORDER BY c.base_key, c.commune_code, c.number_key, c.address_id;

-- outside_of --
-- Metres from points to the areas of the communes they are registered in, and what kind of area
-- that is; arrays of equal length, lon and lat in EPSG:4326 degrees. Index: admin_unit_pkey.
SELECT u.boundary_kind AS kind,
       ST_Distance(u.boundary::geography, ST_SetSRID(ST_MakePoint(w.lon, w.lat), 4326)::geography)
           AS metres
FROM unnest(%(codes)s::text[], %(valid_froms)s::date[], %(lons)s::float8[], %(lats)s::float8[])
     WITH ORDINALITY AS w (code, valid_from, lon, lat, n)
LEFT JOIN admin_unit u ON u.code = w.code AND u.valid_from = w.valid_from
ORDER BY w.n;

-- lines --
-- Lines of thoroughfares, EPSG:4326. ids: bigint[]. Index: thoroughfare_pkey.
SELECT ST_AsBinary(line) AS line FROM thoroughfare
WHERE thoroughfare_id = any(%(ids)s::bigint[]) AND line IS NOT NULL;

-- cycles --
-- Addresses that are parts of themselves; ten levels are looked at. Index: address_current_pkey.
WITH RECURSIVE up AS (
    SELECT c.address_id, c.parent_id, 1 AS level FROM address_current c WHERE c.parent_id IS NOT NULL
    UNION ALL
    SELECT up.address_id, c.parent_id, up.level + 1
    FROM up JOIN address_current c ON c.address_id = up.parent_id
    WHERE up.level < 10 AND up.parent_id <> up.address_id AND c.parent_id IS NOT NULL
)
SELECT DISTINCT address_id FROM up WHERE parent_id = address_id;

-- retired_alone --
-- Retired addresses without a successor, and an address in use at the very spot, the nearest
-- within reach_m metres. Index: address_current_position_idx.
SELECT c.address_id, s.ref, s.visibility, s.metres
FROM address_current c
CROSS JOIN LATERAL (
    SELECT coalesce(a.code, 'p' || a.address_id) AS ref, n.visibility,
           ST_Distance(n.position::geography, c.position::geography) AS metres
    FROM address_current n JOIN address a USING (address_id)
    WHERE n.position && ST_Expand(c.position, %(reach_m)s / 100000.0)
      AND n.status = 'current' AND n.kind = c.kind AND n.parent_id IS NULL
    ORDER BY metres, a.address_id
    LIMIT 1
) s
WHERE c.status = 'retired' AND s.metres <= %(reach_m)s
  AND (%(commune)s::text IS NULL OR c.commune_code = %(commune)s)
  AND NOT EXISTS (SELECT FROM address_successor r
                  WHERE r.address_id = c.address_id AND r.withdrawn_at IS NULL);

-- drop_dead_runs --
-- Throw away what killed runs left; with the lock held, no run is under way.
DELETE FROM quality_run WHERE finished_at IS NULL;

-- begin_run --
-- A run, not shown yet.
INSERT INTO quality_run (commune_code, principal, started_at)
VALUES (%(commune)s, %(principal)s, %(at)s)
RETURNING run_id;

-- put_count --
-- How many addresses of a commune had one kind of finding.
INSERT INTO quality_count (run_id, commune_code, visibility, kind, is_settled, count)
VALUES (%(run_id)s, %(commune)s, %(visibility)s, %(kind)s, %(is_settled)s, %(count)s);

-- drop_earlier_findings --
-- Findings that a run replaces; commune NULL: all. Index: quality_finding_commune_idx.
DELETE FROM quality_finding
WHERE run_id <> %(run_id)s AND (%(commune)s::text IS NULL OR commune_code = %(commune)s);

-- drop_earlier_counts --
-- Counts that a run replaces; commune NULL: all.
DELETE FROM quality_count
WHERE run_id <> %(run_id)s AND (%(commune)s::text IS NULL OR commune_code = %(commune)s);

-- finish_run --
-- Show a run.
UPDATE quality_run SET finished_at = %(at)s, addresses = %(addresses)s, findings = %(findings)s
WHERE run_id = %(run_id)s;

-- counts --
-- What the newest runs found: rows of commune, kind and number, with the day of the run.
-- Public addresses count everywhere, those of other visibilities (text[]) within areas (text[],
-- NULL: all). Index: quality_count_pkey.
SELECT n.commune_code, u.full_name, n.kind, n.is_settled, sum(n.count)::integer AS count,
       max(r.started_at) AS as_of
FROM quality_count n
JOIN quality_run r USING (run_id)
LEFT JOIN LATERAL (SELECT full_name FROM admin_unit u WHERE u.code = n.commune_code
                   ORDER BY u.valid_from DESC LIMIT 1) u ON true
WHERE r.finished_at IS NOT NULL
  AND (n.visibility = 'public' OR (n.visibility = any(%(visibilities)s::text[])
       AND (%(areas)s::text[] IS NULL OR n.commune_code = any(%(areas)s::text[]))))
  AND (%(commune)s::text IS NULL OR n.commune_code = %(commune)s)
GROUP BY n.commune_code, u.full_name, n.kind, n.is_settled
ORDER BY n.commune_code, n.kind, n.is_settled;

-- findings --
-- Findings of a commune in order of kind and address, after a kind and address; kind NULL: all.
-- changed: somebody changed the address since. Index: quality_finding_commune_idx.
SELECT f.address_id, a.code, f.kind, f.is_settled, f.facts, c.version <> f.version AS changed
FROM quality_finding f
JOIN quality_run r USING (run_id)
JOIN address a USING (address_id)
JOIN address_current c USING (address_id)
WHERE r.finished_at IS NOT NULL AND f.commune_code = %(commune)s
  AND c.visibility = any(%(visibilities)s::text[])
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
  AND (%(kind)s::text IS NULL OR f.kind = %(kind)s)
  AND (f.kind, f.address_id) > (%(after_kind)s::text, %(after_id)s::bigint)
ORDER BY f.kind, f.address_id
LIMIT %(limit)s;

-- examples --
-- A few findings of each kind of a run, from as many communes; none of addresses kept from view.
-- Index: quality_finding_run_idx.
SELECT k.kind, e.code, e.address_id, e.full_name, e.is_settled, e.facts
FROM (SELECT DISTINCT kind FROM quality_finding WHERE run_id = %(run_id)s) k
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (f.commune_code) f.commune_code, a.code, f.address_id, u.full_name,
           f.is_settled, f.facts
    FROM quality_finding f
    JOIN address a USING (address_id)
    JOIN address_current c USING (address_id)
    LEFT JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
    WHERE f.run_id = %(run_id)s AND f.kind = k.kind AND c.visibility = 'public'
    ORDER BY f.commune_code, f.address_id
    LIMIT %(limit)s
) e
ORDER BY k.kind, e.commune_code;

-- all_findings --
-- Findings of a run in order of commune, kind and address. Read through a cursor.
-- Index: quality_finding_commune_idx.
SELECT f.address_id, a.code, f.commune_code, u.full_name, f.kind, f.is_settled, f.facts
FROM quality_finding f
JOIN address a USING (address_id)
JOIN address_current c USING (address_id)
LEFT JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
WHERE f.run_id = %(run_id)s AND c.visibility = any(%(visibilities)s::text[])
ORDER BY f.commune_code, f.kind, f.address_id;
