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
    ADD COLUMN number bigint CHECK (number > 0),
    -- SHA-256 over the hash before and this row; see addrsvc/events/chain.py
    ADD COLUMN hash bytea CHECK (length(hash) = 32),
    ADD CONSTRAINT event_sealed_check CHECK ((number IS NULL) = (hash IS NULL));
-- Usage: the feed
CREATE UNIQUE INDEX event_number_key ON event (number) WHERE number IS NOT NULL;
-- Usage: what the sealer has to do
CREATE INDEX event_unsealed_idx ON event (event_id) WHERE number IS NULL;

ALTER TABLE audit_entry
    ADD COLUMN number bigint CHECK (number > 0),
    ADD COLUMN hash bytea CHECK (length(hash) = 32),
    ADD CONSTRAINT audit_entry_sealed_check CHECK ((number IS NULL) = (hash IS NULL));
-- Usage: reading and verifying the log
CREATE UNIQUE INDEX audit_entry_number_key ON audit_entry (number) WHERE number IS NOT NULL;
-- Usage: what the sealer has to do
CREATE INDEX audit_entry_unsealed_idx ON audit_entry (audit_id) WHERE number IS NULL;

CREATE TABLE log_head (
    log    text PRIMARY KEY CHECK (log IN ('events', 'audit')),
    -- of the entry sealed last; 0: none
    number bigint NOT NULL DEFAULT 0,
    hash   bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(hash) = 32)
);
COMMENT ON TABLE log_head IS
    'Where the chain of each log ends; whoever holds the row is the one sealer of the log';
INSERT INTO log_head (log) VALUES ('events'), ('audit');
-- a head goes forward only: moved back, numbers would be given twice; gone, nothing would be sealed
CREATE TRIGGER log_head_stays BEFORE DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_head_goes_forward BEFORE UPDATE ON log_head
    FOR EACH ROW WHEN (NEW.number <= OLD.number OR NEW.log <> OLD.log)
    EXECUTE FUNCTION refuse_change();

-- number and hash are set once; nothing else ever changes
DROP TRIGGER event_append_only ON event;
CREATE TRIGGER event_append_only BEFORE DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_sealed_once BEFORE UPDATE ON event
    FOR EACH ROW WHEN (OLD.number IS NOT NULL OR NEW.number IS NULL
        OR (OLD.event_id, OLD.xid, OLD.recorded_at, OLD.type, OLD.subject, OLD.data)
           IS DISTINCT FROM
           (NEW.event_id, NEW.xid, NEW.recorded_at, NEW.type, NEW.subject, NEW.data))
    EXECUTE FUNCTION refuse_change();
DROP TRIGGER audit_entry_append_only ON audit_entry;
CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_sealed_once BEFORE UPDATE ON audit_entry
    FOR EACH ROW WHEN (OLD.number IS NOT NULL OR NEW.number IS NULL
        OR (OLD.audit_id, OLD.recorded_at, OLD.principal, OLD.action, OLD.subject, OLD.outcome,
            OLD.request_id, OLD.detail)
           IS DISTINCT FROM
           (NEW.audit_id, NEW.recorded_at, NEW.principal, NEW.action, NEW.subject, NEW.outcome,
            NEW.request_id, NEW.detail))
    EXECUTE FUNCTION refuse_change();
"""

BACK = """
DROP TRIGGER audit_entry_sealed_once ON audit_entry;
DROP TRIGGER audit_entry_append_only ON audit_entry;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DROP TRIGGER event_sealed_once ON event;
DROP TRIGGER event_append_only ON event;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DROP TABLE log_head;
DROP INDEX audit_entry_unsealed_idx, audit_entry_number_key, event_unsealed_idx, event_number_key;
ALTER TABLE audit_entry DROP COLUMN number, DROP COLUMN hash;
ALTER TABLE event DROP COLUMN number, DROP COLUMN hash;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
