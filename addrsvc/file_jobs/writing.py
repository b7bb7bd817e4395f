"""Put the result of a job together from its parts, in the order of the file."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.events.reading import last_number
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.kinds import KINDS
from addrsvc.file_jobs.kinds.work import Room, RowWork
from addrsvc.file_jobs.model import FileJob, JobState
from addrsvc.file_jobs.running import QUERIES, end_job, find_job
from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.errors import ResultLost
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.writing import ResumableWriter, resume_writer

_AT_A_TIME: Final = 20
"""Parts written before it is kept how far the result is."""
_AGAIN_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a result is."""

    bytes: int
    sha256: str


async def write_result(
    room: Room, job: FileJob, files: JobFiles, goes_on: Callable[[], bool]
) -> None:
    """Go on with the result; finish it and the job where all parts are in it.

    Raises:
        FileNotFoundError: a part is gone.
    """
    with _held(files.lock) as is_ours:
        if not is_ours:  # a process taken for dead, that lives after all, is at it
            await asyncio.sleep(_AGAIN_S)
            return
        async with transaction(room.engine) as conn:
            job = await find_job(conn, job.job_id) or job
            counts = await rows(conn, QUERIES["rows_of_parts"], {"job_id": job.job_id})
        if job.state is not JobState.WRITING:
            return
        try:
            is_whole = await _write_parts(
                room, job, files, [each["rows"] for each in counts], goes_on
            )
            if is_whole:
                await _finish(room, job, files)
        except ResultLost:
            await _begin_again(room, job)
        except AddrsvcError as error:
            await end_job(room.engine, room.clock, job, JobState.FAILED, error)


def layout_of(job: FileJob, work: RowWork) -> Layout:
    """Give the columns of the result: those of the file as they were, then those added.

    A file that was a result before has columns of the same names: the new ones are numbered.
    """
    found = job.found or {}
    names = dict(zip(work.added, unique_names(work.added, taken=found["columns"]), strict=True))
    return Layout(
        found["header"],
        list(names.values()),
        frozenset(names[each] for each in work.numbers),
        None if work.lon is None else names[work.lon],
        None if work.lat is None else names[work.lat],
        delimiter=found["delimiter"] or ",",
    )


def ending_of(job: FileJob) -> str:
    """Give the format of the result, without the dot."""
    return str(job.options["result"])


async def _write_parts(
    room: Room,
    job: FileJob,
    files: JobFiles,
    counts: Sequence[int],
    goes_on: Callable[[], bool],
) -> bool:
    """Append parts for as long as it goes on; tell whether the result is whole and closed."""
    path = files.result(ending_of(job))
    layout = layout_of(job, KINDS[job.kind])
    writer = await asyncio.to_thread(resume_writer, path, layout, job.written_to)
    written, is_kept = job.parts_written, True
    while is_kept and written < len(counts):
        if written > job.parts_written and not goes_on():
            writer.leave()
            return False
        upto = min(written + _AT_A_TIME, len(counts))
        position = await asyncio.to_thread(_append, writer, files, counts, written, upto)
        is_kept = await _note(room, job, written, upto, position)
        written = upto
    if not is_kept:  # cancelled
        writer.leave()
        return False
    await asyncio.to_thread(writer.close)
    return True


def _append(
    writer: ResumableWriter, files: JobFiles, counts: Sequence[int], first: int, end: int
) -> int:
    for part in range(first, end):
        done = orjson.loads(files.part_out(part).read_bytes())
        if len(done) != counts[part]:
            raise FileNotFoundError(part)
        writer.write(done)
    return writer.position()


async def _note(room: Room, job: FileJob, before: int, parts: int, position: int) -> bool:
    """Keep how far the result is; tell whether the job is still to be gone on with."""
    params = {"job_id": job.job_id, "before": before, "parts": parts, "position": position}
    async with transaction(room.engine) as conn:
        return await execute(conn, QUERIES["note_written"], params) == 1


async def _begin_again(room: Room, job: FileJob) -> None:
    await _note(room, job, job.parts_written, 0, 0)


async def _finish(room: Room, job: FileJob, files: JobFiles) -> None:
    receipt = await asyncio.to_thread(_conclude, files, ending_of(job), job.parts or 0)
    async with transaction(room.engine) as conn:
        params = {
            "job_id": job.job_id,
            "now": room.clock.now(),
            "name": f"{Path(job.file_name).stem}.ketqua.{ending_of(job)}",
            "bytes": receipt.bytes,
            "sha256": receipt.sha256,
            "event": await last_number(conn),
        }
        await execute(conn, QUERIES["finish"], params)
    await asyncio.to_thread(shutil.rmtree, files.parts, ignore_errors=True)


def _conclude(files: JobFiles, ending: str, parts: int) -> Receipt:
    """Put the codes of all parts into one file; say what the result is."""
    aside = files.codes.with_suffix(".new")
    with aside.open("wb") as codes:
        for part in range(parts):
            with contextlib.suppress(FileNotFoundError):
                codes.write(files.part_codes(part).read_bytes())
    aside.replace(files.codes)
    path = files.result(ending)
    with path.open("rb") as result:
        digest = hashlib.file_digest(result, "sha256").hexdigest()
    return Receipt(path.stat().st_size, digest)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Hold a file, if nobody does; the kernel lets go when we are killed."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
