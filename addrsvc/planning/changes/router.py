"""HTTP routes of what a plan changes against others."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.web import NO_STORE, Caller, PublicCaller
from addrsvc.db.web import AppClock, ReadDoor, WriteConn
from addrsvc.errors import Language
from addrsvc.planning.changes import service
from addrsvc.planning.changes.errors import ChangesNotReady
from addrsvc.planning.changes.schemas import ComparedIn, compared_out, csv_of, numbers_of
from addrsvc.problems import language_of

router = APIRouter(prefix="/v1/plans", tags=["planning"])

PlanId = Annotated[int, Path(ge=1, lt=2**62, description="``id`` of a plan")]
Lang = Annotated[
    Language | None, Query(description="of names and headers; else as Accept-Language says")
]


@router.get(
    "/{plan_id}/changes",
    summary="What a plan changes: square metres from land use to land use",
    responses={200: {"content": {"text/csv": {}}}},
)
async def get_changes(
    plan_id: PlanId,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    *,
    against: Annotated[
        str | None,
        Query(
            max_length=1_000,
            description="numbers of plans with commas between them; empty: none, so that all is "
            "new; left out: those whose place it took",
            examples=["12,15"],
        ),
    ] = None,
    format_: Annotated[
        Literal["json", "csv"] | None, Query(alias="format", description="else as Accept says")
    ] = None,
    lang: Lang = None,
) -> Any:
    """Give what was planned before and what is now for all the ground of both, once worked out.

    ``state`` says whether it is. ``before`` null: nothing was planned there; ``after`` null:
    nothing is any more. Rows that lead to land uses of the plan add up to ``area_m2``, and to
    ``before_twice_m2`` more where zones of before overlap. Codes are compared as they are, also
    those of two lists. Planners are told how many addresses and dossiers that concerns (``counts``,
    as of ``done_at``), and how far followers were told (``told``). ``format=csv``: a file for
    spreadsheets, 409 until it is worked out.
    """
    asked = numbers_of(against)
    async with pool.connection() as conn:
        found = await service.get_compared(conn, caller, plan_id, asked)
        tellings = await service.list_tellings(conn, caller, plan_id)
    language = lang or language_of(request)
    if (format_ or _format_of(request)) == "json":
        return compared_out(found, language, tellings)
    differences = found.comparison.differences
    if differences is None:
        raise ChangesNotReady(state=found.comparison.state.value)
    body = await run_in_threadpool(csv_of, found, differences, language)
    name = f"thay-doi-quy-hoach-{plan_id}.csv"
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


@router.post("/{plan_id}/changes", status_code=202, summary="Have the changes of a plan worked out")
async def ask_changes(
    plan_id: PlanId,
    given: ComparedIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
) -> dict[str, Any]:
    """Leave it to a worker to compare a plan with others and to count whom it concerns.

    Ask with GET how far it is: about a minute for 50,000 zones. Asked again, it is worked out anew:
    counts are those of the moment.
    """
    found = await service.ask_compared(conn, caller, plan_id, clock, given.against)
    tellings = await service.list_tellings(conn, caller, plan_id)
    return compared_out(found, language_of(request), tellings)


def _format_of(request: Request) -> Literal["json", "csv"]:
    accepted = request.headers.get("accept", "")
    return "csv" if "text/csv" in accepted and "json" not in accepted else "json"
