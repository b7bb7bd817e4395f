"""Pure: how an API key and an access token look, and what is kept of them.

A key reads ``adr_<key id>_<secret>``: the id (8 hex digits) may be shown and logged, the
secret (32 random bytes, base64url) is shown once and only its SHA-256 is kept. The secret has
too much entropy to be guessed, so neither salt nor a slow hash is needed. An access token reads
``adt_<secret>`` and is kept in the same way. The secret of a sandbox key begins with ``sandbox_``,
so that people see what it is, and a real register can say so.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

_FORM = re.compile(r"adr_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_SANDBOX = "sandbox_"
_TOKEN = "adt_"  # noqa: S105 - how tokens begin


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: ``text`` is the only time the secret is seen."""

    key_id: str
    text: str
    secret_hash: bytes


def new_key(key_id: str | None = None, *, is_sandbox: bool = False) -> NewKey:
    """Make a key from the system's random source; with an id: a new secret for it."""
    key_id = secrets.token_hex(4) if key_id is None else key_id
    secret = _SANDBOX + secrets.token_urlsafe(26) if is_sandbox else secrets.token_urlsafe(32)
    return NewKey(key_id, f"adr_{key_id}_{secret}", hash_of(secret))


def hash_of(secret: str) -> bytes:
    """Give what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def split_key(text: str) -> tuple[str, str] | None:
    """Give key id and secret of a key as sent; None when it is no key of ours."""
    match = _FORM.fullmatch(text)
    return (match[1], match[2]) if match else None


def is_sandbox_secret(secret: str) -> bool:
    """Tell whether a secret is that of a sandbox key.

    >>> is_sandbox_secret(new_key(is_sandbox=True).text.split("_", 2)[2])
    True
    """
    return secret.startswith(_SANDBOX)


def new_token() -> str:
    """Make an access token from the system's random source."""
    return _TOKEN + secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Tell whether a text as sent claims to be an access token of ours."""
    return text.startswith(_TOKEN)
