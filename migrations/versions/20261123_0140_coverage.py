"""Households expected per commune, and how far collection is.

Revision: 0028_coverage
"""

from alembic import op

revision = "0028_coverage"
down_revision = "0027_tickets"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE coverage_expected (
    expected_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    commune_code       text COLLATE "C" NOT NULL,
    -- with the code: which commune, since codes are used again
    commune_valid_from date NOT NULL,
    households         integer NOT NULL CHECK (households BETWEEN 0 AND 10000000),
    as_of              date NOT NULL,
    source             text NOT NULL CHECK (source <> ''),
    recorded_at        timestamptz NOT NULL,
    recorded_by        text NOT NULL
);
COMMENT ON TABLE coverage_expected IS
    'Households a commune is said to have, each time it was said; the newest day holds';
-- Usage: the number that holds, and those before it
CREATE INDEX coverage_expected_commune_idx
    ON coverage_expected (commune_code, as_of DESC, expected_id DESC);
CREATE TRIGGER coverage_expected_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON coverage_expected FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Made ready by the worker: to count 30 million addresses takes minutes.
CREATE TABLE coverage_count (
    -- present
    commune_code text COLLATE "C" NOT NULL,
    visibility   text COLLATE "C" NOT NULL,
    in_use       integer NOT NULL,
    households   integer NOT NULL,
    positioned   integer NOT NULL,
    verified     integer NOT NULL,
    proposed     integer NOT NULL,
    reserved     integer NOT NULL,
    retired      integer NOT NULL,
    notified     integer NOT NULL,
    plate_fixed  integer NOT NULL,
    PRIMARY KEY (commune_code, visibility)
);
COMMENT ON TABLE coverage_count IS 'Addresses by present commune, counted by the worker';

CREATE TABLE coverage_growth (
    -- legal day on which the register was told
    day          date NOT NULL,
    -- present
    commune_code text COLLATE "C" NOT NULL,
    visibility   text COLLATE "C" NOT NULL,
    made         integer NOT NULL,
    verified     integer NOT NULL,
    retired      integer NOT NULL,
    -- Usage: some days of all communes
    PRIMARY KEY (day, commune_code, visibility)
);
COMMENT ON TABLE coverage_growth IS 'What became of addresses day by day, counted by the worker';
-- Usage: one commune over time
CREATE INDEX coverage_growth_commune_idx ON coverage_growth (commune_code, day);

-- How fresh the counts are; one row, held by whoever counts.
CREATE TABLE coverage_state (
    is_one       boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    -- NULL: nothing was counted yet
    counted_at   timestamptz,
    event_number bigint NOT NULL DEFAULT 0,
    audit_number bigint NOT NULL DEFAULT 0
);
INSERT INTO coverage_state DEFAULT VALUES;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute("DROP TABLE coverage_state, coverage_growth, coverage_count, coverage_expected")
