"""Rows of a file brought in as dossiers: what is read of them, and what is told of each.

Several rows of one code are addresses of one dossier, wherever they stand in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.codes.code import DigitalCode
from addrsvc.dossiers.bulk import Brought, put_many
from addrsvc.dossiers.columns import FIELD_NAMES, DossierColumns
from addrsvc.dossiers.imported import REMARK_TEXTS, Imported, Remark, RemarkKind
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.kept import KeptAddress
from addrsvc.dossiers.model import LINK_STATE_NAMES, AddressRole, DossierInput
from addrsvc.dossiers.national import read_national
from addrsvc.dossiers.rows import read_row
from addrsvc.errors import AddrsvcError, InvalidInput, Language

COLUMNS: Final = (
    "dossier_status",
    "dossier_code",
    "dossier_state",
    "dossier_address_code",
    "dossier_label",
    "dossier_category",
    "dossier_confidence",
    "dossier_notes",
    "dossier_problem",
)
"""Columns added behind those of the file; where a row has several addresses, ``;`` parts them."""

NUMBERS: Final = frozenset({"dossier_confidence"})
"""Of these, the numbers."""

STATUSES: Final = ("received", "changed", "unchanged", "refused")
"""What may become of a row."""


@dataclass(frozen=True, slots=True)
class SpreadsheetRows:
    """Reads rows whose columns are fields of a dossier."""

    columns: DossierColumns
    role: AddressRole = AddressRole.RESIDENCE_CURRENT
    """Of addresses whose column and row do not say what they are."""

    def read(self, cells: Sequence[str]) -> Imported:
        """Read one row; see ``rows.read_row``."""
        return read_row(self.columns, cells, self.role)


@dataclass(frozen=True, slots=True)
class NationalRows:
    """Reads rows that are records of the national portal, column by column."""

    names: Sequence[str]

    def read(self, cells: Sequence[str]) -> Imported:
        """Read one row; see ``national.read_national``."""
        return read_national(
            {name: _value(cell) for name, cell in zip(self.names, cells, strict=True)}
        )


def _value(cell: str) -> object:
    """Give back what stood below a field as one text."""
    if not cell.startswith(("{", "[")):
        return cell
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return cell


Reader = SpreadsheetRows | NationalRows


class RowBrought(NamedTuple):
    """What became of one row."""

    read: Imported | AddrsvcError
    became: Brought | AddrsvcError

    @property
    def status(self) -> str:
        """Give one of ``STATUSES``."""
        return "refused" if isinstance(self.became, AddrsvcError) else self.became.became

    def addresses(self) -> list[KeptAddress]:
        """Give the addresses the row itself says, as they are kept."""
        if isinstance(self.became, AddrsvcError) or isinstance(self.read, AddrsvcError):
            return []
        said = set(self.read.dossier.addresses)
        return [each for each in self.became.dossier.addresses if each.given in said]

    def code(self) -> str | None:
        """Give the digital address code of the first address that is linked."""
        linked = [each.link for each in self.addresses() if each.link is not None]
        return linked[0].code if linked else None

    def cells(self, language: Language) -> list[str]:
        """Give what ``COLUMNS`` say of it."""
        if isinstance(self.became, AddrsvcError):
            code = "" if isinstance(self.read, AddrsvcError) else self.read.dossier.code.written
            return [self.status, code, *[""] * (len(COLUMNS) - 3), self.became.text(language)]
        found = self.addresses()
        links = ["" if each.link is None else _printed(each.link.code) for each in found]
        sure = [each.judged.settlement.confidence for each in found]
        return [
            self.status,
            self.became.dossier.code,
            _joined([LINK_STATE_NAMES[each.state].in_(language) for each in found]),
            _joined(links),
            _joined([_label(each) for each in found]),
            _joined([each.judged.category for each in found]),
            f"{min(sure):.4f}" if sure else "",
            " ".join(self._notes(language)),
            "",
        ]

    def _notes(self, language: Language) -> list[str]:
        corrected = [
            each.text.in_(language)
            for one in self.addresses()
            for each in one.judged.settlement.corrections
        ]
        remarks = [] if isinstance(self.read, AddrsvcError) else self.read.remarks
        return [*corrected, *(remark_text(each, language) for each in remarks)]


def remark_text(remark: Remark, language: Language) -> str:
    """Say what was not taken over, by the name of the field."""
    name = FIELD_NAMES.get(remark.field)
    field = remark.field if name is None else name.in_(language)
    return f"{field}: {REMARK_TEXTS[remark.kind].in_(language)}"


def _printed(code: str) -> str:
    return DigitalCode.of(code).printed


def _label(address: KeptAddress) -> str:
    """Give the label of what it is linked to, else of the best candidate."""
    candidates = address.judged.settlement.candidates
    linked = None if address.link is None else address.link.code
    fits = [each for each in candidates if linked is None or each.code == linked]
    return fits[0].label if fits else ""


def _joined(texts: Sequence[str]) -> str:
    return "; ".join(texts) if any(texts) else ""


async def put_rows(
    engine: AsyncEngine,
    principal: Principal,
    judge: Judge,
    reader: Reader,
    given: Sequence[Sequence[str]],
    clock: Clock,
    *,
    since: datetime,
    is_rehearsal: bool = False,
) -> list[RowBrought]:
    """Bring rows in, those of one code together; give what became of each, in order.

    Args:
        engine: see ``bulk.put_many``.
        principal: in whose name.
        judge: of addresses.
        reader: of rows.
        given: cells, as many as there are columns.
        clock: see ``bulk.put_many``.
        since: when the file began to be brought in: rows of one dossier may be done far apart.
        is_rehearsal: nothing stays.

    Raises:
        NotSignedIn, ScopeMissing: it may not bring dossiers in.
        GeocoderLoading: names are not read yet.
    """
    read = [_read(reader, cells) for cells in given]
    together: dict[str, DossierInput] = {}
    for each in read:
        if isinstance(each, Imported):
            key = each.dossier.code.key
            known = together.get(key)
            together[key] = each.dossier if known is None else joined(known, each.dossier)
    dossiers = list(together.values())
    done = await put_many(
        engine, principal, judge, dossiers, clock, since=since, is_rehearsal=is_rehearsal
    )
    became: Mapping[str, Brought | AddrsvcError] = dict(zip(together, done, strict=True))
    return [
        RowBrought(each, became[each.dossier.code.key])
        if isinstance(each, Imported)
        else RowBrought(each, each)
        for each in read
    ]


def _read(reader: Reader, cells: Sequence[str]) -> Imported | AddrsvcError:
    try:
        return reader.read(cells)
    except InvalidInput as error:
        return error


def joined(first: DossierInput, second: DossierInput) -> DossierInput:
    """Give one dossier of two rows: what the first leaves open, the second says."""
    return replace(
        first,
        procedure=first.procedure or second.procedure,
        field=first.field or second.field,
        office=first.office or second.office,
        received_at=first.received_at or second.received_at,
        due_at=first.due_at or second.due_at,
        finished_at=first.finished_at or second.finished_at,
        status=first.status or second.status,
        channel=first.channel or second.channel,
        addresses=tuple(dict.fromkeys((*first.addresses, *second.addresses))),
    )


def left_out(read: Imported) -> dict[str, int]:
    """Count the fields left behind, and the texts something of a person was cut from."""
    texts = sum(remark.kind is RemarkKind.PERSON_LEFT_OUT for remark in read.remarks)
    return {"fields": len(read.dropped), "texts": texts}
