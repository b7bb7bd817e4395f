"""Leave a job in the caller's own transaction: it exists exactly if the work is committed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.queries import Queries
from addrsvc.db.rows import row
from addrsvc.queue.model import Queue, Task

QUERIES = Queries("addrsvc.queue")


async def defer(
    conn: AsyncConnection,
    task: Task,
    args: Mapping[str, object] | None = None,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    queue: Queue = Queue.DEFAULT,
) -> int:
    """Leave a job and give its id; a worker begins it once the caller has committed.

    A job may run more than once (its worker dies after the work, before saying so), so what it
    does must bear that.

    Args:
        conn: the transaction of the work the job follows from.
        task: what is to be done.
        args: named, JSON. **Ids only, never personal data**: operators read jobs, failed ones
            are kept for weeks, and nothing erases a person from them.
        lock: jobs with the same one run one after the other, in the order they were left.
        queueing_lock: only one such job waits. Where one does, it is what this gives: it is held
            until the caller has committed, so it will see what the caller wrote, and it begins
            at the earlier of the two moments. Callers with the same one wait for each other.
        at: not before this moment; None means now.
        queue: where it waits.
    """
    params = {
        "queue": queue,
        "task": task,
        "args": Jsonb(dict(args or {})),
        "lock": lock,
        "queueing_lock": queueing_lock,
        "at": at,
    }
    left = await row(conn, QUERIES["defer"], params)
    if left is None:
        raise RuntimeError("no job was left")
    job_id: int = left["id"]
    return job_id
