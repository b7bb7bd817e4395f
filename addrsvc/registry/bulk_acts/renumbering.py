"""Renumbering of a street or alley, by a list of numbers or by a rule. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from addrsvc.admin_units.model import LocatedCommune
from addrsvc.parsing.house_number import parse_house_number
from addrsvc.parsing.keys import alley_prefixes, number_key, street_number, thoroughfare_key
from addrsvc.registry.bulk_acts.model import Decision, Undecided, Whom, Why
from addrsvc.registry.model import Document
from addrsvc.types import UnitId


@dataclass(frozen=True, slots=True)
class Renumbering:
    """Gives new numbers to the houses of a street in some communes, or of one of its alleys."""

    communes: tuple[UnitId, ...]
    street: str
    alley: str | None = None
    """Only houses of the alley with this number; None: all of the street."""
    numbers: tuple[tuple[str, str], ...] = ()
    """Old and new number of each house; empty: by ``prefix``."""
    prefix: str | None = None
    """Is put before every number: with ``48``, 12/5 becomes 48/12/5."""

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form; ``from_json`` is its inverse."""
        return {
            "communes": [[each.code, each.valid_from.isoformat()] for each in self.communes],
            "street": self.street,
            "alley": self.alley,
            "numbers": [list(pair) for pair in self.numbers],
            "prefix": self.prefix,
        }

    @classmethod
    def from_json(cls, spec: Mapping[str, Any]) -> Renumbering:
        """Read the jsonb form."""
        return cls(
            tuple(UnitId(code, date.fromisoformat(day)) for code, day in spec["communes"]),
            spec["street"],
            spec["alley"],
            tuple((old, new) for old, new in spec["numbers"]),
            spec["prefix"],
        )

    @property
    def whom(self) -> Whom:
        """Give the addresses along the street."""
        return Whom(self.communes, (thoroughfare_key(self.street),))

    def asks_point(self, document: Document) -> bool:
        """Need no commune around a position."""
        del document
        return False

    def decide(self, document: Document, located: LocatedCommune | None) -> Decision:
        """Give the document with the new number; one the list lacks is not guessed."""
        del located
        parts = document.components
        base, key = parts.search_keys()
        here = UnitId(document.commune.code, document.commune.valid_from) in self.communes
        if not here or base != thoroughfare_key(self.street) or parts.house_number is None:
            return None
        if key is None or not self._is_meant(key):
            return None
        if self.prefix is not None:
            new = f"{self.prefix}/{_today(parts.house_number)}"
        else:
            listed = _table(self.numbers).get(number_key(parts.house_number))
            if listed is None:
                return Undecided(Why.NUMBER_UNLISTED)
            new = listed
        return replace(document, components=replace(parts, house_number=new))

    def _is_meant(self, key: str) -> bool:
        return self.alley is None or number_key(self.alley) in alley_prefixes(key)


def _today(house_number: str) -> str:
    """Write a number with slashes for alleys; one that is not understood stays."""
    found = parse_house_number(house_number)
    return house_number if found is None else str(found)


@lru_cache(maxsize=8)
def _table(numbers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Give the new numbers by the keys of the old."""
    return {number_key(old): new for old, new in numbers}


def in_order(numbers: Sequence[str], *, odd_from: int, even_from: int) -> list[tuple[str, str]]:
    """Number the houses of a street anew: odd and even each by two, in the order of before.

    Houses of an alley keep their steps within it; lots and parcels, which do not count along the
    street, keep their numbers.

    >>> in_order(["1", "3A", "3A/2", "7", "4", "10"], odd_from=1, even_from=2)
    [('1', '1'), ('3A', '3'), ('3A/2', '3/2'), ('7', '5'), ('4', '2'), ('10', '4')]
    """
    following = {1: odd_from, 0: even_from}
    given: dict[str, str] = {}
    pairs = []
    ordered = sorted(numbers, key=number_key)
    for number in ordered:
        head, slash, rest = _today(number).partition("/")
        key = number_key(head)
        on_street = street_number(key)
        if on_street is None:
            given[key] = head
        elif key not in given:
            side = on_street % 2
            given[key] = str(following[side])
            following[side] += 2
        pairs.append((number, f"{given[key]}{slash}{rest}"))
    place = {number: at for at, number in enumerate(numbers)}
    return sorted(pairs, key=lambda pair: place[pair[0]])
