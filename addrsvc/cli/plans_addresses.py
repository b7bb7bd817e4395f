"""What plans say of every address, or of a list of codes, as a file."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import typer

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock, today
from addrsvc.codes.code import parse_code
from addrsvc.errors import Text
from addrsvc.planning.many import Asked, write_uses
from addrsvc.tabular.errors import FileExists

_DONE = Text("Đã ghi {count:,} dòng vào {file}", "{count:,} rows written to {file}")


def addresses(
    out: Path = typer.Option(..., help="Where to: .csv, .xlsx, .ndjson or .parquet."),
    plan: int | None = typer.Option(None, help="Only this plan, drafts too; else those in force."),
    at: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], help="Legal day whose plans count; today."
    ),
    codes: Path | None = typer.Option(None, help="File of address codes, one a line; else all."),
    with_secret: bool = typer.Option(False, "--with-secret", help="Secret addresses too."),
    force: bool = typer.Option(False, "--force", help="Overwrite the file."),
) -> None:
    """Write which land use plans give each address: a row for each address, plan and use.

    An address in no zone of these plans has no row; one on an edge has several. For reference
    only: it does not take the place of a written answer of the planning authority.
    """
    if out.exists() and not force:
        raise FileExists(file=out.name)
    clock, language = SystemClock(), terminal_language()
    asked = Asked(
        day=today(clock) if at is None else at.date(),
        plan_id=plan,
        codes=None if codes is None else _read(codes),
        with_secret=with_secret,
    )
    partial = out.with_name(f".{out.stem}.{os.getpid()}.partial{out.suffix.lower()}")
    try:
        count = in_transaction(
            lambda conn: write_uses(conn, operator(), asked, partial, language, clock)
        )
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    print(_DONE.in_(language).format(count=count, file=out))


def _read(file: Path) -> list[str]:
    """Read codes in any written form; empty lines are left out."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    return [parse_code(line).code.text for line in lines if line.strip()]
