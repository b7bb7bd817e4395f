"""Lifecycle in full: acts over many addresses, validity of identifiers, distinct pairs, past keys.

Revision: 0006_lifecycle
"""

from alembic import op

revision = "0006_lifecycle"
down_revision = "0005_search_keys"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE registry_act (
    act_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN (
                     'retire', 'merge', 'split', 'replace', 'duplicate', 'undo',
                     'reorganise', 'name-street', 'renumber', 'move-locality')),
    -- 'planned' and 'running' are bulk acts in chunks; the others are done in one transaction
    status       text NOT NULL
        CHECK (status IN ('planned', 'running', 'done', 'undoing', 'undone', 'cancelled')),
    principal    text NOT NULL,
    recorded_at  timestamptz NOT NULL,
    reason       text,
    -- legal instrument: number, day, issuer, title
    instrument   jsonb,
    -- first legal day of what it changes in the world; NULL: it corrects the record
    effective_on date,
    -- what a bulk act was asked to do: its mapping, as it was read
    spec         jsonb,
    -- addresses up to this identity are done (or undone): committed with what became of them
    done_up_to   bigint NOT NULL DEFAULT 0,
    counts       jsonb NOT NULL DEFAULT '{}',
    finished_at  timestamptz,
    undoes       bigint REFERENCES registry_act,
    CONSTRAINT registry_act_undo_check CHECK ((undoes IS NULL) = (kind <> 'undo'))
);
COMMENT ON TABLE registry_act IS 'One decision that touches several addresses';
-- Usage: an act is undone once
CREATE UNIQUE INDEX registry_act_undoes_key ON registry_act (undoes) WHERE undoes IS NOT NULL;

CREATE TABLE registry_act_undecided (
    act_id     bigint NOT NULL REFERENCES registry_act,
    address_id bigint NOT NULL REFERENCES address,
    -- version that was looked at: a later one means that somebody has settled it
    version    integer NOT NULL,
    reason     text NOT NULL,
    -- codes of the communes it may be in, likeliest first
    candidates text[] NOT NULL,
    PRIMARY KEY (act_id, address_id)
);
COMMENT ON TABLE registry_act_undecided IS
    'Addresses a bulk act concerned and left as they were, for a person to decide';

ALTER TABLE address_version
    ADD COLUMN act_id bigint REFERENCES registry_act,
    DROP CONSTRAINT address_version_act_check,
    ADD CONSTRAINT address_version_act_check CHECK (act IN (
        'assign', 'import', 'correct', 'position', 'reserve', 'change', 'retire', 'reject',
        'merge', 'split', 'replace', 'duplicate', 'undo',
        'reorganise', 'name-street', 'renumber', 'move-locality'));
-- Usage: the addresses an act touched, to show and to undo it
CREATE INDEX address_version_act_idx ON address_version (act_id, address_id)
    WHERE act_id IS NOT NULL;
-- Usage: lists and exports of a commune as of another day
CREATE INDEX address_version_commune_idx
    ON address_version ((document -> 'commune' ->> 0), address_id);

-- what took the place of an address, as long as the register says so
ALTER TABLE address_successor
    ADD COLUMN withdrawn_at timestamptz,
    ADD COLUMN act_id bigint REFERENCES registry_act,
    DROP CONSTRAINT address_successor_pkey,
    DROP CONSTRAINT address_successor_relation_check,
    ADD CONSTRAINT address_successor_relation_check
        CHECK (relation IN ('replaced', 'merged', 'split', 'duplicate'));
-- Usage: successors of an address; one link between two addresses at a time
CREATE UNIQUE INDEX address_successor_key ON address_successor (address_id, successor_id)
    WHERE withdrawn_at IS NULL;
-- Usage: what an address took the place of
CREATE INDEX address_successor_successor_idx ON address_successor (successor_id);

ALTER TABLE address_alias
    ADD COLUMN valid_from date,
    ADD COLUMN valid_to date,
    -- how sure the link is, 0 to 1; NULL: not said
    ADD COLUMN confidence real CHECK (confidence BETWEEN 0 AND 1),
    ADD COLUMN withdrawn_at timestamptz,
    ADD CONSTRAINT address_alias_period_check CHECK (valid_to > valid_from);

-- rows registered under a code issued elsewhere that look like other addresses
ALTER TABLE import_run ADD COLUMN duplicates integer NOT NULL DEFAULT 0;

CREATE TABLE address_distinct (
    low_id      bigint NOT NULL REFERENCES address,
    high_id     bigint NOT NULL REFERENCES address,
    reason      text NOT NULL,
    principal   text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (low_id, high_id),
    CHECK (low_id < high_id)
);
COMMENT ON TABLE address_distinct IS
    'Pairs that look like one address and are two, said by somebody with a reason';

