"""What importing thoroughfares and importing localities share on the command line."""

from __future__ import annotations

import getpass
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units.list_file import FIELDS, NameList, read_list, write_rejected
from addrsvc.admin_units.list_import import ListReceipt, Register, import_list, list_rules
from addrsvc.admin_units.list_rows import LOCALITY_KINDS, THOROUGHFARE_KINDS
from addrsvc.auth.model import command_line
from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction
from addrsvc.cli.units import say
from addrsvc.clock import SystemClock, today


class _DryRunDone(Exception):
    """Rolls the transaction back after a dry run."""

    def __init__(self, receipt: ListReceipt) -> None:
        super().__init__()
        self.receipt = receipt


def import_names(
    register: Register,
    file: Path,
    *,
    given: list[str],
    kind: str | None,
    source: str | None,
    rejected: Path | None,
    dry_run: bool,
) -> None:
    """Read, check, store, and print the receipt."""
    kinds = THOROUGHFARE_KINDS if register == "thoroughfare" else LOCALITY_KINDS
    if kind is not None and kind not in kinds:
        raise typer.BadParameter(", ".join(kinds), param_hint="--kind")
    names = read_list(file, _mapping(given))
    _print_columns(names)
    clock = SystemClock()

    async def act(conn: AsyncConnection) -> ListReceipt:
        rules = await list_rules(
            conn, register, day=today(clock), source=source or file.name, kind=kind
        )
        receipt = await import_list(
            conn, command_line(getpass.getuser()), register, names, rules, at=clock.now()
        )
        if dry_run:
            raise _DryRunDone(receipt)
        return receipt

    try:
        receipt = in_transaction(act)
    except _DryRunDone as done:
        receipt = done.receipt
        say("Chạy thử: chưa lưu gì.", "Dry run: nothing was stored.")
    _print_receipt(receipt)
    if receipt.rejected:
        target = rejected or file.with_name(f"{file.stem}.rejected.csv")
        language = terminal_language()
        refused = ((row, reason.in_(language)) for row, reason in receipt.rejected)
        write_rejected(target, names.header, refused)
        say(f"Dòng bị từ chối: {target}", f"Rejected rows: {target}")


def _mapping(given: list[str]) -> dict[str, str]:
    found = {}
    for each in given:
        field, _, column = each.partition("=")
        if field not in FIELDS or not column:
            raise typer.BadParameter(
                f"{each!r}: field=column; fields: {', '.join(sorted(FIELDS))}", param_hint="--map"
            )
        found[field] = column
    return found


def _print_columns(names: NameList) -> None:
    say("Cột được hiểu:", "Columns understood:")
    for field, column in names.columns.items():
        print(f"  {field} = {column}")
    unused = [column for column in names.header if column not in names.columns.values()]
    if unused:
        say(f"  bỏ qua: {', '.join(unused)}", f"  ignored: {', '.join(unused)}")


def _print_receipt(receipt: ListReceipt) -> None:
    rejected = len(receipt.rejected)
    say(
        f"{receipt.rows_in} dòng = {receipt.added} thêm mới + {receipt.already_there} đã có + "
        f"{rejected} bị từ chối",
        f"{receipt.rows_in} rows = {receipt.added} added + {receipt.already_there} already there "
        f"+ {rejected} rejected",
    )
