"""Queue: the tables of procrastinate, in a schema of their own.

Revision: 0012_queue
"""

from alembic import op

revision = "0012_queue"
down_revision = "0011_webhooks"
branch_labels = None
depends_on = None

DDL = """
SELECT 1;

-- At the end of this revision, beside the queue: states of the whole service that operators switch
-- at run time (read-only mode). Read every second by each worker; a handful of rows.
CREATE TABLE service_state (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL
);
"""

BACK = """
DROP TABLE service_state;
SELECT 1;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
