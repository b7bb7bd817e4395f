"""Field collection: photos.

Revision: 0033_collection_photos
"""

from alembic import op

revision = "0033_collection_photos"
down_revision = "0032_collection_merging"
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
