"""Receivers of webhooks: list, add, rotate, replay, pause, resume, remove, test."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

import typer

from addrsvc.auth.model import Principal, Scope
from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import VIETNAM, SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.errors import Text
from addrsvc.settings import Settings
from addrsvc.webhooks import service
from addrsvc.webhooks.model import Outcome, ReceiverState, Standing
from addrsvc.webhooks.sending import sender_of
from addrsvc.webhooks.trying import try_out

app = typer.Typer(no_args_is_help=True)

ReceiverId = Annotated[int, typer.Argument(help="Its number, as `list` shows it.")]

_KEEP: Final = Text(
    "Khóa bí mật trên chỉ hiện một lần. Hãy đưa vào phần mềm nhận.",
    "The secret above is shown this once. Give it to the receiving software.",
)
_AGAIN: Final = Text("Sẽ gửi lại {count} sự kiện.", "{count} events will be sent again.")
_FROM: Final = Text(
    "Sẽ gửi lại mọi sự kiện từ số {number}.", "Every event from {number} on will be sent again."
)
_DELIVERED: Final = Text("Đã tới nơi (mã {status}).", "Delivered (status {status}).")
_NOT_DELIVERED: Final = Text(
    "Không tới nơi: {failure} (mã {status}).", "Not delivered: {failure} (status {status})."
)


@app.command("list")
def list_() -> None:
    """List the receivers: number, state, what waits and is dead, last success and failure."""
    for each in in_transaction(lambda conn: service.list_standings(conn, operator())):
        print(_line(each))


@app.command()
def add(
    url: str = typer.Argument(help="https URL; private hosts only as ADDRSVC_WEBHOOK_ALLOW says."),
    description: str = typer.Option("", help="What software it is, for people."),
    types: list[str] = typer.Option(
        [], "--type", help="Type of events, such as address.* or act.done; repeat for several."
    ),
    after: int | None = typer.Option(None, min=0, help="Begin behind this event; none: now."),
    area: list[str] = typer.Option([], help="Only of this commune; repeat for several."),
    secret_too: bool = typer.Option(False, help="Also tell of secret addresses."),
) -> None:
    """Register a receiver and print its secret once.

    It is told of all communes, of public and restricted addresses and of dossiers, unless limited.
    """
    owner, clock = _owner(area, secret_too=secret_too), SystemClock()
    asyncio.run(service.check_url(sender_of(Settings()), url))
    receiver, secret = in_transaction(
        lambda conn: service.register(
            conn,
            owner,
            clock,
            url=url,
            description=description,
            types=types or None,
            after=after,
        )
    )
    print(f"{receiver.receiver_id}\n{secret}")
    typer.echo(_KEEP.in_(terminal_language()), err=True)


@app.command()
def rotate(
    receiver_id: ReceiverId,
    grace_hours: int = typer.Option(24, min=0, max=168, help="The old secret signs so long."),
) -> None:
    """Make a new secret and print it once; meanwhile messages bear both signatures."""
    grace = timedelta(hours=grace_hours)
    print(
        in_transaction(
            lambda conn: service.rotate(conn, operator(), receiver_id, SystemClock(), grace=grace)
        )
    )
    typer.echo(_KEEP.in_(terminal_language()), err=True)


@app.command()
def replay(
    receiver_id: ReceiverId,
    from_number: int | None = typer.Option(None, min=1, help="Every event from this one on."),
    number: int | None = typer.Option(None, min=1, help="This event alone."),
) -> None:
    """Send again what was given up, or one event, or all from a number on."""
    who, clock, language = operator(), SystemClock(), terminal_language()
    if from_number is not None and number is not None:
        raise typer.BadParameter("--from-number, --number")
    if from_number is not None:
        first = from_number
        in_transaction(lambda conn: service.replay_from(conn, who, receiver_id, first, clock))
        print(_FROM.in_(language).format(number=from_number))
        return
    count = 1
    if number is not None:
        one = number
        in_transaction(lambda conn: service.replay_one(conn, who, receiver_id, one, clock))
    else:
        count = in_transaction(lambda conn: service.replay_dead(conn, who, receiver_id, clock))
    print(_AGAIN.in_(language).format(count=count))


@app.command()
def pause(receiver_id: ReceiverId) -> None:
    """Send nothing until resumed; nothing is left out."""
    _set_state(receiver_id, ReceiverState.PAUSED)


@app.command()
def resume(receiver_id: ReceiverId) -> None:
    """Go on where it stopped, also where the service itself had disabled it."""
    _set_state(receiver_id, ReceiverState.ACTIVE)


@app.command()
def remove(receiver_id: ReceiverId) -> None:
    """Send nothing more there and forget what waits."""
    in_transaction(lambda conn: service.remove(conn, operator(), receiver_id, SystemClock()))
    print(f"removed {receiver_id}")


@app.command("test")
def test_(receiver_id: ReceiverId) -> None:
    """Send a signed test message now and say what came of it."""
    outcome = asyncio.run(_try_out(receiver_id))
    failed = outcome.failure
    text = _DELIVERED if failed is None else _NOT_DELIVERED
    facts = {"status": outcome.status or "—", "failure": failed and failed.value}
    print(text.in_(terminal_language()).format(**facts))
    if failed is not None:
        raise typer.Exit(1)


async def _try_out(receiver_id: int) -> Outcome:
    settings = Settings()
    engine = make_engine(settings)
    try:
        return await try_out(engine, sender_of(settings), operator(), receiver_id, SystemClock())
    finally:
        await engine.dispose()


def _set_state(receiver_id: int, state: ReceiverState) -> None:
    wanted = service.Change(state=state)
    in_transaction(
        lambda conn: service.change(conn, operator(), receiver_id, wanted, SystemClock())
    )
    print(f"{state.value} {receiver_id}")


def _owner(areas: list[str], *, secret_too: bool) -> Principal:
    """Give the operator, limited to what a receiver is to be told."""
    who = operator()
    scopes = who.scopes if secret_too else who.scopes - {Scope.ADDRESSES_SECRET}
    return replace(who, scopes=scopes, areas=frozenset(areas) if areas else None)


def _line(standing: Standing) -> str:
    receiver = standing.receiver
    success = receiver.last_success_at
    last = "—" if success is None else success.astimezone(VIETNAM).isoformat("T", "minutes")
    failure = "" if receiver.last_error is None else f"  {receiver.last_error}"
    status = "" if receiver.last_status is None else f" {receiver.last_status}"
    types = ",".join(receiver.types) if receiver.types else "*"
    return (
        f"{receiver.receiver_id}  {receiver.state.value}  waiting {standing.waiting}  "
        f"dead {standing.dead}  success {last}{failure}{status if failure else ''}  {types}  "
        f"{receiver.owner}  {receiver.url}  {receiver.description}"
    )
