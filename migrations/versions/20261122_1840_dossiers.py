"""Dossiers: the addresses they carry, as given, and what each is linked to, from when to when.

Revision: 0015_dossiers
"""

from alembic import op

revision = "0015_dossiers"
down_revision = "0014_rights"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE personal.dossier (
    dossier_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- as written first; the key is what is compared, of both notations
    code           text NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
    code_key       text NOT NULL UNIQUE CHECK (length(code_key) BETWEEN 1 AND 100),
    -- in the newer notation, the same for both; NULL: a partner's own form
    canonical      text,
    -- legal day, as the code says, else of received_at
    received_on    date,
    received_at    timestamptz,
    due_at         timestamptz,
    finished_at    timestamptz,
    -- codes as sent
    procedure_code text,
    field_code     text,
    office         text,
    status         text,
    channel        text,
    version        integer NOT NULL CHECK (version > 0),
    created_at     timestamptz NOT NULL,
    created_by     text NOT NULL,
    changed_at     timestamptz NOT NULL,
    changed_by     text NOT NULL
);
COMMENT ON TABLE personal.dossier IS 'Dossiers (hồ sơ thủ tục hành chính), without who they are of';
-- Usage: dossiers by the day they were received
CREATE INDEX dossier_received_idx ON personal.dossier (received_on, dossier_id);
-- Usage: the same dossier under its code in the other notation
CREATE INDEX dossier_canonical_idx ON personal.dossier (canonical) WHERE canonical IS NOT NULL;
-- Usage: what somebody brought in
CREATE INDEX dossier_created_by_idx ON personal.dossier (created_by, dossier_id);

