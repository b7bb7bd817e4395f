"""Table of the audit log; shape and rules are in the migrations foundation, feed and partitions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from addrsvc.db.metadata import metadata

audit_entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("audit_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("principal", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text),
    sa.Column("detail", JSONB),
    sa.Column("number", sa.BigInteger),
    sa.Column("hash", sa.LargeBinary),
)
