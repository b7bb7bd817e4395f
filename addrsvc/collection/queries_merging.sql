-- lock_record --
-- Hold a record until the end of the transaction. Index: submission_pkey.
SELECT submission_id FROM submission WHERE submission_id = %(record)s::uuid FOR UPDATE;

-- records --
-- Some records (uuid[]) with their newest revisions in the order asked, within present communes
-- (text[], NULL: everywhere). Index: submission_pkey, submission_revision_pkey.
SELECT s.submission_id, s.device, s.carried_by, s.task_id, s.act, s.revision, s.state, s.waits_for,
       s.commune_code, s.address_id, s.code, s.made_at, s.received_at, s.decided_at, s.decided_by,
       s.note, s.has_private, s.change_number, s.version, r.payload, r.findings, r.merge
FROM unnest(%(records)s::uuid[]) WITH ORDINALITY AS asked (submission_id, place)
JOIN submission s USING (submission_id)
JOIN submission_revision r ON r.submission_id = s.submission_id AND r.revision = s.revision
WHERE %(areas)s::text[] IS NULL OR s.commune_code = any(%(areas)s::text[])
ORDER BY asked.place;

-- merged_before --
-- The last revision before this one that was merged, and its fields somebody chose.
-- Index: submission_revision_pkey, submission_conflict_pkey.
SELECT r.payload, r.merge,
       ARRAY(SELECT c.field FROM submission_conflict c
             WHERE c.submission_id = r.submission_id AND c.revision = r.revision
               AND c.chosen IS NOT NULL) AS chosen
FROM submission_revision r
WHERE r.submission_id = %(record)s::uuid AND r.revision < %(revision)s AND r.merge IS NOT NULL
ORDER BY r.revision DESC LIMIT 1;

-- is_in_task --
-- Whether a point lies in the area of a task or within so many metres of it; of one whose area is
-- its commune's, only which commune. lon, lat: EPSG:4326 degrees. Index: collection_task_pkey.
SELECT commune_code,
       area IS NULL OR ST_DWithin(area::geography,
           ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography, %(metres)s) AS is_inside
FROM collection_task WHERE task_id = %(task)s::uuid;

-- put_conflicts --
-- Fields said otherwise, of a revision; arrays of one length: fields text[], base, registered,
-- collected jsonb[]. What somebody chose stays. Index: submission_conflict_pkey.
INSERT INTO submission_conflict AS c (submission_id, revision, field, base, registered, collected)
SELECT %(record)s::uuid, %(revision)s, f.field, f.base, f.registered, f.collected
FROM unnest(%(fields)s::text[], %(base)s::jsonb[], %(registered)s::jsonb[],
            %(collected)s::jsonb[]) AS f (field, base, registered, collected)
ON CONFLICT (submission_id, revision, field) DO UPDATE
SET base = excluded.base, registered = excluded.registered, collected = excluded.collected
WHERE c.chosen IS NULL;

-- conflicts_of --
-- Conflicts of the newest revisions of some records (uuid[]), decided or not.
-- Index: submission_conflict_pkey.
SELECT c.submission_id, c.field, c.base, c.registered, c.collected, c.chosen, c.chosen_by
FROM submission_conflict c
JOIN submission s ON s.submission_id = c.submission_id AND s.revision = c.revision
WHERE c.submission_id = any(%(records)s::uuid[])
ORDER BY c.submission_id, c.field;

-- choose --
-- What somebody chose of the conflicts of a revision; arrays of one length. What was chosen
-- before stays. Index: submission_conflict_pkey.
UPDATE submission_conflict c SET chosen = g.chosen, chosen_by = %(principal)s, chosen_at = %(at)s
FROM unnest(%(fields)s::text[], %(chosen)s::text[]) AS g (field, chosen)
WHERE c.submission_id = %(record)s::uuid AND c.revision = %(revision)s AND c.field = g.field
  AND c.chosen IS NULL;

-- unchoose --
-- The conflicts of a revision are open again. Index: submission_conflict_pkey.
UPDATE submission_conflict SET chosen = NULL, chosen_by = NULL, chosen_at = NULL
WHERE submission_id = %(record)s::uuid AND revision = %(revision)s;

-- settle --
-- Where a record that is held stands now, with what was found about its newest revision and how it
-- was merged. The last statement of its transaction: it takes the lock of the device's changes.
-- Index: submission_pkey, submission_revision_pkey.
WITH outcome AS (
    UPDATE submission_revision SET findings = %(findings)s, merge = %(merge)s
    WHERE submission_id = %(record)s::uuid AND revision = %(revision)s)
