"""Quality: runs of the rules over the registry, what they found, and how often.

Revision: 0007_quality
"""

from alembic import op

revision = "0007_quality"
down_revision = "0006_lifecycle"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE quality_run (
    run_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- one commune only; NULL: the whole registry
    commune_code text,
    principal    text NOT NULL,
    started_at   timestamptz NOT NULL,
    -- NULL: under way, or killed; nothing of it is shown
    finished_at  timestamptz,
    addresses    integer NOT NULL DEFAULT 0,
    findings     integer NOT NULL DEFAULT 0
);

-- of finished runs only the newest findings of each commune are kept
CREATE TABLE quality_finding (
    run_id       bigint NOT NULL REFERENCES quality_run ON DELETE CASCADE,
    -- no foreign key: addresses are never deleted, and a run writes hundreds of thousands of rows
    address_id   bigint NOT NULL,
    -- that was looked at: another one now means that somebody changed the address since
    version      integer NOT NULL,
    commune_code text COLLATE "C" NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    is_settled   boolean NOT NULL,
    -- what the message names; never a person
    facts        jsonb
);
COMMENT ON TABLE quality_finding IS 'What rules found about addresses, as of a run';
-- Usage: findings of a commune, a page at a time; replacing those of an earlier run
CREATE INDEX quality_finding_commune_idx
    ON quality_finding (commune_code, kind, address_id, run_id);
-- Usage: throwing a run away; findings of one kind for the report
CREATE INDEX quality_finding_run_idx ON quality_finding (run_id, kind);

CREATE TABLE quality_count (
    run_id       bigint NOT NULL REFERENCES quality_run ON DELETE CASCADE,
    commune_code text NOT NULL,
    -- of the addresses counted: what may be told to whom
    visibility   text NOT NULL CHECK (visibility IN ('public', 'restricted', 'secret')),
    -- '': addresses looked at
    kind         text NOT NULL,
    is_settled   boolean NOT NULL,
    count        integer NOT NULL CHECK (count > 0),
    PRIMARY KEY (run_id, commune_code, visibility, kind, is_settled)
);
COMMENT ON TABLE quality_count IS 'How many addresses of a commune a run looked at, and found what';
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute("DROP TABLE quality_count, quality_finding, quality_run")
