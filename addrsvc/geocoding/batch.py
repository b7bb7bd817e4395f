"""Geocode a file: rows in = rows out, in order, each with what became of it.

A batch of rows is read, looked up in one round trip and written with how far the file has got;
killed anywhere, the same command goes on where it was.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

import orjson

from addrsvc.errors import Conflict, Text
from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.forward import Answer, Probe, World, geocode_many, validate
from addrsvc.geocoding.limits import MAX_TEXT
from addrsvc.geocoding.verdict import Verdict
from addrsvc.tabular.csv_reading import CsvSource
from addrsvc.tabular.csv_writing import CsvWriter
from addrsvc.tabular.errors import ColumnUnknown
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.model import Record

BATCH: Final = 1_000
"""Rows of one round trip."""

COLUMNS: Final = (
    "geocode_status",
    "geocode_category",
    "geocode_next_action",
    "geocode_label",
    "geocode_match_level",
    "geocode_confidence",
    "geocode_gap",
    "geocode_lon",
    "geocode_lat",
    "geocode_accuracy_m",
    "geocode_code",
    "geocode_commune_code",
    "geocode_commune",
    "geocode_province_code",
    "geocode_province",
    "geocode_findings",
)
"""Columns added behind those of the file."""

NUMBERS: Final = frozenset(
    {
        "geocode_confidence",
        "geocode_gap",
        "geocode_lon",
        "geocode_lat",
        "geocode_accuracy_m",
    }
)
"""Of these, the numbers."""

STATUSES: Final = ("certain", "review", "not_found", "empty", "too_long", "unreadable")
"""What may become of a row; ``certain``: categories A and B, ``review``: C."""


@dataclass(eq=False)
class OutputOfAnother(Conflict):
    """The file to write is there already, and not from this input."""

    slug = "output-of-another"
    title = Text("Tệp kết quả đã có", "The output exists")
    message = Text(
        "“{file}” đã có và không phải kết quả của tệp này. Hãy chọn tên khác hoặc xóa nó.",
        "“{file}” is there already and was not made from this file. Choose another name, or "
        "remove it.",
    )
    file: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file; kept beside the output while it is written and after."""

    sha256: str
    """Of the input."""
    column: str
    at: str
    """Legal day whose units count as present."""
    rows: int = 0
    out_bytes: int = 0
    """How much of the output is whole."""
    counts: dict[str, int] = field(default_factory=dict)
    complete: bool = False


def receipt_path(out: Path) -> Path:
    """Give where the receipt of an output stands."""
    return out.with_name(out.name + ".receipt.json")


async def geocode_file(
    source: Path,
    out: Path,
    column: str,
    *,
    probe: Probe,
    world: World,
    at: date,
    report: Callable[[Receipt], None] = lambda _: None,
) -> Receipt:
    """Geocode a column of a file into another file; says what became of every row.

    Raises:
        ColumnUnknown: the file has no such column.
        OutputOfAnother: the output is there and is not this file's.
        FileEmpty, HeaderRefused, EncodingUnknown: see ``tabular.csv_reading``.
        psycopg.Error, PoolTimeout: the database does not answer.
    """
    rows = CsvSource(source)
    if column not in rows.columns:
        raise ColumnUnknown(column=column[:80], known=", ".join(rows.columns)[:500])
    place = rows.columns.index(column)
    begun = Receipt(_sha256(source), column, at.isoformat())
    receipt = _resumed(out, begun)
    if receipt.complete:
        return receipt
    layout = Layout(rows.header, COLUMNS, NUMBERS, delimiter=rows.delimiter)
    with closing(CsvWriter(out, layout, receipt.out_bytes)) as writer:
        receipt = _write(writer, [], receipt, out)
        records = islice(rows.records(), receipt.rows, None)
        for batch in _batches(records):
            filled = await _filled(batch, place, len(rows.columns), probe, world, at)
            counts = Counter(receipt.counts) + Counter(row[len(rows.columns)] for row in filled)
            receipt = replace(receipt, rows=receipt.rows + len(filled), counts=dict(counts))
            receipt = _write(writer, filled, receipt, out)
            report(receipt)
            await asyncio.sleep(0)  # where nothing was asked of the database, stop here
    receipt = replace(receipt, complete=True)
    _keep(out, receipt)
    return receipt


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _resumed(out: Path, begun: Receipt) -> Receipt:
    """Give how far the output has got: from its receipt, if it is of this very input."""
    if not out.exists():
        _keep(out, begun)  # before the file: killed between the two, it goes on all the same
        return begun
    kept = receipt_path(out)
    if not kept.exists():
        raise OutputOfAnother(file=out.name)
    receipt = Receipt(**orjson.loads(kept.read_bytes()))
    same = (receipt.sha256, receipt.column, receipt.at) == (begun.sha256, begun.column, begun.at)
    if not same or out.stat().st_size < receipt.out_bytes:
        raise OutputOfAnother(file=out.name)
    return receipt


