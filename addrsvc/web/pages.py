"""The pages put together, and the small ones: the list of functions, what findings mean.

Everything is read and worded by the server, so that pages work without scripts; scripts add
the map, copying and sharing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, cast
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match

from addrsvc.db.web import origin_of
from addrsvc.errors import Language
from addrsvc.geocoding.finding_kinds import CATALOGUE
from addrsvc.problems import RouteUnknown, language_of, response_of
from addrsvc.settings import Settings
from addrsvc.web import (
    address_page,
    certificates,
    collection,
    collection_contacts,
    collection_people,
    coverage,
    desk,
    field,
    jobs,
    jobs_changes,
    local_authority,
    notices,
    planning,
    plans,
    plans_drafting,
    plans_files,
    plans_publishing,
    quality,
    reports,
    search,
    signing_in,
    statistics,
    webhooks,
    widget,
)
from addrsvc.web.docs_words import list_conventions
from addrsvc.web.functions import Function, list_functions
from addrsvc.web.rendering import Pages, page_language, pages_of
from addrsvc.web.showing import shown_finding
from addrsvc.web.signed_in import look_who
from addrsvc.web.words import TAG_NAMES

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])
assets_router = APIRouter(include_in_schema=False)

_READ: Final = ["GET", "HEAD"]


@router.api_route("/docs", methods=_READ)
async def docs(request: Request) -> Response:
    """List the functions for software, from the application's own OpenAPI document."""
    language = page_language(request)
    groups = _groups(request.app, language)
    return pages_of(request).respond(
        request,
        "docs.html",
        indexed=True,
        groups=groups,
        conventions=list_conventions(language),
        functions=_functions(request.app, language, origin_of(request)),
    )


@lru_cache(maxsize=4)
def _groups(app: FastAPI, language: Language) -> dict[str, list[Function]]:
    listed = list_functions(app.openapi())
    names = {tag: name.in_(language) for tag, name in TAG_NAMES.items() if tag in listed}
    names.update({tag: tag for tag in listed if tag not in names})
    return {name: listed[tag] for tag, name in names.items()}


@lru_cache(maxsize=8)
def _functions(app: FastAPI, language: Language, origin: str) -> Markup:
    """Give the list of functions; a fifth of a second each time would be felt by everybody."""
    pages = cast("Pages", app.state.pages)
    groups = _groups(app, language)
    return pages.piece("_docs_functions.html", language, groups=groups, origin=origin)


@router.api_route("/findings", methods=_READ)
async def findings(request: Request) -> Response:
    """List everything a verdict on an address may find."""
    language = page_language(request)
    shown = [shown_finding(kind, language) for kind in CATALOGUE.values()]
    return pages_of(request).respond(request, "findings.html", indexed=True, findings=shown)


@router.api_route("/findings/{id}", methods=_READ)
async def finding(request: Request) -> Response:
    """Explain one kind of finding: why it is so and what to do next."""
    kind = CATALOGUE.get(str(request.path_params["id"]))
    if kind is None:
        return pages_of(request).refuse(request, RouteUnknown(), typed="")
    shown = shown_finding(kind, page_language(request))
    return pages_of(request).respond(request, "finding.html", indexed=True, finding=shown)


@assets_router.api_route("/static/{name:path}", methods=_READ)
async def static(request: Request) -> Response:
    """Send a style sheet, script or picture of the pages."""
    return await pages_of(request).assets.serve(request, str(request.path_params["name"]))


def install(app: FastAPI, settings: Settings) -> None:
    """Give the application its pages; call after ``problems.install``.

    Unknown paths get a page where a browser asks, and a problem document elsewhere.
    """
    app.state.pages = Pages(settings)
    app.include_router(router)
    app.include_router(search.router)
    app.include_router(address_page.router)
    app.include_router(assets_router)
    app.include_router(widget.router)
    app.include_router(certificates.router)
    app.include_router(collection.router)
    app.include_router(collection_people.router)
    app.include_router(collection_contacts.router)
    app.include_router(coverage.router)
    app.include_router(desk.router)
    app.include_router(field.router)
    app.include_router(local_authority.router)
    app.include_router(quality.router)
    app.include_router(reports.router)
    app.include_router(signing_in.router)
    app.include_router(statistics.router)
    app.include_router(webhooks.router)
    app.include_router(jobs.router)
    app.include_router(jobs_changes.router)
    app.include_router(notices.router)
    app.include_router(planning.router)
    app.include_router(plans_files.router)
    app.include_router(plans_publishing.router)
    app.include_router(plans_drafting.router)  # before plans, where any number may stand
    app.include_router(plans.router)
    app.add_exception_handler(404, _not_found)


async def _not_found(request: Request, _: Exception) -> Response:
    path = _without_slash(request)
    if path is not None:
        link = f"{path}?{request.url.query}" if request.url.query else path
        return RedirectResponse(link, status_code=307)
    if _is_for_people(request):
        await look_who(request)
        return pages_of(request).refuse(request, RouteUnknown(), typed="")
    request_id = request.scope.get("addrsvc.request_id")
    return response_of(RouteUnknown(), language_of(request), request_id)


def _without_slash(request: Request) -> str | None:
    """Give the path asked for without the slash it ends with, where there is something."""
    path = str(request.scope["path"])
    shorter = path.rstrip("/")
    if shorter == path or shorter.startswith("//") or not shorter:
        return None
    scope = {**request.scope, "path": shorter}
    if all(route.matches(scope)[0] is Match.NONE for route in request.app.router.routes):
        return None
    return quote(shorter)


def _is_for_people(request: Request) -> bool:
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and not path.startswith(
        ("/v1/", "/static/")
    )
