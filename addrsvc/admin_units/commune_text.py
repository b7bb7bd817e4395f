"""Find the commune a free address text names, as it is on a day, or its candidates. Pure.

An old address is read with the old names and then mapped; a commune that was split gives
candidates. Nothing is ever chosen by default: where two readings disagree, both are candidates;
a bare name or one with a slip in it is never certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from addrsvc.admin_units.succession import Succession
from addrsvc.errors import Text
from addrsvc.parsing.lexicon import UnitLexicon
from addrsvc.parsing.model import Status, UnitMention
from addrsvc.parsing.tokens import tokenise
from addrsvc.parsing.units import MAX_TEXT, UnitReader
from addrsvc.types import UnitId

MAX_CANDIDATES = 20
"""More candidates than this are no help: the answer is none."""

_DOUBTS = frozenset({"typo", "accents", "lexicon"})


@dataclass(frozen=True, slots=True)
class CommuneMatch:
    """What was found; communes are those in force on the day asked for."""

    verdict: Literal["certain", "candidates", "none"]
    communes: tuple[UnitId, ...]
    """One when certain, else every candidate in order of code."""
    written: tuple[UnitId, ...]
    """The units the text names, as they were: the old ones of an old address."""
    reason: Text


class CommuneNames:
    """The names of all units, old and new, ready to be found in texts."""

    def __init__(self, lexicon: UnitLexicon, succession: Succession) -> None:
        self._reader = UnitReader(lexicon)
        self._succession = succession

    def resolve(self, text: str, day: date) -> CommuneMatch:
        """Find the commune a text names, as it is on a day."""
        readings = self._reader.read(tokenise(text[:MAX_TEXT]))
        named = [reading.commune for reading in readings if reading.commune is not None]
        known = [(each, each.unit) for each in named if each.unit is not None]
        if not named:
            return _none("Không thấy tên phường, xã.", "No commune is named.")
        outcomes = [self._succession.on(unit, day) for _, unit in known]
        communes = {each.unit for outcome in outcomes for each in outcome.successors}
        if not communes:
            return _none(
                "Không có phường, xã tên này ở nơi ghi trong địa chỉ.",
                "No commune of this name lies where the address says.",
            )
        if len(communes) > MAX_CANDIDATES:
            return _none(
                "Quá nhiều nơi trùng tên; cần thêm tỉnh, thành phố hoặc quận, huyện cũ.",
                "Too many places share the name; the province or old district is needed.",
            )
        single = len(communes) == 1 and len(known) == len(readings)
        certain = single and _sure(named[0]) and all(outcome.certain for outcome in outcomes)
        return CommuneMatch(
            verdict="certain" if certain else "candidates",
            communes=tuple(sorted(communes)),
            written=tuple(dict.fromkeys(unit for _, unit in known)),
            reason=_reason(len(communes), certain=certain),
        )


def _sure(commune: UnitMention) -> bool:
    """Tell whether a commune is named as one, letter by letter."""
    return commune.status is not Status.INFERRED and _DOUBTS.isdisjoint(commune.evidence)


def _none(vi: str, en: str) -> CommuneMatch:
    return CommuneMatch("none", (), (), Text(vi, en))


def _reason(communes: int, *, certain: bool) -> Text:
    if certain:
        return Text("Tên chỉ một đơn vị.", "The name means one unit.")
    if communes > 1:
        return Text(
            "Phường, xã cũ đã chia tách hoặc trùng tên.",
            "The old commune was split, or the name occurs more than once.",
        )
    return Text(
        "Không ghi rõ tên phường hay xã, hoặc ghi sai chữ.",
        "The name is not marked as a commune, or there is a slip in it.",
    )
