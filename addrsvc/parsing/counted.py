"""Pure: the order of names with numbers in them, as people count them."""

from __future__ import annotations

import re
from typing import Final

from addrsvc.parsing.normalise import name_key

_FIGURES: Final = re.compile(r"([0-9]+)")


def counted(text: str) -> list[tuple[int, int, str]]:
    """Give a key by which numbers in names are counted, not spelt.

    >>> sorted(["12", "9/2", "9A", "9", "Khu phố 10", "Khu phố 2"], key=counted)
    ['9', '9/2', '9A', '12', 'Khu phố 2', 'Khu phố 10']
    """
    pieces = _FIGURES.split(name_key(text))
    return [(0, int(each[:18]), "") if each.isdigit() else (1, 0, each) for each in pieces if each]
