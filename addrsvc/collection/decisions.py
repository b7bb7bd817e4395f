"""What all decisions of supervisors share: the record held at the version read, and traces left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.collection import records
from addrsvc.collection.errors import SubmissionInOtherState, SubmissionStale, SubmissionUnknown
from addrsvc.collection.merging import Merge
from addrsvc.collection.model import State, Submission, Waits
from addrsvc.collection.records import Outcome, Settlement, Standing
from addrsvc.registry.model import Address

OPEN: Final = frozenset({State.RECEIVED, State.NEEDS_YOU, State.QUARANTINED})
"""Where a supervisor may decide."""


async def take(
    conn: AsyncConnection,
    principal: Principal,
    submission_id: UUID,
    version: int,
    states: Collection[State] = OPEN,
) -> Standing:
    """Hold a record to decide about it.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal.
        SubmissionUnknown: there is none within the principal's areas.
        SubmissionStale: somebody changed it since it was read.
        SubmissionInOtherState: it does not stand where this can be done.
    """
    principal.require(Scope.COLLECTION_REVIEW)
    standing = await records.lock(conn, submission_id)
    if standing is None or not is_reached(principal, standing.submission):
        raise SubmissionUnknown(record=str(submission_id))
    submission = standing.submission
    if version != submission.version:
        raise SubmissionStale(given=version, current=submission.version)
    is_pending = submission.waits_for is Waits.REGISTER
    if submission.state not in states or is_pending:
        raise SubmissionInOtherState(state=submission.state.value)
    return standing


def is_reached(principal: Principal, submission: Submission) -> bool:
    """Tell whether a record lies in the principal's areas; of one that lies nowhere: everywhere."""
    if principal.areas is None:
        return True
    return submission.commune_code is not None and principal.reaches(submission.commune_code)


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a supervisor leaves a record."""

    state: State
    outcome: Outcome | None = None
    """What came of it; None: as before."""
    address: Address | None = None
    """What it is about, where that is known by now."""
    note: str | None = None
    code: str | None = None
    """Spoken for by the record; None: as before."""
    detail: Mapping[str, Any] | None = None
    """Facts for the audit log."""


async def conclude(
    conn: AsyncConnection,
    principal: Principal,
    standing: Standing,
    action: str,
    decision: Decision,
    clock: Clock,
) -> Submission:
    """Write a decision and its trace; the last that is done in a transaction."""
    submission, at, address = standing.submission, clock.now(), decision.address
    outcome = decision.outcome or standing.outcome or Outcome(Merge({}))
    outcome = replace(outcome, decision=decision.state, was=submission.state)
    await audit.record(
        conn,
        principal=principal.id,
        action=f"submission.{action}",
        subject=f"submission:{submission.submission_id}",
        at=at,
        detail={"revision": submission.revision, **(decision.detail or {})},
    )
    settled = Settlement(
        state=decision.state,
        waits_for=None,
        findings=standing.findings,
        outcome=outcome,
        address_id=submission.address_id if address is None else address.address_id,
        commune=None if address is None else address.area,
        decided_at=at,
        decided_by=principal.id,
        note=decision.note,
        code=decision.code or submission.code,
    )
    return await put(conn, standing, settled)


async def put(conn: AsyncConnection, standing: Standing, settled: Settlement) -> Submission:
    """Write where a record stands; gives it as it stands then."""
    await records.settle(conn, standing, settled)
    (after,) = await records.find(conn, [standing.submission.submission_id], None)
    return after.submission
