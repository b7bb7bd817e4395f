"""Addresses as the registry knows them, and the document a version holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from addrsvc.errors import Text
from addrsvc.parsing import keys
from addrsvc.types import AddressId, LonLat


class Kind(StrEnum):
    """What stands at the address (loại đối tượng)."""

    DWELLING = "dwelling"
    APARTMENT = "apartment"
    BOARDING_ROOM = "boarding_room"
    STATE_OFFICE = "state_office"
    ENTERPRISE = "enterprise"
    PRODUCTION_SITE = "production_site"
    PUBLIC_FACILITY = "public_facility"
    WORKS = "works"
    PLACE = "place"


KIND_NAMES: dict[Kind, Text] = {
    Kind.DWELLING: Text("Nhà ở", "Dwelling"),
    Kind.APARTMENT: Text("Căn hộ", "Apartment"),
    Kind.BOARDING_ROOM: Text("Phòng trọ", "Boarding-house room"),
    Kind.STATE_OFFICE: Text("Cơ quan nhà nước", "State office"),
    Kind.ENTERPRISE: Text("Doanh nghiệp", "Enterprise"),
    Kind.PRODUCTION_SITE: Text("Cơ sở sản xuất", "Production site"),
    Kind.PUBLIC_FACILITY: Text("Công trình công cộng", "Public facility"),
    Kind.WORKS: Text("Công trình xây dựng", "Works"),
    Kind.PLACE: Text("Địa danh", "Place"),
}

PRIVATE_KINDS = frozenset({Kind.DWELLING, Kind.APARTMENT, Kind.BOARDING_ROOM})
"""Kinds whose name is likely a person's: it is never shown without a scope."""


class Status(StrEnum):
    """Lifecycle (INSPIRE Addresses): see ``lifecycle.py`` for what may follow what."""

    PROPOSED = "proposed"
    RESERVED = "reserved"
    CURRENT = "current"
    RETIRED = "retired"
    REJECTED = "rejected"


STATUS_NAMES: dict[Status, Text] = {
    Status.PROPOSED: Text("Đề xuất", "Proposed"),
    Status.RESERVED: Text("Giữ chỗ", "Reserved"),
    Status.CURRENT: Text("Đang dùng", "In use"),
    Status.RETIRED: Text("Không còn dùng", "Retired"),
    Status.REJECTED: Text("Bị từ chối", "Rejected"),
}


ACT_NAMES: dict[str, Text] = {
    "assign": Text("Đăng ký", "Registration"),
    "import": Text("Nhập từ tệp", "Import"),
    "correct": Text("Đính chính", "Correction"),
    "change": Text("Thay đổi thực tế", "Change"),
    "position": Text("Ghi vị trí", "Position taken"),
    "reserve": Text("Giữ chỗ mã", "Reservation of a code"),
    "retire": Text("Ngừng dùng", "Retirement"),
    "reject": Text("Từ chối", "Rejection"),
    "merge": Text("Nhập địa chỉ", "Merge"),
    "split": Text("Tách địa chỉ", "Split"),
    "replace": Text("Thay thế", "Replacement"),
    "duplicate": Text("Trùng lặp", "Duplicate"),
    "undo": Text("Hoàn tác", "Undo"),
    "reorganise": Text("Sắp xếp đơn vị hành chính", "Reorganisation of communes"),
    "name-street": Text("Đặt, đổi tên đường", "Naming of a street"),
    "renumber": Text("Đánh lại số nhà", "Renumbering"),
    "move-locality": Text("Chuyển khu phố, ấp", "Move of a locality"),
}
"""What is done to addresses, as versions and acts name it."""

ACT_STATUS_NAMES: dict[str, Text] = {
    "planned": Text("Đã lên kế hoạch", "Planned"),
    "running": Text("Đang thực hiện", "Under way"),
    "done": Text("Đã thực hiện", "Done"),
    "undoing": Text("Đang hoàn tác", "Being undone"),
    "undone": Text("Đã hoàn tác", "Undone"),
    "cancelled": Text("Đã hủy", "Cancelled"),
}


class Part(StrEnum):
    """What part of a building an address is, outermost first; ``parts.py`` has the rules."""

    BUILDING = "building"
    ENTRANCE = "entrance"
    UNIT = "unit"
    HOUSEHOLD = "household"


PART_NAMES: dict[Part, Text] = {
    Part.BUILDING: Text("Tòa nhà", "Building"),
    Part.ENTRANCE: Text("Lối vào", "Entrance"),
    Part.UNIT: Text("Căn, phòng", "Unit"),
    Part.HOUSEHOLD: Text("Hộ", "Household"),
}


