"""Say what plans in force say of points, a plot or an address.

Everything of published, superseded and withdrawn plans is public, each for the days it held;
drafts say nothing here. Whose address is asked about follows the rules of looking it up.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

import shapely

from addrsvc.auth.model import Principal
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.errors import Language
from addrsvc.geo import geojson
from addrsvc.planning.asking_errors import (
    AddressPlaceRough,
    AddressWithoutPlace,
    ParcelOfNoAddress,
    PlotTooComplex,
    PlotTooLarge,
    TooManyZonesMet,
)
from addrsvc.planning.code_lists import use_of
from addrsvc.planning.model import Conflict, Near, Plan, PlanKind, Planned, PlanSays, Share
from addrsvc.planning.overlaying import Overlay, Zone, clashes, measure_m2, overlay
from addrsvc.planning.repository import plan_of
from addrsvc.registry import history, reading
from addrsvc.registry.duplicates.resolving import kept_instead
from addrsvc.registry.identifiers import find_by_identifier
from addrsvc.registry.links import LinkScheme
from addrsvc.registry.model import ESTIMATED, Address
from addrsvc.registry.reading import AddressRef
from addrsvc.types import LonLat

QUERIES: Final = Queries("addrsvc.planning", "queries_asking.sql")

EDGE_M: Final = 0.01
"""A point so near to a zone is in it: coordinates are kept to a centimetre."""
EDGE_DEG: Final = 9e-8
"""The same in degrees."""

MAX_ACCURACY_M: Final = 500.0
MAX_PLOT_M2: Final = 100e6
MAX_ZONES: Final = 5_000
_MAX_PIECES: Final = 30_000
"""Zones are kept cut into pieces of 64 corners."""
_MAX_CUTS: Final = 5_000_000
"""Vertices of the plot times pieces it meets: a second or two of one processor."""

_ORDER: Final = (PlanKind.DETAIL, PlanKind.ZONING, PlanKind.GENERAL, PlanKind.LAND_USE)
"""The most detailed first."""


@dataclass(frozen=True, slots=True)
class AskedPoint:
    """A point, and how far around it the true place may be."""

    point: LonLat
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class AddressPlanned:
    """What plans say of an address."""

    address: Address
    planned: Planned
    resolved_from: Address | None = None
    """The duplicate asked for, in place of which this one was kept."""


async def ask_point(
    conn: Connection, point: LonLat, accuracy_m: float | None, day: date, language: Language
) -> Planned:
    """Say what plans in force on a legal day say of a point; names in the asker's language."""
    return (await ask_points(conn, [AskedPoint(point, accuracy_m)], day, language))[0]


