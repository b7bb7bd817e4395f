"""Keys of certificates that are no longer trusted; visits of notices that met nobody.

Revision: 0029_keys_revoked
"""

from alembic import op

revision = "0029_keys_revoked"
down_revision = "0028_coverage"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE certificate_key_revoked (
    key_id       text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
    public_key   bytea NOT NULL UNIQUE CHECK (octet_length(public_key) = 32),
    -- what it signed from then on is not trusted; NULL: nothing it ever signed
    revoked_from timestamptz,
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    revoked_at   timestamptz NOT NULL,
    revoked_by   text NOT NULL,
    CONSTRAINT certificate_key_revoked_from_check CHECK (revoked_from <= revoked_at)
);
COMMENT ON TABLE certificate_key_revoked IS
    'Keys of certificates that are no longer trusted, for good: none is taken out';

ALTER TABLE notice_mark
    DROP CONSTRAINT notice_mark_state_check,
    ADD CONSTRAINT notice_mark_state_check
        CHECK (state IN ('notified', 'plate-fixed', 'not-met')),
    ADD COLUMN reason text CHECK (reason IN ('nobody-home', 'refused', 'not-found', 'other')),
    ADD CONSTRAINT notice_mark_reason_of_visit_check
        CHECK ((state = 'not-met') = (reason IS NOT NULL));
DROP INDEX notice_mark_once;
-- Usage: what was done at an address; each once
CREATE UNIQUE INDEX notice_mark_once ON notice_mark (address_id, state)
    WHERE taken_back_at IS NULL AND state <> 'not-met';
-- Usage: visits that met nobody, each day once
CREATE UNIQUE INDEX notice_mark_visit ON notice_mark (address_id, done_on)
    WHERE taken_back_at IS NULL AND state = 'not-met';
"""

UNDO = """
DROP TABLE certificate_key_revoked;
DROP INDEX notice_mark_visit;
DROP INDEX notice_mark_once;
DELETE FROM notice_mark WHERE state = 'not-met';
ALTER TABLE notice_mark
    DROP CONSTRAINT notice_mark_reason_of_visit_check,
    DROP COLUMN reason,
    DROP CONSTRAINT notice_mark_state_check,
    ADD CONSTRAINT notice_mark_state_check CHECK (state IN ('notified', 'plate-fixed'));
CREATE UNIQUE INDEX notice_mark_once ON notice_mark (address_id, state)
    WHERE taken_back_at IS NULL;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(UNDO)
