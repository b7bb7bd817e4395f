"""Pure: answers as GeocodeJSON 0.1, with our own fields in the same namespace.

``properties.geocoding`` is the standard's; the same values stand directly in ``properties`` too,
under the names that clients of addok read. ``schema/geocodejson.schema.json`` is the standard as
JSON Schema, written anew from its text.

Source: https://github.com/geocoders/geocodejson-spec, draft 0.1.0 (public domain, CC0).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from addrsvc.geocoding.answers import Candidate, Match
from addrsvc.geocoding.model import MatchLevel

VERSION: Final = "0.1.0"
LICENCE: Final = "See the operator of this registry"
ATTRIBUTION: Final = "addrsvc; administrative units: vietnamadminunits (MIT)"
COUNTRY: Final = "Việt Nam"

_TYPE: Final[dict[MatchLevel, str]] = {
    MatchLevel.UNIT: "house",
    MatchLevel.HOUSE: "house",
    MatchLevel.ORGANISATION: "house",
    MatchLevel.ALLEY: "street",
    MatchLevel.INTERPOLATED: "house",
    MatchLevel.STREET: "street",
    MatchLevel.LOCALITY: "locality",
    MatchLevel.COMMUNE: "city",
    MatchLevel.PROVINCE: "state",
}
"""The standard's word for how fine an answer is."""


def collection(matches: Sequence[Match], query: str) -> dict[str, Any]:
    """Give all answers to one query, best first."""
    return {
        "type": "FeatureCollection",
        "geocoding": {
            "version": VERSION,
            "licence": LICENCE,
            "attribution": ATTRIBUTION,
            "query": query,
        },
        "features": [feature(each) for each in matches],
    }


def feature(match: Match) -> dict[str, Any]:
    """Give one answer as a GeoJSON feature; EPSG:4326, longitude first.

    A place whose position nobody knows has no geometry.
    """
    found = match.candidate
    names = _names(found)
    confidence, gap = round(match.confidence, 4), round(match.gap, 4)
    accuracy = {} if found.accuracy_m is None else {"accuracy": round(found.accuracy_m, 1)}
    geocoding = {
        **names,
        **accuracy,
        "admin": _admin(found),
        "code": found.code,
        "match_level": found.level.value,
        "confidence": confidence,
        "gap": gap,
        "commune_code": found.area.code if found.area.province is not None else None,
        "province_code": (found.area.province or found.area).code,
        "position": _position(found),
        **_past(found),
    }
    flat = {
        **names,
        "id": found.code or f"{found.area.code}:{found.key or ''}",
        "score": confidence,
        "citycode": found.area.code,
        "context": ", ".join(_admin(found).values()),
    }
    point = found.point
    return {
        "type": "Feature",
        "geometry": None
        if point is None
        else {"type": "Point", "coordinates": [round(point.lon, 7), round(point.lat, 7)]},
        "properties": {"geocoding": geocoding, **flat},
    }


def _past(found: Candidate) -> dict[str, Any]:
    """Say where it was called otherwise when it was asked for so, or is out of use."""
    past: dict[str, Any] = {}
    if found.called_until is not None:
        past["called_until"] = found.called_until.isoformat()
    if found.is_retired:
        past |= {"is_retired": True, "successors": list(found.successors)}
    return past


def _names(found: Candidate) -> dict[str, str]:
    """Give the fields the standard and addok have in common, those that there are."""
    province = (found.area.province or found.area).full_name
    names = {
        "type": _TYPE[found.level],
        "label": found.label,
        "name": _name(found),
        "housenumber": found.house_number,
        "street": found.street,
        "locality": found.locality,
        "city": found.area.full_name if found.area.province is not None else None,
        "state": province,
        "country": COUNTRY,
    }
    return {name: value for name, value in names.items() if value is not None}


def _name(found: Candidate) -> str:
    door = " ".join(part for part in (found.house_number, found.street) if part is not None)
    return found.name or door or found.locality or found.area.full_name


def _admin(found: Candidate) -> dict[str, str]:
    """Give the areas by OpenStreetMap's levels of administration: 6 is the commune."""
    if found.area.province is None:
        return {"level2": COUNTRY, "level4": found.area.full_name}
    return {
        "level2": COUNTRY,
        "level4": found.area.province.full_name,
        "level6": found.area.full_name,
    }


def _position(found: Candidate) -> dict[str, Any] | None:
    if found.point is None:
        return None
    return {
        "accuracy_m": None if found.accuracy_m is None else round(found.accuracy_m, 1),
        "method": found.method,
        "marks": found.marks,
    }
