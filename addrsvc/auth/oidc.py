"""Bearer tokens of identity providers (OpenID Connect, any issuer) turned into principals.

A token is held to what the settings say of its issuer: algorithms fixed by the type of the key,
exact issuer and audience, and times. What a token says of keys itself (``jku``, ``x5u``,
``jwk``) is refused, as is ``crit``. All that is wrong is answered alike.

What somebody may do: what was granted here by name, if anything was; else the roles their
token's claims map to, in the communes it names. Neither: they are known, and may do nothing.
Secret addresses come by a grant only, since no role has them.

Source: RFC 8725 (best practice for JWT), RFC 9068, OpenID Connect Core 1.0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt
from jwt.exceptions import PyJWTError

from addrsvc.auth import oidc_grants
from addrsvc.auth.model import Principal, Role
from addrsvc.auth.oidc_errors import TokenRefused
from addrsvc.auth.oidc_keys import IssuerKeys, fetcher_of
from addrsvc.auth.permissions import scopes_of
from addrsvc.db.doors import ReadPool
from addrsvc.settings import OidcIssuer, Settings

MAX_LENGTH: Final = 8_192
LEEWAY_S: Final = 30.0
"""Clocks may differ by so much."""

_REQUIRED: Final = ["exp", "iat", "sub", "iss", "aud"]
_FORBIDDEN: Final = frozenset({"crit", "b64", "jku", "x5u", "jwk"})
_TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt", "application/jwt"})
_NOT_ACCESS: Final = frozenset({"id", "refresh", "offline", "logout"})
"""What some issuers call tokens that are not for asking with."""
_ID_TOKEN_CLAIMS: Final = frozenset({"at_hash", "c_hash", "s_hash"})
_KEY_ID: Final = re.compile(r"[\x21-\x7e]{1,255}")
_COMMUNE: Final = re.compile(r"[0-9]{5}")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a good token names, and what its claims say of them."""

    issuer: str
    subject: str
    roles: frozenset[Role]
    areas: frozenset[str] | None


def looks_like_token(text: str) -> bool:
    """Tell whether a text has the form of a signed token: three parts."""
    return text.count(".") == 2


class Issuers:
    """The identity providers of the settings, with what is known of their keys."""

    def __init__(self, settings: Settings) -> None:
        self._issuers = {issuer.url: issuer for issuer in settings.oidc_issuers}
        names = {issuer.name for issuer in settings.oidc_issuers}
        if not len(settings.oidc_issuers) == len(self._issuers) == len(names):
            raise ValueError("ADDRSVC_OIDC_ISSUERS names an issuer twice")
        for issuer in settings.oidc_issuers:
            _ = [Role(role) for roles in issuer.roles.values() for role in roles]
        self._keys = {
            url: IssuerKeys(issuer, fetcher_of(issuer, allow_loopback=settings.oidc_allow_loopback))
            for url, issuer in self._issuers.items()
        }

    async def authenticate(self, pool: ReadPool, token: str, now: datetime) -> Principal:
        """Give the principal a token stands for.

        Raises:
            TokenRefused: whatever is wrong with it.
            IssuerAway: it cannot be checked.
        """
        person = await self.read(token, now)
        who = f"oidc:{person.issuer}:{person.subject}"
        grant = await oidc_grants.find_grant(pool, person.issuer, person.subject, now)
        if grant is not None:
            return Principal(who, grant.all_scopes(), grant.areas)
        return Principal(who, scopes_of(person.roles), person.areas)

    async def read(self, token: str, now: datetime) -> Person:
        """Give whom a token names, once everything about it is found good.

        Raises:
            TokenRefused, IssuerAway: as for ``authenticate``.
        """
        try:
            header, issuer = self._unverified(token)
            key = await self._keys[issuer.url].find(header["kid"], header["alg"])
            if key is None:
                raise TokenRefused
            claims = jwt.decode(
                token,
                key,
                algorithms=[header["alg"]],
                audience=issuer.audience,
                issuer=issuer.url,
                # times are read by our own clock
                options={
                    "require": _REQUIRED,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except PyJWTError as error:
            raise TokenRefused from error
        _require_times(claims, now)
        if str(claims.get("typ", "")).lower() in _NOT_ACCESS or _ID_TOKEN_CLAIMS & claims.keys():
            raise TokenRefused
        if not oidc_grants.SUBJECT.fullmatch(claims["sub"]):
            raise TokenRefused
        return Person(issuer.name, claims["sub"], _roles(claims, issuer), _areas(claims, issuer))

    def _unverified(self, token: str) -> tuple[dict[str, Any], OidcIssuer]:
        """Give what decides how a token is checked; nothing else of it is believed."""
        if len(token) > MAX_LENGTH or not token.isascii():
            raise TokenRefused
        header = jwt.get_unverified_header(token)
        claimed = jwt.decode(token, options={"verify_signature": False}).get("iss")
        issuer = self._issuers.get(claimed) if isinstance(claimed, str) else None
        kind, key_id = header.get("typ", "JWT"), header.get("kid")
        if (
            issuer is None
            or _FORBIDDEN & header.keys()
            or header.get("alg") not in issuer.algorithms
            or not isinstance(kind, str)
            or kind.lower() not in _TYPES
            or not isinstance(key_id, str)
            or not _KEY_ID.fullmatch(key_id)
        ):
            raise TokenRefused
        return header, issuer

    async def close(self) -> None:
        """Stop asking providers."""
        for keys in self._keys.values():
            await keys.close()


def _require_times(claims: Mapping[str, Any], now: datetime) -> None:
    """Pass a token that is valid now: not expired, not of the future."""
    at = now.timestamp()
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0.0 if name == "nbf" else None)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TokenRefused
        if isinstance(value, float) and not math.isfinite(value):
            raise TokenRefused
        is_good = value > at - LEEWAY_S if name == "exp" else value <= at + LEEWAY_S
        if not is_good:
            raise TokenRefused


def _roles(claims: Mapping[str, Any], issuer: OidcIssuer) -> frozenset[Role]:
    if issuer.roles_claim is None:
        return frozenset()
    ours = issuer.roles or {role.value: (role.value,) for role in Role}
    said = _texts(_claim(claims, issuer.roles_claim))
    return frozenset(Role(role) for value in said for role in ours.get(value, ()))


def _areas(claims: Mapping[str, Any], issuer: OidcIssuer) -> frozenset[str] | None:
    """Give the communes a token names; where it should name some and does not, none at all."""
    if issuer.areas_claim is None:
        return None
    said = _texts(_claim(claims, issuer.areas_claim))
    return frozenset(code for code in said if _COMMUNE.fullmatch(code))


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Give a claim by its name, or by the path of names ``a.b`` stands for."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _texts(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return value.replace(",", " ").split()
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
