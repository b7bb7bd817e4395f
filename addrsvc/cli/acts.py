"""Acts over thousands of addresses: plan, preview, run, undo."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.cli import acts_plan, terminal_language
from addrsvc.cli.acts_display import show_act, show_preview, show_progress, write_map
from addrsvc.cli.addresses import bulk_settings
from addrsvc.cli.import_display import counting
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.registry.bulk_acts import acts, planning
from addrsvc.registry.bulk_acts.engine import CHUNK, Progress, Runner, Undoer
from addrsvc.registry.bulk_acts.engine import run_act as run_to_end
from addrsvc.registry.bulk_acts.engine import undo_act as undo_to_end
from addrsvc.registry.bulk_acts.model import WHY_TEXTS
from addrsvc.registry.bulk_acts.preview import areas_of, preview_act
from addrsvc.registry.bulk_acts.undecided import all_undecided
from addrsvc.registry.label import address_line
from addrsvc.tabular.formula import neutralise

app = typer.Typer(no_args_is_help=True)
app.add_typer(acts_plan.app, name="plan", help=acts_plan.__doc__)

T = TypeVar("T")
_CHUNK = typer.Option(CHUNK, min=1, max=50_000, help="Addresses in one transaction.")


@app.command()
def preview(
    act_id: int = typer.Argument(help="Number of the act."),
    map_: Path | None = typer.Option(None, "--map", help="Write a map: .html or .geojson."),
    limit: int | None = typer.Option(None, min=1, help="Examine no more addresses than this."),
) -> None:
    """Show what an act would do; nothing is changed."""
    language = terminal_language()

    async def run(conn: AsyncConnection) -> None:
        with counting(None) as report:
            made = await preview_act(conn, operator(), act_id, limit=limit, report=report)
        show_preview(made, language)
        if map_ is not None:
            write_map(map_, made, await areas_of(conn, made), language)

    in_transaction(run)


@app.command()
def run(act_id: int = typer.Argument(help="Number of the act."), chunk: int = _CHUNK) -> None:
    """Run an act to its end; killed or cut off, run the same command again: it goes on."""

    async def work(engine: AsyncEngine) -> Progress:
        runner = Runner(engine, operator(), SystemClock(), act_id)
        with counting(await runner.total()) as report:
            return await run_to_end(runner, size=chunk, report=report)

    show_progress(_with_engine(work), terminal_language())


@app.command()
def undo(
    act_id: int = typer.Argument(help="Number of the act."),
    reason: str | None = typer.Option(None, help="Why; needed the first time."),
    leave_changed: bool = typer.Option(
        False, "--leave-changed", help="Leave what was written since as it is."
    ),
    chunk: int = _CHUNK,
) -> None:
    """Undo an act as one act; killed or cut off, run the same command again: it goes on."""

    async def work(engine: AsyncEngine) -> Progress:
        undoer = Undoer(engine, operator(), SystemClock(), act_id)
        undo_id = await undoer.begin(reason, leave_changed=leave_changed)
        with counting(await undoer.total(undo_id)) as report:
            return await undo_to_end(
                undoer, reason, leave_changed=leave_changed, size=chunk, report=report
            )

    show_progress(_with_engine(work), terminal_language())


@app.command()
def cancel(act_id: int = typer.Argument(help="Number of the act.")) -> None:
    """Give up an act of which nothing was done."""
    language = terminal_language()
    show_act(
        in_transaction(lambda conn: planning.cancel_act(conn, operator(), act_id, SystemClock())),
        language,
    )


@app.command("list")
def list_() -> None:
    """List bulk acts, latest first."""
    for act in in_transaction(lambda conn: acts.list_acts(conn, operator())):
        show_act(act, terminal_language())


@app.command()
def show(act_id: int = typer.Argument(help="Number of the act.")) -> None:
    """Show one act with its counts."""
    show_act(
        in_transaction(lambda conn: acts.get_bulk_act(conn, act_id)),
        terminal_language(),
        whole=True,
    )


@app.command()
def undecided(
    act_id: int = typer.Argument(help="Number of the act."),
    out: Path = typer.Option(help="CSV file to write."),
) -> None:
    """Write the addresses an act left for a person, each with the reason."""
    language = terminal_language()

    async def work(conn: AsyncConnection) -> int:
        count = 0
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ("code", "address", "commune_code", "reason", "why", "candidates", "settled")
            )
            async for each in all_undecided(conn, operator(), act_id):
                line = address_line(each.document.components, "", "")
                why = WHY_TEXTS[each.why].in_(language)
                candidates = " ".join(each.candidates)
                facts = (each.commune_code, each.why.value, why, candidates)
                writer.writerow((each.ref, neutralise(line), *facts, int(each.settled)))
                count += 1
        return count

    print(f"{in_transaction(work):,} → {out}")


def _with_engine(work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    async def run() -> T:
        engine = make_engine(bulk_settings())
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())
