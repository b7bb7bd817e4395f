"""Find records of one device nobody could have made one after the other, whichever came first.

Records arrive in any order, and several at once: what lies next to a record may come after it. So
they are looked at when one comes, and again before it is decided by rules, which is repeated until
it is done. What is kept apart is believed by nobody: it says nothing of other records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.collection.model import Finding
from addrsvc.collection.movement import Stand, impossible
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Row, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.types import LonLat

QUERIES: Final = Queries("addrsvc.collection")


@dataclass(frozen=True, slots=True)
class Made:
    """One revision of a record, and where its device stood when it was made."""

    record: UUID
    revision: int
    stand: Stand


async def look_around(conn: AsyncConnection, device: str, made: Made) -> list[tuple[Made, Finding]]:
    """Give what is to be said of a record and the one before it, and of the one after it and it.

    Each is said of the later of the two.
    """
    which = {"device": device, "at": made.stand.at, "record": made.record}
    found = []
    for each in await rows(conn, QUERIES["neighbours"], which):
        other = _made(each)
        earlier, later = (other, made) if other.stand.at <= made.stand.at else (made, other)
        finding = impossible(earlier.stand, later.stand)
        if finding is not None:
            found.append((later, finding))
    return found


async def look_again(engine: AsyncEngine, record: UUID) -> None:
    """Note what is to be said of a record that waits for the register, and of the one after it.

    Each in a transaction of its own, which holds one record: nobody waits for one and holds
    another. What was noted before is not noted twice.
    """
    async with transaction(engine) as conn:
        here = await row(conn, QUERIES["stand_of"], {"record": record})
        found = [] if here is None else await look_around(conn, here["device"], _made(here))
    for made, finding in found:
        async with transaction(engine) as conn:
            await row(conn, QUERIES["lock_submission"], {"record": made.record})
            findings = Jsonb([finding.to_json()])
            params = {"record": made.record, "revision": made.revision, "findings": findings}
            await execute(conn, QUERIES["add_finding"], params)


def _made(found: Row) -> Made:
    stand = Stand(LonLat(found["lon"], found["lat"]), found["accuracy_m"], found["made_at"])
    return Made(found["submission_id"], found["revision"], stand)
