"""Derive a plan from another, and tell exactly what changes from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from addrsvc.geo.areas import areas_m2
from addrsvc.planning.changes.model import Pair
from addrsvc.planning.code_lists import use_of
from benchmarks.plan_maker import CODE_LIST, MadeZone


@dataclass(frozen=True, slots=True)
class Changed:
    """Ground of which one land use is planned before, and another one after."""

    before: str | None
    after: str | None
    shape: BaseGeometry

    @property
    def pair(self) -> Pair:
        """Give both codes."""
        return self.before, self.after


def change(
    zones: Sequence[MadeZone], each: int, seed: int
) -> tuple[list[MadeZone], list[MadeZone], list[Changed]]:
    """Give a plan, one derived from it, and what differs.

    So many zones each have another land use, are there before only, are there after only, and are
    divided, one half with another land use.
    """
    drawn = np.random.default_rng(seed)
    codes = sorted({zone.code for zone in zones if zone.code is not None})
    recoded, gone, new, divided = drawn.permutation(len(zones))[: 4 * each].reshape(4, each)
    before, after = dict(enumerate(zones)), dict(enumerate(zones))
    changed: list[Changed] = []
    for place in recoded.tolist():
        zone = zones[place]
        after[place] = _with_other_code(zone, codes, drawn)
        changed.append(Changed(zone.code, after[place].code, _shape(zone)))
    changed += [Changed(after.pop(at).code, None, _shape(zones[at])) for at in gone.tolist()]
    changed += [Changed(None, before.pop(at).code, _shape(zones[at])) for at in new.tolist()]
    for place in divided.tolist():
        zone = zones[place]
        west, east = _halves(_shape(zone))
        after[place] = replace(zone, shape=west)
        other = replace(_with_other_code(zone, codes, drawn), shape=east)
        after[len(zones) + place] = other
        changed.append(Changed(zone.code, other.code, east))
    return _numbered(before), _numbered(after), changed


def sums_of(changed: Sequence[Changed]) -> dict[Pair, float]:
    """Add up the square metres of each pair of codes, edges straight in degrees."""
    areas = areas_m2(np.array([one.shape for one in changed], dtype=object)).tolist()
    sums: dict[Pair, float] = {}
    for one, area_m2 in zip(changed, areas, strict=True):
        sums[one.pair] = sums.get(one.pair, 0.0) + area_m2
    return sums


def _with_other_code(zone: MadeZone, codes: Sequence[str], drawn: np.random.Generator) -> MadeZone:
    code = str(drawn.choice([each for each in codes if each != zone.code]))
    return replace(zone, code=code, label=use_of(CODE_LIST, code).name.vi)


def _halves(shape: BaseGeometry) -> tuple[BaseGeometry, BaseGeometry]:
    """Cut a shape at the middle of what it takes up."""
    west, south, east, north = shape.bounds
    middle = (west + east) / 2
    left = shapely.box(west - 1, south - 1, middle, north + 1)
    return shapely.intersection(shape, left), shapely.difference(shape, left)


def _shape(zone: MadeZone) -> BaseGeometry:
    if zone.shape is None:
        raise ValueError(zone.n)
    return zone.shape


def _numbered(zones: dict[int, MadeZone]) -> list[MadeZone]:
    return [replace(zone, n=n) for n, zone in enumerate(zones.values(), 1)]
