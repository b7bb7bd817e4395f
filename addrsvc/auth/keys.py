"""Pure: how an API key looks and what is kept of it.

A key reads ``adr_<key id>_<secret>``: the id (8 hex digits) may be shown and logged, the
secret (32 random bytes, base64url) is shown once and only its SHA-256 is kept. The secret has
too much entropy to be guessed, so neither salt nor a slow hash is needed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

_FORM = re.compile(r"adr_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: ``text`` is the only time the secret is seen."""

    key_id: str
    text: str
    secret_hash: bytes


def new_key() -> NewKey:
    """Make a key from the system's random source."""
    key_id = secrets.token_hex(4)
    secret = secrets.token_urlsafe(32)
    return NewKey(key_id, f"adr_{key_id}_{secret}", hash_of(secret))


def hash_of(secret: str) -> bytes:
    """Give what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def split_key(text: str) -> tuple[str, str] | None:
    """Give key id and secret of a key as sent; None when it is no key of ours."""
    match = _FORM.fullmatch(text)
    return (match[1], match[2]) if match else None
