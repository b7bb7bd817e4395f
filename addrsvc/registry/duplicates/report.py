"""All groups of addresses in use that look like one place: of a commune, or of the registry.

The registry is read once from end to end; who is near whom is found in memory by a tree for each
kind, and only pairs that may be one place are read in full and judged by the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import shapely

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.registry import repository
from addrsvc.registry.duplicates.cells import box_around
from addrsvc.registry.duplicates.finding import QUERIES, in_order, subject_in
from addrsvc.registry.duplicates.rules import (
    RADII_M,
    SAME_PLACE_M,
    Likeness,
    Subject,
    likeness,
    same_number,
)
from addrsvc.registry.model import ESTIMATED, Address
from addrsvc.types import LonLat

_BATCH: Final = 5_000
_LARGEST_M: Final = max(RADII_M.values())
_NORTHERNMOST: Final = 24.0
"""No place of the country is further from the equator: a degree of longitude is shortest there."""
_LAT_DEG_M: Final = 110_574.0
"""Shortest degree of latitude."""
_NARROWEST: Final = 0.91
"""A degree of longitude there, less a little, as a part of one of latitude."""

Pair = tuple[int, int]
"""Identities of two addresses, the lower first."""


@dataclass(frozen=True, slots=True)
class Member:
    """An address of a group, and the surest reason why it is in it."""

    address: Address
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses that look like one place, each like another of them, the oldest first."""

    members: tuple[Member, ...]

    @property
    def group_id(self) -> int:
        """Give the identity of its oldest member."""
        return self.members[0].address.address_id


async def find_groups(
    conn: Connection, principal: Principal, commune_code: str | None = None
) -> list[Group]:
    """Give the groups in order of their oldest member; pairs declared distinct are none.

    Args:
        conn: either door.
        principal: who asks: what they may not see is in no group.
        commune_code: groups with an address in this commune; None: all.

    Raises:
        NotSignedIn, ScopeMissing: lists are for keys that may read them.
        AreaForbidden: the commune lies outside the principal's areas.
    """
    principal.require_in(Scope.ADDRESSES_READ, () if commune_code is None else [commune_code])
    box = box_around(LonLat(0.0, _NORTHERNMOST), _LARGEST_M)
    lon_deg, lat_deg = box.east, box.north - _NORTHERNMOST
    places = await rows(
        conn,
        QUERIES["all_places"],
        {
            "commune": commune_code,
            "lon_deg": lon_deg,
            "lat_deg": lat_deg,
            "estimates": [each.value for each in ESTIMATED],
        },
    )
    candidates = _same_doors(places) | _near_each_other(places, lon_deg, lat_deg)
    if commune_code is not None:
        inside = {each["address_id"] for each in places if each["commune_code"] == commune_code}
        candidates = {pair for pair in candidates if not inside.isdisjoint(pair)}
    del places
    judged = await _judged(conn, candidates)
    return await _groups(conn, principal, judged)


def _same_doors(places: Iterable[Row]) -> set[Pair]:
    """Give the pairs that share commune, street, number and unit."""
    doors: dict[Any, list[int]] = defaultdict(list)
    for each in places:
        if each["base_key"] is not None and each["number_key"] is not None:
            door = (each["commune_code"], each["base_key"], each["number_key"], each["unit"])
            doors[door].append(each["address_id"])
    return {pair for ids in doors.values() for pair in combinations(ids, 2)}


def _near_each_other(places: Iterable[Row], lon_deg: float, lat_deg: float) -> set[Pair]:
    """Give the pairs of one kind and unit that are within the largest radius, or a little more."""
    alike: dict[Any, list[Row]] = defaultdict(list)
    for each in places:
        if each["lon"] is not None:
            alike[each["kind"], each["unit"]].append(each)
    pairs: set[Pair] = set()
    for group in alike.values():
        ids = np.array([each["address_id"] for each in group])
        lons = np.array([each["lon"] for each in group])
        lats = np.array([each["lat"] for each in group])
        tree = shapely.STRtree(np.asarray(shapely.points(lons, lats)))
        boxes = shapely.box(lons - lon_deg, lats - lat_deg, lons + lon_deg, lats + lat_deg)
        one, other = tree.query(boxes)
        later = one < other  # rows come in order of identity
        for first, second in zip(one[later].tolist(), other[later].tolist(), strict=True):
            if _may_be_one(group[first], group[second]):
                pairs.add((int(ids[first]), int(ids[second])))
    return pairs


def _may_be_one(one: Row, other: Row) -> bool:
    """Leave out neighbours that no rule of nearness takes for one: nearly all of them."""
    if one["number_key"] is not None and other["number_key"] is not None:
        return same_number(one["number_key"], other["number_key"])
    if one["unit"] is not None:
        return True
    north_m = abs(one["lat"] - other["lat"]) * _LAT_DEG_M
    east_m = abs(one["lon"] - other["lon"]) * _LAT_DEG_M * _NARROWEST
    return bool(max(north_m, east_m) <= SAME_PLACE_M)


async def _judged(conn: Connection, candidates: Iterable[Pair]) -> dict[Pair, Likeness]:
    """Give those pairs that the rules take for one place and nobody declared distinct."""
    judged: dict[Pair, Likeness] = {}
    for some in _batches(sorted(candidates)):
        ids = sorted({each for pair in some for each in pair})
        found = await rows(conn, QUERIES["subjects"], {"ids": ids})
        subjects: dict[int, Subject] = {each["address_id"]: subject_in(each) for each in found}
        lows = sorted({low for low, _ in some})
        declared = await rows(conn, QUERIES["declared_distinct"], {"ids": lows})
        distinct = {(each["low_id"], each["high_id"]) for each in declared}
        for pair in some:
            said = likeness(subjects[pair[0]], subjects[pair[1]])
            if said is not None and pair not in distinct:
                judged[pair] = said
    return judged


async def _groups(
    conn: Connection, principal: Principal, judged: dict[Pair, Likeness]
) -> list[Group]:
    """Put pairs that share an address into one group."""
    sight = sight_of(principal)
    addresses: dict[int, Address] = {}
    for ids in _batches(sorted({each for pair in judged for each in pair})):
        for address in await repository.by_ids(conn, ids):
            if sight.lists(address.document.visibility, address.area):
                addresses[address.address_id] = address
    beside: dict[int, dict[int, Likeness]] = defaultdict(dict)
    for (one, other), said in judged.items():
        if one in addresses and other in addresses:
            beside[one][other] = beside[other][one] = said
    groups: list[Group] = []
    seen: set[int] = set()
    for first in sorted(beside):
        if first in seen:
            continue
        ids, reached = [first], {first}
        for address_id in ids:
            fresh = beside[address_id].keys() - reached
            reached |= fresh
            ids += sorted(fresh)
        seen |= reached
        members = [
            Member(addresses[each], in_order(beside[each])[0].likeness) for each in sorted(ids)
        ]
        groups.append(Group(tuple(members)))
    return groups


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
