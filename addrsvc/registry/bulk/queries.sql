-- pieces_of_tiles --
-- Commune pieces in force on %(day)s that meet tiles given as arrays of west and south, each
-- %(side)s degrees wide, EPSG:4326. Index: admin_unit_piece_piece_idx.
SELECT DISTINCT p.code, p.valid_from, p.indicative, ST_AsBinary(p.piece) AS piece
FROM unnest(%(wests)s::float8[], %(souths)s::float8[]) AS tile(west, south)
JOIN admin_unit_piece p
  ON p.piece && ST_MakeEnvelope(west, south, west + %(side)s, south + %(side)s, 4326)
JOIN admin_unit u USING (code, valid_from)
WHERE u.valid_from <= %(day)s AND (u.valid_to IS NULL OR %(day)s < u.valid_to);

-- any_street_line --
-- Tell whether the register of thoroughfares knows where any of them runs.
-- Index: thoroughfare_line_idx.
SELECT 1 AS found FROM thoroughfare WHERE line IS NOT NULL LIMIT 1;

-- street_points --
-- A point on each named street with a line, and how far its ends are from it in metres;
-- arrays of commune code and folded name. Index: thoroughfare_area_unit_idx.
SELECT DISTINCT ON (w.commune, w.key) w.commune, w.key, ST_X(middle) AS lon, ST_Y(middle) AS lat,
       greatest(ST_Length(t.line::geography) / 2, 25) AS reach_m
FROM unnest(%(communes)s::text[], %(keys)s::text[]) AS w(commune, key)
JOIN thoroughfare_area a ON a.unit_code = w.commune
JOIN admin_unit u ON u.code = a.unit_code AND u.valid_from = a.unit_valid_from
    AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR %(day)s < u.valid_to)
JOIN thoroughfare t ON t.thoroughfare_id = a.thoroughfare_id AND t.line IS NOT NULL
    AND t.name_key IN (w.key, regexp_replace(w.key, '^(duong|pho) ', ''))
CROSS JOIN LATERAL ST_ClosestPoint(t.line, ST_Centroid(t.line)) AS middle
ORDER BY w.commune, w.key, t.thoroughfare_id;

-- known_origins --
-- Which rows were imported before. origins: text of a uuid array. Index: address_origin_key.
SELECT origin::text FROM address WHERE origin = any(%(origins)s::uuid[]);

-- said_of_origins --
-- All that was ever said of rows with an identifier of their source. Index: address_origin_key.
SELECT a.origin::text AS key, coalesce(a.code, 'p' || a.address_id) AS ref, v.document
FROM address a JOIN address_version v USING (address_id)
WHERE a.origin = any(%(origins)s::uuid[])
ORDER BY a.address_id, v.version;

-- said_of_codes --
-- All that was ever said of some codes, oldest first. codes: text[]. Index: address_code_key.
SELECT a.code AS key, a.code AS ref, v.document
FROM address a JOIN address_version v USING (address_id)
WHERE a.code = any(%(codes)s::text[])
ORDER BY a.address_id, v.version;

-- said_of_ids --
-- The same of proposals. ids: bigint[]. Index: address_pkey.
SELECT 'p' || a.address_id AS key, coalesce(a.code, 'p' || a.address_id) AS ref, v.document
FROM address a JOIN address_version v USING (address_id)
WHERE a.address_id = any(%(ids)s::bigint[])
ORDER BY a.address_id, v.version;

-- parents --
-- Buildings that parts may belong to: in use. codes: text[]. Index: address_code_key.
SELECT a.code, a.address_id FROM address a JOIN address_current c USING (address_id)
WHERE a.code = any(%(codes)s::text[]) AND c.status = 'current'
ORDER BY a.address_id
FOR SHARE OF c;

-- lock_prefixes --
-- Prefixes of some communes and some prefixes by themselves, locked in order until the end of
-- the transaction. Index: code_prefix_commune_idx, code_prefix_pkey.
SELECT prefix, commune_code, issuer, key, next_counter, status FROM code_prefix
WHERE commune_code = any(%(communes)s::text[]) OR prefix = any(%(prefixes)s::text[])
ORDER BY prefix
FOR UPDATE;

-- ranges_of_prefixes --
-- Suffixes kept for other issuers. Index: reserved_range_pkey.
SELECT prefix, first, last, issuer, reason, since_counter FROM reserved_range
WHERE prefix = any(%(prefixes)s::text[]);

-- taken_codes --
-- Which of some codes stand for addresses already. Index: address_code_key.
SELECT code FROM address WHERE code = any(%(codes)s::text[]);

-- move_counters --
-- How far prefixes are drawn now; arrays of prefix and counter. Index: code_prefix_pkey.
UPDATE code_prefix p SET next_counter = d.counter
FROM unnest(%(prefixes)s::text[], %(counters)s::integer[]) AS d(prefix, counter)
WHERE p.prefix = d.prefix;

