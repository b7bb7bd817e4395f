-- lock_submission --
-- A record as it stands, held. Index: submission_pkey.
SELECT device, carried_by, act, revision, state, waits_for, address_id, code, commune_code,
       has_private, private_revision
FROM submission WHERE submission_id = %(record)s::uuid FOR UPDATE;

-- insert_submission --
-- A record nobody sent before; nothing where somebody did at this very moment. Its code is spoken
-- for afterwards (claim_code). lon, lat: EPSG:4326 degrees, NULL: none. Index: submission_pkey,
-- collection_task_pkey.
INSERT INTO submission (submission_id, device, carried_by, task_id, act, revision, state,
                        waits_for, commune_code, address_id, position, accuracy_m,
                        position_method, made_at, received_at, has_private)
VALUES (%(record)s::uuid, %(device)s, %(carried_by)s::text,
        (SELECT task_id FROM collection_task WHERE task_id = %(task)s::uuid), %(act)s,
        %(revision)s, %(state)s, %(waits_for)s::text, %(commune)s::text, %(address_id)s::bigint,
        ST_SetSRID(ST_MakePoint(%(lon)s::double precision, %(lat)s::double precision), 4326),
        %(accuracy_m)s::double precision, %(method)s::text, %(made_at)s, %(at)s, %(has_private)s)
ON CONFLICT (submission_id) DO NOTHING
RETURNING change_number;

-- replace_revision --
-- The record as its newest revision says; what it waited for, it waits for anew. The record is
-- locked. Index: submission_pkey, collection_task_pkey.
UPDATE submission
SET carried_by = %(carried_by)s::text,
    task_id = (SELECT task_id FROM collection_task WHERE task_id = %(task)s::uuid),
    act = %(act)s, revision = %(revision)s, state = %(state)s, waits_for = %(waits_for)s::text,
    commune_code = %(commune)s::text, address_id = %(address_id)s::bigint, code = %(code)s::text,
    position = ST_SetSRID(ST_MakePoint(%(lon)s::double precision, %(lat)s::double precision),
                          4326),
    accuracy_m = %(accuracy_m)s::double precision, position_method = %(method)s::text,
    made_at = %(made_at)s, received_at = %(at)s, has_private = %(has_private)s,
    decided_at = NULL, decided_by = NULL, claimed_by = NULL, claimed_until = NULL,
    tries = 0, tried_at = NULL, version = version + 1
WHERE submission_id = %(record)s::uuid
RETURNING change_number;

-- take_from_carrier --
-- What somebody brought by hand, and its device sent too: it is the device's. Index:
-- submission_pkey.
UPDATE submission SET carried_by = NULL, state = 'received', waits_for = 'register',
    version = version + 1
WHERE submission_id = %(record)s::uuid
RETURNING change_number;

-- revision_of --
-- One revision as it was sent. Index: submission_revision_pkey.
SELECT sha256 FROM submission_revision
WHERE submission_id = %(record)s::uuid AND revision = %(revision)s;

-- insert_revision --
-- payload: as it was sent; findings: jsonb list. Index: submission_revision_pkey.
INSERT INTO submission_revision (submission_id, revision, payload, sha256, received_at, findings)
VALUES (%(record)s::uuid, %(revision)s, %(payload)s, %(sha256)s, %(at)s, %(findings)s);

-- add_finding --
-- Add to what was found about a revision, where that is not said yet; the record is locked.
-- findings: jsonb list of one. Index: submission_revision_pkey.
UPDATE submission_revision SET findings = findings || %(findings)s::jsonb
WHERE submission_id = %(record)s::uuid AND revision = %(revision)s
  AND NOT findings @> %(findings)s::jsonb;

-- announce_photos --
-- Photos that will follow; of one announced before, what the newest revision says of it while it is
-- not whole. Arrays of one length: sha256 bytea[], bytes int[], media_type, marks text[], taken_at
-- timestamptz[]. Index: submission_photo_pkey.
INSERT INTO submission_photo (submission_id, sha256, bytes, media_type, marks, taken_at)
SELECT %(record)s::uuid, p.sha256, p.bytes, p.media_type, p.marks, p.taken_at
FROM unnest(%(sha256)s::bytea[], %(bytes)s::integer[], %(media_type)s::text[], %(marks)s::text[],
            %(taken_at)s::timestamptz[]) AS p (sha256, bytes, media_type, marks, taken_at)
