"""HTTP routes of maps of plans: vector tiles, and maps for frames of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.web import NO_STORE, PublicCaller
from addrsvc.clock import today
from addrsvc.db.rows import Connection
from addrsvc.db.web import AppClock, AppSettings, ReadDoor
from addrsvc.errors import Language
from addrsvc.planning.changes.errors import ChangesNotReady
from addrsvc.planning.changes.model import Comparison, ComparisonState
from addrsvc.planning.changes.schemas import numbers_of
from addrsvc.planning.maps import service
from addrsvc.planning.maps.cache import Tile, TileCache
from addrsvc.planning.maps.drawing import Commune, MapOf, draw_plan_map, key_of
from addrsvc.planning.maps.framing import FRAMED, guarded
from addrsvc.planning.maps.service import TileOf
from addrsvc.planning.model import Plan
from addrsvc.problems import language_of
from addrsvc.settings import Settings

router = APIRouter(prefix="/v1/plans", tags=["planning"])

_MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
_MAP: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/html": {}}}}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {_MEDIA_TYPE: {}}},
    304: {"description": "as you have it"},
}

FORMAT: Final = 1
"""Part of entity tags: goes up whenever tiles of the same zones are drawn in another way."""

_KEPT: Final = "public, max-age=86400"
"""Zones of a published plan never change."""
_ASKED: Final = "private, no-cache"


def _cache(request: Request) -> TileCache:
    return cast("TileCache", request.app.state.tile_cache)


Cache = Annotated[TileCache, Depends(_cache)]
Key = Annotated[
    str | None, Query(max_length=100, description="of a draft's map, as its page was given it")
]
PlanId = Annotated[int, Path(ge=1, lt=2**62, description="``id`` of a plan")]
Lang = Annotated[Language | None, Query(description="of its texts; else as Accept-Language says")]
Against = Annotated[
    str | None,
    Query(
        max_length=1_000,
        description="numbers of plans with commas between them; left out: those whose place it "
        "took",
    ),
]


def _tile_of(
    plan_id: PlanId,
    z: Annotated[int, Path(ge=0, lt=100)],
    x: Annotated[int, Path(ge=0, lt=2**31)],
    y: Annotated[str, Path(pattern=r"^[0-9]{1,9}(\.mvt)?$", description=".mvt may follow")],
) -> TileOf:
    wanted = TileOf(plan_id, z, x, int(y.removesuffix(".mvt")))
    service.require_tile(wanted)
    return wanted


@router.get(
    "/{plan_id}/tiles/{z}/{x}/{y}",
    summary="Vector tile of a plan's zones",
    response_class=Response,
    responses=_ANSWERS,
)
async def get_tile(
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    cache: Cache,
    wanted: Annotated[TileOf, Depends(_tile_of)],
    key: Key = None,
) -> Response:
    """Give the zones of a plan in one tile (EPSG:3857, y to the south), zooms 5 to 18.

    Layer ``zones``. Up to zoom 11, and further down where a tile would hold too many zones, its
    features are land uses: ``code`` only, one feature each, drawn by cells of 1/256 of the tile.
    Else they are zones: ``n`` (number in the plan), ``code``, ``area`` (square metres), and from
    zoom 16 ``label`` as the plan's file says it. No tile is larger than 500,000 bytes before it is
    compressed; where nothing is planned it is empty. Pages from anywhere may ask for tiles of
    published plans.
    """
    async with pool.connection() as conn:
        plan = await service.get_shown_plan(conn, caller, wanted.plan_id, key)
    headers = _headers(request, plan, key, str(plan.version))
    if _has(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return _answer(request, headers, await service.get_tile(pool, cache, wanted, plan))


@router.get(
    "/{plan_id}/changes/tiles/{z}/{x}/{y}",
    summary="Vector tile of what a plan changes",
    response_class=Response,
    responses=_ANSWERS,
)
async def get_changes_tile(
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    cache: Cache,
    wanted: Annotated[TileOf, Depends(_tile_of)],
    *,
    against: Against = None,
    key: Key = None,
) -> Response:
    """Give the ground for which a plan says something else, in one tile (EPSG:3857).

    Layer ``changes``: ``before`` and ``after`` (codes; none: not planned) and ``area`` (square
    metres). Where a tile would hold too many pieces, it holds the largest. Empty until the changes
    are worked out: see ``/v1/plans/{plan_id}/changes``.
    """
    async with pool.connection() as conn:
        plan, comparison = await service.get_shown_changes(
            conn, caller, wanted.plan_id, numbers_of(against), key
        )
    done_at = comparison.done_at
    mark = "none" if done_at is None else f"{comparison.comparison_id}.{done_at.timestamp():.6f}"
    headers = _headers(request, plan, key, mark)
    headers["Cache-Control"] = "public, no-cache" if service.is_public(plan) else _ASKED
    if _has(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    tile = await service.get_changes_tile(pool, cache, wanted, comparison)
    return _answer(request, headers, tile)


@router.get(
    "/{plan_id}/map",
    summary="A map of a plan, for a frame of its own",
    response_class=Response,
    responses=_MAP,
)
async def get_map(
    plan_id: PlanId,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
    settings: AppSettings,
    *,
    lang: Lang = None,
) -> Response:
    """Draw the zones of a plan in the colours of its code list, with legend and layers.

    HTML for ``<iframe sandbox="allow-scripts">`` on a page of this service. What a plan changes
    against those whose place it took is a layer, once it is worked out.
    """
    async with pool.connection() as conn:
        plan, comparison = await service.get_shown_changes(conn, caller, plan_id, None)
        wanted = await _map_of(conn, plan, comparison, today(clock))
    if not plan.replaces:
        wanted = replace(wanted, changes=None)
    return await _drawn(wanted, lang or language_of(request), settings)


@router.get(
    "/{plan_id}/changes/map",
    summary="A map of what a plan changes, for a frame of its own",
    response_class=Response,
    responses=_MAP,
)
async def get_changes_map(
    plan_id: PlanId,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
    settings: AppSettings,
    *,
    against: Against = None,
    lang: Lang = None,
) -> Response:
    """Draw the ground for which a plan says something else than others.

    Raises 409 until that is worked out: see ``/v1/plans/{plan_id}/changes``.
    """
    asked = numbers_of(against)
    async with pool.connection() as conn:
        plan, comparison = await service.get_shown_changes(conn, caller, plan_id, asked)
        if comparison.state is not ComparisonState.DONE:
            raise ChangesNotReady(state=comparison.state.value)
        wanted = await _map_of(conn, plan, comparison, today(clock))
    wanted = replace(wanted, is_of_changes=True)
    return await _drawn(wanted, lang or language_of(request), settings)


async def _map_of(conn: Connection, plan: Plan, comparison: Comparison, day: date) -> MapOf:
    """Collect what a map of a plan shows."""
    changes = None
    if comparison.state is ComparisonState.DONE:
        others = ",".join(map(str, comparison.before_ids))
        joined = f"{key_of(plan)}&" if key_of(plan) else "?"
        changes = f"/v1/plans/{plan.plan_id}/changes/tiles/{{tile}}{joined}against={others}"
    uses = await service.list_uses(conn, plan.plan_id)
    found = await service.list_communes(conn, plan, day)
    communes = [Commune(name, outline) for name, outline in found]
    return MapOf(plan, uses, communes, day, changes)


async def _drawn(wanted: MapOf, language: Language, settings: Settings) -> Response:
    html = await run_in_threadpool(draw_plan_map, wanted, language, settings.npm_dir)
    return framed(html, fetches=True)


def framed(html: str, *, fetches: bool) -> Response:
    """Give a map for a frame of this host; it knows nothing of who is signed in."""
    html, policy = guarded(html, fetches=fetches)
    headers = {
        **NO_STORE,
        "Content-Security-Policy": f"{policy}; {FRAMED}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(html, headers=headers, media_type="text/html")


def _headers(request: Request, plan: Plan, key: str | None, mark: str) -> dict[str, str]:
    is_public = service.is_public(plan)
    headers = {
        "ETag": f'"{mark}.{FORMAT}{"-gzip" if _takes_gzip(request) else ""}"',
        "Cache-Control": _KEPT if is_public else _ASKED,
        "Vary": "Accept-Encoding" if is_public else "Accept-Encoding, Authorization, Cookie",
        "X-Content-Type-Options": "nosniff",
    }
    if is_public or key is not None:
        # a map's frame is of no origin; nobody's credentials come along
        headers["Access-Control-Allow-Origin"] = "*"
    return headers


def _answer(request: Request, headers: dict[str, str], tile: Tile) -> Response:
    if not tile.body or not _takes_gzip(request):
        return Response(tile.body, headers=headers, media_type=_MEDIA_TYPE)
    headers["Content-Encoding"] = "gzip"
    return Response(tile.compressed, headers=headers, media_type=_MEDIA_TYPE)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _has(request: Request, tag: str) -> bool:
    """Tell whether the asker names this very answer, as a proxy may have weakened its tag."""
    given = request.headers.get("if-none-match", "").split(",")
    return tag in {each.strip().removeprefix("W/") for each in given}
