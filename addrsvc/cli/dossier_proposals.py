"""Proposals to dossiers: what changes of addresses mean for them; list them, accept them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.codes.code import DigitalCode
from addrsvc.dossiers.proposals import service
from addrsvc.dossiers.proposals.accepting import AcceptedAll, accept_all
from addrsvc.dossiers.proposals.model import (
    LEFT_NAMES,
    STATE_NAMES,
    WHY_NAMES,
    Left,
    Proposal,
    State,
    Why,
)
from addrsvc.dossiers.proposals.service import Wanted
from addrsvc.errors import Language, Text

app = typer.Typer(no_args_is_help=True)

_DONE = Text(
    "Đã chấp nhận {accepted}; {overtaken} đã có người quyết định khác, được giữ nguyên.",
    "Accepted {accepted}; {overtaken} were decided otherwise meanwhile and stay so.",
)


@app.command("list")
def list_(
    dossier: str | None = typer.Option(None, help="Code of a dossier."),
    address: str | None = typer.Option(None, help="Code of the address something happened to."),
    act: int | None = typer.Option(None, help="Number of the act it happened by."),
    plan: int | None = typer.Option(None, help="Number of the plan that changed what is planned."),
    commune: str | None = typer.Option(None, help="Commune the dossiers lie or may lie in."),
    why: Why | None = typer.Option(None, help="What happened."),
    state: State = typer.Option(State.OPEN, help="How far they have come."),
) -> None:
    """List proposals, the oldest first: dossier, what happened, what to link instead."""
    language = terminal_language()
    wanted = Wanted(
        dossier=dossier,
        address=address,
        act=act,
        plan=plan,
        commune=commune,
        why=why,
        state=state,
    )

    async def read(conn: AsyncConnection) -> None:
        after: int | None = 0
        while after is not None:
            page, after = await service.list_proposals(
                conn, operator(), wanted, after=after, limit=service.PAGE_LIMIT
            )
            for each in page:
                print(_line(each, language))

    in_transaction(read)


@app.command()
def accept(
    act: int | None = typer.Option(None, help="All of this act."),
    event: int | None = typer.Option(None, help="All of this event."),
    address: str | None = typer.Option(None, help="All of what happened to this address."),
    plan: int | None = typer.Option(None, help="All of what this plan changed."),
    commune: str | None = typer.Option(None, help="Only dossiers that lie or may lie there."),
) -> None:
    """Accept all proposals of an act, event, address or plan that leave nothing to choose.

    What a person has to look at is left and counted. Broken off, what was accepted stays; the same
    command goes on.
    """
    wanted = Wanted(act=act, event=event, address=address, plan=plan, commune=commune)
    accepted, overtaken, left = 0, 0, Counter[Left]()
    after: int | None = 0
    while after is not None:
        done = in_transaction(_chunk(wanted, after))
        accepted, overtaken = accepted + done.accepted, overtaken + done.overtaken
        left, after = left + done.left, done.next
    language = terminal_language()
    print(_DONE.in_(language).format(accepted=accepted, overtaken=overtaken))
    for why, count in sorted(left.items()):
        print(f"{count}  {LEFT_NAMES[why].in_(language)}")


def _chunk(
    wanted: Wanted, after: int
) -> Callable[[AsyncConnection], Coroutine[None, None, AcceptedAll]]:
    async def accept_chunk(conn: AsyncConnection) -> AcceptedAll:
        return await accept_all(conn, operator(), wanted, SystemClock(), after=after)

    return accept_chunk


def _line(proposal: Proposal, language: Language) -> str:
    codes = [DigitalCode.of(each.code).printed for each in proposal.candidates if each.code]
    about = "—" if proposal.address is None else DigitalCode.of(proposal.code).printed
    instead = f" → {', '.join(codes)}" if codes else ""
    return "  ".join(
        [
            f"{proposal.proposal_id}",
            f"{proposal.dossier} {proposal.n}",
            WHY_NAMES[proposal.why].in_(language),
            f"{about}{instead}",
            STATE_NAMES[proposal.state].in_(language),
        ]
    )
