"""How many dossiers something that happens to addresses concerns, before it happens."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.roles import open_rows
from addrsvc.db.rows import rows
from addrsvc.dossiers.proposals.repository import QUERIES


async def count_linked(
    conn: AsyncConnection, address_ids: Sequence[int], communes: Sequence[str]
) -> tuple[int, int, dict[str, int]]:
    """Count dossiers linked to addresses now, whoever may see them; opens all dossiers.

    Args:
        conn: a transaction of its own.
        address_ids: of the addresses.
        communes: codes of the communes each of them lies in.

    Returns:
        Dossiers; links, each of which would be proposed about; dossiers by commune.
    """
    await open_rows(conn, "dossiers", None)
    params = {"ids": list(address_ids), "communes": list(communes)}
    found = await rows(conn, QUERIES["count_linked"], params)
    dossiers = links = 0
    by_commune: dict[str, int] = {}
    for each in found:
        if each["commune"] is None:
            dossiers, links = each["dossiers"], each["links"]
        else:
            by_commune[each["commune"]] = each["dossiers"]
    return dossiers, links, by_commune
