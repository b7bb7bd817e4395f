"""Foundation: PostGIS, events, audit, API keys, idempotency keys.

Revision: 0001_foundation
"""

from alembic import op

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None

DDL = """
CREATE EXTENSION IF NOT EXISTS postgis;

CREATE TABLE event (
    event_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- the writing transaction: a reader below pg_snapshot_xmin() misses nothing
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    recorded_at timestamptz NOT NULL,
    type        text NOT NULL,
    -- what it happened to: an address code or id, a unit code, a prefix; never personal data
    subject     text NOT NULL,
    data        jsonb
);
COMMENT ON TABLE event IS 'One change, in the transaction that made it. Append only.';

CREATE TABLE audit_entry (
    audit_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    principal   text NOT NULL,
    action      text NOT NULL,
    subject     text NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('done', 'refused')),
    request_id  text,
    detail      jsonb
);
COMMENT ON TABLE audit_entry IS 'Who did what, when, with which outcome. Append only.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE api_key (
    key_id       text PRIMARY KEY,
    secret_hash  bytea NOT NULL CHECK (length(secret_hash) = 32),
    name         text NOT NULL,
    scopes       text[] NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz
);
COMMENT ON COLUMN api_key.secret_hash IS 'SHA-256 of 32 random bytes, hence unsalted';

CREATE TABLE idempotency_key (
    principal    text NOT NULL,
    key          text NOT NULL,
    fingerprint  bytea NOT NULL,
    status       smallint,
    headers      jsonb,
    body         text,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);
COMMENT ON TABLE idempotency_key IS 'Answers already given, stored in the transaction of the work';
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(
        "DROP TABLE idempotency_key, api_key, audit_entry, event; DROP FUNCTION refuse_change"
    )
