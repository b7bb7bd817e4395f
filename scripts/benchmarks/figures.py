"""A measured figure with its aim, and how it is shown to people and to programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; ``aim`` None means it is shown for its own sake."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    better: Literal["higher", "lower"] = "higher"

    @property
    def met(self) -> bool | None:
        """Tell whether the aim is reached; None without an aim."""
        if self.aim is None:
            return None
        return self.value >= self.aim if self.better == "higher" else self.value <= self.aim


def as_table(figures: Sequence[Figure]) -> str:
    """Show figures to a person, the aim beside each."""
    rows = [("figure", "value", "unit", "aim", "")]
    for figure in figures:
        sign = "≥" if figure.better == "higher" else "≤"
        aim = "" if figure.aim is None else f"{sign} {_number(figure.aim)}"
        verdict = {True: "met", False: "missed", None: ""}[figure.met]
        rows.append((figure.name, _number(figure.value), figure.unit, aim, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column == 1 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def as_json(figures: Sequence[Figure]) -> str:
    """Show figures to a program: one object on one line."""
    return json.dumps(
        {
            figure.name: {
                "value": figure.value,
                "unit": figure.unit,
                "aim": figure.aim,
                "met": figure.met,
            }
            for figure in figures
        },
        ensure_ascii=False,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
