"""Read the audit log: who did or tried what. For auditors only.

Beside the feed, since both logs are sealed the same way and the log itself knows no principals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from addrsvc.audit.service import QUERIES
from addrsvc.auth.model import Principal, Scope
from addrsvc.db.rows import Connection, rows

LAST = 2**62
"""Above every number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None: whatever."""

    principal: str | None = None
    action: str | None = None
    """Or how it begins, such as ``address.``."""
    subject: str | None = None
    outcome: Literal["done", "refused"] | None = None
    since: datetime | None = None
    until: datetime | None = None
    """The first moment no longer wanted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did or tried what."""

    number: int
    recorded_at: datetime
    principal: str
    action: str
    subject: str
    outcome: str
    request_id: str | None
    detail: Mapping[str, Any] | None
    hash: bytes


async def list_entries(
    conn: Connection,
    principal: Principal,
    wanted: Wanted,
    *,
    behind: int | None = None,
    newest_first: bool = False,
    limit: int = 100,
) -> Sequence[Entry]:
    """Give a page of the log in order of number: what was sealed, half a second after the act.

    Args:
        conn: either door.
        principal: who asks.
        wanted: which entries.
        behind: number of the last entry of the page before; None: the first page.
        newest_first: from the end backwards.
        limit: at most so many.

    Raises:
        NotSignedIn, ScopeMissing: for auditors only.
        EverywhereForbidden: the log is of all communes, and the principal is limited to some.
    """
    principal.require_everywhere(Scope.AUDIT_READ)
    query = QUERIES["entries_backwards" if newest_first else "entries"]
    if behind is None:
        behind = LAST if newest_first else 0
    found = await rows(conn, query, {**asdict(wanted), "behind": behind, "limit": limit})
    return [Entry(**each) for each in found]
