"""HTTP routes of duplicates: list them, keep one of them, or say that they are two places."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from addrsvc.auth.web import Caller
from addrsvc.db.web import ReadDoor
from addrsvc.problems import language_of
from addrsvc.registry.changes_router import ACT_DONE, on_several
from addrsvc.registry.duplicates import acting, report
from addrsvc.registry.duplicates.schemas import DistinctFromIn, DuplicateOfIn, group_out
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.writing import (
    DryRun,
    IdempotencyKey,
    IfMatch,
    RefPath,
    Write,
    expected_version,
)

router = APIRouter(prefix="/v1", tags=["addresses"])


@router.get("/duplicates", summary="List addresses of a commune that look like one place")
async def list_duplicates(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    *,
    commune: Annotated[str, Query(pattern=r"^[0-9]{5}$", examples=["25747"])],
    after: Annotated[int, Query(ge=0, lt=2**62, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> dict[str, Any]:
    """Give groups with the reason and metres, those declared distinct left out, a page at a time.

    A whole registry at once is for the command line: ``addrsvc addresses duplicates``.
    """
    async with pool.connection() as conn:
        groups = await report.find_groups(conn, caller, commune)
    following = [each for each in groups if each.group_id > after]
    page = following[:limit]
    language = language_of(request)
    return {
        "items": [group_out(each, language) for each in page],
        "next": page[-1].group_id if len(following) > limit else None,
        "groups": len(groups),
    }


@router.post(
    "/addresses/{ref}:duplicate-of", summary="Keep one of two duplicates", responses=ACT_DONE
)
async def duplicate_of(
    ref: RefPath,
    command: DuplicateOfIn,
    writing: Write,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Retire the address of the path; its code leads to the one kept, its parts move there."""
    version = expected_version(if_match)
    return await on_several(
        writing,
        dry_run=dry_run,
        perform=lambda effects: acting.retire_duplicate(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            version,
            command.to_command(),
            writing.clock,
            effects=effects,
        ),
    )


@router.post("/addresses/{ref}:distinct-from", summary="Say that two addresses are two places")
async def distinct_from(
    ref: RefPath, command: DistinctFromIn, writing: Write, _: IdempotencyKey = None
) -> Response:
    """Declare a pair distinct, with the reason; it is neither refused nor listed any more."""
    return await writing.once(
        200,
        lambda: acting.tell_apart(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            command.to_command(),
            writing.clock,
        ),
    )
