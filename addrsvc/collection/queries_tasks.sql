-- insert_task --
-- area: GeoJSON MultiPolygon, EPSG:4326, or NULL.
INSERT INTO collection_task (task_id, title, kind, commune_code, named, area, assigned_to, due_on,
                             note, created_by, created_at, changed_at)
VALUES (%(task_id)s::uuid, %(title)s, %(kind)s, %(commune)s, %(named)s::jsonb,
        ST_Multi(ST_GeomFromGeoJSON(%(area)s::text)), %(assigned_to)s::text, %(due_on)s::date,
        %(note)s::text, %(principal)s, %(at)s, %(at)s);

-- insert_parts --
-- Tasks of localities or streets, in the order given; arrays of one length: task_ids uuid[],
-- titles text[], named jsonb[].
INSERT INTO collection_task (task_id, title, kind, commune_code, named, assigned_to, due_on, note,
                             created_by, created_at, changed_at)
SELECT task_id, title, %(kind)s, %(commune)s, named, %(assigned_to)s::text, %(due_on)s::date,
       %(note)s::text, %(principal)s, %(at)s, %(at)s
FROM unnest(%(task_ids)s::uuid[], %(titles)s::text[], %(named)s::jsonb[])
    AS part (task_id, title, named)
RETURNING task_id, title, kind, commune_code, named, state, assigned_to, due_on, note, version,
          created_by, created_at, changed_at, closed_at;

-- lock_splitting --
-- One at a time splits a commune; until the end of the transaction.
SELECT pg_advisory_xact_lock(731027, hashtext(%(commune)s));

-- task --
-- One task with its area as GeoJSON. Index: collection_task_pkey.
SELECT task_id, title, kind, commune_code, named, state, assigned_to, due_on, note, version,
       created_by, created_at, changed_at, closed_at, ST_AsGeoJSON(area, 7) AS area
FROM collection_task WHERE task_id = %(task_id)s::uuid;

-- lock_task --
-- Records of it may come in meanwhile. Index: collection_task_pkey.
SELECT state, version, commune_code FROM collection_task WHERE task_id = %(task_id)s::uuid
FOR NO KEY UPDATE;

-- change_task --
-- All of what may change. Index: collection_task_pkey.
UPDATE collection_task
SET title = %(title)s, assigned_to = %(assigned_to)s::text, due_on = %(due_on)s::date,
    note = %(note)s::text, state = %(state)s, changed_at = %(at)s::timestamptz,
    closed_at = CASE WHEN %(state)s = 'closed' THEN coalesce(closed_at, %(at)s::timestamptz) END,
    version = version + 1
WHERE task_id = %(task_id)s::uuid;

-- tasks_naming --
-- Tasks whose title or note names somebody, locked; records of them may come in meanwhile. patterns:
-- of ILIKE. Once in a person's erasure: the whole table.
SELECT task_id, title, note, named FROM collection_task
WHERE title ILIKE any(%(patterns)s::text[]) OR note ILIKE any(%(patterns)s::text[])
ORDER BY task_id FOR NO KEY UPDATE;

-- put_cut_task --
-- What is left of its words; devices take the task anew. Index: collection_task_pkey.
UPDATE collection_task SET title = %(title)s, note = %(note)s::text, version = version + 1
WHERE task_id = %(task_id)s::uuid;

-- tasks --
-- Tasks before another (NULL: the newest), the newest first; of a commune, state, person (NULL:
-- any) or nobody (unassigned), within present communes (text[], NULL: everywhere).
-- Index: collection_task_commune_idx.
SELECT task_id, title, kind, commune_code, named, state, assigned_to, due_on, note, version,
       created_by, created_at, changed_at, closed_at
FROM collection_task
WHERE (%(before)s::uuid IS NULL OR (created_at, task_id) < (
          SELECT created_at, task_id FROM collection_task WHERE task_id = %(before)s::uuid))
  AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(assigned_to)s::text IS NULL OR assigned_to = %(assigned_to)s)
  AND (NOT %(unassigned)s OR assigned_to IS NULL)
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
ORDER BY created_at DESC, task_id DESC LIMIT %(limit)s;

-- tasks_for --
-- Open tasks of somebody (persons: text[], however called) or of nobody, within present communes
-- (text[], NULL: everywhere): their own first, then by due day. Index: collection_task_person_idx.
SELECT task_id, title, kind, commune_code, named, state, assigned_to, due_on, note, version,
       created_by, created_at, changed_at, closed_at
FROM collection_task
WHERE state = 'open' AND (assigned_to IS NULL OR assigned_to = any(%(persons)s::text[]))
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
ORDER BY assigned_to IS NULL, due_on NULLS LAST, created_at, task_id LIMIT %(limit)s;

