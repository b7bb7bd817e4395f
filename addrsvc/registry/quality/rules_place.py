"""Pure: rules on where an address lies, which commune it belongs to, and its days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from addrsvc.admin_units.finding_kinds import COMMUNE_SPLIT
from addrsvc.errors import Text
from addrsvc.findings import Finding
from addrsvc.registry.model import ESTIMATED, KIND_NAMES, STATUS_NAMES, Kind, Method, Status
from addrsvc.registry.quality import kinds_place as kinds
from addrsvc.registry.quality.subject import PointSaid, Subject

ACCURACY_LIMIT_M: Final[dict[Kind, float]] = {
    Kind.DWELLING: 20,
    Kind.APARTMENT: 30,
    Kind.BOARDING_ROOM: 30,
    Kind.STATE_OFFICE: 30,
    Kind.ENTERPRISE: 30,
    Kind.PUBLIC_FACILITY: 50,
    Kind.PRODUCTION_SITE: 100,
    Kind.WORKS: 100,
    Kind.PLACE: 250,
}
"""How far a position of a kind may be off: a house must not be taken for the one next to it."""

_EDGE_M: Final = {"official": 20.0, "approximate": 300.0}
"""How far a boundary itself may be off: one drawn on maps, one put together from parts."""
_SHARED: Final = 4
_DIGITS: Final = 3
_MINUTE_DIGITS: Final = range(4, 8)
DEGREE_M: Final = 111_320.0
"""Metres in a degree of latitude, roughly: for rules of thumb, and the plane of one street."""
_STREET_M: Final = 150.0
_ALLEY_STEP_M: Final = 250.0
_PATIENCE: Final = timedelta(days=365)


def whole_m(metres: float) -> str:
    """Give metres as messages say them: whole, at least one.

    >>> whole_m(0.2), whole_m(37.5)
    ('1', '38')
    """
    return str(max(1, round(metres)))


def in_its_commune(subject: Subject) -> Iterator[Finding]:
    """Check that a measured position lies in the commune registered."""
    point, position = subject.point, subject.document.position
    if point is None or position is None:
        return
    if point.commune_code is None:
        lon, lat = str(position.point.lon), str(position.point.lat)
        yield Finding(kinds.OUTSIDE_ALL, {"lon": lon, "lat": lat})
        return
    if point.commune_code == subject.document.commune.code or subject.commune.ended_on:
        return
    facts = {"commune": subject.commune.name, "found": point.commune_name}
    if point.certainty == "indicative" or point.outside_m is None:
        yield Finding(kinds.OUTSIDE_INDICATIVE, facts)
        return
    facts["metres"] = whole_m(point.outside_m)
    if point.outside_m > _doubt_m(point, position.accuracy_m):
        yield Finding(kinds.OUTSIDE_COMMUNE, facts)
    else:
        facts["accuracy"] = whole_m(_doubt_m(point, position.accuracy_m))
        yield Finding(kinds.NEAR_EDGE, facts)


def _doubt_m(point: PointSaid, accuracy_m: float) -> float:
    """Give how far position and boundary together may be off."""
    return 2 * accuracy_m + _EDGE_M[point.certainty]


def commune_in_force(subject: Subject) -> Iterator[Finding]:
    """Check that the commune registered still is one."""
    commune = subject.commune
    if commune.ended_on is None:
        return
    point = subject.point
    successors = ", ".join(commune.successors)
    if len(commune.successors) > 1:
        if point is None or point.commune_code is None or point.certainty != "official":
            facts = {"old": commune.name, "candidates": successors}
            yield Finding(COMMUNE_SPLIT, facts)
            return
        successors = point.commune_name
    facts = {
        "commune": commune.name,
        "day": f"{commune.ended_on:%d/%m/%Y}",
        "successors": successors or "–",
    }
    yield Finding(kinds.COMMUNE_ENDED, facts)


def position_is_there(subject: Subject) -> Iterator[Finding]:
    """Check that somebody took the position."""
    position = subject.document.position
    if position is None:
        yield Finding(kinds.POSITION_MISSING)
    elif position.method in ESTIMATED:
        where = (
            Text("giữa phường, xã", "the middle of the commune")
            if position.method is Method.COMMUNE_CENTRE
            else Text("giữa đường", "the middle of the street")
        )
        facts: dict[str, str | Text] = {"where": where, "accuracy": whole_m(position.accuracy_m)}
        yield Finding(kinds.POSITION_ESTIMATED, facts)


def accuracy_fits_kind(subject: Subject) -> Iterator[Finding]:
    """Check that a measured position is as good as its kind of object asks for."""
    position, kind = subject.document.position, subject.document.kind
    if position is None or position.method in ESTIMATED:
        return
    limit_m = ACCURACY_LIMIT_M[kind]
    if position.accuracy_m > limit_m:
        facts: dict[str, str | Text] = {"accuracy": whole_m(position.accuracy_m)}
        facts |= {"limit": whole_m(limit_m), "kind": KIND_NAMES[kind]}
        yield Finding(kinds.ACCURACY_POOR, facts)


def position_is_exact(subject: Subject) -> Iterator[Finding]:
    """Check that coordinates were not rounded to less than their accuracy says."""
    position = subject.document.position
    if position is None or position.method in ESTIMATED:
        return
    lon, lat = position.point.lon, position.point.lat
    grid = _grid(lon, lat)
    if grid is None:
        return
    step_deg, said = grid
    off_m = step_deg / 2 * DEGREE_M
    if off_m > position.accuracy_m:
        facts: dict[str, str | Text] = {"lon": str(lon), "lat": str(lat), "grid": said}
        facts |= {"off": whole_m(off_m), "accuracy": whole_m(position.accuracy_m)}
        yield Finding(kinds.POSITION_ROUNDED, facts)


def _grid(lon: float, lat: float) -> tuple[float, Text] | None:
    """Give the step in degrees both coordinates are whole multiples of; None: they are exact."""
    for digits in range(_DIGITS + 1):
        if round(lon, digits) == lon and round(lat, digits) == lat:
            said = Text(f"{digits} chữ số thập phân", f"{digits} decimals")
            return 10.0**-digits, said
    if _is_minute(lon) and _is_minute(lat):
        return 1 / 60, Text("phút", "a minute of arc")
    return None


def _is_minute(degrees: float) -> bool:
    """Tell whether a coordinate is a whole minute of arc, as some number of decimals prints it.

    >>> _is_minute(106.71667), _is_minute(106.71668), _is_minute(11.0333233)
    (True, False, False)
    """
    minute = round(degrees * 60) / 60
    return any(round(minute, digits) == degrees for digits in _MINUTE_DIGITS)


def position_is_its_own(subject: Subject) -> Iterator[Finding]:
    """Check that not many separate addresses stand on one point."""
    if subject.shared_point >= _SHARED:
        yield Finding(kinds.POSITION_SHARED, {"count": str(subject.shared_point)})


def near_its_street(subject: Subject) -> Iterator[Finding]:
    """Check that a position is near the line of its street; deeper alleys may be further."""
    street, position = subject.street, subject.document.position
    if street is None or street.line_m is None or position is None or subject.point is None:
        return
    depth = (subject.keys[1] or "").count("/")
    limit_m = _STREET_M + _ALLEY_STEP_M * depth + 2 * position.accuracy_m
    if street.line_m > limit_m:
        name = subject.document.components.thoroughfare or ""
        yield Finding(kinds.FAR_FROM_STREET, {"street": name, "metres": whole_m(street.line_m)})


def days_make_sense(subject: Subject) -> Iterator[Finding]:
    """Check that it has begun, and that nothing waits for ever."""
    if subject.valid_from > subject.today:
        yield Finding(kinds.VALID_FROM_FUTURE, {"day": f"{subject.valid_from:%d/%m/%Y}"})
    waits = subject.status in {Status.PROPOSED, Status.RESERVED}
    if waits and subject.today - subject.recorded_on > _PATIENCE:
        facts: dict[str, str | Text] = {"status": STATUS_NAMES[subject.status]}
        facts["day"] = f"{subject.recorded_on:%d/%m/%Y}"
        yield Finding(kinds.WAITING_LONG, facts)


RULES: Final = (
    in_its_commune,
    commune_in_force,
    position_is_there,
    accuracy_fits_kind,
    position_is_exact,
    position_is_its_own,
    near_its_street,
    days_make_sense,
)
