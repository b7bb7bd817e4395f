"""House numbers: chains of alleys of any depth, ranges, suffixes, lots, parcels. Pure.

A number is read from the street inwards: ``123/45/6A`` is house 6A in alley 45 of alley 123. An
alley (hẻm, ngõ, ngách, kiệt) belongs to the number, never to the street's name, so that
``Hẻm 123/45 số 6A``, ``K123/45/6a``, ``số 6A ngách 45 ngõ 123`` and ``123/45/6A`` are one number.
An alley named without a house (``Hẻm 95``) has a key that ends in ``/``: the keys of all its
addresses begin with it.

>>> str(parse_house_number("Số 6a, ngách 45, ngõ 0123"))
'123/45/6A'
>>> parse_house_number("67 - 69").key, parse_house_number("Hẻm 95").key
('00067-00069', '00095/')
>>> str(parse_house_number("thửa đất số 602, tờ bản đồ số 39"))
'Thửa 602, tờ bản đồ 39'

Source: TT 08/2024/TT-BXD for official numbers; usage for the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from addrsvc.parsing.normalise import fold

_NUMBER: Final = re.compile(r"\d+")
_PLAIN: Final = re.compile(r"[0-9]{1,5}[a-z]?(?:/[0-9]{1,5}[a-z]?)*")
_STEP: Final = r"(?=[a-z-]{0,6}\d)[0-9a-z]+(?:[-.:][0-9a-z]+)*"
_CHAIN: Final = rf"{_STEP}(?:/[0-9a-z]+(?:[-.:][0-9a-z]+)*)*/?"
_WORDS: Final = {
    "ngo": "alley", "hem": "alley", "kiet": "alley", "ngach": "alley", "hxh": "alley",
    "lo": "lot", "lo dat": "lot", "o": "plot", "o dat": "plot",
    "thua": "parcel", "thua dat": "parcel", "to": "sheet", "to ban do": "sheet",
}  # fmt: skip
_ALLEY_TITLES: Final = {"ngo": "Ngõ", "ngach": "Ngách", "kiet": "Kiệt"}
_LATIN: Final = re.compile(r"(?<=[0-9A-Z])(?:BIS|TER)\b")
_DEPTH: Final = {"ngach": 1, "hem": 2}
"""Within ngõ and kiệt come ngách, then hẻm; a hẻm alone stands on the street."""
_PART: Final = re.compile(
    rf"(?:(?P<mark>{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![a-z])[.:\s]*)?"
    r"(?:(?:so nha|nha so|so|nha|sn)(?![a-z])[.:\s]*)?"
    rf"(?:(?P<chain>{_CHAIN})(?:\s+(?P<suffix>bis|ter|[a-h])(?![0-9a-z]))?|(?P<letters>[a-z]{{1,2}})"
    r"(?![0-9a-z]))[,;.\s]*"
)
_TIDY: Final = (
    (re.compile(r"\([^()]*\)"), ""),
    (re.compile(r"[_\u2010-\u2015]"), "-"),
    (re.compile(r"\s*([/\\])\s*"), "/"),
    (re.compile(r"(?<=[0-9a-z])\s*-\s*(?=[0-9])"), "-"),
    (re.compile(r"^k(?:iet)?[.\s]*(\d+[a-z]?)(?:[\s,/]+h\.?(?=\d)|/)"), r"\1/"),  # k448 h20/100
    (re.compile(r"/[a-z]{2,}$"), ""),  # 229/PTHO: the ward's initials
)
_MAX: Final = 120
"""Characters read; longer ones are no number."""


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """One house number; parts that it does not have are empty."""

    steps: tuple[str, ...] = ()
    """From the street inwards, as printed: ``("123", "45", "6A")``; a range is one step."""
    alley: str = ""
    """The word of the alley where the last step is one, no house: ``Hẻm``, ``Ngõ``…"""
    lot: str = ""
    plot: str = ""
    """Ô, a cell of a lot."""
    parcel: str = ""
    sheet: str = ""

    @property
    def kind(self) -> str | None:
        """Give what it numbers: ``alley``, ``lot``, ``parcel``; None: a house."""
        if self.alley:
            return "alley"
        if self.parcel or self.sheet:
            return "parcel"
        return "lot" if self.lot or self.plot else None

    @property
    def key(self) -> str:
        """Give the search key: see ``keys.number_key``."""
        named = (("lo", self.lot), ("o", self.plot), ("thua", self.parcel), ("to", self.sheet))
        parts = [f"{word} {value}" for word, value in named if value]
        if self.steps:
            parts.append("/".join(self.steps) + ("/" if self.alley else ""))
        return padded(" ".join(parts).lower())

    def __str__(self) -> str:
        """Print it the way it is written today, slashes for alleys."""
        chain = "/".join(self.steps)
        named = (
            ("", f"{self.alley} {chain}".strip()),
            ("Ô ", self.plot),
            ("Lô ", self.lot),
            ("Thửa ", self.parcel),
            ("tờ bản đồ ", self.sheet),
        )
        return ", ".join(word + value for word, value in named if value)


def padded(text: str) -> str:
    """Write every number with five digits, so that byte order is the order of numbers.

    >>> padded("123/045/6a")
    '00123/00045/00006a'
    """
    return _NUMBER.sub(lambda found: found[0].lstrip("0").zfill(5), text)


def parse_house_number(text: str) -> HouseNumber | None:
    """Read a text that is a house number and nothing else; None: it is not one.

    >>> parse_house_number("K448 H20/100").steps
    ('448', '20', '100')
    >>> parse_house_number("1416/35/1B-1416/35/1C").steps
    ('1416', '35', '1B-1C')
    >>> parse_house_number("Lê Lợi") is None
    True
    """
    if len(text) > _MAX:
        return None
    folded = fold(text).strip()
    if _PLAIN.fullmatch(folded):
        return HouseNumber(tuple(_printed(step) for step in folded.split("/")))
    for pattern, instead in _TIDY:
        folded = pattern.sub(instead, folded)
    return _assemble(folded.strip(" ,.;:-"))


def _assemble(folded: str) -> HouseNumber | None:
    """Put the parts of a number in the order of the street."""
    at = 0
    number: list[str] = []
    alleys: list[tuple[str, list[str]]] = []
    inwards = True
    named: dict[str, str] = {}
    while at < len(folded):
        part = _PART.match(folded, at)
        if part is None or (part["chain"] is None and part["mark"] is None):
            return None
        at = part.end()
        chain = _steps((part["chain"] or part["letters"]) + (part["suffix"] or ""))
        what = _WORDS.get(part["mark"])
        if what == "alley":
            inwards = inwards and not number
            alleys.append((part["mark"], chain))
        elif what is not None and what not in named:
            named[what] = "/".join(chain)
        elif what is None and not number:
            number = chain
        else:
            return None
    return _merged(number, alleys if inwards else alleys[::-1], named)


def _merged(
    number: list[str], alleys: list[tuple[str, list[str]]], named: dict[str, str]
) -> HouseNumber | None:
    steps: list[str] = []
    deepest = ""
    for mark, chain in sorted(alleys, key=lambda alley: _DEPTH.get(alley[0], 0)):
        steps = chain if chain[: len(steps)] == steps else steps + chain
        deepest = _ALLEY_TITLES.get(mark, "Hẻm")
    if number and not (steps and number[: len(steps)] == steps and len(number) > len(steps)):
        number = steps + number
    closed = number and number[-1] == ""
    if closed:
        number = number[:-1]
        deepest = "Hẻm"
    found = HouseNumber(tuple(number or steps), deepest if closed or not number else "", **named)
    return found if found.key else None


def _steps(chain: str) -> list[str]:
    """Divide a chain; a range that repeats the alley says it once."""
    first, dash, last = chain.partition("-")
    if dash and "/" in first:
        begin, end = first.split("/"), last.split("/")
        if len(begin) == len(end) and begin[:-1] == end[:-1]:
            return [*map(_printed, begin[:-1]), f"{_printed(begin[-1])}-{_printed(end[-1])}"]
    return [_printed(step) for step in chain.split("/")]


def _printed(step: str) -> str:
    """Give a step in capitals, leading zeros dropped; ``bis`` and ``ter`` stay small."""
    plain = _NUMBER.sub(lambda found: found[0].lstrip("0") or "0", step).upper()
    return _LATIN.sub(lambda found: found[0].lower(), plain)
