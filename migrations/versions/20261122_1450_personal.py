"""Personal data: holders encrypted, requests of people, notes on readings.

Revision: 0010_personal
"""

from alembic import op

revision = "0010_personal"
down_revision = "0009_principals"
branch_labels = None
depends_on = None

DDL = """
-- name and phone hold what was kept before there was encryption, until a key is there: then
-- serve or migrate seals them. What is written from now on is sealed.
ALTER TABLE personal.address_holder
    ALTER COLUMN name DROP NOT NULL,
    -- Fernet token of name and phone
    ADD COLUMN sealed text,
    -- key that sealed and indexed the row
    ADD COLUMN key_id text,
    -- HMAC-SHA-256 of the folded name and of the digits of the phone; see personal/crypto.py
    ADD COLUMN name_index bytea CHECK (length(name_index) = 32),
    ADD COLUMN phone_index bytea CHECK (length(phone_index) = 32),
    ADD CONSTRAINT address_holder_sealed_check CHECK (
        CASE WHEN sealed IS NULL
        THEN name IS NOT NULL AND key_id IS NULL AND name_index IS NULL AND phone_index IS NULL
        ELSE name IS NULL AND phone IS NULL AND key_id IS NOT NULL AND name_index IS NOT NULL
        END);
-- Usage: one person's rows by name and phone
CREATE INDEX address_holder_phone_index_idx ON personal.address_holder (phone_index)
    WHERE phone_index IS NOT NULL;
-- Usage: what is still plain
CREATE INDEX address_holder_plain_idx ON personal.address_holder (address_id) WHERE sealed IS NULL;

CREATE TABLE personal.request (
    request_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('access', 'correct', 'erase')),
    status      text NOT NULL DEFAULT 'open'
                CHECK (status IN ('open', 'done', 'refused', 'withdrawn')),
    received_on date NOT NULL,
    -- last day of the first reply, and of the whole answer
    reply_by    date NOT NULL,
    due_on      date NOT NULL CHECK (due_on >= received_on),
    received_by text NOT NULL,
    handled_by  text,
    handled_at  timestamptz,
    -- counts and codes of reasons; never personal data
    outcome     jsonb,
    -- who asked: name, phone, note; NULL once it is forgotten
    sealed      text,
    key_id      text,
    CONSTRAINT request_handled_check CHECK (
        (status = 'open') = (handled_at IS NULL) AND (handled_at IS NULL) = (handled_by IS NULL)),
    CONSTRAINT request_sealed_check CHECK ((sealed IS NULL) = (key_id IS NULL))
);
COMMENT ON TABLE personal.request IS
    'What people asked about data kept of them, and when it is due';
-- Usage: what is due
CREATE INDEX request_due_idx ON personal.request (due_on) WHERE status = 'open';

-- How many holders a principal read in a day of Vietnam.
CREATE TABLE personal.reading_day (
    principal text NOT NULL,
    day       date NOT NULL,
    readings  integer NOT NULL CHECK (readings > 0),
    PRIMARY KEY (principal, day)
);

-- What a reader wrote beside the purpose; the reading itself is in the audit log.
CREATE TABLE personal.reading_note (
    note_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    principal   text NOT NULL,
    address_id  bigint NOT NULL REFERENCES public.address,
    sealed      text NOT NULL,
    key_id      text NOT NULL
);
"""

BACK = """
DROP TABLE personal.reading_note, personal.reading_day, personal.request;
DELETE FROM personal.address_holder WHERE sealed IS NOT NULL;  -- nobody could read them
ALTER TABLE personal.address_holder DROP COLUMN sealed, DROP COLUMN key_id,
    DROP COLUMN name_index, DROP COLUMN phone_index, ALTER COLUMN name SET NOT NULL;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
