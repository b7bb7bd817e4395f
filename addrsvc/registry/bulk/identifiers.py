"""Import a file of identifiers: every row is added, there already, or refused with its reason.

Chunks are transactions of their own. Killed anywhere, run it again: what is in the register is
there already and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import Clock
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.registry.bulk.model import Rejection
from addrsvc.registry.bulk.rejects import Spool, rejects_path, write_rejects
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.identifier_errors import ColumnMissing, ConfidenceInvalid, DayInvalid
from addrsvc.registry.identifiers import QUERIES
from addrsvc.registry.identifying import NewLink, claim_of, lock_links, put_links
from addrsvc.registry.links import Link, settle
from addrsvc.registry.model import Visibility
from addrsvc.registry.reading import AddressRef
from addrsvc.tabular.csv_reading import CsvSource
from addrsvc.tabular.errors import FileEmpty, FileMissing
from addrsvc.tabular.model import Record

_CHUNK: Final = 1_000
_NEEDED: Final = ("ref", "scheme", "value", "source")
_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y")


@dataclass(slots=True)
class IdentifierReceipt:
    """What became of the rows; each is counted once."""

    rows: int = 0
    added: int = 0
    already_there: int = 0
    rejected: int = 0
    rejects: Path | None = None
    """File of refused rows, where there are any."""


class _Named(NamedTuple):
    address_id: int
    code: str | None
    visibility: Visibility
    commune_code: str


class _Claim(NamedTuple):
    line: int
    ref: AddressRef
    new: NewLink


async def import_identifiers(
    path: Path,
    *,
    engine: AsyncEngine,
    principal: Principal,
    clock: Clock,
    report: Callable[[int], None] = lambda _: None,
) -> IdentifierReceipt:
    """Import a CSV file with the columns ref, scheme, value, source and what is known beside.

    Refused rows go, with their reasons, to a file beside it that can be mended and imported.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not write.
        FileMissing, FileEmpty, HeaderRefused, ColumnMissing: it is no such file.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    source = _open(path)
    columns = {name.lower(): at for at, name in enumerate(source.columns)}
    for name in _NEEDED:
        if name not in columns:
            raise ColumnMissing(column=name)
    receipt, spool = IdentifierReceipt(), Spool()
    try:
        records = source.records()
        while chunk := list(islice(records, _CHUNK)):
            async with transaction(engine) as conn:
                refused = await _import_chunk(conn, chunk, columns, principal, clock, receipt)
            spool.add(refused)
            report(receipt.rows)
        if receipt.rejected:
            receipt.rejects = rejects_path(path)
            await write_rejects(receipt.rejects, source, spool.reasons())
    finally:
        spool.close()
    return receipt


def _open(path: Path) -> CsvSource:
    if not path.is_file():
        raise FileMissing(file=path.name)
    if path.stat().st_size == 0:
        raise FileEmpty(file=path.name)
    return CsvSource(path)


async def _import_chunk(
    conn: AsyncConnection,
    chunk: Sequence[Record],
    columns: dict[str, int],
    principal: Principal,
    clock: Clock,
    receipt: IdentifierReceipt,
) -> list[Rejection]:
    """Settle some rows in one transaction; give those refused, in order of line."""
    refused: list[Rejection] = []
    read: list[_Claim] = []
    for record in chunk:
        try:
            read.append(_read(record, columns))
        except AddrsvcError as error:
            refused.append(Rejection(record.line, error))
    known = await _addresses(conn, read, principal)
    claims: list[tuple[int, Link]] = []
    for each in read:
        try:
            found = known.get(each.ref.text)
            if found is None:
                raise AddressNotFound(code=each.ref.text)
            principal.require_in(Scope.ADDRESSES_WRITE, [found.commune_code])
            claim = claim_of(each.new, found.address_id, found.code, found.visibility)
            claims.append((each.line, claim))
        except AddrsvcError as error:
            refused.append(Rejection(each.line, error))
    added, unsettled = await _settle(conn, claims)
    refused += unsettled
    receipt.rows += len(chunk)
    receipt.added += len(added)
    receipt.rejected += len(refused)
    receipt.already_there += len(chunk) - len(added) - len(refused)
    if added:
        await _write(conn, added, principal, clock.now())
    return sorted(refused)


async def _settle(
    conn: AsyncConnection, claims: Sequence[tuple[int, Link]]
) -> tuple[list[Link], list[Rejection]]:
    """Compare claims with what stands and with each other; give those to add, and those refused."""
    added: list[Link] = []
    refused: list[Rejection] = []
    there = await lock_links(conn, [claim for _, claim in claims]) if claims else {}
    for line, claim in claims:
        beside = there[claim.scheme, claim.value]
        try:
            if settle(claim, beside, may_correct=False) == "added":
                beside.append(claim)
                added.append(claim)
        except AddrsvcError as error:
            refused.append(Rejection(line, error))
    return added, refused


def _read(record: Record, columns: dict[str, int]) -> _Claim:
    """Read one row.

    Raises:
        AddrsvcError: a cell cannot be read.
    """
    if record.error is not None:
        raise record.error
    for error in (record.spoiled or {}).values():
        raise error

    def cell(name: str) -> str:
        at = columns.get(name)
        return "" if at is None else record.cells[at].strip()

    new = NewLink(
        cell("scheme"),
        cell("value"),
        cell("source"),
        _confidence(cell("confidence")),
        _day("valid_from", cell("valid_from")),
        _day("valid_to", cell("valid_to")),
    )
    return _Claim(record.line, AddressRef.parse(cell("ref")), new)


def _confidence(text: str) -> float | None:
    if not text:
        return None
    try:
        confidence = float(text.replace(",", "."))
    except ValueError:
        raise ConfidenceInvalid(given=text[:40]) from None
    if not 0 <= confidence <= 1:
        raise ConfidenceInvalid(given=text[:40])
    return confidence


def _day(field: str, text: str) -> date | None:
    if not text:
        return None
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise DayInvalid(field=field, given=text[:40])


async def _addresses(
    conn: AsyncConnection, claims: Sequence[_Claim], principal: Principal
) -> dict[str, _Named]:
    """Give the addresses named that the principal sees, by their references as written."""
    params = {
        "codes": [each.ref.code for each in claims if each.ref.code is not None],
        "ids": [each.ref.address_id for each in claims if each.ref.address_id is not None],
    }
    by_code: dict[str | int, _Named] = {}
    sight = sight_of(principal)
    for each in await rows(conn, QUERIES["addresses_named"], params):
        found = _Named(**{**each, "visibility": Visibility(each["visibility"])})
        if sight.sees(found.visibility, found.commune_code):
            if sight.reaches(found.commune_code):
                by_code[found.address_id] = found
            if found.code is not None:
                by_code[found.code] = found
    keys = {each.ref.text: each.ref.code or each.ref.address_id or 0 for each in claims}
    return {text: by_code[key] for text, key in keys.items() if key in by_code}


async def _write(
    conn: AsyncConnection, added: Sequence[Link], principal: Principal, at: datetime
) -> None:
    """Write links, an event for each, and one audit row for all."""
    await put_links(conn, added, at)
    events = {
        "refs": [each.ref for each in added],
        "schemes": [each.scheme.value for each in added],
        "at": at,
    }
    await execute(conn, QUERIES["tell_of_links"], events)
    await audit.record(
        conn,
        principal=principal.id,
        action="identifiers.import",
        subject="addresses",
        at=at,
        detail={"added": len(added), "first": added[0].ref, "last": added[-1].ref},
    )
