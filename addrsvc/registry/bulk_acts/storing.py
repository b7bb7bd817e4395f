"""Read and write many addresses at once: the same as ``versions.lock`` and ``versions.rewrite``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, LiteralString

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, driver_connection, execute, rows
from addrsvc.registry.model import Components
from addrsvc.registry.timeline import Rewriting, Timeline, former_keys, rewritten
from addrsvc.registry.versions import Locked, Signature, slice_of
from addrsvc.types import AddressId

QUERIES: Final = Queries("addrsvc.registry.bulk_acts")
STAGING: Final = Queries("addrsvc.registry.bulk_acts", "staging.sql")

_BLOCK: Final = 500
_VERSIONS: Final[LiteralString] = (
    "COPY address_version (address_id, version, status, valid_from, valid_to, recorded_from, act,"
    " act_id, principal, reason, document) FROM STDIN"
)
_EVENTS: Final[LiteralString] = "COPY event (recorded_at, type, subject, data) FROM STDIN"
_SPECIAL: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

_Line = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What the register says now of one address."""

    locked: Locked
    act_id: int | None
    """The act that wrote the open version."""

    @property
    def ref(self) -> str:
        """Give what paths and events call it."""
        return self.locked.code or f"p{self.locked.address_id}"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One address and what an act makes of it."""

    read: Read
    rewriting: Rewriting


async def read_many(conn: Connection, ids: Sequence[int]) -> list[Read]:
    """Read addresses in order of identity; those to be written are locked by the caller."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for each in await rows(conn, QUERIES["slices"], {"ids": list(ids)}):
        grouped[each["address_id"]].append(each)
    return [_read(grouped[address_id]) for address_id in sorted(grouped)]


def _read(found: Sequence[Row]) -> Read:
    last = found[-1]
    locked = Locked(
        AddressId(last["address_id"]),
        last["code"],
        last["version"],
        last["recorded_from"],
        tuple(slice_of(each) for each in found),
    )
    return Read(locked, last["act_id"])


async def said_before(conn: Connection, act_id: int, reads: Sequence[Read]) -> list[Timeline]:
    """Give what was said of addresses before an act wrote them last.

    Bulk acts close nothing but the open slice: the others of before are there still.
    """
    ids = [each.locked.address_id for each in reads]
    found = await rows(conn, QUERIES["said_before"], {"act_id": act_id, "ids": ids})
    closed = {each["address_id"]: slice_of(each) for each in found}
    return [
        (
            *(
                s
                for s in each.locked.timeline
                if s.version < closed[each.locked.address_id].version
            ),
            closed[each.locked.address_id],
        )
        for each in reads
    ]


async def rewrite_many(
    conn: AsyncConnection, rewritings: Sequence[Rewritten], signature: Signature
) -> None:
    """Write what an act makes of locked addresses: versions, projection, former keys, events.

    Of the projection only commune and keys change: kind, position and the rest of the open slice
    must be as they were.
    """
    if not rewritings:
        return
    await execute(conn, STAGING["create_rewriting"], {})
    await copy_rows(
        conn, STAGING["copy_rewriting"], (_staged(each, signature) for each in rewritings)
    )
    await execute(conn, STAGING["analyze_rewriting"], {})
    await execute(conn, STAGING["close_rewritten"], {})
    await copy_rows(
        conn, _VERSIONS, (line for each in rewritings for line in _said(each, signature))
    )
    await execute(conn, STAGING["project_rewritten"], {})
    await _put_former(conn, rewritings)
    await copy_rows(conn, _EVENTS, (_event(each, signature) for each in rewritings))


async def _put_former(conn: AsyncConnection, rewritings: Sequence[Rewritten]) -> None:
    """Bring the keys of past slices along, where they are others than before."""
    ids: list[int] = []
    lines: list[_Line] = []
    for each in rewritings:
        locked = each.read.locked
        after = rewritten(locked.timeline, each.rewriting, locked.version + 1)
        former = _former(after)
        if former == _former(locked.timeline):
            continue
        ids.append(locked.address_id)
        lines += [(locked.address_id, *key, until) for key, until in former.items()]
    if ids:
        await execute(conn, STAGING["drop_former"], {"ids": ids})
        await copy_rows(conn, STAGING["copy_former"], lines)


def _former(timeline: Timeline) -> dict[tuple[str, str | None], Any]:
    first = timeline[0].document.components
    if all(each.document.components == first for each in timeline):
        return {}
    return former_keys(timeline)


@lru_cache(maxsize=4)
def _keys(components: Components) -> tuple[str | None, str | None]:
    return components.search_keys()


def _staged(each: Rewritten, signature: Signature) -> _Line:
    locked, added = each.read.locked, each.rewriting.open
    base_key, number_key = _keys(added.document.components)
    return (
        locked.address_id,
        "{" + ",".join(map(str, each.rewriting.closed)) + "}",
        max(signature.at, locked.recorded_from),
        locked.version + len(each.rewriting.added),
        added.status.value,
        added.document.commune.code,
        added.document.commune.valid_from,
        base_key,
        number_key,
    )


def _said(each: Rewritten, signature: Signature) -> Iterable[_Line]:
    locked = each.read.locked
    at = max(signature.at, locked.recorded_from)
    by = (at, signature.act, signature.act_id, signature.principal, signature.reason)
    for version, part in enumerate(each.rewriting.added, locked.version + 1):
        document = orjson.dumps(part.document.to_json()).decode()
        period = (part.valid_from, part.valid_to)
        yield (locked.address_id, version, part.status.value, *period, *by, document)


def _event(each: Rewritten, signature: Signature) -> _Line:
    locked = each.read.locked
    data = {
        "version": locked.version + len(each.rewriting.added),
        "commune": each.rewriting.open.document.commune.code,
        "act": signature.act_id,
    }
    at = max(signature.at, locked.recorded_from)
    return (at, "address.changed", each.read.ref, orjson.dumps(data).decode())


async def copy_rows(
    conn: AsyncConnection, statement: LiteralString, lines: Iterable[_Line]
) -> None:
    """Copy rows in as text; None is NULL."""
    driver = await driver_connection(conn)
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        block: list[str] = []
        for line in lines:
            block.append("\t".join(map(_cell, line)))
            if len(block) == _BLOCK:
                await copy.write("\n".join([*block, ""]).encode())
                block.clear()
        await copy.write("".join(f"{each}\n" for each in block).encode())


def _cell(value: object) -> str:
    if value is None:
        return r"\N"
    text = str(value)
    return text.translate(_SPECIAL) if "\\" in text or not text.isprintable() else text