CREATE TABLE personal.dossier_address (
    dossier_id  bigint NOT NULL REFERENCES personal.dossier,
    -- stays with it, whatever is added or taken out beside it
    n           smallint NOT NULL CHECK (n > 0),
    role        text NOT NULL,
    -- one of text, code, parcel or point, and a note; as given
    given       jsonb NOT NULL,
    state       text NOT NULL CHECK (
                    state IN ('linked', 'corrected', 'waiting', 'rejected', 'no_match')),
    -- of the service: A certain, B certain once corrected, C for a person
    category    text NOT NULL CHECK (category IN ('A', 'B', 'C')),
    -- confidence; corrections and findings in both languages; candidates, best first
    verdict     jsonb NOT NULL,
    judged_at   timestamptz NOT NULL,
    -- of a person; NULL: nobody decided yet
    decision    text CHECK (decision IN ('confirmed', 'rejected', 'chosen')),
    decided_by  text,
    decided_at  timestamptz,
    recorded_at timestamptz NOT NULL,
    -- NULL: the dossier carries it now
    removed_at  timestamptz,
    PRIMARY KEY (dossier_id, n),
    CONSTRAINT dossier_address_decided_check CHECK (
        (decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT dossier_address_rejected_check CHECK (
        (state IN ('rejected', 'no_match')) = (decision IS NOT DISTINCT FROM 'rejected'))
);
COMMENT ON TABLE personal.dossier_address IS
    'Addresses of dossiers as given: personal data, never logged nor told in events';
-- Usage: what waits for a person, and other states
CREATE INDEX dossier_address_state_idx ON personal.dossier_address (state, dossier_id)
    WHERE removed_at IS NULL;

-- Every link there ever was; a link is ended, never changed.
CREATE TABLE personal.dossier_link (
    link_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dossier_id bigint NOT NULL,
    n          smallint NOT NULL,
    address_id bigint NOT NULL REFERENCES public.address,
    -- found: certain as given; corrected: certain once corrected; the rest by a person
    how        text NOT NULL CHECK (how IN ('found', 'corrected', 'confirmed', 'chosen')),
    valid_from timestamptz NOT NULL,
    linked_by  text NOT NULL,
    valid_to   timestamptz,
    ended_by   text,
    why_ended  text CHECK (
                   why_ended IN ('removed', 'confirmed', 'rejected', 'chosen', 'undone')),
    FOREIGN KEY (dossier_id, n) REFERENCES personal.dossier_address,
    CONSTRAINT dossier_link_ended_check CHECK (
        (valid_to IS NULL) = (ended_by IS NULL) AND (valid_to IS NULL) = (why_ended IS NULL)
        AND valid_to >= valid_from)
);
-- Usage: the link of an address of a dossier; there is one at a time
CREATE UNIQUE INDEX dossier_link_open_key ON personal.dossier_link (dossier_id, n)
    WHERE valid_to IS NULL;
-- Usage: dossiers of an address, now and formerly
CREATE INDEX dossier_link_address_idx ON personal.dossier_link (address_id, dossier_id);

-- What people decided, one after the other, and what was so before: for taking it back.
CREATE TABLE personal.dossier_decision (
    decision_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dossier_id   bigint NOT NULL,
    n            smallint NOT NULL,
    what         text NOT NULL CHECK (what IN ('confirmed', 'rejected', 'chosen')),
    decided_by   text NOT NULL,
    decided_at   timestamptz NOT NULL,
    state_before text NOT NULL,
    -- NULL: it was not linked
    link_before  bigint REFERENCES personal.dossier_link,
    undone_by    text,
    -- NULL: it stands
    undone_at    timestamptz,
    FOREIGN KEY (dossier_id, n) REFERENCES personal.dossier_address,
    CONSTRAINT dossier_decision_undone_check CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
-- Usage: the last decision about an address
CREATE INDEX dossier_decision_address_idx ON personal.dossier_decision (dossier_id, n, decision_id)
    WHERE undone_at IS NULL;
-- Usage: what somebody decided today
CREATE INDEX dossier_decision_by_idx ON personal.dossier_decision (decided_by, decided_at)
    WHERE undone_at IS NULL;

-- Addresses that somebody is looking at, so that two do not decide the same ones; for minutes.
CREATE TABLE personal.dossier_claim (
    dossier_id bigint NOT NULL,
    n          smallint NOT NULL,
    claimed_by text NOT NULL,
    until      timestamptz NOT NULL,
    PRIMARY KEY (dossier_id, n),
    FOREIGN KEY (dossier_id, n) REFERENCES personal.dossier_address
);
-- Usage: those of somebody, and those that lapsed
CREATE INDEX dossier_claim_by_idx ON personal.dossier_claim (claimed_by);
CREATE INDEX dossier_claim_until_idx ON personal.dossier_claim (until);

-- What alike addresses have in common: the street or place found, then the text.
CREATE FUNCTION personal.dossier_alike(given jsonb, verdict jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN left(regexp_replace(lower(coalesce(verdict #>> '{candidates,0,label}', '')),
                               '^[0-9][^ ,]* ', ''), 200)
        || chr(10) || left(lower(coalesce(given ->> 'text', '')), 200);
-- The text alone, however spaced and cased; NULL: given otherwise.
CREATE FUNCTION personal.dossier_text(given jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN md5(lower(btrim(regexp_replace(given ->> 'text', '\\s+', ' ', 'g'))));
-- Usage: the queue of what waits for a person, or for a second look, alike ones together
CREATE INDEX dossier_address_queue_idx ON personal.dossier_address
    (state, personal.dossier_alike(given, verdict), dossier_id, n)
    WHERE removed_at IS NULL AND decision IS NULL;
-- Usage: what people decided about the very same text
CREATE INDEX dossier_address_decided_idx ON personal.dossier_address (personal.dossier_text(given))
    WHERE removed_at IS NULL AND decision IS NOT NULL;

-- Where a dossier may lie by its links and candidates: who is in charge there sees it.
CREATE TABLE personal.dossier_reach (
    dossier_id   bigint NOT NULL REFERENCES personal.dossier,
    -- NULL: a candidate that is no address, such as a street
    address_id   bigint REFERENCES public.address,
    -- present
    commune_code text NOT NULL
);
-- Usage: whether a dossier lies in a commune
CREATE INDEX dossier_reach_dossier_idx ON personal.dossier_reach (dossier_id, commune_code);
-- Usage: dossiers of a commune
CREATE INDEX dossier_reach_commune_idx ON personal.dossier_reach (commune_code, dossier_id);
-- Usage: an address that comes to another commune
CREATE INDEX dossier_reach_address_idx ON personal.dossier_reach (address_id)
    WHERE address_id IS NOT NULL;

-- Looked up at each address instead, a list of a commune took half a second among 287,000 dossiers.
CREATE FUNCTION personal.dossiers_follow_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE personal.dossier_reach SET commune_code = NEW.commune_code
    WHERE address_id = NEW.address_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER address_current_dossiers AFTER UPDATE OF commune_code ON public.address_current
    FOR EACH ROW WHEN (OLD.commune_code <> NEW.commune_code)
    EXECUTE FUNCTION personal.dossiers_follow_address();

-- Who is limited to communes sees what may lie in them, and what they brought in themselves.
ALTER TABLE personal.dossier ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY dossier_open ON personal.dossier USING (
    row_is_open('dossiers', NULL)
    OR created_by = current_setting('addrsvc.dossiers_of', true)
    OR EXISTS (SELECT FROM personal.dossier_reach r
               WHERE r.dossier_id = dossier.dossier_id
                 AND row_is_open('dossiers', r.commune_code)));

ALTER TABLE personal.dossier_decision ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY dossier_decision_open ON personal.dossier_decision USING (
    row_is_open('dossiers', NULL)
    OR EXISTS (SELECT FROM personal.dossier d WHERE d.dossier_id = dossier_decision.dossier_id));

ALTER TABLE personal.dossier_address ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY dossier_address_open ON personal.dossier_address USING (
    row_is_open('dossiers', NULL)
    OR EXISTS (SELECT FROM personal.dossier d WHERE d.dossier_id = dossier_address.dossier_id));

ALTER TABLE personal.dossier_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY dossier_link_open ON personal.dossier_link USING (
    row_is_open('dossiers', NULL)
    OR EXISTS (SELECT FROM personal.dossier d WHERE d.dossier_id = dossier_link.dossier_id));
"""

BACK = """
DROP TRIGGER address_current_dossiers ON public.address_current;
DROP FUNCTION personal.dossiers_follow_address;
DROP TABLE personal.dossier_claim, personal.dossier_decision;
DROP TABLE personal.dossier_link, personal.dossier_address;
DROP FUNCTION personal.dossier_alike, personal.dossier_text;
DROP POLICY dossier_open ON personal.dossier;
DROP TABLE personal.dossier_reach, personal.dossier;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
