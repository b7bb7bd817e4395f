-- drop_rewriting --
-- That of the chunk before, where one transaction settles several.
DROP TABLE IF EXISTS pg_temp.rewriting;

-- create_rewriting --
-- What a chunk makes of its addresses; gone at commit.
CREATE TEMP TABLE rewriting (
    address_id bigint, closed integer[], at timestamptz, version integer, status text,
    commune_code text, commune_valid_from date, base_key text, number_key text
) ON COMMIT DROP;

-- copy_rewriting --
COPY rewriting FROM STDIN;

-- analyze_rewriting --
-- Without figures the planner reads whole tables for a chunk.
ANALYZE rewriting;

-- close_rewritten --
-- The register no longer says so. Index: address_version_pkey.
UPDATE address_version v SET recorded_to = r.at
FROM (SELECT address_id, at, unnest(closed) AS version FROM rewriting) AS r
WHERE v.address_id = r.address_id AND v.version = r.version AND v.recorded_to IS NULL;

-- project_rewritten --
-- Bring the projection to the open versions: of what it holds, bulk acts change communes and
-- components only. Index: address_current_pkey.
UPDATE address_current c SET
    version = r.version, status = r.status, commune_code = r.commune_code,
    commune_valid_from = r.commune_valid_from, base_key = r.base_key, number_key = r.number_key
FROM rewriting r WHERE c.address_id = r.address_id;

-- drop_former --
-- Index: address_former_address_idx.
DELETE FROM address_former WHERE address_id = any(%(ids)s::bigint[]);

-- copy_former --
COPY address_former (address_id, base_key, number_key, until) FROM STDIN;

-- drop_after --
DROP TABLE IF EXISTS pg_temp.act_after;

-- create_after --
-- Components of addresses as they will be and as they are, for finding those that will be the
-- same; gone at rollback.
CREATE TEMP TABLE act_after (
    address_id bigint, commune_code text, base_key text COLLATE "C", number_key text COLLATE "C",
    inner_parts text, before text
) ON COMMIT DROP;

-- copy_after --
COPY act_after FROM STDIN;

-- index_after --
-- Usage: collisions tell those of the act from the others of their place
CREATE INDEX ON act_after (address_id);

-- analyze_after --
ANALYZE act_after;

-- collisions --
-- Addresses that will have the same components as another and do not now, with how many there
-- are. Index: address_current_base_idx.
WITH all_after AS (
    SELECT address_id, commune_code, base_key, number_key, inner_parts, before FROM act_after
    UNION ALL
    SELECT c.address_id, c.commune_code, c.base_key, c.number_key,
           concat_ws('|', v.document->'components'->>'building', v.document->'components'->>'floor',
                     v.document->'components'->>'unit'), ''
    FROM (SELECT DISTINCT commune_code, base_key, number_key FROM act_after) AS place
    JOIN address_current c USING (commune_code, base_key, number_key)
    JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
        AND v.recorded_to IS NULL
    WHERE c.status IN ('proposed', 'reserved', 'current')
      AND NOT EXISTS (SELECT FROM act_after a WHERE a.address_id = c.address_id)
), same AS (
    SELECT array_agg(address_id ORDER BY address_id) AS ids
    FROM all_after
    GROUP BY commune_code, base_key, number_key, inner_parts
    HAVING count(*) > 1 AND count(DISTINCT before) > 1
)
SELECT (SELECT array_agg(coalesce(a.code, 'p' || a.address_id) ORDER BY a.address_id)
          FROM address a WHERE a.address_id = any(s.ids)) AS refs,
       count(*) OVER () AS count
FROM same s ORDER BY ids LIMIT %(limit)s;
