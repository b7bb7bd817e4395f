"""Certificates of addresses, and the keys they are signed with.

Revision: 0025_certificates
"""

from alembic import op

revision = "0025_certificates"
down_revision = "0024_basemap"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE certificate_key (
    key_id        text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
    public_key    bytea NOT NULL UNIQUE CHECK (octet_length(public_key) = 32),
    first_used_at timestamptz NOT NULL
);
COMMENT ON TABLE certificate_key IS
    'Public halves (Ed25519) of all keys that ever signed a certificate: none is taken out';

CREATE TABLE certificate (
    serial       text PRIMARY KEY CHECK (serial ~ '^[A-Z2-7]{16}$'),
    address_id   bigint NOT NULL REFERENCES address,
    key_id       text NOT NULL REFERENCES certificate_key,
    -- what was signed, byte for byte
    payload      text NOT NULL,
    payload_hash bytea NOT NULL CHECK (octet_length(payload_hash) = 32),
    signature    bytea NOT NULL CHECK (octet_length(signature) = 64),
    -- of what it says of the address, whoever asks and whenever
    facts_hash   bytea NOT NULL CHECK (octet_length(facts_hash) = 32),
    issued_at    timestamptz NOT NULL
);
COMMENT ON TABLE certificate IS
    'What was certified of public addresses, as it was signed; nothing of people';
-- Usage: the certificate of an address that was issued today already
CREATE INDEX certificate_address_idx ON certificate (address_id, issued_at);
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute("DROP TABLE certificate, certificate_key")
