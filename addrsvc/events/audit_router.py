"""HTTP route of the audit log."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from addrsvc.auth.web import Caller
from addrsvc.db.web import ReadDoor
from addrsvc.events.audit_log import Entry, Wanted, list_entries
from addrsvc.events.chain import moment

router = APIRouter(prefix="/v1", tags=["audit"])

_PRINTED = r"^[^\x00-\x1f]*$"
Text = Annotated[str | None, Query(max_length=200, pattern=_PRINTED)]
Moment = Annotated[AwareDatetime | None, Query(examples=["2026-01-15T10:00:00+07:00"])]


@router.get("/audit", summary="Read who did what")
async def list_audit_entries(
    pool: ReadDoor,
    caller: Caller,
    *,
    behind: Annotated[
        int | None, Query(ge=0, lt=2**62, description="next of the page before")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    newest_first: bool = False,
    principal: Text = None,
    action: Annotated[
        str | None,
        Query(max_length=200, pattern=_PRINTED, description="or its beginning, such as address."),
    ] = None,
    subject: Text = None,
    outcome: Literal["done", "refused"] | None = None,
    since: Moment = None,
    until: Moment = None,
) -> dict[str, Any]:
    """Give entries in order of number, for auditors; ask on with ``behind`` = ``next``.

    ``hash`` chains each entry to the one before it, see ``addrsvc audit verify``.
    """
    wanted = Wanted(principal, action, subject, outcome, since, until)
    async with pool.connection() as conn:
        found = await list_entries(
            conn, caller, wanted, behind=behind, newest_first=newest_first, limit=limit
        )
    return {
        "items": [entry_out(each) for each in found],
        "next": found[-1].number if len(found) == limit else None,
    }


def entry_out(entry: Entry) -> dict[str, Any]:
    """Give an entry as JSON has it: what is hashed, and the hash."""
    return {
        "number": entry.number,
        "recorded_at": moment(entry.recorded_at),
        "principal": entry.principal,
        "action": entry.action,
        "subject": entry.subject,
        "outcome": entry.outcome,
        "request_id": entry.request_id,
        "detail": entry.detail,
        "hash": entry.hash.hex(),
    }
