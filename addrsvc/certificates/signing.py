"""Pure: a certificate's two written forms, its signature, and how both are read strictly.

**What is signed** is the payload in canonical form: JSON in UTF-8 with sorted keys, no spaces and
nothing escaped that need not be, which for what stands in it (texts, whole numbers, true, false,
null) is the form of RFC 8785. The signature is Ed25519 over these bytes and nothing else.

**As a file**: ``{"payload": {…}, "signature": "…"}``, the signature in base64url without padding.
It may be indented or sorted otherwise: the payload is brought into canonical form before it is
verified. **As a text** for QR codes: canonical payload and signature, each in base64url without
padding, a dot between; behind the ``#`` of the link to the certificate's page, where it is never
sent to a server.

Refused: members said twice, numbers that are not whole, members beside the two, signatures and
texts in any but the one spelling, other algorithms and types. The key is chosen by ``key_id``
among those the verifier trusts; nothing in a certificate brings a key along. ``key_id`` is the
first 16 hexadecimal digits of the SHA-256 of the 32-byte public key.

Source: RFC 8032 (Ed25519), RFC 8785 (canonical JSON), RFC 8037 (keys as JWK).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NoReturn

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from addrsvc.certificates.errors import (
    CertificateForged,
    CertificateKeyInvalid,
    CertificateKeyUnknown,
    CertificateUnreadable,
    PublicKeyUnreadable,
)

TYPE: Final = "digital-address-certificate"
VERSION: Final = 1
ALGORITHM: Final = "Ed25519"

MAX_TEXT: Final = 16_000
"""Characters read; a certificate has about 1,500."""
_MOST_WHOLE: Final = 2**53
_SIGNATURE_BYTES: Final = 64
_KEY_BYTES: Final = 32

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)

Keys = Mapping[str, Ed25519PublicKey]
"""By key id: whom a verifier trusts."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A payload with a signature; whether that holds is what :func:`verify` says."""

    payload: Mapping[str, Any]
    signature: bytes

    @property
    def serial(self) -> str:
        """Give its serial."""
        return str(self.payload["serial"])

    @property
    def key_id(self) -> str:
        """Give the id of the key it names."""
        return str(self.payload["key_id"])

    def document(self) -> dict[str, Any]:
        """Give it as it stands in a file."""
        return {"payload": dict(self.payload), "signature": _base64url(self.signature)}

    def compact(self) -> str:
        """Give it as a short text."""
        return f"{_base64url(canonical(self.payload))}.{_base64url(self.signature)}"


def canonical(payload: Mapping[str, Any]) -> bytes:
    """Give the bytes that are signed."""
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)


def sign(payload: Mapping[str, Any], key: Ed25519PrivateKey) -> Signed:
    """Sign a payload; type, version, algorithm and key are added to it."""
    whole = {
        **payload,
        "type": TYPE,
        "version": VERSION,
        "algorithm": ALGORITHM,
        "key_id": key_id_of(key.public_key()),
    }
    return Signed(whole, key.sign(canonical(whole)))


def read(text: str) -> Signed:
    """Read a certificate from a file's text, a short text, or a link with that behind its ``#``.

    Raises:
        CertificateUnreadable: it is none, or not written the one way.
    """
    given = text.strip()
    if len(given) > MAX_TEXT:
        _refuse("too-long")
    if given.startswith("{"):
        return _read_document(given)
    if given.lower().startswith(("http:", "https:")):
        given = given.partition("#")[2]
        if not given:
            _refuse("link-only")
    parts = _COMPACT.fullmatch(given)
    if parts is None:
        _refuse("form")
    payload_bytes = _bytes_of(parts[1])
    try:
        payload = parsed(payload_bytes.decode())
    except UnicodeDecodeError:
        _refuse("utf-8")
    if not isinstance(payload, dict) or _canonical_of(payload) != payload_bytes:
        _refuse("not-canonical")
    return _checked(payload, parts[2])


def verify(signed: Signed, keys: Keys) -> None:
    """Pass a certificate whose signature holds.

    Raises:
        CertificateKeyUnknown: it names none of these keys.
        CertificateForged: it was changed, or somebody else signed it.
    """
    key = keys.get(signed.key_id)
    if key is None:
        raise CertificateKeyUnknown(key_id=signed.key_id)
    try:
        key.verify(signed.signature, canonical(signed.payload))
    except InvalidSignature:
        raise CertificateForged(key_id=signed.key_id) from None


def grouped(serial: str) -> str:
    """Write a serial in groups of four.

    >>> grouped("ABCDEFGHIJKLMNOP")
    'ABCD-EFGH-IJKL-MNOP'
    """
    return "-".join(serial[at : at + 4] for at in range(0, len(serial), 4))