-- open_named --
-- What open tasks of a commune are named after. Index: collection_task_commune_idx.
SELECT kind, named FROM collection_task
WHERE commune_code = %(commune)s AND state = 'open' AND named IS NOT NULL;

-- localities --
-- Localities of living addresses of a commune as they are spelt, and how many have them; some
-- visibilities. Index: address_current_commune_idx, address_version_pkey.
SELECT part ->> 0 AS kind, part ->> 1 AS name, count(*) AS addresses
FROM address_current c
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'components' -> 'localities') AS part
WHERE c.commune_code = %(commune)s AND c.status = any(%(living)s::text[])
  AND c.visibility = any(%(visibilities)s::text[])
GROUP BY 1, 2;

-- streets --
-- The same of streets. Index: address_current_commune_idx, address_version_pkey.
SELECT v.document -> 'components' ->> 'thoroughfare' AS name, count(*) AS addresses
FROM address_current c
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.commune_code = %(commune)s AND c.status = any(%(living)s::text[])
  AND c.visibility = any(%(visibilities)s::text[])
  AND v.document -> 'components' ? 'thoroughfare'
GROUP BY 1;

-- members_commune --
-- Living addresses of a commune, and a mark that changes with any of them; some visibilities.
-- Index: address_current_commune_idx.
SELECT coalesce(array_agg(c.address_id), '{}') AS ids,
       bit_xor(hashint8extended(c.address_id, c.version)) AS mark
FROM address_current c
WHERE c.commune_code = %(commune)s AND c.status = any(%(living)s::text[])
  AND c.visibility = any(%(visibilities)s::text[]);

-- members_street --
-- The same of a street (base_key: see parsing.keys). Index: address_current_base_idx.
SELECT coalesce(array_agg(c.address_id), '{}') AS ids,
       bit_xor(hashint8extended(c.address_id, c.version)) AS mark
FROM address_current c
WHERE c.base_key = %(key)s AND c.commune_code = %(commune)s
  AND c.status = any(%(living)s::text[]) AND c.visibility = any(%(visibilities)s::text[]);

-- members_locality --
-- The same of a locality in all its spellings ([kind, name], jsonb[]).
-- Index: address_current_commune_idx, address_version_pkey.
SELECT coalesce(array_agg(c.address_id), '{}') AS ids,
       bit_xor(hashint8extended(c.address_id, c.version)) AS mark
FROM address_current c
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.commune_code = %(commune)s AND c.status = any(%(living)s::text[])
  AND c.visibility = any(%(visibilities)s::text[])
  AND EXISTS (SELECT FROM jsonb_array_elements(v.document -> 'components' -> 'localities') AS part
              WHERE part = any(%(spellings)s::jsonb[]));

-- members_polygon --
-- The same of what lies in the area of a task and its commune. Index: address_current_position_idx.
SELECT coalesce(array_agg(c.address_id), '{}') AS ids,
       bit_xor(hashint8extended(c.address_id, c.version)) AS mark
FROM collection_task t
JOIN address_current c ON ST_Intersects(c.position, t.area)
WHERE t.task_id = %(task_id)s::uuid AND c.commune_code = t.commune_code
  AND c.status = any(%(living)s::text[]) AND c.visibility = any(%(visibilities)s::text[]);

-- neighbours --
-- Living addresses that are not of the area (ids: bigint[]), near to it (area: GeoJSON,
-- EPSG:4326) or, where it has none, to its addresses; of those within present communes (text[],
-- NULL: everywhere) of some visibilities, elsewhere public ones in use. near_deg: degrees.
-- Points are put together by cells of some 20 m first: a few metres more than asked are taken.
-- Index: address_current_pkey, address_current_position_idx.
WITH around AS MATERIALIZED (
    SELECT CASE WHEN %(area)s::text IS NOT NULL
                THEN ST_Buffer(ST_GeomFromGeoJSON(%(area)s::text), %(near_deg)s, 'quad_segs=2')
                ELSE (SELECT ST_Buffer(ST_Collect(DISTINCT ST_SnapToGrid(position, 0.0002)),
                                       %(near_deg)s + 0.00015, 'quad_segs=2')
                      FROM address_current WHERE address_id = any(%(ids)s::bigint[])) END AS shape)
SELECT coalesce(array_agg(address_id), '{}') AS ids,
       bit_xor(hashint8extended(address_id, version)) AS mark
FROM (
    SELECT c.address_id, c.version
    FROM around a JOIN address_current c ON ST_Intersects(c.position, a.shape)
    WHERE c.address_id <> all(%(ids)s::bigint[]) AND c.status = any(%(living)s::text[])
      AND CASE WHEN %(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[])
               THEN c.visibility = any(%(visibilities)s::text[])
               ELSE c.visibility = 'public' AND c.status = 'current' END
    ORDER BY c.address_id LIMIT %(limit)s) AS near;

