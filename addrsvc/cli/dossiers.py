"""Dossiers: bring files of them in; list them by area, day and state, and by address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import dossier_proposals, dossiers_import, terminal_language
from addrsvc.cli.dossier_statistics import statistics
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import VIETNAM
from addrsvc.codes.code import DigitalCode
from addrsvc.dossiers import service
from addrsvc.dossiers.kept import Dossier, KeptAddress
from addrsvc.dossiers.model import LINK_STATE_NAMES, ROLE_NAMES, LinkState
from addrsvc.dossiers.repository import FormerLink
from addrsvc.errors import Language

app = typer.Typer(no_args_is_help=True)
app.command("import")(dossiers_import.import_)
app.command()(statistics)
app.add_typer(
    dossier_proposals.app,
    name="proposals",
    help="What changes of addresses mean for dossiers: list, accept.",
)


@app.command("list")
def list_(
    commune: str | None = typer.Option(None, help="Code of the commune they lie or may lie in."),
    from_: datetime | None = typer.Option(None, "--from", help="Received on this day or later."),
    to: datetime | None = typer.Option(None, help="Received on this day or earlier."),
    state: LinkState | None = typer.Option(None, help="Of one of their addresses."),
) -> None:
    """List dossiers: code, day of receipt, status, and what became of each address."""
    language = terminal_language()

    async def read(conn: AsyncConnection) -> None:
        after: int | None = 0
        while after is not None:
            page, after = await service.list_dossiers(
                conn,
                operator(),
                commune=commune,
                first_day=_day(from_),
                last_day=_day(to),
                state=state,
                after=after,
                limit=service.PAGE_LIMIT,
            )
            _print([_line(each, language) for each in page])

    in_transaction(read)


@app.command()
def links(
    address: str = typer.Argument(help="Code of an address."),
    history: bool = typer.Option(False, help="Former links too."),
) -> None:
    """List the dossiers linked to an address, the latest first: role, since when, by whom."""

    async def read(conn: AsyncConnection) -> None:
        before: int | None = None
        while True:
            page, before = await service.list_links(
                conn,
                operator(),
                address,
                history=history,
                before=before,
                limit=service.PAGE_LIMIT,
            )
            _print([_link_line(each) for each in page])
            if before is None:
                return

    in_transaction(read)


def _print(lines: Sequence[str]) -> None:
    for each in lines:
        print(each)


def _line(dossier: Dossier, language: Language) -> str:
    day = "—" if dossier.received_on is None else dossier.received_on.isoformat()
    addresses = [_address(each, language) for each in dossier.addresses]
    return "  ".join([dossier.code, day, dossier.facts["status"] or "—", "; ".join(addresses)])


def _address(address: KeptAddress, language: Language) -> str:
    linked = "" if address.link is None else f" {DigitalCode.of(address.link.code).printed}"
    role = ROLE_NAMES[address.given.role].in_(language)
    return f"{address.n}. {role}: {LINK_STATE_NAMES[address.state].in_(language)}{linked}"


def _link_line(link: FormerLink) -> str:
    since = f"{_moment(link.valid_from)} {link.how} ({link.linked_by})"
    until = "…"
    if link.valid_to is not None:
        until = f"{_moment(link.valid_to)} {link.why_ended} ({link.ended_by})"
    return "  ".join([f"{link.code} {link.n}", link.role, since, until])


def _moment(at: datetime) -> str:
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()
