"""Write what an audit found: a table of every finding, and one page that needs nothing else.

Neither holds the name of a person; where personal data stand is in the table only.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined

from addrsvc.auth.model import ANONYMOUS
from addrsvc.auth.sight import sight_of
from addrsvc.clock import VIETNAM
from addrsvc.codes.code import DigitalCode
from addrsvc.db.rows import Connection
from addrsvc.errors import LANGUAGES
from addrsvc.findings import SEVERITY_NAMES, FindingKind, Severity
from addrsvc.registry.model import Visibility
from addrsvc.registry.quality import repository
from addrsvc.registry.quality.catalogue import CATALOGUE, PERSONAL
from addrsvc.registry.quality.repository import CommuneQuality, Noted
from addrsvc.tabular.formula import neutralise
from addrsvc.wording import number_words

COLUMNS: Final = (
    "ref",
    "commune_code",
    "commune_name",
    "finding",
    "severity",
    "message_vi",
    "message_en",
)
_EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of finding on the page."""

    kind: FindingKind
    count: int
    examples: tuple[Noted, ...]


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """One commune on the page."""

    quality: CommuneQuality
    by_severity: dict[Severity, int]
    kinds: tuple[tuple[FindingKind, int], ...]


async def write_table(
    conn: Connection, path: Path, run_id: int, visibilities: Sequence[Visibility]
) -> int:
    """Write every finding of a run as CSV; give their number. The file appears whole."""
    partial = path.with_name(f".{path.name}.partial")
    count = 0
    try:
        with partial.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            async for noted in repository.all_findings(conn, run_id, visibilities):
                writer.writerow([neutralise(cell) for cell in _cells(noted)])
                count += 1
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _cells(noted: Noted) -> list[str]:
    finding = noted.finding
    return [
        printed(noted),
        noted.commune_code,
        noted.commune_name,
        finding.id,
        finding.severity.value,
        finding.text("vi"),
        finding.text("en"),
    ]


def printed(noted: Noted) -> str:
    """Give what people call an address: its code as printed, or ``p<id>``."""
    return noted.ref if noted.code is None else DigitalCode.of(noted.code).printed


async def write_page(conn: Connection, path: Path, run_id: int, at: datetime) -> None:
    """Write one page with counts by rule and by commune, and examples. It appears whole.

    Only public addresses are counted and shown.
    """
    communes = await repository.counts(conn, sight_of(ANONYMOUS))
    shown = await repository.examples(conn, run_id, _EXAMPLES)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(page(communes, shown, at), encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def page(communes: Sequence[CommuneQuality], shown: Iterable[Noted], at: datetime) -> str:
    """Give the page as HTML: no script, nothing fetched, every text escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    source = resources.files(__package__).joinpath("report.html").read_text(encoding="utf-8")
    addresses = sum(each.addresses for each in communes)
    return environment.from_string(source).render(
        languages=LANGUAGES,
        at=at.astimezone(VIETNAM),
        number=number_words,
        addresses=addresses,
        kinds=_kind_rows(communes, shown),
        communes=[_commune_row(each) for each in communes],
        severities=[Severity.ERROR, Severity.WARNING, Severity.INFO],
        severity_names=SEVERITY_NAMES,
        printed=printed,
    )


def _kind_rows(communes: Sequence[CommuneQuality], shown: Iterable[Noted]) -> list[KindRow]:
    counts: dict[str, int] = defaultdict(int)
    for commune in communes:
        for each in commune.counts:
            counts[each.kind] += each.count
    examples: dict[str, list[Noted]] = defaultdict(list)
    for noted in shown:
        if noted.finding.id not in PERSONAL:
            examples[noted.finding.id].append(noted)
    found = [
        KindRow(kind, counts[kind.id], tuple(examples[kind.id]))
        for kind in CATALOGUE.values()
        if counts[kind.id]
    ]
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    return sorted(found, key=lambda each: (order.index(each.kind.severity), -each.count))


def _commune_row(quality: CommuneQuality) -> CommuneRow:
    by_severity: dict[Severity, int] = dict.fromkeys(Severity, 0)
    kinds: dict[str, int] = defaultdict(int)
    for each in quality.counts:
        by_severity[each.severity] += each.count
        kinds[each.kind] += each.count
    most = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return CommuneRow(quality, by_severity, tuple((CATALOGUE[id_], n) for id_, n in most))
