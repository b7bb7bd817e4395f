"""Prove that the register holds together."""

from __future__ import annotations

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli.session import in_transaction
from addrsvc.registry.verification import verify as checks


async def _show(conn: AsyncConnection) -> bool:
    whole = True
    async for name, findings in checks(conn):
        print(f"{'ok    ' if not findings else 'BROKEN'}  {name.replace('_', ' ')}")
        for finding in findings:
            whole = False
            print(f"          address {finding.address_id}: {finding.what}")
    return whole


def verify() -> None:
    """Check versions, projection, codes and events of every address; exit 1 on a finding."""
    if not in_transaction(_show):
        raise typer.Exit(1)
