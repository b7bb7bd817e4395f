"""HTTP routes of the registry."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.routing import Route

from addrsvc.auth.model import Principal
from addrsvc.auth.web import Caller, PublicCaller, count_miss, public_caller
from addrsvc.clock import Clock
from addrsvc.codes.code import DigitalCode, parse_code
from addrsvc.codes.errors import CheckDigitWrong
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, WriteConn
from addrsvc.personal.model import Purpose
from addrsvc.personal.reading import Reading
from addrsvc.problems import language_of
from addrsvc.registry import history, reading, service
from addrsvc.registry.duplicates.resolving import kept_instead
from addrsvc.registry.effects import Effects
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.history_errors import FilterOfPresentOnly
from addrsvc.registry.history_router import KNOWN_AT, VALID_AT, AsOfAsked, as_of_asked, then_out
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.model import Address, Kind, Status
from addrsvc.registry.moments import PRESENT, AsOf
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.repository import AddressFilter
from addrsvc.registry.schemas import (
    AssignIn,
    ReadingIn,
    address_out,
)
from addrsvc.registry.writing import (
    DryRun,
    IdempotencyKey,
    RefPath,
    Write,
    etag_of,
)
from addrsvc.settings import Settings
from addrsvc.types import BBox

router = APIRouter(prefix="/v1", tags=["addresses"])

REF_PARAMETER = {
    "name": "ref",
    "in": "path",
    "required": True,
    "description": "a code in any written form, or p<id> of a proposal",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": "75123-04827-7",
}
TIME_PARAMETERS = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "string", "maxLength": 40},
    }
    for name, description in (("valid_at", VALID_AT), ("known_at", KNOWN_AT))
]


def _json(content: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), headers=headers, media_type="application/json")


@router.get(
    "/addresses/{ref}",  # noqa: FAST003 - the hot path reads its one parameter by hand
    summary="Look up one address by its code",
    openapi_extra={"parameters": [REF_PARAMETER, *TIME_PARAMETERS]},
)
async def look_up(request: Request) -> Response:
    """Give the address that has a code, in any written form; retired ones with successors.

    ``confirm`` is true where no check digit came with the code: one slip may name another
    live address, so show the place and ask. The code of a duplicate gives the address that was
    kept, with ``resolved_from``. ``valid_at`` and ``known_at`` give it as the register
    said at another time.
    """
    # parameters are read by hand: this is the hot path
    request.scope["route"] = LOOKUP  # bare routes do not say so themselves; log and metrics ask
    principal = await public_caller(request)
    state, text = request.app.state, request.path_params["ref"]
    at = as_of_asked(request) if request.scope["query_string"] else PRESENT
    if text.startswith("p"):
        ref = AddressRef.parse(text)
        if at != PRESENT:
            return await _answer_then(request, principal, ref, at)
        async with state.doors.pool.connection() as conn:
            address = await reading.get_address(conn, principal, ref)
        return answer(request, principal, address, ref)
    try:
        parsed = parse_code(text)
    except CheckDigitWrong:
        count_miss(request, principal)
        async with state.doors.pool.connection() as conn:
            parsed = await reading.read_code(conn, text)
    ref = AddressRef.of_code(parsed)
    if at != PRESENT:
        return await _answer_then(request, principal, ref, at)
    lookup = cast("CodeLookup", state.code_lookup)
    found = await lookup.find(parsed.code.text)
    if found is None or not reading.is_seen(found, principal):
        count_miss(request, principal)
        raise AddressNotFound(code=ref.text)
    if found.status is Status.RETIRED:
        kept = await kept_instead(lookup.find, found)
        if kept is not None and reading.is_seen(kept, principal):
            return answer(request, principal, kept, ref, resolved_from=found)
    return answer(request, principal, found, ref)


async def _answer_then(
    request: Request, principal: Principal, ref: AddressRef, at: AsOf
) -> Response:
    async with request.app.state.doors.pool.connection() as conn:
        try:
            then = await history.address_as_of(conn, principal, ref, at.valid_at, at.known_at)
        except AddressNotFound:
            count_miss(request, principal)
            raise
    body = then_out(then, at, principal, language_of(request))
    body["confirm"] = ref.code is not None and not ref.verified
    return _json(body, {"Vary": "Accept-Language, Authorization"})


LOOKUP = Route("/v1/addresses/{ref}", look_up, methods=["GET"])
"""The lookup once more, for the application to try before any other route."""


def answer(
    request: Request,
    principal: Principal,
    address: Address,
    ref: AddressRef,
    *,
    resolved_from: Address | None = None,
) -> Response:
    """Give the answer of a lookup: with its tag, and whether a person should confirm it.

    ``resolved_from``: the duplicate that was asked for, in place of which this one was kept.
    """
    body = address_out(address, principal, language_of(request))
    body["confirm"] = ref.code is not None and not ref.verified
    if resolved_from is not None and resolved_from.code is not None:
        code = DigitalCode.of(resolved_from.code)
        body["resolved_from"] = {
            "code": code.text,
            "printed": code.printed,
            "relation": "duplicate",
        }
    headers = {"ETag": etag_of(address), "Vary": "Accept-Language, Authorization"}
    return _json(body, headers)


@router.get("/codes/{text}", summary="Read a code as typed", tags=["codes"])
async def read_code(
    text: Annotated[str, Path(max_length=200)],
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
) -> dict[str, Any]:
    """Read a code in any written form; says what is wrong, with live codes one slip away."""
    try:
        parsed = parse_code(text)
    except CheckDigitWrong:
        count_miss(request, caller)
        async with pool.connection() as conn:
            parsed = await reading.read_code(conn, text)
    code = parsed.code
    return {
        "code": code.text,
        "printed": code.printed,
        "plate": code.plate,
        "check_digit": code.check_digit,
        "verified": parsed.verified,
    }


@router.get("/addresses", summary="List addresses")
async def list_addresses(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    at: AsOfAsked,
    *,
    commune: Annotated[str | None, Query(pattern=r"^[0-9]{5}$")] = None,
    status: Status | None = None,
    kind: Kind | None = None,
    thoroughfare: Annotated[str | None, Query(max_length=200)] = None,
    house_number: Annotated[str | None, Query(max_length=200)] = None,
    parent: Annotated[str | None, Query(max_length=200)] = None,
    bbox: Annotated[str | None, Query(max_length=200, description="west,south,east,north")] = None,
    after: Annotated[int, Query(ge=0, lt=2**62, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=reading.PAGE_LIMIT)] = 100,
) -> dict[str, Any]:
    """Give addresses in a stable order, a page at a time; for keys that may read lists.

    As of another time by ``valid_at`` and ``known_at``: filters are then ``commune``, ``status``,
    ``kind`` and, with a commune, ``bbox``.
    """
    wanted = AddressFilter(
        commune=commune,
        status=status,
        kind=kind,
        thoroughfare=thoroughfare,
        house_number=house_number,
        bbox=None if bbox is None else BBox.parse(bbox),
    )
    language = language_of(request)
    async with pool.connection() as conn:
        if at != PRESENT:
            if parent is not None:
                raise FilterOfPresentOnly(filter="parent")
            then, following = await history.list_as_of(
                conn, caller, wanted, at, after=after, limit=limit
            )
            items = [then_out(each, at, caller, language) for each in then]
            return {"items": items, "next": following}
        page, following = await reading.list_addresses(
            conn, caller, wanted, parent=parent, after=after, limit=limit
        )
    return {"items": [address_out(each, caller, language) for each in page], "next": following}


@router.get("/addresses/{ref}/holder", summary="Read the person behind an address")
async def holder(
    ref: RefPath,
    purpose: Annotated[Purpose, Query(description="why; GET /v1/persons/purposes names them")],
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    settings: AppSettings,
) -> dict[str, Any]:
    """Give name and phone; this reading is recorded with its purpose."""
    return await _read_holder(conn, caller, ref, Reading(purpose), clock, settings)


@router.post("/addresses/{ref}/holder/readings", summary="Read the person, with a note why")
async def holder_with_note(
    ref: RefPath,
    why: ReadingIn,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    settings: AppSettings,
) -> dict[str, Any]:
    """Give name and phone; the note beside the purpose is kept encrypted, and in no log."""
    return await _read_holder(conn, caller, ref, Reading(why.purpose, why.note), clock, settings)


async def _read_holder(
    conn: AsyncConnection,
    caller: Principal,
    ref: str,
    why: Reading,
    clock: Clock,
    settings: Settings,
) -> dict[str, Any]:
    most = settings.holder_readings_per_day
    found = await reading.read_holder(
        conn, caller, AddressRef.parse(ref), why, at=clock.now(), per_day=most
    )
    return {"holder": None if found is None else {"name": found.name, "phone": found.phone}}


@router.post(
    "/addresses",
    status_code=201,
    summary="Register one object",
    responses={
        200: {
            "description": "tried only (dry_run): what it would do",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def assign(
    command: AssignIn, writing: Write, *, dry_run: DryRun = False, _: IdempotencyKey = None
) -> Response:
    """Assign a digital address; without a position it is only proposed, and has no code."""

    def act(effects: Effects | None = None) -> Awaitable[Address]:
        return service.assign_address(
            writing.conn, writing.caller, command.to_command(), writing.clock, effects=effects
        )

    return await writing.rehearsed(act) if dry_run else await writing.once(201, act)
