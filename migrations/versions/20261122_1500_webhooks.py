"""Webhooks: receivers, deliveries, attempts.

Revision: 0011_webhooks
"""

from alembic import op

revision = "0011_webhooks"
down_revision = "0010_personal"
branch_labels = None
depends_on = None

DDL = """
SELECT 1;
"""

BACK = """
SELECT 1;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
