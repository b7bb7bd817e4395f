"""Settings of a service with no more rights than it has in use; tests themselves are superuser."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

from addrsvc.db.roles import READER, WRITER, ensure_login
from addrsvc.settings import Settings

PASSWORD = "invented-for-tests"
ENCRYPTION_KEY = "dGVzdHMgb25seTogbm8ga2V5IG9mIGFueSBzZXJ2ZXI="  # 32 bytes, no secret


def make_roles(superuser_url: str) -> None:
    """Let the roles of the service into a cluster for tests, once for all its databases."""
    superuser = urlsplit(superuser_url)
    with psycopg.connect(superuser_url, autocommit=True) as conn:
        for role in (WRITER, READER):
            ensure_login(conn, role, _verifier(PASSWORD))
        ensure_login(conn, unquote(superuser.username or ""), _verifier(superuser.password or ""))


def _verifier(password: str) -> str:
    """Derive what the server keeps of a password in one round, not in 4,096.

    They take half of a connecting, and a test of the whole application connects nine times.
    """
    salt = b"invented for tests"
    salted = hashlib.pbkdf2_hmac("sha256", unquote(password).encode(), salt, 1)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt_text, stored_text, server_text = (
        base64.b64encode(each).decode() for each in (salt, stored, server)
    )
    return f"SCRAM-SHA-256$1:{salt_text}${stored_text}:{server_text}"


def as_role(url: str, role: str) -> str:
    """Give the URL of a test's database for another role than the superuser."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{place}"))


def service_settings(url: str, **more: object) -> Settings:
    """Give settings with the writer's and the reader's URL of a test's database."""
    urls = {"database_url": as_role(url, WRITER), "read_database_url": as_role(url, READER)}
    return Settings.model_validate({**urls, **more})
