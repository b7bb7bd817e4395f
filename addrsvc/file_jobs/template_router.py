"""HTTP route of the spreadsheets to fill in: open to all, as nothing in them is anybody's."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.file_jobs.model import Kind
from addrsvc.file_jobs.templates import template_csv, template_name

router = APIRouter(prefix="/v1", tags=["jobs"])

_MEDIA_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@router.get(
    "/jobs/template",
    summary="A spreadsheet to fill in for a job",
    response_class=Response,
    responses={200: {"content": {each.partition(";")[0]: {} for each in _MEDIA_TYPES.values()}}},
)
async def get_template(
    kind: Annotated[Kind, Query(description="what the job is to do with every row")],
    ending: Annotated[
        Literal["xlsx", "csv"], Query(alias="format", description="of the file")
    ] = "xlsx",
) -> Response:
    """Give an empty list with Vietnamese headers, which a job of that kind recognises by itself.

    The first row is an invented example, to be deleted. XLSX has all columns as text, a second
    sheet that says how to fill it in and, for dossiers, a third with the lists its cells offer.
    """
    write = _workbook if ending == "xlsx" else template_csv
    body = await run_in_threadpool(write, kind)
    name = template_name(kind, ending)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "public, max-age=3600",
    }
    return Response(body, headers=headers, media_type=_MEDIA_TYPES[ending])


def _workbook(kind: Kind) -> bytes:
    # heavy: the service starts without it
    from addrsvc.file_jobs.template_workbooks import template_xlsx  # noqa: PLC0415 -- see above

    return template_xlsx(kind)
