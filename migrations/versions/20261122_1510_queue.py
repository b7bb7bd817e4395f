"""Queue: the tables of procrastinate, in a schema of their own.

Its schema is kept beside this file as version 3.10.0 of the library shipped it. A later version
that brings migrations of its own gets a migration here that runs copies of them: a test compares
what our migrations made with what the installed library expects.

Revision: 0012_queue
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0012_queue"
down_revision = "0011_webhooks"
branch_labels = None
depends_on = None


# Jobs are left by connections whose search path knows nothing of the queue.
SEARCH_PATHS = """
DO $$
DECLARE
    each regprocedure;
BEGIN
    FOR each IN SELECT oid FROM pg_proc WHERE pronamespace = 'queue'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = queue, pg_temp', each);
    END LOOP;
END
$$;
"""

OWN = """
CREATE TABLE queue.lone_death (
    job_id  bigint PRIMARY KEY REFERENCES queue.procrastinate_jobs ON DELETE CASCADE,
    -- how often the process that ran nothing but this job was killed meanwhile
    deaths  integer NOT NULL CHECK (deaths > 0),
    last_at timestamptz NOT NULL,
    -- run no more until somebody says so
    is_parked boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE queue.lone_death IS 'Jobs that seem to kill whatever runs them';

CREATE TABLE queue.process (
    process_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine    text NOT NULL,
    pid        integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    heard_at   timestamptz NOT NULL DEFAULT now(),
    -- continuous work this process does for all: name, and since when
    leads      jsonb NOT NULL DEFAULT '{}',
    -- continuous work of it that fails: name, and by what kind of error
    failing    jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE queue.process IS 'Workers that run, or ended without saying so';

-- for the read door, which sees nothing else of the queue
CREATE VIEW public.worker_heard AS SELECT heard_at, failing FROM queue.process;

CREATE TABLE queue.work (
    name       text PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('continuous', 'periodic')),
    -- when periodic work is due, in UTC
    cron       text CHECK ((cron IS NULL) = (kind = 'continuous')),
    purpose_vi text NOT NULL,
    purpose_en text NOT NULL
);
COMMENT ON TABLE queue.work IS 'All that happens by itself, as the newest worker knows it';
"""

# Beside the queue: what operators switch at run time for the whole service (read-only mode).
SERVICE_STATE = """
CREATE TABLE service_state (
    key    text PRIMARY KEY,
    value  jsonb NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL
);
COMMENT ON TABLE service_state IS 'States of the whole service, read every second by each worker';
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()  # plain text: no parameters are looked for in it
    cursor.execute("CREATE SCHEMA queue")
    cursor.execute("SET LOCAL search_path = queue")
    cursor.execute(SchemaManager.get_schema())
    cursor.execute("SET LOCAL search_path TO DEFAULT")
    cursor.execute(SEARCH_PATHS)
    cursor.execute(OWN)
    op.execute(SERVICE_STATE)


def downgrade() -> None:
    op.execute("DROP TABLE service_state")
    op.execute("DROP VIEW public.worker_heard")
    op.execute("DROP SCHEMA queue CASCADE")
