"""Load all names and links of units into memory, for matching texts."""

from __future__ import annotations

from addrsvc.admin_units.commune_text import CommuneNames, NamedUnit
from addrsvc.admin_units.model import LinkKind
from addrsvc.admin_units.repository import QUERIES
from addrsvc.admin_units.succession import Link, Succession
from addrsvc.db.rows import Connection, rows
from addrsvc.types import Level, UnitId, ValidPeriod


async def load_commune_names(conn: Connection) -> CommuneNames:
    """Read every unit and link: some 14,000 rows, a fraction of a second; keep the result."""
    units = [
        NamedUnit(
            id=UnitId(row["code"], row["valid_from"]),
            period=ValidPeriod(row["valid_from"], row["valid_to"]),
            level=Level(row["level"]),
            kind=row["kind"],
            name=row["name"],
            parent_code=row["parent_code"],
        )
        for row in await rows(conn, QUERIES["all_names"], {})
    ]
    links = [
        (
            UnitId(row["from_code"], row["from_valid_from"]),
            Link(
                to=UnitId(row["to_code"], row["to_valid_from"]),
                kind=LinkKind(row["kind"]),
                share=row["share_of_from"],
            ),
        )
        for row in await rows(conn, QUERIES["all_links"], {})
    ]
    return CommuneNames(units, Succession({unit.id: unit.period for unit in units}, links))
