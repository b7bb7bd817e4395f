-- links_by_value --
-- What stands under some identifiers: schemes and values as arrays of equal length, n counts from
-- 1; withdrawn links are left out; valid_at (legal day) may be NULL: links of any time.
-- Index: address_alias_pkey, then primary keys.
SELECT w.n, l.address_id, a.code, c.visibility, l.scheme, l.value, l.source, l.confidence,
       l.valid_from, l.valid_to, l.recorded_at, l.withdrawn_at
FROM unnest(%(schemes)s::text[], %(values)s::text[]) WITH ORDINALITY AS w (scheme, value, n)
JOIN address_alias l ON l.scheme = w.scheme AND l.value = w.value
JOIN address a ON a.address_id = l.address_id
JOIN address_current c ON c.address_id = l.address_id
WHERE l.withdrawn_at IS NULL
  AND (%(valid_at)s::date IS NULL
       OR ((l.valid_from IS NULL OR l.valid_from <= %(valid_at)s::date)
           AND (l.valid_to IS NULL OR l.valid_to > %(valid_at)s::date)))
ORDER BY w.n, l.address_id;

-- links_of --
-- Every identifier of some addresses, withdrawn ones too: links, own codes (source: the issuer)
-- and codes of duplicates that resolve to them. ids: bigint[].
-- Index: address_alias_address_idx, address_successor_successor_idx, then primary keys.
SELECT l.address_id, a.code, c.visibility, l.scheme, l.value, l.source, l.confidence,
       l.valid_from, l.valid_to, l.recorded_at, l.withdrawn_at, c.commune_code
FROM address_alias l
JOIN address a ON a.address_id = l.address_id
JOIN address_current c ON c.address_id = l.address_id
WHERE l.address_id = any(%(ids)s::bigint[])
UNION ALL
SELECT a.address_id, a.code, c.visibility, 'code', a.code, a.issuer, 1, NULL, NULL, a.created_at,
       NULL, c.commune_code
FROM address a
JOIN address_current c ON c.address_id = a.address_id
WHERE a.address_id = any(%(ids)s::bigint[]) AND a.code IS NOT NULL
UNION ALL
SELECT r.successor_id, d.code, n.visibility, 'code', d.code, 'duplicate', 1, NULL, NULL,
       r.recorded_at, r.withdrawn_at, n.commune_code
FROM address_successor r
JOIN address d ON d.address_id = r.address_id
JOIN address_current n ON n.address_id = r.address_id
WHERE r.successor_id = any(%(ids)s::bigint[]) AND r.relation = 'duplicate' AND d.code IS NOT NULL
ORDER BY 4, 10, 5;

-- addresses_in_cells --
-- Addresses in use whose positions lie in some cells, a few of each. Degrees of EPSG:4326, as
-- arrays of equal length; n counts from 1. Index: address_current_position_idx.
SELECT w.n, found.address_id
FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
     WITH ORDINALITY AS w (west, south, east, north, n)
CROSS JOIN LATERAL (
    SELECT c.address_id
    FROM address_current c
    WHERE c.position && ST_MakeEnvelope(w.west, w.south, w.east, w.north, 4326)
      AND c.status = 'current'
      -- what everybody sees is found everywhere, the rest within the areas
      AND (c.visibility = 'public' OR (c.visibility = any(%(visibilities)s)
           AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))))
    ORDER BY c.address_id
    LIMIT %(limit)s) AS found
ORDER BY w.n, found.address_id;

-- lock_values --
-- Let nobody else claim these identifiers until the transaction ends; sorted, so that two who
-- claim several wait for each other in one order only.
SELECT pg_advisory_xact_lock(hashtextextended(v.value, 4)) FROM unnest(%(values)s::text[]) AS v (value);

-- put_links --
-- Add links, or say what stands of them again; arrays of equal length, one element per link.
-- Index: address_alias_pkey.
INSERT INTO address_alias (address_id, scheme, value, source, confidence, valid_from, valid_to,
                           recorded_at)
SELECT n.address_id, n.scheme, n.value, n.source, n.confidence, n.valid_from, n.valid_to, %(at)s
FROM unnest(%(ids)s::bigint[], %(schemes)s::text[], %(values)s::text[], %(sources)s::text[],
            %(confidences)s::real[], %(valid_from)s::date[], %(valid_to)s::date[])
     AS n (address_id, scheme, value, source, confidence, valid_from, valid_to)
ON CONFLICT (scheme, value, address_id) DO UPDATE
SET source = excluded.source, confidence = excluded.confidence,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    recorded_at = excluded.recorded_at, withdrawn_at = NULL;

-- withdraw_link --
-- Say that a link was wrong; no row is touched when there is none. Index: address_alias_pkey.
UPDATE address_alias SET withdrawn_at = %(at)s
WHERE scheme = %(scheme)s AND value = %(value)s AND address_id = %(address_id)s
  AND withdrawn_at IS NULL;

-- addresses_named --
-- Code and visibility of addresses by code or identity. codes: text[], ids: bigint[].
-- Index: address_code_key, address_pkey.
SELECT a.address_id, a.code, c.visibility, c.commune_code
FROM address a
JOIN address_current c ON c.address_id = a.address_id
WHERE a.code = any(%(codes)s::text[]) OR a.address_id = any(%(ids)s::bigint[]);

-- tell_of_links --
-- One event for each address that was given an identifier; arrays of equal length.
INSERT INTO event (recorded_at, type, subject, data)
SELECT %(at)s, 'address.identified', n.ref, jsonb_build_object('scheme', n.scheme)
FROM unnest(%(refs)s::text[], %(schemes)s::text[]) AS n (ref, scheme);
