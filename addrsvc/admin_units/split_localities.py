"""Which khu phố or ấp of a split commune went to which successor. Pure but for reading the file.

The lines of a split follow khu phố and ấp, named in the proposals; the resolutions themselves
speak of areas only. A commune has rows for the localities that a source names, and at most one
row ``*`` for all others: that one decides about a locality only where it is known to exist.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from addrsvc.parsing.keys import locality_key

FILE: Final = (
    Path(__file__).resolve().parents[2] / "geodata/admin_units/split_communes_localities.csv"
)
REST: Final = "*"
_SETTLED: Final = frozenset({"khu_pho", "ap", "thon", "place"})
"""Kinds that name the same thing: a commune became a ward and its ấp khu phố, or a name stands
alone. Tổ are smaller, estates lie across."""


@dataclass(frozen=True, slots=True)
class SplitLocality:
    """One row: this locality of the old commune is in the new one."""

    old_code: str
    kind: str
    name: str
    """As printed; ``*``: all that have no row of their own."""
    new_code: str
    stage: str
    """``proposal``: of the plan that went to the resolution; ``in_use``: the new commune has it."""
    source: str


class SplitLocalities:
    """The table, asked by old or by new commune."""

    def __init__(
        self, rows: Iterable[SplitLocality], known: Iterable[tuple[str, str]] = ()
    ) -> None:
        """``known``: code of an old commune, key of a locality that it is known to have."""
        self._of_old: dict[tuple[str, str], SplitLocality] = {}
        self._of_new: dict[tuple[str, str], list[SplitLocality]] = defaultdict(list)
        for row in rows:
            name = REST if row.name == REST else _name(locality_key(row.kind, row.name)) or ""
            self._of_old[row.old_code, name] = row
            self._of_new[row.new_code, name].append(row)
        self._known = {(code, _name(key)) for code, key in known}

    def successor(self, old_code: str, key: str) -> SplitLocality | None:
        """Find where a locality (a key of ``parsing.keys``) of an old commune went."""
        name = _name(key)
        if name is None:
            return None
        row = self._of_old.get((old_code, name))
        if row is None and (old_code, name) in self._known:
            row = self._of_old.get((old_code, REST))
        return row

    def predecessor(self, new_code: str, key: str) -> SplitLocality | None:
        """Find which old commune a locality of a new one came from.

        Numbers decide nothing: several of the old communes had a khu phố 1.
        """
        name = _name(key)
        if name is None or name[:1].isdigit():
            return None
        rows = self._of_new.get((new_code, name), [])
        return rows[0] if len(rows) == 1 else None

    def open_codes(self) -> list[str]:
        """List the old communes that have a row ``*``: their other localities are worth knowing."""
        return sorted(code for code, name in self._of_old if name == REST)


def _name(key: str) -> str | None:
    """Give the name in a locality key; None: of a kind that no split follows."""
    kind, _, name = key.partition(":")
    if kind not in _SETTLED or not name or (kind == "place" and name[:1].isdigit()):
        return None
    return name


def read_split_localities(path: Path = FILE) -> tuple[SplitLocality, ...]:
    """Read the bundled table."""
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(
            SplitLocality(
                old_code=row["old_code"],
                kind=row["locality_kind"],
                name=row["locality_name"],
                new_code=row["new_code"],
                stage=row["stage"],
                source=row["source"],
            )
            for row in csv.DictReader(lines)
        )
