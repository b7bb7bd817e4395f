-- submissions --
-- Records before another (NULL: the newest), those that came last first; of a state, commune,
-- task, device, act, or by what they wait for (NULL: any), within present communes (text[], NULL:
-- everywhere). Index: submission_received_idx.
SELECT submission_id, device, carried_by, task_id, act, revision, state, waits_for, commune_code,
       address_id, code, made_at, received_at, decided_at, decided_by, note, has_private,
       change_number, version
FROM submission
WHERE (%(before)s::uuid IS NULL OR (received_at, submission_id) < (
          SELECT received_at, submission_id FROM submission
          WHERE submission_id = %(before)s::uuid))
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(waits_for)s::text IS NULL OR waits_for = %(waits_for)s)
  AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
  AND (%(task)s::uuid IS NULL OR task_id = %(task)s::uuid)
  AND (%(device)s::text IS NULL OR device = %(device)s)
  AND (%(act)s::text IS NULL OR act = %(act)s)
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
ORDER BY received_at DESC, submission_id DESC LIMIT %(limit)s;

-- observations --
-- Addresses after one (bigint) in the order of their ids, with the newest accepted record about each
-- that says how many rooms or households there are, or where the building is; of records of a
-- commune or task (NULL: any), within present communes (text[], NULL: everywhere), of some
-- visibilities. Index: submission_address_idx, submission_task_idx, submission_revision_pkey,
-- address_current_pkey, address_version_pkey.
SELECT each.address_id, coalesce(a.code, 'p' || a.address_id) AS ref, c.status, c.kind,
       c.commune_code, v.document -> 'components' ->> 'house_number' AS house_number,
       v.document -> 'components' ->> 'thoroughfare' AS thoroughfare,
       (SELECT string_agg(part ->> 1, '; ' ORDER BY place)
        FROM jsonb_array_elements(v.document -> 'components' -> 'localities')
            WITH ORDINALITY AS one (part, place)) AS localities,
       ST_X(c.position) AS lon, ST_Y(c.position) AS lat,
       (v.document -> 'position' ->> 2)::float8 AS accuracy_m,
       v.document -> 'position' ->> 4 AS marks,
       (said.building ->> 'lon')::float8 AS building_lon,
       (said.building ->> 'lat')::float8 AS building_lat,
       (said.building ->> 'accuracy_m')::float8 AS building_accuracy_m,
       (said.counts ->> 'rooms')::integer AS rooms,
       (said.counts ->> 'households')::integer AS households, said.made_at,
       said.submission_id AS record, said.task_id AS task
FROM (
    SELECT DISTINCT s.address_id FROM submission s
    WHERE s.address_id > %(after)s AND s.state = 'accepted' AND s.act IN ('add', 'correct')
      AND (%(commune)s::text IS NULL OR s.commune_code = %(commune)s)
      AND (%(task)s::uuid IS NULL OR s.task_id = %(task)s::uuid)
      AND (%(areas)s::text[] IS NULL OR s.commune_code = any(%(areas)s::text[]))
    ORDER BY s.address_id) AS each
CROSS JOIN LATERAL (
    SELECT s.submission_id, s.task_id, s.made_at, p.counts, p.building
    FROM submission s
    JOIN submission_revision r ON r.submission_id = s.submission_id AND r.revision = s.revision
    CROSS JOIN LATERAL (SELECT r.payload::json -> 'counts' AS counts,
                               r.payload::json -> 'building' AS building) AS p
    WHERE s.address_id = each.address_id AND s.state = 'accepted' AND s.act IN ('add', 'correct')
      AND (%(commune)s::text IS NULL OR s.commune_code = %(commune)s)
      AND (%(task)s::uuid IS NULL OR s.task_id = %(task)s::uuid)
      AND (%(areas)s::text[] IS NULL OR s.commune_code = any(%(areas)s::text[]))
      AND coalesce(p.counts ->> 'rooms', p.counts ->> 'households', p.building ->> 'lon')
          IS NOT NULL
    ORDER BY s.made_at DESC, s.change_number DESC LIMIT 1) AS said
JOIN address a ON a.address_id = each.address_id
JOIN address_current c ON c.address_id = each.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
    AND v.recorded_to IS NULL
WHERE c.visibility = any(%(visibilities)s::text[])
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
ORDER BY each.address_id LIMIT %(limit)s;
