"""Notices of codes and plates: batches printed together, and what was done at each address.

Revision: 0026_notices
"""

from alembic import op

revision = "0026_notices"
down_revision = "0025_certificates"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE notice_batch (
    batch_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- what was asked for; NULL: a list of codes
    commune   text,
    locality  text,
    note      text,
    -- present communes of its addresses then: rights over it rest on all of them
    communes  text[] NOT NULL,
    addresses integer NOT NULL CHECK (addresses > 0),
    made_at   timestamptz NOT NULL,
    made_by   text NOT NULL
);
COMMENT ON TABLE notice_batch IS 'Addresses whose plates and letters are printed together';

CREATE TABLE notice_batch_address (
    batch_id   bigint NOT NULL REFERENCES notice_batch ON DELETE CASCADE,
    -- from 1, as one walks
    place      integer NOT NULL CHECK (place > 0),
    address_id bigint NOT NULL REFERENCES address,
    -- Usage: a part of a batch, in order
    PRIMARY KEY (batch_id, place)
);
COMMENT ON TABLE notice_batch_address IS 'What is in a batch, in the order it is printed';

CREATE TABLE notice_mark (
    mark_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address_id    bigint NOT NULL REFERENCES address,
    state         text NOT NULL CHECK (state IN ('notified', 'plate-fixed')),
    done_on       date NOT NULL,
    how           text CHECK (how IN ('letter', 'visit', 'message', 'meeting')),
    set_at        timestamptz NOT NULL,
    set_by        text NOT NULL,
    -- NULL: it stands
    taken_back_at timestamptz,
    taken_back_by text,
    CONSTRAINT notice_mark_taken_back_check CHECK (
        (taken_back_at IS NULL) = (taken_back_by IS NULL))
);
COMMENT ON TABLE notice_mark IS
    'That the people at an address were told its code, or its plate was fixed; nothing of people';
-- Usage: what was done at an address; each once
CREATE UNIQUE INDEX notice_mark_once ON notice_mark (address_id, state)
    WHERE taken_back_at IS NULL;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute("DROP TABLE notice_mark, notice_batch_address, notice_batch")
