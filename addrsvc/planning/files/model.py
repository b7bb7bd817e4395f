"""Pure: what is read from a file of zones, and what is found wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from addrsvc.errors import Text

MAX_ZONES: Final = 500_000
MAX_VERTICES: Final = 8_000_000
"""Of one file; a province's land-use plan has about a million."""


class FileState(StrEnum):
    """How far a file of a draft has come."""

    RECEIVING = "receiving"
    WAITING = "waiting"
    CHECKING = "checking"
    CHECKED = "checked"
    """The report is there; nothing is stored yet."""
    REFUSED = "refused"
    """It cannot be used; ``problem`` says why."""
    STORING = "storing"
    STORED = "stored"
    FAILED = "failed"


FILE_STATE_NAMES: Final[dict[FileState, Text]] = {
    FileState.RECEIVING: Text("Đang nhận", "Coming"),
    FileState.WAITING: Text("Chờ kiểm tra", "Waiting to be checked"),
    FileState.CHECKING: Text("Đang kiểm tra", "Being checked"),
    FileState.CHECKED: Text("Đã kiểm tra", "Checked"),
    FileState.REFUSED: Text("Không dùng được", "Refused"),
    FileState.STORING: Text("Đang lưu vùng", "Zones are being stored"),
    FileState.STORED: Text("Đã lưu vùng", "Zones are stored"),
    FileState.FAILED: Text("Xử lý thất bại", "Failed"),
}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read, as far as somebody said; None: it is found out."""

    crs: str | None = None
    """EPSG code or WKT."""
    layer: str | None = None
    encoding: str | None = None
    """Of texts: ``utf-8``, ``cp1258``, ``tcvn3``, ``vni``."""
    code_column: str | None = None
    label_column: str | None = None


@dataclass(frozen=True, slots=True)
class RawZones:
    """Features of a file as read, nothing judged: the n-th stands at place n - 1."""

    columns: Mapping[str, Sequence[object]]
    """Attributes by column name, texts decoded."""
    shapes: NDArray[np.object_]
    """shapely geometries or None, coordinates WGS 84 degrees, lon lat, whatever came."""
    crs: str
    """What the coordinates were in: ``EPSG:9210``, or WKT."""
    crs_from: str
    """How that is known: ``asked``, ``file`` or ``guessed`` (by the range of coordinates)."""
    encoding: str
    encoding_from: str
    """``asked``, ``file`` or ``guessed``."""
    layer: str
    layers: Sequence[str]
    """All there are to choose from."""
    is_exchanged: bool = False
    """X was the northing, and was taken for it."""


class Fault(StrEnum):
    """What may be wrong with a file of zones."""

    NO_SHAPE = "no-shape"
    NOT_AREAL = "not-areal"
    NOT_FINITE = "not-finite"
    OUT_OF_RANGE = "out-of-range"
    TOO_FEW_POINTS = "too-few-points"
    SELF_CROSSING = "self-crossing"
    HOLE_OUTSIDE = "hole-outside"
    NESTED = "nested"
    RING_TWICE = "ring-twice"
    DUPLICATE_VERTICES = "duplicate-vertices"
    SAME_SHAPE = "same-shape"
    OVERLAP = "overlap"
    GAP = "gap"
    SLIVER = "sliver"
    NO_CODE = "no-code"
    UNKNOWN_CODE = "unknown-code"
    OUTSIDE_PROVINCE = "outside-province"
    OTHER_INVALID = "other-invalid"


class Weight(StrEnum):
    """What a fault means for storing."""

    ERROR = "error"
    """Nothing is stored while it is there, unless its repair is accepted."""
    WARNING = "warning"
    NOTE = "note"


FAULTS: Final[dict[Fault, tuple[Weight, Text]]] = {
    Fault.NO_SHAPE: (Weight.ERROR, Text("Không có hình", "No shape")),
    Fault.NOT_AREAL: (Weight.ERROR, Text("Không phải hình vùng", "Not an area")),
    Fault.NOT_FINITE: (Weight.ERROR, Text("Tọa độ không phải số", "Coordinates are no numbers")),
    Fault.OUT_OF_RANGE: (Weight.ERROR, Text("Tọa độ ngoài Trái Đất", "Coordinates not on Earth")),
    Fault.TOO_FEW_POINTS: (Weight.ERROR, Text("Quá ít đỉnh", "Too few points")),
    Fault.SELF_CROSSING: (Weight.ERROR, Text("Đường biên tự cắt", "Ring crosses itself")),
    Fault.HOLE_OUTSIDE: (Weight.ERROR, Text("Lỗ nằm ngoài vùng", "Hole lies outside")),
    Fault.NESTED: (Weight.ERROR, Text("Phần nằm trong phần khác", "A part lies in another")),
    Fault.RING_TWICE: (Weight.ERROR, Text("Đường biên lặp lại", "A ring occurs twice")),
    Fault.OTHER_INVALID: (Weight.ERROR, Text("Hình không hợp lệ", "Invalid shape")),
    Fault.NO_CODE: (Weight.ERROR, Text("Thiếu mã loại đất", "No land-use code")),
    Fault.SAME_SHAPE: (Weight.WARNING, Text("Hai vùng trùng hình", "Two zones of one shape")),
    Fault.OVERLAP: (Weight.WARNING, Text("Vùng chồng lấn", "Overlap")),
    Fault.GAP: (Weight.WARNING, Text("Khoảng hở giữa các vùng", "Gap between zones")),
    Fault.SLIVER: (Weight.WARNING, Text("Mảnh vụn rất hẹp", "Sliver")),
    Fault.UNKNOWN_CODE: (
        Weight.WARNING,
        Text("Mã loại đất không có trong danh mục", "Code not in the code list"),
    ),
    Fault.OUTSIDE_PROVINCE: (
        Weight.WARNING,
        Text("Nằm ngoài địa bàn", "Outside the territory known here"),
    ),
    Fault.DUPLICATE_VERTICES: (Weight.NOTE, Text("Đỉnh trùng nhau", "Repeated vertices")),
}
"""What each fault weighs, and what people are told it is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One fault, and where it is."""

    fault: Fault
    n: int | None
    """Feature it is of, from 1; None: of none, as a gap."""
    other_n: int | None = None
    """The other one, of an overlap."""
    lon: float | None = None
    lat: float | None = None
    area_m2: float | None = None
    """Of an overlap, gap or sliver, or of what lies outside."""
    said: str | None = None
    """What the file says there: an unknown code."""
    shape: bytes | None = None
    """WKB in degrees, to be drawn."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What an invalid zone would become; made in a child process, shown before it is accepted."""

    n: int
    fault: Fault
    before_m2: float | None
    """Area of the rings as drawn, where that means something."""
    after_m2: float | None
    """None: it could not be repaired."""
    lost_m2: float | None = None
    gained_m2: float | None = None
    shape: bytes | None = None
    """WKB in degrees; None: it could not be repaired."""
    overlap_m2: float | None = None
    """Ground it would share with other zones, sound or repaired, that of each pair added up; None:
    not found out."""
    overlaps: tuple[tuple[int, float], ...] = ()
    """Features it would share ground with and square metres, the largest first, no more than
    ``OVERLAPS_EACH``."""
    reason: str | None = None
    """Why not: ``crashed``, ``too-long``, ``too-large``, ``nothing-left``."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a file holds, and everything wrong with it. Nothing is stored by making one."""

    features: int
    zones: int
    """That could be stored as they are."""
    vertices: int
    area_m2: float
    extent: tuple[float, float, float, float] | None
    crs: str
    crs_from: str
    encoding: str
    encoding_from: str
    layer: str
    layers: tuple[str, ...]
    columns: tuple[str, ...]
    code_column: str | None
    label_column: str | None
    code_list: str
    codes: tuple[tuple[str, int, float], ...]
    """Code, zones, square metres; the largest first."""
    counts: Mapping[Fault, int]
    """All faults there are."""
    marks: tuple[Mark, ...]
    """The largest of each fault, no more than ``MARKS_EACH``."""
    repairs: tuple[Repair, ...]
    overlap_m2: float = 0.0
    gap_m2: float = 0.0
    outside_m2: float = 0.0
    is_exchanged: bool = False
    guessed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def can_be_stored(self) -> bool:
        """Tell whether nothing stands in the way, every repair refused."""
        return self.zones > 0 and not any(
            count for fault, count in self.counts.items() if FAULTS[fault][0] is Weight.ERROR
        )


MARKS_EACH: Final = 1_000
OVERLAPS_EACH: Final = 20
"""Of one repair."""
