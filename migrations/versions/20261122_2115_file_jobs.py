"""Jobs over files of rows: who asked, what is known of the file, how far it has got, its receipt.

Revision: 0016_file_jobs
"""

from alembic import op

revision = "0016_file_jobs"
down_revision = "0015_dossiers"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE personal.file_job (
    -- drawn at random: it stands in addresses of pages and results
    job_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- id of the principal, and what it might do then: the job goes on in its name
    owner         text NOT NULL,
    scopes        text[] NOT NULL,
    areas         text[],
    kind          text NOT NULL CHECK (
                      kind IN ('geocode', 'reverse', 'validate', 'convert', 'check', 'planning',
                               'dossiers')),
    -- as sent, without folders; its ending says the format
    file_name     text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    -- as asked: result format, columns, encoding, layer, crs, legal day, language, delimiter …
    options       jsonb NOT NULL,
    state         text NOT NULL CHECK (
                      state IN ('receiving', 'waiting', 'checking', 'needs_columns', 'running',
                                'writing', 'done', 'refused', 'failed', 'cancelled')),
    -- as received; while it is being received, as declared, NULL: not known
    input_bytes   bigint CHECK (input_bytes >= 0),
    input_sha256  text,
    -- as found while checking: header, columns, guessed roles, first rows, delimiter, encoding, crs
    found         jsonb,
    -- rows of the file; NULL: not counted yet
    rows_total    bigint CHECK (rows_total >= 0),
    rows_done     bigint NOT NULL DEFAULT 0 CHECK (rows_done >= 0),
    -- of rows, by what became of them
    counts        jsonb NOT NULL DEFAULT '{}',
    -- the file is cut into so many; each is done whole
    parts         integer CHECK (parts >= 0),
    -- how far the result is written: parts in it, and position of the writer
    parts_written integer NOT NULL DEFAULT 0,
    written_to    bigint NOT NULL DEFAULT 0,
    result_name   text,
    result_bytes  bigint,
    result_sha256 text,
    -- every change up to the first is in the answers, none behind the second
    event_first   bigint,
    event_last    bigint,
    -- why it was refused or failed: slug, line, words in both languages
    problem       jsonb,
    created_at    timestamptz NOT NULL,
    began_at      timestamptz,
    ended_at      timestamptz,
    -- its files are deleted then, the row stays as a receipt for as long as settings say
    expires_at    timestamptz NOT NULL,
    files_gone_at timestamptz
);
COMMENT ON TABLE personal.file_job IS
    'Jobs over files that people and systems sent; names of files may be personal data';
-- Usage: somebody's jobs, the latest first; how many are not over
CREATE INDEX file_job_owner_idx ON personal.file_job (owner, created_at DESC);
-- Usage: files that are due to be deleted
CREATE INDEX file_job_expires_idx ON personal.file_job (expires_at) WHERE files_gone_at IS NULL;
-- Usage: how many wait before one
CREATE INDEX file_job_waiting_idx ON personal.file_job (created_at) WHERE state = 'waiting';

-- Parts that are done: each once, whoever did it.
CREATE TABLE personal.file_job_part (
    job_id  uuid NOT NULL REFERENCES personal.file_job ON DELETE CASCADE,
    part    integer NOT NULL CHECK (part >= 0),
    rows    integer NOT NULL CHECK (rows >= 0),
    done_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, part)
);
"""

BACK = "DROP TABLE personal.file_job_part, personal.file_job;"


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
