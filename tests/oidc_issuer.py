"""An identity provider of invented people, on this machine: it turns keys, fails and dawdles."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from addrsvc.settings import OidcIssuer

AUDIENCE = "addrsvc"

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()


def jwk(key: Private, key_id: str, **fields: object) -> dict[str, Any]:
    """Give the public half as providers publish it."""
    maker = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}
    algorithm = next(
        (found for kind, found in maker.items() if isinstance(key, kind)), OKPAlgorithm
    )
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, **fields}


@dataclass
class FakeIssuer:
    """What it answers is set by its fields."""

    url: str = ""
    keys: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Paths asked for."""
    says_issuer: str | None = None
    keys_url: str | None = None
    status: int = 200
    garbage: bytes | None = None
    wait_s: float = 0.0
    answering: set[asyncio.Task[None]] = field(default_factory=set)

    def settings(self, **fields: object) -> OidcIssuer:
        """Give what the service is told of it."""
        told = {"name": "so", "url": self.url, "audience": AUDIENCE, **fields}
        return OidcIssuer.model_validate(told)

    def claims(self, now: datetime, **changes: object) -> dict[str, Any]:
        """Give good claims; None leaves one out."""
        at = int(now.timestamp())
        good = {"iss": self.url, "aud": AUDIENCE, "sub": "bia-01", "iat": at, "exp": at + 300}
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def token(
        self,
        now: datetime,
        key: Private = RSA_KEY,
        algorithm: str = "RS256",
        headers: Mapping[str, object] | None = None,
        **changes: object,
    ) -> str:
        """Give a good token, or one changed."""
        sent = {"kid": "k1", **(headers or {})}
        return jwt.encode(self.claims(now, **changes), key, algorithm, headers=sent)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        task = asyncio.current_task()
        assert task is not None
        self.answering.add(task)
        task.add_done_callback(self.answering.discard)
        with contextlib.suppress(asyncio.CancelledError):  # the end of the test
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            self.asked.append(path)
            await asyncio.sleep(self.wait_s)
            body = self.garbage
            if body is None and path == "/keys":
                body = json.dumps({"keys": self.keys}).encode()
            elif body is None:
                said = {
                    "issuer": self.says_issuer or self.url,
                    "jwks_uri": self.keys_url or f"{self.url}/keys",
                }
                body = json.dumps(said).encode()
            head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\n"
            if self.status in {301, 302, 307}:
                head += f"Location: {self.url}/keys\r\n"
            writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
            await writer.drain()


@contextlib.asynccontextmanager
async def fake_issuer() -> AsyncIterator[FakeIssuer]:
    """Run a provider with one key ``k1`` until the end of the block."""
    issuer = FakeIssuer(keys=[jwk(RSA_KEY, "k1")])
    server = await asyncio.start_server(issuer.answer, "127.0.0.1", 0)
    issuer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield issuer
    for task in (left := list(issuer.answering)):
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
