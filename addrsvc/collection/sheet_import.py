"""Take a sheet that was filled in: each row that says something of an address is a record.

Rows go the way records of devices go, so that what somebody else changed since the list was
printed is never written over: it waits as a conflict. Rows without a code are new addresses, as any
other import registers them. The same sheet may be brought again: what is in is not taken twice,
and a row that was mended replaces what it said before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.collection.deciding import decide
from addrsvc.collection.devices import Device
from addrsvc.collection.errors import RevisionTaken, SubmissionOfOtherDevice
from addrsvc.collection.keeping import Kept, keep
from addrsvc.collection.merging import fields_of
from addrsvc.collection.model import Act, State, Waits
from addrsvc.collection.receipts import Receipt, get_receipt
from addrsvc.collection.sheet import ACTS, LOCALITIES, Outcome, SheetId
from addrsvc.collection.sheet_errors import (
    RowOfSomebodyElse,
    RowSaysTwoThings,
    RowUnclear,
)
from addrsvc.collection.sheet_rows import SheetRow, read_sheet
from addrsvc.collection.tasks import get_task
from addrsvc.db.idempotency import Answer, answer_once, fingerprint_of
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError, problem_kept
from addrsvc.registry import history, reading
from addrsvc.registry import service as registry
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import (
    PRIVATE_KINDS,
    Address,
    Components,
    Kind,
    Locality,
    Marks,
    Method,
    Position,
)
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings
from addrsvc.types import LonLat

_APP: Final = "sheet"
_METHODS: Final = frozenset({Method.GNSS, Method.SURVEY, Method.MAP, Method.IMAGERY})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one row."""

    line: int
    ref: str | None
    """As the row has it."""
    act: str | None
    """Of the record; None: it could not be told."""
    record: UUID | None = None
    """The record that was kept; None: an address was registered at once, or the row was refused."""
    state: State | None = None
    waits_for: Waits | None = None
    address: str | None = None
    """Of an address that was registered: its code, or ``p<id>``."""
    problem: Mapping[str, Any] | None = None
    """Why it was refused, in both languages."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a sheet."""

    sheet: SheetId
    unchanged: int
    """Rows that say nothing new."""
    rows: Sequence[Taken]


@dataclass(frozen=True, slots=True)
class _Bringing:
    """Who brings a sheet, and where to."""

    engine: AsyncEngine
    principal: Principal
    sheet: SheetId
    commune_code: str
    settings: Settings
    clock: Clock

    @property
    def device(self) -> Device:
        """Stand for the phone there was none of: who brings the sheet answers for it."""
        return Device(self.principal.id, self.principal)


async def import_sheet(
    engine: AsyncEngine, principal: Principal, path: Path, settings: Settings, clock: Clock
) -> Imported:
    """Take all rows of a sheet, each by itself: one that is refused holds no other up.

    Raises:
        NotSignedIn, ScopeMissing: for who leads collectors and may write addresses.
        TaskUnknown: the list is of a task outside the principal's areas.
        SheetNotOurs, SheetTooLong: not such a sheet.
        ArchiveRefused, LayerUnreadable, FileEmpty, HeaderRefused: it cannot be read.
    """
    for scope in (Scope.COLLECTION_REVIEW, Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE):
        principal.require(scope)
    sheet, rows = await asyncio.to_thread(read_sheet, path)
    async with transaction(engine) as conn:
        task = await get_task(conn, principal, sheet.task)
    bringing = _Bringing(engine, principal, sheet, task.commune_code, settings, clock)
    taken = [await _take(bringing, each) for each in rows]
    said = [each for each in taken if each is not None]
    return Imported(sheet, len(taken) - len(said), said)


async def _take(bringing: _Bringing, row: SheetRow) -> Taken | None:
    """Take one row; None: it says nothing new."""
    act = "add" if row.ref is None else None
    try:
        if row.error is not None:
            raise row.error
        if row.ref is None:
            return await _register(bringing, row)
        said = await _said(bringing, row, row.ref)
        if said is None:
            return None
        act = str(said["act"])
        receipt = await _keep(bringing, said)
    except SubmissionOfOtherDevice:
        return Taken(row.line, row.ref, act, problem=problem_kept(RowOfSomebodyElse()))
    except AddrsvcError as error:
        return Taken(row.line, row.ref, act, problem=problem_kept(error))
    return Taken(row.line, row.ref, act, receipt.record, receipt.state, receipt.waits_for)


async def _said(bringing: _Bringing, row: SheetRow, ref: str) -> dict[str, Any] | None:
    """Give what a row says as a record; None: nothing new."""
    outcome, version, rooms = row.outcome(), row.version(), row.rooms()
    async with transaction(bringing.engine) as conn:
        address = await reading.get_address(conn, bringing.principal, AddressRef.parse(ref))
        seen = await history.find_version(conn, bringing.principal, address, version)
    if seen is None:
        raise RowUnclear(column="Phiên bản", value=str(version))
    printed = fields_of(seen.document)
    written = _written(row, printed)
    is_changed = any(written[name] != printed[name] for name in written)
    act = ACTS[outcome] if outcome is not None else None
    if act is None and is_changed:
        if outcome is Outcome.RIGHT:
            raise RowSaysTwoThings(outcome=outcome.value)
        act = Act.CORRECT
    if act is None and rooms is not None:
        act = Act.CORRECT  # which changes nothing, and tells what was counted
    if act is None:
        return None
    if act is not Act.CORRECT and is_changed and outcome is not None:
        raise RowSaysTwoThings(outcome=outcome.value)
    return {
        "schema": 1,
        "record": str(uuid5(bringing.sheet.sheet, _ref_of(address))),
        "revision": 1,
        "act": act.value,
        "task": str(bringing.sheet.task),
        "app": _APP,
        "made_at": row.made_at(bringing.sheet).isoformat(),
        "commune_code": address.area,
        "address": {"ref": _ref_of(address), "version": version},
        "fields": {**written, "localities": written["localities"] or []}
        if act is Act.CORRECT
        else None,
        "counts": None if rooms is None else {"rooms": rooms},
    }


