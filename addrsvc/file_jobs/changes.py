"""What has happened since to the addresses that the answers of a job named.

While rows are done, a list of their codes is written beside the result; here it is read page by
page, and the register is asked for those written about since. Nobody's feed is read through.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from addrsvc.auth.model import Principal
from addrsvc.db.doors import ReadPool
from addrsvc.file_jobs.errors import ChangesCursorUnknown, FilesExpired
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.model import FileJob
from addrsvc.registry.changed import Changed, changed_since

PAGE_LIMIT: Final = 1_000
"""Most rows in one page."""

_BATCH: Final = 1_000
_SCAN: Final = 20_000
"""Most rows looked at for one page, so that a job without changes is no long request."""
_SETTLE: Final = timedelta(minutes=10)
"""What was recorded so long before a job began is committed by then: statements end sooner."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row whose address was written about."""

    line: int
    """Of the file sent."""
    code: str
    changed: Changed


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some rows, and where the next page begins."""

    items: list[RowChange]
    next: int | None
    """None: all rows were looked at."""


class _Row(NamedTuple):
    line: int
    code: str
    end: int
    """Where the row behind it begins."""


async def read_changes(
    pool: ReadPool, principal: Principal, job: FileJob, files_dir: Path, *, cursor: int, limit: int
) -> ChangePage:
    """Read rows of a job from a place on, and give those that have changed since it began.

    Raises:
        FilesExpired: the list is deleted.
        ChangesCursorUnknown: no row begins there.
    """
    path = JobFiles.of(files_dir, job.job_id).codes
    since = _since(job)
    items: list[RowChange] = []
    for _ in range(_SCAN // _BATCH):
        found = await asyncio.to_thread(_read, path, cursor)
        if not found:
            return ChangePage(items, None)
        async with pool.connection() as conn:
            codes = list({each.code for each in found})
            changed = await changed_since(conn, principal, codes, since)
        for each in found:
            cursor = each.end
            if each.code in changed:
                items.append(RowChange(each.line, each.code, changed[each.code]))
                if len(items) == limit:
                    return ChangePage(items, cursor)
    return ChangePage(items, cursor)


def _since(job: FileJob) -> datetime:
    """Give a moment all before which is in the answers: nothing is left out, some is told twice."""
    return (job.began_at or job.created_at) - _SETTLE


def _read(path: Path, cursor: int) -> list[_Row]:
    try:
        with path.open("rb") as file:
            if cursor:
                file.seek(cursor - 1)
                if file.read(1) != b"\n":
                    raise ChangesCursorUnknown(cursor=cursor)
            found = []
            for line in file:
                number, code = orjson.loads(line)
                cursor += len(line)
                found.append(_Row(number, code, cursor))
                if len(found) == _BATCH:
                    break
            return found
    except FileNotFoundError:
        raise FilesExpired from None
