"""The one place that turns what a request carries into a principal, by its form.

======================  ==========================================================
``adr_…``               API key of a service or device (:mod:`addrsvc.auth.service`)
``adt_…``               access token got for such a key (:mod:`addrsvc.auth.tokens`)
three parts with dots   token of an identity provider
no header, a cookie     session of a local account
======================  ==========================================================

A header that is sent and no good is refused, also on public surfaces: whoever sends a key must
learn that it has ended.
"""

from __future__ import annotations

from typing import cast

from fastapi import Request

from addrsvc.auth import csrf, service, tokens
from addrsvc.auth.errors import KeyRefused, SandboxKeyElsewhere
from addrsvc.auth.keys import is_sandbox_secret, is_token, split_key
from addrsvc.auth.model import ANONYMOUS, Principal
from addrsvc.auth.oidc import Issuers, looks_like_token
from addrsvc.auth.sessions_web import require_ours, session_of
from addrsvc.auth.uses import KeyUses
from addrsvc.clock import Clock
from addrsvc.db.web import doors_of


async def read_credentials(request: Request) -> Principal:
    """Give who is calling; ANONYMOUS when the request carries nothing.

    Raises:
        KeyRefused, TokenRefused: something was sent and is no good; what is wrong with it, is
            not told.
        IssuerAway: a token cannot be checked just now.
        RequestForged: a change asked for with a session's cookie, not from a page of ours.
    """
    header = request.headers.get("authorization")
    if header is None:
        session = await session_of(request)
        if session is None:
            return ANONYMOUS
        if request.method not in csrf.SAFE_METHODS:
            require_ours(request, session, request.headers.get(csrf.HEADER))
        return session.principal
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise KeyRefused
    token = token.strip()
    now = cast("Clock", request.app.state.clock).now()
    if looks_like_token(token):
        issuers = cast("Issuers", request.app.state.issuers)
        return await issuers.authenticate(doors_of(request).pool, token, now)
    parts = split_key(token)
    if parts is not None:
        require_at_home(request, parts[1])
    check = tokens.authenticate_token if is_token(token) else service.authenticate
    principal = await check(doors_of(request).pool, token, now)
    cast("KeyUses", request.app.state.key_uses).note(principal.id.partition(":")[2], now)
    return principal


def require_at_home(request: Request, secret: str) -> None:
    """Pass every secret but that of a sandbox key sent to a real register.

    Raises:
        SandboxKeyElsewhere: it is one.
    """
    if is_sandbox_secret(secret) and not request.app.state.settings.demo:
        raise SandboxKeyElsewhere
