"""Rows of bulk acts: read, lock, advance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.registry.acts import ActStatus, communes_of
from addrsvc.registry.bulk_acts.errors import ActNotFound
from addrsvc.registry.bulk_acts.model import BulkAct, BulkKind, Tally
from addrsvc.registry.bulk_acts.storing import QUERIES, Read, copy_rows

_LAST = 2**62

KINDS = tuple(kind.value for kind in BulkKind)


async def get_act(conn: Connection, act_id: int) -> BulkAct:
    """Give one act.

    Raises:
        ActNotFound: there is none.
    """
    found = await row(conn, QUERIES["bulk_act"], {"act_id": act_id})
    if found is None:
        raise ActNotFound(act_id)
    return _act_of(found)


async def require(conn: Connection, principal: Principal, scope: Scope, act: BulkAct) -> None:
    """Pass a principal that holds a scope in all communes an act, or what it undoes, concerns.

    Raises:
        NotSignedIn, ScopeMissing: it does not hold the scope.
        AreaForbidden: the act reaches beyond its areas.
    """
    principal.require(scope)
    while act.undoes is not None:
        act = await get_act(conn, act.undoes)
    principal.require_in(scope, sorted(communes_of(act.spec)))


async def get_bulk_act(conn: Connection, act_id: int) -> BulkAct:
    """Give one act of a bulk kind.

    Raises:
        ActNotFound: there is none, or it is of another kind.
    """
    return _bulk(await get_act(conn, act_id))


async def lock_bulk_act(conn: AsyncConnection, act_id: int) -> BulkAct:
    """Give one act of a bulk kind, locked: runners take turns.

    Raises:
        ActNotFound: there is none, or it is of another kind.
    """
    return _bulk(await lock_act(conn, act_id))


def _bulk(act: BulkAct) -> BulkAct:
    if act.kind not in KINDS:
        raise ActNotFound(act.act_id)
    return act


async def lock_act(conn: AsyncConnection, act_id: int) -> BulkAct:
    """Give one act, bulk or the undoing of one, locked.

    Raises:
        ActNotFound: there is none.
    """
    found = await row(conn, QUERIES["lock_bulk_act"], {"act_id": act_id})
    if found is None:
        raise ActNotFound(act_id)
    return _act_of(found)


async def list_acts(
    conn: Connection, principal: Principal, *, before: int = _LAST, limit: int = 100
) -> list[BulkAct]:
    """List bulk acts that lie wholly within the principal's areas, latest first.

    Their ``spec`` is left out.

    Raises:
        NotSignedIn, ScopeMissing: acts are for keys that may read lists.
    """
    principal.require(Scope.ADDRESSES_READ)
    areas = None if principal.areas is None else sorted(principal.areas)
    params = {"before": before, "limit": limit, "kinds": list(KINDS), "areas": areas}
    return [_act_of(each) for each in await rows(conn, QUERIES["bulk_acts"], params)]


async def undo_of(conn: Connection, act_id: int) -> int | None:
    """Give the number of the act that undoes one; None: nobody has begun to."""
    found = await row(conn, QUERIES["undo_of_act"], {"act_id": act_id})
    return None if found is None else found["act_id"]


async def advance(
    conn: AsyncConnection,
    act: BulkAct,
    tally: Tally,
    *,
    done_up_to: int,
    finished_at: datetime | None,
) -> Tally:
    """Add what a chunk settled, in the chunk's own transaction; give the sum so far."""
    total = Tally.from_json(act.counts)
    total.add(tally)
    params = {
        "act_id": act.act_id,
        "status": "running" if finished_at is None else "done",
        "done_up_to": done_up_to,
        "counts": Jsonb({**act.counts, **total.to_json()}),
        "finished_at": finished_at,
    }
    await execute(conn, QUERIES["advance_act"], params)
    return total


async def set_status(conn: AsyncConnection, act_id: int, status: ActStatus) -> None:
    """Say how an act stands."""
    await execute(conn, QUERIES["set_act_status"], {"act_id": act_id, "status": status})


async def leave_undecided(
    conn: AsyncConnection, act_id: int, left: Sequence[tuple[Read, str, Sequence[str]]]
) -> None:
    """Keep the addresses an act left as they were: with the reason and candidate communes."""
    if not left:
        return
    await copy_rows(
        conn,
        "COPY registry_act_undecided (act_id, address_id, version, reason, candidates) FROM STDIN",
        (
            f"{act_id}\t{read.locked.address_id}\t{read.locked.version}\t{why}\t"
            f"{{{','.join(candidates)}}}\n"
            for read, why, candidates in left
        ),
    )


def _act_of(found: Row) -> BulkAct:
    return BulkAct(**{**found, "spec": found["spec"] or {}})
