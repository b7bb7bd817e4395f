"""Mappings as people hand them in: which commune goes where, which number becomes which.

Pure but for reading files.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from addrsvc.admin_units.model import AdminUnit, LinkKind
from addrsvc.errors import Pointer, Text
from addrsvc.parsing.keys import number_key
from addrsvc.registry.bulk_acts.errors import MappingRefused, MappingUnreadable
from addrsvc.registry.bulk_acts.reorganising import CommunePart, Reorganisation
from addrsvc.types import Level, UnitId

_SHARES_OFF: Final = 0.05
"""Measured shares of one commune add up to one within this."""

_LONGEST: Final = 60
"""Most characters of a house number."""

_COMMUNE_COLUMNS: Final = {
    "from_code": ("from_code", "old_code", "ma_cu"),
    "to_code": ("to_code", "new_code", "ma_moi"),
    "kind": ("kind", "loai"),
    "share": ("share", "share_of_old", "share_of_from", "ty_le"),
}
_NUMBER_COLUMNS: Final = {
    "old": ("old", "old_number", "so_cu"),
    "new": ("new", "new_number", "so_moi"),
}


class MappingRow(NamedTuple):
    """One row as handed in: codes without days."""

    from_code: str
    to_code: str
    kind: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Collects what is wrong, by row."""

    errors: list[Pointer]

    def say(self, at: int, vi: str, en: str) -> None:
        self.errors.append(
            Pointer(f"/rows/{at}", Text(f"Dòng {at + 1}: {vi}", f"Row {at + 1}: {en}"))
        )


def read_commune_file(path: Path) -> list[MappingRow]:
    """Read a CSV of communes: from_code, to_code, kind, and share if there is one.

    Raises:
        MappingUnreadable: no CSV in UTF-8, or a column is missing.
        MappingRefused: a share is no number.
    """
    wrong = _Wrong([])
    mapping = []
    for at, cell in enumerate(_cells(path, _COMMUNE_COLUMNS, optional=("share",))):
        share: float | None = None
        try:
            share = float(cell("share")) if cell("share") else None
        except ValueError:
            wrong.say(at, f"tỷ lệ “{cell('share')}” không phải số.", "the share is no number.")
        mapping.append(MappingRow(cell("from_code"), cell("to_code"), cell("kind"), share))
    if wrong.errors:
        raise MappingRefused.of(wrong.errors)
    return mapping


def read_number_file(path: Path) -> list[tuple[str, str]]:
    """Read a CSV of house numbers: old, new.

    Raises:
        MappingUnreadable: no CSV in UTF-8, or a column is missing.
    """
    return [(cell("old"), cell("new")) for cell in _cells(path, _NUMBER_COLUMNS)]


