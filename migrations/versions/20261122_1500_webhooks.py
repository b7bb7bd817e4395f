"""Webhooks: receivers, their secrets, deliveries.

Revision: 0011_webhooks
"""

from alembic import op

revision = "0011_webhooks"
down_revision = "0010_personal"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE webhook_receiver (
    receiver_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner           text NOT NULL,
    url             text NOT NULL CHECK (length(url) <= 2000),
    description     text NOT NULL,
    -- NULL: all
    types           text[] CHECK (cardinality(types) > 0),
    -- what its owner might see when it registered: it is told of nothing else, and of what is
    -- left of that
    scopes          text[] NOT NULL,
    areas           text[],
    state           text NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
    why_disabled    text CHECK (why_disabled IN ('gone', 'failing', 'owner-ended')),
    created_at      timestamptz NOT NULL,
    -- events up to and with this number have become deliveries, or are not for it
    followed_to     bigint NOT NULL CHECK (followed_to >= 0),
    -- one deliverer at a time, for as long as its lease runs
    claimed_by      text,
    claimed_until   timestamptz,
    -- failures since the last success; nothing is sent before hold_until
    failures        integer NOT NULL DEFAULT 0,
    failing_since   timestamptz,
    hold_until      timestamptz,
    last_attempt_at timestamptz,
    last_success_at timestamptz,
    last_status     smallint,
    last_error      text,
    CONSTRAINT webhook_receiver_disabled_check
        CHECK ((why_disabled IS NULL) = (state <> 'disabled')),
    CONSTRAINT webhook_receiver_claim_check
        CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
    CONSTRAINT webhook_receiver_failing_check CHECK ((failures = 0) = (failing_since IS NULL)),
    -- Usage: receivers of an owner; the same one registered twice is refused
    CONSTRAINT webhook_receiver_url_key UNIQUE (owner, url)
);
COMMENT ON TABLE webhook_receiver IS 'Where events are sent, for whom, and how it goes';

CREATE TABLE webhook_secret (
    receiver_id bigint NOT NULL REFERENCES webhook_receiver ON DELETE CASCADE,
    -- encrypted; see addrsvc/personal/crypto.py
    token       text NOT NULL,
    key_id      text NOT NULL,
    created_at  timestamptz NOT NULL,
    -- NULL: the present one; those replaced sign beside it until then
    ends_at     timestamptz
);
-- Usage: secrets of a receiver, the present one first
CREATE INDEX webhook_secret_receiver_idx ON webhook_secret (receiver_id, created_at DESC);
CREATE UNIQUE INDEX webhook_secret_present_key ON webhook_secret (receiver_id)
    WHERE ends_at IS NULL;

CREATE TABLE webhook_delivery (
    receiver_id  bigint NOT NULL REFERENCES webhook_receiver ON DELETE CASCADE,
    -- of the event
    number       bigint NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts     smallint NOT NULL DEFAULT 0,
    next_at      timestamptz,
    attempted_at timestamptz,
    -- of the last attempt; what receivers answer beside it is never kept
    last_status  smallint,
    last_error   text,
    PRIMARY KEY (receiver_id, number),
    CONSTRAINT webhook_delivery_next_check CHECK ((next_at IS NULL) = (state <> 'waiting'))
);
COMMENT ON TABLE webhook_delivery IS 'One event for one receiver; delivered ones go after a while';
-- Usage: which receivers have something due, and what; how many wait
CREATE INDEX webhook_delivery_waiting_idx ON webhook_delivery (receiver_id, next_at)
    WHERE state = 'waiting';
-- Usage: dead letters of a receiver: count, list, replay
CREATE INDEX webhook_delivery_dead_idx ON webhook_delivery (receiver_id, number)
    WHERE state = 'dead';
-- Usage: forgetting what was delivered long ago
CREATE INDEX webhook_delivery_delivered_idx ON webhook_delivery (attempted_at)
    WHERE state = 'delivered';
"""

BACK = """
DROP TABLE webhook_delivery, webhook_secret, webhook_receiver;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
