"""Write new addresses by COPY: identity, version, projection, event, all in one transaction."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final, LiteralString

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.db.rows import driver_connection
from addrsvc.personal import holders
from addrsvc.personal.model import Person
from addrsvc.registry.bulk.model import Prepared
from addrsvc.registry.locating import Located
from addrsvc.registry.model import Status
from addrsvc.registry.parts import Place
from addrsvc.types import AddressId

_BLOCK_ROWS: Final = 500
_NULL: Final = r"\N"
_POINT: Final = struct.Struct("<BIIdd")
_POINT_WITH_SRID: Final = 0x20000001
_SPECIAL: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

_IDENTITY: Final[LiteralString] = (
    "COPY address (address_id, code, issuer, origin, created_at) FROM STDIN"
)
_VERSION: Final[LiteralString] = (
    "COPY address_version (address_id, version, status, valid_from, recorded_from, act,"
    " principal, document) FROM STDIN"
)
_CURRENT: Final[LiteralString] = (
    "COPY address_current (address_id, version, status, kind, visibility, commune_code,"
    " commune_valid_from, base_key, number_key, parent_id, position) FROM STDIN"
)
_EVENT: Final[LiteralString] = "COPY event (recorded_at, type, subject, data) FROM STDIN"
_ALIAS: Final[LiteralString] = (
    "COPY address_alias (address_id, scheme, value, source, recorded_at) FROM STDIN"
)


@dataclass(slots=True)
class NewAddress:
    """A row accepted, with all that was settled for it."""

    address_id: int
    row: Prepared
    located: Located
    status: Status
    code: str | None
    issuer: str | None
    parent_id: int | None
    place: Place
    """For what is to lie in it."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What all rows of a run share."""

    principal: Principal
    at: datetime
    today: date


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL) if "\\" in text or not text.isprintable() else text


def _or_null(text: str | None) -> str:
    return _NULL if text is None else _escaped(text)


def document_json(new: NewAddress) -> bytes:
    """Give the jsonb document: what the row said, with commune and position as settled."""
    commune, position = new.located.commune, new.located.position
    document = new.row.document
    document["commune"] = [commune.code, commune.valid_from.isoformat()]
    if position is not None:
        point = position.point
        where = [point.lon, point.lat, position.accuracy_m]
        document["position"] = [*where, position.method, position.marks]
    return orjson.dumps(document)


async def store(conn: AsyncConnection, new: Sequence[NewAddress], writing: Writing) -> None:
    """Write new addresses with their events, persons and other identifiers."""
    if not new:
        return
    at = writing.at.isoformat()
    await _copy(conn, _IDENTITY, _identities(new, at))
    await _copy(conn, _VERSION, _versions(new, writing))
    await _copy(conn, _CURRENT, _projections(new))
    await _copy(conn, _EVENT, _events(new, at))
    people = [
        (AddressId(each.address_id), Person(*each.row.holder))
        for each in new
        if each.row.holder is not None
    ]
    await holders.put_holders(conn, writing.principal, people, writing.at)
    if any(each.row.aliases for each in new):
        await _copy(conn, _ALIAS, _aliases(new, at))


async def _copy(conn: AsyncConnection, statement: LiteralString, lines: Iterable[str]) -> None:
    driver = await driver_connection(conn)
    lines = iter(lines)
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        # the server takes in one block while the next is put together
        while block := "".join(islice(lines, _BLOCK_ROWS)):
            await copy.write(block.encode())


def _identities(new: Sequence[NewAddress], at: str) -> Iterable[str]:
    issuer: Callable[[str | None], str] = _or_null
    for each in new:
        # a given code or reference is the identity of its row; the rest goes by origin
        origin = each.row.origin if each.row.code is None else _NULL
        code = each.code or _NULL
        yield f"{each.address_id}\t{code}\t{issuer(each.issuer)}\t{origin}\t{at}\n"


def _versions(new: Sequence[NewAddress], writing: Writing) -> Iterable[str]:
    today = writing.today.isoformat()
    tail = f"{writing.at.isoformat()}\timport\t{_escaped(writing.principal.id)}"
    for each in new:
        document = document_json(each).decode()
        if "\\" in document:
            document = document.replace("\\", "\\\\")
        day = each.row.valid_from or today
        yield f"{each.address_id}\t1\t{each.status}\t{day}\t{tail}\t{document}\n"


def _projections(new: Sequence[NewAddress]) -> Iterable[str]:
    pack = _POINT.pack
    for each in new:
        document, commune = each.row.document, each.located.commune
        position = each.located.position
        where = _NULL
        if position is not None:
            point = position.point
            where = pack(1, _POINT_WITH_SRID, 4326, point.lon, point.lat).hex()
        parent = _NULL if each.parent_id is None else str(each.parent_id)
        yield (
            f"{each.address_id}\t1\t{each.status}\t{document['kind']}\t"
            f"{document.get('visibility', 'public')}\t{commune.code}\t{commune.valid_from}\t"
            f"{_or_null(each.row.base_key)}\t{_or_null(each.row.number_key)}\t{parent}\t{where}\n"
        )


def _events(new: Sequence[NewAddress], at: str) -> Iterable[str]:
    for each in new:
        what = "address.proposed" if each.status is Status.PROPOSED else "address.assigned"
        subject = each.code or f"p{each.address_id}"
        data = f'{{"version":1,"commune":"{each.located.commune.code}"}}'
        yield f"{at}\t{what}\t{subject}\t{data}\n"


def _aliases(new: Sequence[NewAddress], at: str) -> Iterable[str]:
    for each in new:
        for scheme, value in dict.fromkeys(each.row.aliases):
            yield f"{each.address_id}\t{scheme}\t{_escaped(value)}\tstated\t{at}\n"
