"""Pure: what a plan changes against those whose place it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from addrsvc.errors import Text


class ComparisonState(StrEnum):
    """How far a comparison is."""

    NONE = "none"
    """Nobody asked for it."""
    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    STALE = "stale"
    """Zones were stored anew since: it has to be worked out again."""
    FAILED = "failed"


COMPARISON_STATE_NAMES: Final[dict[ComparisonState, Text]] = {
    ComparisonState.NONE: Text("Chưa tính", "Not worked out"),
    ComparisonState.WAITING: Text("Đang chờ tính", "Waiting"),
    ComparisonState.WORKING: Text("Đang tính", "Being worked out"),
    ComparisonState.DONE: Text("Đã tính xong", "Worked out"),
    ComparisonState.STALE: Text("Đã cũ, cần tính lại", "Out of date"),
    ComparisonState.FAILED: Text("Không tính được", "Failed"),
}

NOT_PLANNED: Final = Text("Chưa có quy hoạch", "Not planned before")
NO_LONGER_PLANNED: Final = Text("Không còn quy hoạch", "No longer planned")

Pair = tuple[str | None, str | None]
"""Codes before and after; None: none."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Ground on which one land use was planned, and on which one is now."""

    before: str | None
    """None: nothing was planned there."""
    after: str | None
    """None: nothing is any more."""
    area_m2: float
    pieces: int

    @property
    def is_unchanged(self) -> bool:
        """Tell whether it is the same land use."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Differences:
    """The table of all changes.

    Where zones of one side overlap, their ground stands in several rows: by so much the rows that
    lead to the plan's land uses add up to more than the plan, ``before_twice_m2``, and those that
    come from the land uses of before to more than they had, ``after_twice_m2``.
    """

    rows: tuple[ChangeRow, ...]
    """The largest first."""
    before_m2: float
    """Of all zones before, each counted by itself."""
    after_m2: float

    @property
    def before_twice_m2(self) -> float:
        """Give what rows count more than once because zones of before overlap."""
        total = sum(row.area_m2 for row in self.rows if row.after is not None)
        return _beyond_rounding(total, self.after_m2)

    @property
    def after_twice_m2(self) -> float:
        """Give what rows count more than once because zones of the plan overlap."""
        total = sum(row.area_m2 for row in self.rows if row.before is not None)
        return _beyond_rounding(total, self.before_m2)

    @property
    def unchanged_m2(self) -> float:
        """Give the ground of which both say the same."""
        return sum(row.area_m2 for row in self.rows if row.is_unchanged)

    @property
    def changed_m2(self) -> float:
        """Give the ground of which they do not."""
        return sum(row.area_m2 for row in self.rows if not row.is_unchanged)

    @classmethod
    def of(
        cls, found: Mapping[Pair, tuple[float, int]], *, before_m2: float, after_m2: float
    ) -> Differences:
        """Put square metres and pieces of each pair of codes into a table."""
        rows = [ChangeRow(*pair, area, pieces) for pair, (area, pieces) in found.items()]
        rows.sort(key=lambda row: (-row.area_m2, row.before or "", row.after or ""))
        return cls(tuple(rows), before_m2, after_m2)

    def to_json(self) -> dict[str, Any]:
        """Give it as it is kept."""
        return {
            "rows": [[row.before, row.after, row.area_m2, row.pieces] for row in self.rows],
            "before_m2": self.before_m2,
            "after_m2": self.after_m2,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Differences:
        """Read what was kept."""
        rows = tuple(ChangeRow(*each) for each in kept["rows"])
        return cls(rows, kept["before_m2"], kept["after_m2"])


def _beyond_rounding(total: float, expected: float) -> float:
    """Give by how much a sum is more; what cutting and adding loses or gains is nothing."""
    more = total - expected
    return more if more > max(_ROUNDING * expected, _LEAST_M2) else 0.0


_ROUNDING: Final = 1e-7
_LEAST_M2: Final = 0.01


@dataclass(frozen=True, slots=True)
class CommuneCount:
    """What changes in one commune."""

    commune: str
    """Code of a present one."""
    addresses: int
    dossiers: int
    """One that concerns addresses in two communes counts in both."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many addresses and dossiers a plan concerns; secret addresses are counted too."""

    addresses: int
    dossiers: int
    proposals: int
    """Links of dossiers to these addresses: one proposal follows for each."""
    communes: tuple[CommuneCount, ...]
    """Most addresses first."""

    def to_json(self) -> dict[str, Any]:
        """Give it as it is kept."""
        return {
            "addresses": self.addresses,
            "dossiers": self.dossiers,
            "proposals": self.proposals,
            "communes": [[each.commune, each.addresses, each.dossiers] for each in self.communes],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Counts:
        """Read what was kept."""
        communes = tuple(CommuneCount(*each) for each in kept["communes"])
        return cls(kept["addresses"], kept["dossiers"], kept["proposals"], communes)


@dataclass(frozen=True, slots=True)
class LinkedDossiers:
    """Dossiers linked to some addresses, as whoever knows dossiers counts them."""

    dossiers: int
    links: int
    by_commune: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is known of the changes of a plan against others."""

    plan_id: int
    before_ids: tuple[int, ...]
    state: ComparisonState
    comparison_id: int | None = None
    """None: nobody asked for it."""
    differences: Differences | None = None
    """None: not worked out, or out of date."""
    counts: Counts | None = None
    asked_at: datetime | None = None
    done_at: datetime | None = None
    problem: Mapping[str, Any] | None = None
    """Why it failed, as ``errors.problem_kept`` gives it."""


class TellingAct(StrEnum):
    """After what followers are told."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


def in_order(plan_ids: Iterable[int]) -> list[int]:
    """Give numbers of plans as a comparison is called by them: each once, in order."""
    return sorted(set(plan_ids))


def counted(addresses: Sequence[tuple[int, str]], linked: LinkedDossiers) -> Counts:
    """Put counts of addresses (id, commune) and of dossiers together."""
    by_commune = Counter(commune for _, commune in addresses)
    each = [
        CommuneCount(commune, count, linked.by_commune.get(commune, 0))
        for commune, count in by_commune.items()
    ]
    each.sort(key=lambda one: (-one.addresses, one.commune))
    return Counts(len(addresses), linked.dossiers, linked.links, tuple(each))
