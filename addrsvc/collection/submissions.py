"""Records listed for supervisors, decided or not; what is done with each is in ``reviewing``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from addrsvc.auth.model import Principal, Scope
from addrsvc.collection.model import Act, State, Submission, Waits
from addrsvc.collection.records import submission_of
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, rows

QUERIES: Final = Queries("addrsvc.collection", "queries_review.sql")

PAGE_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """Which records to list: all given conditions hold together; None: any."""

    state: State | None = None
    waits_for: Waits | None = None
    commune: str | None = None
    task: UUID | None = None
    device: str | None = None
    act: Act | None = None


async def list_submissions(
    conn: Connection, principal: Principal, wanted: Listed, *, before: UUID | None, limit: int
) -> tuple[list[Submission], UUID | None]:
    """Give a page of records, those that came last first, and where the next one begins.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    communes = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.COLLECTION_REVIEW, communes)
    params = {
        "before": before,
        "state": None if wanted.state is None else wanted.state.value,
        "waits_for": None if wanted.waits_for is None else wanted.waits_for.value,
        "commune": wanted.commune,
        "task": wanted.task,
        "device": wanted.device,
        "act": None if wanted.act is None else wanted.act.value,
        "areas": None if principal.areas is None else sorted(principal.areas),
        "limit": limit + 1,
    }
    found = [submission_of(each) for each in await rows(conn, QUERIES["submissions"], params)]
    return found[:limit], found[limit - 1].submission_id if len(found) > limit else None
