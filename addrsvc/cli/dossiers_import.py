"""Bring the dossiers of a file in: columns found, progress, the receipt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import typer

from addrsvc.cli import terminal_language
from addrsvc.cli.import_display import counting
from addrsvc.cli.session import operator, reach
from addrsvc.clock import SystemClock
from addrsvc.db.doors import open_doors
from addrsvc.dossiers.bulk_file import STATUSES, FileReceipt, bring_file, reader_for
from addrsvc.dossiers.bulk_rows import Reader, RowBrought, SpreadsheetRows, put_rows
from addrsvc.dossiers.columns import FIELD_NAMES
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.model import LINK_STATE_NAMES, AddressRole, LinkState
from addrsvc.errors import Language, Text
from addrsvc.geocoding.world import load_geocoder
from addrsvc.registry.bulk.mapping import read_pairs
from addrsvc.registry.lookup import CodeLookup
from addrsvc.settings import Settings
from addrsvc.tabular.errors import FileExists
from addrsvc.tabular.sources import Source, open_source

_LONG_MS: Final = 600_000
"""Reading all names once may take longer than a request's statement."""

_COLUMNS: Final = Text("Cột của tệp:", "Columns of the file:")
_UNUSED: Final = Text("Không dùng", "Not used")
_PERSONS: Final = Text(
    "Về người, chỉ đọc để bỏ khỏi địa chỉ", "About persons, read only to leave them out"
)
_NATIONAL: Final = Text(
    "Đọc theo bản ghi của Cổng Dịch vụ công quốc gia.", "Read as records of the national portal."
)
_REHEARSED: Final = Text("THỬ: chưa ghi gì vào sổ.", "DRY RUN: nothing was brought in.")
_ROWS: Final = Text("Số dòng", "Rows")
_STATUS_NAMES: Final[dict[str, Text]] = {
    "received": Text("  hồ sơ mới", "  new"),
    "changed": Text("  hồ sơ có thay đổi", "  changed"),
    "unchanged": Text("  hồ sơ giữ nguyên", "  unchanged"),
    "refused": Text("  bị từ chối", "  refused"),
    "unreadable": Text("  không đọc được", "  unreadable"),
}
_ADDRESSES: Final = Text("Địa chỉ", "Addresses")
_LEFT_OUT: Final = Text(
    "Dữ liệu về người đã bỏ: {fields:,} trường, {texts:,} đoạn trong địa chỉ.",
    "Left out of persons: {fields:,} fields, {texts:,} texts in addresses.",
)
_INPUT: Final = Text("Tệp vào, SHA-256: {sha256}", "Input, SHA-256: {sha256}")
_RESULT: Final = Text("Kết quả từng dòng: {file}", "What became of each row: {file}")
_STOPPED: Final = Text(
    "Đã dừng; phần đã làm vẫn còn trong sổ. Chạy lại đúng lệnh này để làm tiếp.",
    "Stopped; what is done stays. Run the same command again to do the rest.",
)


def import_(
    file: Path = typer.Argument(help="CSV, XLSX, NDJSON, Parquet, GeoPackage or GeoJSON."),
    out: Path | None = typer.Option(None, help="Result; beside the file if left out."),
    column: list[str] = typer.Option([], help="field=column, over what is guessed."),
    role: AddressRole = typer.Option(
        AddressRole.RESIDENCE_CURRENT, help="Of addresses that do not say what they are."
    ),
    national: bool = typer.Option(
        False, "--national", help="Rows are records of the national portal; told by itself too."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Do everything but keep it."),
    force: bool = typer.Option(False, "--force", help="Overwrite the result of an earlier run."),
    encoding: str | None = typer.Option(None, help="utf-8, utf-16 or cp1258; guessed if left."),
    layer: str | None = typer.Option(None, help="Sheet or layer; the first if left."),
) -> None:
    """Bring the dossiers of a file in: rows of one code are addresses of one dossier.

    Names and numbers of persons are not taken over; the result has them still, as your own file
    does. Ends with 0 when every row is accounted for, refused ones included: the result says why.
    Interrupted, run the same command again: what is done already changes nothing.
    """
    language = terminal_language()
    source = open_source(file, encoding=encoding, layer=layer)
    result = out or file.with_name(f"{file.stem}.dossiers.csv")
    if result.resolve() == file.resolve() or (result.exists() and not force):
        raise FileExists(file=result.name)
    reader = reader_for(source, read_pairs(column), role, national=national)
    _show_columns(reader, language)
    begun = time.monotonic()
    try:
        with counting(source.estimate()) as report:
            work = _bring(file, source, result, reader, dry_run, language, report)
            receipt = asyncio.run(work)
    except KeyboardInterrupt:
        print(_STOPPED.in_(language))
        raise typer.Exit(130) from None
    if dry_run:
        print(_REHEARSED.in_(language))
    _show(receipt, language)
    print(_RESULT.in_(language).format(file=result))
    print(f"{time.monotonic() - begun:.1f} s")


async def _bring(
    file: Path,
    source: Source,
    out: Path,
    reader: Reader,
    dry_run: bool,
    language: Language,
    report: Callable[[int], None],
) -> FileReceipt:
    settings, clock = Settings(), SystemClock()
    await reach(settings)
    longer = max(settings.statement_timeout_ms, _LONG_MS)
    doors = await open_doors(settings.model_copy(update={"statement_timeout_ms": longer}))
    try:
        geocoder = await load_geocoder(doors, clock)
        judge, since = Judge(geocoder, CodeLookup(doors.lookups), doors.pool), clock.now()

        async def put(rows: Sequence[Sequence[str]]) -> list[RowBrought]:
            return await put_rows(
                doors.engine,
                operator(),
                judge,
                reader,
                rows,
                clock,
                since=since,
                is_rehearsal=dry_run,
            )

        used = None
        if isinstance(reader, SpreadsheetRows):
            used = frozenset(reader.columns.at.values())
        return await bring_file(
            file, source, out, put, language, lambda each: report(each.rows), used
        )
    finally:
        await doors.close()


def _show_columns(reader: Reader, language: Language) -> None:
    if not isinstance(reader, SpreadsheetRows):
        print(_NATIONAL.in_(language))
        return
    columns = reader.columns
    print(_COLUMNS.in_(language))
    for field, name in columns.pairs():
        print(f"  {FIELD_NAMES[field].in_(language)} ← {name}")
    persons = [columns.columns[at] for at in columns.persons]
    unused = [name for name in columns.unused() if name not in persons]
    for text, names in ((_UNUSED, unused), (_PERSONS, persons)):
        if names:
            print(f"  {text.in_(language)}: {', '.join(names)}")


def _show(receipt: FileReceipt, language: Language) -> None:
    lines = [(_ROWS.in_(language), receipt.rows)]
    lines += [(_STATUS_NAMES[each].in_(language), receipt.counts[each]) for each in STATUSES]
    lines.append((_ADDRESSES.in_(language), receipt.states.total()))
    lines += [
        (f"  {LINK_STATE_NAMES[each].in_(language)}", receipt.states[each.value])
        for each in LinkState
        if receipt.states[each.value]
    ]
    for name, count in lines:
        print(f"{name:<28}{count:>12,}")
    print(_LEFT_OUT.in_(language).format(**{"fields": 0, "texts": 0} | receipt.left_out))
    print(_INPUT.in_(language).format(sha256=receipt.sha256))
