"""``addrsvc addresses audit``: hold the registry to the rules and report."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import typer

from addrsvc.cli import terminal_language
from addrsvc.cli.session import operator
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.errors import Text
from addrsvc.findings import SEVERITY_NAMES
from addrsvc.registry.model import Visibility
from addrsvc.registry.quality.auditing import AuditRun, audit_addresses
from addrsvc.registry.quality.catalogue import CATALOGUE
from addrsvc.registry.quality.reporting import write_page, write_table
from addrsvc.settings import Settings

_TIMEOUT_MS = 3_600_000
_STEP = 50_000

_DONE = Text(
    "Đã kiểm tra {addresses:,} địa chỉ; {findings:,} điều được nêu.",
    "{addresses:,} addresses looked at; {findings:,} findings.",
)
_LOOKED_AT = Text("Đã xem {count:,} địa chỉ", "{count:,} addresses looked at")
_WRITTEN = Text("Đã ghi {file}", "Written: {file}")


def audit(
    commune: str | None = typer.Option(None, help="Code of a commune; all if left out."),
    out: Path | None = typer.Option(None, help="Page to write, .html."),
    csv: Path | None = typer.Option(None, "--csv", help="Table of every finding to write, .csv."),
    with_secret: bool = typer.Option(
        False, "--with-secret", help="Findings on secret addresses in the table too."
    ),
) -> None:
    """Hold every address to the rules; what is found is served at /v1/quality.

    Takes about a minute for a province and disturbs nobody. Stopped half-way, it leaves the last
    audit as it was.
    """
    language = terminal_language()
    run = asyncio.run(_audit(commune, out, csv, with_secret=with_secret))
    print(_DONE.in_(language).format(addresses=run.addresses, findings=run.findings))
    totals: Counter[str] = Counter()
    for (_, _, kind, _), count in run.counts.items():
        totals[kind] += count
    for each in CATALOGUE.values():
        if totals[each.id]:
            weight = SEVERITY_NAMES[each.severity].in_(language)
            print(f"{totals[each.id]:>10,}  {weight}  {each.title.in_(language)}  [{each.id}]")
    for file in (out, csv):
        if file is not None:
            print(_WRITTEN.in_(language).format(file=file))


async def _audit(
    commune: str | None, out: Path | None, table: Path | None, *, with_secret: bool
) -> AuditRun:
    settings = Settings().model_copy(update={"statement_timeout_ms": _TIMEOUT_MS})
    engine = make_engine(settings)
    clock, language = SystemClock(), terminal_language()
    said = 0

    def report(count: int) -> None:
        nonlocal said
        if count - said >= _STEP:
            said = count
            typer.echo(_LOOKED_AT.in_(language).format(count=count), err=True)

    try:
        run = await audit_addresses(engine, operator(), clock, commune=commune, report=report)
        async with transaction(engine) as conn:
            if out is not None:
                await write_page(conn, out, run.run_id, clock.now())
            if table is not None:
                hidden = () if with_secret else (Visibility.SECRET,)
                levels = [level for level in Visibility if level not in hidden]
                await write_table(conn, table, run.run_id, levels)
        return run
    finally:
        await engine.dispose()
