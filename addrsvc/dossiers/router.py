"""HTTP routes of dossiers: brought in, read, listed, and decided on by people.

No answer here is kept for repeats: it would be a second copy of where people live. Bringing a
dossier in may be repeated as it is; a decision names the version it is made on.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast

from fastapi import APIRouter, Path, Query, Request, Response

from addrsvc.auth.web import Caller
from addrsvc.db.web import AppClock, WriteConn, doors_of
from addrsvc.dossiers import deciding, service
from addrsvc.dossiers.code import CODE_LIMIT
from addrsvc.dossiers.imported import code_in
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.kept import Dossier
from addrsvc.dossiers.model import LinkState
from addrsvc.dossiers.register_errors import ListTooWide
from addrsvc.dossiers.schemas import (
    ChooseIn,
    DossierIn,
    RejectIn,
    dossier_line,
    dossier_out,
    link_out,
    remarks_out,
)
from addrsvc.geocoding.router import geocoder_of
from addrsvc.problems import language_of
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.writing import IfMatch, expected_version

router = APIRouter(prefix="/v1/dossiers", tags=["dossiers"])

CodePath = Annotated[
    str,
    Path(
        max_length=CODE_LIMIT,
        description="a dossier code in either notation, or a partner's own",
        examples=["H09.12.34-240101-0001"],
    ),
]
Number = Annotated[int, Path(ge=1, lt=2**15, description="of an address in its dossier")]


@router.get("", summary="Dossiers by address, or by area and day")
async def list_dossiers(
    request: Request,
    conn: WriteConn,
    caller: Caller,
    *,
    address: Annotated[
        str | None, Query(max_length=200, description="code: the dossiers linked to it")
    ] = None,
    history: Annotated[bool, Query(description="with an address: former links too")] = False,
    commune: Annotated[
        str | None, Query(pattern=r"^[0-9]{5}$", description="where they lie, or may lie")
    ] = None,
    from_: Annotated[
        date | None, Query(alias="from", description="received on this legal day or later")
    ] = None,
    to: Annotated[date | None, Query(description="received on this legal day or earlier")] = None,
    state: Annotated[LinkState | None, Query(description="of one of their addresses")] = None,
    cursor: Annotated[
        int | None, Query(ge=0, lt=2**62, description="``next`` of the last page")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=service.PAGE_LIMIT)] = 50,
) -> dict[str, Any]:
    """Give dossiers in a stable order, without the texts given; or the links of one address.

    With ``address`` each item is a link: which dossier, in which role, from when and by whom, and
    with ``history`` until when and why it ended.
    """
    if address is not None or history:
        filters = {"commune": commune, "from": from_, "to": to, "state": state}
        mixed = [name for name, value in filters.items() if value is not None]
        if mixed or address is None:
            raise ListTooWide(given=", ".join(mixed) or "—")
        links, following = await service.list_links(
            conn, caller, address, history=history, before=cursor, limit=limit
        )
        return {"items": [link_out(each) for each in links], "next": following}
    page, following = await service.list_dossiers(
        conn,
        caller,
        commune=commune,
        first_day=from_,
        last_day=to,
        state=state,
        after=cursor or 0,
        limit=limit,
    )
    language = language_of(request)
    return {"items": [dossier_line(each, language) for each in page], "next": following}


@router.post("/{code:path}/addresses/{n}:confirm", summary="Confirm what an address is linked to")
async def confirm(
    code: CodePath,
    n: Number,
    request: Request,
    response: Response,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Say that the link is right; where none is there, that the only candidate is meant."""
    version = expected_version(if_match)
    found = await deciding.confirm_address(conn, caller, (code, n), version, clock)
    return _told(found, request, response)


@router.post("/{code:path}/addresses/{n}:choose", summary="Link an address to a code")
async def choose(
    code: CodePath,
    n: Number,
    chosen: ChooseIn,
    request: Request,
    response: Response,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Link it to the address a person chose; the link before stays on record as ended."""
    version = expected_version(if_match)
    found = await deciding.choose_address(conn, caller, (code, n), version, chosen.code, clock)
    return _told(found, request, response)


@router.post("/{code:path}/addresses/{n}:reject", summary="Say that an address is not linked")
async def reject(
    code: CodePath,
    n: Number,
    why: RejectIn,
    request: Request,
    response: Response,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """End its link and wait no longer; it can still be linked by choosing a code."""
    version = expected_version(if_match)
    found = await deciding.reject_address(
        conn, caller, (code, n), version, clock, not_in_register=why.not_in_register
    )
    return _told(found, request, response)


@router.post("/{code:path}/addresses/{n}:undo", summary="Take back the last decision")
async def undo(
    code: CodePath,
    n: Number,
    request: Request,
    response: Response,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Give an address the state and link it had before; the decision stays on record."""
    version = expected_version(if_match)
    found = await deciding.undo_decision(conn, caller, (code, n), version, clock)
    return _told(found, request, response)


@router.get("/{code:path}", summary="One dossier with its addresses and links")
async def get_dossier(
    code: CodePath, request: Request, response: Response, conn: WriteConn, caller: Caller
) -> dict[str, Any]:
    """Give a dossier: what was given, what it is linked to, what waits and for which reasons."""
    found = await service.get_dossier(conn, caller, code)
    return _told(found, request, response)


@router.put(
    "/{code:path}",
    summary="Bring a dossier in, or in line with what is sent",
    responses={201: {"description": "it is new"}},
)
async def put_dossier(
    code: CodePath,
    dossier: DossierIn,
    request: Request,
    response: Response,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
) -> dict[str, Any]:
    """Send a dossier as often as wanted: what is as before stays, with what people decided.

    An address that is certain links itself; one that had to be corrected does too and says what;
    the rest waits for a person, with candidates. Names, telephones and numbers of persons are cut
    out of texts where they can be told, and ``remarks`` say so.
    """
    lookup = cast("CodeLookup", request.app.state.code_lookup)
    judge = Judge(geocoder_of(request), lookup, doors_of(request).pool)
    read = dossier.to_imported(code_in(code))
    put = await service.put_dossier(conn, caller, judge, read.dossier, clock)
    response.status_code = 201 if put.is_new else 200
    told = _told(put.dossier, request, response)
    return {**told, "remarks": remarks_out(read.remarks, language_of(request))}


def _told(dossier: Dossier, request: Request, response: Response) -> dict[str, Any]:
    response.headers["ETag"] = f'"{dossier.version}"'
    response.headers["Cache-Control"] = "no-store"
    return dossier_out(dossier, language_of(request))
