"""Run jobs and all that happens by itself, or list it."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime

import structlog
import typer
from procrastinate.exceptions import ConnectorException
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import NoDatabase, terminal_language
from addrsvc.cli.jobs import STATE_TEXTS
from addrsvc.cli.session import in_transaction, reach
from addrsvc.clock import SystemClock
from addrsvc.edge import logs
from addrsvc.errors import Text
from addrsvc.queue import presence
from addrsvc.queue.model import Queue, State
from addrsvc.queue.presence import WorkState
from addrsvc.settings import Settings
from addrsvc.worker import logs as library_logs
from addrsvc.worker.periodic import CONTINUOUS, PERIODIC
from addrsvc.worker.running import FILES, Plan, entries, run, run_alone

_DONE_BY = Text("liên tục, do {who} làm từ {since}", "continuous, by {who} since {since}")
_DONE_BY_NOBODY = Text(
    "liên tục, hiện không ai làm: hãy chạy addrsvc worker",
    "continuous, done by nobody now: run addrsvc worker",
)
_TIMES = Text("lần trước {last}, lần tới {next}", "last {last}, next {next}")
_FAILS = Text("đang lỗi ({error}): xem nhật ký", "fails ({error}): see the log")
_QUEUES = (Queue.DEFAULT, Queue.PERIODIC)
_NICER = 10


def worker(
    concurrency: int = typer.Option(
        4,
        envvar="ADDRSVC_WORKER_CONCURRENCY",
        min=1,
        max=32,
        help="Jobs under way at once.",
    ),
    queues: list[Queue] = typer.Option(
        _QUEUES, help="Take jobs from these queues only; repeat for several."
    ),
    list_: bool = typer.Option(
        False, "--list", help="List all that happens by itself, and how it is going; run nothing."
    ),
    alone: bool = typer.Option(
        False, hidden=True, help="Run the jobs that may have killed a worker, then end."
    ),
) -> None:
    """Run jobs and all that happens by itself until interrupted.

    ``addrsvc serve`` runs one beside the web server. On a machine of its own let the system
    start it again whenever it ends. It needs a connection straight to PostgreSQL, not through a
    pooler: it listens, and holds locks for as long as it is connected. With ``--queues files`` it
    does jobs over files, one slice after the other, and nothing else; run as many as there are
    cores to spare, all with the same ADDRSVC_FILES_DIR.
    """
    if Queue.ISOLATED in queues:
        raise typer.BadParameter("jobs of this queue are run alone, by themselves")
    does_files = Queue.FILES in queues
    if does_files and len(queues) > 1:
        raise typer.BadParameter("a process takes jobs over files, or other jobs")
    settings = Settings()
    if list_:
        _print_work(settings)
        return
    logs.configure()
    library_logs.configure()
    plan = FILES if does_files else Plan(concurrency=concurrency, queues=queues)
    if does_files:
        os.nice(_NICER)  # hours of computing: who asks for one address comes first

    async def work() -> bool:
        await reach(settings)
        if alone:
            await run_alone(settings, SystemClock(), plan)
            return True
        return await run(settings, SystemClock(), plan)

    try:
        asked = asyncio.run(work())
    except ConnectorException as error:
        raise NoDatabase(reason=str(error.__cause__ or error).partition("\n")[0][:300]) from error
    if not asked:
        structlog.get_logger("addrsvc").error("worker ended by itself")
        raise typer.Exit(1)


def _print_work(settings: Settings) -> None:
    async def act(conn: AsyncConnection) -> list[WorkState]:
        await presence.record_work(conn, entries(CONTINUOUS, PERIODIC))
        return await presence.list_work(
            conn, now=SystemClock().now(), stalled_s=settings.worker_stalled_s
        )

    language = terminal_language()
    for each in in_transaction(act):
        print(f"{each.entry.name}: {each.entry.purpose.in_(language)}")
        if each.entry.kind == "continuous":
            done_by = _DONE_BY if each.led_by else _DONE_BY_NOBODY
            print(
                "  " + done_by.in_(language).format(who=each.led_by, since=_moment(each.began_at))
            )
        else:
            times = _TIMES.in_(language)
            print("  " + times.format(last=_moment(each.began_at), next=_moment(each.next_at)))
        if each.outcome in {state.value for state in State}:
            print(f"  {STATE_TEXTS[State(each.outcome)].in_(language)}")
        elif each.outcome is not None:
            print("  " + _FAILS.in_(language).format(error=each.outcome))


def _moment(at: datetime | None) -> str:
    return at.isoformat(" ", "seconds") if at else "—"
