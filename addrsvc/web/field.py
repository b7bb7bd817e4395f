"""The page of field collection: it is installed on phones and works for days with no network.

Its shell is the same for everybody and is kept by a service worker, with every script it needs:
see ``collection/protocol.md`` for what the phone says to the server. Each file is named with a
digest of its content, which the browser holds against what it got: of two versions that are
served side by side for a while none is ever kept half.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any, Final, cast

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc import __version__
from addrsvc.admin_units import service as admin_units
from addrsvc.auth.model import Scope
from addrsvc.auth.sessions_web import session_of
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock, today
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError
from addrsvc.problems import RouteUnknown
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import FIELD_HEADERS, Pages, page_language, pages_of
from addrsvc.web.signed_in import look_who, to_sign_in
from addrsvc.web.words import words

router = APIRouter(include_in_schema=False)

_READ: Final = ["GET", "HEAD"]
_SHELL: Final = "/field"
_MANIFEST: Final = "/field/manifest.webmanifest"

LIBRARIES: Final = (
    "vendor/idb/index.js",
    "vendor/leaflet/leaflet.css",
    "vendor/leaflet/leaflet.js",
    "vendor/lean-qr/index.mjs",
)
"""What the phone keeps besides everything of ours in ``static/field``."""

_WORKER_PARTS: Final = ("core", "routing", "strategies", "precaching")
_NAMED: Final = 200
"""Most communes to choose from; a province has fewer."""

_WORKER: Final = """\
"use strict";
const VERSION = %(version)s;
importScripts(%(libraries)s);
workbox.precaching.precacheAndRoute(%(files)s, { cleanURLs: false, directoryIndex: null });
workbox.precaching.cleanupOutdatedCaches();
workbox.routing.registerRoute(
  new workbox.routing.NavigationRoute(workbox.precaching.createHandlerBoundToURL(%(shell)s), {
    allowlist: [/^\\/field(\\?|$)/],
  }),
);
addEventListener("message", (event) => {
  if (event.data === "apply-update") skipWaiting();
  if (event.data === "version") event.ports[0]?.postMessage(VERSION);
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("sync", (event) => {
  if (event.tag !== "addrsvc-field-outbox") return;
  event.waitUntil(
    clients.matchAll({ type: "window" }).then((pages) => {
      for (const page of pages) page.postMessage("send");
    }),
  );
});
"""
"""A new version waits until the page says that nothing is typed or sent: see ``update.js``."""


def list_files(pages: Pages) -> dict[str, bytes]:
    """Give everything the phone keeps but the shell, by path.

    Raises:
        RouteUnknown: the libraries are not installed.
    """
    if not pages.assets.has_map:
        raise RouteUnknown
    own = [name for name in pages.assets.names("field/") if name.endswith((".js", ".css", ".svg"))]
    kept = {f"/static/{name}": pages.assets.body(name) for name in (*own, *LIBRARIES, "icon.svg")}
    return {**kept, _MANIFEST: _manifest(pages)}


@router.api_route("/field", methods=_READ)
async def shell(request: Request) -> Response:
    """Give the frame of the page; all in it is done on the phone."""
    body, _ = await run_in_threadpool(field_pages, pages_of(request))
    return _answer(request, body, "text/html", {"X-Robots-Tag": "noindex", **FIELD_HEADERS})


@router.api_route("/field/sw.js", methods=_READ)
async def worker(request: Request) -> Response:
    """Give the service worker, with the digest of everything it keeps."""
    _, script = await run_in_threadpool(field_pages, pages_of(request))
    allowed = {"Service-Worker-Allowed": _SHELL, **FIELD_HEADERS}
    return _answer(request, script, "text/javascript", allowed)


@router.api_route("/field/manifest.webmanifest", methods=_READ)
async def manifest(request: Request) -> Response:
    """Say how the page is installed."""
    pages = pages_of(request)
    headers = {"X-Content-Type-Options": "nosniff"}
    return _answer(request, _manifest(pages), "application/manifest+json", headers)


@router.api_route("/field/enrol", methods=_READ, dependencies=[Depends(look_who)])
async def enrol_page(request: Request) -> Response:
    """Let a person signed in give a phone a key of its own, or thirty days more."""
    pages, say = pages_of(request), words(page_language(request))
    try:
        principal, session = await principal_of(request), await session_of(request)
        if not principal.is_anonymous:
            principal.require(Scope.ADDRESSES_WRITE)
        if session is None:  # a phone is its person's, not a key's
            return to_sign_in(request)
        async with in_time(request):
            areas = await _areas(request, session.principal.areas)
    except AddrsvcError as error:
        return pages.refuse(request, error, typed="", template="refused.html")
    return pages.respond(
        request,
        "field_enrol.html",
        headers={"Cache-Control": "private, no-store"},
        areas=areas,
        suggested_name=say.field_phone_of.format(person=session.display_name)[:80],
    )


async def _areas(request: Request, codes: frozenset[str] | None) -> list[tuple[str, str]]:
    """Give code and name of communes to choose from; none: the person is not limited to any."""
    day = today(cast("Clock", request.app.state.clock))
    named = []
    async with doors_of(request).pool.connection() as conn:
        for code in sorted(codes or ())[:_NAMED]:
            unit = await admin_units.find_unit(conn, code, day)
            named.append((code, code if unit is None else f"{unit.full_name} ({code})"))
    return named


@lru_cache(maxsize=4)
def field_pages(pages: Pages) -> tuple[bytes, bytes]:
    """Give the shell and its service worker, both named by the digest of all files.

    Raises:
        RouteUnknown: the libraries are not installed.
    """
    files = list_files(pages)
    plain = _rendered(pages, "")
    told = {path: hashlib.sha256(body).hexdigest() for path, body in files.items()}
    digest = hashlib.sha256(json.dumps(told).encode() + plain).hexdigest()[:10]
    version = f"{__version__}+{digest}"
    body = _rendered(pages, version)
    script = _WORKER % {
        "version": json.dumps(version),
        "libraries": ", ".join(
            json.dumps(pages.assets.url(f"vendor/workbox/{each}.js")) for each in _WORKER_PARTS
        ),
        "files": json.dumps([_entry(path, kept) for path, kept in {**files, _SHELL: body}.items()]),
        "shell": json.dumps(_SHELL),
    }
    return body, script.encode()


def _rendered(pages: Pages, version: str) -> bytes:
    return str(pages.piece("field.html", "vi", version=version)).encode()


def _entry(path: str, body: bytes) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return {"url": path, "revision": digest[:16], "integrity": f"sha256-{digest}"}


def _manifest(pages: Pages) -> bytes:
    say = words("vi")
    icon = {"src": pages.assets.url("icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    drawn = [
        {
            "src": pages.assets.url(f"icons/{name}.png"),
            "sizes": f"{px}x{px}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, px, purpose in (
            ("icon-192", 192, "any"),
            ("icon-512", 512, "any"),
            ("icon-maskable-512", 512, "maskable"),
        )
    ]
    told: dict[str, Any] = {
        "id": _SHELL,
        "name": say.field_title,
        "short_name": say.field_short,
        "lang": "vi",
        "start_url": _SHELL,
        "scope": _SHELL,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0f4c8a",
        "icons": [*drawn, icon],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _answer(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    tag = f'"{hashlib.blake2b(body, digest_size=9).hexdigest()}"'
    sent = {"Cache-Control": "no-cache", "ETag": tag, **headers}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=sent)
    return Response(body, headers=sent, media_type=media_type)
