"""The one place that turns what a request carries into a principal, by its form.

======================  ==========================================================
``adr_…``               API key of a service or device (:mod:`addrsvc.auth.service`)
``adt_…``               access token got for such a key (:mod:`addrsvc.auth.tokens`)
three parts with dots   token of an identity provider
no header, a cookie     session of a local account
======================  ==========================================================

Software that knows passwords only, as QGIS and GDAL do, sends what it has as the
password of HTTP Basic, whatever the user name. That reads and never changes anything: a browser
repeats what it was once given for Basic, on whosever page.

A header that is sent and no good is refused, also on public surfaces: whoever sends a key must
learn that it has ended.
"""

from __future__ import annotations

import base64
import binascii
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
    token = _token_of(header, request.method)
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


def _token_of(header: str, method: str) -> str:
    """Give what was sent to be known by.

    >>> _token_of("Bearer adr_1", "POST"), _token_of("Basic cWdpczphZHJfMQ==", "GET")
    ('adr_1', 'adr_1')

    Raises:
        KeyRefused: it is of another kind, or no such thing.
    """
    scheme, _, sent = header.partition(" ")
    if scheme.lower() == "bearer":
        return sent.strip()
    if scheme.lower() != "basic" or method not in csrf.SAFE_METHODS:
        raise KeyRefused
    try:
        _, colon, password = base64.b64decode(sent.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise KeyRefused from None
    if not colon:
        raise KeyRefused
    return password
