"""Field collection: keeping.

Revision: 0031_collection_keeping
"""

from alembic import op

revision = "0031_collection_keeping"
down_revision = "0030_collection"
branch_labels = None
depends_on = None

DDL = """
-- how the position was found: only where somebody stood tells how they moved
ALTER TABLE submission ADD COLUMN position_method text;
-- revision the private part came with, also when it was handed on or erased since; NULL: none came
ALTER TABLE submission ADD COLUMN private_revision integer CHECK (private_revision > 0);
-- Usage: the devices of one person; a phone enrolled anew has the codes of what it was before
CREATE INDEX api_key_held_by_idx ON api_key (held_by) WHERE kind = 'device';

-- a contact is among what is sealed
ALTER TABLE personal.submission_private ADD COLUMN has_contact boolean NOT NULL DEFAULT false;
-- the address of the record has another holder, and nobody chose yet
ALTER TABLE personal.submission_private ADD COLUMN holder_differs boolean NOT NULL DEFAULT false;
-- Usage: contacts whose record was accepted since
CREATE INDEX submission_private_contact_idx ON personal.submission_private (submission_id)
    WHERE has_contact AND NOT holder_differs;
-- Usage: contacts a supervisor has to choose about
CREATE INDEX submission_private_differs_idx ON personal.submission_private (kept_at, submission_id)
    WHERE holder_differs;

-- Who asks what changed since a number must never be given a higher one before a lower one is
-- there: the numbers of one device are given in the order of commits. Nobody holds this lock and
-- then waits for a row, as the row changed is locked before.
CREATE FUNCTION submission_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(731023, hashtext(NEW.device));
    NEW.change_number := nextval('submission_change_seq');
    RETURN NEW;
END $$;
CREATE TRIGGER submission_changed
    BEFORE UPDATE OF revision, state, waits_for, address_id, note, decided_at, private_revision,
                     change_number
    ON submission FOR EACH ROW EXECUTE FUNCTION submission_changed();
"""

BACK = """
DROP TRIGGER submission_changed ON submission;
DROP FUNCTION submission_changed;
DROP INDEX api_key_held_by_idx;
ALTER TABLE personal.submission_private DROP COLUMN holder_differs, DROP COLUMN has_contact;
ALTER TABLE submission DROP COLUMN private_revision, DROP COLUMN position_method;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