UPDATE submission
SET state = %(state)s, waits_for = %(waits_for)s::text, address_id = %(address_id)s::bigint,
    commune_code = coalesce(commune_code, %(commune)s::text),
    decided_at = %(decided_at)s::timestamptz, decided_by = %(decided_by)s::text,
    note = %(note)s::text, code = %(code)s::text, claimed_by = NULL, claimed_until = NULL,
    version = version + 1
WHERE submission_id = %(record)s::uuid;

-- lock_code --
-- One at a time speaks for a code; until the end of the transaction.
SELECT pg_advisory_xact_lock(731024, hashtext(%(code)s));

-- is_free_in_block --
-- Whether a code is of a block of a device or of another of its person, and no record or address has
-- it. Index: code_block_device_idx, submission_code_key, address_code_key.
SELECT EXISTS (
    SELECT FROM code_block
    WHERE device = any(ARRAY(
        SELECT %(device)s::text UNION SELECT its.key_id FROM api_key its JOIN api_key me USING (held_by)
        WHERE me.key_id = %(device)s::text AND its.kind = 'device'))
      AND %(code)s = any(codes))
   AND NOT EXISTS (SELECT FROM submission WHERE code = %(code)s)
   AND NOT EXISTS (SELECT FROM address WHERE code = %(code)s) AS is_free;

-- photos_of --
-- Photos some records (uuid[]) announce. Index: submission_photo_pkey.
SELECT submission_id, encode(sha256, 'hex') AS sha256, bytes, media_type, marks,
       whole_at IS NOT NULL AS is_whole, erased_at IS NOT NULL AS is_erased, fault
FROM submission_photo WHERE submission_id = any(%(records)s::uuid[])
ORDER BY submission_id, marks, sha256;

-- end_claims --
-- Index: submission_review_idx.
UPDATE submission SET claimed_by = NULL, claimed_until = NULL
WHERE claimed_by = %(principal)s AND (waits_for = 'review' OR state = 'quarantined');

