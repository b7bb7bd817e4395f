"""Addresses in bulk: import and export files, get the spreadsheet template."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from addrsvc.cli import terminal_language
from addrsvc.cli.duplicates import duplicates
from addrsvc.cli.import_display import progress, show_columns, show_receipt
from addrsvc.cli.quality_audit import audit
from addrsvc.cli.session import operator
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.errors import Text
from addrsvc.registry.bulk.exporting import ExportFilter, export_file
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.mapping import read_pairs
from addrsvc.registry.bulk.model import ImportOptions, Receipt
from addrsvc.registry.bulk.template import write_template
from addrsvc.registry.model import Kind, Marks, Method, Status
from addrsvc.registry.moments import read_as_of
from addrsvc.settings import Settings
from addrsvc.types import BBox

app = typer.Typer(no_args_is_help=True)
app.command()(audit)
app.command()(duplicates)

_EXPORTED = Text("Đã xuất {count:,} địa chỉ ra {file}", "{count:,} addresses exported to {file}")

BULK_TIMEOUT_MS = 600_000
"""A statement over a whole chunk may take longer than a request's."""


def bulk_settings() -> Settings:
    """Give the settings with time enough for bulk statements."""
    return Settings().model_copy(update={"statement_timeout_ms": BULK_TIMEOUT_MS})


@app.command("import")
def import_(
    file: Path = typer.Argument(help="CSV, XLSX, GeoPackage or GeoJSON."),
    map_: list[str] = typer.Option([], "--map", help="field=column, over what is guessed."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Do everything but keep it."),
    kind: Kind | None = typer.Option(None, help="Kind of rows that do not say it."),
    source: str | None = typer.Option(None, help="Source of rows that do not say it."),
    issuer: str | None = typer.Option(None, help="Who issued the codes given in the file."),
    accuracy_m: float = typer.Option(50.0, min=0.01, max=1000, help="Of positions, in metres."),
    method: Method = typer.Option(Method.UNKNOWN, help="How positions were found."),
    marks: Marks = typer.Option(Marks.OBJECT, help="What positions mark."),
    crs: str | None = typer.Option(None, help="Such as EPSG:9210; CSV and XLSX: EPSG:4326."),
    encoding: str | None = typer.Option(None, help="utf-8, utf-16 or cp1258; guessed if left."),
    layer: str | None = typer.Option(None, help="Sheet or layer; the first if left."),
    distinct_because: str | None = typer.Option(
        None, help="Why rows that look like other addresses are none of them; else refused."
    ),
    chunk: int = typer.Option(20_000, min=1, max=50_000, help="Rows in one transaction."),
) -> None:
    """Import a file of addresses and account for every row.

    Ends with 0 when every row is accounted for, rejected ones included: they stand in a file
    beside the input, each with its reason. Killed or cut off, run the same command again: it
    goes on where it was.
    """
    language = terminal_language()
    options = ImportOptions(
        mapping=read_pairs(map_),
        kind=kind,
        source=source,
        issuer=issuer,
        accuracy_m=accuracy_m,
        method=method,
        marks=marks,
        crs=crs,
        encoding=encoding,
        layer=layer,
        distinct_because=distinct_because,
    )
    opened = open_file(file, options)
    show_columns(opened, language)

    async def run() -> Receipt:
        engine = make_engine(bulk_settings())
        try:
            with progress(opened.source.estimate()) as report:
                return await import_file(
                    opened,
                    engine=engine,
                    principal=operator(),
                    clock=SystemClock(),
                    dry_run=dry_run,
                    chunk=chunk,
                    report=report,
                )
        finally:
            await engine.dispose()

    show_receipt(asyncio.run(run()), language)


@app.command()
def export(
    file: Path = typer.Argument(help="Where to: .csv, .xlsx, .gpkg or .geojson."),
    commune: str | None = typer.Option(None, help="Code of a commune."),
    kind: Kind | None = typer.Option(None, help="Only this kind."),
    status: Status | None = typer.Option(None, help="Only this status."),
    bbox: str | None = typer.Option(None, help="west,south,east,north in degrees."),
    valid_at: str | None = typer.Option(None, help="As of this legal day, such as 2026-01-15."),
    known_at: str | None = typer.Option(None, help="As known at this moment (Vietnam time)."),
    with_secret: bool = typer.Option(False, "--with-secret", help="Secret addresses too."),
    force: bool = typer.Option(False, "--force", help="Overwrite the file."),
) -> None:
    """Export addresses; importing the file again changes nothing. People are not in it."""
    wanted = ExportFilter(
        commune=commune,
        kind=kind,
        status=status,
        bbox=None if bbox is None else BBox.parse(bbox),
        at=read_as_of(valid_at, known_at, SystemClock()),
        with_secret=with_secret,
    )

    async def run() -> int:
        engine = make_engine(bulk_settings())
        try:
            return await export_file(
                file,
                wanted,
                engine=engine,
                principal=operator(),
                clock=SystemClock(),
                force=force,
            )
        finally:
            await engine.dispose()

    count = asyncio.run(run())
    print(_EXPORTED.in_(terminal_language()).format(count=count, file=file))


@app.command()
def template(
    file: Path = typer.Argument(help="Spreadsheet to write, .xlsx."),
    force: bool = typer.Option(False, "--force", help="Overwrite the file."),
) -> None:
    """Write a Vietnamese spreadsheet to fill in and import."""
    write_template(file, force=force)
    print(file)
