"""Prefixes of codes: import the authority's list, reserve ranges, watch how full they are."""

from __future__ import annotations

from pathlib import Path

import typer

from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.registry import prefixes
from addrsvc.registry.prefix_list import read_lines

app = typer.Typer(no_args_is_help=True)


@app.command("import")
def import_(
    file: Path = typer.Argument(
        exists=True, dir_okay=False, help="CSV: prefix, commune_code, issuer, source (may lack)."
    ),
    demo: bool = typer.Option(False, "--demo", help="These prefixes are invented: mark them."),
) -> None:
    """Take over a list of prefixes: all of it or nothing; what is there already stays."""
    lines = read_lines(file)
    report = in_transaction(
        lambda conn: prefixes.import_prefixes(conn, operator(), lines, SystemClock(), is_demo=demo)
    )
    print(f"{len(report.added)} prefixes added, {report.already_there} already there")


@app.command()
def reserve(
    prefix: str = typer.Argument(help="Five digits."),
    first: int = typer.Argument(min=0, max=99_999, help="First suffix of the range."),
    last: int = typer.Argument(min=0, max=99_999, help="Last suffix, inside the range."),
    issuer: str = typer.Option(..., help="Who gives out codes of the range."),
    reason: str = typer.Option("", help="Why: an instrument or an agreement."),
) -> None:
    """Keep a range of suffixes for codes that another issuer gives out."""
    kept = in_transaction(
        lambda conn: prefixes.reserve_range(
            conn,
            operator(),
            prefix=prefix,
            first=first,
            last=last,
            issuer=issuer,
            reason=reason,
            clock=SystemClock(),
        )
    )
    print(f"reserved {kept.prefix}-{kept.first:05d}…{kept.last:05d} for {kept.issuer}")


@app.command("list")
def list_() -> None:
    """List the prefixes: commune, issuer, source; invented ones are marked DEMO."""
    for each in in_transaction(prefixes.list_prefixes):
        mark = "  DEMO (invented)" if each.is_demo else ""
        print(
            f"{each.prefix}  {each.commune_code} {each.commune_name}  {each.issuer}  "
            f"{each.status}  {each.source}{mark}"
        )


@app.command()
def capacity() -> None:
    """Show how full each prefix is; a warning from 80 % on."""
    nearly = 0
    for each in in_transaction(prefixes.list_prefixes):
        room = each.capacity
        nearly += room.nearly_full
        warning = "  WARNING: nearly full, import another prefix" if room.nearly_full else ""
        mark = "  DEMO (invented)" if each.is_demo else ""
        print(
            f"{each.prefix}  {each.commune_code} {each.commune_name}  drawn {room.drawn:,}  "
            f"kept {room.kept:,}  left {room.left:,}  {room.share_used:.0%}{warning}{mark}"
        )
    if nearly:
        print(f"{nearly} prefixes are at 80 % or more")
