"""Names of streets and localities that change on a day: the old one ends, the new one begins.

The old name stays as an alias of the new. What was done is given back as numbers of rows, by
which it can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.queries import Queries
from addrsvc.db.rows import execute, row, rows
from addrsvc.events import service as events
from addrsvc.parsing.keys import locality_key, thoroughfare_key
from addrsvc.parsing.normalise import name_key
from addrsvc.types import UnitId

QUERIES = Queries("addrsvc.admin_units", "queries_renaming.sql")


@dataclass(frozen=True, slots=True)
class Renamed:
    """What a renaming did to a register."""

    register: Literal["thoroughfare", "locality"]
    ended: tuple[int, ...]
    added: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form."""
        return asdict(self)

    @classmethod
    def from_json(cls, done: Mapping[str, Any]) -> Renamed:
        """Read the jsonb form."""
        return cls(done["register"], tuple(done["ended"]), tuple(done["added"]))


async def rename_thoroughfare(
    conn: AsyncConnection,
    communes: Sequence[UnitId],
    old: str | None,
    new: str,
    *,
    whole: bool,
    day: date,
    source: str,
) -> Renamed:
    """Register the new name of a street in some communes from a day on.

    ``whole``: nothing of the street keeps the old name, which ends there; a street that runs
    through other communes too keeps it.
    """
    params = {"codes": [u.code for u in communes], "days": [u.valid_from for u in communes]}
    known = await rows(conn, QUERIES["thoroughfares_of"], params)
    key = None if old is None else thoroughfare_key(old)
    olds = [each for each in known if thoroughfare_key(each["name"]) == key]
    ended: tuple[int, ...] = ()
    if whole:
        ids = [each["id"] for each in olds if each["only_here"]]
        found = await rows(conn, QUERIES["end_thoroughfares"], {"ids": ids, "day": day})
        ended = tuple(each["id"] for each in found)
    if any(thoroughfare_key(each["name"]) == thoroughfare_key(new) for each in known):
        return Renamed("thoroughfare", ended, ())
    added = await row(
        conn,
        QUERIES["add_thoroughfare"],
        {
            "name": new,
            "name_key": name_key(new),
            "kind": olds[0]["kind"] if olds else "street",
            "registered_in": communes[0].code,
            "day": day,
            "source": source,
        },
    )
    if added is None:
        return Renamed("thoroughfare", ended, ())
    await execute(conn, QUERIES["add_thoroughfare_areas"], {**params, "id": added["id"]})
    if old is not None:
        alias = {"id": added["id"], "name": old, "name_key": name_key(old)}
        await execute(conn, QUERIES["add_thoroughfare_alias"], alias)
    return Renamed("thoroughfare", ended, (added["id"],))


async def move_locality(
    conn: AsyncConnection,
    commune: UnitId,
    old: tuple[str, str],
    to: UnitId,
    new: tuple[str, str],
    *,
    day: date,
    source: str,
) -> Renamed:
    """Register the new name or commune of a locality (kind, name) from a day on."""
    params = {"code": commune.code, "day": commune.valid_from}
    known = await rows(conn, QUERIES["localities_of"], params)
    olds = [
        each["id"]
        for each in known
        if locality_key(each["kind"], each["name"]) == locality_key(*old)
    ]
    found = await rows(conn, QUERIES["end_localities"], {"ids": olds, "day": day})
    kind, name = new
    added = await row(
        conn,
        QUERIES["add_locality"],
        {
            "name": name,
            "name_key": name_key(name),
            "kind": kind,
            "code": to.code,
            "unit_day": to.valid_from,
            "before": olds[0] if olds else None,
            "day": day,
            "source": source,
        },
    )
    ended = tuple(each["id"] for each in found)
    if added is None:
        return Renamed("locality", ended, ())
    if old[1] != name:
        alias = {"id": added["id"], "name": old[1], "name_key": name_key(old[1])}
        await execute(conn, QUERIES["add_locality_alias"], alias)
    return Renamed("locality", ended, (added["id"],))


async def restore(conn: AsyncConnection, done: Renamed) -> None:
    """Undo a renaming."""
    names = "thoroughfares" if done.register == "thoroughfare" else "localities"
    await execute(conn, QUERIES[f"remove_{names}"], {"ids": list(done.added)})
    await execute(conn, QUERIES[f"restore_{names}"], {"ids": list(done.ended)})


async def tell(conn: AsyncConnection, done: Renamed, subject: str, at: datetime) -> None:
    """Leave the event after which followers read all names again."""
    await events.record(conn, type=f"{done.register}.renamed", subject=subject, at=at)