class Visibility(StrEnum):
    """Who may see it: a secret one appears in no public output, count or tile."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    SECRET = "secret"  # noqa: S105 - a level of visibility


class Method(StrEnum):
    """How a position was found."""

    GNSS = "gnss"
    SURVEY = "survey"
    MAP = "map"
    IMAGERY = "imagery"
    UNKNOWN = "unknown"
    THOROUGHFARE_CENTRE = "thoroughfare_centre"
    COMMUNE_CENTRE = "commune_centre"


ESTIMATED = frozenset({Method.THOROUGHFARE_CENTRE, Method.COMMUNE_CENTRE})
"""Positions nobody took on the spot: they place a proposal, and never earn a code."""


class Marks(StrEnum):
    """What a position marks."""

    ENTRANCE = "entrance"
    BUILDING = "building"
    PARCEL = "parcel"
    OBJECT = "object"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Position:
    """A point in EPSG:4326 with how it was found and how far it may be off."""

    point: LonLat
    accuracy_m: float
    """Radius in metres within which the true place lies (68 %)."""
    method: Method
    marks: Marks


@dataclass(frozen=True, slots=True)
class Locality:
    """A named part of a commune in an address: khu phố, ấp, tổ, estate."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class CommuneRef:
    """A commune of a time: a code alone names several in turn."""

    code: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Components:
    """Typed parts of one address, outermost last; None: not part of this address."""

    unit: str | None = None
    floor: str | None = None
    building: str | None = None
    house_number: str | None = None
    thoroughfare: str | None = None
    localities: tuple[Locality, ...] = ()

    def search_keys(self) -> tuple[str | None, str | None]:
        """Give the keys it is found by: what its number counts along, and the number."""
        localities = [(each.kind, each.name) for each in self.localities]
        return keys.search_keys(self.house_number, self.thoroughfare, localities)


@dataclass(frozen=True, slots=True)
class Document:
    """One version of an address: all that was said of it, and nothing of people."""

    kind: Kind
    commune: CommuneRef
    components: Components
    position: Position | None
    visibility: Visibility
    source: str
    name: str | None = None
    """Of an office, enterprise, facility or place."""
    parent: str | None = None
    """Code of the building or entrance this is a part of."""
    text: str | None = None
    """The address as it was written where it came from."""
    part: Part | None = None
    """What part of its building it is, where that was said; None: see ``parts.part_of``."""

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form; absent parts are left out. ``from_json`` is its inverse."""
        parts = self.components
        components = {
            "unit": parts.unit,
            "floor": parts.floor,
            "building": parts.building,
            "house_number": parts.house_number,
            "thoroughfare": parts.thoroughfare,
            "localities": [[part.kind, part.name] for part in parts.localities] or None,
        }
        document = {
            "kind": self.kind.value,
            "name": self.name,
            "commune": [self.commune.code, self.commune.valid_from.isoformat()],
            "components": _present(components) or None,
            "position": _position_json(self.position),
            "visibility": None if self.visibility is Visibility.PUBLIC else self.visibility.value,
            "parent": self.parent,
            "source": self.source,
            "text": self.text,
            "part": None if self.part is None else self.part.value,
        }
        return _present(document)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Document:
        """Read the jsonb form."""
        parts = document.get("components") or {}
        code, valid_from = document["commune"]
        return cls(
            kind=Kind(document["kind"]),
            commune=CommuneRef(code, date.fromisoformat(valid_from)),
            components=Components(
                unit=parts.get("unit"),
                floor=parts.get("floor"),
                building=parts.get("building"),
                house_number=parts.get("house_number"),
                thoroughfare=parts.get("thoroughfare"),
                localities=tuple(Locality(*pair) for pair in parts.get("localities") or ()),
            ),
            position=_position_of(document.get("position")),
            visibility=Visibility(document.get("visibility") or "public"),
            source=document["source"],
            name=document.get("name"),
            parent=document.get("parent"),
            text=document.get("text"),
            part=None if document.get("part") is None else Part(document["part"]),
        )


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _position_json(position: Position | None) -> list[Any] | None:
    """Give ``[lon, lat, accuracy_m, method, marks]``: compact, since there are millions."""
    if position is None:
        return None
    point = position.point
    return [point.lon, point.lat, position.accuracy_m, position.method.value, position.marks.value]


def _position_of(stored: list[Any] | None) -> Position | None:
    if stored is None:
        return None
    lon, lat, accuracy_m, method, marks = stored
    return Position(LonLat(lon, lat), accuracy_m, Method(method), Marks(marks))


@dataclass(frozen=True, slots=True)
class Alias:
    """Another identifier of the same place, by scheme (see ``codes.schemes``)."""

    scheme: str
    value: str
    source: str = "stated"


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """The person behind an address; kept apart from it, never logged (so: no repr)."""

    name: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """The legal instrument an act rests on (văn bản pháp lý)."""

    number: str
    """As printed, such as ``1685/NQ-UBTVQH15``."""
    issued_on: date
    issuer: str
    title: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form."""
        return {
            "number": self.number,
            "issued_on": self.issued_on.isoformat(),
            "issuer": self.issuer,
            "title": self.title,
        }


@dataclass(frozen=True, slots=True)
class Successor:
    """What took the place of a retired address."""

    code: str
    relation: str
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it stands now, with the names of its commune and province today."""

    address_id: AddressId
    code: str | None
    issuer: str | None
    version: int
    status: Status
    valid_from: date
    recorded_from: datetime
    document: Document
    commune_code: str
    commune_name: str
    province_code: str
    province_name: str
    successors: tuple[Successor, ...] = ()

    @property
    def ref(self) -> str:
        """Give what paths call it: its code, or ``p<id>`` while it has none."""
        return self.code if self.code is not None else f"p{self.address_id}"

    @property
    def area(self) -> str:
        """Give the present commune that rights over it rest on."""
        return self.commune_code


@dataclass(frozen=True, slots=True)
class Version:
    """One row of an address's history on both clocks."""

    version: int
    status: Status
    valid_from: date
    valid_to: date | None
    recorded_from: datetime
    recorded_to: datetime | None
    act: str
    principal: str
    reason: str | None
    document: Document
    act_id: int | None = None
    """The act over several addresses it belongs to."""
    instrument: Mapping[str, Any] | None = None
    """Legal instrument of that act: number, issued_on, issuer, title."""