def _read_document(text: str) -> Signed:
    document = parsed(text)
    if not isinstance(document, dict) or set(document) != {"payload", "signature"}:
        _refuse("members")
    payload, signature = document["payload"], document["signature"]
    if not isinstance(payload, dict) or not isinstance(signature, str):
        _refuse("members")
    _canonical_of(payload)
    return _checked(payload, signature)


def _checked(payload: dict[str, Any], signature: str) -> Signed:
    expected = {"type": TYPE, "version": VERSION, "algorithm": ALGORITHM}
    for name, value in expected.items():
        if payload.get(name) != value or isinstance(payload.get(name), bool):
            _refuse(name)
    if not all(isinstance(payload.get(name), str) for name in ("serial", "key_id")):
        _refuse("serial, key_id")
    if not re.fullmatch(r"[0-9a-f]{16}", payload["key_id"]):
        _refuse("key_id")
    signed = _bytes_of(signature)
    if len(signed) != _SIGNATURE_BYTES:
        _refuse("signature")
    return Signed(payload, signed)


def parsed(text: str) -> Any:
    """Read JSON: no member said twice, whole numbers only.

    Raises:
        CertificateUnreadable: it is none.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_members,
            parse_int=_whole,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        _refuse("json")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("said-twice")
    return found


def _whole(text: str) -> int:
    number = int(text[:20])
    if len(text) > 20 or abs(number) > _MOST_WHOLE or text == "-0":
        _refuse("number")
    return number


def _no_number(_: str) -> NoReturn:
    _refuse("number")


def _canonical_of(payload: Mapping[str, Any]) -> bytes:
    try:
        return canonical(payload)
    except (TypeError, RecursionError):  # half of a surrogate pair, or nested without end
        _refuse("json")


def _bytes_of(text: str) -> bytes:
    try:
        found = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        _refuse("base64url")
    if _base64url(found) != text:  # bits to spare, padding, another alphabet
        _refuse("base64url")
    return found


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _refuse(why: str) -> NoReturn:
    raise CertificateUnreadable(why=why)


# --- keys ------------------------------------------------------------------------------------


def new_seed() -> str:
    """Make a signing key: base64 of 32 random bytes."""
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def signing_key(seed: str) -> Ed25519PrivateKey:
    """Read a signing key.

    Raises:
        CertificateKeyInvalid: not base64 of 32 bytes.
    """
    try:
        raw = base64.b64decode(seed.strip(), validate=True)
    except ValueError:
        raise CertificateKeyInvalid from None
    if len(raw) != _KEY_BYTES:
        raise CertificateKeyInvalid
    return Ed25519PrivateKey.from_private_bytes(raw)


def key_id_of(key: Ed25519PublicKey) -> str:
    """Give the id of a key."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def pem_of(key: Ed25519PublicKey) -> str:
    """Give a public key as others read it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def jwk_of(key: Ed25519PublicKey) -> dict[str, str]:
    """Give a public key as a JWK of the octet key pair kind."""
    return {
        "kty": "OKP",
        "crv": ALGORITHM,
        "x": _base64url(key.public_bytes_raw()),
        "kid": key_id_of(key),
        "use": "sig",
        "alg": "EdDSA",
    }


def public_key_of(jwk: Mapping[str, Any]) -> Ed25519PublicKey:
    """Read a public key from a JWK.

    Raises:
        ValueError, KeyError, TypeError, CertificateUnreadable: it is none, or of another kind.
    """
    if (jwk["kty"], jwk["crv"]) != ("OKP", ALGORITHM):
        raise ValueError(jwk["kty"])
    return Ed25519PublicKey.from_public_bytes(_bytes_of(jwk["x"]))


def read_public_keys(text: str, file: str) -> dict[str, Ed25519PublicKey]:
    """Read public keys from PEM, or from the JSON of ``/v1/certificates/keys``, by their ids.

    Args:
        text: what the file holds.
        file: its name, for words.

    Raises:
        PublicKeyUnreadable: none is in it, or one is of another kind.
    """
    try:
        found = list(_keys_in(text))
    except (ValueError, TypeError, KeyError, RecursionError, CertificateUnreadable):
        raise PublicKeyUnreadable(file=file) from None
    if not found:
        raise PublicKeyUnreadable(file=file)
    return {key_id_of(each): each for each in found}


def _keys_in(text: str) -> Iterable[Ed25519PublicKey]:
    if text.lstrip().startswith("{"):
        yield from map(public_key_of, parsed(text)["keys"])
        return
    for pem in _PEM.findall(text):
        key = load_pem_public_key(pem.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise TypeError(type(key).__name__)
        yield key
