"""Field collection: review.

Revision: 0035_collection_review
"""

from alembic import op

revision = "0035_collection_review"
down_revision = "0034_collection_tasks"
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
