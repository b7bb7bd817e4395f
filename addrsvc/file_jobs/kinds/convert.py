"""Old communes to those of a day: by their names, in a whole address, or by their codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from addrsvc.admin_units import converting
from addrsvc.admin_units.conversion import Conversion
from addrsvc.admin_units.units_in_memory import LoadedUnits
from addrsvc.auth.model import Scope
from addrsvc.errors import AddrsvcError, Kind, Text
from addrsvc.file_jobs import columns
from addrsvc.file_jobs.kinds.geocode import PART_NAMES, reason_of
from addrsvc.file_jobs.kinds.work import Room, RowDone, RowWork, Terms
from addrsvc.geocoding.limits import MAX_TEXT
from addrsvc.tabular.model import Record

_NAMES: Final = ("commune", "district", "province")
ROLES: Final[dict[str, Text]] = {
    "address": Text("Địa chỉ có tên phường, xã", "Address with the commune's name"),
    **{name: PART_NAMES[name] for name in _NAMES},
    "unit_code": Text("Mã phường, xã", "Code of the commune"),
    "locality": PART_NAMES["locality"],
}
_ADDED: Final = (
    "convert_status",
    "convert_code",
    "convert_name",
    "convert_certainty",
    "convert_candidates",
    "convert_written_code",
    "convert_written",
    "convert_instrument",
    "convert_note",
    "convert_problem",
)
_LOCALITY_LIMIT: Final = 100


async def work(room: Room, terms: Terms, records: Sequence[Record]) -> list[RowDone]:
    """Convert rows: all that is needed is in memory."""
    async with room.doors.pool.connection() as conn:
        loaded = await room.units.current(conn)
    return [_done(loaded, terms, record) for record in records]


def _done(loaded: LoadedUnits, terms: Terms, record: Record) -> RowDone:
    code = terms.cell(record, "unit_code")
    text = ", ".join(value for name in _NAMES if (value := terms.cell(record, name)))
    text = text or terms.cell(record, "address")
    if not code and not text:
        return WORK.undone("empty", "")
    if len(text) > MAX_TEXT:
        return WORK.undone("too_long", reason_of("too_long", terms.language))
    locality = terms.cell(record, "locality")[:_LOCALITY_LIMIT] or None
    asked = converting.Asked(None if code else text, code or None, None, locality)
    try:
        found = converting.convert_located(loaded, asked, terms.day, None)
    except AddrsvcError as error:
        status = "not_found" if error.kind is Kind.NOT_FOUND else "refused"
        return WORK.undone(status, error.text(terms.language))
    return _row(found.conversion, terms)


def _row(found: Conversion, terms: Terms) -> RowDone:
    settled, written = found.settled, found.written
    status = "review" if settled is None else "certain"
    cells = [
        status,
        "" if settled is None else settled.unit.code,
        "" if settled is None else settled.name,
        "" if not found.present else found.present[0].certainty.value,
        "" if settled is not None else "; ".join(f"{_.unit.code} {_.name}" for _ in found.present),
        written[0].unit.code if len(written) == 1 else "",
        "; ".join(each.name for each in written),
        "" if settled is None else settled.instrument or "",
        found.note.in_(terms.language),
        "",
    ]
    return RowDone(status, cells)


def lacks(roles: Collection[str]) -> Sequence[str]:
    """Need a commune, in one way or another."""
    enough = {"address", "commune", "unit_code"} & set(roles)
    return () if enough else ("commune",)


WORK: Final = RowWork(
    scope=Scope.ADDRESSES_READ,
    roles=ROLES,
    guess=partial(
        columns.guess,
        {
            **columns.UNITS,
            **columns.UNIT_CODE,
            "locality": columns.BELOW["locality"],
            **columns.ADDRESS,
        },
    ),
    lacks=lacks,
    work=work,
    added=_ADDED,
)
