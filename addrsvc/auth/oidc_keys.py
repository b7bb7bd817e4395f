"""The public keys of one identity provider: fetched seldom, kept while it is away.

Nobody can make us ask often: whatever tokens are sent, the provider is asked at most once in
``RETRY_S``, by one task that all who wait share. Known keys are answered from memory; when they
are older than ``FRESH_S`` they are fetched again beside the requests, and while the provider is
away they are good until ``STALE_S``, not longer.

Source: OpenID Connect Discovery 1.0, sections 4.1 to 4.3; RFC 7517; RFC 8725 section 3.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import orjson
import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from addrsvc.auth.oidc_errors import IssuerAway
from addrsvc.settings import OidcIssuer

log = structlog.get_logger("addrsvc.auth")

FRESH_S: Final = 600.0
STALE_S: Final = 24 * 3600.0
RETRY_S: Final = 15.0

_TIME_LIMIT_S: Final = 5.0
_SIZE_LIMIT: Final = 256 * 1024
_KEYS_LIMIT: Final = 100
_MIN_RSA_BITS: Final = 2048

_ALGORITHMS: Final[Mapping[tuple[object, object], frozenset[str]]] = {
    ("RSA", None): frozenset({"RS256", "RS384", "RS512", "PS256"}),
    ("EC", "P-256"): frozenset({"ES256"}),
    ("EC", "P-384"): frozenset({"ES384"}),
    ("OKP", "Ed25519"): frozenset({"EdDSA"}),
}
"""By type of key and curve: a key verifies nothing else, whatever a token says."""

Keys = Mapping[tuple[str, str], PyJWK]
"""By key id and algorithm."""
Fetch = Callable[[], Awaitable[Keys]]


class KeysUnusable(Exception):
    """The provider answered something that is not its configuration or its keys."""


class IssuerKeys:
    """Keys of one provider in the memory of one process."""

    def __init__(
        self, issuer: OidcIssuer, fetch: Fetch, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer, self._fetch, self._monotonic = issuer, fetch, monotonic
        self._keys: Keys = {}
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def find(self, key_id: str, algorithm: str) -> PyJWK | None:
        """Give a key of the provider; None: it has no such key.

        Raises:
            IssuerAway: its keys are not known.
        """
        key = self._known(key_id, algorithm)
        if key is not None:
            if self._age_s() >= FRESH_S:
                self._ask()
            return key
        asking = self._ask()
        if asking is not None:
            await asyncio.shield(asking)  # others wait for it too
        if self._age_s() >= STALE_S:
            raise IssuerAway(issuer=self._issuer.name)
        return self._known(key_id, algorithm)

    def _known(self, key_id: str, algorithm: str) -> PyJWK | None:
        return self._keys.get((key_id, algorithm)) if self._age_s() < STALE_S else None

    def _age_s(self) -> float:
        return self._monotonic() - self._fetched_at

    def _ask(self) -> asyncio.Task[None] | None:
        """Give the task that asks the provider, begun now unless it was asked just before."""
        if self._asking is None and self._monotonic() - self._asked_at >= RETRY_S:
            self._asked_at = self._monotonic()
            self._asking = asyncio.create_task(self._refresh(), name="keys of identity provider")
            self._asking.add_done_callback(self._asked)
        return self._asking

    async def _refresh(self) -> None:
        try:
            self._keys = await self._fetch()
            self._fetched_at = self._monotonic()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, KeysUnusable, OSError) as error:
            kind = type(error).__name__
            log.warning("keys not fetched", issuer=self._issuer.name, error=kind, why=str(error))

    def _asked(self, _: asyncio.Task[None]) -> None:
        self._asking = None

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])


def fetcher_of(issuer: OidcIssuer, *, allow_loopback: bool) -> Fetch:
    """Give what asks a provider for its keys, by way of its published configuration."""

    async def fetch() -> Keys:
        async with asyncio.timeout(_TIME_LIMIT_S):
            # to read the trusted authorities takes a while: not on the loop
            client = await asyncio.to_thread(
                httpx.AsyncClient,
                timeout=_TIME_LIMIT_S,
                follow_redirects=False,
                trust_env=not allow_loopback,
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            )
            async with client:
                where = f"{issuer.url.removesuffix('/')}/.well-known/openid-configuration"
                known = await _get(client, where, allow_loopback=allow_loopback)
                if known.get("issuer") != issuer.url:
                    raise KeysUnusable("it says it is another issuer")
                keys_url = known.get("jwks_uri")
                if not isinstance(keys_url, str):
                    raise KeysUnusable("it does not say where its keys are")
                found = await _get(client, keys_url, allow_loopback=allow_loopback)
        keys = read_keys(found, issuer)
        if not keys:
            raise KeysUnusable("it has no key we can use")
        return keys

    return fetch


async def _get(client: httpx.AsyncClient, url: str, *, allow_loopback: bool) -> dict[str, Any]:
    require_safe(url, allow_loopback=allow_loopback)
    body = b""
    async with client.stream("GET", url) as answer:
        if answer.status_code != httpx.codes.OK:
            raise KeysUnusable(f"it answered {answer.status_code}")
        async for piece in answer.aiter_raw():
            body += piece
            if len(body) > _SIZE_LIMIT:
                raise KeysUnusable("its answer is too long")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise KeysUnusable("its answer is no JSON object")
    return found


def require_safe(url: str, *, allow_loopback: bool) -> None:
    """Pass https only; over http, where that is allowed, this very machine.

    Raises:
        KeysUnusable: it is something else.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not url.startswith("https://") and not (
        allow_loopback and is_loopback and url.startswith("http://")
    ):
        raise KeysUnusable("it is not asked over https")


def read_keys(found: Mapping[str, Any], issuer: OidcIssuer) -> Keys:
    """Give the keys for signatures of a published set; what we cannot use is left out."""
    listed = found.get("keys")
    keys: dict[tuple[str, str], PyJWK] = {}
    for data in listed[:_KEYS_LIMIT] if isinstance(listed, list) else ():
        if not isinstance(data, dict) or not isinstance(data.get("kid"), str):
            continue
        if data.get("use", "sig") != "sig" or "d" in data:
            continue
        for algorithm in issuer.algorithms:
            key = _key_for(data, algorithm)
            if key is not None:
                keys[data["kid"], algorithm] = key
    return keys


def _key_for(data: dict[str, Any], algorithm: str) -> PyJWK | None:
    curve = None if data.get("kty") == "RSA" else data.get("crv")
    try:
        allowed = _ALGORITHMS.get((data.get("kty"), curve), frozenset())
    except TypeError:  # not even texts
        return None
    if algorithm not in allowed or data.get("alg", algorithm) != algorithm:
        return None
    try:
        key = PyJWK(data, algorithm)
    except (PyJWTError, ValueError, TypeError, AttributeError):
        return None
    if data["kty"] == "RSA" and key.key.key_size < _MIN_RSA_BITS:
        return None
    return key
