"""Pure: areas to be walked, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from addrsvc.errors import Text
from addrsvc.parsing.keys import locality_key, thoroughfare_key

MAX_POINTS: Final = 500
"""Corners of a polygon drawn by hand."""
MAX_TITLE: Final = 200
MAX_NOTE: Final = 2_000
MAX_SPLIT: Final = 300
"""Tasks made by one call."""
PAGE_LIMIT: Final = 100

LIVING: Final = ("proposed", "reserved", "current")
"""Statuses of addresses somebody is sent to."""

Polygons = Mapping[str, Any]
"""A GeoJSON MultiPolygon."""


class TaskKind(StrEnum):
    """How the area of a task is told."""

    COMMUNE = "commune"
    LOCALITY = "locality"
    STREET = "street"
    POLYGON = "polygon"


KIND_NAMES: Final[dict[TaskKind, Text]] = {
    TaskKind.COMMUNE: Text("Cả phường, xã", "Whole commune"),
    TaskKind.LOCALITY: Text("Khu phố, ấp", "Locality"),
    TaskKind.STREET: Text("Tuyến đường", "Street"),
    TaskKind.POLYGON: Text("Vùng vẽ trên bản đồ", "Area drawn on the map"),
}


class TaskState(StrEnum):
    """Whether there is something to be done."""

    OPEN = "open"
    CLOSED = "closed"


TASK_STATE_NAMES: Final[dict[TaskState, Text]] = {
    TaskState.OPEN: Text("Đang làm", "Open"),
    TaskState.CLOSED: Text("Đã đóng", "Closed"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """A locality or street, as addresses have it."""

    name: str
    kind: str | None = None
    """Of a locality: ``khu_pho`` and so on; None: it is a street."""

    @property
    def key(self) -> str:
        """Give what tells it from others, however it is spelt.

        >>> Named("KP. 03", "khu_pho").key, Named("CMT8").key
        ('khu_pho:3', 'cach mang thang 8')
        """
        if self.kind is None:
            return thoroughfare_key(self.name)
        return locality_key(self.kind, self.name)

    def to_json(self) -> list[str] | str:
        """Give the jsonb form: a street's name, a locality's kind and name."""
        return self.name if self.kind is None else [self.kind, self.name]

    @classmethod
    def from_json(cls, kept: Any) -> Named | None:
        """Read the jsonb form.

        >>> Named.from_json(["ap", "1"]), Named.from_json("Lê Lợi")
        (Named(name='1', kind='ap'), Named(name='Lê Lợi', kind=None))
        """
        if kept is None:
            return None
        return cls(kept) if isinstance(kept, str) else cls(kept[1], kept[0])


@dataclass(frozen=True, slots=True)
class Part:
    """A locality or street of a commune, and how many addresses are in it."""

    named: Named
    addresses: int


@dataclass(frozen=True, slots=True)
class Task:
    """An area to be walked, and by whom."""

    task_id: UUID
    title: str
    kind: TaskKind
    commune_code: str
    named: Named | None
    state: TaskState
    assigned_to: str | None
    due_on: date | None
    note: str | None
    version: int
    created_by: str
    created_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    area: Polygons | None = None
    """As drawn; lists leave it out."""

    @property
    def is_open(self) -> bool:
        """Tell whether there is something to be done."""
        return self.state is TaskState.OPEN

    def days_left(self, day: date) -> int | None:
        """Give the days to its due day, less than none once it is past; None: there is none."""
        return None if self.due_on is None else (self.due_on - day).days


@dataclass(frozen=True, slots=True)
class NewTask:
    """What a task is made of."""

    kind: TaskKind
    commune_code: str
    title: str | None = None
    """None: named after its area."""
    named: Named | None = None
    area: Mapping[str, Any] | None = None
    """GeoJSON Polygon or MultiPolygon, WGS 84, as it came."""
    assigned_to: str | None = None
    due_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is said anew of a task; what is not named stays."""

    values: Mapping[str, Any]
    """``title``, ``assigned_to``, ``due_on``, ``note``; None takes away, but for a title."""


@dataclass(frozen=True, slots=True)
class WantedTasks:
    """What tasks to list: all given conditions hold together."""

    commune: str | None = None
    state: TaskState | None = None
    assigned_to: str | None = None
    is_unassigned: bool = False
    """Only those given to nobody."""
