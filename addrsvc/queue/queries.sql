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

-- isolate_stalled --
-- Take what dead workers left under way to where each job runs alone: which of those that ran
-- side by side killed them, nobody knows. A queueing lock would forbid it where another job waits
-- with the same one. Errors are counted in attempts; this was none of the job's.
-- Index: idx_procrastinate_jobs_worker_not_null, procrastinate_workers' primary key.
UPDATE queue.procrastinate_jobs AS job
SET status = (CASE WHEN abort_requested THEN 'aborted' ELSE 'todo' END)
        ::queue.procrastinate_job_status,
    abort_requested = false,
    queue_name = 'isolated',
    queueing_lock = NULL,
    scheduled_at = NULL,
    worker_id = NULL
WHERE status = 'doing' AND NOT EXISTS (
    SELECT FROM queue.procrastinate_workers AS alive
    WHERE alive.id = job.worker_id
        AND alive.last_heartbeat >= now() - make_interval(secs => %(stalled_s)s))
RETURNING id, task_name AS task;

-- is_isolated_due --
-- Whether a job waits to be run alone.
SELECT EXISTS (
    SELECT FROM queue.procrastinate_jobs
    WHERE queue_name = 'isolated' AND status = 'todo'
        AND (scheduled_at IS NULL OR scheduled_at <= now())) AS is_due;

-- note_lone_deaths --
-- The process that ran one job alone was killed: count it against that job; park it in the end.
WITH dead AS (
    SELECT id FROM queue.procrastinate_jobs
    WHERE queue_name = 'isolated' AND status = 'doing'
    FOR UPDATE
), counted AS (
    INSERT INTO queue.lone_death AS known (job_id, deaths, last_at, is_parked)
    SELECT id, 1, now(), 1 >= %(most)s FROM dead
    ON CONFLICT (job_id) DO UPDATE SET deaths = known.deaths + 1, last_at = now(),
        is_parked = known.deaths + 1 >= %(most)s
    RETURNING job_id, deaths, is_parked
)
UPDATE queue.procrastinate_jobs AS job
SET status = (CASE WHEN is_parked THEN 'failed' ELSE 'todo' END)::queue.procrastinate_job_status,
    abort_requested = false,
    scheduled_at = now() + make_interval(secs => %(pause_s)s * deaths),
    worker_id = NULL
FROM counted
WHERE job.id = counted.job_id
RETURNING job.id, job.task_name AS task, deaths, is_parked;

-- list_jobs --
-- Jobs, newest first, with how far each is; NULL: of any state.
SELECT * FROM (
    SELECT job.id AS job_id, job.task_name AS task, job.queue_name AS queue,
        CASE WHEN death.is_parked AND job.status = 'failed' THEN 'parked'
             ELSE job.status::text END AS state,
        job.args, job.attempts, coalesce(death.deaths, 0) AS lone_deaths, job.lock,
        job.scheduled_at,
        (SELECT max(at) FROM queue.procrastinate_events AS event
         WHERE event.job_id = job.id AND event.type <> 'scheduled') AS changed_at
    FROM queue.procrastinate_jobs AS job
    LEFT JOIN queue.lone_death AS death ON death.job_id = job.id
    WHERE %(job_id)s::bigint IS NULL OR job.id = %(job_id)s
    ORDER BY job.id DESC
) AS found
WHERE %(states)s::text[] IS NULL OR state = ANY (%(states)s)
LIMIT %(limit)s;

-- list_standing --
-- Jobs of a task that wait, run, or were given up: few beside those done, which are deleted after
-- a week.
SELECT args, status::text AS state FROM queue.procrastinate_jobs
WHERE task_name = %(task)s AND status IN ('todo', 'doing', 'failed');

-- retry_job --
-- Let a job that is over begin anew.
UPDATE queue.procrastinate_jobs
SET status = 'todo', attempts = 0, scheduled_at = NULL, queueing_lock = NULL,
    abort_requested = false
WHERE id = %(job_id)s AND status IN ('failed', 'cancelled', 'aborted')
RETURNING id;

-- forget_lone_deaths --
-- Somebody says that a job is to run all the same.
DELETE FROM queue.lone_death WHERE job_id = %(job_id)s;

-- cancel_job --
-- Keep a job from running, or ask its worker to break it off; NULL: it is over.
SELECT queue.procrastinate_cancel_job_v1(%(job_id)s, true, false) AS id;

-- forget_finished --
-- Delete jobs that have been over for long; parked ones stay. Index: events by job.
DELETE FROM queue.procrastinate_jobs AS job
WHERE status = ANY (%(statuses)s::queue.procrastinate_job_status[])
    AND NOT EXISTS (SELECT FROM queue.lone_death AS death
                    WHERE death.job_id = job.id AND death.is_parked AND job.status = 'failed')
    AND NOT EXISTS (SELECT FROM queue.procrastinate_events AS event
                    WHERE event.job_id = job.id AND event.at >= %(before)s);

-- list_work --
-- All that happens by itself: who does it since when, what fails, how the last job of it went.
SELECT work.name, work.kind, work.cron, work.purpose_vi, work.purpose_en,
    led.machine, led.pid, led.since, failing.error,
    ran.began_at, ran.outcome
FROM queue.work
LEFT JOIN LATERAL (
    SELECT machine, pid, (leads ->> work.name)::timestamptz AS since
    FROM queue.process
    WHERE leads ->> work.name IS NOT NULL AND heard_at > now() - make_interval(secs => %(stalled_s)s)
    ORDER BY heard_at DESC LIMIT 1
) AS led ON true
LEFT JOIN LATERAL (
    SELECT process.failing ->> work.name AS error
    FROM queue.process
    WHERE process.failing ->> work.name IS NOT NULL
        AND heard_at > now() - make_interval(secs => %(stalled_s)s)
    ORDER BY heard_at DESC LIMIT 1
) AS failing ON true
LEFT JOIN LATERAL (
    SELECT status::text AS outcome,
        (SELECT max(at) FROM queue.procrastinate_events AS event
         WHERE event.job_id = job.id AND event.type = 'started') AS began_at
    FROM queue.procrastinate_jobs AS job
    WHERE job.task_name = work.name AND job.status <> 'todo'
    ORDER BY job.id DESC LIMIT 1
) AS ran ON true
ORDER BY work.kind, work.name;

-- worker_heard --
-- What is known of workers on the read door: whether one runs, and what fails in any.
SELECT count(*) AS running,
    coalesce(jsonb_agg(failing) FILTER (WHERE failing <> '{}'), '[]') AS failing
FROM worker_heard
WHERE heard_at > now() - make_interval(secs => %(stalled_s)s);

-- count_leading --
-- Workers heard of lately that say they do something.
SELECT count(*) AS running FROM queue.process
WHERE leads ? %(leads)s AND heard_at > now() - make_interval(secs => %(stalled_s)s);