ON CONFLICT (submission_id, sha256) DO UPDATE
SET bytes = excluded.bytes, media_type = excluded.media_type, marks = excluded.marks,
    taken_at = excluded.taken_at
WHERE %(is_newest)s AND submission_photo.whole_at IS NULL AND submission_photo.erased_at IS NULL;

-- lock_code --
-- One at a time speaks for a code; until the end of the transaction.
SELECT pg_advisory_xact_lock(731024, hashtext(%(code)s));

-- look_at_code --
-- Whether a code is of a block of a device, or of another that its person holds or held: of a phone
-- enrolled anew, what it was before. When that ended or ends, and which other record spoke for it.
-- Index: api_key_held_by_idx, code_block_device_idx, submission_code_key.
SELECT b.ends_at, other.submission_id AS used_by
FROM (SELECT 1) AS one
LEFT JOIN LATERAL (
    SELECT least(c.expires_at, c.revoked_at, k.revoked_at) AS ends_at
    FROM code_block c LEFT JOIN api_key k ON k.key_id = c.device
    WHERE c.device = any(ARRAY(
        SELECT %(device)s::text
        UNION SELECT its.key_id FROM api_key its JOIN api_key me USING (held_by)
        WHERE me.key_id = %(device)s::text AND its.kind = 'device'))
      AND %(code)s = any(c.codes) LIMIT 1) AS b ON true
LEFT JOIN submission other
    ON other.code = %(code)s AND other.submission_id <> %(record)s::uuid;

-- claim_code --
-- Speak for a code nobody spoke for; the code is locked. Index: submission_pkey.
UPDATE submission SET code = %(code)s WHERE submission_id = %(record)s::uuid;

-- stand_of --
-- Where a device stood when it made a record that waits for the register; none where the position
-- does not tell. Index: submission_pkey.
SELECT device, submission_id, revision, made_at, ST_X(position) AS lon, ST_Y(position) AS lat,
       accuracy_m
FROM submission
WHERE submission_id = %(record)s::uuid AND waits_for = 'register' AND position_method = 'gnss';

-- neighbours --
-- Where a device stood next before and next after a moment, in other records; in none that are kept
-- apart. at: timestamptz. Index: submission_device_made_idx.
(SELECT submission_id, revision, made_at, ST_X(position) AS lon, ST_Y(position) AS lat, accuracy_m
 FROM submission
 WHERE device = %(device)s AND made_at <= %(at)s AND position_method = 'gnss'
   AND state <> 'quarantined' AND submission_id <> %(record)s::uuid
 ORDER BY made_at DESC LIMIT 1)
UNION ALL
(SELECT submission_id, revision, made_at, ST_X(position) AS lon, ST_Y(position) AS lat, accuracy_m
 FROM submission
 WHERE device = %(device)s AND made_at > %(at)s AND position_method = 'gnss'
   AND state <> 'quarantined' AND submission_id <> %(record)s::uuid
 ORDER BY made_at LIMIT 1);

-- receipts --
-- Records (uuid[]) with the newest revision of each, in order of their last change.
-- Index: submission_pkey, submission_revision_pkey, submission_conflict_pkey.
SELECT s.submission_id, s.device, s.revision, s.state, s.waits_for, s.note, s.address_id,
       s.has_private, s.private_revision, s.decided_at, s.change_number,
       r.sha256, r.received_at, r.findings, r.payload, a.code
FROM submission s
JOIN submission_revision r ON r.submission_id = s.submission_id AND r.revision = s.revision
LEFT JOIN address a ON a.address_id = s.address_id
WHERE s.submission_id = any(%(records)s::uuid[])
ORDER BY s.change_number;

-- conflicts --
-- What is said otherwise by the register and the newest revision of records (uuid[]), undecided.
-- Index: submission_conflict_pkey.
SELECT c.submission_id, c.field, c.base, c.registered, c.collected
FROM submission_conflict c
JOIN submission s ON s.submission_id = c.submission_id AND s.revision = c.revision
WHERE c.submission_id = any(%(records)s::uuid[]) AND c.chosen IS NULL
ORDER BY c.submission_id, c.field;

