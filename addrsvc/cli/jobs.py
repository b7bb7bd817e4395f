"""See the jobs of the queue; begin one anew, or cancel it."""

from __future__ import annotations

import json
from datetime import datetime

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.errors import Text
from addrsvc.queue import jobs
from addrsvc.queue.model import Job, State

app = typer.Typer(no_args_is_help=True)

STATE_TEXTS = {
    State.TODO: Text("đang chờ", "waiting"),
    State.DOING: Text("đang chạy", "running"),
    State.SUCCEEDED: Text("xong", "done"),
    State.FAILED: Text("thất bại", "failed"),
    State.PARKED: Text("treo riêng", "parked"),
    State.CANCELLED: Text("đã hủy", "cancelled"),
    State.ABORTED: Text("đã ngắt", "broken off"),
}
_NOTHING = Text("không có việc nào như vậy", "no such jobs")
_AGAIN = Text("việc {job_id} sẽ chạy lại", "job {job_id} will run again")
_CANCELLED = Text(
    "việc {job_id} đã hủy; nếu đang chạy thì sẽ bị ngắt trong vài giây",
    "job {job_id} is cancelled; if it runs it is broken off within seconds",
)

JobId = typer.Argument(min=1, help="Number of the job, as list shows it.")


@app.command("list")
def list_(
    state: list[State] = typer.Option(
        (), help="Only jobs in this state; repeat for several. Default: all."
    ),
    limit: int = typer.Option(50, min=1, max=10_000, help="At most so many, the newest."),
) -> None:
    """List jobs, newest first: number, state, task, tries, deaths of its process, last change."""
    found = in_transaction(lambda conn: jobs.list_jobs(conn, state or None, limit=limit))
    if not found:
        print(_NOTHING.in_(terminal_language()))
    for job in found:
        print(_line(job))


@app.command()
def show(job_id: int = JobId) -> None:
    """Show one job with its arguments: ids, never personal data."""
    job = in_transaction(lambda conn: jobs.get_job(conn, job_id))
    print(_line(job))
    print(f"  queue {job.queue}  lock {job.lock or '—'}  due {_moment(job.scheduled_at)}")
    print(f"  {json.dumps(dict(job.args), ensure_ascii=False, sort_keys=True)}")


@app.command()
def retry(job_id: int = JobId) -> None:
    """Begin a job anew that failed, was parked or cancelled; alone, if it killed a worker."""

    async def act(conn: AsyncConnection) -> None:
        await jobs.retry_job(conn, job_id)
        await _record(conn, "job.retry", job_id)

    in_transaction(act)
    print(_AGAIN.in_(terminal_language()).format(job_id=job_id))


@app.command()
def cancel(job_id: int = JobId) -> None:
    """Keep a job from running, or break it off."""

    async def act(conn: AsyncConnection) -> None:
        await jobs.cancel_job(conn, job_id)
        await _record(conn, "job.cancel", job_id)

    in_transaction(act)
    print(_CANCELLED.in_(terminal_language()).format(job_id=job_id))


async def _record(conn: AsyncConnection, action: str, job_id: int) -> None:
    await audit.record(
        conn,
        principal=operator().id,
        action=action,
        subject=str(job_id),
        at=SystemClock().now(),
    )


def _line(job: Job) -> str:
    state = STATE_TEXTS[job.state].in_(terminal_language())
    deaths = f"  †{job.lone_deaths}" if job.lone_deaths else ""
    return (
        f"{job.job_id}  {state}  {job.task}  tries {job.attempts}{deaths}  "
        f"{_moment(job.changed_at)}"
    )


def _moment(at: datetime | None) -> str:
    return at.isoformat(" ", "seconds") if at else "—"
