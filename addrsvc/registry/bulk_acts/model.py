"""Pure: what a bulk act is, whom it concerns and what it may decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from addrsvc.admin_units.model import LocatedCommune
from addrsvc.errors import Text
from addrsvc.registry.model import ESTIMATED, Document
from addrsvc.types import LonLat, UnitId


class BulkKind(StrEnum):
    """What a bulk act does."""

    REORGANISE = "reorganise"
    NAME_STREET = "name-street"
    RENUMBER = "renumber"
    MOVE_LOCALITY = "move-locality"


BULK_KIND_NAMES: dict[BulkKind, Text] = {
    BulkKind.REORGANISE: Text("Sắp xếp phường, xã", "Reorganisation of communes"),
    BulkKind.NAME_STREET: Text("Đặt tên, đổi tên đường", "Naming of a street"),
    BulkKind.RENUMBER: Text("Đánh lại số nhà", "Renumbering"),
    BulkKind.MOVE_LOCALITY: Text("Đổi tên, chuyển khu phố, ấp", "Move of a khu phố or ấp"),
}


class Why(StrEnum):
    """Why an address that is concerned stays as it was."""

    NO_EVIDENCE = "no-evidence"
    POINT_ELSEWHERE = "point-elsewhere"
    NO_BOUNDARY = "no-boundary"
    NO_SUCCESSOR = "no-successor"
    NUMBER_UNLISTED = "number-unlisted"
    CHANGED_LATER = "changed-later"
    CHANGED_SINCE = "changed-since"


WHY_TEXTS: dict[Why, Text] = {
    Why.NO_EVIDENCE: Text(
        "Phường, xã cũ đã chia; địa chỉ chưa có vị trí đo được và khu phố, ấp chưa rõ về đâu.",
        "The commune was divided; there is no position taken on the spot, and where its khu phố "
        "or ấp went is not known.",
    ),
    Why.POINT_ELSEWHERE: Text(
        "Vị trí không nằm trong phường, xã nào được tách ra từ phường, xã cũ.",
        "The position lies in none of the communes the old one was divided into.",
    ),
    Why.NO_BOUNDARY: Text(
        "Chưa có ranh giới của các phường, xã mới quanh vị trí này.",
        "No boundary of the new communes is known around this position.",
    ),
    Why.NO_SUCCESSOR: Text(
        "Phường, xã cũ không có đơn vị kế thừa trong bảng chuyển đổi.",
        "The old commune has no successor in the mapping.",
    ),
    Why.NUMBER_UNLISTED: Text(
        "Số nhà cũ không có trong bảng đổi số.", "The old number is not in the list of numbers."
    ),
    Why.CHANGED_LATER: Text(
        "Địa chỉ đã thay đổi sau ngày hiệu lực.",
        "The address changed after the day the act takes effect.",
    ),
    Why.CHANGED_SINCE: Text(
        "Địa chỉ đã được sửa sau quyết định này nên được giữ nguyên khi hoàn tác.",
        "The address was written after the act, so undoing leaves it as it is.",
    ),
}


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing decides: the address stays as it was, and a person is told."""

    why: Why
    candidates: tuple[str, ...] = ()
    """Codes of communes it may be in, likeliest first."""


Decision = Document | Undecided | None
"""What holds of an address from the day on; None: the act does not concern it."""


def taken_on_the_spot(document: Document) -> LonLat | None:
    """Give the position where somebody took it; one that was estimated is no evidence."""
    position = document.position
    return None if position is None or position.method in ESTIMATED else position.point


@dataclass(frozen=True, slots=True)
class Whom:
    """Which addresses to look at; all given conditions hold together."""

    communes: tuple[UnitId, ...]
    base_keys: tuple[str, ...] | None = None
    """Keys of streets or localities (``parsing.keys``)."""
    codes: tuple[str, ...] | None = None
    area: str | None = None
    """GeoJSON polygon, EPSG:4326, around the position."""


class Rule(Protocol):
    """One kind of act with what it was asked to do. Pure: it reads nothing else."""

    @property
    def whom(self) -> Whom:
        """Give the addresses to look at; ``decide`` may still say that one is not concerned."""
        ...

    def asks_point(self, document: Document) -> bool:
        """Tell whether the decision needs the commune around the position."""
        ...

    def decide(self, document: Document, located: LocatedCommune | None) -> Decision:
        """Say what holds of an address from the day on.

        Args:
            document: what is said of the present.
            located: the commune of the act's day around a position taken on the spot.
        """
        ...


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act as it stands."""

    act_id: int
    kind: str
    status: str
    """``planned``, ``running``, ``done``, ``undoing``, ``undone`` or ``cancelled``."""
    principal: str
    recorded_at: datetime
    reason: str | None
    instrument: Mapping[str, Any] | None
    effective_on: date | None
    spec: Mapping[str, Any]
    done_up_to: int
    counts: Mapping[str, Any]
    finished_at: datetime | None
    undoes: int | None

    @property
    def day(self) -> date:
        """Give the first legal day of what it changes."""
        if self.effective_on is None:
            raise AssertionError(f"bulk act {self.act_id} has no day")
        return self.effective_on


@dataclass(slots=True)
class Tally:
    """What became of the addresses an act concerned."""

    concerned: int = 0
    changed: int = 0
    unchanged: int = 0
    """Concerned, and the act says of them what is said already."""
    undecided: Counter[str] = field(default_factory=Counter)
    """By ``Why``."""

    def add(self, other: Tally) -> None:
        """Add the counts of another chunk."""
        self.concerned += other.concerned
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.undecided.update(other.undecided)

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form."""
        counts = {"concerned": self.concerned, "changed": self.changed}
        return {**counts, "unchanged": self.unchanged, "undecided": dict(self.undecided)}

    @classmethod
    def from_json(cls, counts: Mapping[str, Any]) -> Tally:
        """Read the jsonb form; what is not there is nothing."""
        return cls(
            counts.get("concerned", 0),
            counts.get("changed", 0),
            counts.get("unchanged", 0),
            Counter(counts.get("undecided", {})),
        )
