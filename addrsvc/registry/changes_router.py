"""HTTP routes of acts on addresses: each can be seen before it is done, and taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from addrsvc.auth.web import Caller
from addrsvc.db.idempotency import Answer
from addrsvc.db.web import ReadDoor
from addrsvc.problems import language_of
from addrsvc.registry import acts, changing, retiring, succeeding, undoing
from addrsvc.registry.acting import ActDone
from addrsvc.registry.changes_schemas import (
    ChangeIn,
    MergeIn,
    ReplaceIn,
    ReserveIn,
    RetireIn,
    SplitIn,
    UndoIn,
    act_out,
    done_out,
    touched_out,
)
from addrsvc.registry.effects import Effects
from addrsvc.registry.model import Address
from addrsvc.registry.reading import PAGE_LIMIT, AddressRef
from addrsvc.registry.schemas import CorrectIn
from addrsvc.registry.writing import (
    DryRun,
    IdempotencyKey,
    IfMatch,
    RefPath,
    Write,
    Writing,
    expected_version,
)

router = APIRouter(prefix="/v1", tags=["addresses"])

ActId = Annotated[int, Path(ge=1, lt=2**62)]

_ADDRESS_DONE: dict[int | str, dict[str, Any]] = {
    200: {"description": "the address as it stands; with ``dry_run``, the effects"}
}
ACT_DONE: dict[int | str, dict[str, Any]] = {
    200: {"description": "the act and the addresses it wrote of; with ``dry_run``, the effects"}
}


@router.patch(
    "/addresses/{ref}", summary="Correct the record of an address", responses=_ADDRESS_DONE
)
async def correct(
    ref: RefPath,
    command: CorrectIn,
    writing: Write,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Mend what was wrong all along; a proposal that gets a position gets its code.

    With ``on``, a day of the past, what is said of that time is mended.
    """
    version = expected_version(if_match)
    return await _on_one(
        writing,
        dry_run=dry_run,
        perform=lambda effects: changing.correct_address(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            version,
            command.to_command(),
            writing.clock,
            effects=effects,
        ),
    )