-- visits_mark --
-- A number that changes with any record about some addresses (bigint[]).
-- Index: submission_address_idx.
SELECT count(*) AS count, max(change_number) AS newest
FROM submission WHERE address_id = any(%(ids)s::bigint[]);

-- package_rows --
-- Addresses (ids: bigint[]) as JSON arrays with commas between them, in the protocol's columns;
-- visited: state of the newest record since a moment, what is kept apart left out. Names of
-- private kinds only where is_full, and in areas (text[], NULL: everywhere). With it the streets
-- and localities named, and the box all lie in.
-- Index: address_current_pkey, address_version_pkey, submission_address_idx.
WITH newest AS (
    SELECT DISTINCT ON (address_id) address_id, state
    FROM submission
    WHERE address_id = any(%(ids)s::bigint[]) AND state <> 'quarantined'
      AND made_at >= %(since)s::timestamptz
    ORDER BY address_id, made_at DESC, change_number DESC
), found AS MATERIALIZED (
    SELECT c.address_id, coalesce(a.code, 'p' || c.address_id) AS ref, c.version, c.status, c.kind,
           v.document -> 'components' AS parts, c.position, v.document -> 'position' -> 2 AS off_m,
           CASE WHEN c.kind <> all(%(private)s::text[])
                     OR (%(is_full)s AND (%(areas)s::text[] IS NULL
                                          OR c.commune_code = any(%(areas)s::text[])))
                THEN v.document -> 'name' END AS name,
           n.state AS visited
    FROM address_current c
    JOIN address a ON a.address_id = c.address_id
    JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
        AND v.recorded_to IS NULL
    LEFT JOIN newest n ON n.address_id = c.address_id
    WHERE c.address_id = any(%(ids)s::bigint[])
)
SELECT string_agg(json_build_array(
           ref, version, status, kind, parts -> 'house_number', parts -> 'thoroughfare',
           coalesce(parts -> 'localities', '[]'), parts -> 'unit', parts -> 'floor',
           parts -> 'building', name, round(ST_X(position)::numeric, 7),
           round(ST_Y(position)::numeric, 7), off_m, %(in_task)s::boolean, visited)::text, ','
           ORDER BY address_id) AS rows,
       count(*) AS count,
       (SELECT json_agg(DISTINCT parts ->> 'thoroughfare') FROM found
        WHERE parts ? 'thoroughfare')::text AS streets,
       (SELECT json_agg(DISTINCT part)
        FROM found, jsonb_array_elements(parts -> 'localities') AS part)::text AS localities,
       ST_XMin(ST_Extent(position)) AS west, ST_YMin(ST_Extent(position)) AS south,
       ST_XMax(ST_Extent(position)) AS east, ST_YMax(ST_Extent(position)) AS north
FROM found;

-- count_communes --
-- Living addresses of communes (text[]), of some visibilities.
-- Index: address_current_commune_idx.
SELECT c.commune_code, count(*) AS count FROM address_current c
WHERE c.commune_code = any(%(communes)s::text[]) AND c.status = any(%(living)s::text[])
  AND c.visibility = any(%(visibilities)s::text[])
GROUP BY 1;

-- count_streets --
-- The same of streets; keys, communes: arrays of one length. Index: address_current_base_idx.
SELECT s.commune_code, s.base_key, count(*) AS count
FROM unnest(%(communes)s::text[], %(keys)s::text[]) AS s (commune_code, base_key)
JOIN address_current c ON c.base_key = s.base_key COLLATE "C" AND c.commune_code = s.commune_code
WHERE c.status = any(%(living)s::text[]) AND c.visibility = any(%(visibilities)s::text[])
GROUP BY 1, 2;

-- count_polygons --
-- The same of what lies in drawn areas of tasks (uuid[]) and their communes.
-- Index: collection_task_pkey, address_current_position_idx.
SELECT t.task_id, count(*) AS count
FROM collection_task t
JOIN address_current c ON ST_Intersects(c.position, t.area)
WHERE t.task_id = any(%(tasks)s::uuid[]) AND c.commune_code = t.commune_code
  AND c.status = any(%(living)s::text[]) AND c.visibility = any(%(visibilities)s::text[])
GROUP BY 1;

