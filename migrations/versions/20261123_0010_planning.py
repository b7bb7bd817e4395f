"""Planning maps: plans, the files they came from, their zones.

Revision: 0019_planning
"""

from alembic import op

revision = "0019_planning"
down_revision = "0018_dossier_statistics"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE plan (
    plan_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version         integer NOT NULL CHECK (version > 0),
    status          text NOT NULL
        CHECK (status IN ('draft', 'published', 'superseded', 'withdrawn')),
    -- what it is, as its decision says: see planning.model.Described
    name            text NOT NULL CHECK (name <> ''),
    kind            text NOT NULL
        CHECK (kind IN ('land_use', 'general', 'zoning', 'detail')),
    level           text NOT NULL CHECK (level IN ('province', 'district', 'commune')),
    issuer          text,
    decision_number text,
    decision_date   date,
    -- denominator: 2000 is 1:2000
    scale           integer CHECK (scale BETWEEN 100 AND 5000000),
    period_from     smallint CHECK (period_from BETWEEN 1900 AND 2200),
    period_to       smallint CHECK (period_to BETWEEN period_from AND 2200),
    code_list       text NOT NULL,
    is_synthetic    boolean NOT NULL DEFAULT false,
    note            text,
    -- legal days it holds, half open; NULLs: not published, still holds. The same day twice: it
    -- was replaced or withdrawn before it began to hold
    valid_from      date,
    valid_to        date CHECK (valid_to >= valid_from),
    -- what its zones are, once there are some
    zones           integer NOT NULL DEFAULT 0,
    vertices        bigint NOT NULL DEFAULT 0,
    area_m2         double precision NOT NULL DEFAULT 0,
    extent          geometry(Polygon, 4326),
    -- codes of present communes its zones lie in
    communes        text[] NOT NULL DEFAULT '{}',
    file_id         uuid,
    -- names a draft's tiles to who was shown its map; nobody guesses it
    view_key        uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    changed_at      timestamptz NOT NULL,
    changed_by      text NOT NULL,
    published_at    timestamptz,
    -- a draft nobody wants any more: it is told of in its history only
    discarded_at    timestamptz CHECK (discarded_at IS NULL OR status = 'draft'),
    CONSTRAINT plan_published_check CHECK (
        (status = 'draft') = (published_at IS NULL) AND (status = 'draft') = (valid_from IS NULL)
        AND (status <> 'published' OR decision_number IS NOT NULL AND decision_date IS NOT NULL))
);
COMMENT ON TABLE plan IS 'Planning maps: what a decision planned, for which area and years';
-- Usage: lists of published plans, newest first; drafts of planners
CREATE INDEX plan_status_idx ON plan (status, plan_id);
-- Usage: plans that cover a place
CREATE INDEX plan_extent_idx ON plan USING gist (extent) WHERE status <> 'draft';

CREATE TABLE plan_replacement (
    plan_id     bigint NOT NULL REFERENCES plan,
    replaced_id bigint NOT NULL REFERENCES plan,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (plan_id, replaced_id),
    CHECK (plan_id <> replaced_id)
);
COMMENT ON TABLE plan_replacement IS 'Which plan took the place of which when it was published';
-- Usage: what took the place of a plan
CREATE INDEX plan_replacement_replaced_idx ON plan_replacement (replaced_id);

CREATE VIEW plan_told AS
SELECT p.plan_id, p.version, p.status, p.name, p.kind, p.level, p.issuer, p.decision_number,
       p.decision_date, p.scale, p.period_from, p.period_to, p.code_list, p.is_synthetic, p.note,
       p.valid_from, p.valid_to, p.zones, p.vertices, p.area_m2, p.extent,
       ST_XMin(p.extent) AS west, ST_YMin(p.extent) AS south,
       ST_XMax(p.extent) AS east, ST_YMax(p.extent) AS north,
       p.communes, p.file_id, p.view_key, p.created_at, p.created_by, p.changed_at, p.changed_by,
       p.published_at,
       ARRAY(SELECT r.replaced_id FROM plan_replacement r WHERE r.plan_id = p.plan_id
             ORDER BY r.replaced_id) AS replaces,
       ARRAY(SELECT r.plan_id FROM plan_replacement r WHERE r.replaced_id = p.plan_id
             ORDER BY r.plan_id) AS replaced_by
FROM plan p
WHERE p.discarded_at IS NULL;
COMMENT ON VIEW plan_told IS
    'Plans as planning.repository.plan_of reads them; discarded drafts are none';

