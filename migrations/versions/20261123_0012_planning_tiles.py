"""Zones of plans made ready for vector tiles.

Revision: 0021_planning_tiles
"""

from alembic import op

revision = "0021_planning_tiles"
down_revision = "0020_vn2000"
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
