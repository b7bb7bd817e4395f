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
    ADD CONSTRAINT api_key_previous_check
        CHECK ((previous_hash IS NULL) = (previous_until IS NULL));
"""

BACK = """
ALTER TABLE api_key DROP COLUMN kind, DROP COLUMN areas, DROP COLUMN previous_hash,
    DROP COLUMN previous_until;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
