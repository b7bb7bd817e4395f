"""Load all names and links of units into memory, for reading texts."""

from __future__ import annotations

from addrsvc.admin_units.commune_text import CommuneNames
from addrsvc.admin_units.former_units import former_units
from addrsvc.admin_units.model import LinkKind
from addrsvc.admin_units.repository import QUERIES
from addrsvc.admin_units.succession import Link, Succession
from addrsvc.db.rows import Connection, rows
from addrsvc.parsing.lexicon import LexiconUnit, UnitLexicon
from addrsvc.types import Level, UnitId, ValidPeriod


async def load_commune_names(conn: Connection) -> CommuneNames:
    """Read every unit and link: some 14,000 rows, half a second; keep the result."""
    units, links = await _read_units(conn), await _read_links(conn)
    succession = Succession({unit.id: unit.period for unit in units}, links)
    return CommuneNames(_lexicon(units, links), succession)


async def load_unit_lexicon(conn: Connection) -> UnitLexicon:
    """Read every unit and link into a lexicon: half a second; keep the result."""
    return _lexicon(await _read_units(conn), await _read_links(conn))


def _lexicon(units: list[LexiconUnit], links: list[tuple[UnitId, Link]]) -> UnitLexicon:
    return UnitLexicon(units, [(before, link.to) for before, link in links], former_units())


async def _read_units(conn: Connection) -> list[LexiconUnit]:
    return [
        LexiconUnit(
            id=UnitId(row["code"], row["valid_from"]),
            period=ValidPeriod(row["valid_from"], row["valid_to"]),
            level=Level(row["level"]),
            kind=row["kind"],
            name=row["name"],
            parent_code=row["parent_code"],
        )
        for row in await rows(conn, QUERIES["all_names"], {})
    ]


async def _read_links(conn: Connection) -> list[tuple[UnitId, Link]]:
    return [
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
