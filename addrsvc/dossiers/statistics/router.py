"""HTTP routes of statistics of dossiers; to stand before those of dossiers, of any code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.clock import today
from addrsvc.commune_maps.drawing import policy_of
from addrsvc.db.web import AppClock, AppSettings, ReadDoor
from addrsvc.dossiers.model import AddressRole, LinkState
from addrsvc.dossiers.procedures import TEXT_LIMIT
from addrsvc.dossiers.statistics import service
from addrsvc.dossiers.statistics.drawing import Measure, draw_map
from addrsvc.dossiers.statistics.model import Dimension, Wanted, parse_by
from addrsvc.dossiers.statistics.tables import csv_of, statistics_out
from addrsvc.errors import Language
from addrsvc.geocoding.ranking import Category
from addrsvc.problems import language_of

router = APIRouter(prefix="/v1/dossiers/statistics", tags=["dossiers"])

Lang = Annotated[
    Language | None, Query(description="of names and headers; else as Accept-Language says")
]

_FRAMED: Final = "frame-ancestors 'self'; sandbox allow-scripts"
"""Beside the policy of the file itself: it knows nothing of who is signed in."""


def _filters(
    *,
    from_: Annotated[
        date | None, Query(alias="from", description="received on this legal day or later")
    ] = None,
    to: Annotated[date | None, Query(description="received on this legal day or earlier")] = None,
    commune: Annotated[
        str | None, Query(pattern=r"^[0-9]{5}$", description="where the address lies now")
    ] = None,
    procedure: Annotated[
        str | None, Query(max_length=TEXT_LIMIT, description="code as sent")
    ] = None,
    role: AddressRole | None = None,
    state: LinkState | None = None,
    category: Category | None = None,
) -> Wanted:
    return Wanted((), from_, to, commune, procedure, role, state, category)


Filters = Annotated[Wanted, Depends(_filters)]


@router.get(
    "",
    summary="Dossiers in numbers: by commune, day, procedure, role, state and quality",
    responses={200: {"content": {"text/csv": {}}}},
)
async def get_statistics(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    filters: Filters,
    *,
    by: Annotated[
        str,
        Query(
            max_length=200,
            description="any of commune, day or month, procedure, role, state, category, with "
            "commas between them; empty: the total only",
            examples=["commune,month"],
        ),
    ] = "",
    format_: Annotated[
        Literal["json", "csv"] | None, Query(alias="format", description="else as Accept says")
    ] = None,
    lang: Lang = None,
) -> Any:
    """Count addresses of dossiers, as of ``counted_at``, at most a minute or so ago.

    Every address is linked by itself, linked with a correction, linked by a person, waits for
    one, or is not linked: these five add up to ``addresses``, and ``shares`` are theirs.
    ``waiting_days``: half of those that wait have waited so long or longer. ``dossiers`` is told
    where only communes, days and procedures are asked for; one that lies in two communes counts in
    both, and once in the total. An address lies where the linked one lies now; one that is not
    linked, where all its candidates do. Small numbers are not hidden: who may ask may see each of
    these dossiers. Who is limited to communes gets the numbers of these. Every change up to event
    ``event_number`` is in them. ``format=csv``: a file for spreadsheets.
    """
    wanted = replace(filters, by=parse_by(by))
    async with pool.connection() as conn:
        found = await service.get_statistics(conn, caller, wanted, today(clock))
    language = lang or language_of(request)
    if (format_ or _format_of(request)) == "json":
        return statistics_out(found, language)
    body = await run_in_threadpool(csv_of, found, language)
    name = f"ho-so-{today(clock).isoformat()}.csv"
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


@router.get(
    "/map",
    summary="A map of communes by their dossiers, as one HTML file",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}}},
)
async def get_map(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    settings: AppSettings,
    filters: Filters,
    *,
    show: Annotated[Measure, Query(description="what the colours say at first")] = Measure.COUNT,
    lang: Lang = None,
) -> Response:
    """Draw communes by how many addresses of dossiers they have, how many wait, how many match.

    The file needs nothing else: it opens from a disk, without a network.
    """
    day = today(clock)
    async with pool.connection() as conn:
        found = await service.get_statistics(
            conn, caller, replace(filters, by=(Dimension.COMMUNE,)), day
        )
        shapes = await service.list_shapes(conn, found.communes, day)
    html = await run_in_threadpool(
        draw_map, found, shapes, lang or language_of(request), show, settings.npm_dir
    )
    headers = {
        **NO_STORE,
        "Content-Security-Policy": f"{policy_of(html)}; {_FRAMED}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(html, headers=headers, media_type="text/html")


def _format_of(request: Request) -> Literal["json", "csv"]:
    accepted = request.headers.get("accept", "")
    return "csv" if "text/csv" in accepted and "json" not in accepted else "json"
