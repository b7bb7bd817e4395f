"""Indicative cells: areas made from nothing but a centre and an area each.

A weighted Voronoi diagram (power diagram): a place belongs to the site whose squared distance
less its squared radius is smallest, the radius being that of a disc of the site's area. Two
rules keep it honest. A site's weight is lowered until every other site keeps its own centre,
so no cell is lost beside a large one. And each cell ends at a disc around its centre, of a
stated multiple of that radius: a place far from every centre, in the sea or abroad, is in no
cell. Cells do not overlap, but for slivers of a few metres: an edge straight in the plane is not
quite so in degrees. They are not boundaries, and whoever shows one says so.

The plane is Lambert's azimuthal equal-area projection about the middle of all sites: areas are
true, distances within the country to about a half per cent.

Source: F. Aurenhammer, Power diagrams, SIAM Journal on Computing 16 (1987).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

REACH = 1.5
"""A cell ends at this multiple of the radius of a disc of the unit's area."""

_CORNERS = 64  # of the polygon standing for the disc
_KEEP = 0.5  # part of the squared distance to the next centre a weight may bridge

Vector = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Site:
    """A unit without a boundary: centre in EPSG:4326 degrees, area in square kilometres."""

    key: str
    lon: float
    lat: float
    area_km2: float


def cells(sites: Sequence[Site], reach: float = REACH) -> dict[str, shapely.Polygon]:
    """Compute the cell of every site, in EPSG:4326, rounded to 7 decimals.

    Two sites at the very same centre share no ground that could be told apart: neither gets a
    cell.
    """
    if not sites:
        return {}
    plane = _plane(sites)
    xs, ys = plane.transform([s.lon for s in sites], [s.lat for s in sites])
    centres = np.column_stack([xs, ys])
    places = [shapely.Point(x, y) for x, y in centres]
    radii = np.sqrt(np.array([s.area_km2 for s in sites]) * 1e6 / math.pi)
    tree = shapely.STRtree(places)
    weights = _weights(centres, radii, tree, reach)
    found = {}
    for index, site in enumerate(sites):
        ring = _cell(index, centres, radii, weights, tree, reach)
        if len(ring) >= 3:
            ring_xs, ring_ys = zip(*ring, strict=True)
            lons, lats = plane.transform(ring_xs, ring_ys, direction="INVERSE")
            corners = np.round(np.column_stack([lons, lats]), 7)
            found[site.key] = shapely.Polygon(corners)
    return found


def _plane(sites: Sequence[Site]) -> pyproj.Transformer:
    lon = (min(s.lon for s in sites) + max(s.lon for s in sites)) / 2
    lat = (min(s.lat for s in sites) + max(s.lat for s in sites)) / 2
    return pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=laea +lat_0={lat} +lon_0={lon} +ellps=WGS84"
    )


def _weights(
    centres: NDArray[np.float64], radii: NDArray[np.float64], tree: shapely.STRtree, reach: float
) -> NDArray[np.float64]:
    """Give squared radii, lowered until each site keeps its own centre."""
    limit = reach * float(radii.max())
    one, other = tree.query(shapely.points(centres), predicate="dwithin", distance=limit)
    apart = one != other
    one, other = one[apart], other[apart]
    bridge = _KEEP * ((centres[one] - centres[other]) ** 2).sum(axis=1)
    weights = radii**2
    while True:  # shortest paths after Bellman and Ford: settles, for no bridge is negative
        lowered = weights.copy()
        np.minimum.at(lowered, other, weights[one] + bridge)
        if np.array_equal(lowered, weights):
            return weights
        weights = lowered


def _cell(
    index: int,
    centres: NDArray[np.float64],
    radii: NDArray[np.float64],
    weights: NDArray[np.float64],
    tree: shapely.STRtree,
    reach: float,
) -> list[Vector]:
    """Cut the disc of one site by the bisector towards each neighbour that can reach it."""
    x, y = float(centres[index, 0]), float(centres[index, 1])
    limit = reach * float(radii[index])
    ring = [
        (x + limit * math.cos(turn), y + limit * math.sin(turn))
        for turn in (2 * math.pi * corner / _CORNERS for corner in range(_CORNERS))
    ]
    # beyond this distance even the heaviest site's bisector lies outside the disc
    surplus = max(0.0, float(weights.max() - weights[index]))
    far = limit + math.sqrt(limit * limit + surplus)
    near = tree.query(shapely.Point(x, y), predicate="dwithin", distance=far)
    near = near[near != index]
    offsets = centres[near] - (x, y)
    squared = (offsets**2).sum(axis=1)
    if not squared.all():
        return []  # another site at the very same centre
    cuts = (squared + weights[index] - weights[near]) / 2
    for place in np.argsort(squared):
        if cuts[place] < limit * math.sqrt(squared[place]):
            dx, dy = offsets[place]
            ring = _clip(ring, float(dx), float(dy), float(cuts[place] + dx * x + dy * y))
    return ring


def _clip(ring: list[Vector], a: float, b: float, c: float) -> list[Vector]:
    """Keep the part of a convex ring where ``a x + b y <= c``."""
    kept: list[Vector] = []
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        one, two = a * x1 + b * y1 - c, a * x2 + b * y2 - c
        if one <= 0:
            kept.append((x1, y1))
        if (one < 0 < two) or (two < 0 < one):
            part = one / (one - two)
            kept.append((x1 + part * (x2 - x1), y1 + part * (y2 - y1)))
    return kept
