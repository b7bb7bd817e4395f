-- take_locks --
-- Wait for the locks of some places until the end of the transaction, in the order given (see
-- cells.py). A statement of its own: who waited sees in the next what the one before wrote.
-- keys: bigint[]; the last is the gate, shared.
-- Also has the rest of the transaction use one plan for all values: to plan the next statement
-- takes longer than to run it.
WITH taken AS MATERIALIZED (
    SELECT CASE key WHEN %(gate)s THEN pg_advisory_xact_lock_shared(key) IS NULL
                    ELSE pg_advisory_xact_lock(key) IS NULL END AS key
    FROM unnest(%(keys)s::bigint[]) AS key)
SELECT count(key), set_config('plan_cache_mode', 'force_generic_plan', true) FROM taken;

-- looking_alike --
-- Addresses in use that may be the place of one that is asked about: of the same street and
-- number in a commune, or of the same kind within a box. The rules decide (see rules.py); here
-- only what they would never pair is left out: other units, and pairs declared distinct.
-- base, number: NULL where not known; box in EPSG:4326 degrees, NULL where there is no position;
-- unit as finding.unit_mark. not_ids: those that go in the same act. Plain values, no arrays, so
-- that one plan serves all. Index: address_current_base_idx, address_current_position_idx,
-- address_version_pkey, address_distinct_pkey.
SELECT c.address_id, c.parent_id, v.document,
       (WITH RECURSIVE up AS (
            SELECT c.parent_id AS id WHERE c.parent_id IS NOT NULL
            UNION
            SELECT p.parent_id FROM up JOIN address_current p ON p.address_id = up.id
            WHERE p.parent_id IS NOT NULL)
        SELECT array_agg(id) FROM up) AS ancestors
FROM (
    SELECT address_id, version, parent_id FROM address_current
    WHERE base_key = %(base)s::text AND commune_code = %(commune)s::text
      AND number_key = %(number)s::text AND status IN ('proposed', 'reserved', 'current')
    UNION ALL
    SELECT address_id, version, parent_id FROM address_current
    WHERE position && ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8,
                                      %(north)s::float8, 4326)
      AND kind = %(kind)s::text AND status IN ('reserved', 'current')
) AS c
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.address_id <> %(id)s::bigint AND c.address_id <> ALL (%(not_ids)s::bigint[])
  AND %(unit)s::text IS NOT DISTINCT FROM
      regexp_replace(v.document -> 'components' ->> 'unit', '[^1-9]', '', 'g')
  AND NOT EXISTS (SELECT FROM address_distinct d
                  WHERE d.low_id = least(c.address_id, %(id)s::bigint)
                    AND d.high_id = greatest(c.address_id, %(id)s::bigint));

-- ask_by_index --
-- For the rest of the transaction: a table that grew within the hour has no statistics, and would
-- be read from end to end for each of many rows.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

-- alike_by_components --
-- The first half of looking_alike for many at once: the addresses, whatever row they are for.
-- Arrays of one length. Index: address_current_base_idx.
SELECT c.address_id
FROM unnest(%(communes)s::text[], %(bases)s::text[], %(numbers)s::text[])
     AS q (commune, base, number)
JOIN LATERAL (SELECT address_id FROM address_current
              WHERE base_key = q.base AND commune_code = q.commune AND number_key = q.number
                AND status IN ('proposed', 'reserved', 'current')) AS c ON true;

-- alike_by_place --
-- The second half of looking_alike for many at once: the addresses, whatever row they are for,
-- without those that bear another number. Arrays of one length: kinds, numbers (NULL: none, or
-- of several doors), and points in EPSG:4326 degrees with lon_deg and lat_deg of reach.
-- Index: address_current_position_idx.
SELECT DISTINCT c.address_id
FROM unnest(%(kinds)s::text[], %(numbers)s::text[], %(lons)s::float8[], %(lats)s::float8[])
     AS q (kind, number, lon, lat)
JOIN LATERAL (SELECT address_id FROM address_current
              WHERE position && ST_MakeEnvelope(q.lon - %(lon_deg)s, q.lat - %(lat_deg)s,
                                                q.lon + %(lon_deg)s, q.lat + %(lat_deg)s, 4326)
                AND kind = q.kind AND status IN ('reserved', 'current')
                AND (q.number IS NULL OR number_key IS NULL OR number_key = q.number
                     OR number_key LIKE '%%-%%')) AS c ON true;

-- written_since --
-- What is compared of addresses in use that other transactions wrote since a position of the
-- feed (xid8 as text). Index: event_xid_idx, address_code_key, address_pkey.
SELECT c.address_id, c.parent_id, v.document,
       (WITH RECURSIVE up AS (
            SELECT c.parent_id AS id WHERE c.parent_id IS NOT NULL
            UNION
            SELECT p.parent_id FROM up JOIN address_current p ON p.address_id = up.id
            WHERE p.parent_id IS NOT NULL)
        SELECT array_agg(id) FROM up) AS ancestors
