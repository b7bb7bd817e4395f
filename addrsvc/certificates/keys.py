"""The keys certificates are signed with: from settings, newest first; public halves for all."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from addrsvc.certificates.errors import CertificateKeyInvalid, CertificateKeyMissing
from addrsvc.certificates.signing import key_id_of, signing_key
from addrsvc.settings import Settings


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Who signs: the newest key, in whose name, and whether the register is a demo."""

    key: Ed25519PrivateKey
    issuer: str
    is_demo: bool

    @property
    def key_id(self) -> str:
        """Give the id of the key."""
        return key_id_of(self.key.public_key())


def configured_keys(settings: Settings) -> list[Ed25519PrivateKey]:
    """Give the signing keys of this service, newest first; none: it signs nothing.

    Raises:
        CertificateKeyInvalid: one is no key, or their file cannot be read.
    """
    named = settings.certificate_key
    seeds = "" if named is None else named.get_secret_value()
    if not seeds and settings.certificate_key_file is not None:
        try:
            seeds = settings.certificate_key_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise CertificateKeyInvalid from None
    return [signing_key(seed) for seed in seeds.replace(",", " ").split()]


def signer_of(settings: Settings) -> Signer:
    """Give who signs.

    Raises:
        CertificateKeyMissing: nobody, no key is set.
        CertificateKeyInvalid: see ``configured_keys``.
    """
    keys = configured_keys(settings)
    if not keys:
        raise CertificateKeyMissing
    return Signer(keys[0], settings.certificate_issuer, settings.demo)
