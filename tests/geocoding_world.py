"""A small world for pure tests of geocoding: a few units, streets and houses, nothing stored.

In June 2025 province 74 has Phú Cường (25747, whole into Thủ Dầu Một) and Hiệp Thành (25741, split
between Thủ Dầu Một and Phú Lợi); since July province 79 has Thủ Dầu Một and Phú Lợi, province 01
has Ba Đình. Numbers and codes of houses are invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from addrsvc.admin_units.conversion import Converter, Named
from addrsvc.admin_units.model import LinkKind
from addrsvc.admin_units.split_localities import SplitLocalities, SplitLocality
from addrsvc.admin_units.succession import Link, Succession
from addrsvc.geocoding.answers import Area
from addrsvc.geocoding.areas import Areas
from addrsvc.geocoding.forward import World
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Place
from addrsvc.geocoding.probe import Found, Neighbour, Probed, Wanted
from addrsvc.geocoding.scopes import Resolver
from addrsvc.parsing.keys import number_key
from addrsvc.parsing.model import Parsed, Status, UnitMention, UnitReading
from addrsvc.registry.model import (
    CommuneRef,
    Components,
    Document,
    Kind,
    Locality,
    Marks,
    Method,
    Position,
    Visibility,
)
from addrsvc.types import Level, LonLat, UnitId, ValidPeriod

JUNE, JULY, TODAY = date(2025, 6, 1), date(2025, 7, 1), date(2026, 1, 15)
OLD, NEW = ValidPeriod(JUNE, JULY), ValidPeriod(JULY)

BINH_DUONG = UnitId("74", JUNE)
TDM_CITY = UnitId("718", JUNE)
PHU_CUONG = UnitId("25747", JUNE)
HIEP_THANH = UnitId("25741", JUNE)
HCM, HA_NOI = UnitId("79", JULY), UnitId("01", JULY)
THU_DAU_MOT, PHU_LOI = UnitId("25747", JULY), UnitId("25750", JULY)
BA_DINH = UnitId("00004", JULY)

NAMES = {
    BINH_DUONG: (Level.PROVINCE, "tinh", "Tỉnh Bình Dương", OLD, None),
    TDM_CITY: (Level.DISTRICT, "thanh_pho", "Thành phố Thủ Dầu Một", OLD, "74"),
    PHU_CUONG: (Level.COMMUNE, "phuong", "Phường Phú Cường", OLD, "718"),
    HIEP_THANH: (Level.COMMUNE, "phuong", "Phường Hiệp Thành", OLD, "718"),
    HCM: (Level.PROVINCE, "thanh_pho", "Thành phố Hồ Chí Minh", NEW, None),
    HA_NOI: (Level.PROVINCE, "thanh_pho", "Thành phố Hà Nội", NEW, None),
    THU_DAU_MOT: (Level.COMMUNE, "phuong", "Phường Thủ Dầu Một", NEW, "79"),
    PHU_LOI: (Level.COMMUNE, "phuong", "Phường Phú Lợi", NEW, "79"),
    BA_DINH: (Level.COMMUNE, "phuong", "Phường Ba Đình", NEW, "01"),
}
LINKS = [
    (BINH_DUONG, Link(HCM, LinkKind.WHOLE, None)),
    (PHU_CUONG, Link(THU_DAU_MOT, LinkKind.WHOLE, 1.0, "NQ 1685/NQ-UBTVQH15")),
    (HIEP_THANH, Link(THU_DAU_MOT, LinkKind.PART, 0.6, "NQ 1685/NQ-UBTVQH15")),
    (HIEP_THANH, Link(PHU_LOI, LinkKind.PART, 0.4, "NQ 1685/NQ-UBTVQH15")),
]
LOCALITIES = [SplitLocality("25741", "khu_pho", "1", "25747", "proposal", "test")]


def mention(unit: UnitId, status: Status = Status.CONFIRMED) -> UnitMention:
    """Name a unit, as a text would."""
    level, kind, name, _, _ = NAMES[unit]
    return UnitMention(level, unit, name, kind, (0, 1), status)


def reading(*units: UnitId, score: float = 1.0) -> UnitReading:
    """Read units together."""
    named = {NAMES[each][0]: mention(each) for each in units}
    return UnitReading(
        named.get(Level.COMMUNE), named.get(Level.DISTRICT), named.get(Level.PROVINCE), score
    )


READINGS = {
    "Phú Cường": (reading(PHU_CUONG, TDM_CITY, BINH_DUONG),),
    "Hiệp Thành": (reading(HIEP_THANH, TDM_CITY, BINH_DUONG),),
    "Thủ Dầu Một": (reading(THU_DAU_MOT, HCM),),
    "Phú Lợi": (reading(PHU_LOI, HCM),),
    "Ba Đình": (reading(BA_DINH, HA_NOI),),
    "Bình Dương": (reading(BINH_DUONG),),
    "TP Thủ Dầu Một": (reading(TDM_CITY, BINH_DUONG),),
    "Thủ Dầu Một?": (reading(THU_DAU_MOT, HCM), reading(BA_DINH, HA_NOI, score=0.99)),
    "Thủ Dầu Một!": (reading(THU_DAU_MOT, HCM), reading(TDM_CITY, BINH_DUONG)),
}
"""What the reader of units makes of a text; every other text names no unit."""


def find_unit(level: Level, code: str, day: date) -> UnitMention | None:
    """Give the unit that has a code on a day, else the last that had it."""
    known = [unit for unit in NAMES if unit.code == code and NAMES[unit][0] is level]
    known.sort(key=lambda unit: (NAMES[unit][3].holds(day), unit.valid_from))
    return mention(known[-1]) if known else None


def house(
    number: str | None,
    street: str | None,
    commune: str,
    code: str,
    *,
    lon: float = 106.65,
    unit: str | None = None,
    localities: tuple[Locality, ...] = (),
    name: str | None = None,
    kind: Kind = Kind.DWELLING,
) -> Found:
    """Register a house."""
    point = LonLat(lon, 10.98)
    document = Document(
        kind=kind,
        commune=CommuneRef(commune, JULY),
        components=Components(
            unit=unit, house_number=number, thoroughfare=street, localities=localities
        ),
        position=Position(point, 4.5, Method.GNSS, Marks.ENTRANCE),
        visibility=Visibility.PUBLIC,
        source="test",
        name=name,
    )
    key = None if number is None else number_key(number)
    return Found(code, document, key, point, commune)


class Register:
    """A probe of invented houses: base key, number key and commune → houses."""

    def __init__(self, houses: dict[tuple[str, str], list[Found]] | None = None) -> None:
        self.houses = houses or {}
        self.near: dict[tuple[str, str], Probed] = {}
        self.trips = 0

    async def find(self, wanted: Sequence[Wanted]) -> list[Probed]:
        """Answer as the registry would, in one trip."""
        self.trips += 1
        return [self._one(each) for each in wanted]

    def _one(self, wanted: Wanted) -> Probed:
        key = (wanted.base_key, wanted.number_key or "")
        exact = [each for each in self.houses.get(key, ()) if each.commune_code in wanted.communes]
        return Probed(exact=tuple(exact)) if exact else self.near.get(key, Probed())


def neighbour(number: str, commune: str, lon: float) -> Neighbour:
    """Register the nearest number of a street."""
    return Neighbour(number_key(number), LonLat(lon, 10.98), commune)


def place(key: str, name: str, commune: str, **more: object) -> Place:
    """Name a street in a commune."""
    values = {"kind": "thoroughfare", "addresses": 10, "centre": LonLat(106.65, 10.98), **more}
    return Place(key=key, name=name, commune_code=commune, **values)  # type: ignore[arg-type]


def small_world(*places: Place, texts: dict[str, Parsed] | None = None) -> World:
    """Put the small world together, with these streets."""
    succession = Succession({unit: NAMES[unit][3] for unit in NAMES}, LINKS)
    named = {unit: Named(unit, NAMES[unit][2], NAMES[unit][3]) for unit in NAMES}
    converter = Converter(named, succession, SplitLocalities(LOCALITIES))
    gazetteer = Gazetteer({"25747": "79", "25750": "79", "00004": "01"})
    for each in places:
        gazetteer.add(each)
    provinces = {
        "79": Area("79", "Thành phố Hồ Chí Minh", LonLat(106.7, 10.9), 46_000),
        "01": Area("01", "Thành phố Hà Nội", LonLat(105.8, 21.0), 32_000),
    }
    communes = {
        unit.code: Area(
            unit.code, NAMES[unit][2], LonLat(106.65, 10.98), 2_000, provinces[NAMES[unit][4] or ""]
        )
        for unit in (THU_DAU_MOT, PHU_LOI, BA_DINH)
    }
    parents = {unit: NAMES[unit][4] for unit in NAMES}
    return World(
        read=({} if texts is None else texts).__getitem__,
        read_units=lambda text: READINGS.get(text, ()),
        find_unit=find_unit,
        resolve=Resolver(converter, parents).resolve,
        describe=named.get,
        areas=Areas(communes, provinces),
        gazetteer=gazetteer,
        today=TODAY,
    )
