"""Imports: runs that can be taken up again, and why rows were refused.

Revision: 0004_imports
"""

from alembic import op

revision = "0004_imports"
down_revision = "0003_registry"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE import_run (
    run_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of the file and of what was asked for: the same command finds its run again
    fingerprint   bytea NOT NULL CHECK (length(fingerprint) = 32),
    file_name     text NOT NULL,
    principal     text NOT NULL,
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    -- records of the file that are settled: committed together with what they became
    records_done  integer NOT NULL DEFAULT 0 CHECK (records_done >= 0),
    assigned      integer NOT NULL DEFAULT 0,
    proposed      integer NOT NULL DEFAULT 0,
    reserved      integer NOT NULL DEFAULT 0,
    already_there integer NOT NULL DEFAULT 0,
    rejected      integer NOT NULL DEFAULT 0,
    examples      integer NOT NULL DEFAULT 0,
    CONSTRAINT import_run_sum_check CHECK (
        records_done = assigned + proposed + reserved + already_there + rejected + examples)
);
COMMENT ON COLUMN import_run.examples IS 'Example rows of our own template, passed over';
-- Usage: one run of a file at a time; the run to take up again
CREATE UNIQUE INDEX import_run_open_key ON import_run (fingerprint) WHERE finished_at IS NULL;

CREATE TABLE import_rejection (
    run_id bigint NOT NULL REFERENCES import_run ON DELETE CASCADE,
    line   integer NOT NULL,
    slug   text NOT NULL,
    -- the reason in both languages; never a name or number of a person
    vi     text NOT NULL,
    en     text NOT NULL,
    PRIMARY KEY (run_id, line)
);
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute("DROP TABLE import_rejection, import_run")
