"""Statistics as JSON and as rows of a file for spreadsheets."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Final

from addrsvc.dossiers.statistics.model import PARTS, Counts, Dimension, Statistics
from addrsvc.errors import Language, Text
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.writing import open_writer

DIMENSION_NAMES: Final[dict[Dimension, Text]] = {
    Dimension.COMMUNE: Text("Phường, xã", "Commune"),
    Dimension.DAY: Text("Ngày tiếp nhận", "Day of receipt"),
    Dimension.MONTH: Text("Tháng tiếp nhận", "Month of receipt"),
    Dimension.PROCEDURE: Text("Mã thủ tục", "Procedure"),
    Dimension.ROLE: Text("Vai trò của địa chỉ", "Role of the address"),
    Dimension.STATE: Text("Tình trạng liên kết", "State of the link"),
    Dimension.CATEGORY: Text("Mức khớp", "Match quality"),
}
_COMMUNE_CODE: Final = Text("Mã phường, xã", "Commune code")
_TOTAL: Final = Text("Tổng cộng", "Total")
_DOSSIERS: Final = Text("Số hồ sơ", "Dossiers")
_ADDRESSES: Final = Text("Số địa chỉ", "Addresses")
_SHARE: Final = Text("{part} (%)", "{part} (%)")
_WAITING_DAYS: Final = Text("Số ngày chờ (trung vị)", "Days waiting (median)")


def statistics_out(found: Statistics, language: Language) -> dict[str, Any]:
    """Give statistics as JSON."""
    return {
        "by": [each.value for each in Dimension if each in found.wanted.by],
        "counted_at": found.counted_at,
        "event_number": found.event_number,
        "total": counts_out(found.total),
        "rows": [
            {**_key_out(found, key, language), **counts_out(counts)} for key, counts in found.rows
        ],
    }


def counts_out(counts: Counts) -> dict[str, Any]:
    """Give counts and the shares that follow from them."""
    return {
        "dossiers": counts.dossiers,
        "addresses": counts.addresses,
        **{name: getattr(counts, name) for name in PARTS},
        "waiting_days": counts.waiting_days,
        "shares": {name: counts.share(getattr(counts, name)) for name in PARTS},
    }


def _key_out(found: Statistics, key: Any, language: Language) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for dimension, value in key.items():
        said[dimension.value] = value or None
        if dimension not in {Dimension.DAY, Dimension.MONTH, Dimension.PROCEDURE}:
            said[f"{dimension.value}_name"] = found.name_of(dimension, value, language)
    return said


def write_csv(found: Statistics, path: Path, language: Language) -> None:
    """Write statistics as CSV that spreadsheets open with its accents; the last row: the total.

    Shares are per cent with one digit; an unknown value is an empty cell.
    """
    by = [each for each in Dimension if each in found.wanted.by]
    header: list[str] = []
    for dimension in by:
        if dimension is Dimension.COMMUNE:
            header.append(_COMMUNE_CODE.in_(language))
        header.append(DIMENSION_NAMES[dimension].in_(language))
    names = [part.in_(language) for part in PARTS.values()]
    shares = [_SHARE.in_(language).format(part=name) for name in names]
    numbers = [_DOSSIERS.in_(language), _ADDRESSES.in_(language), *names, *shares]
    numbers.append(_WAITING_DAYS.in_(language))
    writer = open_writer(path, Layout(header, numbers, frozenset(numbers)))
    try:
        rows = [[*_labels(found, key, language), *_cells(counts)] for key, counts in found.rows]
        total = _TOTAL.in_(language)
        writer.write([*rows, [*[total, *[""] * len(header)][: len(header)], *_cells(found.total)]])
    finally:
        writer.close()


def lines_of(found: Statistics, language: Language) -> list[str]:
    """Give statistics as lines for a terminal: what, dossiers, addresses and their parts."""
    lines = []
    for key, counts in [*found.rows, ({}, found.total)]:
        label = " · ".join(filter(None, _labels(found, key, language))) or _TOTAL.in_(language)
        said = [] if counts.dossiers is None else [f"{_DOSSIERS.in_(language)} {counts.dossiers}"]
        said.append(f"{_ADDRESSES.in_(language)} {counts.addresses}")
        parts = ((part, getattr(counts, name)) for name, part in PARTS.items())
        said += [f"{part.in_(language)} {count}" for part, count in parts if count]
        lines.append(f"{label}: {', '.join(said)}")
    return lines


def csv_of(found: Statistics, language: Language) -> bytes:
    """Give statistics as the bytes of a CSV file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statistics.csv"
        write_csv(found, path, language)
        return path.read_bytes()


def _labels(found: Statistics, key: Any, language: Language) -> list[str]:
    said: list[str] = []
    for dimension, value in key.items():
        if dimension is Dimension.COMMUNE:
            said.append(value or "")
        name = found.name_of(dimension, value, language)
        said.append(name if not isinstance(value, date) else value.isoformat())
    return said


def _cells(counts: Counts) -> list[str]:
    numbers = [counts.dossiers, counts.addresses, *(getattr(counts, name) for name in PARTS)]
    shares = [counts.share(getattr(counts, name)) for name in PARTS]
    return [
        *("" if each is None else str(each) for each in numbers),
        *("" if each is None else f"{each * 100:.1f}" for each in shares),
        "" if counts.waiting_days is None else str(counts.waiting_days),
    ]
