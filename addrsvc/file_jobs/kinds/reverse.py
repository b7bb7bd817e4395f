"""Say where points are: their commune, and the nearest address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from addrsvc.admin_units.service import refuse_unknown_past
from addrsvc.auth.model import Scope
from addrsvc.clock import today
from addrsvc.db.doors import Reader, ask_lookups
from addrsvc.errors import AddrsvcError, InvalidInput, Text
from addrsvc.file_jobs import columns
from addrsvc.file_jobs.kinds.work import Room, RowDone, RowWork, Terms
from addrsvc.geo.given_point import given_point
from addrsvc.geocoding.many import status_of_place
from addrsvc.geocoding.reverse import Whereabouts
from addrsvc.geocoding.reverse_many import Place, reverse_many
from addrsvc.registry.bulk.positions import Coordinates
from addrsvc.tabular.layout import number
from addrsvc.tabular.model import Record
from addrsvc.types import LonLat

ROLES: Final[dict[str, Text]] = {
    "lon": Text("Kinh độ, hoặc X", "Longitude, or X"),
    "lat": Text("Vĩ độ, hoặc Y", "Latitude, or Y"),
}
_CHUNK: Final = 25
"""Points of one statement: each costs the database more than a look-up."""
_RADIUS_M: Final = 1_000.0
_ADDED: Final = (
    "reverse_status",
    "reverse_lon",
    "reverse_lat",
    "reverse_commune_code",
    "reverse_commune",
    "reverse_province_code",
    "reverse_province",
    "reverse_certainty",
    "reverse_code",
    "reverse_label",
    "reverse_distance_m",
    "reverse_note",
    "reverse_problem",
)


class NumberUnread(InvalidInput):
    """A coordinate is no number."""

    slug = "coordinate-unread"
    title = Text("Tọa độ không phải số", "Coordinate is no number")
    message = Text(
        "Tọa độ phải là số, ví dụ 106.6519 và 10.9804.",
        "Coordinates must be numbers, such as 106.6519 and 10.9804.",
    )


async def work(room: Room, terms: Terms, records: Sequence[Record]) -> list[RowDone]:
    """Locate rows; the coordinates given out are WGS 84 whatever came in."""
    coordinates = Coordinates(terms.crs)
    read = [point_of(coordinates, terms, record) for record in records]
    points = [each for each in read if isinstance(each, LonLat)]
    found = iter(zip(points, await _located(room, terms, points), strict=True))
    done = []
    for each in read:
        if each is None:
            done.append(WORK.undone("empty", ""))
        elif isinstance(each, AddrsvcError):
            done.append(WORK.undone("refused", each.text(terms.language)))
        else:
            done.append(_row(*next(found), terms))
    return done


def point_of(
    coordinates: Coordinates, terms: Terms, record: Record
) -> LonLat | AddrsvcError | None:
    """Read the point of a row, or why it cannot be; None: both cells are empty."""
    given = [terms.cell(record, role) for role in ROLES]
    if not any(given):
        return None
    x, y = (number(each.replace(",", ".")) for each in given)
    if x is None or y is None:
        return NumberUnread()
    try:
        refuse_unknown_past(terms.day)
        return given_point(x, y) if coordinates.in_degrees else coordinates.point(x, y)
    except AddrsvcError as error:
        return error


async def _located(room: Room, terms: Terms, points: Sequence[LonLat]) -> list[Whereabouts]:
    found: list[Whereabouts] = []
    day_now = today(room.clock)

    async def ask(some: Sequence[Place], conn: Reader) -> list[Whereabouts]:
        return await reverse_many(
            conn, room.units, some, today=day_now, limit=1, radius_m=_RADIUS_M
        )

    for at in range(0, len(points), _CHUNK):
        places = [Place(point, terms.day) for point in points[at : at + _CHUNK]]
        found += await ask_lookups(room.doors.lookups, partial(ask, places))
    return found


def _row(point: LonLat, found: Whereabouts, terms: Terms) -> RowDone:
    status, commune = status_of_place(found), found.commune
    nearest = found.nearby[0] if found.nearby else None
    former = found.former
    cells = [
        status,
        f"{round(point.lon, 7)}",
        f"{round(point.lat, 7)}",
        "" if commune is None else commune.code,
        "" if commune is None else commune.full_name,
        "" if commune is None else commune.province_code,
        "" if commune is None else commune.province_name,
        "" if commune is None else commune.certainty,
        "" if nearest is None else nearest.candidate.code or "",
        "" if nearest is None else nearest.candidate.label,
        "" if nearest is None else f"{round(nearest.distance_m, 1)}",
        "" if former is None else former.note.in_(terms.language),
        "",
    ]
    return RowDone(status, cells, None if nearest is None else nearest.candidate.code)


def lacks(roles: Collection[str]) -> Sequence[str]:
    """Need both coordinates."""
    return [role for role in ROLES if role not in roles]


WORK: Final = RowWork(
    scope=Scope.ADDRESSES_READ,
    roles=ROLES,
    guess=partial(columns.guess, columns.POINT),
    lacks=lacks,
    work=work,
    added=_ADDED,
    numbers=frozenset({"reverse_lon", "reverse_lat", "reverse_distance_m"}),
    lon="reverse_lon",
    lat="reverse_lat",
)
