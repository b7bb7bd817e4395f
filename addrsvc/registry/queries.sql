-- addresses_by_code --
-- Addresses as they stand now. codes: text[], ten digits each. Index: address_code_key.
SELECT * FROM address_now WHERE code = any(%(codes)s);

-- addresses_by_id --
-- The same by identity, for addresses that have no code yet. ids: bigint[].
-- Index: address_pkey.
SELECT * FROM address_now WHERE address_id = any(%(ids)s) ORDER BY address_id;

-- written_since --
-- What was done to some addresses after a moment. codes: text[], ten digits each.
-- Index: address_code_key, address_version_pkey.
SELECT a.code, v.act, v.recorded_from
FROM address a
JOIN address_version v ON v.address_id = a.address_id AND v.recorded_from > %(since)s
WHERE a.code = any(%(codes)s::text[])
ORDER BY a.code, v.recorded_from, v.version;

-- address_ids --
-- Identities for a list, in keyset order after %(after)s; every filter may be NULL.
-- bbox in EPSG:4326 degrees. Index: address_current_base_idx for a street,
-- address_current_commune_idx, or address_current_position_idx for a box, else the primary key.
SELECT c.address_id
FROM address_current c
WHERE c.address_id > %(after)s
  AND c.visibility = any(%(visibilities)s)
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
  AND (%(commune)s::text IS NULL OR c.commune_code = %(commune)s)
  AND (%(status)s::text IS NULL OR c.status = %(status)s)
  AND (%(kind)s::text IS NULL OR c.kind = %(kind)s)
  AND (%(base_key)s::text IS NULL OR c.base_key = %(base_key)s)
  AND (%(number_key)s::text IS NULL OR c.number_key = %(number_key)s)
  AND (%(parent_id)s::bigint IS NULL OR c.parent_id = %(parent_id)s)
  AND (%(west)s::float8 IS NULL OR c.position &&
       ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
ORDER BY c.address_id
LIMIT %(limit)s;

-- identities --
-- Identities by code or by themselves; none is locked. Index: address_code_key, address_pkey.
SELECT address_id FROM address WHERE code = any(%(codes)s::text[])
UNION
SELECT address_id FROM address WHERE address_id = any(%(ids)s::bigint[]);

-- lock_addresses --
-- Lock addresses against other writers, in order of identity.
-- Alone, so that who waited reads what the one before wrote, in the next statement.
-- Index: address_current_pkey.
SELECT address_id FROM address_current
WHERE address_id = any(%(ids)s::bigint[])
ORDER BY address_id
FOR UPDATE;

-- addresses_to_change --
-- What the register says now of locked addresses, a row for each slice of legal days, the open
-- one last. Index: address_version_pkey.
SELECT a.address_id, a.code, v.version, v.status, v.valid_from, v.valid_to, v.recorded_from,
       v.document
FROM address a
JOIN address_version v ON v.address_id = a.address_id AND v.recorded_to IS NULL
WHERE a.address_id = any(%(ids)s::bigint[])
ORDER BY a.address_id, v.valid_from;

-- versions_written --
-- Every version there ever was of some addresses. Index: address_version_pkey.
SELECT address_id, version, status, valid_from, valid_to, recorded_from, act, act_id, principal,
       document
FROM address_version
WHERE address_id = any(%(ids)s::bigint[])
ORDER BY address_id, version;

-- prefix_to_draw_from --
-- The first prefix of a commune with counters left, locked until the end of the transaction, with
-- the suffixes kept for other issuers: those known before the lock, see move_counter.
-- Index: code_prefix_commune_idx, reserved_range_pkey.
SELECT prefix, key, next_counter, issuer,
       (SELECT json_agg(json_build_object(
                    'prefix', r.prefix, 'first', r.first, 'last', r.last, 'issuer', r.issuer,
                    'reason', r.reason, 'since_counter', r.since_counter))
          FROM reserved_range r WHERE r.prefix = c.prefix) AS ranges
FROM code_prefix c
WHERE commune_code = %(commune_code)s AND status = 'active' AND next_counter < 100000
ORDER BY prefix
LIMIT 1
FOR UPDATE;

-- prefix_by_code --
-- One prefix, locked: adoption of a given code and drawing of new ones take turns.
-- Index: code_prefix_pkey.
SELECT prefix, key, next_counter, issuer FROM code_prefix WHERE prefix = %(prefix)s FOR UPDATE;

-- prefix_as_it_is --
-- The same, not locked: whether a code was drawn from it before. Index: code_prefix_pkey.
SELECT prefix, key, next_counter, issuer FROM code_prefix WHERE prefix = %(prefix)s;

-- prefixes_of --
-- Prefixes of a commune with counters left. Index: code_prefix_commune_idx.
SELECT prefix FROM code_prefix
WHERE commune_code = %(commune_code)s AND status = 'active' AND next_counter < 100000
ORDER BY prefix;

-- codes_taken --
-- Those of some codes (text[]) that stand for addresses. Index: address_code_key.
SELECT code FROM address WHERE code = any(%(codes)s::text[]);

-- move_counter --
-- How far a locked prefix is drawn, and whether the code drawn (NULL: none) was adopted already,
-- or kept for others while the lock was waited for.
-- Index: code_prefix_pkey, address_code_key, reserved_range_pkey.
UPDATE code_prefix SET next_counter = %(next)s WHERE prefix = %(prefix)s
RETURNING EXISTS (SELECT FROM address WHERE code = %(code)s::text)
    OR EXISTS (SELECT FROM reserved_range r
               WHERE r.prefix = %(prefix)s
                 AND substr(%(code)s::text, 6)::integer BETWEEN r.first AND r.last) AS taken;

-- ranges_of_prefix --
-- Suffixes of a prefix kept for other issuers. Index: reserved_range_pkey.
SELECT prefix, first, last, issuer, reason, since_counter
FROM reserved_range WHERE prefix = %(prefix)s;

-- insert_address --
-- A new identity; no row comes back when the code is taken.
INSERT INTO address (code, issuer, origin, created_at)
VALUES (%(code)s, %(issuer)s, %(origin)s, %(at)s)
ON CONFLICT (code) DO NOTHING
RETURNING address_id;

-- insert_drawn --
-- move_counter and insert_address in one; no row comes back when the code is not to be had.
-- Index: code_prefix_pkey, address_code_key, reserved_range_pkey.
WITH moved AS (
    UPDATE code_prefix SET next_counter = %(next)s WHERE prefix = %(prefix)s)
INSERT INTO address (code, issuer, created_at)
SELECT %(code)s::text, %(issuer)s, %(at)s
WHERE NOT EXISTS (SELECT FROM reserved_range r
                  WHERE r.prefix = %(prefix)s
                    AND substr(%(code)s::text, 6)::integer BETWEEN r.first AND r.last)
ON CONFLICT (code) DO NOTHING
RETURNING address_id;

-- give_code --
-- The code of an address that had none; no row is touched when it has one already.
UPDATE address SET code = %(code)s, issuer = %(issuer)s
WHERE address_id = %(address_id)s AND code IS NULL;

-- insert_first_version --
-- Version 1 and the projection, in one statement. position: EWKT or NULL.
WITH version AS (
    INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                                 act_id, principal, reason, document)
    VALUES (%(address_id)s, 1, %(status)s, %(valid_from)s, %(at)s, %(act)s, %(act_id)s,
            %(principal)s, %(reason)s, %(document)s)
)
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from, base_key, number_key, parent_id,
                             position)
