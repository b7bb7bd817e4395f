-- list_all --
-- Jobs of all owners, the latest first, for operators; not_over: only those that are not over.
SELECT * FROM personal.file_job
WHERE NOT %(not_over)s::boolean OR state NOT IN ('done', 'refused', 'failed', 'cancelled')
ORDER BY created_at DESC, job_id DESC
LIMIT %(limit)s;

-- find_any --
-- A job, whoever owns it, against everybody who would change it. Index: file_job_pkey.
SELECT * FROM personal.file_job WHERE job_id = %(job_id)s FOR UPDATE;
