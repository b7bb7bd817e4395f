-- file_job --
-- One job, whole. Index: primary key.
SELECT * FROM personal.file_job WHERE job_id = %(job_id)s;

-- lock_state --
-- How far a job is, held until the transaction ends. Index: primary key.
SELECT state, parts_written FROM personal.file_job WHERE job_id = %(job_id)s FOR UPDATE;

-- begin_checking --
-- A worker looks at the file; again after it was killed. Index: primary key.
UPDATE personal.file_job
SET state = 'checking', began_at = coalesce(began_at, %(now)s), problem = NULL
WHERE job_id = %(job_id)s AND state IN ('waiting', 'checking')
RETURNING state;

-- ask_columns --
-- Its owner is to say which columns mean what. Index: primary key.
UPDATE personal.file_job
SET state = 'needs_columns', found = %(found)s, problem = %(problem)s
WHERE job_id = %(job_id)s AND state = 'checking';

-- begin_running --
-- The file is cut into parts; without rows only the result is left. Index: primary key.
UPDATE personal.file_job
SET state = CASE WHEN %(rows)s::bigint > 0 THEN 'running' ELSE 'writing' END,
    found = %(found)s, rows_total = %(rows)s, parts = %(parts)s, rows_done = 0, counts = '{}',
    parts_written = 0, written_to = 0, event_first = %(event)s
WHERE job_id = %(job_id)s;

-- parts_left --
-- Parts of a lane that are not done. Index: primary key of parts.
SELECT wanted.part
FROM generate_series(%(lane)s::integer, %(parts)s::integer - 1, %(lanes)s::integer)
    AS wanted (part)
WHERE NOT EXISTS (
    SELECT FROM personal.file_job_part AS done
    WHERE done.job_id = %(job_id)s AND done.part = wanted.part)
ORDER BY wanted.part;

-- add_part --
-- A part is done; nothing where somebody did it before.
INSERT INTO personal.file_job_part (job_id, part, rows, done_at)
VALUES (%(job_id)s, %(part)s, %(rows)s, %(now)s)
ON CONFLICT DO NOTHING;

-- count_part --
-- Count the rows of a part just added, by what became of them; the last one ends the running.
-- The row is locked. Index: primary key.
UPDATE personal.file_job AS job
SET rows_done = rows_done + %(rows)s,
    state = CASE WHEN rows_done + %(rows)s >= rows_total THEN 'writing' ELSE state END,
    counts = (
        SELECT jsonb_object_agg(status, rows)
        FROM (SELECT status, sum(rows::bigint) AS rows
              FROM (SELECT * FROM jsonb_each_text(job.counts)
                    UNION ALL SELECT * FROM jsonb_each_text(%(counts)s::jsonb))
                   AS each (status, rows)
              GROUP BY status) AS summed)
WHERE job_id = %(job_id)s
RETURNING state;

-- rows_of_parts --
-- How many rows each part has. Index: primary key of parts.
SELECT rows FROM personal.file_job_part WHERE job_id = %(job_id)s ORDER BY part;

-- note_written --
-- How far the result is on the disk. Index: primary key.
UPDATE personal.file_job SET parts_written = %(parts)s, written_to = %(position)s
WHERE job_id = %(job_id)s AND state = 'writing' AND parts_written = %(before)s;

-- finish --
-- The result is whole: its receipt. Index: primary key.
UPDATE personal.file_job
SET state = 'done', ended_at = %(now)s, result_name = %(name)s, result_bytes = %(bytes)s,
    result_sha256 = %(sha256)s, event_last = %(event)s
WHERE job_id = %(job_id)s AND state = 'writing';

-- give_up --
-- End a job that is not over, and say why. Index: primary key.
UPDATE personal.file_job
SET state = %(state)s, problem = %(problem)s, ended_at = %(now)s
WHERE job_id = %(job_id)s AND state IN ('waiting', 'checking', 'running', 'writing');

-- under_way --
-- Jobs that workers are to go on with, and the lanes there are. Few at a time: a scan.
SELECT job_id, owner, state, coalesce((found ->> 'lanes')::integer, 1) AS lanes
FROM personal.file_job
WHERE state IN ('waiting', 'checking', 'running', 'writing');
