"""Field collection: tasks.

Revision: 0034_collection_tasks
"""

from alembic import op

revision = "0034_collection_tasks"
down_revision = "0033_collection_photos"
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