-- progress --
-- What was done in tasks (uuid[]): records, and addresses by the newest record about each; what is
-- kept apart counts only as that. Index: submission_task_idx, address_current_pkey.
WITH said AS MATERIALIZED (
    SELECT task_id, address_id, act, state, waits_for, made_at, change_number
    FROM submission WHERE task_id = any(%(tasks)s::uuid[])
), newest AS (
    SELECT DISTINCT ON (task_id, address_id) task_id, address_id, act
    FROM said WHERE address_id IS NOT NULL AND state NOT IN ('refused', 'quarantined')
    ORDER BY task_id, address_id, made_at DESC, change_number DESC
), visits AS (
    SELECT n.task_id, count(*) FILTER (WHERE c.status = any(%(living)s::text[])) AS visited,
           count(*) FILTER (WHERE n.act = 'correct') AS corrected,
           count(*) FILTER (WHERE n.act = 'gone') AS gone,
           count(*) FILTER (WHERE n.act = 'nobody-home') AS nobody_home
    FROM newest n JOIN address_current c USING (address_id) GROUP BY 1
), records AS (
    SELECT task_id, count(*) AS records,
           count(*) FILTER (WHERE act = 'add' AND state IN ('received', 'accepted', 'needs-you'))
               AS new,
           count(*) FILTER (WHERE waits_for = 'review') AS waiting,
           count(*) FILTER (WHERE state = 'needs-you') AS sent_back,
           count(*) FILTER (WHERE state = 'refused') AS refused,
           count(*) FILTER (WHERE state = 'quarantined') AS kept_apart,
           max(made_at) AS last_at
    FROM said GROUP BY 1)
SELECT r.*, coalesce(v.visited, 0) AS visited, coalesce(v.corrected, 0) AS corrected,
       coalesce(v.gone, 0) AS gone, coalesce(v.nobody_home, 0) AS nobody_home
FROM records r LEFT JOIN visits v USING (task_id);

-- collecting_devices --
-- Devices records came from between two moments; of a commune (NULL: any), within present communes
-- (text[], NULL: everywhere). Index: submission_received_idx.
SELECT DISTINCT device FROM submission
WHERE received_at >= %(since)s::timestamptz AND received_at < %(until)s::timestamptz
  AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]));

-- quality --
-- Figures of collectors of the same records; devices, holders: arrays of one length. Corrected: a
-- supervisor chose another value than the collector's. Review: from arrival to the decision of a
-- person. Index: submission_received_idx, submission_revision_pkey, submission_conflict_pkey.
SELECT h.holder, count(DISTINCT s.device) AS devices, count(*) AS records,
       count(*) FILTER (WHERE s.state = 'accepted' AND k.submission_id IS NULL) AS unchanged,
       count(*) FILTER (WHERE s.state = 'accepted' AND k.submission_id IS NOT NULL) AS corrected,
       count(*) FILTER (WHERE s.waits_for IS NOT NULL) AS waiting,
       count(*) FILTER (WHERE s.state = 'needs-you') AS sent_back,
       count(*) FILTER (WHERE s.state = 'refused') AS refused,
       count(*) FILTER (WHERE s.state = 'quarantined') AS kept_apart,
       count(*) FILTER (WHERE f.slugs ? 'overridden') AS overridden,
       count(*) FILTER (WHERE f.slugs ? 'impossible-movement') AS impossible,
       count(*) FILTER (WHERE f.slugs ? 'clock-off') AS clock_off,
       count(*) FILTER (WHERE f.slugs ?| ARRAY['duplicate-near', 'number-taken']) AS duplicates,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY s.accuracy_m) AS accuracy_m,
       percentile_cont(0.5) WITHIN GROUP (
           ORDER BY CASE WHEN s.decided_by ~ '^(account|oidc|cli):'
                         THEN extract(epoch FROM s.decided_at - s.received_at) END) AS review_s
FROM submission s
JOIN unnest(%(devices)s::text[], %(holders)s::text[]) AS h (device, holder) USING (device)
JOIN submission_revision r ON r.submission_id = s.submission_id AND r.revision = s.revision
CROSS JOIN LATERAL (SELECT jsonb_path_query_array(r.findings, '$[*].slug') AS slugs) AS f
LEFT JOIN (SELECT DISTINCT submission_id, revision FROM submission_conflict
           WHERE chosen <> 'collected') AS k
    ON k.submission_id = s.submission_id AND k.revision = s.revision
WHERE s.received_at >= %(since)s::timestamptz AND s.received_at < %(until)s::timestamptz
  AND (%(commune)s::text IS NULL OR s.commune_code = %(commune)s)
  AND (%(areas)s::text[] IS NULL OR s.commune_code = any(%(areas)s::text[]))
GROUP BY 1 ORDER BY count(*) DESC, 1;

-- records_of_task --
-- Records of a task about a place on the map, the newest first; what is kept apart too.
-- Index: submission_task_idx.
SELECT s.submission_id, s.act, s.state, s.waits_for, s.made_at, s.received_at, s.device, s.note,
       s.address_id, a.code, ST_X(s.position) AS lon, ST_Y(s.position) AS lat
FROM submission s LEFT JOIN address a ON a.address_id = s.address_id
WHERE s.task_id = %(task_id)s::uuid
ORDER BY s.made_at DESC, s.submission_id LIMIT %(limit)s;

-- communes --
-- Communes addresses are given codes in. Some hundreds of rows: the whole table.
SELECT DISTINCT commune_code FROM code_prefix;
