-- feed_page --
-- Sealed events behind a number, in order, with where the feed ends and begins; one row of NULLs
-- where there are none. Looks at no more than %(span)s numbers. types, prefixes: text[], of which
-- one must fit; NULL: all types. Index: log_head_pkey, event_number_key.
SELECT h.number AS last,
       (SELECT min(number) FROM event WHERE number IS NOT NULL) AS first,
       e.*
FROM log_head h
LEFT JOIN LATERAL (
    SELECT number, recorded_at, type, subject, data, hash
    FROM event
    WHERE number > %(after)s::bigint AND number <= %(after)s::bigint + %(span)s::bigint
      AND number <= h.number
      AND (%(types)s::text[] IS NULL
           OR type = any(%(types)s::text[]) OR type ^@ any(%(prefixes)s::text[]))
    ORDER BY number
    LIMIT %(limit)s) AS e ON true
WHERE h.log = 'events'
ORDER BY e.number;

-- feed_last --
-- The number of the event sealed last. Index: log_head_pkey.
SELECT number FROM log_head WHERE log = 'events';

-- logs_last --
-- The number sealed last in each log. Index: none, two rows.
SELECT log, number FROM log_head;

-- standing --
-- How addresses stand now, for who may see them. codes: text[], ids: bigint[].
-- Index: address_code_key, address_pkey, address_current_pkey.
SELECT a.address_id, a.code, c.visibility, c.commune_code
FROM (SELECT address_id, code FROM address WHERE code = any(%(codes)s::text[])
      UNION
      SELECT address_id, code FROM address WHERE address_id = any(%(ids)s::bigint[])) AS a
JOIN address_current c ON c.address_id = a.address_id;

-- departures --
-- Which of some events took an address out of sight: the version each wrote is not seen, the open
-- one before it was. numbers, ids: bigint[]; versions: integer[]; visibilities, areas: text[],
-- areas NULL: everywhere. Index: address_version_pkey.
SELECT given.number
FROM unnest(%(numbers)s::bigint[], %(ids)s::bigint[], %(versions)s::integer[])
     AS given (number, address_id, version)
CROSS JOIN LATERAL (
    SELECT array_agg(seen.visible ORDER BY seen.version DESC) AS visible
    FROM (SELECT v.version,
                 coalesce(v.document ->> 'visibility', 'public') = any(%(visibilities)s::text[])
                 AND (%(areas)s::text[] IS NULL
                      OR v.document -> 'commune' ->> 0 = any(%(areas)s::text[])) AS visible
          FROM address_version v
          WHERE v.address_id = given.address_id AND v.version <= given.version
            AND v.valid_to IS NULL
          ORDER BY v.version DESC
          LIMIT 2) AS seen) AS last_two
WHERE last_two.visible = ARRAY[false, true];
