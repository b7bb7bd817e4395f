"""The line is to the address that was checked, the certificate of the name that was asked for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from addrsvc.webhooks.model import Failure, Outcome
from addrsvc.webhooks.sending import Sender
from addrsvc.webhooks.targets import Rules

pytestmark = pytest.mark.anyio

NAME = "receiver.example"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with the key and self-signed certificate of one name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "receiver.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
async def port(certificate: Path) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def attempt(url: str, port: int, trusted: ssl.SSLContext | None) -> Outcome:
    async def resolve(*_: object) -> list[str]:
        return ["127.0.0.1"]

    sender = Sender(Rules.read("127.0.0.1", str(port)), resolve, trusted)
    async with sender.line(url.format(port=port)) as line:
        return await line.post([], b"{}", now=NOW, total_s=5)


async def test_the_certificate_is_checked_for_the_name(port: int, certificate: Path) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate))
    found = await attempt(f"https://{NAME}:{{port}}/", port, trusted)
    assert found == Outcome(204, None)
    for other in ("other.example", "127.0.0.1"):
        found = await attempt(f"https://{other}:{{port}}/", port, trusted)
        assert found.failure is Failure.CERTIFICATE, other


async def test_a_certificate_nobody_vouches_for_is_refused(port: int) -> None:
    found = await attempt(f"https://{NAME}:{{port}}/", port, None)
    assert found.failure is Failure.CERTIFICATE


async def test_an_answer_that_breaks_the_line_is_no_defect_of_ours(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answer() -> None:
        conn, _ = listener.accept()
        with context.wrap_socket(conn, server_side=True) as line:
            line.recv(65536)
            os.write(line.fileno(), b"\x17\x03\x03\x00\x20" + b"x" * 32)  # encrypted by nobody

    trusted = ssl.create_default_context(cafile=str(certificate))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        answered = asyncio.create_task(asyncio.to_thread(answer))
        found = await attempt(f"https://{NAME}:{port}/", port, trusted)
        await answered
    assert found == Outcome(None, Failure.CONNECTION)


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    sent = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
                sent += 65536
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = await attempt("http://127.0.0.1:{port}/", port, None)
        await asyncio.sleep(0.1)
    assert found == Outcome(200, None)
    assert sent < 32 * 2**20


@pytest.mark.parametrize(
    "wish",
    [
        b"Thu, 15 Jan 99999999999999999999 03:00:30 GMT",
        b"Thu, 15 Jan 2026 03:00:30 +99999999999999999999",
        b"9" * 5000 + b" GMT",
    ],
)
async def test_a_wish_nobody_can_read_is_no_wish(wish: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: " + wish + b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = await attempt("http://127.0.0.1:{port}/", port, None)
    assert found == Outcome(503, Failure.STATUS)


async def test_an_answer_that_drips_is_given_up() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            writer.close()

    async def resolve(*_: object) -> list[str]:
        return ["127.0.0.1"]

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        sender = Sender(Rules.read("127.0.0.1", str(port)), resolve)
        async with sender.line(f"http://drips.example:{port}/") as line:
            found = await line.post([], b"{}", now=NOW, total_s=0.3)
        await asyncio.sleep(0.2)  # the receiver notices
    assert found == Outcome(None, Failure.TIMEOUT)
