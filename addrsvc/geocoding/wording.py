"""What stands in a text where it was divided wrongly or spelt wrongly. Pure.

A reader divides at capitals and points, so that ``mBình Chuẩn 5`` and ``N. V. Trị`` may come in
pieces; the names of places know better. A commune that is no more than close to what is written
is compared again with the communes that have the street.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import OSA

from addrsvc.parsing.keys import thoroughfare_key
from addrsvc.parsing.model import Component, ComponentType, Parsed, Status
from addrsvc.parsing.normalise import name_key

UNIT_TYPES: Final = frozenset(
    {ComponentType.COMMUNE, ComponentType.DISTRICT, ComponentType.PROVINCE, ComponentType.POSTCODE}
)
"""Components that other readings of a text share with the first."""

_LONGEST: Final = 60
_WORD_BEFORE: Final = re.compile(r"(?:đường|duong|đg\b\.?|dg\b\.?)[\s.:]*(?=\S)", re.IGNORECASE)
_MARKS: Final = ("duong", "quoc lo", "tinh lo", "huong lo", "dai lo", "khu pho")
"""Words before a name that are long enough to be known by all but one letter."""

_NUMBERS: Final = re.compile(r"\d+")
_EDGES: Final = " ,.;:-–"


def street_as_written(parsed: Parsed, components: Sequence[Component]) -> str | None:
    """Give the words between the house number and the next comma or unit, the word before off.

    None: that is what was read as the street already, or there are none.
    """
    street = _first(components, ComponentType.THOROUGHFARE)
    number = _first(components, ComponentType.HOUSE_NUMBER)
    starts = [each.span[end] for each, end in ((number, 1), (street, 0)) if each and each.span]
    for start in starts:
        name = _WORD_BEFORE.sub("", _segment(parsed, components, start), count=1)
        if name and len(name) <= _LONGEST and not name.isdigit():
            same = street is not None and thoroughfare_key(name) == street.key
            return None if same else name
    return None


def with_word_put_right(parsed: Parsed, components: Sequence[Component]) -> str | None:
    """Give the words behind the house number with a slip in the first of them mended.

    Only the words that say what follows are known well enough for that: ``Đnờng 11``,
    ``Kuh phố 4``. None: there is no such slip.
    """
    number = _first(components, ComponentType.HOUSE_NUMBER)
    start = 0 if number is None or number.span is None else number.span[1]
    words = _segment(parsed, components, start)[:_LONGEST].split()
    for count in (1, 2):
        written = name_key(" ".join(words[:count]))
        for mark in _MARKS:
            if mark.count(" ") == count - 1 and OSA.distance(written, mark, score_cutoff=1) == 1:
                return " ".join((mark, *words[count:]))
    return None


def commune_as_written(parsed: Parsed, components: Sequence[Component]) -> str | None:
    """Give the key of the words of a commune that was put right or is not known; None: it is."""
    commune = _first(components, ComponentType.COMMUNE)
    doubtful = {Status.CORRECTED, Status.UNCONFIRMED}
    if commune is None or commune.span is None or commune.status not in doubtful:
        return None
    return name_key(_segment(parsed, components, commune.span[0])[:_LONGEST]) or None


def likeness(written: str, name: str) -> float:
    """Give how alike what is written and a commune's full name are, 0…1; numbers must agree.

    >>> round(likeness("phuong tan dong heip", "Phường Tân Đông Hiệp"), 2)
    0.95
    >>> likeness("phuong 5", "Phường 6")
    0.0
    """
    key = name_key(name)
    if _NUMBERS.findall(written) != _NUMBERS.findall(key):
        return 0.0
    return OSA.normalized_similarity(written, key)


def _segment(parsed: Parsed, components: Sequence[Component], start: int) -> str:
    """Give the text from a place to the next comma or unit of administration."""
    ends = [each.span[0] for each in components if each.type in UNIT_TYPES and each.span]
    end = min((at for at in ends if at > start), default=len(parsed.text))
    words = parsed.text[start:end].lstrip(_EDGES)
    return re.split(r"[,;\n]", words, maxsplit=1)[0].strip(_EDGES)


def _first(components: Sequence[Component], type_: ComponentType) -> Component | None:
    return next((each for each in components if each.type is type_), None)