async def ask_points(
    conn: Connection, asked: Sequence[AskedPoint], day: date, language: Language
) -> list[Planned]:
    """Say it of many points, by two statements for all of them; one answer each, in order."""
    params = {
        "ns": list(range(len(asked))),
        "lons": [each.point.lon for each in asked],
        "lats": [each.point.lat for each in asked],
        "radii_m": [min(each.accuracy_m or 0.0, MAX_ACCURACY_M) for each in asked],
        "edge_deg": EDGE_DEG,
        "day": day,
    }
    found: dict[int, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    plan_ids = set()
    for each in await rows(conn, QUERIES["uses_at_points"], params) if asked else []:
        found[each["n"]][each["plan_id"]].append(each)
        plan_ids.add(each["plan_id"])
    plans = await list_plans_by_number(conn, plan_ids)
    return [
        _planned_at(each, found.get(n, {}), plans, day, language) for n, each in enumerate(asked)
    ]


async def ask_area(
    conn: Connection, plot: shapely.MultiPolygon, day: date, language: Language
) -> Planned:
    """Say what plans in force on a legal day say of a plot that passed ``geo.check_area``.

    Raises:
        PlotTooLarge, PlotTooComplex, TooManyZonesMet, ZonesStacked: more than is laid over plans
            at once.
    """
    area_m2 = await asyncio.to_thread(measure_m2, plot)
    if area_m2 > MAX_PLOT_M2:
        limit_km2 = MAX_PLOT_M2 / 1e6
        raise PlotTooLarge(area_km2=round(area_m2 / 1e6, 1), limit_km2=limit_km2)
    params = {"plot": shapely.to_wkb(plot), "day": day, "limit": _MAX_PIECES + 1}
    found = await rows(conn, QUERIES["pieces_in_plot"], params)
    zones, vertices = len({each["zone_id"] for each in found}), shapely.get_num_coordinates(plot)
    if len(found) > _MAX_PIECES or zones > MAX_ZONES:
        raise TooManyZonesMet(limit=MAX_ZONES)
    if len(found) * vertices > _MAX_CUTS:
        raise PlotTooComplex(vertices=int(vertices), zones=zones)
    plans = await list_plans_by_number(conn, {each["plan_id"] for each in found})
    return await asyncio.to_thread(_planned_in, plot, area_m2, found, plans, day, language)


async def ask_address(
    conn: Connection,
    principal: Principal,
    ref: AddressRef,
    day: date,
    language: Language,
    *,
    valid_at: date | None = None,
) -> AddressPlanned:
    """Say what plans in force on a legal day say of where an address is.

    The code of a duplicate gives the address that was kept; one retired otherwise is told of
    where it was. ``valid_at``: where it was on that legal day; None: as it stands.

    Raises:
        AddressNotFound: there is none, or it is not for this principal; which, is not told.
        NotThereThen: it begins after ``valid_at``.
        NotSignedIn, ScopeMissing: a proposal is asked for without the right.
        AddressWithoutPlace, AddressPlaceRough: its position is not known, or hardly.
    """
    resolved_from = None
    if valid_at is not None:
        address: Address = await history.address_as_of(conn, principal, ref, valid_at, None)
    else:
        address = await reading.get_address(conn, principal, ref)

        async def find(code: str) -> Address | None:
            return (await reading.find_addresses(conn, [code])).get(code)

        kept = await kept_instead(find, address)
        if kept is not None and reading.is_seen(kept, principal):
            address, resolved_from = kept, address
    planned = await ask_point(conn, *place_of(address), day, language)
    return AddressPlanned(address, planned, resolved_from)


async def ask_parcel(
    conn: Connection, principal: Principal, parcel: str, day: date, language: Language
) -> AddressPlanned:
    """Say what plans say of the point of the address that has a land parcel.

    No shapes of parcels are kept here, so a point is all there is. ``parcel``: code of the commune
    at survey time, sheet and number, as ``codes.schemes`` reads them.

    Raises:
        ParcelInvalid: not of that form.
        NotSignedIn, ScopeMissing: parcels of addresses are not for everybody.
        ParcelOfNoAddress: none is known that may be seen.
        AddressWithoutPlace, AddressPlaceRough: where it is, is not known, or hardly.
    """
    found = await find_by_identifier(conn, principal, LinkScheme.PARCEL, parcel)
    if not found:
        raise ParcelOfNoAddress(parcel=parcel)
    addresses = [each.address for each in found]
    placed = [each for each in addresses if each.document.position is not None]
    address = (placed or addresses)[0]
    planned = await ask_point(conn, *place_of(address), day, language)
    return AddressPlanned(address, planned)


def place_of(address: Address) -> tuple[LonLat, float]:
    """Give where an address is, and the metres it may be off.

    Raises:
        AddressWithoutPlace, AddressPlaceRough: its position is not known, or hardly.
    """
    position = address.document.position
    if position is None:
        raise AddressWithoutPlace(ref=address.ref)
    if position.method in ESTIMATED or position.accuracy_m > MAX_ACCURACY_M:
        raise AddressPlaceRough(
            ref=address.ref, accuracy_m=position.accuracy_m, limit_m=MAX_ACCURACY_M
        )
    return position.point, position.accuracy_m


async def list_plans_by_number(conn: Connection, plan_ids: Collection[int]) -> dict[int, Plan]:
    """Give plans of these numbers, whoever may see them."""
    if not plan_ids:
        return {}
    found = await rows(conn, QUERIES["plans_asked"], {"plan_ids": sorted(plan_ids)})
    return {each["plan_id"]: plan_of(each) for each in found}


def _planned_at(
    asked: AskedPoint,
    found: Mapping[int, Sequence[Row]],
    plans: Mapping[int, Plan],
    day: date,
    language: Language,
) -> Planned:
    says = []
    for plan_id, uses in found.items():
        plan = plans[plan_id]
        shares, near = [], []
        for each in uses:
            use = use_of(plan.described.code_list, each["code"], each["label"])
            name = use.name.in_(language)
            if each["is_there"]:
                shares.append(Share(each["code"], name, use.colour, each["zones"], None, None))
            else:
                near.append(Near(each["code"], name, use.colour, each["distance_m"]))
        shares.sort(key=lambda share: share.code)
        near.sort(key=lambda other: (other.distance_m, other.code))
        says.append(PlanSays(plan, tuple(shares), near=tuple(near)))
    told = _ordered(says)
    return Planned(
        day,
        asked.point.lon,
        asked.point.lat,
        None,
        told,
        tuple(_conflicts_at(told)),
        accuracy_m=asked.accuracy_m,
    )


def _conflicts_at(told: Sequence[PlanSays]) -> Iterable[Conflict]:
    """Give uses of two plans of one kind that have none in common there.

    On an edge one plan may say what the other says among more.
    """
    for one, other in _comparable(told):
        codes, others = ([share.code for share in each.shares] for each in (one, other))
        if set(codes).isdisjoint(others):
            for code in codes:
                for other_code in others:
                    yield Conflict(one.plan.plan_id, code, other.plan.plan_id, other_code, None)


def _planned_in(
    plot: shapely.MultiPolygon,
    area_m2: float,
    found: Sequence[Row],
    plans: Mapping[int, Plan],
    day: date,
    language: Language,
) -> Planned:
    zones: dict[int, list[Zone]] = defaultdict(list)
    labels: dict[tuple[int, str], str | None] = {}
    pieces = shapely.from_wkb([each["piece"] for each in found])
    for each, piece in zip(found, pieces, strict=True):
        zones[each["plan_id"]].append(Zone(each["zone_id"], each["code"], piece))
        labels.setdefault((each["plan_id"], each["code"]), each["label"])
    laid = {plan_id: overlay(plot, some) for plan_id, some in zones.items()}
    told = _ordered(
        _says_of(plans[plan_id], each, labels, language)
        for plan_id, each in laid.items()
        if each.shares
    )
    conflicts = []
    for one, other in _comparable(told):
        plan_id, other_id = one.plan.plan_id, other.plan.plan_id
        conflicts += [
            Conflict(plan_id, each.code, other_id, each.other_code, each.area_m2)
            for each in clashes(laid[plan_id], laid[other_id])
        ]
    inside = shapely.point_on_surface(plot)
    return Planned(day, inside.x, inside.y, area_m2, told, tuple(conflicts), geojson.polygons(plot))


def _says_of(
    plan: Plan, laid: Overlay, labels: Mapping[tuple[int, str], str | None], language: Language
) -> PlanSays:
    shares = []
    for code, part in laid.shares.items():
        use = use_of(plan.described.code_list, code, labels[plan.plan_id, code])
        percent = part.area_m2 / laid.area_m2 * 100
        name = use.name.in_(language)
        shares.append(Share(code, name, use.colour, part.zones, part.area_m2, percent))
    return PlanSays(plan, tuple(shares), laid.uncovered_m2, laid.overlapping_m2)


def _ordered(says: Iterable[PlanSays]) -> tuple[PlanSays, ...]:
    """Put the most detailed first; of two alike, the later."""

    def place(each: PlanSays) -> tuple[int, float, int]:
        described = each.plan.described
        scale = float("inf") if described.scale is None else described.scale
        return _ORDER.index(described.kind), scale, -each.plan.plan_id

    return tuple(sorted(says, key=place))


def _comparable(told: Sequence[PlanSays]) -> Iterable[tuple[PlanSays, PlanSays]]:
    """Give pairs of plans that ought to agree: those of one kind.

    Plans of different kinds hold beside each other and speak of different things.
    """
    for one, other in combinations(told, 2):
        if one.plan.described.kind is other.plan.described.kind:
            yield one, other
