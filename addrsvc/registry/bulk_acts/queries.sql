-- bulk_act --
-- One act of a bulk kind, or the undoing of one. Index: registry_act_pkey.
SELECT act_id, kind, status, principal, recorded_at, reason, instrument, effective_on, spec,
       done_up_to, counts, finished_at, undoes
FROM registry_act WHERE act_id = %(act_id)s;

-- lock_bulk_act --
-- The same, locked: runners of one act take turns, chunk by chunk. Index: registry_act_pkey.
SELECT act_id, kind, status, principal, recorded_at, reason, instrument, effective_on, spec,
       done_up_to, counts, finished_at, undoes
FROM registry_act WHERE act_id = %(act_id)s FOR UPDATE;

-- undo_of_act --
-- The act that undoes another. Index: registry_act_undoes_key.
SELECT act_id FROM registry_act WHERE undoes = %(act_id)s;

-- bulk_acts --
-- Bulk acts, latest first, before a number; with areas (text[]) only those of which every commune,
-- before and after, is among them. Index: registry_act_pkey.
SELECT act_id, kind, status, principal, recorded_at, reason, instrument, effective_on,
       '{}'::jsonb AS spec, done_up_to, counts, finished_at, undoes
FROM registry_act
WHERE act_id < %(before)s AND kind = any(%(kinds)s)
  AND (%(areas)s::text[] IS NULL OR NOT EXISTS (
      SELECT FROM (VALUES ('$.communes[*][0]'::jsonpath), ('$.commune[0]'::jsonpath),
                          ('$.to[0]'::jsonpath), ('$.parts[*][0,2]'::jsonpath)) AS at (path),
           jsonb_path_query(spec, at.path) AS code
      WHERE code #>> '{}' <> ALL (%(areas)s::text[])))
ORDER BY act_id DESC LIMIT %(limit)s;

-- advance_act --
-- How far an act has got, with what became of the addresses. Index: registry_act_pkey.
UPDATE registry_act
SET status = %(status)s, done_up_to = %(done_up_to)s, counts = %(counts)s,
    finished_at = %(finished_at)s
WHERE act_id = %(act_id)s;

-- set_act_status --
-- Index: registry_act_pkey.
UPDATE registry_act SET status = %(status)s WHERE act_id = %(act_id)s;

-- concerned --
-- Identities of addresses to look at after %(after)s; arrays of communes (code, first day), keys
-- and codes, area as GeoJSON; the last three may be NULL. Of those that ended nothing changes.
-- Index: address_current_commune_idx, address_current_base_idx, or the primary key.
SELECT c.address_id
FROM address_current c
WHERE c.address_id > %(after)s
  AND c.status IN ('proposed', 'reserved', 'current')
  AND c.commune_code = any(%(communes)s::text[])
  AND c.commune_valid_from = any(%(days)s::date[])
  AND (%(base_keys)s::text[] IS NULL OR c.base_key = any(%(base_keys)s))
  AND (%(codes)s::text[] IS NULL OR c.address_id IN (
       SELECT a.address_id FROM address a WHERE a.code = any(%(codes)s)))
  AND (%(area)s::text IS NULL OR ST_Covers(ST_GeomFromGeoJSON(%(area)s), c.position))
ORDER BY c.address_id
LIMIT %(limit)s;

-- slices --
-- What the register says now of some addresses, in order of identity and legal day.
-- Index: address_version_pkey.
SELECT v.address_id, a.code, v.version, v.status, v.valid_from, v.valid_to, v.recorded_from,
       v.act_id, v.document::text AS document
FROM address_version v
JOIN address a ON a.address_id = v.address_id
WHERE v.address_id = any(%(ids)s::bigint[]) AND v.recorded_to IS NULL
ORDER BY v.address_id, v.valid_from;

-- touched --
-- Addresses an act wrote, in order of identity after %(after)s. Index: address_version_act_idx.
SELECT DISTINCT address_id FROM address_version
WHERE act_id = %(act_id)s AND address_id > %(after)s
ORDER BY address_id LIMIT %(limit)s;

-- lock_addresses --
-- Lock some addresses against other writers, in order of identity; alone, so that who waited
-- reads what the one before wrote. Index: address_current_pkey.
SELECT address_id FROM address_current
WHERE address_id = any(%(ids)s::bigint[]) ORDER BY address_id FOR UPDATE;

-- said_before --
-- The slices an act closed: the open ones before its own. Index: address_version_act_idx, primary
-- key.
SELECT v.address_id, v.version, v.status, v.valid_from, v.valid_to, v.document::text AS document
FROM (SELECT address_id, min(version) - 1 AS version FROM address_version
      WHERE act_id = %(act_id)s AND address_id = any(%(ids)s::bigint[])
      GROUP BY address_id) AS before
JOIN address_version v USING (address_id, version);

-- count_touched --
-- How many addresses an act wrote after an identity. Index: address_version_act_idx.
SELECT count(DISTINCT address_id) AS count FROM address_version
WHERE act_id = %(act_id)s AND address_id > %(after)s;

-- overwritten --
-- Addresses an act wrote and somebody wrote since: the open version is not the act's. At most
-- %(limit)s of them, with how many there are. Index: address_version_act_idx, primary keys.
SELECT coalesce(a.code, 'p' || a.address_id) AS ref, count(*) OVER () AS count
FROM (SELECT DISTINCT address_id FROM address_version
      WHERE act_id = %(act_id)s AND address_id > %(after)s) AS touched
JOIN address_current c USING (address_id)
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
JOIN address a ON a.address_id = c.address_id
WHERE v.act_id IS DISTINCT FROM %(act_id)s
ORDER BY a.address_id LIMIT %(limit)s;

-- undecided --
-- Addresses an act left for a person, after an identity; those written since are settled.
-- Index: registry_act_undecided_pkey.
SELECT d.address_id, coalesce(a.code, 'p' || a.address_id) AS ref, d.reason, d.candidates,
       c.version > d.version AS settled, c.commune_code, v.document
FROM registry_act_undecided d
JOIN address a ON a.address_id = d.address_id
JOIN address_current c ON c.address_id = d.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE d.act_id = %(act_id)s AND d.address_id > %(after)s
  AND c.visibility = any(%(visibilities)s)
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
ORDER BY d.address_id LIMIT %(limit)s;

-- communes_of_links --
-- What the communes of a reorganisation became by the registered links: those that took effect
-- on a day, of one old province or of all. Index: none, some 10,000 links.
SELECT l.from_code, l.to_code, l.kind
FROM admin_unit_link l
JOIN admin_unit f ON (f.code, f.valid_from) = (l.from_code, l.from_valid_from)
LEFT JOIN admin_unit d ON d.code = f.parent_code AND d.valid_from = f.valid_from
WHERE f.level = 'commune' AND l.effective_date = %(day)s
  AND (%(province)s::text IS NULL OR %(province)s IN (f.parent_code, d.parent_code))
ORDER BY l.from_code, l.to_code;

-- communes_with_prefix --
-- Which of some communes have a prefix to draw codes from. Index: code_prefix_commune_idx.
SELECT DISTINCT commune_code FROM code_prefix
WHERE commune_code = any(%(codes)s) AND status = 'active';

-- numbers_of_street --
-- House numbers in use along a street, in the order of houses. Index: address_current_base_idx.
SELECT DISTINCT ON (c.number_key) c.number_key, v.document->'components'->>'house_number' AS number
FROM address_current c
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.base_key = %(base_key)s AND c.commune_code = any(%(communes)s::text[])
  AND c.status IN ('proposed', 'reserved', 'current') AND c.number_key IS NOT NULL
ORDER BY c.number_key;

-- keep_old_numbers --
-- House numbers that ended on a day as identifiers; arrays of equal length. One that was
-- withdrawn stands again. Index: address_alias_pkey.
INSERT INTO address_alias (address_id, scheme, value, source, recorded_at, valid_to)
SELECT o.address_id, %(scheme)s, o.value, %(source)s, %(at)s, %(until)s
FROM unnest(%(ids)s::bigint[], %(values)s::text[]) AS o (address_id, value)
ON CONFLICT (scheme, value, address_id) DO UPDATE
SET source = excluded.source, recorded_at = excluded.recorded_at, valid_to = excluded.valid_to,
    withdrawn_at = NULL
WHERE address_alias.withdrawn_at IS NOT NULL;

-- withdraw_old_numbers --
-- Index: address_alias_address_idx.
UPDATE address_alias SET withdrawn_at = %(at)s
WHERE address_id = any(%(ids)s::bigint[]) AND source = %(source)s AND withdrawn_at IS NULL;

-- ids_of_codes --
-- Identities of some codes. Index: address_code_key.
SELECT address_id FROM address WHERE code = any(%(codes)s::text[]) ORDER BY address_id;
