"""Dossiers in numbers, from the command line: a table, a CSV file, a map in one HTML file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock, today
from addrsvc.dossiers.statistics import service
from addrsvc.dossiers.statistics.counting import count_dossiers
from addrsvc.dossiers.statistics.drawing import draw_map
from addrsvc.dossiers.statistics.model import Dimension, Statistics, Wanted, parse_by
from addrsvc.dossiers.statistics.tables import lines_of, write_csv
from addrsvc.settings import Settings


def statistics(
    by: str = typer.Option(
        "commune",
        help="Any of commune, day or month, procedure, role, state, category, with commas.",
    ),
    from_: datetime | None = typer.Option(None, "--from", help="Received on this day or later."),
    to: datetime | None = typer.Option(None, help="Received on this day or earlier."),
    commune: str | None = typer.Option(None, help="Code of the commune the addresses lie in."),
    procedure: str | None = typer.Option(None, help="Code of a procedure, as sent."),
    csv: Path | None = typer.Option(None, help="Write the numbers to this CSV file instead."),
    map_: Path | None = typer.Option(None, "--map", help="Draw the communes in this HTML file."),
    recount: bool = typer.Option(False, help="Count all dossiers anew first."),
) -> None:
    """Count addresses of dossiers: linked by itself, corrected, by a person, waiting."""
    language, clock = terminal_language(), SystemClock()
    wanted = Wanted(parse_by(by), _day(from_), _day(to), commune, procedure)
    day = today(clock)

    async def read(conn: AsyncConnection) -> tuple[Statistics, str | None]:
        if recount:
            await count_dossiers(conn, clock, everything=True)
        found = await service.get_statistics(conn, operator(), wanted, day)
        if map_ is None:
            return found, None
        drawn = replace(wanted, by=(Dimension.COMMUNE,))
        communes = await service.get_statistics(conn, operator(), drawn, day)
        shapes = await service.list_shapes(conn, communes.communes, day)
        return found, draw_map(communes, shapes, language, npm_dir=Settings().npm_dir)

    found, html = in_transaction(read)
    if html is not None and map_ is not None:
        map_.write_text(html, encoding="utf-8")
    if csv is not None:
        write_csv(found, csv, language)
    elif map_ is None:
        for line in lines_of(found, language):
            print(line)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()
