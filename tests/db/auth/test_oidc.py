"""Tokens of identity providers: forged ones, and providers that misbehave."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from jwt.algorithms import HMACAlgorithm
from oidc_issuer import (
    AUDIENCE,
    EC_KEY,
    ED_KEY,
    OTHER_RSA_KEY,
    RSA_KEY,
    SHORT_RSA_KEY,
    FakeIssuer,
    fake_issuer,
    jwk,
)
from pydantic import ValidationError

from addrsvc.auth import oidc_keys
from addrsvc.auth.model import Role
from addrsvc.auth.oidc import Issuers, looks_like_token
from addrsvc.auth.oidc_errors import IssuerAway, TokenRefused
from addrsvc.auth.oidc_keys import IssuerKeys, KeysUnusable, fetcher_of, require_safe
from addrsvc.settings import OidcIssuer, Settings

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
PEM = RSA_KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


@pytest.fixture
async def provider() -> AsyncIterator[FakeIssuer]:
    async with fake_issuer() as running:
        running.keys += [jwk(EC_KEY, "ec"), jwk(ED_KEY, "ed"), jwk(SHORT_RSA_KEY, "short")]
        yield running


def issuers_of(*told: OidcIssuer) -> Issuers:
    return Issuers(Settings(oidc_issuers=told, oidc_allow_loopback=True))


@pytest.fixture
async def issuers(provider: FakeIssuer) -> AsyncIterator[Issuers]:
    made = issuers_of(provider.settings())
    yield made
    await made.close()


def part(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def hs256(claims: Mapping[str, Any], secret: bytes, **headers: object) -> str:
    """Sign as an attacker does who has our public key and a library that checks nothing."""
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'k1', **headers})}.{part(claims)}"
    made = HMACAlgorithm(HMACAlgorithm.SHA256).sign(signed.encode(), secret)
    return f"{signed}.{part(made)}"


def swapped(one: str, other: str) -> str:
    return ".".join([*one.split(".")[:2], other.split(".")[2]])


def reworded(token: str, **changes: object) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return ".".join([head, part({**claims, **changes}), signature])


Forge = Callable[[FakeIssuer], str]
FORGED: dict[str, Forge] = {
    "alg none": lambda p: f"{part({'alg': 'none', 'kid': 'k1'})}.{part(p.claims(NOW))}.",
    "alg None": lambda p: f"{part({'alg': 'None', 'kid': 'k1'})}.{part(p.claims(NOW))}.",
    "no alg": lambda p: f"{part({'kid': 'k1'})}.{part(p.claims(NOW))}.{part(b'x')}",
    "HS256 with the public key": lambda p: hs256(p.claims(NOW), PEM),
    "HS256 with the key's json": lambda p: hs256(p.claims(NOW), json.dumps(p.keys[0]).encode()),
    "an algorithm not allowed": lambda p: p.token(NOW, algorithm="RS512"),
    "key of another type": lambda p: p.token(NOW, EC_KEY, "ES256"),
    "short key": lambda p: p.token(NOW, SHORT_RSA_KEY, headers={"kid": "short"}),
    "wrong issuer": lambda p: p.token(NOW, iss="https://evil.example"),
    "issuer with a slash more": lambda p: p.token(NOW, iss=p.url + "/"),
    "issuer in a list": lambda p: reworded(p.token(NOW), iss=[p.url]),
    "wrong audience": lambda p: p.token(NOW, aud="another-service"),
    "audience list without us": lambda p: p.token(NOW, aud=["a", "b"]),
    "audience no text": lambda p: p.token(NOW, aud={"addrsvc": 1}),
    "no audience": lambda p: p.token(NOW, aud=None),
    "expired": lambda p: p.token(NOW, exp=AT - 31),
    "not yet valid": lambda p: p.token(NOW, nbf=AT + 31),
    "issued in the future": lambda p: p.token(NOW, iat=AT + 31),
    "no exp": lambda p: p.token(NOW, exp=None),
    "no iat": lambda p: p.token(NOW, iat=None),
    "exp endless": lambda p: p.token(NOW, exp=float("inf")),
    "exp not a number": lambda p: p.token(NOW, exp=float("nan")),
    "exp a text": lambda p: p.token(NOW, exp="9999999999"),
    "exp true": lambda p: p.token(NOW, exp=True),
    "no sub": lambda p: p.token(NOW, sub=None),
    "empty sub": lambda p: p.token(NOW, sub=""),
    "sub with a line end": lambda p: p.token(NOW, sub="a\nb"),
    "sub a number": lambda p: reworded(p.token(NOW), sub=7),
    "no kid": lambda p: p.token(NOW, headers={"kid": ""}),
    "unknown kid": lambda p: p.token(NOW, headers={"kid": "k2"}),
    "kid a path": lambda p: p.token(NOW, headers={"kid": "../../../../etc/passwd"}),
    "kid an address": lambda p: p.token(NOW, headers={"kid": f"{p.url}/evil"}),
    "kid with SQL": lambda p: p.token(NOW, headers={"kid": "k1'; DROP TABLE account; --"}),
    "jwk in the header": lambda p: p.token(
        NOW, OTHER_RSA_KEY, headers={"jwk": jwk(OTHER_RSA_KEY, "k1")}
    ),
    "jku in the header": lambda p: p.token(NOW, headers={"jku": f"{p.url}/evil"}),
    "x5u in the header": lambda p: p.token(NOW, headers={"x5u": f"{p.url}/evil"}),
    "crit": lambda p: p.token(NOW, headers={"crit": ["exp"], "exp": AT}),
    "b64": lambda p: p.token(NOW, headers={"crit": ["b64"], "b64": True}),
    "signature of another token": lambda p: swapped(p.token(NOW), p.token(NOW, sub="x")),
    "claims changed": lambda p: reworded(p.token(NOW), sub="giam-doc"),
    "another's key": lambda p: p.token(NOW, OTHER_RSA_KEY),
    "truncated": lambda p: p.token(NOW)[:-20],
    "no signature": lambda p: p.token(NOW).rpartition(".")[0] + ".",
    "huge": lambda p: p.token(NOW, more="x" * 9_000),
    "deep": lambda _: f"{part({'alg': 'RS256'})}.{part(b'[' * 3_000)}.{part(b'x')}",
    "not ascii": lambda p: p.token(NOW) + "á",
    "empty parts": lambda _: "..",
    "id token by typ": lambda p: p.token(NOW, typ="ID"),
    "id token by hash": lambda p: p.token(NOW, at_hash="x"),
    "refresh token": lambda p: p.token(NOW, typ="Refresh"),
    "logout token": lambda p: p.token(NOW, headers={"typ": "logout+jwt"}),
    "typ no text": lambda p: p.token(NOW, headers={"typ": ["JWT"]}),
}


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_token_is_refused(name: str, issuers: Issuers, provider: FakeIssuer) -> None:
    forged = FORGED[name](provider)
    assert looks_like_token(forged)
    with pytest.raises(TokenRefused):
        await issuers.read(forged, NOW)
    assert set(provider.asked) <= {"/.well-known/openid-configuration", "/keys"}


async def test_good_tokens_of_every_kind_of_key(issuers: Issuers, provider: FakeIssuer) -> None:
    kinds = ((RSA_KEY, "RS256", "k1"), (EC_KEY, "ES256", "ec"), (ED_KEY, "EdDSA", "ed"))
    for key, algorithm, key_id in kinds:
        token = provider.token(NOW, key, algorithm, {"kid": key_id, "typ": "at+jwt"})
        person = await issuers.read(token, NOW)
        assert (person.issuer, person.subject) == ("so", "bia-01")
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]
    edges = {"exp": AT - 29, "iat": AT + 29, "nbf": AT + 29.5}
    assert await issuers.read(provider.token(NOW, **edges), NOW)
    assert await issuers.read(provider.token(NOW, aud=["x", AUDIENCE]), NOW)


async def test_a_token_changed_anywhere_is_refused_and_never_a_surprise(
    issuers: Issuers, provider: FakeIssuer
) -> None:
    good = provider.token(NOW, EC_KEY, "ES256", {"kid": "ec"})
    drawn = random.Random(5)  # noqa: S311 -- the same each time
    for _ in range(400):
        at = drawn.randrange(len(good))
        other = drawn.choice("ABCxyz019-_.=~ ")
        forged = good[:at] + other + good[at + 1 :]
        if forged == good:
            continue
        with pytest.raises(TokenRefused):
            await issuers.read(forged, NOW)


async def test_claims_become_roles_and_areas(provider: FakeIssuer) -> None:
    told = provider.settings(
        roles_claim="realm_access.roles",
        roles={"can-bo": ["field"], "truong-phong": ["supervisor", "auditor"]},
        areas_claim="dia_ban",
    )
    issuers = issuers_of(told)

    async def read(**claims: object) -> tuple[set[Role], object]:
        person = await issuers.read(provider.token(NOW, **claims), NOW)
        return set(person.roles), person.areas

    roles = {"roles": ["can-bo", "truong-phong", "admin", 7]}
    assert await read(realm_access=roles, dia_ban=["25747", "x", 3]) == (
        {Role.FIELD, Role.SUPERVISOR, Role.AUDITOR},
        frozenset({"25747"}),
    )
    assert await read(realm_access=roles, dia_ban="25747, 25750") == (
        {Role.FIELD, Role.SUPERVISOR, Role.AUDITOR},
        frozenset({"25747", "25750"}),
    )
    # where an area should be named and is not, there is none
    assert await read(realm_access="can-bo") == (set(), frozenset())
    assert await read(**{"realm_access.roles": "can-bo"}) == ({Role.FIELD}, frozenset())
    own = issuers_of(provider.settings(roles_claim="roles"))
    person = await own.read(provider.token(NOW, roles=["planner", "king"]), NOW)
    assert (person.roles, person.areas) == ({Role.PLANNER}, None)


async def test_another_issuers_key_signs_for_itself_only(provider: FakeIssuer) -> None:
    async with fake_issuer() as other:
        other.keys = [jwk(OTHER_RSA_KEY, "k1")]
        issuers = issuers_of(provider.settings(), other.settings(name="tinh"))
        assert (await issuers.read(other.token(NOW, OTHER_RSA_KEY), NOW)).issuer == "tinh"
        with pytest.raises(TokenRefused):
            await issuers.read(provider.token(NOW, OTHER_RSA_KEY), NOW)
        with pytest.raises(TokenRefused):
            await issuers.read(provider.token(NOW, iss=other.url), NOW)


class Watch:
    """A clock of seconds, set by hand."""

    def __init__(self) -> None:
        self.at_s = 1000.0

    def __call__(self) -> float:
        return self.at_s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def keys(provider: FakeIssuer, watch: Watch) -> IssuerKeys:
    told = provider.settings()
    return IssuerKeys(told, fetcher_of(told, allow_loopback=True), watch)


async def settle(keys: IssuerKeys) -> None:
    if keys._asking is not None:
        await asyncio.wait([keys._asking])
        await asyncio.sleep(0)


async def test_a_burst_makes_one_fetch_and_forged_key_ids_make_no_more(
    provider: FakeIssuer, keys: IssuerKeys, watch: Watch
) -> None:
    provider.wait_s = 0.05
    found = await asyncio.gather(*(keys.find("k1", "RS256") for _ in range(50)))
    assert all(found)
    assert len(provider.asked) == 2
    assert not any(
        await asyncio.gather(*(keys.find(f"forged-{each}", "RS256") for each in range(50)))
    )
    assert len(provider.asked) == 2
    watch.at_s += oidc_keys.RETRY_S
    await asyncio.gather(*(keys.find(f"forged-{each}", "RS256") for each in range(50)))
    assert len(provider.asked) == 4


async def test_keys_are_turned_over(provider: FakeIssuer, keys: IssuerKeys, watch: Watch) -> None:
    assert await keys.find("k1", "RS256")
    provider.keys = [jwk(OTHER_RSA_KEY, "k2")]
    assert await keys.find("k2", "RS256") is None  # asked just before
    watch.at_s += oidc_keys.RETRY_S
    assert await keys.find("k2", "RS256")
    assert await keys.find("k1", "RS256") is None
    assert await keys.find("k2", "ES256") is None


async def test_a_withdrawn_key_ends_when_keys_are_no_longer_fresh(
    provider: FakeIssuer, keys: IssuerKeys, watch: Watch
) -> None:
    assert await keys.find("k1", "RS256")
    provider.keys = [jwk(OTHER_RSA_KEY, "k2")]
    watch.at_s += oidc_keys.FRESH_S
    assert await keys.find("k1", "RS256")  # answered at once, asked beside it
    await settle(keys)
    assert await keys.find("k1", "RS256") is None


@pytest.mark.parametrize(
    "fields",
    [
        {"status": 500},
        {"status": 302},
        {"garbage": b"<html>"},
        {"garbage": b"[]"},
        {"garbage": b'{"keys": 7}'},
        {"garbage": b"[" * 100_000},
        {"garbage": b" " * 300_000},
        {"keys": []},
        {"keys": [7, {}, {"kid": "k1"}, {"kid": "k1", "kty": "RSA", "n": [], "e": 3}]},
        {"keys": [{"kid": "k1", "kty": "oct", "k": "AAAA"}]},
        {"keys": [jwk(RSA_KEY, "k1", use="enc")]},
        {"keys": [jwk(RSA_KEY, "k1", alg="HS256")]},
        {"keys": [{"kid": "k1", "kty": ["RSA"], "crv": {}}]},
        {"says_issuer": "https://evil.example"},
        {"keys_url": "http://192.0.2.1/keys"},
        {"keys_url": "file:///etc/passwd"},
        {"keys_url": "https://["},
        {"keys_url": 7},
    ],
    ids=lambda fields: next(iter(fields)),
)
async def test_a_provider_that_misbehaves_is_away_and_known_keys_stay(
    fields: dict[str, Any], provider: FakeIssuer, keys: IssuerKeys, watch: Watch
) -> None:
    good = {name: getattr(provider, name) for name in fields}
    for name, value in fields.items():
        setattr(provider, name, value)
    with pytest.raises(IssuerAway):
        await keys.find("k1", "RS256")
    asked = len(provider.asked)
    with pytest.raises(IssuerAway):
        await keys.find("k1", "RS256")
    assert len(provider.asked) == asked
    for name, value in good.items():
        setattr(provider, name, value)
    watch.at_s += oidc_keys.RETRY_S
    assert await keys.find("k1", "RS256")
    for name, value in fields.items():
        setattr(provider, name, value)
    watch.at_s += oidc_keys.FRESH_S
    assert await keys.find("k1", "RS256")
    await settle(keys)
    watch.at_s += oidc_keys.STALE_S - oidc_keys.FRESH_S - 1
    assert await keys.find("k1", "RS256")
    await settle(keys)
    watch.at_s += 1
    with pytest.raises(IssuerAway):
        await keys.find("k1", "RS256")


async def test_a_slow_provider_keeps_nobody_waiting_for_long(
    provider: FakeIssuer, keys: IssuerKeys, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await keys.find("k1", "RS256")
    monkeypatch.setattr(oidc_keys, "_TIME_LIMIT_S", 0.2)
    provider.wait_s = 5
    watch.at_s += oidc_keys.FRESH_S
    started = asyncio.get_running_loop().time()
    assert await keys.find("k1", "RS256")
    assert asyncio.get_running_loop().time() - started < 0.1
    assert await keys.find("other", "RS256") is None
    assert asyncio.get_running_loop().time() - started < 2
    watch.at_s += oidc_keys.RETRY_S
    waiting = asyncio.create_task(keys.find("other", "RS256"))
    await asyncio.sleep(0)
    waiting.cancel()  # one asker who leaves takes the answer from nobody
    await keys.close()
    assert keys._asking is None


def test_only_https_is_asked_but_for_this_machine_where_allowed() -> None:
    require_safe("https://sso.example.vn", allow_loopback=False)
    require_safe("http://127.0.0.1:1/x", allow_loopback=True)
    require_safe("http://localhost/x", allow_loopback=True)
    for url, allowed in (
        ("http://127.0.0.1", False),
        ("http://10.0.0.1", True),
        ("http://localhost.evil.example", True),
        ("ftp://127.0.0.1", True),
    ):
        with pytest.raises(KeysUnusable):
            require_safe(url, allow_loopback=allowed)


def test_settings_refuse_what_is_not_safe() -> None:
    told = {"name": "so", "url": "https://sso.example.vn", "audience": "addrsvc"}
    assert OidcIssuer.model_validate(told).algorithms == ("RS256", "ES256", "EdDSA")
    for change in (
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"audience": ""},
        {"name": "So:1"},
        {"url": "sso.example.vn"},
        {"secret": "x"},
    ):
        with pytest.raises(ValidationError):
            OidcIssuer.model_validate({**told, **change})
    one = OidcIssuer.model_validate(told)
    with pytest.raises(ValueError, match="twice"):
        issuers_of(one, one)
    with pytest.raises(ValueError, match="king"):
        issuers_of(OidcIssuer.model_validate({**told, "roles": {"x": ["king"]}}))


def test_this_library_needs_what_we_ask_of_it() -> None:
    """PyJWT accepts a token without exp, iss or aud unless asked: the list must stay."""
    bare = jwt.encode({"sub": "x"}, RSA_KEY, "RS256")
    assert jwt.decode(bare, RSA_KEY.public_key(), algorithms=["RS256"]) == {"sub": "x"}


async def test_reading_a_token_takes_no_thread(issuers: Issuers, provider: FakeIssuer) -> None:
    token = provider.token(NOW)
    await issuers.read(token, NOW)
    loop = asyncio.get_running_loop()
    started = loop.time()
    for _ in range(50):
        await issuers.read(token, NOW + timedelta(seconds=1))
    assert (loop.time() - started) / 50 < 0.02
