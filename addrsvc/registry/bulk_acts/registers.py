"""What a bulk act does beside addresses: registers of names, former house numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import renaming
from addrsvc.admin_units.renaming import Renamed
from addrsvc.codes.errors import OldNumberInvalid
from addrsvc.codes.schemes import Scheme, normalise
from addrsvc.db.rows import execute
from addrsvc.registry.bulk_acts.model import BulkAct, BulkKind
from addrsvc.registry.bulk_acts.moving import LocalityMove
from addrsvc.registry.bulk_acts.naming import StreetNaming
from addrsvc.registry.bulk_acts.storing import QUERIES, Read, Rewritten

_DONE = "registers"


async def follow(conn: AsyncConnection, act: BulkAct, at: datetime) -> BulkAct:
    """Bring the registers of names along at the end of an act; it remembers what that changed."""
    source = f"act:{act.act_id}"
    if act.kind == BulkKind.NAME_STREET:
        naming = StreetNaming.from_json(act.spec)
        done = await renaming.rename_thoroughfare(
            conn,
            naming.communes,
            naming.old,
            naming.new,
            whole=naming.is_whole,
            day=act.day,
            source=source,
        )
    elif act.kind == BulkKind.MOVE_LOCALITY:
        move = LocalityMove.from_json(act.spec)
        done = await renaming.move_locality(
            conn,
            move.commune,
            (move.old.kind, move.old.name),
            move.to,
            (move.new.kind, move.new.name),
            day=act.day,
            source=source,
        )
    else:
        return act
    await renaming.tell(conn, done, source, at)
    return replace(act, counts={**act.counts, _DONE: done.to_json()})


async def restore(conn: AsyncConnection, act: BulkAct, at: datetime) -> None:
    """Undo what an act did to the registers; nothing where it was not run to its end."""
    if _DONE in act.counts:
        done = Renamed.from_json(act.counts[_DONE])
        await renaming.restore(conn, done)
        await renaming.tell(conn, done, f"act:{act.act_id}", at)


async def keep_old_numbers(
    conn: AsyncConnection, act: BulkAct, written: Sequence[Rewritten], at: datetime
) -> None:
    """Keep the numbers a renumbering ended as identifiers of the same addresses."""
    if act.kind != BulkKind.RENUMBER:
        return
    pairs = [
        (each.read.locked.address_id, value)
        for each in written
        if (value := _old_number(each.read)) is not None
    ]
    params = {
        "ids": [address_id for address_id, _ in pairs],
        "values": [value for _, value in pairs],
        "scheme": Scheme.OLD_NUMBER.value,
        "source": f"act:{act.act_id}",
        "until": act.day,
        "at": at,
    }
    await execute(conn, QUERIES["keep_old_numbers"], params)


def _old_number(read: Read) -> str | None:
    number = read.locked.document.components.house_number
    try:
        return None if number is None else normalise(Scheme.OLD_NUMBER, number)
    except OldNumberInvalid:
        return None  # a lot with signs of its own: search finds it by its former key


async def withdraw_old_numbers(
    conn: AsyncConnection, act_id: int, ids: Sequence[int], at: datetime
) -> None:
    """Take back the identifiers an act that is undone gave to some addresses."""
    params = {"ids": list(ids), "source": f"act:{act_id}", "at": at}
    await execute(conn, QUERIES["withdraw_old_numbers"], params)
