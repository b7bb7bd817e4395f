"""Pure: find out what coordinates are in, and turn them into WGS 84 degrees.

What a file states is held against the numbers: degrees said to be metres, and the reverse, are
refused, since either way zones would land in the sea without a word. Numbers that are no place
stay as they are, for the report to tell of.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from addrsvc.geo import crs as reference_systems
from addrsvc.geo.crs import CrsNotUnderstood
from addrsvc.planning.files.contents import Layer, Shapes
from addrsvc.planning.files.errors import (
    CrsRefused,
    CrsUnclear,
    DegreesNotMetres,
    MetresNotDegrees,
)

_MOST: Final = 0.5
_EAST_M: Final = (100_000.0, 900_000.0)
_NORTH_M: Final = (880_000.0, 2_700_000.0)
_LON: Final = (101.0, 118.0)
_LAT: Final = (6.0, 24.5)
"""Việt Nam with its islands, generously."""
_SHOWN: Final = 200

Places = NDArray[np.float64]
Which = NDArray[np.bool_]


class Placed(NamedTuple):
    """Shapes in WGS 84 degrees, and how they came there."""

    shapes: Shapes
    crs: str
    crs_from: str
    """``asked``, ``file`` or ``guessed``."""
    is_exchanged: bool


class _System(NamedTuple):
    crs: pyproj.CRS
    known_from: str


def place(layer: Layer, asked: str | None, territory: shapely.Geometry | None = None) -> Placed:
    """Turn the shapes of a layer into WGS 84 degrees, longitude first.

    Args:
        layer: as its format gives it.
        asked: EPSG code or WKT that goes before the file's; None: the file's.
        territory: outline in degrees in which the zone of metres without one is looked for.

    Raises:
        CrsNotUnderstood, CrsRefused: what is asked for, or stated, is no reference system.
        CrsUnclear, ZoneNotFound, ZoneAmbiguous: nobody says it, and the numbers do not tell.
        DegreesNotMetres, MetresNotDegrees: what is said contradicts the numbers.
    """
    places = shapely.get_coordinates(layer.shapes)
    known = places[np.isfinite(places).all(axis=1)]
    system = _said(layer, asked) or _guessed(layer, known, territory)
    _check(system.crs, known)
    is_exchanged = _is_exchanged(system.crs, known)
    try:
        moved = _moved(system.crs, places[:, ::-1] if is_exchanged else places)
    except ProjError:  # readable, but no way leads from it to WGS 84
        raise CrsRefused(said=system.crs.name[:_SHOWN]) from None
    shapes = layer.shapes if moved is places else shapely.set_coordinates(layer.shapes, moved)
    return Placed(shapes, _name_of(system.crs), system.known_from, is_exchanged)


def _said(layer: Layer, asked: str | None) -> _System | None:
    if asked is not None:
        return _System(reference_systems.parse(asked), "asked")
    if layer.crs is None:
        return None
    if "://" in layer.crs and not layer.crs.startswith("http://www.opengis.net/def/crs/"):
        raise CrsRefused(said=layer.crs[:_SHOWN])
    try:
        crs = reference_systems.parse(layer.crs)
    except CrsNotUnderstood:
        raise CrsRefused(said=layer.crs[:_SHOWN]) from None
    is_real = crs.is_geographic or crs.is_projected or crs.is_bound or crs.is_compound
    return _System(crs, "file") if is_real and "undefined" not in crs.name.lower() else None


def _guessed(layer: Layer, known: Places, territory: shapely.Geometry | None) -> _System:
    if _share(_in_metres(known)) > _MOST:
        found = reference_systems.zone_of_range(
            known[:, 0].tolist(), known[:, 1].tolist(), territory
        )
        return _System(pyproj.CRS.from_epsg(found.epsg), "guessed")
    if layer.crs_if_degrees is not None:
        return _System(reference_systems.parse(layer.crs_if_degrees), "file")
    if _share(_in_country(known)) > _MOST:
        return _System(pyproj.CRS.from_epsg(reference_systems.WGS84), "guessed")
    x, y = _shown(known)
    raise CrsUnclear(x=x, y=y)


def _check(crs: pyproj.CRS, known: Places) -> None:
    said = _name_of(crs, _SHOWN)
    x, y = _shown(known)
    if crs.is_geographic and _share(_in_metres(known)) > _MOST:
        raise MetresNotDegrees(said=said, x=x, y=y)
    if crs.is_projected and _share(np.abs(known).max(axis=1, initial=0) <= 180) > _MOST:
        raise DegreesNotMetres(said=said, x=x, y=y)


def _is_exchanged(crs: pyproj.CRS, known: Places) -> bool:
    """Tell whether the second coordinate stands first, by what cannot be otherwise here."""
    x, y = known[:, 0], known[:, 1]
    if crs.is_geographic:
        return _share(_within(x, _LAT) & _within(y, _LON)) > _MOST
    return _share(_within(x, _NORTH_M) & _within(y, _EAST_M)) > _MOST


def _moved(crs: pyproj.CRS, places: Places) -> Places:
    """Give longitudes and latitudes; what PROJ would wrap around or lose stays as it is."""
    if crs.to_epsg() == reference_systems.WGS84:
        return places
    usable = np.isfinite(places).all(axis=1)
    if crs.is_geographic:
        usable &= (np.abs(places) <= (180, 90)).all(axis=1)
    xs: Any = places[usable, 0]  # arrays: lists of so many would be large
    ys: Any = places[usable, 1]
    found = np.column_stack(reference_systems.transform_to_wgs84(crs, xs, ys))
    moved = places.copy()
    moved[usable] = np.where(np.isfinite(found).all(axis=1)[:, None], found, places[usable])
    return moved


def _name_of(crs: pyproj.CRS, most: int | None = None) -> str:
    """Give ``EPSG:…``; else WKT, or where that is too long the name."""
    number = reference_systems.vn2000_of(crs) or crs.to_epsg()
    if number is not None:
        return f"EPSG:{number}"
    return str(crs.to_wkt() if most is None else crs.name[:most])


def _in_metres(known: Places) -> Which:
    x, y = known[:, 0], known[:, 1]
    straight = _within(x, _EAST_M) & _within(y, _NORTH_M)
    found: Which = straight | (_within(x, _NORTH_M) & _within(y, _EAST_M))
    return found


def _in_country(known: Places) -> Which:
    x, y = known[:, 0], known[:, 1]
    straight = _within(x, _LON) & _within(y, _LAT)
    found: Which = straight | (_within(x, _LAT) & _within(y, _LON))
    return found


def _within(values: Places, ends: tuple[float, float]) -> Which:
    found: Which = (values >= ends[0]) & (values <= ends[1])
    return found


def _share(which: Which) -> float:
    return float(which.mean()) if len(which) else 0.0


def _shown(known: Places) -> tuple[str, str]:
    x, y = known[0] if len(known) else (np.nan, np.nan)
    return f"{x:.10g}", f"{y:.10g}"
