"""What a plan changes against those it takes the place of; what follows for addresses.

Revision: 0022_planning_changes
"""

from alembic import op

revision = "0022_planning_changes"
down_revision = "0021_planning_tiles"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE plan_comparison (
    comparison_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id       bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
    -- plans it is compared with, in order; empty: with none, so that all of it is new
    before_ids    bigint[] NOT NULL,
    state         text NOT NULL CHECK (state IN ('waiting', 'working', 'done', 'failed')),
    -- who is at it: another one that was taken for dead finds itself replaced
    run           uuid,
    -- what was compared: each plan with the file its zones came from; what differs is out of date
    mark          text,
    -- codes before and after (null: none), square metres, pieces: see planning.changes.model
    found         jsonb,
    -- addresses and dossiers concerned
    counts        jsonb,
    asked_at      timestamptz NOT NULL,
    asked_by      text NOT NULL,
    done_at       timestamptz,
    -- Usage: what is known of two plans
    CONSTRAINT plan_comparison_once UNIQUE (plan_id, before_ids),
    CONSTRAINT plan_comparison_done_check CHECK (
        state <> 'done' OR mark IS NOT NULL AND found IS NOT NULL AND done_at IS NOT NULL)
);
COMMENT ON TABLE plan_comparison IS 'What a plan changes against others: worked out by a worker';

CREATE TABLE planning_change (
    comparison_id bigint NOT NULL REFERENCES plan_comparison ON DELETE CASCADE,
    plan_id       bigint NOT NULL,
    -- NULL: nothing was planned before
    before_code   text,
    -- NULL: nothing is planned any more
    after_code    text,
    -- on the ellipsoid
    area_m2       double precision NOT NULL CHECK (area_m2 > 0),
    shape         geometry(Polygon, 4326) NOT NULL,
    CONSTRAINT planning_change_is_one CHECK (before_code IS DISTINCT FROM after_code)
);
COMMENT ON TABLE planning_change IS 'Ground of which a plan says something else than those before';
-- Usage: replacing the pieces of a comparison, and the foreign key's cascade
CREATE INDEX planning_change_comparison_idx ON planning_change (comparison_id);
-- Usage: tiles
CREATE INDEX planning_change_shape_idx ON planning_change USING gist (shape);

CREATE TABLE plan_telling (
    telling_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id      bigint NOT NULL REFERENCES plan,
    act          text NOT NULL CHECK (act IN ('publish', 'withdraw')),
    before_ids   bigint[] NOT NULL,
    after_ids    bigint[] NOT NULL,
    -- legal day from which that holds
    effective_on date NOT NULL,
    recorded_at  timestamptz NOT NULL,
    -- all addresses up to this id were looked at
    done_up_to   bigint NOT NULL DEFAULT 0,
    told         integer NOT NULL DEFAULT 0,
    finished_at  timestamptz,
    -- Usage: a plan is published once and withdrawn once
    CONSTRAINT plan_telling_once UNIQUE (plan_id, act)
);
COMMENT ON TABLE plan_telling IS
    'How far followers were told of addresses for which something else is planned';

-- Usage: what publishing a plan led to; an open proposal it is taken back with
ALTER TABLE personal.dossier_proposal ADD COLUMN plan_id bigint;
CREATE INDEX dossier_proposal_plan_idx ON personal.dossier_proposal (plan_id, proposal_id)
    WHERE plan_id IS NOT NULL;
"""

BACK = """
ALTER TABLE personal.dossier_proposal DROP COLUMN plan_id;
DROP TABLE plan_telling, planning_change, plan_comparison;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
