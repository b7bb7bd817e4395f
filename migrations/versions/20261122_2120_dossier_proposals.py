"""What changes of addresses mean for dossiers linked to them: proposals for people to decide.

Revision: 0017_dossier_proposals
"""

from alembic import op

revision = "0017_dossier_proposals"
down_revision = "0016_file_jobs"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE personal.dossier_proposal (
    proposal_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- the link it is about: once another takes its place, nothing is left to propose
    link_id      bigint NOT NULL REFERENCES personal.dossier_link,
    dossier_id   bigint NOT NULL,
    n            smallint NOT NULL,
    -- what happened to the address of the link, and the event that tells of it
    why          text NOT NULL CHECK (
                     why IN ('merged', 'split', 'retired', 'replaced', 'moved', 'renumbered',
                             'replanned')),
    event_number bigint NOT NULL,
    act_id       bigint,
    -- codes of addresses to link instead, best first; empty: the link stays, or nothing is left
    candidates   text[] NOT NULL DEFAULT '{}',
    -- obsolete: somebody linked the address otherwise meanwhile
    state        text NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'obsolete')),
    created_at   timestamptz NOT NULL,
    decided_at   timestamptz,
    decided_by   text,
    -- what was accepted; NULL: the link as it was
    chosen       text,
    FOREIGN KEY (dossier_id, n) REFERENCES personal.dossier_address,
    CONSTRAINT dossier_proposal_once UNIQUE (link_id, event_number),
    CONSTRAINT dossier_proposal_decided_check CHECK (
        (state = 'open') = (decided_at IS NULL) AND (state = 'open') = (decided_by IS NULL))
);
COMMENT ON TABLE personal.dossier_proposal IS
    'Proposals that follow from changes of addresses, each about one link of a dossier';
-- Usage: what is open, by what it follows from
CREATE INDEX dossier_proposal_open_idx ON personal.dossier_proposal (event_number, proposal_id)
    WHERE state = 'open';
-- Usage: proposals of a dossier
CREATE INDEX dossier_proposal_dossier_idx ON personal.dossier_proposal (dossier_id, n);

ALTER TABLE personal.dossier_proposal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY dossier_proposal_open ON personal.dossier_proposal USING (
    row_is_open('dossiers', NULL)
    OR EXISTS (SELECT FROM personal.dossier d WHERE d.dossier_id = dossier_proposal.dossier_id));

-- How far the changes of addresses have been looked at; one row.
CREATE TABLE personal.dossier_follower (
    is_one       boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    event_number bigint NOT NULL
);
INSERT INTO personal.dossier_follower (event_number)
    SELECT coalesce(max(number), 0) FROM public.event;
"""

BACK = "DROP TABLE personal.dossier_follower, personal.dossier_proposal;"


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
