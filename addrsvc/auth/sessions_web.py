"""Sessions in requests: the cookie, whose it is, and what a form must carry."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final, cast

import psycopg
from fastapi import Request
from psycopg_pool import PoolTimeout
from starlette.responses import Response

from addrsvc.auth import csrf, sessions
from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.keys import hash_of
from addrsvc.auth.sessions import Session
from addrsvc.auth.uses import KeyUses
from addrsvc.clock import Clock
from addrsvc.db.doors import Doors
from addrsvc.db.web import doors_of
from addrsvc.settings import Settings

_SECURE_NAME: Final = "__Host-addrsvc"
"""Browsers take it only from this very host, over https."""
_PLAIN_NAME: Final = "addrsvc_session"
_KNOWN: Final = "addrsvc.session"
_PATIENCE_S: Final = 1.0
"""Longer the primary is not waited for where a standby may know as well."""


async def session_of(request: Request) -> Session | None:
    """Give the live session a request's cookie names, asked for once in a request; else None."""
    if "cookie" not in request.headers:
        return None
    if _KNOWN in request.scope:
        return cast("Session | None", request.scope[_KNOWN])
    token, found = token_sent(request), None
    if token is not None:
        now = cast("Clock", request.app.state.clock).now()
        found = await _find(doors_of(request), token, now)
    request.scope[_KNOWN] = found
    if found is not None:
        request.scope["addrsvc.principal"] = found.principal.id
        uses = cast("KeyUses", request.app.state.session_uses)
        uses.note(hash_of(found.token).hex(), now)
    return found


async def _find(doors: Doors, token: str, now: datetime) -> Session | None:
    """Ask the primary, which knows of sessions just begun or ended; while it is away, a standby."""
    if doors.primary is doors.pool:
        return await sessions.find_session(doors.pool, token, now)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await sessions.find_session(doors.primary, token, now)
    except (TimeoutError, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError):
        return await sessions.find_session(doors.pool, token, now)


def token_sent(request: Request) -> str | None:
    """Give the token in the cookie; whether it is any good is another question."""
    return request.cookies.get(_cookie_name(request))


def origins_of(request: Request) -> set[str]:
    """Give scheme, host and port under which browsers see this service."""
    settings = cast("Settings", request.app.state.settings)
    return {
        origin
        for url in (settings.public_url, str(request.base_url))
        if (origin := csrf.origin_of(url)) is not None
    }


def require_ours(request: Request, session: Session, token: str | None) -> None:
    """Pass a change asked for with a session's cookie only when a page of ours asks.

    Raises:
        RequestForged: it comes from elsewhere, or carries another token than the session's.
    """
    csrf.require_same_origin(request.headers, origins_of(request), may_be_silent=True)
    csrf.require_token(session.token, token)


async def signed_form(
    request: Request, *, max_fields: int = csrf.MAX_FIELDS
) -> tuple[Session, dict[str, str]]:
    """Give the session a form was sent with and its fields, from a page of ours only.

    The page's form holds ``<input type="hidden" name="csrf" value="{{ csrf }}">``.

    Raises:
        NotSignedIn: there is no live session.
        RequestForged: the form does not come from a page of ours.
        FormUnreadable: it is no form.
    """
    session = await session_of(request)
    if session is None:
        raise NotSignedIn
    form = csrf.read_form(request.headers.get("content-type"), await request.body(), max_fields)
    require_ours(request, session, form.get(csrf.FIELD))
    return session, form


def put_cookie(request: Request, response: Response, token: str) -> None:
    """Send a session's token: to this host only, out of reach of scripts and other sites."""
    response.set_cookie(
        _cookie_name(request),
        token,
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(
        _cookie_name(request),
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def _cookie_name(request: Request) -> str:
    return _SECURE_NAME if _is_https(request) else _PLAIN_NAME


def _is_https(request: Request) -> bool:
    """Tell whether people reach the service over https, as set or as a trusted proxy says."""
    settings = cast("Settings", request.app.state.settings)
    return settings.public_url.lower().startswith("https:") or request.url.scheme == "https"