CREATE TABLE plan_history (
    plan_id     bigint NOT NULL REFERENCES plan,
    version     integer NOT NULL,
    act         text NOT NULL CHECK (act IN ('create', 'describe', 'store', 'publish',
                                             'supersede', 'withdraw', 'discard')),
    status      text NOT NULL,
    principal   text NOT NULL,
    reason      text,
    recorded_at timestamptz NOT NULL,
    -- the description as it was then, and of the file what was stored
    document    jsonb NOT NULL,
    PRIMARY KEY (plan_id, version)
);
COMMENT ON TABLE plan_history IS 'Everything that was done to a plan, in order; never changed';

CREATE TABLE plan_file (
    file_id     uuid PRIMARY KEY,
    plan_id     bigint NOT NULL REFERENCES plan,
    name        text NOT NULL,
    bytes       bigint,
    sha256      text CHECK (length(sha256) = 64),
    state       text NOT NULL CHECK (state IN ('receiving', 'waiting', 'checking', 'checked',
                                               'refused', 'storing', 'stored', 'failed')),
    -- how to read it: crs, layer, encoding, columns; as asked
    options     jsonb NOT NULL,
    report      jsonb,
    problem     jsonb,
    principal   text NOT NULL,
    -- present communes whoever sent it may plan for; NULL: everywhere
    areas       text[],
    -- what is to become of invalid zones: numbers of those whose repair is taken; NULL: of all
    repairs     integer[],
    -- whether zones that stay invalid are left out
    leave_out   boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    -- from then on the file itself is deleted, and then it is gone
    expires_at  timestamptz NOT NULL,
    gone_at     timestamptz
);
COMMENT ON TABLE plan_file IS 'Files sent for a draft, checked before anything is stored';
-- Usage: files of a plan, newest first
CREATE INDEX plan_file_plan_idx ON plan_file (plan_id, created_at DESC);
-- Usage: what one sender has here already
CREATE INDEX plan_file_principal_idx ON plan_file (principal);
-- Usage: files a worker has to do something with, and those that stopped coming
CREATE INDEX plan_file_state_idx ON plan_file (state)
    WHERE state IN ('receiving', 'waiting', 'checking', 'storing');
-- Usage: files that are due to be deleted
CREATE INDEX plan_file_expires_idx ON plan_file (expires_at) WHERE gone_at IS NULL;
ALTER TABLE plan ADD FOREIGN KEY (file_id) REFERENCES plan_file;

CREATE TABLE planning_zone (
    zone_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id    bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
    -- number of the feature in its file, from 1
    n          integer NOT NULL CHECK (n > 0),
    -- of the plan's code list, or as the file says where the list lacks it; composite: ODT+CLN
    code       text NOT NULL CHECK (code <> ''),
    -- what the file says beside the code
    label      text,
    attributes jsonb NOT NULL DEFAULT '{}',
    -- on the ellipsoid
    area_m2    double precision NOT NULL CHECK (area_m2 >= 0),
    shape      geometry(MultiPolygon, 4326) NOT NULL,
    CONSTRAINT planning_zone_once UNIQUE (plan_id, n)
);
COMMENT ON TABLE planning_zone IS 'What a plan says of one piece of ground; may overlap others';
-- Usage: zones a plot meets
CREATE INDEX planning_zone_shape_idx ON planning_zone USING gist (shape);

CREATE TABLE planning_piece (
    plan_id bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
    zone_id bigint NOT NULL REFERENCES planning_zone ON DELETE CASCADE,
    piece   geometry(Polygon, 4326) NOT NULL
);
COMMENT ON TABLE planning_piece IS
    'Zones cut small (ST_Subdivide): what points are looked up in';
-- Usage: zones at a point, or at many
CREATE INDEX planning_piece_piece_idx ON planning_piece USING gist (piece);
-- Usage: replacing the pieces of a plan, and the foreign keys' cascades
CREATE INDEX planning_piece_plan_idx ON planning_piece (plan_id);
CREATE INDEX planning_piece_zone_idx ON planning_piece (zone_id);

CREATE FUNCTION keep_plan_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of plans stays' USING ERRCODE = 'restrict_violation';
END
$$;

-- What was published is never changed: another plan takes its place.
CREATE FUNCTION keep_published_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'a published plan stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status <> 'draft' AND NEW.status = 'draft' THEN
        RAISE EXCEPTION 'a published plan is no draft again' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER plan_history_keep BEFORE UPDATE OR DELETE ON plan_history
    FOR EACH ROW EXECUTE FUNCTION keep_plan_history();
CREATE TRIGGER plan_keep_published BEFORE UPDATE OR DELETE ON plan
    FOR EACH ROW EXECUTE FUNCTION keep_published_plan();
"""

BACK = """
ALTER TABLE plan DROP CONSTRAINT plan_file_id_fkey;
DROP VIEW plan_told;
DROP TABLE planning_piece, planning_zone, plan_file, plan_history, plan_replacement, plan;
DROP FUNCTION keep_published_plan, keep_plan_history;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
