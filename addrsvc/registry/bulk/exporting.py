"""Export addresses to a file that an import takes back with nothing changed.

Rows come through a cursor, so that memory does not grow with the registry. People are not in
it. The file appears whole or not at all.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import SECRET, sight_of
from addrsvc.clock import Clock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.rows import Row, driver_connection
from addrsvc.db.transaction import transaction
from addrsvc.registry.bulk.communes import QUERIES
from addrsvc.registry.bulk.writers import FORMATS, ExportWriter
from addrsvc.registry.history import times
from addrsvc.registry.model import Kind, Status
from addrsvc.registry.moments import PRESENT, AsOf
from addrsvc.tabular.errors import FileExists, FormatUnknown
from addrsvc.types import BBox

_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Which addresses to export: all given conditions hold together."""

    commune: str | None = None
    kind: Kind | None = None
    status: Status | None = None
    bbox: BBox | None = None
    at: AsOf = PRESENT
    """As the register said at another time; what is not public now stays out of it too."""
    with_secret: bool = False
    """Defence sites and the like too, where the principal may see them."""


async def export_file(
    path: Path,
    wanted: ExportFilter,
    *,
    engine: AsyncEngine,
    principal: Principal,
    clock: Clock,
    force: bool = False,
    report: Callable[[int], None] = lambda _: None,
) -> int:
    """Write the addresses wanted to a file by its extension; give their number.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not read lists.
        AreaForbidden: the commune lies outside the principal's areas.
        FormatUnknown: no such format.
        FileExists: it is there and ``force`` is not given.
    """
    is_of_present = wanted.at == PRESENT and wanted.commune is not None
    principal.require_in(Scope.ADDRESSES_READ, [wanted.commune or ""] if is_of_present else ())
    if path.suffix.lower() not in FORMATS:
        raise FormatUnknown(file=path.name)
    _refuse_existing(path, force=force)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix.lower()}")
    try:
        async with transaction(engine) as conn:
            writer = ExportWriter(partial)
            try:
                count = await _write(conn, writer, principal, wanted, report)
            finally:
                writer.close()
            await _leave_audit(conn, principal, wanted, clock, count)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _refuse_existing(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise FileExists(file=path.name)


async def _write(
    conn: AsyncConnection,
    writer: ExportWriter,
    principal: Principal,
    wanted: ExportFilter,
    report: Callable[[int], None],
) -> int:
    count = 0
    async for rows in _batches(conn, principal, wanted):
        writer.write([flat(row) for row in rows])
        count += len(rows)
        report(count)
    return count


async def _batches(
    conn: AsyncConnection, principal: Principal, wanted: ExportFilter
) -> AsyncIterator[list[Row]]:
    seen = sight_of(principal).params()
    if not wanted.with_secret:
        seen["visibilities"] = [each for each in seen["visibilities"] or () if each != SECRET]
    box = wanted.bbox
    params = {
        **seen,
        "commune": wanted.commune,
        "kind": wanted.kind,
        "status": wanted.status,
        "west": None if box is None else box.west,
        "south": None if box is None else box.south,
        "east": None if box is None else box.east,
        "north": None if box is None else box.north,
    }
    name = "export"
    if wanted.at != PRESENT:
        name, params = "export_as_of", {**params, **times(wanted.at)}
    driver = await driver_connection(conn)
    async with driver.cursor(name="export", row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES[name], params)
        while rows := await cursor.fetchmany(_BATCH):
            yield rows


def flat(row: Row) -> dict[str, str]:
    """Give one address as named texts; what it has not is left out."""
    document = row["document"]
    parts = document.get("components", {})
    found = {
        "ref": None if row["code"] else f"p{row['address_id']}",
        "code": _printed(row["code"]),
        "issuer": row["issuer"],
        "status": row["status"],
        "kind": document["kind"],
        "name": document.get("name"),
        "unit": parts.get("unit"),
        "floor": parts.get("floor"),
        "building": parts.get("building"),
        "house_number": parts.get("house_number"),
        "thoroughfare": parts.get("thoroughfare"),
        "localities": "; ".join(f"{kind}:{name}" for kind, name in parts.get("localities", ())),
        "commune_code": document["commune"][0],
        "commune_name": row["commune_name"],
        "visibility": document.get("visibility", "public"),
        "parent": _printed(document.get("parent")),
        "source": document["source"],
        "text": document.get("text"),
        "aliases": row["aliases"],
        "valid_from": row["valid_from"].isoformat(),
    }
    if document.get("position") is not None:
        lon, lat, accuracy_m, method, marks = document["position"]
        found |= {"lon": repr(lon), "lat": repr(lat), "accuracy_m": repr(accuracy_m)}
        found |= {"method": method, "marks": marks}
    return {name: value for name, value in found.items() if value}


def _printed(code: str | None) -> str | None:
    return None if code is None else DigitalCode.of(code).printed


async def _leave_audit(
    conn: AsyncConnection, principal: Principal, wanted: ExportFilter, clock: Clock, count: int
) -> None:
    box = wanted.bbox
    await audit.record(
        conn,
        principal=principal.id,
        action="addresses.export",
        subject=wanted.commune or "all",
        at=clock.now(),
        detail={
            "rows": count,
            "kind": wanted.kind,
            "status": wanted.status,
            "bbox": None if box is None else [box.west, box.south, box.east, box.north],
            "with_secret": wanted.with_secret,
            **(times(wanted.at) if wanted.at != PRESENT else {}),
        },
    )