def _written(row: SheetRow, printed: Mapping[str, Any]) -> dict[str, Any]:
    """Give all fields as the row has them; of columns that are not there, as printed."""
    fields = {name: value for name, value in printed.items() if name != "position"}
    kind = row.kind()
    fields["kind"] = fields["kind"] if kind is None else kind.value
    texts = row.texts()
    if Kind(printed["kind"]) in PRIVATE_KINDS and not texts.get("name"):
        texts.pop("name", None)  # it was not printed
    fields |= {name: text and " ".join(text.split()) for name, text in texts.items()}
    fields["localities"] = _localities(row.localities(), printed["localities"] or [])
    return fields


def _localities(
    said: Mapping[str, str | None], printed: Sequence[Sequence[str]]
) -> list[list[str]] | None:
    """Put localities of columns in the places they had; those without a column stay.

    >>> _localities({"khu_pho": "4", "to": None}, [["to", "5"], ["khu_pho", "3"], ["place", "A"]])
    [['khu_pho', '4'], ['place', 'A']]
    """
    left = dict(said)
    found: list[list[str]] = []
    for kind, name in printed:
        now = left.pop(kind, name) if kind in said else name
        if now:
            found.append([kind, now])
    new = [[kind, more] for kind in LOCALITIES if (more := left.get(kind))]
    return [*new, *found] or None


def _ref_of(address: Address) -> str:
    return f"p{address.address_id}" if address.code is None else str(address.code)


async def _keep(bringing: _Bringing, said: dict[str, Any]) -> Receipt:
    """Keep a record and have it decided; one that was mended replaces what it said before."""
    record = UUID(said["record"])
    kept = await _keep_as(bringing, record, said)
    if kept.waits_for is Waits.REGISTER:
        await decide(bringing.engine, record, bringing.principal, bringing.clock, bringing.settings)
    async with transaction(bringing.engine) as conn:
        return await get_receipt(conn, bringing.device, record, bringing.settings)


async def _keep_as(bringing: _Bringing, record: UUID, said: dict[str, Any]) -> Kept:
    """Keep a record as its first revision, as the newest where that says the same, or the next."""
    revision = 1
    while True:
        content = orjson.dumps(said | {"revision": revision})
        try:
            return await keep(bringing.engine, bringing.device, record, content, bringing.clock)
        except RevisionTaken as error:
            newest = error.next_revision - 1
            revision = newest if revision < newest else error.next_revision


async def _register(bringing: _Bringing, row: SheetRow) -> Taken:
    """Register a house that was not in the register, once however often the sheet comes."""
    command = _command(bringing, row)
    content = orjson.dumps({name: cell for name, cell in row.cells.items() if name != "version"})

    async with transaction(bringing.engine) as conn:

        async def work() -> Answer:
            address = await registry.assign_address(
                conn, bringing.principal, command, bringing.clock
            )
            return Answer(201, {"Address": _ref_of(address)}, b"")

        answer = await answer_once(
            conn,
            principal=f"sheet:{bringing.sheet.sheet}",  # whoever brings it
            key=str(uuid5(bringing.sheet.sheet, content.decode())),
            fingerprint=fingerprint_of(content),
            at=bringing.clock.now(),
            work=work,
        )
    return Taken(
        row.line, None, Act.ADD.value, state=State.ACCEPTED, address=answer.headers["Address"]
    )


def _command(bringing: _Bringing, row: SheetRow) -> AssignAddress:
    texts = row.texts()
    localities = tuple(
        Locality(kind, name) for kind, name in row.localities().items() if name is not None
    )
    position = _position(row)
    name = texts.pop("name", None)
    return AssignAddress(
        kind=row.kind() or Kind.DWELLING,
        source=f"Danh sách rà soát, phiếu {bringing.sheet.sheet}",
        components=Components(**texts, localities=localities),
        position=position,
        commune_code=bringing.commune_code if position is None else None,
        name=name,
    )


def _position(row: SheetRow) -> Position | None:
    """Give a position taken on the spot; None: none was written down.

    Raises:
        RowUnclear: a part of it is missing or cannot be.
    """
    lon, lat, accuracy_m = (row.number(each) for each in ("lon", "lat", "accuracy_m"))
    if lon is None and lat is None:
        return None
    if lon is None or not -180 <= lon <= 180:
        raise RowUnclear(column="Kinh độ", value=row.cell("lon"))
    if lat is None or not -90 <= lat <= 90:
        raise RowUnclear(column="Vĩ độ", value=row.cell("lat"))
    if accuracy_m is None or accuracy_m <= 0:
        raise RowUnclear(column="Độ chính xác m", value=row.cell("accuracy_m"))
    method = next((each for each in _METHODS if each.value == row.cell("method").lower()), None)
    if method is None:
        raise RowUnclear(column="Phương pháp", value=row.cell("method"))
    return Position(LonLat(lon, lat), accuracy_m, method, Marks.ENTRANCE)