-- new_ids --
-- Identities for so many new addresses.
SELECT nextval(pg_get_serial_sequence('address', 'address_id')) AS id
FROM generate_series(1, %(count)s::integer);

-- open_run --
-- The run of this file that is not finished, or a new one; locked until the commit.
INSERT INTO import_run (fingerprint, file_name, principal, started_at)
VALUES (%(fingerprint)s, %(file_name)s, %(principal)s, %(at)s)
ON CONFLICT (fingerprint) WHERE finished_at IS NULL
    DO UPDATE SET principal = excluded.principal
RETURNING *;

-- advance_run --
-- Add what a chunk settled; no row is touched when another process was faster.
UPDATE import_run SET
    records_done = records_done + %(records)s, assigned = assigned + %(assigned)s,
    proposed = proposed + %(proposed)s, reserved = reserved + %(reserved)s,
    already_there = already_there + %(already_there)s,
    rejected = rejected + %(rejected)s, examples = examples + %(examples)s,
    duplicates = duplicates + %(duplicates)s
WHERE run_id = %(run_id)s AND records_done = %(records_done)s AND finished_at IS NULL;

-- finish_run --
-- The whole file is settled.
UPDATE import_run SET finished_at = %(at)s WHERE run_id = %(run_id)s AND finished_at IS NULL;

-- rejections_of_run --
-- Rows refused, in order of line. Index: import_rejection_pkey.
SELECT line, slug, vi, en FROM import_rejection WHERE run_id = %(run_id)s ORDER BY line;

-- export --
-- Addresses as they stand, in order of identity; every filter may be NULL. bbox in EPSG:4326
-- degrees. Read through a cursor. Index: address_pkey, or those of address_current by filter.
SELECT a.address_id, a.code, a.issuer, c.status, v.valid_from, v.document,
       u.full_name AS commune_name,
       (SELECT string_agg(l.scheme || ':' || l.value, '; ' ORDER BY l.scheme, l.value)
          FROM address_alias l
         WHERE l.address_id = a.address_id AND l.withdrawn_at IS NULL) AS aliases
FROM address a
JOIN address_current c USING (address_id)
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
LEFT JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
WHERE c.visibility = any(%(visibilities)s)
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
  AND (%(commune)s::text IS NULL OR c.commune_code = %(commune)s)
  AND (%(kind)s::text IS NULL OR c.kind = %(kind)s)
  AND (%(status)s::text IS NULL OR c.status = %(status)s)
  AND (%(west)s::float8 IS NULL OR c.position &&
       ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
ORDER BY a.address_id;

-- export_as_of --
-- The same as the register said at a moment of a legal day ('infinity': the present), with the
-- identifiers of that time. Index: address_version_commune_idx by commune, else all are read.
SELECT s.address_id, s.code, s.issuer, s.status, s.valid_from, s.document, s.commune_name,
       (SELECT string_agg(l.scheme || ':' || l.value, '; ' ORDER BY l.scheme, l.value)
          FROM address_alias l
         WHERE l.address_id = s.address_id AND l.recorded_at <= %(known_at)s::timestamptz
           AND (l.withdrawn_at IS NULL OR l.withdrawn_at > %(known_at)s::timestamptz)
           AND (l.valid_from IS NULL OR l.valid_from <= %(valid_at)s::date)
           AND (l.valid_to IS NULL OR l.valid_to > %(valid_at)s::date)) AS aliases
FROM address_said s
WHERE s.valid_from <= %(valid_at)s::date
  AND (s.valid_to IS NULL OR s.valid_to > %(valid_at)s::date)
  AND s.recorded_from <= %(known_at)s::timestamptz
  AND (s.recorded_to IS NULL OR s.recorded_to > %(known_at)s::timestamptz)
  AND s.visibility_now = any(%(visibilities)s)
  AND (%(areas)s::text[] IS NULL
       OR EXISTS (SELECT FROM address_current c
                  WHERE c.address_id = s.address_id AND c.commune_code = any(%(areas)s::text[])))
  AND (NOT s.document ? 'visibility' OR s.document->>'visibility' = any(%(visibilities)s))
  AND (%(commune)s::text IS NULL OR s.commune_code = %(commune)s)
  AND (%(kind)s::text IS NULL OR s.document->>'kind' = %(kind)s)
  AND (%(status)s::text IS NULL OR s.status = %(status)s)
  AND (%(west)s::float8 IS NULL
       OR ((s.document->'position'->>0)::float8 BETWEEN %(west)s::float8 AND %(east)s::float8
           AND (s.document->'position'->>1)::float8
               BETWEEN %(south)s::float8 AND %(north)s::float8))
ORDER BY s.address_id;
