"""The lookup widget: one box and its answer in a frame, for pages of others.

It is the same for everybody: no cookie is read or set, nobody is signed in, nothing can be changed
from it. So a page that frames it, even a hostile one, gains nothing but what it could look up
itself; ``ADDRSVC_WIDGET_ORIGINS`` says whose pages may.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from fastapi import APIRouter, Request
from starlette.responses import Response

from addrsvc.errors import AddrsvcError, Language
from addrsvc.problems import STATUS, headers_of
from addrsvc.web.answering import Result, answer
from addrsvc.web.asked import MAX_TEXT
from addrsvc.web.planning_asking import read_zone
from addrsvc.web.plans_wording import zone_choices
from addrsvc.web.rendering import page_language, pages_of

router = APIRouter(include_in_schema=False)

_READ: Final = ["GET", "HEAD"]
_SCRIPT_HEADERS: Final = {
    "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Pages of others name the script by a path that stays; within the hour all have a new one."""


@router.api_route("/widget", methods=_READ)
async def widget(request: Request) -> Response:
    """Show the box, and under it what ``q``, or a code chosen from a list, means."""
    request = _without_cookies(request)
    given = request.query_params
    code, text = given.get("code"), given.get("q")
    asked = text if code is None else code
    if asked is None:
        return _page(request, Result(), is_asked=False, typed="")
    try:
        result = await answer(request, asked, read_zone(given.get("zone")))
    except AddrsvcError as error:
        return _refused(request, error, typed=asked)
    result.confirm = result.confirm and code is None
    return _page(request, result, is_asked=True, typed=text or "")


@router.api_route("/widget.js", methods=_READ)
async def script(request: Request) -> Response:
    """Give the script that puts the widget into a page of whatever origin."""
    return await pages_of(request).assets.serve(request, "widget.js", _SCRIPT_HEADERS)


def _without_cookies(request: Request) -> Request:
    """Give the request as if its browser had no cookies for us: the widget is for no one."""
    headers = [pair for pair in request.scope["headers"] if pair[0] != b"cookie"]
    return Request({**request.scope, "headers": headers}, request.receive)


def _page(
    request: Request,
    result: Result,
    *,
    is_asked: bool,
    typed: str,
    problem: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    language = page_language(request)
    private = {"Cache-Control": "private, no-store"} if result.point is not None else {}
    return pages_of(request).respond(
        request,
        "widget.html",
        status=result.status,
        headers={**private, **(headers or {})},
        framed_by=_ancestors(pages_of(request).settings.widget_origins),
        is_asked=is_asked,
        typed=typed[:MAX_TEXT],
        result=result,
        problem=problem,
        zones=zone_choices(language) if result.asks_zone else (),
        found_map=None if result.address is not None else result.map(),
        inside=lambda url: inside(url, language),
        full=_full_url(result, typed, language),
    )


def _refused(request: Request, error: AddrsvcError, *, typed: str) -> Response:
    language = page_language(request)
    problem = {
        "title": error.title.in_(language),
        "detail": error.text(language),
        "suggestions": error.facts().get("suggestions", ()),
    }
    return _page(
        request,
        Result(STATUS[error.kind]),
        is_asked=True,
        typed=typed,
        problem=problem,
        headers=headers_of(error),
    )


def inside(url: str, language: Language) -> str:
    """Give the link to an address or a search as one that stays in the frame.

    >>> inside("/a/7512304827", "vi"), inside("/?q=L%C3%AA%20L%E1%BB%A3i", "en")
    ('/widget?lang=vi&code=7512304827', '/widget?lang=en&q=L%C3%AA+L%E1%BB%A3i')
    """
    parts = urlsplit(url)
    if parts.path.startswith("/a/"):
        asked = {"code": parts.path.removeprefix("/a/")}
    else:
        asked = {"q": parse_qs(parts.query).get("q", [""])[0]}
    return f"/widget?{urlencode({'lang': language, **asked})}"


def _full_url(result: Result, typed: str, language: Language) -> str:
    """Give the page of the whole site that says the same and more."""
    lang = f"lang={language}"
    if result.address is not None:
        return f"/a/{result.address.facts['code']}?{lang}"
    return f"/?q={quote(typed[:MAX_TEXT])}&{lang}" if typed else f"/?{lang}"


def _ancestors(origins: str) -> str:
    """Give who may frame the widget as the policy words it.

    >>> _ancestors("*"), _ancestors("https://a.vn, app://b"), _ancestors("")
    ('*', 'https://a.vn app://b', "'none'")
    """
    return " ".join(origins.replace(",", " ").split()) or "'none'"
