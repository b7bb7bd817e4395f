"""What a plan changes against others, on the terminal or as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.plans_display import show_changes
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.errors import Text
from addrsvc.planning.changes import service
from addrsvc.planning.changes.errors import ChangesNotReady
from addrsvc.planning.changes.model import ComparisonState
from addrsvc.planning.changes.schemas import csv_of, numbers_of
from addrsvc.planning.changes.service import Compared, Telling

_WRITTEN = Text("Đã ghi bảng thay đổi vào {file}", "The changes were written to {file}")
_NOBODY_ASKED = {ComparisonState.NONE, ComparisonState.STALE}


def changes(
    plan_id: int = typer.Argument(help="Number of the plan, as list shows it."),
    against: str | None = typer.Option(
        None,
        help="Numbers of plans, such as 12,15; empty: none. Left out: those whose place it took.",
    ),
    again: bool = typer.Option(
        False, "--again", help="Have it worked out anew: after a failure, or for new counts."
    ),
    out: Path | None = typer.Option(None, help="Write the table to a .csv file."),
) -> None:
    """Show what a plan changes: m² from land use to land use, addresses and dossiers concerned.

    A worker finds out: where nobody has asked for it, it is asked for, and told when this is run
    again.
    """
    if out is not None and out.suffix.lower() != ".csv":
        raise typer.BadParameter(".csv", param_hint="--out")
    asked, clock = numbers_of(against), SystemClock()

    async def read(conn: AsyncConnection) -> tuple[Compared, Sequence[Telling]]:
        found = await service.get_compared(conn, operator(), plan_id, asked)
        if again or found.comparison.state in _NOBODY_ASKED:
            found = await service.ask_compared(conn, operator(), plan_id, clock, asked)
        return found, await service.list_tellings(conn, operator(), plan_id) or ()

    language = terminal_language()
    found, tellings = in_transaction(read)
    show_changes(found, tellings, language)
    if out is not None:
        differences = found.comparison.differences
        if differences is None:
            raise ChangesNotReady(state=found.comparison.state.value)
        out.write_bytes(csv_of(found, differences, language))
        print(_WRITTEN.in_(language).format(file=out))
