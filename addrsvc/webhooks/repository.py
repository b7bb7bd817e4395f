"""Rows of receivers, secrets and deliveries."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.webhooks.model import (
    Delivery,
    DeliveryState,
    Receiver,
    ReceiverState,
    Standing,
    WhyDisabled,
)

QUERIES: Final = Queries("addrsvc.webhooks")

_FIELDS: Final = tuple(field.name for field in fields(Receiver))


def receiver_of(found: Row) -> Receiver:
    """Make a receiver of its row."""
    values: dict[str, Any] = {name: found[name] for name in _FIELDS}
    values["types"] = None if found["types"] is None else tuple(found["types"])
    values["scopes"] = tuple(found["scopes"])
    values["areas"] = None if found["areas"] is None else tuple(found["areas"])
    values["state"] = ReceiverState(found["state"])
    values["why_disabled"] = found["why_disabled"] and WhyDisabled(found["why_disabled"])
    return Receiver(**values)


def delivery_of(found: Row) -> Delivery:
    """Make a delivery of its row."""
    return Delivery(**{**found, "state": DeliveryState(found["state"])})


async def find_receiver(
    conn: Connection, receiver_id: int, *, lock: bool = False
) -> Receiver | None:
    """Give a receiver, locked until the transaction ends where asked."""
    query = QUERIES["receiver_locked" if lock else "receiver_by_id"]
    found = await row(conn, query, {"receiver_id": receiver_id})
    return None if found is None else receiver_of(found)


async def list_standings(
    conn: Connection, *, owner: str | None, receiver_id: int | None = None
) -> list[Standing]:
    """Give receivers with what waits for them."""
    asked = {"owner": owner, "receiver_id": receiver_id}
    return [_standing(each) for each in await rows(conn, QUERIES["standings"], asked)]


def _standing(found: Row) -> Standing:
    receiver = receiver_of(found)
    is_sent = receiver.state is ReceiverState.ACTIVE
    moments = [each for each in (found["next_at"], receiver.hold_until) if each is not None]
    next_at = max(moments) if is_sent and found["next_at"] is not None else None
    return Standing(receiver, found["waiting"], found["dead"], next_at)


async def list_deliveries(
    conn: Connection,
    receiver_id: int,
    *,
    state: DeliveryState | None,
    before: int,
    limit: int,
) -> list[Delivery]:
    """Give a page of deliveries, the latest event first."""
    asked = {"receiver_id": receiver_id, "state": state, "before": before, "limit": limit}
    return [delivery_of(each) for each in await rows(conn, QUERIES["deliveries"], asked)]


async def run(conn: Connection, query: str, **values: object) -> int:
    """Run one statement of this slice and give the number of rows it touched."""
    return await execute(conn, QUERIES[query], values)


async def list_due(
    conn: Connection, receiver_id: int, *, at: datetime, limit: int
) -> list[Delivery]:
    """Give what a receiver is to be sent now, in order of the feed."""
    asked = {"receiver_id": receiver_id, "at": at, "limit": limit}
    return [delivery_of(each) for each in await rows(conn, QUERIES["due"], asked)]


async def claim(
    conn: Connection, *, claimed_by: str, at: datetime, until: datetime, limit: int
) -> list[Receiver]:
    """Take receivers with something due that nobody else delivers to."""
    asked = {"claimed_by": claimed_by, "at": at, "until": until, "limit": limit}
    return [receiver_of(each) for each in await rows(conn, QUERIES["claim"], asked)]
