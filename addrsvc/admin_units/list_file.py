"""Read lists of names from CSV with guessed columns, and write back what was rejected."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from addrsvc.admin_units.list_errors import ListColumnsMissing, ListTooLarge, ListUnreadable
from addrsvc.parsing.normalise import name_key

MAX_ROWS = 200_000

REASON = "reason"
"""Column of the file of rejected rows that says why; ignored when it is fed back."""

_GUESSES: Mapping[str, frozenset[str]] = {
    "name": frozenset({"name", "ten", "ten duong", "duong", "ten khu pho", "ten goi", "street"}),
    "kind": frozenset({"kind", "type", "loai", "loai duong"}),
    "aliases": frozenset({"aliases", "alias", "ten khac", "ten cu"}),
    "new_commune_code": frozenset({"new commune code", "commune code", "ma phuong xa", "ma xa"}),
    "old_commune_code": frozenset({"old commune code", "ma phuong xa cu", "ma xa cu"}),
    "district_code": frozenset({"district code", "ma quan huyen", "ma huyen"}),
    "commune": frozenset({"commune", "ward", "phuong", "xa", "phuong xa"}),
    "district": frozenset({"district", "quan huyen", "huyen", "quan"}),
    "province": frozenset({"province", "tinh", "tinh thanh pho", "tinh thanh"}),
    "segment_from": frozenset({"segment from", "from", "tu", "diem dau"}),
    "segment_to": frozenset({"segment to", "to", "den", "diem cuoi"}),
    "lon": frozenset({"lon", "lng", "longitude", "kinh do"}),
    "lat": frozenset({"lat", "latitude", "vi do"}),
    "external_id": frozenset({"external id", "ext id"}),
    "status": frozenset({"status", "trang thai"}),
    "valid_from": frozenset({"valid from", "hieu luc tu", "tu ngay"}),
    "source": frozenset({"source", "nguon"}),
    "licence": frozenset({"licence", "license", "giay phep"}),
}

FIELDS = frozenset(_GUESSES)

_UNIT_FIELDS = ("new_commune_code", "old_commune_code", "district_code", "commune")

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # full-width forms are read as formulas too


@dataclass(frozen=True, slots=True)
class NameList:
    """A list as read: which column stands for which field, and the rows."""

    header: list[str]
    columns: dict[str, str]
    """Field → column of the file."""
    rows: list[dict[str, str]]

    def fields_of(self, row: Mapping[str, str]) -> dict[str, str]:
        """Give one row by field, trimmed; fields without a column are left out."""
        return {field: _plain(row[column]) for field, column in self.columns.items()}


def read_list(path: Path, given: Mapping[str, str]) -> NameList:
    """Read a CSV list; ``given`` columns (field → column) go before guesses.

    Raises:
        ListUnreadable: not UTF-8 CSV with a header.
        ListTooLarge: too many rows.
        ListColumnsMissing: no column for the name or for any unit, or a given one is absent.
    """
    reader = None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval="", strict=True)
            header = [column for column in reader.fieldnames or () if column]
            rows = []
            for row in reader:
                rows.append({column: row[column] for column in header})
                if len(rows) > MAX_ROWS:
                    raise ListTooLarge(file=path.name, max_rows=MAX_ROWS)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        line = 0 if reader is None else reader.line_num
        raise ListUnreadable(file=path.name, line=line) from error
    columns = _columns(header) | dict(given)
    missing = [column for column in given.values() if column not in header]
    if "name" not in columns:
        missing.append("name")
    if not any(field in columns for field in _UNIT_FIELDS):
        missing.append(" / ".join(_UNIT_FIELDS))
    if missing:
        raise ListColumnsMissing(
            file=path.name, missing=", ".join(missing), columns=", ".join(header)
        )
    return NameList(header, columns, rows)


def _columns(header: Iterable[str]) -> dict[str, str]:
    """Guess which column stands for which field; the first that fits."""
    found: dict[str, str] = {}
    for column in header:
        key = name_key(column)
        for field, guesses in _GUESSES.items():
            if key in guesses:
                found.setdefault(field, column)
    return found


def write_rejected(
    path: Path, header: list[str], rejected: Iterable[tuple[Mapping[str, str], str]]
) -> None:
    """Write rejected rows as they came, each with its reason, to be mended and fed back.

    A cell a spreadsheet would take for a formula gets an apostrophe, which reading takes off.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        columns = [column for column in header if column != REASON]
        writer = csv.writer(file)
        writer.writerow([*map(_guarded, columns), REASON])
        for row, reason in rejected:
            writer.writerow([*(_guarded(row[column]) for column in columns), reason])


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    return (cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell).strip()
