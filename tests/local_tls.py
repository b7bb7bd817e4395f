"""A certificate of this machine's for servers of tests, and how a browser is told to take it.

Pages that work without a network do so over https only, and a page over http on 127.0.0.1 would
not show what cookies and workers do on a real one.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from addrsvc.cli import local_certificate
from addrsvc.cli.local_certificate import LocalCertificate


@dataclass(frozen=True)
class LocalTls:
    """Files for a server, and what its clients need."""

    made: LocalCertificate

    @property
    def server_options(self) -> dict[str, str]:
        """Give the options of ``uvicorn.run``, and of ``forked_server(…, **options)``."""
        return {"ssl_certfile": str(self.made.certificate), "ssl_keyfile": str(self.made.key)}

    @property
    def spki(self) -> str:
        """Give the hash of the certificate's key as Chromium wants it."""
        certificate = x509.load_pem_x509_certificate(self.made.certificate.read_bytes())
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(key).digest()).decode()

    @property
    def chromium_flag(self) -> str:
        """Give the flag by which Chromium takes this certificate as if it were a public one."""
        return f"--ignore-certificate-errors-spki-list={self.spki}"


def make_local_tls(folder: Path) -> LocalTls:
    """Make a certificate for 127.0.0.1 and localhost in a folder, once."""
    names = ["127.0.0.1", "localhost"]
    return LocalTls(local_certificate.ensure(folder, names, datetime.now(UTC)))
