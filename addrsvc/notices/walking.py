"""Pure: the order in which somebody walks who brings letters and plates."""

from __future__ import annotations

import re
from typing import Any

from addrsvc.parsing.normalise import name_key
from addrsvc.registry.model import Address

_FIGURES = re.compile(r"([0-9]+)")


def walking_order(address: Address) -> tuple[Any, ...]:
    """Give a key to sort by: commune, localities, street, number, part of the building."""
    parts = address.document.components
    return (
        address.commune_code,
        [counted(each.name) for each in reversed(parts.localities)],
        counted(parts.thoroughfare or ""),
        counted(parts.house_number or ""),
        counted(parts.building or ""),
        counted(parts.floor or ""),
        counted(parts.unit or ""),
        address.code,
    )


def counted(text: str) -> list[tuple[int, int, str]]:
    """Give a key by which numbers in names are counted, not spelt.

    >>> sorted(["12", "9/2", "9A", "9", "Khu phố 10", "Khu phố 2"], key=counted)
    ['9', '9/2', '9A', '12', 'Khu phố 2', 'Khu phố 10']
    """
    pieces = _FIGURES.split(name_key(text))
    return [(0, int(each[:18]), "") if each.isdigit() else (1, 0, each) for each in pieces if each]