@router.post(
    "/addresses/{ref}:change", summary="Say that an address changed", responses=_ADDRESS_DONE
)
async def change(
    ref: RefPath,
    command: ChangeIn,
    writing: Write,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Say that the world changed on a day; it keeps its code, and is found by its old number."""
    version = expected_version(if_match)
    return await _on_one(
        writing,
        dry_run=dry_run,
        perform=lambda effects: changing.change_address(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            version,
            command.to_command(),
            writing.clock,
            effects=effects,
        ),
    )


@router.post(
    "/addresses/{ref}:reserve", summary="Draw the code of a proposal", responses=_ADDRESS_DONE
)
async def reserve(
    ref: RefPath,
    command: ReserveIn,
    writing: Write,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Draw the code of a house that is planned; with its position it comes into use."""
    version = expected_version(if_match)
    return await _on_one(
        writing,
        dry_run=dry_run,
        perform=lambda effects: changing.reserve_address(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            version,
            command.to_command(),
            writing.clock,
            effects=effects,
        ),
    )


@router.post(
    "/addresses/{ref}:retire", summary="Take an address out of use", responses=_ADDRESS_DONE
)
async def retire(
    ref: RefPath,
    command: RetireIn,
    writing: Write,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Retire it; its code keeps answering, with what took its place.

    Parts in use are refused, unless ``parts`` says to retire them too or to move them to the one
    successor.
    """
    version = expected_version(if_match)
    return await _on_one(
        writing,
        dry_run=dry_run,
        perform=lambda effects: retiring.retire_address(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            version,
            command.to_command(),
            writing.clock,
            effects=effects,
        ),
    )


@router.post("/addresses/{ref}:undo", summary="Take back the last write", responses=_ADDRESS_DONE)
async def undo(
    ref: RefPath,
    command: UndoIn,
    writing: Write,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Say again what was said before the last version; an undo may be undone in its turn.

    Where the registration itself is undone, the address is rejected and keeps its code. What
    others wrote is undone with ``addresses:override`` only.
    """
    version = expected_version(if_match)
    return await _on_one(
        writing,
        dry_run=dry_run,
        perform=lambda effects: undoing.undo_version(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            version,
            command.reason,
            writing.clock,
            effects=effects,
        ),
    )


@router.post("/addresses:merge", summary="Make several addresses one", responses=ACT_DONE)
async def merge(
    command: MergeIn, writing: Write, *, dry_run: DryRun = False, _: IdempotencyKey = None
) -> Response:
    """Retire addresses in favour of one, in use already or new; their parts move to it."""
    return await on_several(
        writing,
        dry_run=dry_run,
        perform=lambda effects: succeeding.merge_addresses(
            writing.conn, writing.caller, command.to_command(), writing.clock, effects=effects
        ),
    )


@router.post("/addresses/{ref}:split", summary="Make one address several", responses=ACT_DONE)
async def split(
    ref: RefPath,
    command: SplitIn,
    writing: Write,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Retire an address in favour of several new ones."""
    version = expected_version(if_match)
    return await on_several(
        writing,
        dry_run=dry_run,
        perform=lambda effects: succeeding.split_address(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            version,
            command.to_command(),
            writing.clock,
            effects=effects,
        ),
    )


@router.post(
    "/addresses/{ref}:replace", summary="Put a new address in its place", responses=ACT_DONE
)
async def replace(
    ref: RefPath,
    command: ReplaceIn,
    writing: Write,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Retire an address in favour of a new one; its parts go too, or move."""
    version = expected_version(if_match)
    return await on_several(
        writing,
        dry_run=dry_run,
        perform=lambda effects: succeeding.replace_address(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            version,
            command.to_command(),
            writing.clock,
            effects=effects,
        ),
    )


@router.get("/acts/{act_id}", summary="An act over several addresses", tags=["acts"])
async def act(
    act_id: ActId,
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    after: Annotated[int, Query(ge=0, lt=2**62, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 100,
) -> dict[str, Any]:
    """Give who did it, why, by what law, and the addresses it touched, a page at a time."""
    async with pool.connection() as conn:
        found, touched, following = await acts.get_act(
            conn, caller, act_id, after=after, limit=limit
        )
    language = language_of(request)
    items = [touched_out(each, language) for each in touched]
    return {**act_out(found, language), "addresses": {"items": items, "next": following}}


@router.post("/acts/{act_id}:undo", summary="Take back an act", tags=["acts"], responses=ACT_DONE)
async def undo_act(
    act_id: ActId,
    command: UndoIn,
    writing: Write,
    *,
    dry_run: DryRun = False,
    _: IdempotencyKey = None,
) -> Response:
    """Restore every address the act touched, unless one was changed since; it can be undone too.

    Acts over thousands of addresses are undone by their own command.
    """
    return await on_several(
        writing,
        dry_run=dry_run,
        perform=lambda effects: undoing.undo_act(
            writing.conn, writing.caller, act_id, command.reason, writing.clock, effects=effects
        ),
    )


async def _on_one(
    writing: Writing,
    *,
    dry_run: bool,
    perform: Callable[[Effects | None], Awaitable[Address]],
) -> Response:
    if dry_run:
        return await writing.rehearsed(perform)
    return await writing.once(200, lambda: perform(None))


async def on_several(
    writing: Writing,
    *,
    dry_run: bool,
    perform: Callable[[Effects | None], Awaitable[ActDone]],
) -> Response:
    """Do an act over several addresses, or tell what it would do."""
    if dry_run:
        return await writing.rehearsed(perform)

    async def work() -> Answer:
        done = await perform(None)
        body = done_out(done, writing.caller, language_of(writing.request))
        return Answer(200, {"Location": f"/v1/acts/{done.act_id}"}, orjson.dumps(body))

    return await writing.answer(work)
