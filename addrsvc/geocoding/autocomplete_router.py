"""The route that completes addresses while they are typed; what is typed is never logged."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request

from addrsvc.auth.web import PublicCaller
from addrsvc.db.web import ReadDoor
from addrsvc.geocoding.autocomplete import Typed, complete
from addrsvc.geocoding.commune_completions import CommuneCompletions
from addrsvc.geocoding.completions import Completions
from addrsvc.geocoding.errors import GeocoderLoading
from addrsvc.geocoding.following import Follower
from addrsvc.geocoding.world import Geocoder
from addrsvc.types import LonLat

router = APIRouter(prefix="/v1", tags=["geocoding"])


@router.get("/autocomplete", summary="Complete an address while it is typed")
async def autocomplete(
    request: Request,
    _caller: PublicCaller,
    pool: ReadDoor,
    q: Annotated[str, Query(max_length=200, description="what is typed so far")],
    caret: Annotated[int | None, Query(ge=0, le=200, description="code points before it")] = None,
    lon: Annotated[float | None, Query(description="of the middle of the map, degrees")] = None,
    lat: Annotated[float | None, Query(description="of the middle of the map, degrees")] = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> dict[str, Any]:
    """Give ways to go on: streets, places and communes first, then numbers, then units.

    Each holds the whole new text and where the caret then stands.
    """
    near = None if lon is None or lat is None else LonLat(lon, lat)
    typed = Typed(q, len(q) if caret is None else caret, near)
    completions = _completions(request)
    communes = _communes(request)
    found = await complete(pool, completions, communes, typed, limit=limit)
    return {"suggestions": [_shown(asdict(each)) for each in found]}


def _shown(suggestion: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in suggestion.items() if value is not None}


def _completions(request: Request) -> Completions:
    """Give what completes names out of the gazetteer as it stands."""
    follower = cast("Follower", request.app.state.gazetteer)
    if follower.gazetteer is None or follower.completions is None:
        raise GeocoderLoading
    return follower.completions


def _communes(request: Request) -> CommuneCompletions:
    """Give what completes communes' names as they stand; made anew when they change."""
    state = request.app.state
    world = cast("Geocoder", state.geocoder).world
    known = getattr(state, "commune_completions", None)
    if (
        not isinstance(known, CommuneCompletions)
        or known.areas is not world.areas
        or known.gazetteer is not world.gazetteer
    ):
        known = state.commune_completions = CommuneCompletions(world.areas, world.gazetteer)
    return known
