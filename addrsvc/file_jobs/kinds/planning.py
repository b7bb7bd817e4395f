"""Say what plans say of each row's place: an address by its code, or a point."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Final

from addrsvc.auth.model import Scope
from addrsvc.codes.code import parse_code
from addrsvc.db.doors import Reader, ask_lookups
from addrsvc.errors import AddrsvcError, Kind, Text
from addrsvc.file_jobs import columns
from addrsvc.file_jobs.kinds import reverse
from addrsvc.file_jobs.kinds.work import Room, RowDone, RowWork, Terms
from addrsvc.planning.asking import AskedPoint, ask_points, place_of
from addrsvc.planning.model import Planned, PlanSays
from addrsvc.registry.bulk.positions import Coordinates
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.reading import find_addresses, is_seen
from addrsvc.tabular.model import Record
from addrsvc.types import LonLat

ROLES: Final[dict[str, Text]] = {
    "code": Text("Mã địa chỉ số", "Digital address code"),
    **reverse.ROLES,
}
_CHUNK: Final = 100
"""Points of one statement."""
_ADDED: Final = (
    "planning_status",
    "planning_address_code",
    "planning_lon",
    "planning_lat",
    "planning_accuracy_m",
    "planning_plans",
    "planning_codes",
    "planning_names",
    "planning_plan",
    "planning_decision",
    "planning_decision_date",
    "planning_scale",
    "planning_said",
    "planning_as_of",
    "planning_note",
    "planning_problem",
)
_NOTHING: Final = Text(
    "Chưa có quy hoạch đã công bố nào phủ nơi này.", "No published plan covers this place."
)
_EDGE: Final = Text(
    "Nằm trên ranh giới hoặc chỗ chồng lấn của nhiều vùng.",
    "On an edge, or where several zones overlap.",
)
_NEAR: Final = Text(
    "Trong khoảng sai số của vị trí còn có: {uses}.",
    "Within the accuracy of the position there is also: {uses}.",
)
_CONFLICT: Final = Text(
    "Các đồ án cùng loại nói khác nhau: {codes}.", "Plans of one kind differ: {codes}."
)
_SYNTHETIC: Final = Text(
    "Đồ án giả lập để thử nghiệm, không có giá trị thực tế.",
    "The plan is invented for testing and holds nowhere.",
)

_Place = tuple[AskedPoint, str | None]
"""A point, and the code of the address that is there."""


async def work(room: Room, terms: Terms, records: Sequence[Record]) -> list[RowDone]:
    """Look rows up; the coordinates given out are WGS 84 whatever came in."""
    read = await _places(room, terms, records)
    places = [each for each in read if isinstance(each, tuple)]
    answers = iter(await _asked(room, terms, [point for point, _ in places]))
    done = []
    for each in read:
        if each is None:
            done.append(WORK.undone("empty", ""))
        elif isinstance(each, AddrsvcError):
            status = "not_found" if each.kind is Kind.NOT_FOUND else "refused"
            done.append(WORK.undone(status, each.text(terms.language)))
        else:
            done.append(_row(next(answers), each[1], terms))
    return done


async def _places(
    room: Room, terms: Terms, records: Sequence[Record]
) -> list[_Place | AddrsvcError | None]:
    """Find where rows are; a code goes before coordinates beside it."""
    coordinates = Coordinates(terms.crs)
    codes = {text: _code_of(text) for each in records if (text := terms.cell(each, "code"))}
    wanted = {code for code in codes.values() if isinstance(code, str)}
    async with room.doors.pool.connection() as conn:
        known = await find_addresses(conn, wanted)
    found: list[_Place | AddrsvcError | None] = []
    for record in records:
        text = terms.cell(record, "code")
        if not text:
            point = reverse.point_of(coordinates, terms, record)
            found.append((AskedPoint(point), None) if isinstance(point, LonLat) else point)
            continue
        code = codes[text]
        address = known.get(code) if isinstance(code, str) else None
        if isinstance(code, AddrsvcError):
            found.append(code)
        elif address is None or not is_seen(address, room.principal):
            found.append(AddressNotFound(code=text))
        else:
            try:
                found.append((AskedPoint(*place_of(address)), code))
            except AddrsvcError as error:
                found.append(error)
    return found


def _code_of(text: str) -> str | AddrsvcError:
    try:
        return parse_code(text).code.text
    except AddrsvcError as error:
        return error


async def _asked(room: Room, terms: Terms, points: Sequence[AskedPoint]) -> list[Planned]:
    found: list[Planned] = []

    async def ask(some: Sequence[AskedPoint], conn: Reader) -> list[Planned]:
        return await ask_points(conn, some, terms.day, terms.language)

    for at in range(0, len(points), _CHUNK):
        some = points[at : at + _CHUNK]
        found += await ask_lookups(room.doors.lookups, partial(ask, some))
    return found


def _row(found: Planned, code: str | None, terms: Terms) -> RowDone:
    """Tell the most detailed plan in columns, and all of them in a text."""
    first = next((each for each in found.plans if each.shares), None)
    described = None if first is None else first.plan.described
    notes = list(_notes(found, terms))
    status = "review" if notes else "certain"
    status = "not_found" if first is None else status
    if found.is_synthetic:
        notes.append(_SYNTHETIC.in_(terms.language))
    cells = [
        status,
        code or "",
        f"{round(found.lon, 7)}",
        f"{round(found.lat, 7)}",
        "" if found.accuracy_m is None else f"{found.accuracy_m:g}",
        f"{sum(bool(each.shares) for each in found.plans)}",
        "" if first is None else "; ".join(each.code for each in first.shares),
        "" if first is None else "; ".join(each.name for each in first.shares),
        "" if described is None else described.name,
        "" if described is None else described.decision_number or "",
        ""
        if described is None or described.decision_date is None
        else described.decision_date.isoformat(),
        "" if described is None or described.scale is None else f"1:{described.scale}",
        "; ".join(_said(each) for each in found.plans if each.shares),
        found.as_of.isoformat(),
        " ".join(notes),
        "",
    ]
    return RowDone(status, cells, code)


def _said(each: PlanSays) -> str:
    return f"{each.plan.described.name}: {' + '.join(share.code for share in each.shares)}"


def _notes(found: Planned, terms: Terms) -> Iterator[str]:
    """Say why somebody should look at it."""
    if not any(each.shares for each in found.plans):
        yield _NOTHING.in_(terms.language)
    if any(len(each.shares) > 1 for each in found.plans):
        yield _EDGE.in_(terms.language)
    near = {
        other.code: f"{other.name} ({other.distance_m:.1f} m)"
        for each in found.plans
        for other in reversed(each.near)
    }
    if near:
        yield _NEAR.in_(terms.language).format(uses="; ".join(near.values()))
    if found.conflicts:
        codes = dict.fromkeys(f"{each.code} ≠ {each.other_code}" for each in found.conflicts)
        yield _CONFLICT.in_(terms.language).format(codes="; ".join(codes))


def lacks(roles: Collection[str]) -> Sequence[str]:
    """Need a code, or both coordinates."""
    missing = [role for role in reverse.ROLES if role not in roles]
    if "code" in roles or not missing:
        return ()
    return missing if len(missing) < len(reverse.ROLES) else ("code",)


WORK: Final = RowWork(
    scope=Scope.ADDRESSES_READ,
    roles=ROLES,
    guess=partial(columns.guess, {**columns.CODE, **columns.POINT}),
    lacks=lacks,
    work=work,
    added=_ADDED,
    numbers=frozenset({"planning_lon", "planning_lat", "planning_accuracy_m", "planning_plans"}),
    lon="planning_lon",
    lat="planning_lat",
)
