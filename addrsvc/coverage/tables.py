"""Coverage, growth and findings as JSON and as CSV files for spreadsheets.

Columns of the CSV files, in their order, are part of the API: new ones go behind. An empty cell
is what nobody knows; zero is zero. Texts that a spreadsheet would take for a formula are defused.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from addrsvc.coverage.model import (
    Commune,
    Counts,
    Coverage,
    Expected,
    FindingRow,
    Growth,
    share_of,
)
from addrsvc.errors import Language
from addrsvc.findings import Severity
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.writing import open_writer

_COUNTS: Final = (
    "in_use",
    "households",
    "others",
    "positioned",
    "verified",
    "proposed",
    "reserved",
    "retired",
    "notified",
    "plate_fixed",
)
_SEVERITIES: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_DOSSIERS: Final = ("addresses", "linked", "waiting")

COVERAGE_COLUMNS: Final = (
    "commune_code",
    "commune_name",
    "expected_households",
    "expected_as_of",
    *_COUNTS,
    "coverage_percent",
    *(f"findings_{each}" for each in _SEVERITIES),
    *(f"dossier_addresses{each}" for each in ("", "_linked", "_waiting")),
    "open_tickets",
    "is_former",
)
GROWTH_COLUMNS: Final = ("first_day", "last_day", "made", "verified", "retired")
FINDING_COLUMNS: Final = (
    "commune_code",
    "commune_name",
    "finding",
    "title",
    "severity",
    "count",
    "audited_at",
)
_TEXTS: Final = frozenset(
    {
        "commune_code",
        "commune_name",
        "expected_as_of",
        "first_day",
        "last_day",
        "finding",
        "title",
        "severity",
        "audited_at",
        "is_former",
    }
)


def coverage_out(coverage: Coverage) -> dict[str, Any]:
    """Give coverage as JSON."""
    total = commune_out(coverage.total)
    for name in ("code", "name", "is_former", "expected_as_of"):
        del total[name]
    return {
        "counted_at": coverage.counted_at,
        "event_number": coverage.event_number,
        "total": {**total, "share": share_of(coverage.communes), "is_over": False},
        "communes": [commune_out(each) for each in coverage.communes],
    }


def commune_out(commune: Commune) -> dict[str, Any]:
    """Give one commune; null: not known, which is not zero."""
    findings, dossiers = commune.findings, commune.dossiers
    return {
        "code": commune.code,
        "name": commune.name,
        "is_former": commune.is_former,
        "expected_households": commune.expected,
        "expected_as_of": commune.expected_as_of,
        "counts": None if commune.counts is None else counts_out(commune.counts),
        "share": commune.share,
        "is_over": commune.is_over,
        "findings": None
        if findings is None
        else {each.value: findings.get(each, 0) for each in _SEVERITIES},
        "dossiers": None
        if dossiers is None
        else {name: getattr(dossiers, name) for name in _DOSSIERS},
        "open_tickets": commune.tickets,
    }


def counts_out(counts: Counts) -> dict[str, int]:
    """Give counts of addresses."""
    return {name: getattr(counts, name) for name in _COUNTS}


def growth_out(growth: Growth) -> dict[str, Any]:
    """Give growth as JSON."""
    return {
        "counted_at": growth.counted_at,
        "by": growth.by.value,
        "from": growth.first_day,
        "to": growth.last_day,
        "commune": growth.commune,
        "rows": [{name: getattr(each, name) for name in GROWTH_COLUMNS} for each in growth.rows],
    }


def findings_out(found: Iterable[FindingRow], language: Language) -> dict[str, Any]:
    """Give what audits found as JSON."""
    return {
        "rows": [
            {
                "commune": each.commune,
                "commune_name": each.name,
                "finding": each.kind,
                "title": each.title.in_(language),
                "severity": each.severity.value,
                "count": each.count,
                "audited_at": each.audited_at,
            }
            for each in found
        ]
    }


def expected_out(expected: Expected) -> dict[str, Any]:
    """Give a number of households and who said it."""
    return {
        "commune": expected.commune,
        "households": expected.households,
        "as_of": expected.as_of,
        "source": expected.source,
        "recorded_at": expected.recorded_at,
        "recorded_by": expected.recorded_by,
    }


def coverage_csv(coverage: Coverage) -> bytes:
    """Give coverage as CSV, a row for each commune."""
    return _csv(COVERAGE_COLUMNS, [_coverage_cells(each) for each in coverage.communes])


def _coverage_cells(commune: Commune) -> list[Any]:
    share = commune.share
    counts, findings, dossiers = commune.counts, commune.findings, commune.dossiers
    return [
        commune.code,
        commune.name,
        commune.expected,
        commune.expected_as_of,
        *(None if counts is None else getattr(counts, name) for name in _COUNTS),
        None if share is None else f"{share * 100:.2f}",
        *(None if findings is None else findings.get(each, 0) for each in _SEVERITIES),
        *(None if dossiers is None else getattr(dossiers, name) for name in _DOSSIERS),
        commune.tickets,
        str(commune.is_former).lower(),
    ]


def growth_csv(growth: Growth) -> bytes:
    """Give growth as CSV, a row for each period."""
    rows = [[getattr(each, name) for name in GROWTH_COLUMNS] for each in growth.rows]
    return _csv(GROWTH_COLUMNS, rows)


def findings_csv(found: Iterable[FindingRow], language: Language) -> bytes:
    """Give what audits found as CSV, a row for each commune and kind of finding."""
    rows = [
        [
            each.commune,
            each.name,
            each.kind,
            each.title.in_(language),
            each.severity.value,
            each.count,
            each.audited_at.isoformat(),
        ]
        for each in found
    ]
    return _csv(FINDING_COLUMNS, rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    numbers = frozenset(columns) - _TEXTS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        writer = open_writer(path, Layout((), columns, numbers))
        try:
            writer.write([["" if cell is None else str(cell) for cell in row] for row in rows])
        finally:
            writer.close()
        return path.read_bytes()
