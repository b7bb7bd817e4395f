"""Field collection: merging.

Revision: 0032_collection_merging
"""

from alembic import op

revision = "0032_collection_merging"
down_revision = "0031_collection_keeping"
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
