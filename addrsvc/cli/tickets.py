"""Reports of citizens: list them, show one, answer it."""

from __future__ import annotations

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock, today
from addrsvc.errors import Text
from addrsvc.tickets import answering
from addrsvc.tickets.answering import PAGE_LIMIT, Answered, Look
from addrsvc.tickets.errors import TicketUnknown
from addrsvc.tickets.model import KIND_NAMES, STATE_NAMES, Act, Kind, State, Ticket, Wanted
from addrsvc.wording import day_words

app = typer.Typer(no_args_is_help=True)

_NONE = Text("Không có phản ánh nào.", "There are no reports.")
_LATE = Text("quá hạn", "late")
_DUE = Text("hạn", "due")
_ERASED = Text("(nội dung đã bị xóa)", "(erased)")
_CONTACT = Text(
    "Có để lại liên hệ: xem trên bàn duyệt (được ghi nhật ký).",
    "A contact was left: see the desk (this is logged).",
)


@app.command("list")
def list_(
    state: State | None = typer.Option(None, help="Where they stand."),
    kind: Kind | None = typer.Option(None, help="What they are about."),
    commune: str | None = typer.Option(None, help="Code of the commune."),
    limit: int = typer.Option(50, min=1, max=PAGE_LIMIT, help="How many."),
) -> None:
    """List reports, the newest first, without what was written."""

    async def run(conn: AsyncConnection) -> list[Ticket]:
        wanted = Wanted(state, kind, commune)
        page, _ = await answering.list_tickets(conn, operator(), wanted, before=2**61, limit=limit)
        return page

    found = in_transaction(run)
    for each in found:
        print(_line(each))
    if not found:
        print(_NONE.in_(terminal_language()))


@app.command()
def show(ref: str = typer.Argument(help="Such as t12, see tickets list.")) -> None:
    """Show one report with what was written; how to reach the sender is shown at the desk only."""
    look = in_transaction(lambda conn: _look(conn, ref))
    language = terminal_language()
    print(_line(look.ticket))
    if look.said is None:
        print(_ERASED.in_(language))
    else:
        for text in (look.said.place, look.said.text):
            if text is not None:
                print(text)
    if look.ticket.has_contact:
        print(_CONTACT.in_(language))
    if look.ticket.answer is not None:
        print(f"→ {look.ticket.answer}")


@app.command()
def answer(
    ref: str = typer.Argument(help="Such as t12, see tickets list."),
    act: Act = typer.Argument(help="What to do with it."),
    words: str | None = typer.Option(None, help="To the sender."),
    code: str | None = typer.Option(None, help="Of the address that came of it, with done."),
) -> None:
    """Take, answer, close, refuse or reopen a report."""

    async def run(conn: AsyncConnection) -> Ticket:
        answered = Answered(act, words, code)
        return await answering.decide(conn, operator(), _id(ref), None, answered, SystemClock())

    print(_line(in_transaction(run)))


async def _look(conn: AsyncConnection, ref: str) -> Look:
    return await answering.get_look(conn, operator(), _id(ref))


def _id(ref: str) -> int:
    number = ref.strip().removeprefix("t")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise TicketUnknown
    return int(number)


def _line(ticket: Ticket) -> str:
    language = terminal_language()
    due = day_words(ticket.due_on, language)
    when = _LATE if ticket.is_overdue(today(SystemClock())) else _DUE
    parts = (
        ticket.ref,
        KIND_NAMES[ticket.kind].in_(language),
        STATE_NAMES[ticket.state].in_(language),
        f"{when.in_(language)} {due}",
        ticket.commune or "—",
        ticket.result or ticket.code or "",
    )
    return "  ".join(each for each in parts if each)
