"""Settings of a service with no more rights than it has in use; tests themselves are superuser."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import psycopg

from addrsvc.db.roles import READER, WRITER, ensure_login
from addrsvc.settings import Settings

PASSWORD = "invented-for-tests"
ENCRYPTION_KEY = "dGVzdHMgb25seTogbm8ga2V5IG9mIGFueSBzZXJ2ZXI="  # 32 bytes, no secret


def make_roles(superuser_url: str) -> None:
    """Let the roles of the service into a cluster for tests, once for all its databases."""
    with psycopg.connect(superuser_url, autocommit=True) as conn:
        for role in (WRITER, READER):
            ensure_login(conn, role, PASSWORD)


def as_role(url: str, role: str) -> str:
    """Give the URL of a test's database for another role than the superuser."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{place}"))


def service_settings(url: str, **more: object) -> Settings:
    """Give settings with the writer's and the reader's URL of a test's database."""
    urls = {"database_url": as_role(url, WRITER), "read_database_url": as_role(url, READER)}
    return Settings.model_validate({**urls, **more})
