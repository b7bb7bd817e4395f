"""A commune as it is on another day: old name to new and back, and how sure that is. Pure.

An undivided commune is certain. A divided one is settled by a point inside an imported boundary,
else by the khu phố or ấp, else it stays open: every candidate with its share, never a default.

>>> from datetime import date
>>> from addrsvc.admin_units.model import LinkKind
>>> from addrsvc.admin_units.split_localities import SplitLocalities, SplitLocality
>>> from addrsvc.admin_units.succession import Link, Succession
>>> from addrsvc.types import UnitId, ValidPeriod
>>> june, july = date(2025, 6, 1), date(2025, 7, 1)
>>> old, one, two = UnitId("25969", june), UnitId("25969", july), UnitId("25975", july)
>>> periods = {old: ValidPeriod(june, july), one: ValidPeriod(july), two: ValidPeriod(july)}
>>> names = {old: "Phường Bình Chuẩn", one: "Phường Thuận Giao", two: "Phường An Phú"}
>>> named = {unit: Named(unit, names[unit], periods[unit]) for unit in names}
>>> parts = [(old, Link(one, LinkKind.PART, 0.49)), (old, Link(two, LinkKind.PART, 0.51))]
>>> rows = [SplitLocality("25969", "khu_pho", "Bình Phú", "25969", "proposal", "…")]
>>> converter = Converter(named, Succession(periods, parts), SplitLocalities(rows))
>>> [(each.name, each.certainty.value) for each in converter.convert([old], july).present]
[('Phường An Phú', 'candidate'), ('Phường Thuận Giao', 'candidate')]
>>> found = converter.convert([old], july, localities=["khu_pho:binh phu"])
>>> [(each.name, each.certainty.value) for each in found.present]
[('Phường Thuận Giao', 'by_locality')]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from addrsvc.admin_units.model import LocatedCommune
from addrsvc.admin_units.split_localities import SplitLocalities
from addrsvc.admin_units.succession import Outcome, Succession, Successor
from addrsvc.errors import Text
from addrsvc.types import UnitId, ValidPeriod


class Certainty(StrEnum):
    """How sure it is that the written commune is the present one."""

    CERTAIN = "certain"
    """It went over undivided, or still is in force."""
    BY_GEOMETRY = "by_geometry"
    """It was divided; the point lies inside the boundary of this one."""
    BY_LOCALITY = "by_locality"
    """It was divided; the khu phố or ấp belongs to this one."""
    CANDIDATE = "candidate"
    """One of several; nothing decides."""


@dataclass(frozen=True, slots=True)
class Named:
    """A unit as an answer names it."""

    unit: UnitId
    name: str
    """Full name, ``Phường Phú Lợi``."""
    period: ValidPeriod


@dataclass(frozen=True, slots=True)
class PresentCommune:
    """A commune in force on the day asked for."""

    unit: UnitId
    name: str
    certainty: Certainty
    share: float | None
    """Part of the older commune's area that the newer one holds, 0…1; None: not known."""
    instrument: str | None
    evidence: tuple[str, ...]
    """Short stable words: ``in_force``, ``undivided``; ``point``, with ``locality_elsewhere`` where
    the two contradict; ``locality``, its stage and its source; ``divided`` or ``several_named``."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was written, and what that is on the day asked for."""

    written: tuple[Named, ...]
    """Several where the text does not decide which is meant."""
    present: tuple[PresentCommune, ...]
    """Best known first; empty: none is in force that day."""
    note: Text

    @property
    def settled(self) -> PresentCommune | None:
        """Give the one commune it is; None: open, or none."""
        one = len(self.present) == 1 and self.present[0].certainty is not Certainty.CANDIDATE
        return self.present[0] if one else None

    def doubted(self, why: str, note: Text) -> Conversion:
        """Make candidates of the answer: what it follows from is itself not sure.

        ``why`` becomes the evidence: ``indicative``, ``corrected``.
        """
        present = (
            replace(each, certainty=Certainty.CANDIDATE, evidence=(why,)) for each in self.present
        )
        return replace(self, present=tuple(present), note=note)


