"""A certificate for trials: made once, renewed when due, trusted by clients, for us alone."""

from __future__ import annotations

import ipaddress
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from addrsvc.cli import local_certificate
from addrsvc.cli.local_certificate import LocalCertificate, ensure, names_of_machine
from addrsvc.cli.web_server import WebServer, free_port

NAMES = ["localhost", "127.0.0.1", "192.168.1.5", "may-chu.local"]
READY = """
def make():
    async def app(scope, receive, send):
        if scope["type"] == "http":
            body = scope["scheme"].encode()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})
    return app
"""


def contents(made: LocalCertificate) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(made.folder.iterdir())}


def certificate_of(made: LocalCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.certificate.read_bytes())


def test_it_is_made_once_and_renewed_when_due(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    made = ensure(tmp_path / "tls", NAMES, now)
    first = contents(made)
    assert set(first) == {"ca.crt", "ca.key", "server.crt", "server.key"}
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in made.folder.iterdir()} == {0o600}
    said = certificate_of(made).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert said.value.get_values_for_type(x509.DNSName) == ["localhost", "may-chu.local"]
    addresses = said.value.get_values_for_type(x509.IPAddress)
    assert addresses == [ipaddress.ip_address(each) for each in NAMES[1:3]]
    ensure(made.folder, list(reversed(NAMES)), now + timedelta(days=300))
    assert contents(made) == first
    # about to end, and of other addresses: another certificate of the same authority
    for later, names in ((now + timedelta(days=340), NAMES), (now, [*NAMES, "10.0.0.7"])):
        ensure(made.folder, names, later)
        second = contents(made)
        assert second["ca.crt"] == first["ca.crt"]
        assert second["server.crt"] != first["server.crt"]
        first = second
    assert certificate_of(made).not_valid_after_utc - now < timedelta(days=398)
    # an authority about to end, or whose key is gone, is made anew with what it signed
    renewed = ensure(made.folder, NAMES, now + timedelta(days=3300))
    assert contents(renewed)["ca.crt"] != first["ca.crt"]
    for spoil in (made.authority_key.unlink, lambda: made.authority.write_text("x")):
        spoilt = made.authority.read_bytes()
        spoil()
        ensure(made.folder, NAMES, now)
        assert made.authority.read_bytes() not in {spoilt, b"x"}
    for broken in (made.key, made.certificate):
        broken.write_bytes(b"")
        ensure(made.folder, NAMES, now)
        certificate_of(made).verify_directly_issued_by(
            x509.load_pem_x509_certificate(made.authority.read_bytes())
        )


def test_whoever_has_its_key_can_pass_for_nobody_else(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    made = ensure(tmp_path, NAMES, now)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert "bank.example" not in {each.value for each in limits.value.permitted_subtrees or []}
    before = made.authority.read_bytes()
    # a public name of this machine is one it is asked for: it may vouch for it from now on
    ensure(tmp_path, [*NAMES, "dia-chi.example.vn", "203.0.113.9"], now)
    assert made.authority.read_bytes() != before
    limits = x509.load_pem_x509_certificate(
        made.authority.read_bytes()
    ).extensions.get_extension_for_class(x509.NameConstraints)
    permitted = limits.value.permitted_subtrees or []
    assert x509.DNSName("dia-chi.example.vn") in permitted
    assert x509.IPAddress(ipaddress.ip_network("203.0.113.9/32")) in permitted


def test_names_are_those_listened_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_certificate, "addresses_of_machine", lambda: ["192.168.1.5"])
    monkeypatch.setattr(local_certificate.socket, "gethostname", lambda: "Máy Chủ")
    assert names_of_machine("") == ["192.168.1.5", "localhost", "127.0.0.1", "::1"]
    monkeypatch.setattr(local_certificate.socket, "gethostname", lambda: "May-Chu")
    assert "may-chu.local" in names_of_machine("::")
    assert names_of_machine("127.0.0.1") == ["127.0.0.1", "localhost"]
    assert names_of_machine("192.168.1.5")[0] == "192.168.1.5"


def test_addresses_are_those_of_the_machine() -> None:
    for each in local_certificate.addresses_of_machine():
        assert not ipaddress.ip_address(each).is_loopback


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[WebServer, LocalCertificate]]:
    folder = tmp_path_factory.mktemp("tls")
    (folder / "ready_app.py").write_text(READY)
    made = ensure(folder / "tls", ["127.0.0.1", "localhost"], datetime.now(UTC))
    server = WebServer(
        "127.0.0.1",
        free_port(),
        1,
        {"PYTHONPATH": str(folder)},
        trusted_proxies="",
        factory="ready_app:make",
        tls=made,
    )
    try:
        server.wait_ready()
        yield server, made
    finally:
        server.stop(lambda: True)


def test_who_trusts_the_authority_is_answered_over_tls(
    served: tuple[WebServer, LocalCertificate],
) -> None:
    server, made = served
    assert server.url.startswith("https://127.0.0.1:")
    answer = httpx.get(server.url, verify=made.trusting())
    assert answer.text == "https"
    assert "strict-transport-security" not in answer.headers  # a browser would hold us to it
    port = server.url.rpartition(":")[2]
    assert httpx.get(f"https://localhost:{port}", verify=made.trusting()).status_code == 200
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        httpx.get(server.url, verify=ssl.create_default_context())


def test_what_is_signed_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    """The limits are not only written down: clients hold the authority to them."""
    now = datetime.now(UTC)
    made = ensure(tmp_path, NAMES, now)
    store = Store([x509.load_pem_x509_certificate(made.authority.read_bytes())])

    def verify(name: str) -> None:
        verifier = PolicyBuilder().store(store).build_server_verifier(x509.DNSName(name))
        verifier.verify(certificate_of(made), [])

    verify("localhost")
    local_certificate._make_certificate(made, ["bank.example"], now)
    with pytest.raises(VerificationError):
        verify("bank.example")
