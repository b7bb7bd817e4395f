"""The JSON of questions about plans: ground that is asked about, and what plans say of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field, model_validator

from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language, Text
from addrsvc.geo.corners import MAX_TEXT, Corners
from addrsvc.geo.geometry import check_area
from addrsvc.planning.asking import AddressPlanned
from addrsvc.planning.asking_errors import GroundUnread
from addrsvc.planning.model import (
    KIND_NAMES,
    LEVEL_NAMES,
    REFERENCE_NOTICE,
    STATUS_NAMES,
    Plan,
    Planned,
    PlanSays,
)
from addrsvc.registry.label import address_line

_NOTHING: Final = Text(
    "Chưa có đồ án quy hoạch đã công bố nào nói về nơi này trong hệ thống. Điều đó không có nghĩa "
    "là nơi này không có quy hoạch.",
    "No plan published here says anything of this place. That does not mean there is none.",
)
_PARCEL_NOTE: Final = Text(
    "Hệ thống không lưu ranh thửa đất: câu trả lời là cho vị trí của địa chỉ gắn với thửa. Muốn "
    "tính diện tích, hãy gửi các góc thửa ghi trên giấy chứng nhận.",
    "Shapes of parcels are not kept here: the answer is for the position of the address linked to "
    "it. For areas, send the corners printed in the certificate.",
)
_SYNTHETIC: Final = Text(
    "Có đồ án giả lập để thử nghiệm, không có giá trị thực tế.",
    "Some of these plans are invented for testing and hold nowhere.",
)


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ParcelIn(_Closed):
    """A land parcel as certificates name it."""

    commune: Annotated[str, Field(pattern=r"^[0-9]{5}$", description="code at survey time")]
    sheet: Annotated[int, Field(ge=1, lt=100_000, description="tờ bản đồ số")]
    parcel: Annotated[int, Field(ge=1, lt=100_000, description="thửa đất số")]


class OverlayIn(_Closed):
    """Ground to ask about, in exactly one of three ways; a bare GeoJSON geometry does too."""

    geometry: Annotated[
        dict[str, Any] | None, Field(description="GeoJSON Polygon or MultiPolygon, WGS 84 degrees")
    ] = None
    corners: Annotated[
        Annotated[str, Field(max_length=MAX_TEXT)] | list[list[float | str | None]] | None,
        Field(
            description="corners in turn, as printed in certificates: a text, or rows of X, Y "
            "and perhaps the edge's length, the point's number before them",
            examples=[[["1", 1214436.35, 598371.18], ["2", 1214456.35, 598371.18]]],
        ),
    ] = None
    crs: Annotated[
        str | None,
        Field(
            max_length=20,
            description="VN-2000 zone of corners; left out: found by where they come to lie",
            examples=["EPSG:9210"],
        ),
    ] = None
    parcel: ParcelIn | None = None
    at: Annotated[date | None, Field(description="legal day whose plans are told; today")] = None

    @model_validator(mode="before")
    @classmethod
    def _of_geojson(cls, given: Any) -> Any:
        """Take a bare geometry or feature for what it is."""
        is_bare = isinstance(given, dict) and given.keys().isdisjoint(
            ("geometry", "corners", "parcel")
        )
        if (is_bare or _is_feature(given)) and isinstance(given.get("type"), str):
            return {"geometry": given.get("geometry") if _is_feature(given) else given}
        return given


def _is_feature(given: Any) -> bool:
    return isinstance(given, dict) and given.get("type") == "Feature"


def read_geometry(geometry: dict[str, Any]) -> shapely.MultiPolygon:
    """Read a GeoJSON polygon and check it.

    Raises:
        GroundUnread: it is no GeoJSON geometry.
        InvalidInput, TooLarge: see ``geo.geometry.check_area``.
    """
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in _AREAL:
        raise GroundUnread(member="geometry")
    try:
        with np.errstate(invalid="ignore"):  # what is no number is refused below, in words
            shape = shapely.geometry.shape(geometry)
    except _UNREAD:
        raise GroundUnread(member="geometry") from None
    return check_area(shape)


_AREAL: Final = ("Polygon", "MultiPolygon")
_UNREAD: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,  # a whole number larger than any coordinate
    shapely.GEOSException,
)


def planned_out(planned: Planned, language: Language) -> dict[str, Any]:
    """Give what plans say; nothing of it depends on who asks."""
    asked: dict[str, Any] = {
        "lon": round(planned.lon, 7),
        "lat": round(planned.lat, 7),
        "accuracy_m": planned.accuracy_m,
        "area_m2": _m2(planned.area_m2),
    }
    if planned.geometry is not None:
        asked["geometry"] = planned.geometry
    return {
        "as_of": planned.as_of.isoformat(),
        "asked": asked,
        "notice": REFERENCE_NOTICE.in_(language),
        "is_synthetic": planned.is_synthetic,
        "synthetic_note": _SYNTHETIC.in_(language) if planned.is_synthetic else None,
        "note": None if planned.plans else _NOTHING.in_(language),
        "plans": [_says_out(each, planned, language) for each in planned.plans],
        "conflicts": [
            {
                "plan_id": each.plan_id,
                "code": each.code,
                "other_plan_id": each.other_plan_id,
                "other_code": each.other_code,
                "area_m2": _m2(each.area_m2),
            }
            for each in planned.conflicts
        ],
    }


def address_planned_out(found: AddressPlanned, language: Language) -> dict[str, Any]:
    """Give what plans say of an address: which one, then the rest."""
    address = found.address
    out: dict[str, Any] = {
        "address": {
            "ref": address.ref,
            "printed": None if address.code is None else DigitalCode.of(address.code).printed,
            "label": address_line(
                address.document.components, address.commune_name, address.province_name
            ),
            "status": address.status.value,
        }
    }
    if found.resolved_from is not None and found.resolved_from.code is not None:
        code = DigitalCode.of(found.resolved_from.code)
        out["resolved_from"] = {
            "code": code.text,
            "printed": code.printed,
            "relation": "duplicate",
        }
    return out | planned_out(found.planned, language)


def parcel_planned_out(found: AddressPlanned, language: Language) -> dict[str, Any]:
    """Give what plans say of the address that has a parcel, and that the parcel has no shape."""
    return {"parcel_note": _PARCEL_NOTE.in_(language)} | address_planned_out(found, language)


def corners_out(corners: Corners) -> dict[str, Any]:
    """Give how corners were understood, for whoever sent them to compare with the paper."""
    return {
        "crs": f"EPSG:{corners.epsg}",
        "is_crs_found": corners.is_zone_found,
        "likelier_crs": None if corners.likelier_epsg is None else f"EPSG:{corners.likelier_epsg}",
        "x_is_northing": corners.is_exchanged,
        "plane_area_m2": _m2(corners.area_m2),
        "edges_off": [
            {
                "from": each.from_number,
                "to": each.to_number,
                "length_m": round(each.length_m, 2),
                "printed_m": each.printed_m,
            }
            for each in corners.edges
            if each.is_off
        ],
    }


def _says_out(says: PlanSays, planned: Planned, language: Language) -> dict[str, Any]:
    return {
        "plan": _plan_out(says.plan, language),
        "shares": [
            {
                "code": each.code,
                "name": each.name,
                "colour": each.colour,
                "zones": each.zones,
                "area_m2": _m2(each.area_m2),
                "percent": None if each.percent is None else round(each.percent, 4),
            }
            for each in says.shares
        ],
        "uncovered_m2": _m2(says.uncovered_m2),
        "uncovered_percent": _percent(says.uncovered_m2, planned),
        "overlapping_m2": _m2(says.overlapping_m2),
        "overlapping_percent": _percent(says.overlapping_m2, planned),
        "near": [
            {
                "code": each.code,
                "name": each.name,
                "colour": each.colour,
                "distance_m": round(each.distance_m, 2),
            }
            for each in says.near
        ],
    }


def _plan_out(plan: Plan, language: Language) -> dict[str, Any]:
    """Give what an answer must say of a plan; the whole of it stands at its link."""
    described = plan.described
    return {
        "plan_id": plan.plan_id,
        "name": described.name,
        "kind": described.kind.value,
        "kind_name": KIND_NAMES[described.kind].in_(language),
        "level": described.level.value,
        "level_name": LEVEL_NAMES[described.level].in_(language),
        "status": plan.status.value,
        "status_name": STATUS_NAMES[plan.status].in_(language),
        "issuer": described.issuer,
        "decision_number": described.decision_number,
        "decision_date": _iso(described.decision_date),
        "scale": described.scale,
        "period_from": described.period_from,
        "period_to": described.period_to,
        "valid_from": _iso(plan.valid_from),
        "valid_to": _iso(plan.valid_to),
        "code_list": described.code_list,
        "is_synthetic": described.is_synthetic,
        "links": {
            "plan": f"/v1/plans/{plan.plan_id}",
            "map": f"/v1/plans/{plan.plan_id}/map",
            "page": f"/plans/{plan.plan_id}",
        },
    }


def _percent(part_m2: float | None, planned: Planned) -> float | None:
    if part_m2 is None or not planned.area_m2:
        return None
    return round(part_m2 / planned.area_m2 * 100, 4)


def _m2(area: float | None) -> float | None:
    return None if area is None else round(area, 2)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
