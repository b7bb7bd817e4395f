"""From what an act was asked to do to the rule that decides."""

from __future__ import annotations

from addrsvc.admin_units.units_in_memory import converter_of
from addrsvc.db.rows import Connection
from addrsvc.registry.bulk_acts.model import BulkAct, BulkKind, Rule
from addrsvc.registry.bulk_acts.moving import LocalityMove
from addrsvc.registry.bulk_acts.naming import StreetNaming
from addrsvc.registry.bulk_acts.renumbering import Renumbering
from addrsvc.registry.bulk_acts.reorganising import Reorganisation, Reorganise


async def load_rule(conn: Connection, act: BulkAct) -> Rule:
    """Give the rule of an act, with what it needs to know of the units."""
    kind = BulkKind(act.kind)
    if kind is BulkKind.REORGANISE:
        spec = Reorganisation.from_json(act.spec)
        return Reorganise(spec, await converter_of(conn, spec.links()), act.day)
    if kind is BulkKind.NAME_STREET:
        return StreetNaming.from_json(act.spec)
    if kind is BulkKind.RENUMBER:
        return Renumbering.from_json(act.spec)
    return LocalityMove.from_json(act.spec)
