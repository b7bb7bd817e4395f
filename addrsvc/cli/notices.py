"""Notices and plates: print those of an area, note what was done, count."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock, today
from addrsvc.errors import InvalidInput, Text
from addrsvc.notices import marking, service
from addrsvc.notices.model import Batch, Count, How, Mark, Marked, Reason, State, Wanted
from addrsvc.notices.sheets import print_letters, print_plates
from addrsvc.paper.plate import PlateSize
from addrsvc.registry.model import Address
from addrsvc.settings import Settings
from addrsvc.tabular.errors import FileExists
from addrsvc.tabular.formula import neutralise, restore

app = typer.Typer(no_args_is_help=True)

_COLUMNS = ("code", "mã", "mã địa chỉ số", "ma", "ma dia chi so")
_PREPARED = Text("Đợt in {batch}: {count} địa chỉ.", "Batch {batch}: {count} addresses.")


@dataclass(eq=False)
class PublicUrlMissing(InvalidInput):
    """Codes to scan hold a link, and nobody said under which address the service is reached."""

    slug = "notice-public-url-missing"
    title = Text("Chưa có địa chỉ dịch vụ", "Address of the service missing")
    message = Text(
        "Mã QR chứa liên kết tới dịch vụ. Hãy đặt ADDRSVC_PUBLIC_URL (như https://…) rồi chạy lại.",
        "The QR codes hold a link to the service. Set ADDRSVC_PUBLIC_URL and run again.",
    )


@dataclass(eq=False)
class CodesUnreadable(InvalidInput):
    """A file of codes cannot be read."""

    slug = "notice-codes-unreadable"
    title = Text("Không đọc được tệp mã", "File of codes unreadable")
    message = Text(
        "Không đọc được {file}. Cần tệp CSV, UTF-8, cột đầu hoặc cột tên code là mã địa chỉ số.",
        "{file} cannot be read. Give a CSV in UTF-8 whose first column, or the one named code, "
        "holds address codes.",
    )
    file: str


@app.command()
def prepare(
    out: Path | None = typer.Option(None, help="File for the plates (.pdf)."),
    letters: Path | None = typer.Option(None, help="File for the letters (.pdf)."),
    commune: str | None = typer.Option(None, help="Code of the commune."),
    locality: str | None = typer.Option(None, help="Khu phố, ấp, tổ of it, by name."),
    codes: Path | None = typer.Option(None, help="CSV of codes, instead of a commune."),
    not_yet: State | None = typer.Option(None, help="Only where that was not done yet."),
    size: PlateSize = typer.Option(PlateSize.SMALL, help="Of the plates."),
    note: str | None = typer.Option(None, help="What the batch is for."),
    force: bool = typer.Option(False, "--force", help="Overwrite the files."),
) -> None:
    """Make a batch of the addresses of an area, and print its plates and letters."""
    settings = Settings()
    origin = settings.public_url.rstrip("/")
    for file in (out, letters):
        if file is not None and file.exists() and not force:
            raise FileExists(file=file.name)
    if (out or letters) and not origin:
        raise PublicUrlMissing
    given = () if codes is None else tuple(text for text in _first_column(codes) if text.strip())
    wanted = Wanted(commune, locality, given, not_yet, note)
    clock = SystemClock()

    async def run(conn: AsyncConnection) -> tuple[Batch, list[Address]]:
        batch = await service.prepare(conn, operator(), wanted, clock)
        found: list[Address] = []
        for part in range(1, batch.parts + 1):
            found += (await service.read_part(conn, operator(), batch.batch_id, part))[1]
        return batch, found

    batch, found = in_transaction(run)
    if out is not None:
        _write(out, print_plates(found, origin, size, settings.npm_dir))
    if letters is not None:
        day = today(clock)
        pdf = print_letters(found, origin, day, settings.npm_dir, is_demo=settings.demo)
        _write(letters, pdf)
    said = _PREPARED.in_(terminal_language())
    print(said.format(batch=batch.batch_id, count=batch.addresses))


@app.command()
def mark(
    codes: Path = typer.Argument(exists=True, dir_okay=False, help="CSV of codes."),
    state: State = typer.Option(..., help="What was done."),
    on: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="On which day; today."),
    how: How | None = typer.Option(None, help="How people were told."),
    reason: Reason | None = typer.Option(None, help="With --state not-met: why nobody was met."),
    undo: bool = typer.Option(False, "--undo", help="Take it back instead."),
    out: Path | None = typer.Option(None, help="CSV of what came of each row."),
    force: bool = typer.Option(False, "--force", help="Overwrite that file."),
) -> None:
    """Note for a list of codes what was done; as many rows come out as went in, in order."""
    if out is not None and out.exists() and not force:
        raise FileExists(file=out.name)
    given, clock = _first_column(codes), SystemClock()
    day = today(clock) if on is None else on.date()

    async def run(conn: AsyncConnection) -> list[Marked]:
        if undo:
            return await marking.take_back(conn, operator(), state, given, clock)
        return await marking.mark(conn, operator(), Mark(state, day, how, reason), given, clock)

    found = in_transaction(run)
    language = terminal_language()
    if out is not None:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("code", "outcome", "error", "detail"))
            for each in found:
                detail = "" if each.why is None else each.why.in_(language)
                writer.writerow(
                    map(neutralise, (each.given, each.outcome, each.slug or "", detail))
                )
    for outcome, count in sorted(Counter(each.outcome for each in found).items()):
        print(f"{outcome}: {count}")
    print(f"rows: {len(given)} in, {len(found)} out")
    if any(each.outcome == "refused" for each in found):
        raise typer.Exit(5)


@app.command()
def counts() -> None:
    """Show how far each commune is."""

    async def run(conn: AsyncConnection) -> list[Count]:
        return await service.counts(conn, operator())

    print("commune  addresses  notified  plate-fixed  not-met")
    for each in in_transaction(run):
        done = f"{each.notified:>8}  {each.plate_fixed:>11}  {each.not_met:>7}"
        print(f"{each.commune}  {each.addresses:>9}  {done}")


def _first_column(file: Path) -> Sequence[str]:
    """Give the codes of a file, one for each row that is not empty; a heading is none."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            lines = [row for row in csv.reader(opened) if row]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise CodesUnreadable(file=file.name) from None
    column = 0
    if lines:
        heads = [head.strip().lower() for head in lines[0]]
        named = [at for at, head in enumerate(heads) if head in _COLUMNS]
        if named:
            column, lines = named[0], lines[1:]
    return [restore(row[column]) if column < len(row) else "" for row in lines]


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    partial = file.with_name(f".{file.stem}.{os.getpid()}.partial{file.suffix}")
    try:
        partial.write_bytes(content)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