def _cells(
    path: Path, columns: Mapping[str, Sequence[str]], optional: Sequence[str] = ()
) -> list[Callable[[str], str]]:
    """Give for each row a reader of its cells, by our names of columns."""
    wanted = ", ".join(names[0] for names in columns.values())
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
            found = {
                field: next((header[name] for name in names if name in header), None)
                for field, names in columns.items()
            }
            if any(found[field] is None for field in columns if field not in optional):
                raise MappingUnreadable(path.name, wanted)
            return [_reader(row, found) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise MappingUnreadable(path.name, wanted) from None


def _reader(row: Mapping[str, str], found: Mapping[str, str | None]) -> Callable[[str], str]:
    return lambda field: (row.get(found[field] or "") or "").strip()


def reorganisation(
    mapping: Sequence[MappingRow],
    before: Mapping[str, AdminUnit],
    after: Mapping[str, AdminUnit],
    day: date,
) -> Reorganisation:
    """Give days to the codes of a mapping, and refuse what cannot be.

    Args:
        mapping: the rows.
        before: units in force on the last day before, by code.
        after: units in force on the day, by code.
        day: first legal day of the new communes.

    Raises:
        MappingRefused: see the message; nothing is taken over.
    """
    wrong = _Wrong([])
    if not mapping:
        wrong.say(0, "bảng trống.", "the mapping is empty.")
    parts: dict[tuple[str, str], CommunePart] = {}
    for at, row in enumerate(mapping):
        part = _part(at, row, before, after, day, wrong)
        if part is None:
            continue
        if (row.from_code, row.to_code) in parts:
            wrong.say(
                at,
                f"{row.from_code} → {row.to_code} ghi hai lần.",
                f"{row.from_code} → {row.to_code} stands twice.",
            )
        parts[row.from_code, row.to_code] = part
    _check_together(mapping, wrong)
    if wrong.errors:
        raise MappingRefused.of(wrong.errors)
    return Reorganisation(tuple(parts.values()))


def _part(
    at: int,
    row: MappingRow,
    before: Mapping[str, AdminUnit],
    after: Mapping[str, AdminUnit],
    day: date,
    wrong: _Wrong,
) -> CommunePart | None:
    old, new = _commune(before, row.from_code), _commune(after, row.to_code)
    kinds = {each.value for each in LinkKind}
    if old is None:
        wrong.say(
            at,
            f"trước {day:%d/%m/%Y} không có phường, xã nào mang mã {row.from_code}.",
            f"no commune had the code {row.from_code} before {day}.",
        )
    elif old.valid_to is None or old.valid_to > day:
        wrong.say(
            at,
            f"{old.full_name} ({row.from_code}) vẫn còn hiệu lực ngày {day:%d/%m/%Y}.",
            f"{old.full_name} ({row.from_code}) is still in force on {day}.",
        )
    if new is None:
        wrong.say(
            at,
            f"từ {day:%d/%m/%Y} không có phường, xã nào mang mã {row.to_code}.",
            f"no commune has the code {row.to_code} from {day} on.",
        )
    if row.kind not in kinds:
        wrong.say(
            at,
            f"loại “{row.kind[:20]}” phải là whole, part hoặc unchanged.",
            f"the kind “{row.kind[:20]}” must be whole, part or unchanged.",
        )
    if row.share is not None and not 0 < row.share <= 1:
        wrong.say(at, "tỷ lệ phải lớn hơn 0 và không quá 1.", "a share is above 0 and at most 1.")
    if old is None or new is None or row.kind not in kinds:
        return None
    return CommunePart(
        UnitId(old.code, old.valid_from),
        UnitId(new.code, new.valid_from),
        LinkKind(row.kind),
        row.share,
    )


def _commune(units: Mapping[str, AdminUnit], code: str) -> AdminUnit | None:
    unit = units.get(code)
    return unit if unit is not None and unit.level is Level.COMMUNE else None


def _check_together(mapping: Sequence[MappingRow], wrong: _Wrong) -> None:
    """Check the rows of each old commune against each other."""
    rows_of: dict[str, list[tuple[int, MappingRow]]] = defaultdict(list)
    for at, row in enumerate(mapping):
        rows_of[row.from_code].append((at, row))
    for code, found in rows_of.items():
        at = found[0][0]
        whole = [row for _, row in found if row.kind != LinkKind.PART]
        targets = {row.to_code for _, row in found}
        if whole and len(targets) > 1:
            wrong.say(
                at,
                f"{code} vừa nhập toàn bộ vừa chia cho nơi khác.",
                f"{code} goes over whole and is divided as well.",
            )
        shares = [row.share for _, row in found if row.kind == LinkKind.PART]
        known = [share for share in shares if share is not None]
        if shares and len(known) == len(shares) and abs(sum(known) - 1) > _SHARES_OFF:
            wrong.say(
                at,
                f"các phần của {code} cộng lại là {sum(known):.2f}, không phải 1.",
                f"the parts of {code} add up to {sum(known):.2f}, not to 1.",
            )


def checked_numbers(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Give a list of old and new numbers as it is kept.

    Raises:
        MappingRefused: a number is blank or too long, an old one stands twice, or two houses would
            get one number.
    """
    wrong = _Wrong([])
    if not pairs:
        wrong.say(0, "danh sách trống.", "the list is empty.")
    olds: set[str] = set()
    news: set[str] = set()
    kept = []
    for at, pair in enumerate(pairs):
        old, new = (" ".join(text.split()) for text in pair)
        if not old or not new or max(len(old), len(new)) > _LONGEST:
            wrong.say(at, "số nhà trống hoặc quá dài.", "a number is blank or too long.")
            continue
        if number_key(old) in olds:
            wrong.say(at, f"số cũ {old} ghi hai lần.", f"the old number {old} stands twice.")
        if number_key(new) in news:
            wrong.say(at, f"hai nhà cùng nhận số {new}.", f"two houses would get {new}.")
        olds.add(number_key(old))
        news.add(number_key(new))
        kept.append((old, new))
    if wrong.errors:
        raise MappingRefused.of(wrong.errors)
    return tuple(kept)
