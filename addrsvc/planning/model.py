"""Pure: what a plan is, and what plans say of a place.

Areas are square metres on the WGS 84 ellipsoid. What is asked about and what plans say of it are
told as they are: where a plan's zones leave ground uncovered or cover it twice, that stands beside
the shares, which are never stretched to make a hundred per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from addrsvc.errors import Text
from addrsvc.types import BBox


class PlanKind(StrEnum):
    """What sort of plan it is (loại quy hoạch)."""

    LAND_USE = "land_use"
    GENERAL = "general"
    ZONING = "zoning"
    DETAIL = "detail"


KIND_NAMES: Final[dict[PlanKind, Text]] = {
    PlanKind.LAND_USE: Text("Quy hoạch sử dụng đất", "Land-use plan"),
    PlanKind.GENERAL: Text("Quy hoạch chung", "General plan"),
    PlanKind.ZONING: Text("Quy hoạch phân khu", "Zoning plan"),
    PlanKind.DETAIL: Text("Quy hoạch chi tiết", "Detailed plan"),
}


class Level(StrEnum):
    """Whose plan it is (cấp)."""

    PROVINCE = "province"
    DISTRICT = "district"
    """Until June 2025; such plans still hold."""
    COMMUNE = "commune"


LEVEL_NAMES: Final[dict[Level, Text]] = {
    Level.PROVINCE: Text("Cấp tỉnh", "Province"),
    Level.DISTRICT: Text("Cấp huyện (trước 7/2025)", "District (before July 2025)"),
    Level.COMMUNE: Text("Cấp xã", "Commune"),
}


class PlanStatus(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    """Another plan took its place; it is still asked about for days it held."""
    WITHDRAWN = "withdrawn"


STATUS_NAMES: Final[dict[PlanStatus, Text]] = {
    PlanStatus.DRAFT: Text("Bản nháp", "Draft"),
    PlanStatus.PUBLISHED: Text("Đã công bố", "Published"),
    PlanStatus.SUPERSEDED: Text("Đã được thay thế", "Superseded"),
    PlanStatus.WITHDRAWN: Text("Đã thu hồi", "Withdrawn"),
}

REFERENCE_NOTICE: Final = Text(
    "Thông tin chỉ để tham khảo, không thay cho văn bản trả lời của cơ quan quản lý quy hoạch.",
    "For reference only; it does not take the place of a written answer of the planning authority.",
)


@dataclass(frozen=True, slots=True)
class Described:
    """What is said of a plan, as its decision says it."""

    name: str
    kind: PlanKind
    level: Level
    code_list: str
    """Id of a list in ``planning.code_lists``."""
    issuer: str | None = None
    decision_number: str | None = None
    decision_date: date | None = None
    scale: int | None = None
    """Denominator: 2000 is 1:2000."""
    period_from: int | None = None
    """First year it plans for."""
    period_to: int | None = None
    """Last year."""
    is_synthetic: bool = False
    """Invented, for showing and testing: every answer says so."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan as it stands."""

    plan_id: int
    version: int
    status: PlanStatus
    described: Described
    valid_from: date | None
    """Legal day from which it holds; None: not published."""
    valid_to: date | None
    """First legal day on which it holds no more; None: it still does."""
    zones: int
    vertices: int
    area_m2: float
    extent: tuple[float, float, float, float] | None
    """West, south, east, north in degrees; None: no zones yet."""
    communes: tuple[str, ...]
    """Codes of present communes its zones lie in."""
    replaces: tuple[int, ...]
    """Plans whose place it took."""
    replaced_by: tuple[int, ...]
    file_id: UUID | None
    view_key: UUID
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Share:
    """What one land use has of the ground asked about."""

    code: str
    name: str
    """In the asker's language: from the plan's code list, else as its file says, else the code."""
    colour: str
    """#rrggbb."""
    zones: int
    """So many zones of this use meet the ground."""
    area_m2: float | None
    """None: a point was asked about."""
    percent: float | None
    """Of the ground asked about; shares of overlapping zones add up to more than a hundred."""


@dataclass(frozen=True, slots=True)
class Near:
    """A land use that begins within the accuracy of the point asked about."""

    code: str
    name: str
    colour: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class PlanSays:
    """What one plan says of the ground asked about."""

    plan: Plan
    shares: tuple[Share, ...]
    """Largest first; several at a point: it lies on an edge, or zones overlap there."""
    uncovered_m2: float | None = None
    """Of the ground asked about, what no zone of this plan covers; None: a point."""
    overlapping_m2: float | None = None
    """What two or more zones of this plan cover."""
    near: tuple[Near, ...] = ()
    """At a point: other land uses within its accuracy, nearest first."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two plans in force say different things of the same ground."""

    plan_id: int
    code: str
    other_plan_id: int
    other_code: str
    area_m2: float | None
    """None: a point."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which plans are asked for; None: any."""

    status: PlanStatus | None = None
    kind: PlanKind | None = None
    level: Level | None = None
    commune: str | None = None
    """Code of a present one its zones lie in."""
    day: date | None = None
    """Legal day on which it holds."""
    box: BBox | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What plans say of a point, a plot or an address."""

    as_of: date
    """Legal day whose plans are told."""
    lon: float
    """Of the point, or of a point inside the plot."""
    lat: float
    area_m2: float | None
    """Of the plot; None: a point."""
    plans: tuple[PlanSays, ...]
    """Those that say something of it, most detailed first; empty: nothing is published for it."""
    conflicts: tuple[Conflict, ...]
    geometry: Mapping[str, Any] | None = None
    """GeoJSON of the plot in degrees; None: a point."""
    accuracy_m: float | None = None
    """Of the point, where it is known."""

    @property
    def is_synthetic(self) -> bool:
        """Tell whether any of these plans is invented."""
        return any(each.plan.described.is_synthetic for each in self.plans)
