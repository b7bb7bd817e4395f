"""Why a comparison of plans failed.

Revision: 0023_comparison_problem
"""

from alembic import op

revision = "0023_comparison_problem"
down_revision = "0022_planning_changes"
branch_labels = None
depends_on = None

DDL = """
-- what is told of it, in both languages; NULL: it has not failed, or nobody kept why
ALTER TABLE plan_comparison ADD COLUMN problem jsonb;
"""

BACK = """
ALTER TABLE plan_comparison DROP COLUMN problem;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