CREATE TABLE address_former (
    address_id bigint NOT NULL REFERENCES address,
    base_key   text COLLATE "C" NOT NULL,
    number_key text COLLATE "C",
    -- first day it was no longer called so
    until      date NOT NULL
);
COMMENT ON TABLE address_former IS
    'Keys of past slices that differ from the present ones: found by the old street and number';
-- Usage: search by an old number or street
CREATE INDEX address_former_base_idx ON address_former (base_key, number_key);
-- Usage: making the rows of one address anew
CREATE INDEX address_former_address_idx ON address_former (address_id);

CREATE OR REPLACE VIEW address_now AS
SELECT a.address_id, a.code, a.issuer, c.version, c.status, c.visibility, c.commune_code,
       v.valid_from, v.recorded_from, v.document,
       u.full_name AS commune_name, p.code AS province_code, p.full_name AS province_name,
       CASE WHEN c.status = 'retired' THEN
           (SELECT json_agg(json_build_array(s.code, r.relation, n.visibility) ORDER BY s.code)
              FROM address_successor r
              JOIN address s ON s.address_id = r.successor_id
              JOIN address_current n ON n.address_id = r.successor_id
             WHERE r.address_id = a.address_id AND r.withdrawn_at IS NULL)
       END AS successors
FROM address a
JOIN address_current c ON c.address_id = a.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
LEFT JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
LEFT JOIN admin_unit p ON p.code = u.parent_code AND p.valid_from <= u.valid_from
    AND (p.valid_to IS NULL OR p.valid_to > u.valid_from);

-- All the register ever said of addresses, row by row, with the names of units as of the day of
-- the commune in the document: for reading as of another time.
CREATE VIEW address_said AS
SELECT v.address_id, a.code, a.issuer, v.version, v.status, v.valid_from, v.valid_to,
       v.recorded_from, v.recorded_to, v.document, v.document->'commune'->>0 AS commune_code,
       u.full_name AS commune_name, coalesce(g.code, p.code) AS province_code,
       coalesce(g.full_name, p.full_name) AS province_name,
       c.visibility AS visibility_now
FROM address_version v
JOIN address a ON a.address_id = v.address_id
JOIN address_current c ON c.address_id = v.address_id
LEFT JOIN admin_unit u ON u.code = v.document->'commune'->>0
    AND u.valid_from = (v.document->'commune'->>1)::date
LEFT JOIN admin_unit p ON p.code = u.parent_code AND p.valid_from <= u.valid_from
    AND (p.valid_to IS NULL OR p.valid_to > u.valid_from)
LEFT JOIN admin_unit g ON p.level = 'district' AND g.code = p.parent_code
    AND g.valid_from <= u.valid_from AND (g.valid_to IS NULL OR g.valid_to > u.valid_from);
"""

BACK = """
ALTER TABLE import_run DROP COLUMN duplicates;
DROP VIEW address_said;
DROP TABLE address_former, address_distinct;
ALTER TABLE address_alias
    DROP COLUMN valid_from, DROP COLUMN valid_to, DROP COLUMN confidence,
    DROP COLUMN withdrawn_at;
CREATE OR REPLACE VIEW address_now AS
SELECT a.address_id, a.code, a.issuer, c.version, c.status, c.visibility, c.commune_code,
       v.valid_from, v.recorded_from, v.document,
       u.full_name AS commune_name, p.code AS province_code, p.full_name AS province_name,
       CASE WHEN c.status = 'retired' THEN
           (SELECT json_agg(json_build_array(s.code, r.relation, n.visibility) ORDER BY s.code)
              FROM address_successor r
              JOIN address s ON s.address_id = r.successor_id
              JOIN address_current n ON n.address_id = r.successor_id
             WHERE r.address_id = a.address_id)
       END AS successors
FROM address a
JOIN address_current c ON c.address_id = a.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
LEFT JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
LEFT JOIN admin_unit p ON p.code = u.parent_code AND p.valid_from <= u.valid_from
    AND (p.valid_to IS NULL OR p.valid_to > u.valid_from);
DELETE FROM address_successor WHERE withdrawn_at IS NOT NULL OR relation = 'duplicate';
DROP INDEX address_successor_key, address_successor_successor_idx;
ALTER TABLE address_successor
    DROP COLUMN withdrawn_at, DROP COLUMN act_id,
    ADD PRIMARY KEY (address_id, successor_id),
    DROP CONSTRAINT address_successor_relation_check,
    ADD CONSTRAINT address_successor_relation_check
        CHECK (relation IN ('replaced', 'merged', 'split'));
UPDATE address_version SET act = 'correct'
WHERE act NOT IN ('assign', 'import', 'correct', 'position', 'retire', 'reject');
ALTER TABLE address_version
    DROP COLUMN act_id,
    DROP CONSTRAINT address_version_act_check,
    ADD CONSTRAINT address_version_act_check
        CHECK (act IN ('assign', 'import', 'correct', 'position', 'retire', 'reject'));
DROP INDEX address_version_commune_idx;
DROP TABLE registry_act_undecided, registry_act;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
