"""Cells of a row that was judged: those of geocoding, parts one by one, and reasons in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from addrsvc.errors import Language
from addrsvc.file_jobs.kinds.work import RowDone
from addrsvc.geocoding import batch
from addrsvc.geocoding.verdict import Verdict

_PREFIX: Final = "geocode"
JUDGED: Final = (*(name.removeprefix(_PREFIX) for name in batch.COLUMNS), "_parts", "_notes")
"""Names of columns without the kind they begin with."""


def judged_columns(kind: str, names: Sequence[str]) -> dict[str, Any]:
    """Give the columns a kind adds, as ``RowWork`` has them."""
    return {
        "added": (*(f"{kind}{name}" for name in names), f"{kind}_problem"),
        "numbers": frozenset(f"{kind}{name.removeprefix(_PREFIX)}" for name in batch.NUMBERS),
        "lon": f"{kind}_lon",
        "lat": f"{kind}_lat",
    }


def judged(verdict: Verdict, language: Language) -> RowDone:
    """Give what became of a row."""
    cells = batch.verdict_cells(verdict)
    parts = "; ".join(f"{each.type.value}={each.status.value}" for each in verdict.components)
    notes = " ".join(dict.fromkeys(each.text(language) for each in verdict.findings))
    code = verdict.matches[0].candidate.code if verdict.matches else None
    return RowDone(cells[0], [*cells, parts, notes, ""], code)
