"""Encryption at rest of what is secret in the database, and finding a person in it again.

Documents are Fernet tokens (AES-128-CBC with HMAC-SHA-256). Each says inside what it belongs to,
so that a token moved to another row is refused. The newest key encrypts, every key of the ring
decrypts; the id of the key used is kept beside each document, so that one knows when an old key
may go.

A *blind index* finds equal values without telling them: HMAC-SHA-256 under a key derived (HKDF)
from the very key that encrypts the document beside it. So a rotation renews index and document
together, an old key is of no use once its rows are re-encrypted, and there is no second secret to
keep for ever. While rows of several keys are there, a search asks for the value's index under each.

The keys come from ADDRSVC_ENCRYPTION_KEYS, or from a file that is read again when it changes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.personal.errors import (
    EncryptionKeyMissing,
    EncryptionKeysInvalid,
    EncryptionKeyUnknown,
)
from addrsvc.settings import Settings

_KEY_BYTES = 32
_VARIABLE = "ADDRSVC_ENCRYPTION_KEYS"
_END = b"\0"
"""Between what a document belongs to and the document."""


class Sealed(NamedTuple):
    """A document as it is kept."""

    token: str
    """ASCII, about 4/3 of the plain length and 100 bytes more."""
    key_id: str


class _Key:
    """One key: its name, its cipher, and the index keys derived from it."""

    def __init__(self, text: str) -> None:
        self._secret = base64.urlsafe_b64decode(text)
        if len(self._secret) != _KEY_BYTES:
            raise ValueError(f"not {_KEY_BYTES} bytes")  # never the key itself
        self.fernet = Fernet(text)
        self.key_id = hashlib.sha256(b"addrsvc key id" + self._secret).hexdigest()[:12]

    @cached_property
    def _index_key(self) -> bytes:
        derivation = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"addrsvc blind index")
        return derivation.derive(self._secret)

    def index(self, kind: str, value: str) -> bytes:
        plain = kind.encode() + _END + value.encode()
        return hmac.digest(self._index_key, plain, "sha256")


class Keyring:
    """The keys of the service, newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Read keys as Fernet writes them; ValueError when one is none."""
        self._keys = [_Key(text) for text in keys]
        self._by_id: Mapping[str, _Key] = {key.key_id: key for key in self._keys}
        self._cipher = MultiFernet([key.fernet for key in self._keys])

    @property
    def key_id(self) -> str:
        """Name the newest key, which encrypts."""
        return self._keys[0].key_id

    @property
    def key_ids(self) -> list[str]:
        """Name all keys, newest first."""
        return list(self._by_id)

    def encrypt(self, plain: bytes, *, bound_to: str) -> Sealed:
        """Encrypt a document with the newest key; it opens only for what it is bound to."""
        token = self._keys[0].fernet.encrypt(bound_to.encode() + _END + plain)
        return Sealed(token.decode(), self.key_id)

    def decrypt(self, token: str, *, bound_to: str, key_id: str = "—") -> bytes:
        """Decrypt a document.

        Args:
            token: as :meth:`encrypt` gave it.
            bound_to: what it must belong to.
            key_id: of the key it should need, for the error.

        Raises:
            EncryptionKeyUnknown: no key of the ring fits, or it was altered or moved.
        """
        try:
            owner, _, plain = self._cipher.decrypt(token.encode()).partition(_END)
        except (InvalidToken, UnicodeEncodeError):
            raise EncryptionKeyUnknown(key_id=key_id) from None
        if owner != bound_to.encode():
            raise EncryptionKeyUnknown(key_id=key_id)
        return plain

    def index(self, kind: str, value: str) -> bytes:
        """Give the blind index of a value under the newest key: 32 bytes, to be kept."""
        return self._keys[0].index(kind, value)

    def indexes(self, kind: str, value: str) -> list[bytes]:
        """Give the blind indexes of a value under every key, to search with."""
        return [key.index(kind, value) for key in self._keys]


def new_key() -> str:
    """Make a key."""
    return Fernet.generate_key().decode()


def keyring(settings: Settings) -> Keyring:
    """Give the keys these settings name.

    Raises:
        EncryptionKeyMissing: they name none.
        EncryptionKeysInvalid: what they name is not readable as keys.
    """
    given = settings.encryption_keys.get_secret_value()
    if given.strip():
        return _ring(tuple(part.strip() for part in given.split(",") if part.strip()), _VARIABLE)
    path = settings.encryption_key_file
    if path is None:
        raise EncryptionKeyMissing
    try:
        return _ring_of_file(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise EncryptionKeyMissing from None
    except OSError as error:
        why = error.strerror or "?"
        raise EncryptionKeysInvalid(f"không mở được tệp khóa ({why})", why, path.name) from None


def keyring_of(conn: AsyncConnection) -> Keyring:
    """Give the keys of the settings a transaction's engine was made with.

    Raises:
        EncryptionKeyMissing, EncryptionKeysInvalid: as for :func:`keyring`.
    """
    sync = conn.sync_connection
    settings = None if sync is None else sync.get_execution_options().get("settings")
    if not isinstance(settings, Settings):
        raise EncryptionKeyMissing
    return keyring(settings)


@lru_cache(maxsize=8)
def _ring_of_file(path: Path, _changed_ns: int) -> Keyring:
    return _ring(tuple(path.read_text(encoding="ascii", errors="replace").split()), path.name)


@lru_cache(maxsize=8)
def _ring(keys: tuple[str, ...], source: str) -> Keyring:
    if not keys:
        raise EncryptionKeysInvalid("không có khóa nào", "no key in it", source)
    try:
        return Keyring(keys)
    except ValueError:
        raise EncryptionKeysInvalid("có khóa sai định dạng", "a key is malformed", source) from None


def write_key_file(path: Path, keys: Sequence[str]) -> None:
    """Write the keys, newest first, whole or not at all, readable by us alone."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("".join(f"{key}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_key_file(path: Path) -> list[str]:
    """Give the keys of a file, newest first; none when there is no file."""
    try:
        return path.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []
