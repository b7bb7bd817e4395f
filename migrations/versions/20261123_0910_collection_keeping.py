"""Field collection: keeping.

Revision: 0031_collection_keeping
"""

from alembic import op

revision = "0031_collection_keeping"
down_revision = "0030_collection"
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
