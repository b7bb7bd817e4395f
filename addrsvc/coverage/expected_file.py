"""Read numbers of households from a file: CSV, XLSX and the others read everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from addrsvc.coverage.errors import ExpectedColumnMissing, ExpectedTooMany
from addrsvc.coverage.expected import MAX_ROWS
from addrsvc.coverage.expected_rows import ExpectedRow
from addrsvc.tabular.columns import guess_columns, header_key
from addrsvc.tabular.sources import open_source

_GUESSES: Final[Mapping[str, tuple[str, ...]]] = {
    field: tuple(map(header_key, headers))
    for field, headers in {
        "commune": ("commune code", "commune", "mã phường xã", "mã xã", "mã ĐVHC", "mã"),
        "households": (
            "households",
            "số hộ",
            "số hộ gia đình",
            "tổng số hộ",
            "hộ",
            "expected households",
        ),
        "name": ("commune name", "name", "tên phường xã", "tên xã", "phường xã", "tên"),
    }.items()
}


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """What a file says."""

    columns: tuple[tuple[str, str], ...]
    """What a column is taken for, and its name."""
    lines: tuple[int, ...]
    """Where each row stands in the file."""
    rows: tuple[ExpectedRow, ...]


def read_expected(path: Path) -> ExpectedFile:
    """Read a file whose columns are found by their names.

    A record that cannot be read is a row without a code, to be refused as one.

    Raises:
        FileMissing, FileEmpty, FormatUnknown, HeaderRefused: see ``tabular.sources``.
        ExpectedColumnMissing: codes or numbers are not among the columns.
        ExpectedTooMany: more rows than any list of communes has.
    """
    source = open_source(path)
    at = guess_columns(source.columns, _GUESSES, {})
    if "commune" not in at or "households" not in at:
        raise ExpectedColumnMissing(file=path.name, columns=", ".join(source.columns))
    lines: list[int] = []
    rows: list[ExpectedRow] = []
    for record in source.records():
        cells = record.fitted(len(source.columns))
        is_broken = record.error is not None
        said = {
            field: "" if is_broken else " ".join(cells[index].split())[:200]
            for field, index in at.items()
        }
        if not is_broken and not any(said.values()):
            continue
        lines.append(record.line)
        rows.append(ExpectedRow(_padded(said["commune"]), said["households"], said.get("name", "")))
        if len(rows) > MAX_ROWS:
            raise ExpectedTooMany(most=MAX_ROWS)
    pairs = sorted(at.items(), key=lambda each: each[1])
    columns = tuple((field, source.columns[index]) for field, index in pairs)
    return ExpectedFile(columns, tuple(lines), tuple(rows))


def _padded(code: str) -> str:
    """Give a code its zeros back, which spreadsheets take for none.

    >>> _padded("1234"), _padded("25747"), _padded("Tổng")
    ('01234', '25747', 'Tổng')
    """
    return code.zfill(5) if code.isascii() and code.isdigit() and len(code) >= 4 else code