VALUES (%(address_id)s, 1, %(status)s, %(kind)s, %(visibility)s, %(commune_code)s,
        %(commune_valid_from)s, %(base_key)s, %(number_key)s, %(parent_id)s,
        %(position)s::geometry);

-- close_versions --
-- The register no longer says so. Index: address_version_pkey.
UPDATE address_version SET recorded_to = %(at)s
WHERE address_id = %(address_id)s AND version = any(%(versions)s::integer[])
  AND recorded_to IS NULL;

-- insert_version --
-- One slice of an address; valid_to NULL: it is said of the present.
INSERT INTO address_version (address_id, version, status, valid_from, valid_to, recorded_from,
                             act, act_id, principal, reason, document)
VALUES (%(address_id)s, %(version)s, %(status)s, %(valid_from)s, %(valid_to)s, %(at)s,
        %(act)s, %(act_id)s, %(principal)s, %(reason)s, %(document)s);

-- project --
-- Bring the projection to the open version. position: EWKT or NULL. Index: address_current_pkey.
UPDATE address_current SET
    version = %(version)s, status = %(status)s, kind = %(kind)s, visibility = %(visibility)s,
    commune_code = %(commune_code)s, commune_valid_from = %(commune_valid_from)s,
    base_key = %(base_key)s, number_key = %(number_key)s,
    parent_id = %(parent_id)s, position = %(position)s::geometry
