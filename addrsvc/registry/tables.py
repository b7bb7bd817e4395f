"""Tables of the registry; rules, triggers and indexes are in their migration."""

from __future__ import annotations

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB, UUID

from addrsvc.db.metadata import metadata

_moment = sa.DateTime(timezone=True)

code_prefix = sa.Table(
    "code_prefix",
    metadata,
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("commune_code", sa.Text, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("next_counter", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("is_demo", sa.Boolean, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("imported_at", _moment, nullable=False),
)

reserved_range = sa.Table(
    "reserved_range",
    metadata,
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("first", sa.Integer, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since_counter", sa.Integer, nullable=False),
)

address = sa.Table(
    "address",
    metadata,
    sa.Column("address_id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("code", sa.Text, unique=True),
    sa.Column("issuer", sa.Text),
    sa.Column("origin", UUID, unique=True),
    sa.Column("created_at", _moment, nullable=False),
)

address_version = sa.Table(
    "address_version",
    metadata,
    sa.Column("address_id", sa.BigInteger, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.Column("recorded_from", _moment, nullable=False),
    sa.Column("recorded_to", _moment),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("act_id", sa.BigInteger),
    sa.Column("principal", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("document", JSONB, nullable=False),
)

address_current = sa.Table(
    "address_current",
    metadata,
    sa.Column("address_id", sa.BigInteger, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("commune_code", sa.Text, nullable=False),
    sa.Column("commune_valid_from", sa.Date, nullable=False),
    sa.Column("parent_id", sa.BigInteger),
    sa.Column("position", Geometry("POINT", 4326, spatial_index=False)),
    sa.Column("base_key", sa.Text),
    sa.Column("number_key", sa.Text),
)

address_alias = sa.Table(
    "address_alias",
    metadata,
    sa.Column("address_id", sa.BigInteger, primary_key=True),
    sa.Column("scheme", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("recorded_at", _moment, nullable=False),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column("confidence", sa.Float),
    sa.Column("withdrawn_at", _moment),
)

address_successor = sa.Table(
    "address_successor",
    metadata,
    sa.Column("address_id", sa.BigInteger, nullable=False),
    sa.Column("successor_id", sa.BigInteger, nullable=False),
    sa.Column("relation", sa.Text, nullable=False),
    sa.Column("recorded_at", _moment, nullable=False),
    sa.Column("withdrawn_at", _moment),
    sa.Column("act_id", sa.BigInteger),
)

registry_act = sa.Table(
    "registry_act",
    metadata,
    sa.Column("act_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("principal", sa.Text, nullable=False),
    sa.Column("recorded_at", _moment, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("instrument", JSONB),
    sa.Column("effective_on", sa.Date),
    sa.Column("spec", JSONB),
    sa.Column("done_up_to", sa.BigInteger, nullable=False),
    sa.Column("counts", JSONB, nullable=False),
    sa.Column("finished_at", _moment),
    sa.Column("undoes", sa.BigInteger),
)

address_distinct = sa.Table(
    "address_distinct",
    metadata,
    sa.Column("low_id", sa.BigInteger, primary_key=True),
    sa.Column("high_id", sa.BigInteger, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("principal", sa.Text, nullable=False),
    sa.Column("recorded_at", _moment, nullable=False),
)

address_former = sa.Table(
    "address_former",
    metadata,
    sa.Column("address_id", sa.BigInteger, nullable=False),
    sa.Column("base_key", sa.Text, nullable=False),
    sa.Column("number_key", sa.Text),
    sa.Column("until", sa.Date, nullable=False),
)
