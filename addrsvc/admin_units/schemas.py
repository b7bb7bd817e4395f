"""JSON of units, thoroughfares and localities; what is only indicative says so every time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from addrsvc.admin_units.model import (
    AdminUnit,
    BoundaryKind,
    Locality,
    LocatedCommune,
    Thoroughfare,
    UnitLink,
)
from addrsvc.errors import Language, Text
from addrsvc.geo import geojson
from addrsvc.types import LonLat, UnitId

NOTES: dict[BoundaryKind, Text] = {
    BoundaryKind.OFFICIAL: Text(
        "Ranh giới theo nguồn chính thức.", "Boundary from an official source."
    ),
    BoundaryKind.APPROXIMATE: Text(
        "Ranh giới gần đúng, không có giá trị pháp lý.",
        "Approximate boundary without legal force.",
    ),
    BoundaryKind.INDICATIVE: Text(
        "Vùng minh họa, tính từ điểm trung tâm và diện tích; không phải ranh giới.",
        "Indicative cell computed from centre and area; not a boundary.",
    ),
}


def unit_id_out(unit: UnitId) -> dict[str, Any]:
    """Give the key of a unit."""
    return {"code": unit.code, "valid_from": unit.valid_from}


def _position(place: LonLat | None) -> dict[str, float] | None:
    return None if place is None else {"lon": place.lon, "lat": place.lat}


def boundary_out(kind: BoundaryKind, source: str | None, language: Language) -> dict[str, Any]:
    """Say how far a boundary may be trusted, in one language."""
    return {
        "kind": kind,
        "indicative": kind is BoundaryKind.INDICATIVE,
        "source": source,
        "note": NOTES[kind].in_(language),
    }


def unit_out(unit: AdminUnit, language: Language) -> dict[str, Any]:
    """Give one unit."""
    kind = unit.boundary_kind
    return {
        "code": unit.code,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "level": unit.level,
        "kind": unit.kind,
        "name": unit.name,
        "full_name": unit.full_name,
        "full_name_en": unit.full_name_en,
        "parent_code": unit.parent_code,
        "centre": _position(unit.centre),
        "area_km2": unit.area_km2,
        "population": unit.population,
        "boundary": None if kind is None else boundary_out(kind, unit.boundary_source, language),
        "source": unit.source,
    }


def link_out(link: UnitLink) -> dict[str, Any]:
    """Give one link between a predecessor and a successor."""
    return {
        "from": {**unit_id_out(link.from_id), "full_name": link.from_name},
        "to": {**unit_id_out(link.to_id), "full_name": link.to_name},
        "kind": link.kind,
        "share_of_from": link.share_of_from,
        "share_source": link.share_source,
        "instrument": link.instrument,
        "effective_date": link.effective_date,
    }


def located_out(found: LocatedCommune, language: Language) -> dict[str, Any]:
    """Give the commune a point lies in; an indicative answer carries its warning."""
    indicative = found.certainty == "indicative"
    return {
        **unit_id_out(found.id),
        "full_name": found.full_name,
        "province": {"code": found.province_code, "full_name": found.province_name},
        "certainty": found.certainty,
        "indicative": indicative,
        "note": NOTES[BoundaryKind.INDICATIVE].in_(language) if indicative else None,
        "edge_m": None if found.edge_m is None else round(found.edge_m, 1),
    }


def thoroughfare_out(found: Thoroughfare) -> dict[str, Any]:
    """Give one thoroughfare."""
    return {
        "id": found.thoroughfare_id,
        "name": found.name,
        "aliases": found.aliases,
        "kind": found.kind,
        "status": found.status,
        "areas": [unit_id_out(area) for area in found.areas],
        "segment_from": found.segment_from,
        "segment_to": found.segment_to,
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
        "source": found.source,
        "licence": found.licence,
        "line": found.line,
    }


def locality_out(found: Locality) -> dict[str, Any]:
    """Give one locality."""
    return {
        "id": found.locality_id,
        "name": found.name,
        "aliases": found.aliases,
        "kind": found.kind,
        "status": found.status,
        "commune": unit_id_out(found.commune),
        "centre": _position(found.centre),
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
        "source": found.source,
        "licence": found.licence,
    }


def features_out(
    rows: Iterable[tuple[AdminUnit, dict[str, Any]]], language: Language, *, complete: bool
) -> dict[str, Any]:
    """Give units with their boundaries as GeoJSON; ``complete`` false: the window holds more."""
    features = []
    for unit, geometry in rows:
        properties = unit_out(unit, language)
        features.append(geojson.feature(geometry, properties, f"{unit.code}@{unit.valid_from}"))
    return geojson.collection(features, complete=complete)
