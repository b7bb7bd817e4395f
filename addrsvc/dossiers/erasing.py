"""Take a person out of what dossiers say, where somebody asks to be erased.

Texts were cut when they came in, where a person could be told; a bare name could not. Whoever
sends the dossier again as it was brings the name again: they are to erase it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.queries import Queries
from addrsvc.db.roles import open_rows
from addrsvc.db.rows import execute, rows
from addrsvc.dossiers.withheld import Persons, digits_in
from addrsvc.personal.model import Person

_QUERIES: Final = Queries("addrsvc.dossiers", "queries_erasing.sql")

_NOTHING_LEFT: Final = "—"
"""Instead of a text that was nothing but the person: the address stays on record."""


async def take_out_persons(
    conn: AsyncConnection, persons: Sequence[Person], patterns: Sequence[str]
) -> int:
    """Cut persons out of texts, notes and offices, of addresses removed since too.

    What is said of such an address in words may quote it, and goes. No event and no version: none
    ever held the person.

    Args:
        conn: of the erasure.
        persons: whom to take out.
        patterns: of ILIKE, for names and numbers as they were typed.

    Returns:
        How many addresses and dossiers named one of them.
    """
    await open_rows(conn, "dossiers", None)
    numbers = frozenset(digits_in(each.phone) for each in persons if each.phone)
    named = Persons(frozenset(each.name for each in persons), numbers)
    count = 0
    for each in await rows(conn, _QUERIES["addresses_naming"], {"patterns": list(patterns)}):
        given = dict(each["given"])
        for field in ("text", "note"):
            if field in given:
                given[field] = named.cut(given[field]).text or _NOTHING_LEFT
        if given == each["given"]:
            continue
        params = {"dossier_id": each["dossier_id"], "n": each["n"], "given": Jsonb(given)}
        count += await execute(conn, _QUERIES["put_given"], params)
    count += await execute(conn, _QUERIES["take_out_offices"], {"patterns": list(patterns)})
    return count
