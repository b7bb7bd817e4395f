"""HTTP routes of quality: what rules find about one address, and what audits found of all."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request

from addrsvc.auth.model import Scope
from addrsvc.auth.sight import sight_of
from addrsvc.auth.web import Caller, PublicCaller
from addrsvc.clock import today
from addrsvc.db.web import AppClock, ReadDoor
from addrsvc.problems import language_of
from addrsvc.registry.quality import repository, service
from addrsvc.registry.quality.catalogue import CATALOGUE, PERSONAL
from addrsvc.registry.quality.errors import CursorInvalid
from addrsvc.registry.quality.schemas import commune_out, finding_out, noted_out, totals_out
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.writing import RefPath, registers_of

router = APIRouter(prefix="/v1", tags=["quality"])

PAGE_LIMIT: Final = 1_000
_CURSOR: Final = re.compile(r"([a-z0-9-]{1,60})\.([0-9]{1,18})")

CommunePath = Annotated[str, Path(pattern=r"^[0-9]{5}$", examples=["25747"])]


@router.get("/addresses/{ref}/findings", summary="What the rules find about an address")
async def findings_of_address(
    ref: RefPath, request: Request, pool: ReadDoor, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Hold an address to every rule, now; for keys that may read lists."""
    async with pool.connection() as conn:
        address, found = await service.check_ref(
            conn, caller, AddressRef.parse(ref), registers_of(request), today(clock)
        )
    language = language_of(request)
    return {"ref": address.ref, "findings": [finding_out(each, language) for each in found]}


@router.get("/quality", summary="What the last audit found, by commune")
async def quality(request: Request, pool: ReadDoor, caller: PublicCaller) -> dict[str, Any]:
    """Give how many addresses of each commune have which finding, as of the last audit.

    Anybody sees counts over public addresses. Where personal data stand is told to keys that may
    read lists, who see restricted addresses counted too, both within their areas.
    """
    sight = sight_of(caller)
    async with pool.connection() as conn:
        found = await repository.counts(conn, sight)
    found = [each if sight.sees_fully(each.code) else each.without(PERSONAL) for each in found]
    return {
        "addresses": sum(each.addresses for each in found),
        "findings": totals_out(found, language_of(request)),
        "communes": [commune_out(each) for each in found],
    }


@router.get("/quality/{commune}", summary="Findings of the last audit in a commune")
async def quality_of_commune(
    commune: CommunePath,
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    *,
    kind: Annotated[str | None, Query(max_length=60, examples=["outside-commune"])] = None,
    after: Annotated[
        str | None, Query(max_length=80, description="``next`` of the last page")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 100,
) -> dict[str, Any]:
    """Give the findings address by address, a page at a time; for keys that may read lists.

    ``changed_since`` is true where somebody changed the address after the audit.
    """
    caller.require_in(Scope.ADDRESSES_READ, [commune])
    start = _start(after)
    async with pool.connection() as conn:
        found = await repository.findings(
            conn, sight_of(caller), commune, kind, after=start, limit=limit + 1
        )
    page = found[:limit]
    more = len(found) > limit
    language = language_of(request)
    return {
        "items": [noted_out(each, language) for each in page],
        "next": f"{page[-1].finding.id}.{page[-1].address_id}" if more else None,
    }


def _start(after: str | None) -> tuple[str, int]:
    if after is None:
        return "", 0
    found = _CURSOR.fullmatch(after)
    if found is None or found[1] not in CATALOGUE:
        raise CursorInvalid(given=after)
    return found[1], int(found[2])
