"""Jobs over files of all owners: list, show, cancel, delete their files."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import VIETNAM, SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.errors import Text, problem_shown
from addrsvc.file_jobs import operating
from addrsvc.file_jobs.expiring import delete_files
from addrsvc.file_jobs.model import STATE_NAMES, FileJob
from addrsvc.file_jobs.schemas import receipt_out
from addrsvc.settings import Settings

app = typer.Typer(no_args_is_help=True)

JobId = typer.Argument(help="Id of the job, as list shows it.")

_NOTHING = Text("không có lần xử lý tệp nào như vậy", "no such jobs")
_GONE = Text("{state}: {job_id}; tệp đã bị xóa", "{state}: {job_id}; its files are deleted")
_DUE = Text(
    "{state}: {job_id}; tiến trình worker sẽ xóa tệp trong lần dọn tới",
    "{state}: {job_id}; the worker deletes its files when it next cleans up",
)


@app.command("list")
def list_(
    under_way: bool = typer.Option(False, help="Only those that are not over."),
    limit: int = typer.Option(50, min=1, max=10_000, help="At most so many, the newest."),
) -> None:
    """List jobs, newest first: id, state, kind, rows, when sent, until when kept, owner, file."""
    found = in_transaction(lambda conn: operating.list_all(conn, not_over=under_way, limit=limit))
    if not found:
        print(_NOTHING.in_(terminal_language()))
    for job in found:
        print(_line(job))


@app.command()
def show(job_id: UUID = JobId) -> None:
    """Show one job with its receipt, and why it was refused or failed."""
    job = in_transaction(lambda conn: operating.get_any(conn, job_id))
    print(_line(job))
    if job.problem is not None:
        shown = problem_shown(job.problem, terminal_language())
        print(f"  {shown['title']}: {shown['detail']}")
    print(orjson.dumps(receipt_out(job), option=orjson.OPT_INDENT_2).decode())


@app.command()
def cancel(job_id: UUID = JobId) -> None:
    """End a job that is not over, and delete its files."""

    async def act(conn: AsyncConnection) -> FileJob:
        return await operating.cancel_any(conn, operator(), job_id, SystemClock())

    _delete(in_transaction(act))


@app.command()
def forget(job_id: UUID = JobId) -> None:
    """Delete the files of a job that is over; its receipt stays."""

    async def act(conn: AsyncConnection) -> FileJob:
        return await operating.forget_any(conn, operator(), job_id, SystemClock())

    _delete(in_transaction(act))


def _delete(job: FileJob) -> None:
    """Delete files that are due, where the folder is known here; else the worker does it."""
    settings = Settings()
    folder = settings.files_dir

    async def run() -> bool:
        if folder is None or not folder.is_dir():
            return False
        engine = make_engine(settings)
        try:
            return await delete_files(engine, folder, job.job_id, SystemClock())
        finally:
            await engine.dispose()

    is_gone = job.files_gone_at is not None or asyncio.run(run())
    language = terminal_language()
    state = STATE_NAMES[job.state].in_(language)
    print((_GONE if is_gone else _DUE).in_(language).format(state=state, job_id=job.job_id))


def _line(job: FileJob) -> str:
    total = "?" if job.rows_total is None else job.rows_total
    kept = "—" if job.files_gone_at is not None else _moment(job.expires_at)
    return "  ".join(
        [
            str(job.job_id),
            STATE_NAMES[job.state].in_(terminal_language()),
            job.kind.value,
            f"{job.rows_done}/{total}",
            _moment(job.created_at),
            kept,
            job.owner,
            job.file_name,
        ]
    )


def _moment(at: datetime) -> str:
    return at.astimezone(VIETNAM).isoformat(" ", "minutes")
