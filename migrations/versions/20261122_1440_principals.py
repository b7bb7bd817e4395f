"""Principals: areas, devices and rotation of keys; tokens; accounts; people signed in elsewhere.

Revision: 0009_principals
"""

from alembic import op

revision = "0009_principals"
down_revision = "0008_feed"
branch_labels = None
depends_on = None

DDL = """
ALTER TABLE api_key
    ADD COLUMN kind text NOT NULL DEFAULT 'service' CHECK (kind IN ('service', 'device')),
    -- present communes its scopes hold in; NULL: everywhere
    ADD COLUMN areas text[],
    -- after a rotation the secret before is good until then
    ADD COLUMN previous_hash bytea CHECK (length(previous_hash) = 32),
    ADD COLUMN previous_until timestamptz,
    -- of a device: the login or office it was handed to
    ADD COLUMN held_by text CHECK (length(held_by) BETWEEN 1 AND 200),
    ADD COLUMN revoked_because text CHECK (length(revoked_because) BETWEEN 1 AND 500),
    ADD CONSTRAINT api_key_previous_check
        CHECK ((previous_hash IS NULL) = (previous_until IS NULL)),
    ADD CONSTRAINT api_key_device_check
        CHECK (kind <> 'device' OR (held_by IS NOT NULL AND expires_at IS NOT NULL));

-- Short-lived tokens got for API keys (RFC 6749 4.4); a token lives no longer than its key.
CREATE TABLE access_token (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    key_id text NOT NULL REFERENCES api_key ON DELETE CASCADE,
    scopes text[] NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > issued_at)
);
-- Usage: a key's old tokens are dropped when it gets a new one
CREATE INDEX access_token_key_idx ON access_token (key_id);
COMMENT ON COLUMN access_token.token_hash IS 'SHA-256 of 32 random bytes, hence unsalted';
"""

BACK = """
DROP TABLE access_token;
ALTER TABLE api_key DROP COLUMN kind, DROP COLUMN areas, DROP COLUMN previous_hash,
    DROP COLUMN previous_until, DROP COLUMN held_by, DROP COLUMN revoked_because;
"""

PEOPLE = """
CREATE TABLE account (
    account_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
    display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    password_changed_at timestamptz NOT NULL,
    -- somebody else knows the password: nothing may be done before it is changed
    must_change boolean NOT NULL,
    roles text[] NOT NULL,
    scopes text[] NOT NULL,
    -- present communes its scopes hold in; NULL: everywhere
    areas text[],
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

CREATE TABLE account_session (
    -- SHA-256 of a random token: the token itself is kept nowhere
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL
);
-- Usage: sessions of one account, to list and to end them
CREATE INDEX account_session_account_idx ON account_session (account_id);

-- Failed sign-ins: by login and client, by login ('' as client) and by client ('' as login).
CREATE TABLE sign_in_attempt (
    -- only 16 bits of a hash of what was typed: it may be a password in the wrong box
    login_key text NOT NULL,
    client text NOT NULL,
    failures integer NOT NULL,
    seen_at timestamptz NOT NULL,
    -- this client once knew the password: others' failures do not keep it waiting
    succeeded_at timestamptz,
    PRIMARY KEY (login_key, client)
);
-- Usage: forget old ones
CREATE INDEX sign_in_attempt_seen_idx ON sign_in_attempt (seen_at);

-- What a person signed in elsewhere may do, said here.
CREATE TABLE person_grant (
    issuer text NOT NULL,
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    roles text[] NOT NULL,
    scopes text[] NOT NULL,
    areas text[],
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (issuer, subject)
);
"""

PEOPLE_BACK = """
DROP TABLE person_grant, sign_in_attempt, account_session, account;
"""


def upgrade() -> None:
    op.execute(DDL)
    op.execute(PEOPLE)


def downgrade() -> None:
    op.execute(PEOPLE_BACK)
    op.execute(BACK)
