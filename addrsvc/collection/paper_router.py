"""HTTP routes of lists on paper and in spreadsheets, for the day a phone is missing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response

from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.collection.listing import listing_pdf
from addrsvc.collection.listings import get_listing
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, doors_of, longer_deadline, origin_of
from addrsvc.errors import Language, problem_shown
from addrsvc.problems import language_of
from addrsvc.uploads.errors import FileNothingIn

if TYPE_CHECKING:
    from addrsvc.collection.sheet_import import Imported, Taken

router = APIRouter(prefix="/v1/collection", tags=["collection"])

_PDF: Final = "application/pdf"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SETTING_S: Final = 60
_TAKING_S: Final = 300
"""A list of a thousand rows, each decided by itself."""

TaskId = Annotated[UUID, Query(alias="task", description="``task_id``")]


@router.get(
    "/paper.pdf",
    summary="A list to fill in by hand",
    response_class=Response,
    responses={200: {"content": {_PDF: {}}}},
    dependencies=[longer_deadline(_SETTING_S)],
)
async def paper_pdf(
    task_id: TaskId,
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    settings: AppSettings,
    clock: AppClock,
) -> Response:
    """Give the addresses of a task as A4 pages, street by street, with boxes and empty rows."""
    async with pool.connection() as conn:
        listing = await get_listing(conn, caller, task_id, clock)
    link = f"{origin_of(request)}/field?task={task_id}"
    body = await asyncio.to_thread(
        listing_pdf, listing, link, settings.npm_dir, is_demo=settings.demo
    )
    return Response(body, headers=_headers(task_id, "pdf"), media_type=_PDF)


@router.get(
    "/paper.xlsx",
    summary="The same list as a spreadsheet",
    response_class=Response,
    responses={200: {"content": {_XLSX: {}}}},
    dependencies=[longer_deadline(_SETTING_S)],
)
async def paper_xlsx(task_id: TaskId, pool: ReadDoor, caller: Caller, clock: AppClock) -> Response:
    """Give the addresses of a task to be filled in at a desk, and imported by ``sheets:import``."""
    # heavy: the service starts without it
    from addrsvc.collection.sheet import sheet_xlsx  # noqa: PLC0415 -- see above

    async with pool.connection() as conn:
        listing = await get_listing(conn, caller, task_id, clock)
    body = await asyncio.to_thread(sheet_xlsx, listing, uuid4())
    return Response(body, headers=_headers(task_id, "xlsx"), media_type=_XLSX)


@router.post(
    "/sheets:import",
    summary="Take a list that was filled in",
    dependencies=[longer_deadline(_TAKING_S)],
    openapi_extra={
        "requestBody": {
            "description": "the spreadsheet of ``paper.xlsx``, filled in",
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def take_sheet(
    request: Request, response: Response, caller: Caller, settings: AppSettings, clock: AppClock
) -> dict[str, Any]:
    """Take each row that says something as a record, and register houses without a code.

    Rows are taken by themselves: those refused are told with their line and why. The same sheet
    may be sent again, also after some rows were mended.
    """
    from addrsvc.collection.sheet_import import import_sheet  # noqa: PLC0415 -- heavy, as above

    body = await request.body()
    if not body:
        raise FileNothingIn
    response.headers.update(NO_STORE)
    with TemporaryDirectory(prefix="addrsvc-sheet-") as folder:
        path = Path(folder, "danh-sach.xlsx")
        await asyncio.to_thread(path.write_bytes, body)
        imported = await import_sheet(doors_of(request).engine, caller, path, settings, clock)
    return imported_out(imported, language_of(request))


def imported_out(imported: Imported, language: Language) -> dict[str, Any]:
    """Give what became of a sheet."""
    refused = [each for each in imported.rows if each.problem is not None]
    return {
        "task": str(imported.sheet.task),
        "unchanged": imported.unchanged,
        "taken": len(imported.rows) - len(refused),
        "refused": len(refused),
        "rows": [_row_out(each, language) for each in imported.rows],
    }


def _row_out(taken: Taken, language: Language) -> dict[str, Any]:
    return {
        "line": taken.line,
        "ref": taken.ref,
        "act": taken.act,
        "record": None if taken.record is None else str(taken.record),
        "state": taken.state,
        "waits_for": taken.waits_for,
        "address": taken.address,
        "problem": None if taken.problem is None else problem_shown(taken.problem, language),
    }


def _headers(task_id: UUID, ending: str) -> dict[str, str]:
    name = f"danh-sach-ra-soat-{str(task_id)[:8]}.{ending}"
    return {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
