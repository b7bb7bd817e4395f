"""HTTP routes of coverage: for who may read lists of addresses, within their areas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.clock import today
from addrsvc.commune_maps.drawing import policy_of
from addrsvc.coverage import expected, service
from addrsvc.coverage.drawing import Measure, draw_map
from addrsvc.coverage.model import Period
from addrsvc.coverage.schemas import ExpectedIn, receipt_out
from addrsvc.coverage.service import GrowthWanted
from addrsvc.coverage.tables import (
    coverage_csv,
    coverage_out,
    expected_out,
    findings_csv,
    findings_out,
    growth_csv,
    growth_out,
)
from addrsvc.db.idempotency import Answer
from addrsvc.db.web import AppClock, AppSettings, ReadDoor
from addrsvc.errors import Language
from addrsvc.problems import language_of
from addrsvc.registry.writing import IdempotencyKey, Write

router = APIRouter(prefix="/v1/coverage", tags=["coverage"])

CommuneQuery = Annotated[str, Query(pattern=r"^[0-9]{5}$", examples=["25747"])]
Lang = Annotated[
    Language | None, Query(description="of names and titles; else as Accept-Language says")
]
Format = Annotated[
    Literal["json", "csv"] | None, Query(alias="format", description="else as Accept says")
]

_CSV: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/csv": {}}}}
_FRAMED: Final = "frame-ancestors 'self'; sandbox allow-scripts"
"""Beside the policy of the file itself: it knows nothing of who is signed in."""


@router.get("", summary="How far communes are: collected, verified, notified", responses=_CSV)
async def get_coverage(
    request: Request, pool: ReadDoor, caller: Caller, clock: AppClock, format_: Format = None
) -> Any:
    """Give each commune's addresses and households, as of ``counted_at``.

    Communes there is anything of are told, and the others of their provinces. ``counts`` is null
    where the register never heard of an address and no number is expected: that is not zero.
    ``households`` are dwellings, apartments and rooms in use, a divided one by its parts;
    ``others`` the rest of ``in_use``. ``verified``: a position taken at the place (GNSS, survey).
    ``share``: households collected of those expected, null where no number is given; above 1 is
    told as it is, with ``is_over``. That of ``total`` is of communes with both numbers.
    ``findings`` are those of the last audit, null where there was none; ``dossiers`` and
    ``open_tickets`` are told to who may see dossiers and reports of citizens. Counts of addresses
    are made by the worker, about a minute after a change in a province, up to an hour in the
    country; null: none yet.

    CSV: commune_code, commune_name, expected_households, expected_as_of, in_use, households,
    others, positioned, verified, proposed, reserved, retired, notified, plate_fixed,
    coverage_percent, findings_error, findings_warning, findings_info, dossier_addresses,
    dossier_addresses_linked, dossier_addresses_waiting, open_tickets, is_former. Later columns go
    behind.
    """
    async with pool.connection() as conn:
        found = await service.get_coverage(conn, caller, today(clock))
    return await _answer(
        request,
        format_,
        lambda: coverage_out(found),
        lambda: coverage_csv(found),
        f"tien-do-{today(clock)}",
    )


@router.get("/growth", summary="Addresses made, verified, retired over time", responses=_CSV)
async def get_growth(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    *,
    by: Period = Period.DAY,
    from_: Annotated[
        date | None, Query(alias="from", description="first legal day; a while back if left out")
    ] = None,
    to: Annotated[date | None, Query(description="last legal day, included; today")] = None,
    commune: Annotated[CommuneQuery | None, Query(description="present commune")] = None,
    format_: Format = None,
) -> Any:
    """Give what the register was told, day by day of Vietnam's calendar, week or month.

    ``made``: entered; ``verified``: for the first time in use with a position taken at the place;
    ``retired``: out of use, and so still. Addresses count where they lie now. Weeks begin on
    Monday; the first and the last period may be cut by the days asked for. What came after
    ``counted_at`` is not counted yet. CSV: first_day, last_day, made, verified, retired.
    """
    wanted = GrowthWanted(by, from_, to, commune)
    async with pool.connection() as conn:
        found = await service.get_growth(conn, caller, wanted, today(clock))
    return await _answer(
        request,
        format_,
        lambda: growth_out(found),
        lambda: growth_csv(found),
        f"tang-truong-{today(clock)}",
    )


@router.get("/findings", summary="What the last audits found, by commune", responses=_CSV)
async def get_findings(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    *,
    format_: Format = None,
    lang: Lang = None,
) -> Any:
    """Give how many addresses of each commune have which finding, and when that was looked at.

    CSV: commune_code, commune_name, finding, title, severity, count, audited_at.
    """
    async with pool.connection() as conn:
        found = await service.list_findings(conn, caller)
    language = lang or language_of(request)
    return await _answer(
        request,
        format_,
        lambda: findings_out(found, language),
        lambda: findings_csv(found, language),
        f"chat-luong-{today(clock)}",
    )


@router.get(
    "/map",
    summary="A map of communes by how far they are, as one HTML file",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}}},
)
async def get_map(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    settings: AppSettings,
    *,
    show: Annotated[Measure, Query(description="what the colours say at first")] = Measure.SHARE,
    lang: Lang = None,
) -> Response:
    """Draw communes; the file needs nothing else: it opens from a disk, without a network."""
    day = today(clock)
    async with pool.connection() as conn:
        found = await service.get_coverage(conn, caller, day)
        shapes = await service.list_shapes(conn, found, day)
    language = lang or language_of(request)
    html = await run_in_threadpool(draw_map, found, shapes, language, show, settings.npm_dir)
    headers = {
        **NO_STORE,
        "Content-Security-Policy": f"{policy_of(html)}; {_FRAMED}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(html, headers=headers, media_type="text/html")


@router.get("/expected", summary="How many households a commune was said to have")
async def get_expected(pool: ReadDoor, caller: Caller, commune: CommuneQuery) -> dict[str, Any]:
    """Give every number ever given, of which day, from where: the first one holds."""
    async with pool.connection() as conn:
        found = await expected.list_history(conn, caller, commune)
    return {"items": [expected_out(each) for each in found]}


@router.put("/expected", summary="Say how many households communes have")
async def put_expected(said: ExpectedIn, write: Write, _: IdempotencyKey = None) -> Response:
    """Keep the numbers of a day: one answer a row, in order, as many as were sent.

    For who may change units. The number of the newest day holds, of one day the one said last;
    those before stay on record. The same again adds nothing. A code that is of no commune in
    force, or of one that did not exist on that day, is refused with the reason; the others count.
    """

    async def work() -> Answer:
        receipt = await expected.take_expected(
            write.conn,
            write.caller,
            said.to_rows(),
            as_of=said.as_of,
            source=said.source,
            clock=write.clock,
        )
        return Answer(200, {}, orjson.dumps(receipt_out(receipt, language_of(write.request))))

    return await write.answer(work)


async def _answer(
    request: Request,
    wanted: Literal["json", "csv"] | None,
    as_json: Callable[[], dict[str, Any]],
    as_csv: Callable[[], bytes],
    name: str,
) -> Any:
    accepted = request.headers.get("accept", "")
    asks_csv = "text/csv" in accepted and "json" not in accepted
    if wanted == "json" or (wanted is None and not asks_csv):
        return as_json()
    body = await run_in_threadpool(as_csv)
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")
