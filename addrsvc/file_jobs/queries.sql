-- lock_owner --
-- Whoever adds to the jobs of one owner takes turns, until the end of the transaction.
SELECT pg_advisory_xact_lock(731021, hashtext(%(owner)s));

-- held --
-- How many jobs of an owner are not over, and the bytes of its files that lie here; those under
-- way count as declared. except: a job not to be counted, or NULL. Index: file_job_owner_idx.
SELECT count(*) FILTER (WHERE state NOT IN ('done', 'refused', 'failed', 'cancelled')) AS unfinished,
       coalesce(sum(input_bytes) FILTER (WHERE files_gone_at IS NULL), 0)::bigint AS bytes
FROM personal.file_job
WHERE owner = %(owner)s AND job_id IS DISTINCT FROM %(except)s::uuid;

-- insert_job --
-- A file begins to come; input_bytes: as declared, or NULL.
INSERT INTO personal.file_job (owner, scopes, areas, kind, file_name, options, state, input_bytes,
                               created_at, expires_at)
VALUES (%(owner)s, %(scopes)s, %(areas)s, %(kind)s, %(file_name)s, %(options)s, 'receiving',
        %(input_bytes)s, %(at)s, %(expires_at)s)
RETURNING job_id;

-- received --
-- The whole file is there; no row comes back where the job was ended meanwhile.
-- Index: file_job_pkey.
UPDATE personal.file_job
SET state = 'waiting', input_bytes = %(bytes)s, input_sha256 = %(sha256)s
WHERE job_id = %(job_id)s AND state = 'receiving'
RETURNING *;

-- forget_unreceived --
-- A file did not come whole, so there never was a job. Index: file_job_pkey.
DELETE FROM personal.file_job WHERE job_id = %(job_id)s AND state = 'receiving';

-- find_job --
-- One job of an owner. Index: file_job_pkey.
SELECT * FROM personal.file_job WHERE job_id = %(job_id)s AND owner = %(owner)s;

-- lock_job --
-- The same, against everybody who would change it. Index: file_job_pkey.
SELECT * FROM personal.file_job WHERE job_id = %(job_id)s AND owner = %(owner)s FOR UPDATE;

-- list_jobs --
-- Jobs of an owner, the latest first, behind one of them or from the first (NULL).
-- Index: file_job_owner_idx.
SELECT * FROM personal.file_job
WHERE owner = %(owner)s
  AND (%(before)s::uuid IS NULL OR (created_at, job_id) < (
      SELECT created_at, job_id FROM personal.file_job
      WHERE job_id = %(before)s AND owner = %(owner)s))
ORDER BY created_at DESC, job_id DESC
LIMIT %(limit)s;

-- watched --
-- Jobs that somebody watches. job_ids: uuid[]. Index: file_job_pkey.
SELECT * FROM personal.file_job WHERE job_id = any(%(job_ids)s::uuid[]);

-- paces --
-- Rows done of running jobs since a moment. job_ids: uuid[]. Index: file_job_part_pkey.
SELECT job_id, sum(rows)::bigint AS rows
FROM personal.file_job_part
WHERE job_id = any(%(job_ids)s::uuid[]) AND done_at > %(since)s
GROUP BY job_id;

-- ahead --
-- How many jobs wait for a worker and came before each of some. job_ids: uuid[].
-- Index: file_job_waiting_idx.
SELECT mine.job_id, count(other.job_id) AS ahead
FROM personal.file_job AS mine
LEFT JOIN personal.file_job AS other ON other.state = 'waiting' AND other.created_at < mine.created_at
WHERE mine.job_id = any(%(job_ids)s::uuid[])
GROUP BY mine.job_id;

-- start --
-- Its columns are chosen: it waits for a worker to cut it. Index: file_job_pkey.
UPDATE personal.file_job SET state = 'waiting', options = %(options)s, problem = NULL
WHERE job_id = %(job_id)s
RETURNING *;

-- cancel --
-- It ends, and its files are due. Index: file_job_pkey.
UPDATE personal.file_job SET state = 'cancelled', ended_at = %(at)s,
    expires_at = least(expires_at, %(at)s)
WHERE job_id = %(job_id)s
RETURNING *;

-- expire --
-- Its files are due now. Index: file_job_pkey.
UPDATE personal.file_job SET expires_at = least(expires_at, %(at)s)
WHERE job_id = %(job_id)s
RETURNING *;

-- files_gone --
-- No files of a job are left, nor the first rows that were shown of it. Index: file_job_pkey.
UPDATE personal.file_job SET files_gone_at = %(at)s, found = found - 'rows'
WHERE job_id = %(job_id)s AND files_gone_at IS NULL;

-- fail_late --
-- Jobs that are not over although their files are due. Index: file_job_expires_idx.
UPDATE personal.file_job SET state = 'failed', ended_at = %(at)s, problem = %(problem)s
WHERE files_gone_at IS NULL AND expires_at <= %(at)s
  AND state NOT IN ('receiving', 'done', 'refused', 'failed', 'cancelled')
RETURNING job_id, owner;

-- due --
-- Jobs whose files are to be deleted: at their time, and at once where they are of no more use.
-- Index: file_job_expires_idx.
SELECT job_id FROM personal.file_job
WHERE files_gone_at IS NULL
  AND (state IN ('cancelled', 'refused')
       OR (expires_at <= %(at)s AND state IN ('done', 'failed')))
ORDER BY expires_at
LIMIT %(limit)s;

-- receiving_since --
-- Files that began to come before a moment and are not whole yet. Index: file_job_expires_idx.
SELECT job_id, file_name FROM personal.file_job
WHERE files_gone_at IS NULL AND state = 'receiving' AND created_at < %(before)s;

-- with_files --
-- Which of some ids are jobs that may have files. job_ids: uuid[]. Index: file_job_pkey.
SELECT job_id FROM personal.file_job
WHERE job_id = any(%(job_ids)s::uuid[]) AND files_gone_at IS NULL;

-- forget_receipts --
-- Nothing is left of jobs that ended before a moment; their files went long before.
DELETE FROM personal.file_job
WHERE files_gone_at IS NOT NULL AND coalesce(ended_at, created_at) < %(before)s;