WHERE address_id = %(address_id)s;

-- drop_former_keys --
-- ids: bigint[]. Index: address_former_address_idx.
DELETE FROM address_former WHERE address_id = any(%(ids)s::bigint[]);

-- put_former_keys --
-- By which other numbers and streets addresses were known; arrays of equal length.
INSERT INTO address_former (address_id, base_key, number_key, until)
SELECT * FROM unnest(%(ids)s::bigint[], %(base_keys)s::text[], %(number_keys)s::text[],
                     %(until)s::date[]);

-- record_act --
-- One decision over several addresses.
INSERT INTO registry_act (kind, status, principal, recorded_at, reason, instrument, effective_on,
                          spec, finished_at, undoes)
VALUES (%(kind)s, %(status)s, %(principal)s, %(at)s, %(reason)s, %(instrument)s,
        %(effective_on)s, %(spec)s, %(finished_at)s, %(undoes)s)
RETURNING act_id;

-- insert_successor --
-- What takes the place of a retired address.
INSERT INTO address_successor (address_id, successor_id, relation, recorded_at, act_id)
VALUES (%(address_id)s, %(successor_id)s, %(relation)s, %(at)s, %(act_id)s);

-- leave_traces --
-- One address as it stands now, with the event followers read and, unless one act over several
-- (act_id) has its own, the audit row. Index: address_pkey, and those of address_now.
WITH here AS MATERIALIZED (
    SELECT n.*, coalesce(n.code, 'p' || n.address_id) AS ref
    FROM address_now n WHERE n.address_id = %(address_id)s),
event AS (
    INSERT INTO event (recorded_at, type, subject, data)
    SELECT %(at)s, %(action)s::text, ref, jsonb_strip_nulls(jsonb_build_object(
        'version', version, 'commune', commune_code, 'act', %(act_id)s::bigint,
        'successors', (SELECT jsonb_agg(s -> 0) FROM json_array_elements(successors) AS s)))
    FROM here),
audit AS (
    INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome, request_id, detail)
    SELECT %(at)s, %(principal)s, %(action)s::text, ref, 'done', %(request_id)s,
           jsonb_build_object('version', version)
    FROM here WHERE %(act_id)s::bigint IS NULL)
SELECT * FROM here;

-- history_of --
-- All versions on both clocks with the legal instrument of their act, oldest first.
-- Index: address_version_pkey.
SELECT v.version, v.status, v.valid_from, v.valid_to, v.recorded_from, v.recorded_to, v.act,
       v.principal, v.reason, v.document, v.act_id, r.instrument
FROM address_version v
LEFT JOIN registry_act r ON r.act_id = v.act_id
WHERE v.address_id = %(address_id)s ORDER BY v.version;

-- version_of --
-- One version that spoke of the present, by its number. Index: address_version_pkey.
SELECT v.version, v.status, v.valid_from, v.valid_to, v.recorded_from, v.recorded_to, v.act,
       v.principal, v.reason, v.document, v.act_id, r.instrument