-- claim_next --
-- Give the next records that wait to a supervisor until a moment, the oldest first; of a state,
-- commune, act, device, task, reason (slug of a finding, or 'conflict'; NULL: any), within present
-- communes (text[], NULL: everywhere).
-- Those somebody else looks at are passed over. Index: submission_review_idx.
WITH next AS MATERIALIZED (
    SELECT submission_id FROM submission
    WHERE (waits_for = 'review' OR state = 'quarantined')
      AND (claimed_until IS NULL OR claimed_until <= %(at)s)
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
      AND (%(act)s::text IS NULL OR act = %(act)s)
      AND (%(device)s::text IS NULL OR device = %(device)s)
      AND (%(task)s::uuid IS NULL OR task_id = %(task)s)
      AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
      AND (%(reason)s::text IS NULL OR EXISTS (
              SELECT FROM submission_revision r
              WHERE r.submission_id = submission.submission_id AND r.revision = submission.revision
                AND r.findings @> jsonb_build_array(jsonb_build_object('slug', %(reason)s::text)))
           OR %(reason)s = 'conflict' AND EXISTS (
              SELECT FROM submission_conflict c
              WHERE c.submission_id = submission.submission_id
                AND c.revision = submission.revision AND c.chosen IS NULL))
    ORDER BY received_at, submission_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE submission s SET claimed_by = %(principal)s, claimed_until = %(until)s
FROM next WHERE s.submission_id = next.submission_id
RETURNING s.submission_id, s.received_at;

-- count_waiting --
-- How many wait, counted up to ``most``; filters as above. Index: submission_review_idx.
SELECT count(*) AS count FROM (
    SELECT FROM submission
    WHERE (waits_for = 'review' OR state = 'quarantined')
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
      AND (%(act)s::text IS NULL OR act = %(act)s)
      AND (%(device)s::text IS NULL OR device = %(device)s)
      AND (%(task)s::uuid IS NULL OR task_id = %(task)s)
      AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
      AND (%(reason)s::text IS NULL OR EXISTS (
              SELECT FROM submission_revision r
              WHERE r.submission_id = submission.submission_id AND r.revision = submission.revision
                AND r.findings @> jsonb_build_array(jsonb_build_object('slug', %(reason)s::text)))
           OR %(reason)s = 'conflict' AND EXISTS (
              SELECT FROM submission_conflict c
              WHERE c.submission_id = submission.submission_id
                AND c.revision = submission.revision AND c.chosen IS NULL))
    LIMIT %(most)s) AS waiting;

-- count_decided --
-- How many a principal decided since a moment. Index: submission_decided_idx.
SELECT count(*) AS count FROM submission
WHERE decided_by = %(principal)s AND decided_at >= %(since)s;

-- left_undecided --
-- Records nobody decided, kept before a moment, for the worker: each is counted as tried, and not
-- given out again until then. Index: submission_pending_idx.
WITH next AS MATERIALIZED (
    SELECT submission_id FROM submission
    WHERE waits_for = 'register' AND received_at < %(before)s
      AND (tried_at IS NULL OR tried_at < %(before)s)
    ORDER BY received_at, submission_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE submission s SET tries = tries + 1, tried_at = %(at)s
FROM next WHERE s.submission_id = next.submission_id
RETURNING s.submission_id, s.device, s.tries;

-- insert_block --
-- A block of codes for a device; nothing where one came of this request before.
-- Index: code_block_request_key.
INSERT INTO code_block (device, commune_code, prefix, start_counter, end_counter, codes, issued_at,
                        expires_at, request_key)
VALUES (%(device)s, %(commune)s, %(prefix)s, %(start)s, %(end)s, %(codes)s, %(issued_at)s,
        %(expires_at)s, %(request_key)s::text)
RETURNING block_id;

-- block_of_request --
-- The block that came of a request before. Index: code_block_request_key.
SELECT block_id, device, commune_code, prefix, start_counter, end_counter, codes, issued_at,
       expires_at, revoked_at
FROM code_block WHERE device = %(device)s AND request_key = %(request_key)s::text;

-- blocks_with_use --
-- Blocks of a device, the newest first, with the codes that are used: spoken for by a record, or
-- an address's. Index: code_block_device_idx, submission_code_key, address_code_key.
SELECT block_id, device, commune_code, prefix, start_counter, end_counter, codes, issued_at,
       expires_at, revoked_at,
       ARRAY(SELECT c.code FROM unnest(codes) AS c (code)
             WHERE EXISTS (SELECT FROM submission s WHERE s.code = c.code)
                OR EXISTS (SELECT FROM address a WHERE a.code = c.code)) AS used
FROM code_block WHERE device = %(device)s
ORDER BY block_id DESC LIMIT %(limit)s;

-- lock_device_blocks --
-- One request of a device for a block at a time; until the end of the transaction.
SELECT pg_advisory_xact_lock(731025, hashtext(%(device)s));

-- unused_codes --
-- How many codes a device holds in a commune that are not used and may be still.
-- Index: code_block_device_idx, submission_code_key.
SELECT count(*) AS count
FROM code_block b CROSS JOIN LATERAL unnest(b.codes) AS c (code)
WHERE b.device = %(device)s AND b.commune_code = %(commune)s AND b.expires_at > %(at)s
  AND b.revoked_at IS NULL
  AND NOT EXISTS (SELECT FROM submission s WHERE s.code = c.code);

-- blocks_ended --
-- Blocks whose time is over and whose end nobody told yet, with how many of their codes are used;
-- locked. at: timestamptz. Index: code_block_untold_idx.
SELECT block_id, device, commune_code, prefix, cardinality(codes) AS codes,
       (SELECT count(*) FROM unnest(codes) AS c (code)
        WHERE EXISTS (SELECT FROM submission s WHERE s.code = c.code)
           OR EXISTS (SELECT FROM address a WHERE a.code = c.code)) AS used
FROM code_block
WHERE told_at IS NULL AND least(expires_at, revoked_at) <= %(at)s
ORDER BY block_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- note_told --
-- ids: bigint[]. Index: code_block_pkey.
UPDATE code_block SET told_at = %(at)s WHERE block_id = any(%(ids)s::bigint[]);

-- end_blocks --
-- The blocks of a device that was revoked end with it. Index: code_block_device_idx.
UPDATE code_block SET revoked_at = %(at)s
WHERE device = %(device)s AND revoked_at IS NULL AND expires_at > %(at)s;

-- devices_with_blocks --
-- Devices that hold blocks which have not ended. Some hundreds. Index: code_block_untold_idx.
SELECT DISTINCT device FROM code_block
WHERE told_at IS NULL AND revoked_at IS NULL AND expires_at > %(at)s;
