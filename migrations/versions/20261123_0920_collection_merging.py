"""Field collection: merging.

Revision: 0032_collection_merging
"""

from alembic import op

revision = "0032_collection_merging"
down_revision = "0031_collection_keeping"
branch_labels = None
depends_on = None

DDL = """
-- how often the worker tried to decide it by rules, and when last
ALTER TABLE submission ADD COLUMN tries integer NOT NULL DEFAULT 0;
ALTER TABLE submission ADD COLUMN tried_at timestamptz;
-- Usage: what a supervisor decided today
CREATE INDEX submission_decided_idx ON submission (decided_by, decided_at)
    WHERE decided_by IS NOT NULL;

-- when its end, and what was burnt with it, was told in the feed
ALTER TABLE code_block ADD COLUMN told_at timestamptz;
-- Usage: blocks whose end is to be told
CREATE INDEX code_block_untold_idx ON code_block (least(expires_at, revoked_at))
    WHERE told_at IS NULL;
"""

BACK = """
DROP INDEX code_block_untold_idx, submission_decided_idx;
ALTER TABLE code_block DROP COLUMN told_at;
ALTER TABLE submission DROP COLUMN tries, DROP COLUMN tried_at;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
