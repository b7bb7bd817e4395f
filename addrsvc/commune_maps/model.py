"""Pure: what a map of communes shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from addrsvc.errors import Text


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a commune is, for a map of many."""

    code: str
    name: str
    boundary: dict[str, Any] | None
    """GeoJSON, EPSG:4326, simplified; None: none is known."""
    is_indicative: bool
    centre: tuple[float, float] | None
    """lon, lat in EPSG:4326 degrees."""

    @property
    def is_placed(self) -> bool:
        """Tell whether there is anything to draw."""
        return bool(self.boundary or self.centre)


@dataclass(frozen=True, slots=True)
class Colouring:
    """What the colours of a map say at one choice, from low to high."""

    id: str
    name: Text
    colours: tuple[str, ...]
    limits: tuple[float, ...] | None = None
    """Where classes begin, the same on every map; None: counts, round numbers by what there is."""
    class_names: tuple[Text, ...] = ()
    """Of such classes; empty: from where to where."""
    unit: str = ""
    none: Text | None = None
    """Of what is nothing, left white; None: not named."""
    unknown: Text | None = None
    """Of what nobody knows, grey; None: left white, and not named."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one commune."""

    values: Mapping[str, float | None]
    """By colouring; None: not known."""
    lines: tuple[str, ...]
    """For the box at the pointer."""
