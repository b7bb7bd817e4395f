"""What the text an address came from says, for rules to compare."""

from __future__ import annotations

from datetime import date
from typing import Final

from addrsvc.admin_units.conversion import Certainty
from addrsvc.admin_units.model import LocatedCommune
from addrsvc.admin_units.units_in_memory import LoadedUnits
from addrsvc.parsing.keys import search_keys
from addrsvc.parsing.model import Component, ComponentType, Parsed, Status, UnitMention
from addrsvc.registry.quality.subject import TextRead

_MOST_COMMUNES: Final = 8
"""A name that may mean more communes than this says nothing."""
_DOUBTS: Final = frozenset({"typo", "accents", "lexicon"})


def read_text(text: str, units: LoadedUnits, day: date, located: LocatedCommune | None) -> TextRead:
    """Read a text; ``located`` is the commune around the measured position, if there is one."""
    parsed = units.reader.read(text)
    number = _value(parsed.first(ComponentType.HOUSE_NUMBER))
    street = _value(parsed.first(ComponentType.THOROUGHFARE))
    localities = parsed.all(ComponentType.LOCALITY)
    base_key, number_key = search_keys(
        number,
        street,
        [(each.kind or "place", each.value) for each in localities],
    )
    read = TextRead(
        number=number,
        number_key=number_key,
        street=street,
        street_key=base_key if street is not None else None,
        localities=tuple(each.value for each in localities),
    )
    return _with_communes(read, parsed, units, day, located)


def _value(part: Component | None) -> str | None:
    return None if part is None else part.value


def _with_communes(
    read: TextRead,
    parsed: Parsed,
    units: LoadedUnits,
    day: date,
    located: LocatedCommune | None,
) -> TextRead:
    mentions = [each.commune for each in parsed.units if each.commune is not None]
    named = [each for each in mentions if each.unit is not None]
    written = {each.unit: each.name for each in named if each.unit is not None}
    if not 0 < len(written) <= _MOST_COMMUNES:
        return read
    keys = [each.key for each in parsed.all(ComponentType.LOCALITY)]
    found = units.converter.convert(written, day, localities=keys, located=located)
    split = {Certainty.BY_GEOMETRY, Certainty.BY_LOCALITY}
    return TextRead(
        number=read.number,
        number_key=read.number_key,
        street=read.street,
        street_key=read.street_key,
        localities=read.localities,
        written=tuple(dict.fromkeys(written.values())),
        communes=tuple((each.unit.code, each.name) for each in found.present),
        is_sure=found.settled is not None and _is_sure(named[0]),
        was_split=any(
            each.certainty in split or "divided" in each.evidence for each in found.present
        ),
    )


def _is_sure(commune: UnitMention) -> bool:
    """Tell whether a commune is named as one, letter by letter."""
    exact = commune.status not in {Status.INFERRED, Status.CORRECTED}
    return exact and _DOUBTS.isdisjoint(commune.evidence)
