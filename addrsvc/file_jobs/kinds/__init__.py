"""What each kind of job does with rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from addrsvc.file_jobs.kinds import check, convert, dossiers, geocode, planning, reverse, validate
from addrsvc.file_jobs.kinds.work import RowDone, RowWork
from addrsvc.file_jobs.model import Kind

__all__ = ["KINDS", "RowDone", "RowWork"]

KINDS: Final[Mapping[Kind, RowWork]] = {
    Kind.GEOCODE: geocode.WORK,
    Kind.DOSSIERS: dossiers.WORK,
    Kind.REVERSE: reverse.WORK,
    Kind.VALIDATE: validate.WORK,
    Kind.CONVERT: convert.WORK,
    Kind.CHECK: check.WORK,
    Kind.PLANNING: planning.WORK,
}
