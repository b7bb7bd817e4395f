-- addresses_in_copy --
-- All addresses as they stand, in order of identity, for a cursor. visibilities, areas: text[];
-- areas NULL: everywhere. Index: address_pkey and address_current_pkey, merged.
SELECT * FROM address_now
WHERE visibility = any(%(visibilities)s::text[])
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
ORDER BY address_id;

-- naming_others --
-- Retired addresses of which a successor came to be one that may be named, or ceased to be, by
-- some versions. codes, visibilities (that may be named): text[]; versions: integer[], of the codes.
-- Index: address_code_key, address_successor_successor_idx, address_version_pkey.
SELECT DISTINCT s.address_id
FROM unnest(%(codes)s::text[], %(versions)s::integer[]) AS given (code, version)
JOIN address a ON a.code = given.code
JOIN address_successor s ON s.successor_id = a.address_id AND s.withdrawn_at IS NULL
CROSS JOIN LATERAL (
    SELECT count(DISTINCT last_two.visibility = any(%(visibilities)s::text[])) AS ways
    FROM (SELECT coalesce(v.document ->> 'visibility', 'public') AS visibility
          FROM address_version v
          WHERE v.address_id = a.address_id AND v.version <= given.version
            AND v.valid_to IS NULL
          ORDER BY v.version DESC
          LIMIT 2) AS last_two) AS seen
WHERE seen.ways = 2;
