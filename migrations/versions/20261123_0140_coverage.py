"""Households expected per commune, and how far collection is.

Revision: 0028_coverage
"""

revision = "0028_coverage"
down_revision = "0027_tickets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To be filled."""


def downgrade() -> None:
    """To be filled."""
