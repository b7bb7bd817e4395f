"""Tickets of citizens: no number, missing, wrong.

Revision: 0027_tickets
"""

from alembic import op

revision = "0027_tickets"
down_revision = "0026_notices"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE ticket (
    ticket_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of the number its sender has: the number itself is kept nowhere
    number_hash       bytea NOT NULL CHECK (length(number_hash) = 32),
    kind              text NOT NULL CHECK (kind IN ('no_number', 'missing', 'wrong')),
    state             text NOT NULL DEFAULT 'received'
                      CHECK (state IN ('received', 'looking', 'done', 'refused')),
    version           integer NOT NULL DEFAULT 1,
    -- what it is about; NULL: an address that is not there yet
    address_id        bigint REFERENCES address,
    position          geometry(Point, 4326),
    accuracy_m        double precision CHECK (accuracy_m > 0),
    -- present commune when it came; NULL: not known, for those without a limit of area
    commune_code      text,
    has_contact       boolean NOT NULL,
    received_at       timestamptz NOT NULL,
    due_on            date NOT NULL,
    handled_by        text,
    handled_at        timestamptz,
    closed_at         timestamptz,
    -- words of the office to the sender; NULL: none, or erased
    answer            text,
    result_address_id bigint REFERENCES address,
    -- when words and contact were erased
    erased_at         timestamptz,
    -- who looks at it at the desk, and until when it is given to nobody else
    claimed_by        text,
    claimed_until     timestamptz,
    -- of the Idempotency-Key and of what came with it; keyed hashes, erased with the words
    request_key       bytea CHECK (length(request_key) = 32),
    request_mark      bytea CHECK (length(request_mark) = 32),
    CONSTRAINT ticket_closed_check CHECK ((state IN ('done', 'refused')) = (closed_at IS NOT NULL)),
    CONSTRAINT ticket_wrong_check CHECK (kind <> 'wrong' OR address_id IS NOT NULL)
);
COMMENT ON TABLE ticket IS
    'What citizens report of addresses, without their words and who they are: personal.ticket_said';
-- Usage: its sender looks at it
CREATE UNIQUE INDEX ticket_number_idx ON ticket (number_hash);
-- Usage: the same form sent twice
CREATE UNIQUE INDEX ticket_request_idx ON ticket (request_key) WHERE request_key IS NOT NULL;
-- Usage: the desk's queue, everywhere and in some communes
CREATE INDEX ticket_open_idx ON ticket (due_on, ticket_id) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_commune_idx ON ticket (commune_code, due_on, ticket_id)
    WHERE closed_at IS NULL;
-- Usage: lists of a commune or a state, the newest first
CREATE INDEX ticket_commune_idx ON ticket (commune_code, ticket_id);
CREATE INDEX ticket_state_idx ON ticket (state, ticket_id);
-- Usage: what is to be erased
CREATE INDEX ticket_erase_idx ON ticket (closed_at) WHERE erased_at IS NULL;
-- Usage: how many a clerk closed today
CREATE INDEX ticket_handled_idx ON ticket (handled_by, closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE personal.ticket_said (
    ticket_id    bigint PRIMARY KEY REFERENCES public.ticket ON DELETE CASCADE,
    -- the ticket's: rights rest on it
    commune_code text,
    -- Fernet token of words, place as typed, contact with what was consented to
    sealed       text NOT NULL,
    key_id       text NOT NULL
);
COMMENT ON TABLE personal.ticket_said IS 'What senders of tickets wrote and how to reach them';
ALTER TABLE personal.ticket_said ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY ticket_said_open ON personal.ticket_said USING (row_is_open('tickets', commune_code));
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute("DROP TABLE personal.ticket_said, ticket")
