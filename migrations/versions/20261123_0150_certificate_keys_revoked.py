"""Keys of certificates that are no longer trusted.

Revision: 0029_keys_revoked
"""

revision = "0029_keys_revoked"
down_revision = "0028_coverage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To be filled."""


def downgrade() -> None:
    """To be filled."""
