"""A certificate of our own making, for trials: browsers let a page work offline over https only.

An authority of this machine's signs it, which phones are told to trust once. It can vouch for
addresses of local networks and this machine's own names, and for nobody else, whoever gets
hold of its key. For real use a certificate of a public authority belongs on a proxy in front.
"""

from __future__ import annotations

import fcntl
import ipaddress
import os
import socket
import ssl
import struct
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_FOR: Final = timedelta(days=3650)
_FOR: Final = timedelta(days=397)
"""Browsers and phones refuse longer ones."""
_RENEWED_BEFORE: Final = timedelta(days=60)
_SKEW: Final = timedelta(days=1)
"""Clocks of phones that are behind."""
_LOCAL_NETWORKS: Final = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
)
_LOCAL_DOMAINS: Final = ("localhost", "local", "lan", "home.arpa", "internal", "test")
_SIOCGIFADDR: Final = 0x8915

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class LocalCertificate:
    """Files of a certificate made here; the keys are readable by us alone."""

    folder: Path

    @property
    def authority(self) -> Path:
        """What phones are told to trust: PEM, no secret."""
        return self.folder / "ca.crt"

    @property
    def authority_key(self) -> Path:
        """What signs: whoever has it can pass for this machine to phones that trust it."""
        return self.folder / "ca.key"

    @property
    def certificate(self) -> Path:
        """What the server shows: PEM, the authority's behind it."""
        return self.folder / "server.crt"

    @property
    def key(self) -> Path:
        """Key of the certificate."""
        return self.folder / "server.key"

    def fingerprint(self) -> str:
        """Give the SHA-256 of the authority's certificate, as phones show it."""
        digest = _load(self.authority).fingerprint(hashes.SHA256())
        return digest.hex(":").upper()

    def trusting(self) -> ssl.SSLContext:
        """Give what a client needs that trusts this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.authority)
        return context


def ensure(folder: Path, names: Collection[str], now: datetime) -> LocalCertificate:
    """Make what is missing, no longer fits the names, or is about to end; else leave all as it is.

    Args:
        folder: of the certificate, made where missing.
        names: hosts and IP addresses it is for.
        now: the present moment.

    Raises:
        OSError: the folder cannot be written.
    """
    made = LocalCertificate(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _authority_fits(made, names, now):
        _make_authority(made, names, now)
    if not _certificate_fits(made, names, now):
        _make_certificate(made, names, now)
    return made


def names_of_machine(host: str) -> list[str]:
    """Give the names and addresses under which this machine is reached, the first for phones.

    ``host``: what is listened on; where that is one address, the others are not listened on.
    """
    if host not in {"0.0.0.0", "::", ""}:  # noqa: S104 -- read, not bound
        return _once([host, "localhost", "127.0.0.1"])
    own = socket.gethostname()
    found = [*addresses_of_machine(), own, f"{own}.local", "localhost", "127.0.0.1", "::1"]
    return _once(each for each in found if _is_name(each))


def addresses_of_machine() -> list[str]:
    """Give the IPv4 addresses of this machine in its networks, without that of itself."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, request)
            except OSError:  # it has none
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return [each for each in found if not ipaddress.ip_address(each).is_loopback]


def _authority_fits(made: LocalCertificate, names: Collection[str], now: datetime) -> bool:
    try:
        authority, key = _load(made.authority), _load_key(made.authority_key)
        limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    if authority.public_key() != key.public_key():
        return False
    if now + _FOR + _RENEWED_BEFORE > authority.not_valid_after_utc:
        return False
    return all(_is_within(each, limits.permitted_subtrees or []) for each in names)


def _certificate_fits(made: LocalCertificate, names: Collection[str], now: datetime) -> bool:
    try:
        certificate, key = _load(made.certificate), _load_key(made.key)
        authority = _load(made.authority)
        certificate.verify_directly_issued_by(authority)
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    is_key = certificate.public_key() == key.public_key()
    is_long = now + _RENEWED_BEFORE <= certificate.not_valid_after_utc
    return is_key and is_long and set(said) == set(_general_names(names))


def _make_authority(made: LocalCertificate, names: Collection[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "addrsvc"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"addrsvc {socket.gethostname()}"[:64]),
        ]
    )
    limits = x509.NameConstraints(permitted_subtrees=_permitted(names), excluded_subtrees=None)
    authority = (
        _builder(called, called, key.public_key(), now, _AUTHORITY_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(is_authority=True), critical=True)
        .add_extension(limits, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(made.authority_key, _pem_of(key))
    _write(made.authority, authority.public_bytes(serialization.Encoding.PEM))


def _make_certificate(made: LocalCertificate, names: Collection[str], now: datetime) -> None:
    authority, signer = _load(made.authority), _load_key(made.authority_key)
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "addrsvc")])
    certificate = (
        _builder(called, authority.subject, key.public_key(), now, _FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    _write(made.key, _pem_of(key))
    chain = [certificate, authority]
    _write(
        made.certificate,
        b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain),
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now - _SKEW + lasts)
    )


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _permitted(names: Collection[str]) -> list[x509.GeneralName]:
    """Give what the authority may vouch for: local networks, and the names it is asked for now."""
    networks = [ipaddress.ip_network(each) for each in _LOCAL_NETWORKS]
    domains = list(_LOCAL_DOMAINS)
    for each in names:
        address = _address(each)
        if address is None:
            if not _is_below(each, domains):
                domains.append(each)
        elif not any(address in network for network in networks):
            networks.append(ipaddress.ip_network(address))
    return [*map(x509.IPAddress, networks), *map(x509.DNSName, domains)]


def _is_within(name: str, permitted: Iterable[x509.GeneralName]) -> bool:
    """Tell whether the authority may vouch for a name."""
    address = _address(name)
    if address is None:
        domains = [each.value for each in permitted if isinstance(each, x509.DNSName)]
        return _is_below(name, domains)
    networks = [each.value for each in permitted if isinstance(each, x509.IPAddress)]
    return any(address in ipaddress.ip_network(str(each)) for each in networks)


def _is_below(name: str, domains: Iterable[str]) -> bool:
    return any(name == each or name.endswith(f".{each}") for each in domains)


def _general_names(names: Iterable[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for each in _once(names):
        address = _address(each)
        found.append(x509.DNSName(each) if address is None else x509.IPAddress(address))
    return found


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _is_name(name: str) -> bool:
    """Tell whether a certificate can hold a name: hosts are called what they like."""
    labels = name.split(".")
    return _address(name) is not None or all(
        each.isascii() and each.replace("-", "").replace("_", "").isalnum() and len(each) < 64
        for each in labels
    )


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(each.lower() for each in names))


def _load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read a key.

    Raises:
        OSError, ValueError: there is none.
    """
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("another kind of key")  # noqa: TRY004 -- of what the file holds
    return key


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by us alone."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(path)
