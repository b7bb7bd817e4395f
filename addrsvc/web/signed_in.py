"""Who looks at a page: read once for a page, shown in its header.

A page with forms for people signed in (see also ``auth.sessions_web``)::

    @router.get("/things")
    async def things(request: Request) -> Response:
        session = await session_of(request)
        if session is None:
            return to_sign_in(request)
        ...

    @router.post("/things")
    async def add_thing(request: Request) -> Response:
        try:
            session, form = await signed_form(request)
            ...
        except AddrsvcError as error:
            return pages_of(request).refuse(request, error, typed="", template="refused.html")
        return see_other("/things")

In the template each form holds ``{% include "_csrf.html" %}``.
"""

from __future__ import annotations

import asyncio
from typing import cast
from urllib.parse import quote, urlsplit

import psycopg
import structlog
from fastapi import Request
from psycopg_pool import PoolTimeout
from starlette.datastructures import URL
from starlette.responses import RedirectResponse

from addrsvc.auth.sessions_web import session_of
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc.web")

_SHARE_OF_DEADLINE = 0.2
"""The rest is for the page itself."""


async def look_who(request: Request) -> None:
    """Read who is signed in, for the header; without a database the page goes on without."""
    settings = cast("Settings", request.app.state.settings)
    try:
        async with asyncio.timeout(settings.request_deadline_s * _SHARE_OF_DEADLINE):
            await session_of(request)
    except (TimeoutError, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError) as away:
        log.warning("session not read", error=type(away).__name__)
        request.scope["addrsvc.session"] = None


def to_sign_in(request: Request) -> RedirectResponse:
    """Lead to the sign-in page, and from there back to this one."""
    return see_other(f"/sign-in?next={quote(here(request.url), safe='')}")


def here(page: URL) -> str:
    """Give a page as a path of this site, without a switch of language."""
    url = page.remove_query_params("lang")
    return f"{url.path}?{url.query}" if url.query else url.path


def local_path(text: str | None, default: str = "/") -> str:
    """Give a path of this site to lead to; the default for anything that is none.

    >>> local_path("/a/7512304827?x=1"), local_path("//evil.example"), local_path("https://evil")
    ('/a/7512304827?x=1', '/', '/')
    """
    if text is None or not text.startswith("/") or len(text) > 2000:
        return default
    # browsers take a backslash for a slash and leave out tabs and line ends
    if text[1:2] in {"/", "\\"} or "\\" in text or not text.isprintable() or " " in text:
        return default
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else text


def see_other(path: str) -> RedirectResponse:
    """Lead a browser to a page of this site after a form."""
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})
