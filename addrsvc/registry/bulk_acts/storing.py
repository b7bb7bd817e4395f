"""Read and write many addresses at once, as ``versions`` does one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final, LiteralString

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, driver_connection, execute, rows
from addrsvc.registry.model import Components, Document, Status
from addrsvc.registry.timeline import Rewriting, Slice, Timeline, former_keys, rewritten
from addrsvc.registry.versions import Locked, Signature, moment
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


@dataclass(frozen=True, slots=True)
class Read:
    """What the register says now of one address."""

    locked: Locked
    act_id: int | None
    """The act that wrote the open version."""
    texts: tuple[tuple[Document, str], ...]
    """Documents that were read with their jsonb form: what is said again is not made anew."""

    @property
    def ref(self) -> str:
        """Give what paths and events call it."""
        return self.locked.code or f"p{self.locked.address_id}"

    def json_of(self, document: Document) -> str:
        """Give the jsonb form of a document."""
        for known, text in self.texts:
            if known is document:
                return text
        return orjson.dumps(document.to_json()).decode()


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One address and what an act makes of it."""

    read: Read
    rewriting: Rewriting


async def read_many(
    conn: Connection, ids: Sequence[int], *, before: int | None = None
) -> list[tuple[Read, Timeline]]:
    """Read addresses in order of identity; those to be written are locked by the caller.

    Beside each what was said of it before the act ``before`` wrote it; None: what is said now.
    Bulk acts close nothing but the open slice: the others of before are there still.
    """
    closed: dict[int, Row] = {}
    if before is not None:
        found = await rows(conn, QUERIES["said_before"], {"act_id": before, "ids": list(ids)})
        closed = {each["address_id"]: each for each in found}
    grouped: dict[int, list[Row]] = defaultdict(list)
    for each in await rows(conn, QUERIES["slices"], {"ids": list(ids)}):
        grouped[each["address_id"]].append(each)
    return [_read(grouped[address_id], closed.get(address_id)) for address_id in sorted(grouped)]


def _read(found: Sequence[Row], closed: Row | None) -> tuple[Read, Timeline]:
    documents: dict[str, Document] = {}
    timeline = tuple(_slice(each, documents) for each in found)
    then = timeline
    if closed is not None:
        kept = (each for each in timeline if each.version < closed["version"])
        then = (*kept, _slice(closed, documents))
    last = found[-1]
    locked = Locked(
        AddressId(last["address_id"]),
        last["code"],
        last["version"],
        last["recorded_from"],
        timeline,
    )
    texts = tuple((document, text) for text, document in documents.items())
    return Read(locked, last["act_id"], texts), then


def _slice(found: Row, documents: dict[str, Document]) -> Slice:
    """Make a slice of a row; slices that say the same share the document."""
    text = found["document"]
    if text not in documents:
        documents[text] = Document.from_json(orjson.loads(text))
    period = (found["valid_from"], found["valid_to"])
    return Slice(found["version"], *period, Status(found["status"]), documents[text])


async def rewrite_many(
    conn: AsyncConnection, rewritings: Sequence[Rewritten], signature: Signature
) -> None:
    """Write what an act makes of locked addresses: versions, projection, former keys, events.

    Of the projection only commune and keys change: kind, position and the rest of the open slice
    must be as they were.
    """
    if not rewritings:
        return
    await execute(conn, STAGING["drop_rewriting"], {})
    await execute(conn, STAGING["create_rewriting"], {})
    await copy_rows(conn, STAGING["copy_rewriting"], (_staged(e, signature) for e in rewritings))
    await execute(conn, STAGING["analyze_rewriting"], {})
    await execute(conn, STAGING["close_rewritten"], {})
    await copy_rows(conn, _VERSIONS, (line for e in rewritings for line in _said(e, signature)))
    await execute(conn, STAGING["project_rewritten"], {})
    await _put_former(conn, rewritings)
    await copy_rows(conn, _EVENTS, (_event(each, signature) for each in rewritings))


async def _put_former(conn: AsyncConnection, rewritings: Sequence[Rewritten]) -> None:
    """Bring the keys of past slices along, where they are others than before."""
    ids: list[int] = []
    lines: list[str] = []
    for each in rewritings:
        locked = each.read.locked
        after = rewritten(locked.timeline, each.rewriting, locked.version + 1)
        former = _former(after)
        if former == _former(locked.timeline):
            continue
        ids.append(locked.address_id)
        lines += [
            f"{locked.address_id}\t{cell(base)}\t{cell(number)}\t{until}\n"
            for (base, number), until in former.items()
        ]
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


def _staged(each: Rewritten, signature: Signature) -> str:
    locked, added = each.read.locked, each.rewriting.open
    base_key, number_key = _keys(added.document.components)
    closed = ",".join(map(str, each.rewriting.closed))
    commune = added.document.commune
    return (
        f"{locked.address_id}\t{{{closed}}}\t{moment(signature.at, [locked])}\t"
        f"{locked.version + len(each.rewriting.added)}\t{added.status}\t"
        f"{commune.code}\t{commune.valid_from}\t{cell(base_key)}\t{cell(number_key)}\n"
    )


def _said(each: Rewritten, signature: Signature) -> Iterable[str]:
    locked = each.read.locked
    by = (
        f"{moment(signature.at, [locked])}\t{signature.act}\t{cell(signature.act_id)}\t"
        f"{cell(signature.principal)}\t{cell(signature.reason)}"
    )
    for version, part in enumerate(each.rewriting.added, locked.version + 1):
        document = cell(each.read.json_of(part.document))
        yield (
            f"{locked.address_id}\t{version}\t{part.status}\t{part.valid_from}\t"
            f"{cell(part.valid_to)}\t{by}\t{document}\n"
        )


def _event(each: Rewritten, signature: Signature) -> str:
    locked = each.read.locked
    at = moment(signature.at, [locked])
    data = (
        f'{{"version":{locked.version + len(each.rewriting.added)},'
        f'"commune":"{each.rewriting.open.document.commune.code}","act":{signature.act_id}}}'
    )
    what = "address.restored" if signature.act == "undo" else "address.changed"
    return f"{at}\t{what}\t{each.read.ref}\t{data}\n"


async def copy_rows(conn: AsyncConnection, statement: LiteralString, lines: Iterable[str]) -> None:
    """Copy lines in, each made of cells with tabs between and a line feed at its end."""
    driver = await driver_connection(conn)
    lines = iter(lines)
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        # the server takes in one block while the next is put together
        while block := "".join(islice(lines, _BLOCK)):
            await copy.write(block.encode())


def cell(value: object) -> str:
    """Write one value as COPY reads it; None is NULL."""
    if value is None:
        return r"\N"
    text = str(value)
    return text.translate(_SPECIAL) if "\\" in text or not text.isprintable() else text
