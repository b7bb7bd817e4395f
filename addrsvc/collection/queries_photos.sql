-- photo_announced --
-- A photo a record announced, and whose record it is. Index: submission_photo_pkey.
SELECT p.submission_id, p.sha256, p.bytes, p.media_type, p.whole_at, p.erased_at, p.fault,
       p.kept_sha256, p.kept_media_type, s.device, s.commune_code
FROM submission s
LEFT JOIN submission_photo p ON p.submission_id = s.submission_id AND p.sha256 = %(sha256)s::bytea
WHERE s.submission_id = %(submission_id)s::uuid;

-- photos_of --
-- Photos of records (ids: uuid[]), those of each in the order they were taken. Index:
-- submission_photo_pkey.
SELECT submission_id, sha256, bytes, media_type, marks, taken_at, whole_at, erased_at, fault
FROM submission_photo WHERE submission_id = any(%(ids)s::uuid[])
ORDER BY submission_id, taken_at NULLS LAST, sha256;

-- lock_record --
-- Index: submission_pkey.
SELECT FROM submission WHERE submission_id = %(submission_id)s::uuid FOR UPDATE;

-- note_whole --
-- All of a photo is here; nothing where that was known. Index: submission_photo_pkey.
UPDATE submission_photo
SET whole_at = %(at)s, fault = %(fault)s::text, kept_sha256 = %(kept_sha256)s::bytea,
    kept_media_type = %(kept_media_type)s::text
WHERE submission_id = %(submission_id)s::uuid AND sha256 = %(sha256)s::bytea AND whole_at IS NULL;

-- note_change --
-- The device is to be told of the record anew. Index: submission_pkey.
UPDATE submission SET change_number = nextval('submission_change_seq')
WHERE submission_id = %(submission_id)s::uuid;

-- bytes_today --
-- Bytes of photos a device sent on a day of Vietnam. Index: photo_day_pkey.
SELECT bytes FROM photo_day WHERE device = %(device)s AND day = %(day)s::date;

-- add_bytes --
-- Index: photo_day_pkey.
INSERT INTO photo_day (device, day, bytes) VALUES (%(device)s, %(day)s::date, %(bytes)s::bigint)
ON CONFLICT (device, day) DO UPDATE SET bytes = photo_day.bytes + excluded.bytes;

-- forget_days --
-- Days before one. Walks the table, of which a row stands for a day of a device; once a day.
DELETE FROM photo_day WHERE day < %(before)s::date;

-- due_photos --
-- Photos of records decided for good before a moment. Index: submission_photo_here_idx.
SELECT p.submission_id, p.sha256
FROM submission_photo p JOIN submission s USING (submission_id)
WHERE p.whole_at IS NOT NULL AND p.erased_at IS NULL
  AND s.state IN ('accepted', 'refused') AND s.decided_at < %(before)s
ORDER BY p.whole_at LIMIT %(limit)s;

-- note_erased --
-- Index: submission_photo_pkey.
UPDATE submission_photo SET erased_at = %(at)s
WHERE submission_id = %(submission_id)s::uuid AND sha256 = %(sha256)s::bytea;

-- with_photos --
-- What is known of photos of records (ids: uuid[]). Index: submission_photo_pkey.
SELECT s.submission_id, p.sha256, p.erased_at,
       p.kept_sha256 IS DISTINCT FROM p.sha256 AND p.whole_at IS NOT NULL AS is_rewritten
FROM submission s LEFT JOIN submission_photo p USING (submission_id)
WHERE s.submission_id = any(%(ids)s::uuid[]);
