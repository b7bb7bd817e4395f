"""HTTP routes of receivers: register, look after, rotate, replay, try out."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.web import Caller
from addrsvc.db.rows import Connection
from addrsvc.db.transaction import transaction
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, WriteConn, doors_of
from addrsvc.events import reading
from addrsvc.webhooks import service
from addrsvc.webhooks.model import DeliveryState, ReceiverState
from addrsvc.webhooks.schemas import (
    ReceiverChangeIn,
    ReceiverIn,
    ReplayIn,
    RotateIn,
    delivery_out,
    outcome_out,
    standing_out,
)
from addrsvc.webhooks.sending import sender_of
from addrsvc.webhooks.trying import try_out

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

ReceiverId = Annotated[int, Path(ge=1, lt=2**62)]

_LAST: Final = 2**62 - 1


@router.post("", status_code=201, summary="Register a receiver of events")
async def register(
    command: ReceiverIn, request: Request, caller: Caller, settings: AppSettings, clock: AppClock
) -> Response:
    """Begin to send events, signed after Standard Webhooks; the secret is shown this once.

    The receiver hears of what its owner may see as of now. Idempotency-Key is not kept here: the
    answer holds a secret. Registering a URL twice is refused.
    """
    caller.require(Scope.WEBHOOKS_WRITE)
    caller.require(Scope.EVENTS_READ)
    await service.check_url(sender_of(settings), command.url)
    async with transaction(doors_of(request).engine) as conn:
        receiver, secret = await service.register(
            conn,
            caller,
            clock,
            url=command.url,
            description=command.description,
            types=command.types,
            after=command.after,
        )
        body = await _one(conn, caller, receiver.receiver_id)
    location = {"Location": f"/v1/webhooks/{receiver.receiver_id}"}
    return _once({**body, "secret": secret}, 201, location)


@router.get("", summary="Receivers and how it goes")
async def list_receivers(pool: ReadDoor, caller: Caller) -> dict[str, Any]:
    """Give one's own receivers with what waits for them; who manages keys sees all."""
    async with pool.connection() as conn:
        found = await service.list_standings(conn, caller)
        newest = await reading.last_number(conn)
    return {"items": [standing_out(each, newest) for each in found]}


@router.get("/{receiver_id}", summary="One receiver and how it goes")
async def get_receiver(receiver_id: ReceiverId, pool: ReadDoor, caller: Caller) -> dict[str, Any]:
    """Give its state, what waits, what is dead, and when the next attempt is due."""
    async with pool.connection() as conn:
        return await _one(conn, caller, receiver_id)


@router.patch("/{receiver_id}", summary="Change a receiver")
async def change_receiver(
    receiver_id: ReceiverId,
    command: ReceiverChangeIn,
    request: Request,
    caller: Caller,
    settings: AppSettings,
    clock: AppClock,
) -> dict[str, Any]:
    """Change URL, types or description, pause it, or make it active again where it stood."""
    caller.require(Scope.WEBHOOKS_WRITE)
    if command.url is not None:
        await service.check_url(sender_of(settings), command.url)
    wanted = service.Change(
        url=command.url,
        description=command.description,
        types=command.types,
        every_type="types" in command.model_fields_set and command.types is None,
        state=None if command.state is None else ReceiverState(command.state),
    )
    async with transaction(doors_of(request).engine) as conn:
        await service.change(conn, caller, receiver_id, wanted, clock)
        return await _one(conn, caller, receiver_id)


@router.delete("/{receiver_id}", status_code=204, summary="Remove a receiver")
async def remove_receiver(
    receiver_id: ReceiverId, conn: WriteConn, caller: Caller, clock: AppClock
) -> None:
    """Send nothing more there and forget what waits."""
    await service.remove(conn, caller, receiver_id, clock)


@router.post("/{receiver_id}/rotate", summary="Give a receiver a new secret")
async def rotate(
    receiver_id: ReceiverId, command: RotateIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> Response:
    """Show the new secret this once; for ``grace_hours`` messages bear both signatures."""
    grace = timedelta(hours=command.grace_hours)
    secret = await service.rotate(conn, caller, receiver_id, clock, grace=grace)
    return _once({"secret": secret, "grace_hours": command.grace_hours})


@router.post("/{receiver_id}/replay", status_code=202, summary="Send events again")
async def replay(
    receiver_id: ReceiverId, command: ReplayIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Send again from a number on, the dead letters, or one event; under the same ids."""
    if command.from_number is not None:
        await service.replay_from(conn, caller, receiver_id, command.from_number, clock)
    elif command.number is not None:
        await service.replay_one(conn, caller, receiver_id, command.number, clock)
    else:
        await service.replay_dead(conn, caller, receiver_id, clock)
    return await _one(conn, caller, receiver_id)


@router.post("/{receiver_id}/test", summary="Send a test message now")
async def test(
    receiver_id: ReceiverId,
    request: Request,
    caller: Caller,
    settings: AppSettings,
    clock: AppClock,
) -> dict[str, Any]:
    """Send a signed message of type ``webhook.test`` and tell what came of it."""
    engine, sender = doors_of(request).engine, sender_of(settings)
    return outcome_out(await try_out(engine, sender, caller, receiver_id, clock))


@router.get("/{receiver_id}/deliveries", summary="What was or is on its way to a receiver")
async def list_deliveries(
    receiver_id: ReceiverId,
    pool: ReadDoor,
    caller: Caller,
    *,
    state: Annotated[DeliveryState | None, Query()] = None,
    before: Annotated[int, Query(ge=1, le=_LAST, description="``next`` of the last page")] = _LAST,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> dict[str, Any]:
    """Give deliveries, the latest event first, a page at a time."""
    async with pool.connection() as conn:
        found = await service.list_deliveries(
            conn, caller, receiver_id, state=state, before=before, limit=limit
        )
    following = found[-1].number if len(found) == limit else None
    return {"items": [delivery_out(each) for each in found], "next": following}


async def _one(conn: Connection, caller: Principal, receiver_id: int) -> dict[str, Any]:
    (standing,) = await service.list_standings(conn, caller, receiver_id)
    return standing_out(standing, await reading.last_number(conn))


def _once(
    body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with a secret, which nobody on the way is to keep."""
    sent = {**(headers or {}), "Cache-Control": "no-store"}
    return Response(orjson.dumps(body), status, sent, media_type="application/json")
