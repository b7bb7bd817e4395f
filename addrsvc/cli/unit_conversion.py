"""Convert a whole file of addresses or unit codes from old communes to new, or back."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, TextIO

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units.conversion import Certainty, Conversion
from addrsvc.admin_units.converting import Asked, convert
from addrsvc.admin_units.units_in_memory import LoadedUnits, UnitsInMemory
from addrsvc.cli import terminal_language
from addrsvc.cli.import_display import progress
from addrsvc.cli.session import in_transaction
from addrsvc.clock import SystemClock, today
from addrsvc.errors import AddrsvcError, Language, Text
from addrsvc.geo.given_point import given_point_or_none
from addrsvc.parsing.model import Status
from addrsvc.registry.bulk.importing import Progress
from addrsvc.registry.bulk.model import Counts
from addrsvc.tabular.csv_reading import CsvSource
from addrsvc.tabular.errors import ColumnUnknown, FileExists, FileMissing
from addrsvc.tabular.formula import neutralise
from addrsvc.tabular.model import Cells, Record
from addrsvc.types import LonLat

COLUMNS: Final = (
    "present_code",
    "present_name",
    "certainty",
    "share",
    "instrument",
    "candidates",
    "note",
)
_UNKNOWN = "unknown"
_RECEIPT: Final = Text(
    "{rows:,} dòng vào = {rows:,} dòng ra: {certain:,} chắc chắn + {by_geometry:,} theo vị trí + "
    "{by_locality:,} theo khu phố, ấp + {candidate:,} nhiều khả năng + {unknown:,} không xác "
    "định → {file}",
    "{rows:,} rows in = {rows:,} rows out: {certain:,} certain + {by_geometry:,} by position + "
    "{by_locality:,} by khu phố or ấp + {candidate:,} with candidates + {unknown:,} unknown → "
    "{file}",
)
_NO_NUMBER: Final = Text("Tọa độ không phải là số.", "The coordinates are no numbers.")
_CORRECTED: Final = Text(
    "Tên có chỗ viết sai, đã được hiểu theo tên gần nhất.",
    "A slip in the name was put right.",
)
_DAY: Final = ["%Y-%m-%d"]


@dataclass(frozen=True, slots=True)
class _Places:
    """Positions of the columns that are read; None: there is none."""

    text: int | None
    code: int | None
    locality: int | None
    lon: int | None
    lat: int | None


@dataclass(frozen=True, slots=True)
class _When:
    """The day to convert to, and a day on which the codes held."""

    to: date
    since: date | None


def convert_file(
    file: Path = typer.Argument(help="CSV on this machine."),
    column: str | None = typer.Option(None, help="Column of addresses or commune names."),
    code_column: str | None = typer.Option(None, help="Column of unit codes, instead."),
    locality_column: str | None = typer.Option(None, help="Column of khu phố or ấp."),
    lon_column: str | None = typer.Option(None, help="Column of longitudes, WGS 84."),
    lat_column: str | None = typer.Option(None, help="Column of latitudes, WGS 84."),
    from_: datetime | None = typer.Option(
        None, "--from", formats=_DAY, help="A day on which the codes held."
    ),
    to: datetime | None = typer.Option(None, formats=_DAY, help="Day to convert to; today."),
    out: Path | None = typer.Option(None, help="File to write; FILE.converted.csv if left out."),
    encoding: str | None = typer.Option(None, help="utf-8, utf-16 or cp1258; guessed if left."),
    force: bool = typer.Option(False, "--force", help="Overwrite the file to write."),
) -> None:
    """Write the file again with the communes of another day beside each row.

    Every row comes out, in order: a row that cannot be converted says why, and a divided commune
    lists its candidates.
    """
    if (column is None) == (code_column is None):
        raise typer.BadParameter("--column or --code-column", param_hint="--column")
    if not file.is_file():
        raise FileMissing(file=file.name)
    target = out or file.with_name(f"{file.stem}.converted.csv")
    if target.exists() and not force:
        raise FileExists(file=target.name)
    source = CsvSource(file, encoding)
    names = (column, code_column, locality_column, lon_column, lat_column)
    places = _Places(*(_position(source, name) for name in names))
    when = _When(
        to.date() if to is not None else today(SystemClock()),
        from_.date() if from_ is not None else None,
    )
    counts = in_transaction(lambda conn: _write(conn, source, target, places, when))
    facts = {kind: counts[kind] for kind in (*Certainty, _UNKNOWN)}
    language = terminal_language()
    print(_RECEIPT.in_(language).format(rows=counts.total(), file=target, **facts))


async def _write(
    conn: AsyncConnection, source: CsvSource, target: Path, places: _Places, when: _When
) -> Counter[str]:
    """Write every row with its answer; give how many are how sure."""
    loaded = await UnitsInMemory().current(conn)
    language, width = terminal_language(), len(source.columns)
    counts: Counter[str] = Counter()
    with _whole_or_nothing(target) as file, progress(source.estimate()) as report:
        writer = csv.writer(file)
        writer.writerow(map(neutralise, (*source.header, *COLUMNS)))
        for done, record in enumerate(source.records(), start=1):
            cells = await _converted(conn, loaded, record, places, when, language)
            writer.writerow(map(neutralise, (*record.fitted(width), *cells)))
            counts[cells[2] or _UNKNOWN] += 1
            report(Progress(done, Counts()))
    return counts


def _position(source: CsvSource, name: str | None) -> int | None:
    if name is None:
        return None
    if name not in source.columns:
        raise ColumnUnknown(column=name, known=", ".join(source.columns))
    return source.columns.index(name)


@contextmanager
def _whole_or_nothing(target: Path) -> Iterator[TextIO]:
    """Write beside the target and put it in place at the end."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
            yield file
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


async def _converted(
    conn: AsyncConnection,
    loaded: LoadedUnits,
    record: Record,
    places: _Places,
    when: _When,
    language: Language,
) -> Cells:
    """Give the cells of ``COLUMNS`` for one row; what cannot be answered says why."""
    if record.error is not None:
        return _problem(record.error.text(language))

    def cell(place: int | None) -> str | None:
        return record.cells[place].strip() if place is not None else None

    try:
        point = _point(cell(places.lon), cell(places.lat))
    except ValueError:
        return _problem(_NO_NUMBER.in_(language))
    except AddrsvcError as error:
        return _problem(error.text(language))
    asked = Asked(
        cell(places.text), cell(places.code), when.since, cell(places.locality) or None, point
    )
    try:
        found = await convert(conn, loaded, asked, when.to)
        return _cells(found.conversion, language, found.status)
    except AddrsvcError as error:
        return _problem(error.text(language))


def _point(lon: str | None, lat: str | None) -> LonLat | None:
    return given_point_or_none(
        float(lon.replace(",", ".")) if lon else None, float(lat.replace(",", ".")) if lat else None
    )


def _problem(text: str) -> Cells:
    return [*[""] * (len(COLUMNS) - 1), text]


def _cells(found: Conversion, language: Language, status: Status | None) -> Cells:
    only = found.settled
    note = found.note.in_(language)
    if status is Status.CORRECTED:
        note = f"{_CORRECTED.in_(language)} {note}"
    if only is not None:
        share = "" if only.share is None else f"{only.share:.2f}"
        act = only.instrument or ""
        return [only.unit.code, only.name, only.certainty.value, share, act, "", note]
    if not found.present:
        return _problem(note)
    candidates = "; ".join(
        f"{each.unit.code} {each.name}" + ("" if each.share is None else f" {each.share:.2f}")
        for each in found.present
    )
    return ["", "", Certainty.CANDIDATE.value, "", "", candidates, note]
