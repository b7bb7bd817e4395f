"""Weigh what a text names against what the registers know: one number per mention. Pure.

The weights are plain points: a marked name counts three, a bare one less, the less the less it
stands by itself; lying in the unit named beside it counts; slips and doubts cost.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from addrsvc.parsing.lexicon import Place
from addrsvc.parsing.units_found import Found
from addrsvc.types import Level

MARKED, MARKED_SHORT = 3.0, 2.8
ALONE, LAST, FIRST, INSIDE = 2.0, 1.3, -0.8, -1.0
NOT_CLOSED = -0.9
OWNED, NUMBERED = -4.0, -1.5
OWN_DISTRICT, OWN_PROVINCE, DISTRICT_IN_PROVINCE, DISTRICT_AROUND = 1.5, 1.5, 2.0, 0.2
NEW_FORM = 0.4
AT_END = 0.5
BLANK = -1.0
"""A slot of the form left blank says that its level is not named."""
WRONG_ORDER = -0.6
UNUSED = {True: -1.5, False: -0.7}
"""A marked name left over, written out or abbreviated."""
UNUSED_ALONE, UNUSED_OUTER = -0.7, -1.5
"""A known name of a district or province left over: bare between commas, or marked."""
FORMER, FORMER_ALONE = -0.4, -1.6
ACCENTS_LACKING, ACCENTS_OTHER = 0.1, 1.2
COMMON_NOUNS = frozenset({"trungtam"})
"""Names that are names only after a word of administration, or in a unit named beside them."""


def standing(found: Found, *, closed: bool, opened: bool) -> float:
    """Weigh how a name stands in its text."""
    if found.mark is not None:
        value = MARKED if found.mark.written_out else MARKED_SHORT
        return value if closed else value + NOT_CLOSED
    if found.owned:
        return OWNED
    value = ALONE if closed and opened else LAST if closed else FIRST if opened else INSIDE
    return value + (NUMBERED if found.numbered else 0.0)


@lru_cache(maxsize=32_768)
def accents_cost(written: str, spelling: str) -> float:
    """Weigh accents: lacking ones are usual, other ones mean another name."""
    if written == spelling or not written:
        return 0.0
    if written.isascii() or len(written) != len(spelling):
        return ACCENTS_LACKING
    lacking = all(
        mine == other or _marks(mine) < _marks(other)
        for mine, other in zip(written, spelling, strict=True)
    )
    return 2 * ACCENTS_LACKING if lacking else ACCENTS_OTHER


def _marks(char: str) -> frozenset[str]:
    marks = set(unicodedata.normalize("NFD", char)[1:])
    return frozenset(marks | ({"đ"} if char == "đ" else set()))


def kind_cost(found: Found, place: Place) -> float:
    """Weigh a word of administration that says another kind than the unit's."""
    mark = found.mark
    if mark is None or place.unit.kind in mark.kinds:
        return 0.0
    if place.unit.level is Level.PROVINCE:
        return 0.5 if "tinh" in mark.kinds else 1.5
    return 1.2 if place.unit.level is Level.COMMUNE else 0.7


def fits(found: Found, place: Place) -> bool:
    """Tell whether a name may mean a place at all: the mark's level, the alias's level."""
    if found.mark is not None and place.unit.level not in found.mark.levels:
        return False
    if found.key.isdecimal():
        return found.mark is not None and place.unit.kind in found.mark.kinds
    return True


def worth(found: Found, place: Place) -> float:
    """Weigh a name for a place by letters, accents and kind alone; costs, so never positive."""
    cost = found.slip + kind_cost(found, place)
    return -cost - accents_cost(found.spelling, place.spelling)
