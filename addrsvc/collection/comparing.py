"""Look at a record beside what is there: the address as seen and now, its task, its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.collection import applying, judging, records
from addrsvc.collection.merging import Merge, Merged, Standing, components_of, fields_of, merge
from addrsvc.collection.model import NEAR_M, Check, Finding
from addrsvc.collection.payload import Record
from addrsvc.db.rows import row
from addrsvc.errors import AddrsvcError
from addrsvc.registry import history, reading
from addrsvc.registry.duplicates.finding import look_around
from addrsvc.registry.duplicates.refusing import candidate
from addrsvc.registry.duplicates.rules import Likeness, Why, subject_of
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.model import Address, CommuneRef, Document, Version, Visibility
from addrsvc.registry.reading import AddressRef
from addrsvc.types import AddressId

_TASK_EDGE_M: Final = 30.0
"""So far outside the area of its task an entrance may lie: positions are no more exact."""
_SHOWN: Final = 5
"""Most neighbours that are named."""
EXISTENCE: Final = "existence"
"""Field of a conflict: whether the address is there."""


@dataclass(frozen=True, slots=True)
class Compared:
    """An address as it stands, what the device saw of it, and both merged with the record."""

    address: Address
    seen: Version | None
    """None: the version the device names is not known."""
    merge: Merge


async def compare(
    conn: AsyncConnection, principal: Principal, standing: records.Standing
) -> Compared:
    """Read the address a record is about, or that came of it, and merge.

    Raises:
        AddressNotFound: there is none, or it is not for this principal.
        NotSignedIn, ScopeMissing, AreaForbidden: it may not read it.
    """
    record, submission = standing.record, standing.submission
    ref = _ref_of(record, submission.address_id)
    address = await reading.get_address(conn, principal, ref)
    seen = None
    if record.address is not None:
        seen = await history.find_version(conn, principal, address, record.address.version)
    before = await records.find_before(conn, standing)
    again = None if before is None else before.base_of(record)
    base: dict[str, Any] | None = None
    if seen is not None or again is not None:
        # what was said before stands over what was seen; fields said for the first time were seen
        base = ({} if seen is None else fields_of(seen.document)) | (again or {})
    said = applying.collected_fields(record)
    return Compared(address, seen, merge(base, fields_of(address.document), said))


def _ref_of(record: Record, address_id: int | None) -> AddressRef:
    if record.address is not None:
        return AddressRef.parse(record.address.ref)
    if address_id is None:
        raise AddressNotFound(code="")
    return AddressRef(f"p{address_id}", address_id=AddressId(address_id))


def seen_otherwise(compared: Compared) -> dict[str, Merged]:
    """Give what the register says otherwise by now of an address said to be gone.

    Whoever confirms that sees what somebody else said of it meanwhile.
    """
    address, seen = compared.address, compared.seen
    if seen is not None and seen.version == address.version:
        return {}
    now = fields_of(address.document)
    then = {} if seen is None else fields_of(seen.document)
    status = None if seen is None else seen.status.value
    is_known = seen is not None
    found = {EXISTENCE: Merged(status, address.status.value, "gone", Standing.CONFLICT, is_known)}
    for name, value in now.items():
        if is_known and then[name] != value:
            found[name] = Merged(then[name], value, None, Standing.CONFLICT)
    return found


async def look_at_place(
    conn: AsyncConnection, principal: Principal, standing: records.Standing
) -> list[Finding]:
    """Find whether the position lies outside the device's communes, or the task it was given."""
    record, commune = standing.record, standing.submission.commune_code
    if record.position is None:
        return []
    if commune is not None and not principal.reaches(commune):
        return [Finding(Check.OUTSIDE_AREA, {"commune": commune})]
    if standing.submission.task_id is None:
        return []
    point = record.position.point
    params = {
        "task": standing.submission.task_id,
        "lon": point.lon,
        "lat": point.lat,
        "metres": _TASK_EDGE_M,
    }
    found = await row(conn, records.QUERIES["is_in_task"], params)
    is_inside = found is None or (found["is_inside"] and commune in {None, found["commune_code"]})
    return [] if is_inside else [Finding(Check.OUTSIDE_AREA, {"task": str(params["task"])})]


async def look_nearby(conn: AsyncConnection, principal: Principal, record: Record) -> list[Finding]:
    """Find addresses of the same number near a new one, farther than the register itself asks."""
    subject = subject_of(0, _draft(record))
    around = await look_around(conn, subject, NEAR_M)
    near = [(other, off_m) for other, off_m in around if judging.is_near_double(subject, other)]
    if not near:
        return []
    shown = []
    for other, off_m in near[:_SHOWN]:
        address = await _find(conn, principal, other.address_id)
        shown.append(candidate(Likeness(Why.SAME_NUMBER_NEAR, off_m), address))
    return [judging.doubles(Check.DUPLICATE_NEAR, shown)]


def _draft(record: Record) -> Document:
    """Give what a new address will say, as far as places are compared by it."""
    said = applying.collected_fields(record)
    if record.fields is None:
        raise AssertionError("what is added has fields")
    return Document(
        kind=record.fields.kind,
        commune=CommuneRef(record.commune_code or "", date.min),
        components=components_of(said),
        position=applying.position_of(record),
        visibility=Visibility.PUBLIC,
        source="",
        name=said["name"],
    )


async def _find(conn: AsyncConnection, principal: Principal, address_id: int) -> Address | None:
    try:
        ref = AddressRef(f"p{address_id}", address_id=AddressId(address_id))
        return await reading.get_address(conn, principal, ref)
    except AddrsvcError:  # not for them
        return None
