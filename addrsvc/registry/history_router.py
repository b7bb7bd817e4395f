"""HTTP routes of what was said of addresses: versions, and what two of them say differently."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request

from addrsvc.auth.model import Principal
from addrsvc.auth.sight import sight_of
from addrsvc.auth.web import Caller
from addrsvc.clock import Clock
from addrsvc.db.web import AppClock, ReadDoor
from addrsvc.errors import Language
from addrsvc.registry import history
from addrsvc.registry.history import AddressThen
from addrsvc.registry.moments import AsOf, read_as_of
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.schemas import address_out, version_out
from addrsvc.registry.writing import RefPath

router = APIRouter(prefix="/v1", tags=["addresses"])

VALID_AT = "legal day it is asked for, such as 2026-01-15; left out: today"
KNOWN_AT = "moment whose knowledge is asked for, such as 2026-01-15T10:30:00+07:00; left out: now"


def _as_of(
    clock: AppClock,
    valid_at: Annotated[str | None, Query(max_length=40, description=VALID_AT)] = None,
    known_at: Annotated[str | None, Query(max_length=40, description=KNOWN_AT)] = None,
) -> AsOf:
    return read_as_of(valid_at, known_at, clock)


AsOfAsked = Annotated[AsOf, Depends(_as_of)]
"""The two times a question is asked as of."""


def as_of_asked(request: Request) -> AsOf:
    """Read the two times by hand, for the hot path.

    Raises:
        TimeInvalid, TimeInFuture: see ``moments.read_as_of``.
    """
    asked = request.query_params
    clock = cast("Clock", request.app.state.clock)
    return read_as_of(asked.get("valid_at"), asked.get("known_at"), clock)


def then_out(
    then: AddressThen, at: AsOf, principal: Principal, language: Language
) -> dict[str, Any]:
    """Give an address of another time: as of when, and until when it was so."""
    out = address_out(then, principal, language)
    out["as_of"] = {"valid_at": _iso(at.valid_at), "known_at": _iso(at.known_at)}
    out["valid_to"] = _iso(then.valid_to)
    if sight_of(principal).sees_fully(then.area):
        out["recorded_to"] = _iso(then.recorded_to)
    return out


def _iso(time: date | datetime | None) -> str | None:
    return None if time is None else time.isoformat()


@router.get("/addresses/{ref}/history", summary="Every version of an address")
async def versions(ref: RefPath, at: AsOfAsked, pool: ReadDoor, caller: Caller) -> dict[str, Any]:
    """Give all versions on both clocks, with sources; for keys that may read lists.

    ``known_at`` leaves out what was recorded later; ``valid_at`` keeps what speaks of that day.
    """
    async with pool.connection() as conn:
        address, found = await history.address_history(conn, caller, AddressRef.parse(ref), at)
    return {"ref": address.ref, "versions": [version_out(each) for each in found]}


@router.get("/addresses/{ref}/diff", summary="What two versions of an address say differently")
async def diff(
    ref: RefPath,
    pool: ReadDoor,
    caller: Caller,
    before: Annotated[int | None, Query(alias="from", ge=1, lt=2**31)] = None,
    after: Annotated[int | None, Query(alias="to", ge=1, lt=2**31)] = None,
) -> dict[str, Any]:
    """Compare two versions part by part; left out: the latest with the one numbered before it.

    A position that moved says by how many metres. For keys that may read lists.
    """
    async with pool.connection() as conn:
        found = await history.compare_versions(conn, caller, AddressRef.parse(ref), before, after)
    return {
        "ref": found.address.ref,
        "from": version_out(found.before),
        "to": version_out(found.after),
        "differences": [each.to_json() for each in found.differences],
    }
