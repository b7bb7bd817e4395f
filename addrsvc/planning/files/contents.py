"""Pure: a layer as its format gives it, and the most that is taken of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.planning.files.errors import (
    LayerEmpty,
    LayerUnclear,
    LayerUnknown,
    PlanFileTooLarge,
    PlanTextTooLarge,
)
from addrsvc.planning.files.model import MAX_VERTICES, MAX_ZONES
from addrsvc.tabular.texts import as_text, written

MAX_COLUMNS: Final = 255
MAX_CELLS: Final = 10_000_000
MAX_CHARACTERS: Final = 10_000
"""Of one cell, and of the name of a column."""
_LARGEST: Final = 2**63
_LISTED: Final = 20

Shapes = NDArray[np.object_]
Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as its format gives it: coordinates and texts as they stand there."""

    name: str
    columns: dict[str, list[Cell]]
    shapes: Shapes
    """shapely geometries or None, x before y, two dimensions."""
    crs: str | None
    """EPSG code or WKT the file states; None: it states none."""
    crs_if_degrees: str | None = None
    """What the format means by saying nothing, where the coordinates can be degrees."""
    is_bytes: bool = False
    """Each character of a text is a byte of an encoding to be found out."""
    encoding: str | None = None
    """The file states, for what that is worth."""


def too_large() -> PlanFileTooLarge:
    """Give the error of too many zones or vertices."""
    return PlanFileTooLarge(max_zones=MAX_ZONES, max_vertices=MAX_VERTICES)


def too_much_text() -> PlanTextTooLarge:
    """Give the error of too large attributes."""
    return PlanTextTooLarge(
        max_columns=MAX_COLUMNS, max_cells=MAX_CELLS, max_characters=MAX_CHARACTERS
    )


def check_size(zones: int, vertices: int, columns: int = 0) -> None:
    """Refuse more than is taken.

    Raises:
        PlanFileTooLarge, PlanTextTooLarge: so much would not be read.
    """
    if zones > MAX_ZONES or vertices > MAX_VERTICES:
        raise too_large()
    if columns > MAX_COLUMNS or zones * columns > MAX_CELLS:
        raise too_much_text()


def cell_of(value: object) -> Cell:
    r"""Give a value as it can be kept: no NUL, no half characters, no number that is none.

    >>> cell_of("a\0b"), cell_of(float("nan")), cell_of(10**30), cell_of({"a": [1]})
    ('ab', None, '1000000000000000000000000000000', '{"a":[1]}')

    Raises:
        PlanTextTooLarge: a text of more characters than are taken.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and abs(value) < _LARGEST:
        return value
    text = value if isinstance(value, str) else as_text(value)
    if len(text) > MAX_CHARACTERS:
        raise too_much_text()
    return written(text.replace("\0", ""))


def chosen_of(asked: str | None, layers: Sequence[str], areal: Sequence[str]) -> str:
    """Give the layer to read: the one asked for, else the only one that can hold zones.

    Raises:
        LayerUnknown, LayerUnclear, LayerEmpty: there is no telling.
    """
    listed = ", ".join(f"“{each}”" for each in layers[:_LISTED])
    if asked is not None:
        if asked not in layers:
            raise LayerUnknown(layer=asked[:100], layers=listed)
        return asked
    if not layers:
        raise LayerEmpty(layer="?")
    candidates = areal or layers
    if len(candidates) > 1:
        raise LayerUnclear(layers=listed)
    return candidates[0]


def flat(shapes: Sequence[object] | Shapes) -> Shapes:
    """Give shapes in two dimensions."""
    flattened: Shapes = shapely.force_2d(np.array(shapes, dtype=object))
    return flattened