FROM (SELECT DISTINCT subject FROM event
      WHERE xid >= %(since)s::xid8 AND xid < pg_snapshot_xmax(pg_current_snapshot())
        AND xid <> pg_current_xact_id()
        AND subject ~ '^(p[0-9]{1,18}|[0-9]{10})$') AS e
JOIN address a ON a.code = e.subject
    OR a.address_id = CASE WHEN e.subject LIKE 'p%%' THEN substr(e.subject, 2)::bigint END
JOIN address_current c USING (address_id)
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.status IN ('proposed', 'reserved', 'current');

-- subjects --
-- What is compared of some addresses. ids: bigint[]. Index: address_current_pkey,
-- address_version_pkey.
SELECT c.address_id, c.parent_id, v.document,
       (WITH RECURSIVE up AS (
            SELECT c.parent_id AS id WHERE c.parent_id IS NOT NULL
            UNION
            SELECT p.parent_id FROM up JOIN address_current p ON p.address_id = up.id
            WHERE p.parent_id IS NOT NULL)
        SELECT array_agg(id) FROM up) AS ancestors
FROM unnest(%(ids)s::bigint[]) AS id
JOIN address_current c ON c.address_id = id
JOIN address_version v ON v.address_id = id AND v.version = c.version
    AND v.recorded_to IS NULL;

-- registered_since --
-- Which of some addresses were registered after a moment. ids: bigint[]. Index: address_pkey.
SELECT address_id FROM address
WHERE address_id = any(%(ids)s::bigint[]) AND created_at > %(since)s::timestamptz;

-- ancestors --
-- What some addresses are parts of, themselves included. ids: bigint[].
-- Index: address_current_pkey.
WITH RECURSIVE up AS (
    SELECT id AS part, id FROM unnest(%(ids)s::bigint[]) AS id
    UNION
    SELECT up.part, p.parent_id FROM up JOIN address_current p ON p.address_id = up.id
    WHERE p.parent_id IS NOT NULL)
SELECT part, array_agg(id) AS ids FROM up GROUP BY part;

-- declare_distinct --
-- That addresses which look like one are two. low_ids, high_ids: bigint[] of one length, each
-- low below its high. Saying it again changes nothing. Index: address_distinct_pkey.
INSERT INTO address_distinct (low_id, high_id, reason, principal, recorded_at)
SELECT low_id, high_id, %(reason)s, %(principal)s, %(at)s
FROM unnest(%(low_ids)s::bigint[], %(high_ids)s::bigint[]) AS pair (low_id, high_id)
ON CONFLICT DO NOTHING;

-- refs --
-- What paths and events call some addresses. ids: bigint[]. Index: address_pkey.
SELECT address_id, coalesce(code, 'p' || address_id) AS ref FROM address
WHERE address_id = any(%(ids)s::bigint[]);

-- all_places --
-- What may be compared of all addresses in use, of one commune and what lies within reach of its
-- addresses, or of all (NULL): read from end to end, once. lon_deg, lat_deg: the reach. No
-- position where it is an estimate. Index: address_current_commune_idx,
-- address_current_position_idx for a commune.
WITH reach AS MATERIALIZED (
    SELECT ST_Expand(ST_SetSRID(ST_Extent(position)::geometry, 4326), %(lon_deg)s::float8,
                     %(lat_deg)s::float8) AS box
    FROM address_current
    WHERE commune_code = %(commune)s AND status IN ('reserved', 'current'))
SELECT c.address_id, c.commune_code, c.kind, c.base_key, c.number_key,
       regexp_replace(v.document -> 'components' ->> 'unit', '[^1-9]', '', 'g') AS unit,
       CASE WHEN v.document -> 'position' ->> 3 <> ALL (%(estimates)s::text[])
            THEN ST_X(c.position) END AS lon,
       ST_Y(c.position) AS lat
FROM address_current c
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.status IN ('proposed', 'reserved', 'current')
  AND (%(commune)s::text IS NULL OR c.commune_code = %(commune)s
       OR c.position && (SELECT box FROM reach))
ORDER BY c.address_id;

-- declared_distinct --
-- Pairs declared distinct that begin with some addresses. ids: bigint[].
-- Index: address_distinct_pkey.
SELECT low_id, high_id FROM address_distinct WHERE low_id = any(%(ids)s::bigint[]);

-- copy_aliases --
-- Give the identifiers of a duplicate to the address kept. Index: address_alias_address_idx,
-- address_alias_pkey.
INSERT INTO address_alias (address_id, scheme, value, source, confidence, valid_from, valid_to,
                           recorded_at)
SELECT %(to_id)s, scheme, value, source, confidence, valid_from, valid_to, %(at)s
FROM address_alias WHERE address_id = %(from_id)s AND withdrawn_at IS NULL
ON CONFLICT (scheme, value, address_id) DO UPDATE SET withdrawn_at = NULL;