def _write(
    writer: CsvWriter, rows: Sequence[Sequence[str]], receipt: Receipt, out: Path
) -> Receipt:
    """Write whole rows, then that they are there: in this order, on the disk."""
    writer.write(rows)
    receipt = replace(receipt, out_bytes=writer.position())
    _keep(out, receipt)
    return receipt


def _keep(out: Path, receipt: Receipt) -> None:
    path = receipt_path(out)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(orjson.dumps(asdict(receipt), option=orjson.OPT_INDENT_2))
    fresh.replace(path)


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, BATCH)):
        yield batch


async def _filled(
    batch: Sequence[Record], place: int, width: int, probe: Probe, world: World, at: date
) -> list[list[str]]:
    """Give the rows of a batch with their answers behind them."""
    states = [_state(record, place) for record in batch]
    asked = [at_ for at_, state in enumerate(states) if state is None]
    queries = [Query(at=at, text=batch[each].cells[place], limit=1) for each in asked]
    answers = dict(zip(asked, await geocode_many(probe, world, queries), strict=True))
    rows = []
    for number, (record, state) in enumerate(zip(batch, states, strict=True)):
        cells = record.fitted(width)
        added = [state, *[""] * (len(COLUMNS) - 1)] if state is not None else None
        rows.append(cells + (added or answer_cells(world, answers[number])))
    return rows


def _state(record: Record, place: int) -> str | None:
    """Give why a row is not looked up; None: it is."""
    if record.error is not None or place >= len(record.cells):
        return "unreadable"
    text = record.cells[place]
    if not text.strip():
        return "empty"
    return "too_long" if len(text) > MAX_TEXT else None


def answer_cells(world: World, answer: Answer) -> list[str]:
    """Give one answer in the order of :data:`COLUMNS`; figures as the API rounds them."""
    return verdict_cells(validate(world, answer))


def verdict_cells(verdict: Verdict) -> list[str]:
    """Give the best of what was judged, in the same order."""
    findings = " ".join(dict.fromkeys(each.id for each in verdict.findings))
    judged = [verdict.category, verdict.next_action]
    if not verdict.matches:
        return ["not_found", *judged, *[""] * (len(COLUMNS) - 4), findings]
    match = verdict.matches[0]
    found = match.candidate
    point, province = found.point, found.area.province
    return [
        "review" if verdict.category == "C" else "certain",
        *judged,
        found.label,
        found.level.value,
        f"{round(match.confidence, 4)}",
        f"{round(match.gap, 4)}",
        "" if point is None else f"{round(point.lon, 7)}",
        "" if point is None else f"{round(point.lat, 7)}",
        "" if found.accuracy_m is None else f"{round(found.accuracy_m, 1)}",
        found.code or "",
        found.area.code if province is not None else "",
        found.area.full_name if province is not None else "",
        (province or found.area).code,
        (province or found.area).full_name,
        findings,
    ]
