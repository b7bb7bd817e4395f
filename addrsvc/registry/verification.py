"""Prove that the register holds together: what constraints cannot say, asked over everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, rows

CHECKS = Queries("addrsvc.registry", "verification.sql")

_SHOWN = 20
"""Most findings shown of one check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One address that breaks one rule."""

    check: str
    address_id: int
    what: str


async def verify(conn: Connection) -> AsyncIterator[tuple[str, list[Finding]]]:
    """Run every check, in file order; give its name and the first 20 findings."""
    for name in CHECKS.names():
        found = await rows(conn, CHECKS[name], {"limit": _SHOWN})
        yield name, [Finding(name, each["subject"], each["finding"]) for each in found]
