"""Pure: boundaries between units, each once.

Drawn from both sides, dashes of one would fill the gaps of the other's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

KINDS: Final = ("official", "approximate", "indicative")
"""The surest first."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A boundary, as far as it is of one level and kind."""

    level: str
    """``province`` between provinces and where no unit is beyond it, else ``commune``."""
    kind: str
    """Of the surer of its two sides."""
    line: shapely.Geometry


def edges_of(
    shapes: NDArray[np.object_], kinds: NDArray[np.int64], provinces: NDArray[np.str_]
) -> list[Edge]:
    """Give the edges of a coverage of units.

    Args:
        shapes: polygons that share their edges corner for corner.
        kinds: of each, its place in ``KINDS``.
        provinces: of each, the code of its province.

    >>> two = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    >>> found = edges_of(two, np.array([0, 2]), np.array(["79", "79"]))
    >>> [(edge.level, edge.kind, edge.line.length) for edge in found]
    [('province', 'official', 3.0), ('province', 'indicative', 3.0), ('commune', 'official', 1.0)]
    """
    segments, owners = _segments(shapes)
    order = np.lexsort(segments.T[::-1])
    segments, owners = segments[order], owners[order]
    begins = np.flatnonzero(np.r_[True, np.any(segments[1:] != segments[:-1], axis=1)])
    firsts, lasts = np.minimum.reduceat(owners, begins), np.maximum.reduceat(owners, begins)
    kind = np.minimum(kinds[firsts], kinds[lasts])
    is_high = (firsts == lasts) | (provinces[firsts] != provinces[lasts])
    lines = np.asarray(shapely.linestrings(segments[begins].reshape(-1, 2, 2)), dtype=object)
    edges = []
    for level, among in (("province", is_high), ("commune", ~is_high)):
        for at, name in enumerate(KINDS):
            chosen = lines[among & (kind == at)]
            if len(chosen):
                merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(chosen)))
                edges += [Edge(level, name, line) for line in merged]
    return edges


def _segments(shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give every side of every ring as x, y, x, y, the lesser corner first, and whose it is."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    corners, of_ring = shapely.get_coordinates(rings, return_index=True)
    is_side = of_ring[1:] == of_ring[:-1]
    begins, ends = corners[:-1][is_side], corners[1:][is_side]
    is_turned = (begins[:, 0] > ends[:, 0]) | (
        (begins[:, 0] == ends[:, 0]) & (begins[:, 1] > ends[:, 1])
    )
    begins[is_turned], ends[is_turned] = ends[is_turned], begins[is_turned].copy()
    return np.hstack([begins, ends]), of_shape[of_part[of_ring[:-1][is_side]]]
