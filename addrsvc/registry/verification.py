"""Prove that the register holds together: what constraints cannot say, asked over everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, rows
from addrsvc.registry.search_keys import stale_keys

CHECKS = Queries("addrsvc.registry", "verification.sql")

STALE_KEYS = "search_keys_differ"
"""The check that only code can make: keys that are not those the document gives."""

_SHOWN = 20
"""Most findings shown of one check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One address that breaks one rule."""

    check: str
    address_id: int
    what: str


async def verify(conn: Connection) -> AsyncIterator[tuple[str, list[Finding]]]:
    """Run every check, those in SQL first; give its name and the first 20 findings."""
    for name in CHECKS.names():
        found = await rows(conn, CHECKS[name], {"limit": _SHOWN})
        yield name, [Finding(name, each["subject"], each["finding"]) for each in found]
    stale: list[Finding] = []
    async for each in stale_keys(conn):
        stale.append(Finding(STALE_KEYS, each.address_id, "search keys differ from the document"))
        if len(stale) == _SHOWN:
            break
    yield STALE_KEYS, stale
