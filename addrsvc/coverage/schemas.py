"""Numbers of households as JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from addrsvc.coverage.expected import Receipt, Taken
from addrsvc.coverage.expected_rows import MOST, ExpectedRow
from addrsvc.errors import Language


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExpectedItem(_Closed):
    """How many households a commune has."""

    commune: Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["25747"])]
    households: Annotated[int, Field(ge=0, le=MOST, examples=[12_500])]


class ExpectedIn(_Closed):
    """Numbers of a day, from one source."""

    as_of: date
    source: Annotated[
        str, Field(min_length=1, max_length=300, examples=["Niên giám thống kê 2025"])
    ]
    items: Annotated[list[ExpectedItem], Field(min_length=1, max_length=5_000)]

    def to_rows(self) -> list[ExpectedRow]:
        """Give the rows."""
        return [ExpectedRow(each.commune, str(each.households)) for each in self.items]


def receipt_out(receipt: Receipt, language: Language) -> dict[str, Any]:
    """Give what came of all rows."""
    return {
        "rows": len(receipt.rows),
        "added": receipt.count("added"),
        "already_there": receipt.count("already-there"),
        "rejected": receipt.count("rejected"),
        "households": receipt.households,
        "items": [_taken_out(each, language) for each in receipt.rows],
    }


def _taken_out(taken: Taken, language: Language) -> dict[str, Any]:
    return {
        "commune": taken.row.commune,
        "name": taken.name or None,
        "households": taken.households,
        "outcome": taken.outcome,
        "detail": None if taken.why is None else taken.why.in_(language),
    }
