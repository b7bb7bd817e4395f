"""Bring the database to this release's schema."""

from __future__ import annotations

from addrsvc.db import migrate as migrations
from addrsvc.settings import Settings


def migrate() -> None:
    """Migrate the database at ADDRSVC_DATABASE_URL to this release's schema."""
    migrations.upgrade(Settings().database_url.get_secret_value())
    print(f"schema is at {migrations.head()}")
