-- defer --
-- Leave a job. Not through the library's function: a violated queueing lock would end the caller's
-- transaction. The update, of nothing but the time, locks the job that waits until the caller
-- commits: no worker begins it without seeing what the caller wrote.
INSERT INTO queue.procrastinate_jobs AS waiting
    (queue_name, task_name, args, lock, queueing_lock, scheduled_at)
VALUES (%(queue)s, %(task)s, %(args)s, %(lock)s, %(queueing_lock)s, %(at)s)
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO UPDATE
    SET scheduled_at = CASE
        WHEN waiting.scheduled_at IS NOT NULL AND excluded.scheduled_at IS NOT NULL
        THEN least(waiting.scheduled_at, excluded.scheduled_at) END
RETURNING id;

-- begin_job --
-- A job that runs no longer waits. Else it could not go back to waiting after an error once
-- another one with its queueing lock does, and would stand as running for ever.
UPDATE queue.procrastinate_jobs SET queueing_lock = NULL WHERE id = %(job_id)s;

-- enter_process --
-- A worker begins. Those that ended without saying so are forgotten after a day.
WITH forgotten AS (
    DELETE FROM queue.process WHERE heard_at < now() - interval '1 day'
)
INSERT INTO queue.process (machine, pid) VALUES (%(machine)s, %(pid)s)
RETURNING process_id;

-- hear_process --
-- A worker goes on.
UPDATE queue.process SET heard_at = now(), leads = %(leads)s, failing = %(failing)s
WHERE process_id = %(process_id)s;

-- leave_process --
-- A worker ends as it should.
DELETE FROM queue.process WHERE process_id = %(process_id)s;

-- record_work --
-- All that happens by itself, names and the rest side by side.
INSERT INTO queue.work (name, kind, cron, purpose_vi, purpose_en)
SELECT * FROM unnest(%(names)s::text[], %(kinds)s::text[], %(crons)s::text[],
    %(purposes_vi)s::text[], %(purposes_en)s::text[])
ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, cron = excluded.cron,
    purpose_vi = excluded.purpose_vi, purpose_en = excluded.purpose_en;

-- forget_work --
-- What no longer happens by itself.
DELETE FROM queue.work WHERE name <> ALL (%(names)s::text[]);
