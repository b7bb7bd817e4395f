"""Identifiers of addresses: import Vpostcodes, location identifiers, parcels and others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from addrsvc.cli import terminal_language
from addrsvc.cli.session import operator
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.errors import Text
from addrsvc.registry.bulk.identifiers import IdentifierReceipt, import_identifiers
from addrsvc.settings import Settings

app = typer.Typer(no_args_is_help=True)

_DONE = Text(
    "Số dòng nhận: {rows:,} · đã thêm: {added:,} · đã có từ trước: {already_there:,} · "
    "từ chối: {rejected:,}",
    "Rows in: {rows:,} · added: {added:,} · already there: {already_there:,} · "
    "rejected: {rejected:,}",
)
_REJECTS = Text(
    "Dòng bị từ chối, kèm lý do: {file}. Hãy sửa rồi nhập lại chính tệp đó.",
    "Rejected rows, each with its reason: {file}. Mend that file and import it.",
)


@app.callback()
def _group() -> None:
    """Keep ``import`` a command of its own although it is the only one."""


@app.command("import")
def import_(
    file: Path = typer.Argument(
        help="CSV: ref,scheme,value,source and, where known, confidence,valid_from,valid_to."
    ),
) -> None:
    """Import identifiers of addresses; importing the file again changes nothing.

    Rows in = added + already there + rejected; rejected rows go, each with its reason, to a
    file that can be mended and imported.
    """

    async def run() -> IdentifierReceipt:
        engine = make_engine(Settings())
        try:
            return await import_identifiers(
                file, engine=engine, principal=operator(), clock=SystemClock()
            )
        finally:
            await engine.dispose()

    receipt, language = asyncio.run(run()), terminal_language()
    print(
        _DONE.in_(language).format(
            rows=receipt.rows,
            added=receipt.added,
            already_there=receipt.already_there,
            rejected=receipt.rejected,
        )
    )
    if receipt.rejects is not None:
        print(_REJECTS.in_(language).format(file=receipt.rejects))
