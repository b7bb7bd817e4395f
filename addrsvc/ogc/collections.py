"""Pure: the collections there are, and what their features say.

Names of properties are those of the API and of the columns of ``queries.sql``.
"""

from __future__ import annotations

from typing import Any, Final, LiteralString

from addrsvc.auth.permissions import Scope
from addrsvc.errors import Text
from addrsvc.ogc.model import Collection, Property, Type
from addrsvc.planning.model import REFERENCE_NOTICE, Level, PlanKind, PlanStatus
from addrsvc.registry.model import Kind, Status, Visibility

_SINCE: Final = "2025-06-01"
"""Registers of units begin with the state of June 2025."""

_TODAY: Final = Text(
    " Không ghi datetime: những gì có hiệu lực hôm nay; datetime=../.. : mọi thời kỳ.",
    " Without datetime: what holds today; datetime=../..: of all times.",
)
_BOUNDARIES: Final = Text(
    "Ranh giới ghi boundary_quality = official là ranh giới chính thức; indicative là ô ước tính "
    "từ điểm trung tâm, chỉ để định hướng.",
    "Boundaries with boundary_quality = official are official; indicative ones are cells computed "
    "from centres, for orientation only.",
)


def _property(
    name: LiteralString, kind: Type, vi: str, en: str, values: tuple[str, ...] = ()
) -> Property:
    return Property(name, kind, "item." + name, Text(vi, en), values)


_FROM: Final = _property("valid_from", Type.DATE, "Có hiệu lực từ", "Holds from")
_TO: Final = _property("valid_to", Type.DATE, "Hết hiệu lực từ", "Holds no more from")
_SOURCE: Final = _property("source", Type.TEXT, "Nguồn", "Source")
_NAME: Final = _property("name", Type.TEXT, "Tên", "Name")
_CODE: Final = _property("code", Type.TEXT, "Mã", "Code")
_KIND: Final = _property("kind", Type.TEXT, "Loại", "Kind")
_STATUS: Final = _property("status", Type.TEXT, "Trạng thái", "Status")

_UNIT: Final = (
    _CODE,
    _NAME,
    _property("full_name", Type.TEXT, "Tên đầy đủ", "Full name"),
    _property("full_name_en", Type.TEXT, "Tên tiếng Anh", "English name"),
    _KIND,
    _property("parent_code", Type.TEXT, "Mã cấp trên", "Code of the unit above"),
    _FROM,
    _TO,
    _property("area_km2", Type.NUMBER, "Diện tích (km²)", "Area (km²)"),
    _property("population", Type.INTEGER, "Dân số", "Population"),
    _property(
        "boundary_quality",
        Type.TEXT,
        "Ranh giới chính thức hay ước tính",
        "Official or indicative boundary",
        ("official", "indicative"),
    ),
    _property("boundary_source", Type.TEXT, "Nguồn ranh giới", "Source of the boundary"),
    _SOURCE,
)
_DECIDED: Final = (
    _property("decision_number", Type.TEXT, "Số quyết định", "Decision number"),
    _property("decision_date", Type.DATE, "Ngày quyết định", "Decision date"),
    _property("scale", Type.INTEGER, "Tỷ lệ 1:", "Scale 1:"),
    _FROM,
    _TO,
    _property("is_synthetic", Type.BOOLEAN, "Dữ liệu mô phỏng", "Synthetic"),
)
_PLAN_KINDS: Final = tuple(PlanKind)
_LEVELS: Final = tuple(Level)
_PUBLIC: Final = tuple(each for each in PlanStatus if each is not PlanStatus.DRAFT)


def _units(name: str, level: str, vi: str, en: str) -> Collection:
    return Collection(
        id=name,
        title=Text(vi, en),
        description=Text(
            f"{vi} theo ngày; mã chỉ định danh cùng với ngày bắt đầu.{_TODAY.vi}",
            f"{en} by date; a code names one together with its first day.{_TODAY.en}",
        ),
        source="units",
        properties=_UNIT,
        geometry="MultiPolygon",
        level=level,
        notice=_BOUNDARIES,
        has_numbers=False,
        known_from=_SINCE,
    )


