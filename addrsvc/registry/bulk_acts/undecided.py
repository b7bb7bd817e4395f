"""Addresses a bulk act left for a person to decide."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.db.rows import Connection, rows
from addrsvc.registry.bulk_acts import acts
from addrsvc.registry.bulk_acts.model import Why
from addrsvc.registry.bulk_acts.storing import QUERIES
from addrsvc.registry.model import Document

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Left:
    """One address as it stands now, and why it was left."""

    address_id: int
    ref: str
    why: Why
    candidates: tuple[str, ...]
    """Codes of communes it may be in."""
    settled: bool
    """Somebody wrote it since."""
    commune_code: str
    document: Document


async def list_undecided(
    conn: Connection, principal: Principal, act_id: int, *, after: int = 0, limit: int = _PAGE
) -> list[Left]:
    """List what an act, or its undoing, left as it was, in order of identity.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not plan bulk acts.
        ActNotFound: there is no such act.
        AreaForbidden: it reaches beyond the principal's areas.
    """
    principal.require(Scope.ACTS_WRITE)
    await acts.require(conn, principal, Scope.ACTS_WRITE, await acts.get_act(conn, act_id))
    params = {
        "act_id": act_id,
        "after": after,
        "limit": limit,
        **sight_of(principal).params(),
    }
    return [
        Left(
            each["address_id"],
            each["ref"],
            Why(each["reason"]),
            tuple(each["candidates"]),
            each["settled"],
            each["commune_code"],
            Document.from_json(each["document"]),
        )
        for each in await rows(conn, QUERIES["undecided"], params)
    ]


async def all_undecided(conn: Connection, principal: Principal, act_id: int) -> AsyncIterator[Left]:
    """Give the whole list, a page at a time."""
    after = 0
    while page := await list_undecided(conn, principal, act_id, after=after):
        for each in page:
            yield each
        after = page[-1].address_id
