"""How far collection is: households expected, counts per commune, growth, a map."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.cli.units import say
from addrsvc.clock import SystemClock, today
from addrsvc.coverage import service
from addrsvc.coverage.counting import count_addresses
from addrsvc.coverage.drawing import draw_map
from addrsvc.coverage.expected import Receipt, take_expected
from addrsvc.coverage.expected_file import ExpectedFile, read_expected
from addrsvc.coverage.model import Coverage, Growth, Period
from addrsvc.coverage.service import GrowthWanted
from addrsvc.coverage.tables import coverage_csv, growth_csv
from addrsvc.coverage.wording import COUNT_NAMES, NO_DATA, percent
from addrsvc.settings import Settings
from addrsvc.tabular.errors import FileExists
from addrsvc.wording import moment_words, number_words

app = typer.Typer(no_args_is_help=True)

_CSV = typer.Option(None, help="Write a CSV file instead.")
_FORCE = typer.Option(False, "--force", help="Overwrite files.")


class _DryRunDone(Exception):
    """Rolls the transaction back after a dry run."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__()
        self.receipt = receipt


@app.command("import-expected")
def import_expected(
    file: Path = typer.Argument(
        help="CSV or XLSX with columns commune_code and households; commune_name is compared."
    ),
    as_of: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], help="Day of the numbers; today if left out."
    ),
    source: str | None = typer.Option(None, help="Where they come from; the name of the file."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check and count, store nothing."),
) -> None:
    """Keep how many households communes are said to have; those said before stay on record.

    Rows in = added + already there + rejected, each rejected one with its reason. Ends with 5
    where a row was rejected; the others count.
    """
    clock = SystemClock()
    given = read_expected(file)
    day = today(clock) if as_of is None else as_of.date()

    async def act(conn: AsyncConnection) -> Receipt:
        said_by = source or file.name
        receipt = await take_expected(
            conn, operator(), given.rows, as_of=day, source=said_by, clock=clock
        )
        if dry_run:
            raise _DryRunDone(receipt)
        return receipt

    try:
        receipt = in_transaction(act)
    except _DryRunDone as done:
        receipt = done.receipt
        say("Chạy thử: chưa lưu gì.", "Dry run: nothing was stored.")
    _print_receipt(given, receipt)
    if receipt.count("rejected"):
        raise typer.Exit(5)


def _print_receipt(given: ExpectedFile, receipt: Receipt) -> None:
    language = terminal_language()
    say("Cột được hiểu:", "Columns understood:")
    for field, column in given.columns:
        print(f"  {field} = {column}")
    for line, each in zip(given.lines, receipt.rows, strict=True):
        if each.why is not None:
            say(f"Dòng {line}: {each.why.vi}", f"Line {line}: {each.why.en}")
    counts = Counter(each.outcome for each in receipt.rows)
    added, there, rejected = (counts[each] for each in ("added", "already-there", "rejected"))
    total = number_words(receipt.households, language)
    say(
        f"{len(receipt.rows)} dòng = {added} thêm mới + {there} đã có + {rejected} bị từ chối; "
        f"tổng {total} hộ",
        f"{len(receipt.rows)} rows = {added} added + {there} already there + {rejected} rejected; "
        f"{total} households",
    )


@app.command()
def show(
    csv: Path | None = _CSV,
    map_: Path | None = typer.Option(None, "--map", help="Draw the communes in this HTML file."),
    recount: bool = typer.Option(False, help="Count all addresses anew first."),
    force: bool = _FORCE,
) -> None:
    """Show how far communes are."""
    _refuse_to_overwrite(csv, map_, force=force)
    language, clock = terminal_language(), SystemClock()
    day = today(clock)

    async def read(conn: AsyncConnection) -> tuple[Coverage, str | None]:
        if recount:
            await count_addresses(conn, clock, everything=True)
        found = await service.get_coverage(conn, operator(), day)
        if map_ is None:
            return found, None
        shapes = await service.list_shapes(conn, found, day)
        return found, draw_map(found, shapes, language, npm_dir=Settings().npm_dir)

    found, html = in_transaction(read)
    if map_ is not None and html is not None:
        map_.write_text(html, encoding="utf-8")
    if csv is not None:
        csv.write_bytes(coverage_csv(found))
    elif map_ is None:
        _print_coverage(found)


@app.command()
def growth(
    by: Period = typer.Option(Period.DAY, help="Period."),
    from_: datetime | None = typer.Option(None, "--from", formats=["%Y-%m-%d"], help="First day."),
    to: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="Last day; today."),
    commune: str | None = typer.Option(None, help="Code of a present commune."),
    csv: Path | None = _CSV,
    force: bool = _FORCE,
) -> None:
    """Show addresses made, verified and retired, period by period."""
    _refuse_to_overwrite(csv, force=force)
    clock = SystemClock()
    first, last = (None if each is None else each.date() for each in (from_, to))
    wanted = GrowthWanted(by, first, last, commune)

    async def read(conn: AsyncConnection) -> Growth:
        return await service.get_growth(conn, operator(), wanted, today(clock))

    found = in_transaction(read)
    if csv is not None:
        csv.write_bytes(growth_csv(found))
        return
    print("first-day   last-day     made  verified  retired")
    for each in found.rows:
        print(
            f"{each.first_day}  {each.last_day}  {each.made:>6}  {each.verified:>8}  "
            f"{each.retired:>7}"
        )


def _print_coverage(found: Coverage) -> None:
    language = terminal_language()
    if found.counted_at is None:
        say(
            "Chưa thống kê lần nào: hãy chạy tiến trình nền (addrsvc worker), hoặc thêm --recount.",
            "Nothing was counted yet: run a worker (addrsvc worker), or add --recount.",
        )
    else:
        at = moment_words(found.counted_at, language)
        say(f"Số liệu lúc {at}", f"As of {at}")
    for each in found.communes:
        counts = each.counts
        if counts is None:
            print(f"{each.code}  {each.name}: {NO_DATA.in_(language)}")
            continue
        said = [
            f"{COUNT_NAMES[name].in_(language)} {number_words(getattr(counts, name), language)}"
            for name in ("in_use", "households", "verified", "notified", "plate_fixed")
        ]
        if each.share is not None and each.expected is not None:
            expected = number_words(each.expected, language)
            over = " !" if each.is_over else ""
            said.append(f"{percent(each.share, language)} / {expected}{over}")
        print(f"{each.code}  {each.name}: {', '.join(said)}")


def _refuse_to_overwrite(*files: Path | None, force: bool) -> None:
    for file in files:
        if file is not None and file.exists() and not force:
            raise FileExists(file=file.name)
