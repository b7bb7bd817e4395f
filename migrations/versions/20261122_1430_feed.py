"""Feed: numbers and hashes of events and audit entries.

Revision: 0008_feed
"""

from alembic import op

revision = "0008_feed"
down_revision = "0007_quality"
branch_labels = None
depends_on = None

DDL = """
ALTER TABLE event
    -- place in the feed, given by the sealer: without gaps, in an order in which causes go first
    ADD COLUMN number bigint,
    -- SHA-256 over the hash before and this row; see addrsvc/events/chain.py
    ADD COLUMN hash bytea CHECK (length(hash) = 32),
    ADD CONSTRAINT event_sealed_check CHECK ((number IS NULL) = (hash IS NULL));
-- Usage: the feed
CREATE UNIQUE INDEX event_number_key ON event (number) WHERE number IS NOT NULL;
-- Usage: what the sealer has to do
CREATE INDEX event_unsealed_idx ON event (event_id) WHERE number IS NULL;

ALTER TABLE audit_entry
    ADD COLUMN number bigint,
    ADD COLUMN hash bytea CHECK (length(hash) = 32),
    ADD CONSTRAINT audit_entry_sealed_check CHECK ((number IS NULL) = (hash IS NULL));
-- Usage: reading and verifying the log
CREATE UNIQUE INDEX audit_entry_number_key ON audit_entry (number) WHERE number IS NOT NULL;
-- Usage: what the sealer has to do
CREATE INDEX audit_entry_unsealed_idx ON audit_entry (audit_id) WHERE number IS NULL;
"""

BACK = """
DROP INDEX audit_entry_unsealed_idx, audit_entry_number_key, event_unsealed_idx, event_number_key;
ALTER TABLE audit_entry DROP COLUMN number, DROP COLUMN hash;
ALTER TABLE event DROP COLUMN number, DROP COLUMN hash;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
