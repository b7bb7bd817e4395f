"""HTTP routes of proposals: what changes of addresses mean for dossiers, and what people decide.

They come before those of dossiers, whose codes may hold slashes.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from addrsvc.auth.web import Caller
from addrsvc.db.web import AppClock, WriteConn
from addrsvc.dossiers.code import CODE_LIMIT
from addrsvc.dossiers.proposals import service
from addrsvc.dossiers.proposals.accepting import accept_all
from addrsvc.dossiers.proposals.model import State, Why
from addrsvc.dossiers.proposals.schemas import AcceptAllIn, AcceptIn, accepted_out, proposal_out
from addrsvc.dossiers.proposals.service import Wanted
from addrsvc.problems import language_of

router = APIRouter(prefix="/v1/dossiers/proposals", tags=["dossiers"])

Id = Annotated[int, Path(ge=1, lt=2**62, description="``id`` of a proposal")]
Number = Annotated[int | None, Query(ge=1, lt=2**62)]


@router.get("", summary="What changes of addresses mean for dossiers")
async def list_proposals(
    request: Request,
    response: Response,
    conn: WriteConn,
    caller: Caller,
    *,
    dossier: Annotated[str | None, Query(max_length=CODE_LIMIT)] = None,
    address: Annotated[
        str | None, Query(max_length=200, description="code of what something happened to")
    ] = None,
    act: Number = None,
    event: Number = None,
    plan: Number = None,
    commune: Annotated[
        str | None, Query(pattern=r"^[0-9]{5}$", description="where dossiers lie, or may lie")
    ] = None,
    why: Why | None = None,
    state: Annotated[State | None, Query(description="left out: any")] = None,
    cursor: Annotated[int, Query(ge=0, lt=2**62, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=service.PAGE_LIMIT)] = 50,
) -> dict[str, Any]:
    """Give proposals, the oldest first: which dossier, what happened, what to link instead."""
    wanted = Wanted(dossier, address, act, event, commune, why, state, plan)
    page, following = await service.list_proposals(conn, caller, wanted, after=cursor, limit=limit)
    response.headers["Cache-Control"] = "no-store"
    language = language_of(request)
    return {"items": [proposal_out(each, language) for each in page], "next": following}


@router.get("/{proposal_id}", summary="One proposal")
async def get_proposal(
    proposal_id: Id, request: Request, response: Response, conn: WriteConn, caller: Caller
) -> dict[str, Any]:
    """Give a proposal with what may be linked instead as it stands now."""
    response.headers["Cache-Control"] = "no-store"
    found = await service.get_proposal(conn, caller, proposal_id)
    return proposal_out(found, language_of(request))


@router.post("/{proposal_id}:accept", summary="Do what is proposed")
async def accept(
    proposal_id: Id,
    chosen: AcceptIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
) -> dict[str, Any]:
    """Link what took the place of the address, or the code chosen; know of what changed.

    Where nothing took its place and no code is given, the link ends. What somebody else decided
    about the address meanwhile stays: the answer is 409 then and says who and when.
    """
    done = await service.accept_proposal(conn, caller, proposal_id, clock, code=chosen.code)
    return proposal_out(done, language_of(request))


@router.post("/{proposal_id}:refuse", summary="Leave the link as it is")
async def refuse(
    proposal_id: Id, request: Request, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Say that what is proposed is not to be done."""
    done = await service.refuse_proposal(conn, caller, proposal_id, clock)
    return proposal_out(done, language_of(request))


@router.post("/{proposal_id}:undo", summary="Take a decision about a proposal back")
async def undo(
    proposal_id: Id, request: Request, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Link as before and open the proposal again, where nobody decided about the address since."""
    done = await service.undo_proposal(conn, caller, proposal_id, clock)
    return proposal_out(done, language_of(request))


@router.post(":accept", summary="Accept all proposals of an act, event, address or plan")
async def accept_many(
    of: AcceptAllIn, request: Request, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Accept the next chunk of those that leave nothing to choose; count what a person must see.

    Ask again with ``after`` = ``next`` until that is null.
    """
    done = await accept_all(conn, caller, of.to_wanted(), clock, after=of.after)
    return accepted_out(done, language_of(request))
