"""What supervisors do with records that wait for them: look, accept, send back, refuse, reopen.

Each on the version read: who decides on what somebody changed since is told so. A record whose
commune is not known is for those without a limit of area.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.collection import records
from addrsvc.collection.accepting import accept
from addrsvc.collection.deciding import RULES
from addrsvc.collection.decisions import Decision, conclude, put, take
from addrsvc.collection.errors import DecisionWritten, NoteMissing
from addrsvc.collection.looking import (
    CLAIM,
    MOST_COUNTED,
    Conflict,
    FieldLook,
    Look,
    Photo,
    Wanted,
    claim_next,
    count,
    get_look,
    look_at,
)
from addrsvc.collection.merging import Merge
from addrsvc.collection.model import State, Submission, Waits
from addrsvc.collection.records import QUERIES, Outcome, Settlement, Standing
from addrsvc.db.rows import execute, rows

__all__ = [
    "CLAIM",
    "MOST_COUNTED",
    "Conflict",
    "FieldLook",
    "Look",
    "Photo",
    "Wanted",
    "accept",
    "claim_next",
    "count",
    "get_look",
    "look_at",
    "refuse",
    "reopen",
    "send_back",
]

NOTE_LIMIT: Final = 2_000

_DECIDED: Final = frozenset({State.ACCEPTED, State.REFUSED, State.NEEDS_YOU})


async def send_back(
    conn: AsyncConnection,
    principal: Principal,
    submission_id: UUID,
    version: int,
    note: str,
    clock: Clock,
) -> Submission:
    """Give a record back to its collector, with what is to be done.

    Raises:
        SubmissionUnknown, SubmissionStale, SubmissionInOtherState: as they say.
        NoteMissing: without words the collector cannot know what to do.
    """
    words = _words(note)
    if words is None:
        raise NoteMissing(limit=NOTE_LIMIT)
    standing = await take(conn, principal, submission_id, version)
    decision = Decision(State.NEEDS_YOU, note=words)
    return await conclude(conn, principal, standing, "send-back", decision, clock)


async def refuse(
    conn: AsyncConnection,
    principal: Principal,
    submission_id: UUID,
    version: int,
    note: str | None,
    clock: Clock,
) -> Submission:
    """Decide that nothing comes of a record; the register keeps what it has.

    Raises:
        SubmissionUnknown, SubmissionStale, SubmissionInOtherState: as they say.
        NoteMissing: the note is too long.
    """
    words = _words(note)
    standing = await take(conn, principal, submission_id, version)
    which = {"records": [submission_id]}
    fields = [
        each["field"]
        for each in await rows(conn, QUERIES["conflicts_of"], which)
        if each["chosen"] is None
    ]
    await records.choose(
        conn,
        standing.submission,
        dict.fromkeys(fields, "registered"),
        by=principal.id,
        at=clock.now(),
    )
    decision = Decision(State.REFUSED, note=words, detail={"conflicts": fields})
    return await conclude(conn, principal, standing, "refuse", decision, clock)


async def reopen(
    conn: AsyncConnection, principal: Principal, submission_id: UUID, version: int, clock: Clock
) -> Submission:
    """Take a decision back; it waits for review again.

    Raises:
        SubmissionUnknown, SubmissionStale, SubmissionInOtherState: as they say.
        DecisionWritten: the register was written; what was done is undone there.
    """
    standing = await take(conn, principal, submission_id, version, _DECIDED)
    submission, outcome = standing.submission, standing.outcome or Outcome(Merge({}))
    if _is_written(standing, outcome):
        raise DecisionWritten(ref=submission.code or f"p{submission.address_id}")
    which = {"record": submission_id, "revision": submission.revision}
    await execute(conn, QUERIES["unchoose"], which)
    is_apart = outcome.was is State.QUARANTINED
    await audit.record(
        conn,
        principal=principal.id,
        action="submission.reopen",
        subject=f"submission:{submission_id}",
        at=clock.now(),
        detail={"revision": submission.revision, "was": submission.state.value},
    )
    settled = Settlement(
        state=State.QUARANTINED if is_apart else State.RECEIVED,
        waits_for=None if is_apart else Waits.REVIEW,
        findings=standing.findings,
        outcome=replace(outcome, decision=None, was=None),
        address_id=submission.address_id,
        commune=None,
        decided_at=None,
        decided_by=None,
        code=submission.code,
    )
    return await put(conn, standing, settled)


def _is_written(standing: Standing, outcome: Outcome) -> bool:
    """Tell whether the decision, of a supervisor or of the rules, wrote to the register."""
    submission = standing.submission
    if submission.state is not State.ACCEPTED:
        return False
    return outcome.has_written or (submission.decided_by == RULES and bool(outcome.wrote))


def _words(note: str | None) -> str | None:
    """Give words as they are kept; blank ones are none.

    Raises:
        NoteMissing: they are too long.
    """
    words = (note or "").replace("\x00", "").strip()
    if len(words) > NOTE_LIMIT:
        raise NoteMissing(limit=NOTE_LIMIT)
    return words or None