LOCALITIES: Final = Collection(
    id="localities",
    title=Text("Khu phố, ấp, khu dân cư", "Localities"),
    description=Text(
        f"Khu phố, ấp, khu dân cư, khu công nghiệp đã có vị trí.{_TODAY.vi}",
        f"Quarters, hamlets, residential and industrial areas with a position.{_TODAY.en}",
    ),
    source="localities",
    properties=(
        _NAME,
        _KIND,
        _STATUS,
        _property("commune_code", Type.TEXT, "Mã xã, phường", "Commune code"),
        _property("commune_name", Type.TEXT, "Xã, phường", "Commune"),
        _FROM,
        _TO,
        _SOURCE,
    ),
    geometry="Point",
)
THOROUGHFARES: Final = Collection(
    id="thoroughfares",
    title=Text("Đường, hẻm", "Thoroughfares"),
    description=Text(
        f"Đường, hẻm đã có tuyến trên bản đồ.{_TODAY.vi}",
        f"Streets and alleys whose line is known.{_TODAY.en}",
    ),
    source="thoroughfares",
    properties=(
        _NAME,
        _KIND,
        _STATUS,
        _property("segment_from", Type.TEXT, "Từ", "From"),
        _property("segment_to", Type.TEXT, "Đến", "To"),
        _FROM,
        _TO,
        _SOURCE,
    ),
    geometry="MultiLineString",
)
PLANS: Final = Collection(
    id="plans",
    title=Text("Đồ án quy hoạch", "Plans"),
    description=Text(
        f"Quy hoạch đã công bố; hình là khung bao các vùng.{_TODAY.vi}",
        f"Published plans; the geometry is the frame around their zones.{_TODAY.en}",
    ),
    source="plans",
    properties=(
        _NAME,
        _property("kind", Type.TEXT, "Loại quy hoạch", "Kind of plan", _PLAN_KINDS),
        _property("level", Type.TEXT, "Cấp", "Level", _LEVELS),
        _property("status", Type.TEXT, "Trạng thái", "Status", _PUBLIC),
        _property("issuer", Type.TEXT, "Cơ quan phê duyệt", "Issuer"),
        *_DECIDED,
        _property("period_from", Type.INTEGER, "Kỳ quy hoạch từ năm", "Plans from year"),
        _property("period_to", Type.INTEGER, "Kỳ quy hoạch đến năm", "Plans to year"),
        _property("zones", Type.INTEGER, "Số vùng", "Zones"),
        _property("area_m2", Type.NUMBER, "Diện tích (m²)", "Area (m²)"),
    ),
    geometry="Polygon",
    notice=REFERENCE_NOTICE,
)
ZONES: Final = Collection(
    id="zones",
    title=Text("Vùng quy hoạch", "Planning zones"),
    description=Text(
        f"Vùng của các quy hoạch đã công bố, kèm quyết định.{_TODAY.vi}",
        f"Zones of published plans, with their decision.{_TODAY.en}",
    ),
    source="zones",
    properties=(
        _property("plan_id", Type.INTEGER, "Số đồ án", "Number of the plan"),
        _property("plan_name", Type.TEXT, "Tên đồ án", "Name of the plan"),
        _property("plan_kind", Type.TEXT, "Loại quy hoạch", "Kind of plan", _PLAN_KINDS),
        _property("plan_level", Type.TEXT, "Cấp", "Level", _LEVELS),
        _property("plan_status", Type.TEXT, "Trạng thái", "Status", _PUBLIC),
        *_DECIDED,
        _property("code_list", Type.TEXT, "Danh mục mã", "Code list"),
        _property("n", Type.INTEGER, "Số thứ tự trong đồ án", "Number in the plan"),
        _property("code", Type.TEXT, "Mã loại đất", "Land-use code"),
        _property("label", Type.TEXT, "Nhãn trong hồ sơ", "Label in the file"),
        _property("area_m2", Type.NUMBER, "Diện tích (m²)", "Area (m²)"),
    ),
    geometry="MultiPolygon",
    notice=REFERENCE_NOTICE,
)
ADDRESSES: Final = Collection(
    id="addresses",
    title=Text("Địa chỉ số", "Digital addresses"),
    description=Text(
        "Địa chỉ trong địa bàn của khóa API. Không ghi datetime: như hiện nay; có datetime: như "
        "sổ đăng ký hiện ghi về thời gian đó.",
        "Addresses within the areas of the API key. Without datetime: as they stand; with it: as "
        "the register now says of that time.",
    ),
    source="addresses",
    properties=(
        _property("code", Type.TEXT, "Mã địa chỉ số (10 chữ số)", "Code (ten digits)"),
        _property("issuer", Type.TEXT, "Đơn vị cấp mã", "Issuer of the code"),
        _property("status", Type.TEXT, "Trạng thái", "Status", tuple(Status)),
        _property("kind", Type.TEXT, "Loại đối tượng", "Kind of object", tuple(Kind)),
        _NAME,
        _property("unit", Type.TEXT, "Căn, phòng", "Unit"),
        _property("floor", Type.TEXT, "Tầng", "Floor"),
        _property("building", Type.TEXT, "Tòa nhà", "Building"),
        _property("house_number", Type.TEXT, "Số nhà", "House number"),
        _property("thoroughfare", Type.TEXT, "Đường", "Thoroughfare"),
        _property("localities", Type.TEXT, "Khu phố, ấp", "Localities"),
        _property("commune_code", Type.TEXT, "Mã xã, phường", "Commune code"),
        _property("commune_name", Type.TEXT, "Xã, phường", "Commune"),
        _property("visibility", Type.TEXT, "Mức công khai", "Visibility", tuple(Visibility)),
        _property("accuracy_m", Type.NUMBER, "Độ chính xác (m)", "Accuracy (m)"),
        _property("method", Type.TEXT, "Cách xác định vị trí", "Method of the position"),
        _property("marks", Type.TEXT, "Vị trí đánh dấu", "What the position marks"),
        _FROM,
        _TO,
    ),
    geometry="Point",
    scope=Scope.ADDRESSES_READ,
    known_from=_SINCE,
)

COLLECTIONS: Final[dict[str, Collection]] = {
    each.id: each
    for each in (
        _units("communes", "commune", "Xã, phường, đặc khu", "Communes"),
        _units("districts", "district", "Quận, huyện (đến 30/6/2025)", "Districts (to June 2025)"),
        _units("provinces", "province", "Tỉnh, thành phố", "Provinces"),
        LOCALITIES,
        THOROUGHFARES,
        PLANS,
        ZONES,
        ADDRESSES,
    )
}


def params_of_level(collection: Collection) -> dict[str, Any]:
    """Give what the source of a collection needs beside days and sight."""
    return {} if collection.level is None else {"level": collection.level}
