"""Pure: the names of queues and tasks, and what a job is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Queue(StrEnum):
    """Where a job waits; ``addrsvc worker --queues`` takes from some only."""

    DEFAULT = "default"
    PERIODIC = "periodic"
    FILES = "files"
    """Slices of jobs over files: hours of computing, taken by processes of their own."""
    ISOLATED = "isolated"
    """Jobs whose worker died: each is run again with nothing beside it."""


class Task(StrEnum):
    """What a job does. A worker that does not know a task would fail its jobs at once.

    So a new one is written down here, and mapped to its function in ``addrsvc.worker.tasks``;
    workers are updated before what leaves such jobs.
    """

    NOOP = "noop"
    """Nothing: shows that jobs are run."""

    FILE_JOB = "file-job"
    """A slice of a job over a file: ``job_id`` and ``lane``."""

    PLAN_FILE = "plan-file"
    """Check a file of a plan, or store its zones: ``file_id``."""

    PLAN_CHANGES = "plan-changes"
    """Work out what a plan changes against those before it: ``comparison_id``."""

    PLAN_TELLING = "plan-telling"
    """Tell of the addresses for which a plan changed something: ``telling_id``."""


class State(StrEnum):
    """How far a job is."""

    TODO = "todo"
    DOING = "doing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """Given up after the last retry; kept until somebody retries or the clean-up of failed ones."""
    PARKED = "parked"
    """Killed its worker each time it ran alone: never run again unless somebody says so."""
    CANCELLED = "cancelled"
    ABORTED = "aborted"


@dataclass(frozen=True)
class Job:
    """One thing to do, and how far it is."""

    job_id: int
    task: str
    queue: str
    state: State
    args: Mapping[str, object]
    attempts: int
    lone_deaths: int
    """How often the process that ran nothing else was killed meanwhile."""
    lock: str | None
    scheduled_at: datetime | None
    changed_at: datetime | None
