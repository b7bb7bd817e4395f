"""The running service: refuse writes for a while, or accept them again."""

from __future__ import annotations

from enum import StrEnum

import typer

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.edge.read_only import set_read_only
from addrsvc.errors import Text

app = typer.Typer(no_args_is_help=True)


class Position(StrEnum):
    """Where the switch stands."""

    ON = "on"
    OFF = "off"


@app.callback()
def group() -> None:
    """Keep ``read-only`` a command of its own while it is the only one."""


@app.command("read-only")
def read_only(position: Position = typer.Argument(help="on: writes are refused.")) -> None:
    """Refuse writes everywhere, or accept them again; lookups and pages go on."""
    at = SystemClock().now()
    on = position is Position.ON
    in_transaction(lambda conn: set_read_only(conn, operator(), on=on, at=at))
    said = (
        Text("chỉ tra cứu, không nhận thay đổi", "read-only: writes are refused")
        if on
        else Text("nhận thay đổi trở lại", "writes are accepted again")
    )
    print(said.in_(terminal_language()))
