"""Pure: what a job over a file is, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from addrsvc.errors import Text


class Kind(StrEnum):
    """What is done with every row."""

    GEOCODE = "geocode"
    REVERSE = "reverse"
    VALIDATE = "validate"
    CONVERT = "convert"
    """Old communes to present ones."""
    CHECK = "check"
    """Codes."""
    PLANNING = "planning"
    """What plans say of each row's place."""
    DOSSIERS = "dossiers"
    """Each row is a dossier, or one address of one."""


class JobState(StrEnum):
    """How far a job is."""

    RECEIVING = "receiving"
    """The file is being sent."""
    WAITING = "waiting"
    """For a worker to look at the file."""
    CHECKING = "checking"
    """The file is read through and cut into parts."""
    NEEDS_COLUMNS = "needs_columns"
    """For its owner to say which columns mean what."""
    RUNNING = "running"
    WRITING = "writing"
    """All rows are done; the result is put together."""
    DONE = "done"
    REFUSED = "refused"
    """The file cannot be used; ``problem`` says why, and in which line."""
    FAILED = "failed"
    """Given up for another reason."""
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self in OVER


OVER: Final = frozenset({JobState.DONE, JobState.REFUSED, JobState.FAILED, JobState.CANCELLED})

STATE_NAMES: Final[dict[JobState, Text]] = {
    JobState.RECEIVING: Text("Đang nhận tệp", "Receiving the file"),
    JobState.WAITING: Text("Đang chờ đến lượt", "Waiting for its turn"),
    JobState.CHECKING: Text("Đang đọc tệp", "Reading the file"),
    JobState.NEEDS_COLUMNS: Text("Chờ chọn cột", "Waiting for columns to be chosen"),
    JobState.RUNNING: Text("Đang xử lý", "Running"),
    JobState.WRITING: Text("Đang ghi kết quả", "Writing the result"),
    JobState.DONE: Text("Đã xong", "Done"),
    JobState.REFUSED: Text("Tệp không dùng được", "The file cannot be used"),
    JobState.FAILED: Text("Không làm được", "Failed"),
    JobState.CANCELLED: Text("Đã hủy", "Cancelled"),
}

RESULT_FORMATS: Final = ("csv", "xlsx", "ndjson", "geojson", "gpkg", "parquet")
"""Endings of results, without the dot."""


@dataclass(frozen=True, slots=True)
class FileJob:
    """One job, as its row has it: see the migration for what each column means."""

    job_id: UUID
    owner: str
    scopes: frozenset[str]
    areas: frozenset[str] | None
    kind: Kind
    file_name: str
    options: Mapping[str, Any]
    state: JobState
    input_bytes: int | None
    input_sha256: str | None
    found: Mapping[str, Any] | None
    rows_total: int | None
    rows_done: int
    counts: Mapping[str, int]
    parts: int | None
    parts_written: int
    written_to: int
    result_name: str | None
    result_bytes: int | None
    result_sha256: str | None
    event_first: int | None
    event_last: int | None
    problem: Mapping[str, Any] | None
    created_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime
    files_gone_at: datetime | None
