-- take_locks --
-- Wait for the locks of some places until the end of the transaction, in the order given (see
-- cells.py). A statement of its own: who waited sees in the next what the one before wrote.
-- keys: bigint[]; the last is the gate, shared.
SELECT CASE key WHEN %(gate)s THEN pg_advisory_xact_lock_shared(key) IS NULL
                ELSE pg_advisory_xact_lock(key) IS NULL END
FROM unnest(%(keys)s::bigint[]) AS key;

-- looking_alike --
-- Addresses in use that may be the place of some that are asked about: of the same street and
-- number in a commune, or of the same kind within a box. The rules decide (see rules.py); here
-- only what they would never pair is left out: other units, and pairs declared distinct.
-- Arrays of one length: ids, kinds, communes, bases and numbers (NULL: not known), boxes in
-- EPSG:4326 degrees (NULL: no position), units as unit_mark below. not_ids: those that go in the
-- same act. Index: address_current_base_idx, address_current_position_idx,
-- address_version_pkey, address_distinct_pkey.
SELECT q.n, c.address_id, c.parent_id, v.document,
       (WITH RECURSIVE up AS (
            SELECT c.parent_id AS id WHERE c.parent_id IS NOT NULL
            UNION
            SELECT p.parent_id FROM up JOIN address_current p ON p.address_id = up.id
            WHERE p.parent_id IS NOT NULL)
        SELECT array_agg(id) FROM up) AS ancestors
FROM unnest(%(ids)s::bigint[], %(kinds)s::text[], %(communes)s::text[], %(bases)s::text[],
            %(numbers)s::text[], %(wests)s::float8[], %(souths)s::float8[], %(easts)s::float8[],
            %(norths)s::float8[], %(units)s::text[])
     WITH ORDINALITY AS q (id, kind, commune, base, number, west, south, east, north, unit, n)
CROSS JOIN LATERAL (
    SELECT address_id, version, parent_id, false AS is_near FROM address_current
    WHERE base_key = q.base AND commune_code = q.commune AND number_key = q.number
      AND status IN ('proposed', 'reserved', 'current')
    UNION ALL
    SELECT address_id, version, parent_id, true FROM address_current
    WHERE position && ST_MakeEnvelope(q.west, q.south, q.east, q.north, 4326)
      AND kind = q.kind AND status IN ('reserved', 'current')
) AS c
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
WHERE c.address_id <> q.id AND c.address_id <> ALL (%(not_ids)s::bigint[])
  AND q.unit IS NOT DISTINCT FROM
      regexp_replace(v.document -> 'components' ->> 'unit', '[^1-9]', '', 'g')
  AND NOT EXISTS (SELECT FROM address_distinct d
                  WHERE d.low_id = least(c.address_id, q.id)
                    AND d.high_id = greatest(c.address_id, q.id));

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
