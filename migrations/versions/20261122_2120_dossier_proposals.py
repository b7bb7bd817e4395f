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
    -- what happened, and the event that tells of it
    why          text NOT NULL CHECK (
                     why IN ('merged', 'split', 'retired', 'replaced', 'restored', 'moved',
                             'renumbered', 'replanned')),
    event_number bigint NOT NULL,
    -- the address it happened to, and the version that says so
    address_id   bigint NOT NULL REFERENCES public.address,
    version      integer,
    act_id       bigint,
    -- codes of addresses to link instead, best first; empty: the link stays, or nothing is left
    candidates   text[] NOT NULL DEFAULT '{}',
    -- obsolete: the address was linked otherwise meanwhile, or what happened was taken back
    state        text NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'obsolete')),
    created_at   timestamptz NOT NULL,
    decided_at   timestamptz,
    decided_by   text,
    -- what was accepted, and the link made of it; NULL: the link as it was, or none any more
    chosen       text,
    made_link_id bigint REFERENCES personal.dossier_link,
    FOREIGN KEY (dossier_id, n) REFERENCES personal.dossier_address,
    -- Usage: an event is proposed once; proposals of a dossier
    CONSTRAINT dossier_proposal_once UNIQUE (dossier_id, n, event_number),
    CONSTRAINT dossier_proposal_decided_check CHECK (
        (state = 'open') = (decided_at IS NULL) AND (state = 'open') = (decided_by IS NULL)
        AND (chosen IS NULL OR state = 'accepted'))
);
COMMENT ON TABLE personal.dossier_proposal IS
    'Proposals that follow from changes of addresses, each about one link of a dossier';
-- Usage: what waits for a person, the oldest first
CREATE INDEX dossier_proposal_open_idx ON personal.dossier_proposal (proposal_id)
    WHERE state = 'open';
-- Usage: what an act over many addresses led to
CREATE INDEX dossier_proposal_act_idx ON personal.dossier_proposal (act_id, proposal_id)
    WHERE act_id IS NOT NULL;
-- Usage: what one event led to
CREATE INDEX dossier_proposal_event_idx ON personal.dossier_proposal (event_number, proposal_id);
-- Usage: what the changes of one address led to
CREATE INDEX dossier_proposal_address_idx ON personal.dossier_proposal (address_id, proposal_id);
-- Usage: a link that ends
CREATE INDEX dossier_proposal_link_idx ON personal.dossier_proposal (link_id)
    WHERE state = 'open';

ALTER TABLE personal.dossier_proposal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY dossier_proposal_open ON personal.dossier_proposal USING (
    row_is_open('dossiers', NULL)
    OR EXISTS (SELECT FROM personal.dossier d WHERE d.dossier_id = dossier_proposal.dossier_id));

-- Whoever ends a link, by whatever way, has decided: nothing is left to propose about it.
CREATE FUNCTION personal.proposals_follow_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE personal.dossier_proposal
    SET state = 'obsolete', decided_at = NEW.valid_to, decided_by = NEW.ended_by
    WHERE link_id = NEW.link_id AND state = 'open';
    RETURN NULL;
END
$$;
CREATE TRIGGER dossier_link_proposals AFTER UPDATE OF valid_to ON personal.dossier_link
    FOR EACH ROW WHEN (OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL)
    EXECUTE FUNCTION personal.proposals_follow_link();

-- How far the changes of addresses have been looked at; one row, held by whoever follows them.
CREATE TABLE personal.dossier_follower (
    is_one         boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    -- all links of the events up to this were looked at, and of the next event up to link_id
    event_number   bigint NOT NULL,
    link_id        bigint NOT NULL DEFAULT 0,
    -- looked at again, for links that were written meanwhile and committed after
    settled_number bigint NOT NULL,
    -- up to where that comes next: once all transactions below have ended
    noted_number   bigint,
    noted_xid      xid8,
    noted_at       timestamptz,
    CHECK (settled_number <= event_number),
    CHECK ((noted_number IS NULL) = (noted_xid IS NULL)
           AND (noted_number IS NULL) = (noted_at IS NULL))
);
INSERT INTO personal.dossier_follower (event_number, settled_number)
    SELECT last, last FROM (SELECT coalesce(max(number), 0) AS last FROM public.event) AS fed;
"""

BACK = """
DROP TRIGGER dossier_link_proposals ON personal.dossier_link;
DROP FUNCTION personal.proposals_follow_link;
DROP TABLE personal.dossier_follower, personal.dossier_proposal;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