FROM address_version v
LEFT JOIN registry_act r ON r.act_id = v.act_id
WHERE v.address_id = %(address_id)s AND v.version = %(version)s AND v.valid_to IS NULL;

-- address_as_of --
-- One address as the register said at a moment (timestamptz) of a legal day; code or id may be
-- NULL, either time 'infinity' for the present. With the successors known then.
-- Index: address_code_key or address_pkey, address_version_pkey.
SELECT s.*, (SELECT c.commune_code FROM address_current c WHERE c.address_id = s.address_id) AS area,
       CASE WHEN s.status = 'retired' THEN
           (SELECT json_agg(json_build_array(b.code, r.relation, n.visibility) ORDER BY b.code)
              FROM address_successor r
              JOIN address b ON b.address_id = r.successor_id
              JOIN address_current n ON n.address_id = r.successor_id
             WHERE r.address_id = s.address_id AND r.recorded_at <= %(known_at)s::timestamptz
               AND (r.withdrawn_at IS NULL OR r.withdrawn_at > %(known_at)s::timestamptz))
       END AS successors
FROM address_said s
WHERE s.address_id = (SELECT i.address_id FROM address i
                      WHERE i.code = %(code)s::text OR i.address_id = %(id)s::bigint)
  AND s.valid_from <= %(valid_at)s::date
  AND (s.valid_to IS NULL OR s.valid_to > %(valid_at)s::date)
  AND s.recorded_from <= %(known_at)s::timestamptz
  AND (s.recorded_to IS NULL OR s.recorded_to > %(known_at)s::timestamptz);

-- addresses_as_of --
-- A page of the same, in keyset order after %(after)s; filters may be NULL. bbox in EPSG:4326
-- degrees, of the position of that time.
-- Index: address_version_commune_idx by commune, else address_version_pkey.
SELECT s.*, page.area,
       CASE WHEN s.status = 'retired' THEN
           (SELECT json_agg(json_build_array(b.code, r.relation, n.visibility) ORDER BY b.code)
              FROM address_successor r
              JOIN address b ON b.address_id = r.successor_id
              JOIN address_current n ON n.address_id = r.successor_id
             WHERE r.address_id = s.address_id AND r.recorded_at <= %(known_at)s::timestamptz
               AND (r.withdrawn_at IS NULL OR r.withdrawn_at > %(known_at)s::timestamptz))
       END AS successors
FROM (SELECT v.address_id, v.version, c.commune_code AS area
      FROM address_version v
      JOIN address_current c ON c.address_id = v.address_id
      WHERE v.address_id > %(after)s AND c.address_id > %(after)s
        AND v.valid_from <= %(valid_at)s::date
        AND (v.valid_to IS NULL OR v.valid_to > %(valid_at)s::date)
        AND v.recorded_from <= %(known_at)s::timestamptz
        AND (v.recorded_to IS NULL OR v.recorded_to > %(known_at)s::timestamptz)
        AND c.visibility = any(%(visibilities)s)
        AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
        -- said so that the planner knows it holds for nearly all
        AND (NOT v.document ? 'visibility' OR v.document->>'visibility' = any(%(visibilities)s))
        AND (%(commune)s::text IS NULL OR v.document->'commune'->>0 = %(commune)s)
        AND (%(status)s::text IS NULL OR v.status = %(status)s)
        AND (%(kind)s::text IS NULL OR v.document->>'kind' = %(kind)s)
        AND (%(west)s::float8 IS NULL
             OR ((v.document->'position'->>0)::float8 BETWEEN %(west)s::float8 AND %(east)s::float8
                 AND (v.document->'position'->>1)::float8
                     BETWEEN %(south)s::float8 AND %(north)s::float8))
      ORDER BY v.address_id
      LIMIT %(limit)s) AS page
JOIN address_said s ON s.address_id = page.address_id AND s.version = page.version
ORDER BY s.address_id;

