"""What a plan changes against those it takes the place of; what follows for addresses.

Revision: 0022_planning_changes
"""

from alembic import op

revision = "0022_planning_changes"
down_revision = "0021_planning_tiles"
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
