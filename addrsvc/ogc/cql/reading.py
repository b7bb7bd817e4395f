"""Pure: read a filter into a tree; the grammar is the library's.

>>> read_filter("area_km2 > 5", is_json=False)
{'op': '>', 'args': [{'property': 'area_km2'}, 5.0]}
"""

from __future__ import annotations

import re
from typing import Any, Final

import cql2

from addrsvc.ogc.cql.caps import require_modest, unreadable

_PLACE: Final = re.compile(r"--> ([0-9]+):([0-9]+)|line ([0-9]+) column ([0-9]+)")


def read_filter(given: str, *, is_json: bool) -> Any:
    """Give the tree of a filter, as CQL2 JSON; numbers are floats and may be infinite.

    Raises:
        InvalidInput: see ``caps.require_modest``; it is no CQL2.
    """
    require_modest(given, is_json=is_json)
    try:
        read = cql2.parse_json(given) if is_json else cql2.parse_text(given)
    except cql2.ParseError as error:
        raise unreadable(is_json=is_json, place=_place_of(given, str(error))) from None
    return read.to_json()


def _place_of(given: str, said: str) -> int:
    """Give the character the library stumbled over, the first where it does not say."""
    found = _PLACE.search(said)
    if found is None:
        return 1
    line, column = (int(each) for each in found.groups() if each is not None)
    before = given.split("\n")[: line - 1]
    return sum(len(each) + 1 for each in before) + column
