"""Batches and marks as JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language
from addrsvc.notices.model import (
    MAX_BATCH,
    MAX_MARKS,
    Batch,
    Count,
    Done,
    How,
    Mark,
    Marked,
    Reason,
    State,
    Wanted,
)

CodeText = Annotated[str, Field(min_length=1, max_length=200)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BatchIn(_Closed):
    """Which addresses a batch is made of: those of a commune, or some codes."""

    commune: Annotated[str | None, Field(pattern=r"^[0-9]{5}$", examples=["25747"])] = None
    locality: Annotated[str | None, Field(min_length=1, max_length=200, examples=["Khu phố 3"])] = (
        None
    )
    codes: Annotated[list[CodeText], Field(max_length=MAX_BATCH)] = []
    not_yet: Annotated[
        State | None, Field(description="only addresses at which that was not done yet")
    ] = None
    note: Annotated[str | None, Field(min_length=1, max_length=500)] = None

    def to_wanted(self) -> Wanted:
        """Give the value object."""
        return Wanted(self.commune, self.locality, tuple(self.codes), self.not_yet, self.note)


class TakeBackIn(_Closed):
    """What was not done after all, and where."""

    state: State
    codes: Annotated[list[CodeText], Field(min_length=1, max_length=MAX_MARKS)]


class MarkIn(TakeBackIn):
    """What was done, and where."""

    done_on: Annotated[date | None, Field(description="left out: today")] = None
    how: How | None = None
    reason: Annotated[Reason | None, Field(description="of not-met, and only of that")] = None

    def to_mark(self, day: date) -> Mark:
        """Give the value object; ``day`` stands for a day left out."""
        return Mark(self.state, self.done_on or day, self.how, self.reason)


def batch_out(batch: Batch) -> dict[str, Any]:
    """Give a batch and where its parts are printed."""
    path = f"/v1/notices/batches/{batch.batch_id}"
    return {
        "batch_id": batch.batch_id,
        "commune": batch.commune,
        "locality": batch.locality,
        "note": batch.note,
        "communes": list(batch.communes),
        "addresses": batch.addresses,
        "made_at": batch.made_at,
        "made_by": batch.made_by,
        "parts": batch.parts,
        "plates": [f"{path}/plates?part={part}" for part in range(1, batch.parts + 1)],
        "letters": [f"{path}/letters?part={part}" for part in range(1, batch.parts + 1)],
    }


def done_out(done: Done) -> dict[str, Any]:
    """Give what was done at one address."""
    marks = {
        each.state.value: {
            "done_on": each.done_on.isoformat(),
            "how": None if each.how is None else each.how.value,
        }
        | ({} if each.reason is None else {"reason": each.reason.value})
        for each in done.marks
    }
    code = DigitalCode.of(done.code)
    return {"code": code.text, "plate": code.plate} | {
        state.value.replace("-", "_"): marks.get(state.value) for state in State
    }


def marked_out(marked: Marked, language: Language) -> dict[str, Any]:
    """Give what came of one row of a list."""
    return {
        "given": marked.given,
        "code": marked.code,
        "outcome": marked.outcome,
        "error": marked.slug,
        "detail": None if marked.why is None else marked.why.in_(language),
    }


def count_out(count: Count) -> dict[str, Any]:
    """Give how far a commune is."""
    return {
        "commune": count.commune,
        "addresses": count.addresses,
        "notified": count.notified,
        "plate_fixed": count.plate_fixed,
        "not_met": count.not_met,
    }
