"""Templates into answers: language, security headers, entity tag."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final, cast

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import URL
from starlette.responses import Response

from addrsvc.auth.sessions import Session
from addrsvc.errors import LANGUAGES, AddrsvcError, Language
from addrsvc.problems import STATUS, headers_of
from addrsvc.settings import Settings
from addrsvc.web.assets import Assets
from addrsvc.web.signed_in import here
from addrsvc.web.words import PREDECESSOR_NAMES, RELATION_NAMES, words

_COOKIE: Final = "lang"
_COOKIE_AGE_S: Final = 365 * 24 * 3600

_POLICY: Final = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "worker-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",  # the icons in the map library's style sheet
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
"""Nothing inline at all, so there is no nonce: a page stays the same and may carry an ETag."""


def _in_words(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {allowed}" for name, allowed in policy.items())


_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": _in_words(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_LOCATING: Final = {
    **_SECURITY_HEADERS,
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
}
"""On pages with the one box, which may ask where somebody is; nothing is sent unless they do."""

FIELD_HEADERS: Final = {
    **_SECURITY_HEADERS,
    "Content-Security-Policy": _in_words({**_POLICY, "manifest-src": "'self'"}),
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    "X-Frame-Options": "DENY",
}
"""Of field collection, which takes photos and positions; photos it keeps are drawn on a canvas."""


def _security_headers(framed_by: str | None, *, is_locating: bool) -> dict[str, str]:
    """Give what protects a page; one made to be framed is locked down in all other ways too."""
    headers = dict(_LOCATING if is_locating else _SECURITY_HEADERS)
    if framed_by is not None:
        policy = {**_POLICY, "frame-ancestors": framed_by}
        headers["Content-Security-Policy"] = _in_words(policy)
    if framed_by in {None, _POLICY["frame-ancestors"]}:
        headers["X-Frame-Options"] = "DENY"
    return headers


def page_language(request: Request) -> Language:
    """Give the language of a page: as switched now, as switched before, else Vietnamese."""
    for wish in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
        for language in LANGUAGES:
            if wish == language:
                return language
    return "vi"


class Pages:
    """Everything pages are made with; one for the whole application."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.assets = Assets(settings.npm_dir)
        self._environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = self.assets.url
        self._environment.globals["relation_names"] = RELATION_NAMES
        self._environment.globals["predecessor_names"] = PREDECESSOR_NAMES

    def piece(self, template: str, language: Language, **shown: Any) -> Markup:
        """Give a part of a page, for those that keep what takes long to put together."""
        html = self._environment.get_template(template).render(
            language=language, say=words(language), **shown
        )
        return Markup(html)  # noqa: S704 - escaped by its template

    def respond(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        indexed: bool = False,
        headers: dict[str, str] | None = None,
        asked_at: str = "/",
        is_locating: bool = False,
        framed_by: str | None = None,
        **shown: Any,
    ) -> Response:
        """Give a page; 304 where the browser has this very page already.

        ``asked_at`` is where a page that answers a form can be asked for again, for its links;
        ``is_locating`` lets the page ask the device where it is. ``framed_by`` says whose pages
        may frame it; such a page is the same for everybody and sets no cookie.
        """
        language = page_language(request)
        session = cast("Session | None", request.scope.get("addrsvc.session"))
        url = request.url
        if request.method not in {"GET", "HEAD"}:
            url = url.replace(path=asked_at, query="")
        public_url = self.settings.public_url.rstrip("/")
        html = self._environment.get_template(template).render(
            language=language,
            other_url=_other_language_url(url, language),
            say=words(language),
            demo=self.settings.demo,
            read_only=request.app.state.read_only.is_on,
            has_map=self.assets.has_map,
            public_url=public_url,
            origin=public_url or str(request.base_url).rstrip("/"),
            indexed=indexed,
            person=session,
            csrf=None if session is None else session.csrf,
            here=here(url),
            **shown,
        )
        body = html.encode()
        tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        sent = {
            "Cache-Control": "private, no-cache",
            "Content-Language": language,
            **(headers or {}),
            **_security_headers(framed_by, is_locating=is_locating),
            **({} if framed_by is not None else {"Vary": "Cookie"}),
            "ETag": tag,
            **({} if indexed else {"X-Robots-Tag": "noindex"}),
        }
        if status == 200 and request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=sent)
        answer = Response(body, status, sent, media_type="text/html")
        if framed_by is None and request.query_params.get("lang") == language:
            _remember(answer, language, is_secure=request.url.scheme == "https")
        return answer

    def refuse(
        self, request: Request, error: AddrsvcError, *, typed: str, template: str = "problem.html"
    ) -> Response:
        """Give the page that says what went wrong and what to do next."""
        language = page_language(request)
        return self.respond(
            request,
            template,
            status=STATUS[error.kind],
            headers=headers_of(error),
            is_locating=template == "problem.html",
            typed=typed[:200],
            problem={
                "title": error.title.in_(language),
                "detail": error.text(language),
                "suggestions": error.facts().get("suggestions", ()),
                "kind": error.kind.value,
            },
        )


def pages_of(request: Request) -> Pages:
    """Give the maker of pages of this application."""
    return cast("Pages", request.app.state.pages)


def _remember(answer: Response, language: Language, *, is_secure: bool) -> None:
    """Let the browser keep the language that was switched to."""
    answer.set_cookie(
        _COOKIE,
        language,
        max_age=_COOKIE_AGE_S,
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


def _other_language_url(url: URL, language: Language) -> str:
    """Give this very page in the other language, as a link relative to the host."""
    url = url.include_query_params(lang="en" if language == "vi" else "vi")
    return f"{url.path}?{url.query}"
