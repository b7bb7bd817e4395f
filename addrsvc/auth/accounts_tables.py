"""Tables of people: accounts, their sessions, failed sign-ins, grants to people from elsewhere.

Shape and rules are in the migration of principals.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from addrsvc.db.metadata import metadata

_MOMENT = sa.DateTime(timezone=True)

account = sa.Table(
    "account",
    metadata,
    sa.Column("account_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("password_changed_at", _MOMENT, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("roles", ARRAY(sa.Text), nullable=False),
    sa.Column("scopes", ARRAY(sa.Text), nullable=False),
    sa.Column("areas", ARRAY(sa.Text)),
    sa.Column("created_at", _MOMENT, nullable=False),
    sa.Column("disabled_at", _MOMENT),
)

account_session = sa.Table(
    "account_session",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("account.account_id"), nullable=False),
    sa.Column("created_at", _MOMENT, nullable=False),
    sa.Column("last_used_at", _MOMENT, nullable=False),
)

sign_in_attempt = sa.Table(
    "sign_in_attempt",
    metadata,
    sa.Column("login_key", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("seen_at", _MOMENT, nullable=False),
    sa.Column("succeeded_at", _MOMENT),
)

person_grant = sa.Table(
    "person_grant",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("roles", ARRAY(sa.Text), nullable=False),
    sa.Column("scopes", ARRAY(sa.Text), nullable=False),
    sa.Column("areas", ARRAY(sa.Text)),
    sa.Column("granted_by", sa.Text, nullable=False),
    sa.Column("granted_at", _MOMENT, nullable=False),
    sa.Column("expires_at", _MOMENT),
)
