"""Pure: what pages show of jobs over files, in the reader's language, ready for a template."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from addrsvc.errors import Language
from addrsvc.file_jobs.kinds import KINDS
from addrsvc.file_jobs.model import STATE_NAMES, FileJob, JobState, Kind
from addrsvc.file_jobs.progress import Standing
from addrsvc.web.jobs_words import COUNT_NAMES, KIND_TITLES
from addrsvc.web.words import words
from addrsvc.wording import figures, moment_words, number_words

MOVING: Final = frozenset(
    {
        JobState.RECEIVING,
        JobState.WAITING,
        JobState.CHECKING,
        JobState.RUNNING,
        JobState.WRITING,
    }
)
"""States a page follows: nobody is asked anything, and more will happen."""

LOOKS: Final = {
    JobState.DONE: "status-current",
    JobState.REFUSED: "status-retired",
    JobState.FAILED: "status-retired",
    JobState.CANCELLED: "status-retired",
    **dict.fromkeys(MOVING, "status-moving"),
}
_NOT_KEPT: Final = frozenset({JobState.REFUSED, JobState.CANCELLED})
"""Their files are deleted at once, or as soon as the worker cleans up."""
_ALWAYS: Final = ("certain", "review", "not_found")
_ALWAYS_OF_DOSSIERS: Final = ("received", "changed", "unchanged")
"""Outcomes shown before there are any, so that lines do not jump while rows are done."""


@dataclass(frozen=True, slots=True)
class ShownCount:
    """How many rows came to one outcome."""

    id: str
    name: str
    count: str
    share: str


@dataclass(frozen=True, slots=True)
class ShownJob:
    """One job in words."""

    id: str
    name: str
    kind: str
    state: str
    state_name: str
    look: str
    """Class of the style sheet."""
    is_over: bool
    is_moving: bool
    is_stuck: bool
    """No process takes files."""
    has_files: bool
    percent: int | None
    """Of rows; None: not known how many there are."""
    rows: str
    total: str
    rate: str
    left: str
    ahead: str
    counts: tuple[ShownCount, ...]
    sent: str
    kept: str
    """Until when files stay."""
    result_size: str


def shown_job(standing: Standing, now: datetime, language: Language) -> ShownJob:
    """Give what pages show of a job."""
    say, job = words(language), standing.job
    has_files = job.files_gone_at is None and job.expires_at > now and job.state not in _NOT_KEPT
    pace, left_s = standing.rows_per_s, standing.left_s
    rate = "" if pace is None else number_words(round(pace), language)
    return ShownJob(
        id=str(job.job_id),
        name=job.file_name,
        kind=KIND_TITLES[job.kind].in_(language),
        state=job.state.value,
        state_name=STATE_NAMES[job.state].in_(language),
        look=LOOKS.get(job.state, ""),
        is_over=job.state.is_over,
        is_moving=job.state in MOVING,
        is_stuck=standing.workers == 0,
        has_files=has_files,
        percent=percent_of(job),
        rows=_rows(job, language),
        total="" if job.rows_total is None else number_words(job.rows_total, language),
        rate=say.job_rate_value.format(count=rate) if rate else "",
        left="" if left_s is None else duration_words(left_s, language),
        ahead=say.job_ahead.format(count=standing.ahead) if standing.ahead else "",
        counts=tuple(_counts(job, language)),
        sent=moment_words(job.created_at, language),
        kept=_kept(job, language, has_files=has_files),
        result_size="" if job.result_bytes is None else size_words(job.result_bytes, language),
    )


def _kept(job: FileJob, language: Language, *, has_files: bool) -> str:
    if has_files:
        return moment_words(job.expires_at, language)
    say = words(language)
    gone = say.jobs_files_not_kept if job.state in _NOT_KEPT else say.jobs_files_gone
    return str(gone)


def percent_of(job: FileJob) -> int | None:
    """Give how much of a job is done, rounded down: 100 only where all is."""
    if job.state is JobState.DONE:
        return 100
    return None if not job.rows_total else job.rows_done * 100 // job.rows_total


def _rows(job: FileJob, language: Language) -> str:
    done = number_words(job.rows_done, language)
    if job.rows_total is None:
        return done if job.rows_done else ""
    if job.state is JobState.DONE:
        return number_words(job.rows_total, language)
    total = number_words(job.rows_total, language)
    return str(words(language).job_rows_of.format(done=done, total=total))


def _counts(job: FileJob, language: Language) -> Iterator[ShownCount]:
    """Give outcomes in the order they are told of; those of another kind behind them."""
    always = _ALWAYS_OF_DOSSIERS if job.kind is Kind.DOSSIERS else _ALWAYS
    ids = [*COUNT_NAMES, *(each for each in job.counts if each not in COUNT_NAMES)]
    for each in ids:
        count = job.counts.get(each, 0)
        if count or each in always:
            yield ShownCount(
                each,
                count_name(each, language),
                number_words(count, language),
                _share(count, job.rows_total or 0, language),
            )


def count_name(status: str, language: Language) -> str:
    """Say an outcome of rows; one that has no words stands for itself."""
    name = COUNT_NAMES.get(status)
    return status if name is None else name.in_(language)


def _share(count: int, total: int, language: Language) -> str:
    """Say a share of rows.

    >>> _share(1, 3, "vi"), _share(0, 0, "en"), _share(1, 5000, "en")
    ('33,3%', '', '<0.1%')
    """
    if not total:
        return ""
    part = count * 100 / total
    text = "<0.1%" if 0 < part < 0.1 else f"{part:.1f}%".replace(".0%", "%")
    return figures(text, language)


def duration_words(seconds: float, language: Language) -> str:
    """Say how long something takes, in the unit that fits.

    >>> duration_words(12.2, "vi"), duration_words(600, "en"), duration_words(9000, "vi")
    ('khoảng 13 giây', 'about 10 min', 'khoảng 3 giờ')
    """
    say, whole = words(language), math.ceil(seconds)
    if whole < 90:
        return str(say.job_seconds.format(count=whole))
    if whole < 5400:
        return str(say.job_minutes.format(count=math.ceil(whole / 60)))
    return str(say.job_hours.format(count=math.ceil(whole / 3600)))


def size_words(count: int, language: Language) -> str:
    """Say a number of bytes.

    >>> size_words(999, "vi"), size_words(1536, "vi"), size_words(1_000_000_000, "en")
    ('999 B', '1,5 kB', '1 GB')
    """
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    text = f"{size:.1f}".removesuffix(".0") + f" {unit}"
    return figures(text, language)


def receipt_of(job: FileJob, language: Language) -> list[tuple[str, str]]:
    """Give the lines of a receipt: what came in, what came out, of which data, when."""
    say = words(language)
    roles = KINDS[job.kind].roles
    used: Mapping[str, str] = (job.found or {}).get("roles", {})
    columns = [f"{roles[role].in_(language)}: {name}" for role, name in used.items()]
    lines: list[tuple[str, str | None]] = [
        (say.job_receipt_id, str(job.job_id)),
        (say.job_receipt_input, _file(job.file_name, job.input_bytes, language)),
        (say.job_receipt_sha256, job.input_sha256),
        (say.job_receipt_columns, "; ".join(columns)),
        (say.job_receipt_result, _file(job.result_name or "", job.result_bytes, language)),
        (say.job_receipt_sha256, job.result_sha256),
        (say.job_receipt_data, _events(job, language)),
        (say.job_receipt_began, _moment(job.began_at, language)),
        (say.job_receipt_ended, _moment(job.ended_at, language)),
    ]
    if job.began_at is not None and job.ended_at is not None:
        took: timedelta = job.ended_at - job.began_at
        lines.append((say.job_receipt_took, duration_words(took.total_seconds(), language)))
    return [(name, value) for name, value in lines if value]


def _file(name: str, size: int | None, language: Language) -> str:
    return name if size is None else f"{name}, {size_words(size, language)}"


def _events(job: FileJob, language: Language) -> str | None:
    if job.event_first is None:
        return None
    first = number_words(job.event_first, language)
    if job.event_last is None or job.event_last == job.event_first:
        return first
    return f"{first} – {number_words(job.event_last, language)}"


def _moment(at: datetime | None, language: Language) -> str | None:
    return None if at is None else moment_words(at, language)


@dataclass(frozen=True, slots=True)
class ShownRole:
    """What a column may be, and which it is taken to be."""

    id: str
    name: str
    at: int | None
    """Place of its column."""
    is_first: bool
    """It is guessed or needed; the others are for who looks for them."""


def shown_roles(job: FileJob, language: Language) -> list[ShownRole]:
    """Give the roles of a job's columns; those told of first, then those needed."""
    found: Mapping[str, Any] = job.found or {}
    columns, told = found.get("columns", []), found.get("roles", {})
    work = KINDS[job.kind]
    first = set(told) | set(work.lacks(())) | set(work.lacks(told.keys()))
    roles = [
        ShownRole(
            role,
            name.in_(language),
            columns.index(told[role]) if role in told else None,
            role in first,
        )
        for role, name in work.roles.items()
    ]
    return sorted(roles, key=lambda role: role.at is None)