-- changed_since --
-- Records of a device changed since a number, oldest change first.
-- Index: submission_device_change_idx.
SELECT submission_id, change_number FROM submission
WHERE device = %(device)s AND change_number > %(since)s
ORDER BY change_number LIMIT %(limit)s;

-- newest_change_of --
-- The newest change of records of a device. Index: submission_device_change_idx.
SELECT coalesce(max(change_number), 0) AS newest FROM submission WHERE device = %(device)s;

-- blocks_of --
-- Codes of a device that are not used, by block that has not ended. Index: code_block_device_idx,
-- submission_code_key.
SELECT b.commune_code, b.expires_at,
       (SELECT count(*) FROM unnest(b.codes) AS c (code)
        WHERE NOT EXISTS (SELECT FROM submission s WHERE s.code = c.code)) AS unused
FROM code_block b
WHERE b.device = %(device)s AND b.expires_at > %(at)s AND b.revoked_at IS NULL
ORDER BY b.block_id;

-- note_private --
-- The private part of a revision came. The record is locked. Index: submission_pkey.
UPDATE submission SET private_revision = %(revision)s WHERE submission_id = %(record)s::uuid;

-- hold_naming --
-- Hold the records that name somebody and all with something noted of people, in order of identity.
-- patterns: of ILIKE. Rows opened before: submissions. Once in a person's erasure: the whole tables.
SELECT s.submission_id FROM submission s
WHERE s.note ILIKE any(%(patterns)s::text[])
   OR EXISTS (SELECT FROM submission_revision r
              WHERE r.submission_id = s.submission_id
                AND (r.payload ILIKE any(%(patterns)s::text[])
                     OR r.merge::text ILIKE any(%(patterns)s::text[])
                     OR r.findings::text ILIKE any(%(patterns)s::text[])))
   OR EXISTS (SELECT FROM submission_conflict c
              WHERE c.submission_id = s.submission_id
                AND (c.base::text ILIKE any(%(patterns)s::text[])
                     OR c.registered::text ILIKE any(%(patterns)s::text[])
                     OR c.collected::text ILIKE any(%(patterns)s::text[])))
   OR EXISTS (SELECT FROM personal.submission_private p WHERE p.submission_id = s.submission_id)
ORDER BY s.submission_id FOR UPDATE OF s;

-- revisions_naming --
-- What was sent that names somebody, and what came of it, locked. patterns: of ILIKE. Once in a
-- person's erasure: the whole table.
SELECT submission_id, revision, payload, merge, findings FROM submission_revision
WHERE payload ILIKE any(%(patterns)s::text[]) OR merge::text ILIKE any(%(patterns)s::text[])
   OR findings::text ILIKE any(%(patterns)s::text[])
ORDER BY submission_id, revision FOR UPDATE;

-- put_cut_revision --
-- The same without them; the hash stays that of what was sent. Index: submission_revision_pkey.
UPDATE submission_revision
SET payload = %(payload)s, merge = %(merge)s, findings = %(findings)s
WHERE submission_id = %(record)s::uuid AND revision = %(revision)s;

-- conflicts_naming --
-- patterns: of ILIKE. Once in a person's erasure: the whole table.
SELECT submission_id, revision, field, base, registered, collected FROM submission_conflict
WHERE base::text ILIKE any(%(patterns)s::text[]) OR registered::text ILIKE any(%(patterns)s::text[])
   OR collected::text ILIKE any(%(patterns)s::text[])
ORDER BY submission_id, revision, field FOR UPDATE;

-- put_cut_conflict --
-- Index: submission_conflict_pkey.
UPDATE submission_conflict
SET base = %(base)s, registered = %(registered)s, collected = %(collected)s
WHERE submission_id = %(submission_id)s::uuid AND revision = %(revision)s AND field = %(field)s;

-- notes_naming --
-- patterns: of ILIKE. Once in a person's erasure: the whole table.
SELECT submission_id, note FROM submission WHERE note ILIKE any(%(patterns)s::text[])
ORDER BY submission_id FOR UPDATE;

-- put_cut_note --
-- Index: submission_pkey.
UPDATE submission SET note = %(note)s WHERE submission_id = %(record)s::uuid;
