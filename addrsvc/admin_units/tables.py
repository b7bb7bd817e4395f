"""Tables of units, thoroughfares and localities; rules and indexes are in their migration."""

from __future__ import annotations

import sqlalchemy as sa
from geoalchemy2 import Geometry

from addrsvc.db.metadata import metadata

admin_unit = sa.Table(
    "admin_unit",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("valid_from", sa.Date, primary_key=True),
    sa.Column("valid_to", sa.Date),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("full_name_en", sa.Text),
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("parent_code", sa.Text),
    sa.Column("centre", Geometry("POINT", 4326, spatial_index=False)),
    sa.Column("area_km2", sa.Numeric(10, 3)),
    sa.Column("population", sa.Integer),
    sa.Column("boundary", Geometry("MULTIPOLYGON", 4326, spatial_index=False)),
    sa.Column("boundary_kind", sa.Text),
    sa.Column("boundary_source", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
)

admin_unit_piece = sa.Table(
    "admin_unit_piece",
    metadata,
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("indicative", sa.Boolean, nullable=False),
    sa.Column("piece", Geometry("POLYGON", 4326, spatial_index=False), nullable=False),
)

admin_unit_link = sa.Table(
    "admin_unit_link",
    metadata,
    sa.Column("from_code", sa.Text, primary_key=True),
    sa.Column("from_valid_from", sa.Date, primary_key=True),
    sa.Column("to_code", sa.Text, primary_key=True),
    sa.Column("to_valid_from", sa.Date, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("share_of_from", sa.Double),
    sa.Column("share_source", sa.Text),
    sa.Column("instrument", sa.Text),
    sa.Column("effective_date", sa.Date, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)

admin_unit_bundle = sa.Table(
    "admin_unit_bundle",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("links", sa.Integer, nullable=False),
)

thoroughfare = sa.Table(
    "thoroughfare",
    metadata,
    sa.Column("thoroughfare_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("registered_in", sa.Text),
    sa.Column("segment_from", sa.Text),
    sa.Column("segment_to", sa.Text),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column("line", Geometry("MULTILINESTRING", 4326, spatial_index=False)),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("licence", sa.Text),
)

thoroughfare_area = sa.Table(
    "thoroughfare_area",
    metadata,
    sa.Column("thoroughfare_id", sa.BigInteger, primary_key=True),
    sa.Column("unit_code", sa.Text, primary_key=True),
    sa.Column("unit_valid_from", sa.Date, primary_key=True),
)

thoroughfare_alias = sa.Table(
    "thoroughfare_alias",
    metadata,
    sa.Column("thoroughfare_id", sa.BigInteger, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("name_key", sa.Text, nullable=False),
)

locality = sa.Table(
    "locality",
    metadata,
    sa.Column("locality_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("commune_code", sa.Text, nullable=False),
    sa.Column("commune_valid_from", sa.Date, nullable=False),
    sa.Column("centre", Geometry("POINT", 4326, spatial_index=False)),
    sa.Column("external_id", sa.Text),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("licence", sa.Text),
)

locality_alias = sa.Table(
    "locality_alias",
    metadata,
    sa.Column("locality_id", sa.BigInteger, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("name_key", sa.Text, nullable=False),
)
