"""Tickets of citizens: no number, missing, wrong.

Revision: 0027_tickets
"""

revision = "0027_tickets"
down_revision = "0026_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To be filled."""


def downgrade() -> None:
    """To be filled."""
