"""HTTP route of the map of what was found in a file of zones; for planners."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.web import Caller
from addrsvc.db.web import AnyTimeConn, AppSettings
from addrsvc.planning import plan_files
from addrsvc.planning.files.report_json import marks_geojson
from addrsvc.planning.maps.report_drawing import report_map
from addrsvc.planning.maps.router import Lang, PlanId, framed
from addrsvc.problems import language_of
from addrsvc.uploads.receiving import folder_of

router = APIRouter(prefix="/v1/plans/{plan_id}/files", tags=["plans"])

FileId = Annotated[UUID, Path(description="``file_id`` of a file of this plan")]


@router.get(
    "/{file_id}/map",
    summary="A map of what was found in a file, for a frame of its own",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}}},
)
async def get_report_map(
    plan_id: PlanId,
    file_id: FileId,
    request: Request,
    conn: AnyTimeConn,
    caller: Caller,
    settings: AppSettings,
    *,
    lang: Lang = None,
) -> Response:
    """Draw the faults of a file, the largest of each, and what repairs would make of its zones.

    HTML for ``<iframe sandbox="allow-scripts">`` on a page of this service.
    """
    file = await plan_files.get_file(conn, caller, plan_id, file_id)
    language, files_dir = lang or language_of(request), folder_of(settings)

    def draw() -> str:
        report = plan_files.read_report(file, files_dir)
        return report_map(report, marks_geojson(report), language, settings.npm_dir)

    return framed(await run_in_threadpool(draw), fetches=False)
