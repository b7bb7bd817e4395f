"""Register receivers, steer them, and send them again what they missed.

A receiver belongs to who registered it and hears of what its owner may see: what is left of the
scopes and areas kept at registration, judged both when an event is put on its way and again when
it is sent, so that nothing goes out of an address hidden meanwhile, nor to who may not hear of it
any more. Holders of ``access:write`` see all receivers and may stop or remove them; where events go
is changed by the owner, or who sees every event anyway, else whoever manages keys could turn
another's feed to a place of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.rows import Connection, row
from addrsvc.errors import Pointer
from addrsvc.events import reading
from addrsvc.events.reading import TypeFilter
from addrsvc.webhooks import repository
from addrsvc.webhooks.errors import (
    DeliveryUnknown,
    ReceiverExists,
    ReceiverLimit,
    ReceiverNotYours,
    ReceiverUnknown,
    UrlRefused,
)
from addrsvc.webhooks.model import (
    Delivery,
    DeliveryState,
    Receiver,
    ReceiverState,
    Standing,
)
from addrsvc.webhooks.repository import QUERIES, run
from addrsvc.webhooks.secrets_kept import give_secret
from addrsvc.webhooks.sending import Sender
from addrsvc.webhooks.targets import REFUSAL_TEXTS, TargetRefused

RECEIVER_LIMIT: Final = 20
"""Most receivers of one owner."""

GRACE: Final = timedelta(hours=24)
"""How long a replaced secret signs beside its successor, unless told otherwise."""

_SIGHT: Final = frozenset(
    {
        Scope.EVENTS_READ,
        Scope.ADDRESSES_READ,
        Scope.ADDRESSES_WRITE,
        Scope.ADDRESSES_SECRET,
        Scope.DOSSIERS_READ,
    }
)
"""Scopes that decide what a receiver is told; others are not kept with it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change of a receiver; None: as before."""

    url: str | None = None
    description: str | None = None
    types: Sequence[str] | None = None
    every_type: bool = False
    """Let all types through; ``types`` is None then."""
    state: ReceiverState | None = None


async def check_url(sender: Sender, url: str) -> None:
    """Pass only a URL that events may be sent to, as DNS stands now.

    It may take seconds: ask before a transaction is opened.

    Raises:
        UrlRefused: form, scheme, port or an address it leads to.
    """
    try:
        await sender.check(url)
    except TargetRefused as refused:
        reason = refused.refusal
        raise UrlRefused(
            reason=reason.value, errors=[Pointer("/url", REFUSAL_TEXTS[reason])]
        ) from None


async def register(
    conn: AsyncConnection,
    principal: Principal,
    clock: Clock,
    *,
    url: str,
    description: str = "",
    types: Sequence[str] | None = None,
    after: int | None = None,
) -> tuple[Receiver, str]:
    """Begin to send events to a URL; give the receiver and its secret, which is not shown again.

    Args:
        conn: the transaction.
        principal: whose receiver it becomes.
        clock: for the moment.
        url: as :func:`check_url` let it pass.
        description: for people.
        types: ``address.retired``, ``prefix.*``; None: all.
        after: events behind this number are sent; None: those from now on.

    Raises:
        NotSignedIn, ScopeMissing: only who may follow the feed and steer receivers.
        TypesUnreadable: a type that can be none.
        ReceiverExists, ReceiverLimit: registered before, or too many.
        SecretKeyMissing: there is nothing to keep the secret with.
    """
    principal.require(Scope.WEBHOOKS_WRITE)
    principal.require(Scope.EVENTS_READ)
    _read_types(types)
    count = await row(conn, QUERIES["count_of_owner"], {"owner": principal.id})
    if count is not None and count["count"] >= RECEIVER_LIMIT:
        raise ReceiverLimit(limit=RECEIVER_LIMIT)
    last = await reading.last_number(conn)
    values = {
        "owner": principal.id,
        "url": url,
        "description": description,
        "types": None if types is None else list(types),
        **_sight(principal),
        "at": clock.now(),
        "followed_to": last if after is None else min(after, last),
    }
    made = await row(conn, QUERIES["insert_receiver"], values)
    if made is None:
        raise ReceiverExists
    receiver_id = int(made["receiver_id"])
    secret = await give_secret(conn, receiver_id, clock.now())
    await _record(conn, principal, "create", receiver_id, clock)
    return await get_receiver(conn, principal, receiver_id), secret


async def get_receiver(
    conn: Connection, principal: Principal, receiver_id: int, *, lock: bool = False
) -> Receiver:
    """Give a receiver this principal may see.

    Raises:
        NotSignedIn, ScopeMissing: receivers are for who may steer some.
        ReceiverUnknown: there is none, or it is another's.
    """
    principal.require(Scope.WEBHOOKS_WRITE)
    found = await repository.find_receiver(conn, receiver_id, lock=lock)
    if found is None or not (found.owner == principal.id or principal.may(Scope.ACCESS_WRITE)):
        raise ReceiverUnknown(receiver_id=receiver_id)
    return found


async def list_standings(
    conn: Connection, principal: Principal, receiver_id: int | None = None
) -> list[Standing]:
    """Give the receivers a principal sees with what waits for them, or one of them.

    Raises:
        NotSignedIn, ScopeMissing: receivers are for who may steer some.
        ReceiverUnknown: the one asked for is not there, or is another's.
    """
    principal.require(Scope.WEBHOOKS_WRITE)
    owner = None if principal.may(Scope.ACCESS_WRITE) else principal.id
    found = await repository.list_standings(conn, owner=owner, receiver_id=receiver_id)
    if receiver_id is not None and not found:
        raise ReceiverUnknown(receiver_id=receiver_id)
    return found


async def list_deliveries(
    conn: Connection,
    principal: Principal,
    receiver_id: int,
    *,
    state: DeliveryState | None = None,
    before: int = 2**62,
    limit: int = 100,
) -> list[Delivery]:
    """Give a page of what was or is on its way to a receiver, the latest event first.

    Raises:
        ReceiverUnknown: and others as for :func:`get_receiver`.
    """
    await get_receiver(conn, principal, receiver_id)
    return await repository.list_deliveries(
        conn, receiver_id, state=state, before=before, limit=limit
    )


async def change(
    conn: AsyncConnection, principal: Principal, receiver_id: int, wanted: Change, clock: Clock
) -> None:
    """Change a receiver: where it is, what it hears, whether anything is sent.

    A paused or disabled one that is made active goes on where it stood: nothing is left out.

    Raises:
        ReceiverUnknown: and others as for :func:`get_receiver`.
        ReceiverNotYours: more than its state is to change, and it is another's.
        TypesUnreadable, ReceiverExists: as for :func:`register`.
    """
    receiver = await get_receiver(conn, principal, receiver_id, lock=True)
    with_types = wanted.types is not None or wanted.every_type
    if with_types or wanted.url is not None or wanted.description is not None:
        _require_own(principal, receiver)
    _read_types(wanted.types)
    if wanted.url is not None and wanted.url != receiver.url:
        for other in await repository.list_standings(conn, owner=receiver.owner):
            if other.receiver.url == wanted.url:
                raise ReceiverExists
    # who turns events elsewhere is told of what it may see now
    resight = wanted.url is not None and receiver.owner == principal.id
    state = wanted.state if wanted.state is not receiver.state else None
    await run(
        conn,
        "change_receiver",
        receiver_id=receiver_id,
        url=wanted.url,
        description=wanted.description,
        with_types=with_types,
        types=None if wanted.types is None else list(wanted.types),
        state=state,
        **(_sight(principal) if resight else {"scopes": None, "areas": None}),
    )
    told = {"state": state.value} if state is not None else None
    await _record(conn, principal, "change", receiver_id, clock, told)


async def remove(
    conn: AsyncConnection, principal: Principal, receiver_id: int, clock: Clock
) -> None:
    """Send nothing more there, and forget what waits.

    Raises:
        ReceiverUnknown: and others as for :func:`get_receiver`.
    """
    await get_receiver(conn, principal, receiver_id, lock=True)
    await run(conn, "remove_receiver", receiver_id=receiver_id)
    await _record(conn, principal, "remove", receiver_id, clock)


async def rotate(
    conn: AsyncConnection,
    principal: Principal,
    receiver_id: int,
    clock: Clock,
    *,
    grace: timedelta = GRACE,
) -> str:
    """Give a receiver a new secret, shown this once; the old one signs beside it for a while.

    Args:
        conn: the transaction.
        principal: its owner.
        receiver_id: which.
        clock: for the moment.
        grace: how long the old one signs; nothing for a secret that leaked.

    Raises:
        ReceiverUnknown: and others as for :func:`get_receiver`.
        ReceiverNotYours: it is another's.
        SecretKeyMissing: there is nothing to keep the secret with.
    """
    receiver = await get_receiver(conn, principal, receiver_id, lock=True)
    _require_own(principal, receiver)
    at = clock.now()
    await run(conn, "end_secrets", receiver_id=receiver_id, at=at, ends_at=at + grace)
    secret = await give_secret(conn, receiver_id, at)
    hours = {"grace_hours": round(grace / timedelta(hours=1))}
    await _record(conn, principal, "rotate", receiver_id, clock, hours)
    return secret


async def replay_from(
    conn: AsyncConnection, principal: Principal, receiver_id: int, number: int, clock: Clock
) -> None:
    """Send every event from a number on once more, as the receiver's filter now stands.

    Raises:
        ReceiverUnknown: and others as for :func:`get_receiver`.
    """
    await get_receiver(conn, principal, receiver_id, lock=True)
    await run(conn, "replay_from", receiver_id=receiver_id, number=number)
    await _record(conn, principal, "replay", receiver_id, clock, {"from_number": number})


async def replay_dead(
    conn: AsyncConnection, principal: Principal, receiver_id: int, clock: Clock
) -> int:
    """Try the dead letters of a receiver again from the first attempt; give how many.

    Raises:
        ReceiverUnknown: and others as for :func:`get_receiver`.
    """
    await get_receiver(conn, principal, receiver_id, lock=True)
    count = await run(conn, "replay_dead", receiver_id=receiver_id, at=clock.now())
    await _record(conn, principal, "replay", receiver_id, clock, {"dead_letters": count})
    return count


async def replay_one(
    conn: AsyncConnection, principal: Principal, receiver_id: int, number: int, clock: Clock
) -> None:
    """Send one event once more.

    Raises:
        ReceiverUnknown: and others as for :func:`get_receiver`.
        DeliveryUnknown: it was never on its way there, or that is long ago.
    """
    await get_receiver(conn, principal, receiver_id, lock=True)
    if not await run(conn, "replay_one", receiver_id=receiver_id, number=number, at=clock.now()):
        raise DeliveryUnknown(number=number)
    await _record(conn, principal, "replay", receiver_id, clock, {"number": number})


async def forget_delivered(conn: AsyncConnection, *, before: datetime) -> int:
    """Forget deliveries done before a moment; dead letters stay until replayed or removed."""
    return await run(conn, "forget_delivered", before=before)


def _read_types(types: Sequence[str] | None) -> None:
    if types is not None:
        TypeFilter.parse(",".join(types))


def _require_own(principal: Principal, receiver: Receiver) -> None:
    """Pass the owner, and who sees every event anyway."""
    follows_all = principal.may(Scope.EVENTS_READ) and principal.areas is None
    if receiver.owner != principal.id and not (follows_all and principal.scopes >= _SIGHT):
        raise ReceiverNotYours


def _sight(principal: Principal) -> dict[str, list[str] | None]:
    return {
        "scopes": sorted(scope.value for scope in principal.scopes & _SIGHT),
        "areas": None if principal.areas is None else sorted(principal.areas),
    }


async def _record(
    conn: AsyncConnection,
    principal: Principal,
    verb: str,
    receiver_id: int,
    clock: Clock,
    detail: Mapping[str, object] | None = None,
) -> None:
    await audit.record(
        conn,
        principal=principal.id,
        action=f"webhook.{verb}",
        subject=str(receiver_id),
        at=clock.now(),
        detail=detail,
    )