-- past_slices --
-- What is said now of days an address was in use before, the latest first, at most %(limit)s.
-- Index: address_version_pkey.
SELECT s.*, NULL AS area, NULL AS successors
FROM address_said s
WHERE s.address_id = %(address_id)s AND s.recorded_to IS NULL AND s.valid_to IS NOT NULL
  AND s.status = 'current'
ORDER BY s.valid_to DESC
LIMIT %(limit)s;

-- predecessors_of --
-- What an address took the place of, at most %(limit)s. Index: address_successor_successor_idx.
SELECT a.code, r.relation, c.visibility, c.commune_code
FROM address_successor r
JOIN address a ON a.address_id = r.address_id
JOIN address_current c ON c.address_id = r.address_id
WHERE r.successor_id = %(address_id)s AND r.withdrawn_at IS NULL AND a.code IS NOT NULL
ORDER BY a.code
LIMIT %(limit)s;

-- since_when --
-- Since when an address is recorded, and the first legal day known at a moment; no row: no such
-- address. Parameters and index as for address_as_of.
SELECT c.visibility, c.commune_code, min(v.recorded_from) AS known_since,
       min(v.valid_from) FILTER (
           WHERE v.recorded_from <= %(known_at)s::timestamptz
             AND (v.recorded_to IS NULL OR v.recorded_to > %(known_at)s::timestamptz)
       ) AS there_since
FROM address_current c
JOIN address_version v ON v.address_id = c.address_id
WHERE c.address_id = (SELECT i.address_id FROM address i
                      WHERE i.code = %(code)s::text OR i.address_id = %(id)s::bigint)
GROUP BY c.address_id;

-- public_codes_among --
-- Which of some codes stand for public addresses in use. Index: address_code_key.
SELECT a.code FROM address a JOIN address_current c USING (address_id)
WHERE a.code = any(%(codes)s) AND c.status = 'current' AND c.visibility = 'public'
ORDER BY a.code;

-- search_keys_after --
-- Keys of addresses and the documents they are made of, in order of identity.
-- Index: address_current_pkey, address_version_pkey.
SELECT c.address_id, c.version, c.base_key, c.number_key, v.document
FROM address_current c
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.address_id > %(after)s
ORDER BY c.address_id
LIMIT %(limit)s;

-- update_search_keys --
-- New keys of some addresses, where nobody has changed them since. Index: address_current_pkey.
UPDATE address_current c SET base_key = new.base_key, number_key = new.number_key
FROM unnest(%(ids)s::bigint[], %(versions)s::integer[], %(base_keys)s::text[],
            %(number_keys)s::text[]) AS new (address_id, version, base_key, number_key)
WHERE c.address_id = new.address_id AND c.version = new.version;

-- lock_with_past --
-- Lock the addresses of a run that were otherwise before; alone, so that the next statement reads
-- what the writers before wrote. Index: address_current_pkey, address_version_pkey.
SELECT c.address_id
FROM address_current c
WHERE c.address_id > %(after)s AND c.address_id <= %(last)s
  AND EXISTS (SELECT 1 FROM address_version p
               WHERE p.address_id = c.address_id AND p.recorded_to IS NULL
                 AND p.valid_to IS NOT NULL)
ORDER BY c.address_id
FOR UPDATE;

-- slices_of --
-- What is said now of some addresses, in order. ids: bigint[]. Index: address_version_pkey.
SELECT address_id, version, status, valid_from, valid_to, document
FROM address_version
WHERE address_id = any(%(ids)s::bigint[]) AND recorded_to IS NULL
ORDER BY address_id, valid_from;

-- lock_search_key_version --
-- Which rules made the keys, and how far newer ones got; locked, so that runs take turns.
SELECT version, next, done_up_to FROM search_key_version FOR UPDATE;

-- note_search_keys --
-- How far the keys are made; next NULL: all are.
UPDATE search_key_version
SET version = %(version)s, next = %(next)s, done_up_to = %(done_up_to)s;