class Converter:
    """All units, their links and the table of split communes, ready to be asked."""

    def __init__(
        self,
        units: Mapping[UnitId, Named],
        succession: Succession,
        localities: SplitLocalities,
    ) -> None:
        self._units = units
        self._succession = succession
        self._localities = localities
        self._by_code: dict[str, list[Named]] = {}
        for each in sorted(units.values(), key=lambda named: named.unit):
            self._by_code.setdefault(each.unit.code, []).append(each)

    def of_code(self, code: str) -> tuple[Named, ...]:
        """List the units that ever had a code, oldest first."""
        return tuple(self._by_code.get(code, ()))

    def convert(
        self,
        written: Iterable[UnitId],
        day: date,
        *,
        localities: Sequence[str] = (),
        located: LocatedCommune | None = None,
    ) -> Conversion:
        """Say what the written communes are on a day.

        Args:
            written: the units a text or code may mean; each must be one of this converter's.
            day: legal day.
            localities: keys of khu phố, ấp … named beside the commune (``parsing.keys``).
            located: the commune of that day around the point given; an indicative cell is no
                evidence and counts as none.
        """
        point = located.id if located is not None and located.certainty == "boundary" else None
        named = tuple(self._units[unit] for unit in dict.fromkeys(written))
        answers = [self._one(each, day, localities, point) for each in named]
        present = _joined(answers) if len(answers) > 1 else list(answers[0]) if answers else []
        if len(answers) > 1:
            present = _by_point(present, point)
        return Conversion(named, tuple(present), _note(named, present, point))

    def _one(
        self, written: Named, day: date, localities: Sequence[str], point: UnitId | None
    ) -> list[PresentCommune]:
        backwards = day < written.period.start
        follow = self._succession.before if backwards else self._succession.on
        outcome = follow(written.unit, day)
        if outcome.certain:
            in_force = outcome.successors[0].unit == written.unit
            word = "in_force" if in_force else "undivided"
            return [self._present(outcome.successors[0], Certainty.CERTAIN, word)]
        candidates = [
            self._present(each, Certainty.CANDIDATE, "divided") for each in outcome.successors
        ]
        by_point = _by_point(candidates, point)
        by_locality = self._by_locality(written, outcome, localities, backwards=backwards)
        if by_point == candidates:
            return by_locality or candidates
        if by_locality and by_locality[0].unit != point:
            return [replace(by_point[0], evidence=("point", "locality_elsewhere"))]
        return by_point

    def _by_locality(
        self, written: Named, outcome: Outcome, localities: Sequence[str], *, backwards: bool
    ) -> list[PresentCommune]:
        """Settle by khu phố or ấp; empty: none is known, or two contradict each other."""
        code = written.unit.code
        ask = self._localities.predecessor if backwards else self._localities.successor
        rows = [row for key in localities if (row := ask(code, key)) is not None]
        codes = {row.old_code if backwards else row.new_code for row in rows}
        reached = [each for each in outcome.successors if each.unit.code in codes]
        if len(codes) != 1 or len(reached) != 1:
            return []
        row = rows[0]
        words = ("locality", row.stage, row.source)
        return [self._present(reached[0], Certainty.BY_LOCALITY, *words)]

    def _present(self, found: Successor, certainty: Certainty, *evidence: str) -> PresentCommune:
        return PresentCommune(
            unit=found.unit,
            name=self._units[found.unit].name,
            certainty=certainty,
            share=found.share,
            instrument=found.instrument,
            evidence=evidence,
        )


def _by_point(candidates: list[PresentCommune], point: UnitId | None) -> list[PresentCommune]:
    """Keep the candidate around the point; all of them where none is."""
    inside = [
        replace(each, certainty=Certainty.BY_GEOMETRY, evidence=("point",))
        for each in candidates
        if each.unit == point and each.certainty is Certainty.CANDIDATE
    ]
    return inside or candidates


def _joined(answers: Sequence[Sequence[PresentCommune]]) -> list[PresentCommune]:
    """Join the answers of several units that may be meant: one if they agree, else candidates."""
    first: dict[UnitId, PresentCommune] = {}
    for each in (each for answer in answers for each in answer):
        seen = first.setdefault(each.unit, each)
        if seen.share != each.share:
            first[each.unit] = replace(seen, share=None)
    agreed = len(first) == 1 and all(
        answer and answer[0].certainty is not Certainty.CANDIDATE for answer in answers
    )
    if agreed:
        return list(first.values())
    return [
        replace(each, certainty=Certainty.CANDIDATE, evidence=("several_named",))
        for each in sorted(first.values(), key=lambda each: each.unit)
    ]


def _note(
    written: Sequence[Named], present: Sequence[PresentCommune], point: UnitId | None
) -> Text:
    """Say in a sentence why the answer is as it is."""
    if not present:
        return _NONE
    outside = point is not None and all(each.unit != point for each in present)
    if present[0].certainty is Certainty.CANDIDATE:
        if outside:
            return _POINT_ELSEWHERE
        return _SEVERAL if len(written) > 1 else _DIVIDED
    if outside:
        return _POINT_OUTSIDE
    return _NOTES[present[0].certainty]


_NONE = Text(
    "Ngày này không có đơn vị nào kế thừa hoặc là tiền thân của đơn vị đã ghi.",
    "No unit of that day succeeds or precedes the one written.",
)
_DIVIDED = Text(
    "Đơn vị đã chia cho nhiều phường, xã. Hãy ghi thêm khu phố, ấp hoặc cho vị trí để biết chắc.",
    "The unit was divided between several. Add the khu phố or ấp, or a position, to be sure.",
)
_SEVERAL = Text(
    "Tên hoặc mã có thể là nhiều đơn vị. Hãy ghi thêm tỉnh, thành phố hoặc quận, huyện cũ.",
    "The name or code may mean several units. Add the province or the old district.",
)
_POINT_ELSEWHERE = Text(
    "Vị trí không nằm trong phường, xã nào nêu ra ở đây. Hãy kiểm tra lại vị trí hoặc tên.",
    "The position lies in none of these communes. Check the position or the name.",
)
_POINT_OUTSIDE = Text(
    "Theo tên thì là phường, xã này, nhưng vị trí đã cho nằm ở nơi khác. Hãy kiểm tra lại vị trí.",
    "By its name it is this commune, but the position lies elsewhere. Check the position.",
)
_NOTES = {
    Certainty.CERTAIN: Text(
        "Đơn vị không bị chia: kết quả chắc chắn.", "The unit was not divided: certain."
    ),
    Certainty.BY_GEOMETRY: Text(
        "Đơn vị đã chia; vị trí nằm trong ranh giới của phường, xã này.",
        "The unit was divided; the position lies inside this commune's boundary.",
    ),
    Certainty.BY_LOCALITY: Text(
        "Đơn vị đã chia; khu phố, ấp đã ghi thuộc phường, xã này theo nguồn nêu kèm.",
        "The unit was divided; by the source given, the khu phố or ấp is this commune's.",
    ),
}
