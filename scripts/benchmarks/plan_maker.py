"""Make synthetic plans: zones with land uses over given areas, and files of them.

    zones = make_zones(areas, 50_000, seed=1)
    write_plan(Path("plan.gpkg"), zones)

The same seed gives the same plan. Nothing in it is true: it shows and tests.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from addrsvc.geo import crs as reference_systems
from addrsvc.planning.code_lists import use_of
from benchmarks.plan_cutting import cut

CODE_LIST: Final = "land-use-2018"
CODE_COLUMN: Final = "MA_LOAI"
LABEL_COLUMN: Final = "TEN_LOAI"

_ROAD: Final = "DGT"
_SHARES: Final = {
    "CLN": 30,
    "ODT": 16,
    "ONT": 12,
    "LUC": 8,
    "HNK": 6,
    "SKK": 6,
    "RSX": 4,
    "SKC": 4,
    "NTS": 3,
    "TMD": 3,
    "DGD": 2,
    "MNC": 2,
    "SKN": 1,
    "DYT": 1,
    "TSC": 1,
    "DKV": 1,
    "NTD": 1,
    "TON": 1,
    "CQP": 1,
}
"""Zones of each use in a hundred or so, roads apart; roughly what a province's plan shows."""


@dataclass(frozen=True, slots=True)
class MadeZone:
    """One zone of a made plan."""

    n: int
    """Place in the file, from 1."""
    code: str | None
    label: str | None
    shape: BaseGeometry | None
    """WGS 84 degrees."""


def make_zones(areas: Sequence[BaseGeometry], count: int, seed: int) -> list[MadeZone]:
    """Cut areas (WGS 84 degrees) into exactly ``count`` zones that fit together, with land uses.

    Raises:
        ValueError: the areas are too small for so many.
    """
    made = cut(areas, count, seed)
    drawn = np.random.default_rng(seed + 1)
    weights = np.array(list(_SHARES.values()), dtype=float)
    codes = drawn.choice(list(_SHARES), size=count, p=weights / weights.sum())
    both = enumerate(zip(made.shapes, made.is_road, codes, strict=True), 1)
    return [_zone(n, _ROAD if is_road else str(code), shape) for n, (shape, is_road, code) in both]


def areas_of(path: Path) -> list[BaseGeometry]:
    """Give the shapes of a GeoJSON file of polygons."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return [shapely.geometry.shape(each["geometry"]) for each in features]


def _zone(n: int, code: str, shape: BaseGeometry) -> MadeZone:
    return MadeZone(n, code, use_of(CODE_LIST, code).name.vi, shape)


def write_plan(
    path: Path,
    zones: Sequence[MadeZone],
    *,
    crs: str = "EPSG:4326",
    encoding: str = "utf-8",
    encoded: Callable[[str], bytes] | None = None,
    has_prj: bool = True,
) -> None:
    """Write zones as ``.geojson``, ``.gpkg`` or ``.zip`` (of a Shapefile).

    Args:
        path: its suffix says the format.
        zones: in order; shapes a format cannot hold raise.
        crs: ``EPSG:4326`` or a VN-2000 zone, into which shapes are transformed.
        encoding: of the texts of a Shapefile.
        encoded: gives the bytes of texts in an encoding GDAL does not know (TCVN3), for a
            Shapefile; it then names none.
        has_prj: whether a Shapefile says its reference system.
    """
    shapes = np.array([None if zone.shape is None else zone.shape for zone in zones], dtype=object)
    number = int(crs.removeprefix("EPSG:"))
    if number != reference_systems.WGS84:
        shapes = _projected(shapes, number)
    if path.suffix == ".geojson":
        _write_geojson(path, zones, shapes, None if number == reference_systems.WGS84 else number)
    elif path.suffix == ".gpkg":
        _write_ogr(path, zones, shapes, "GPKG", crs, "utf-8")
    else:
        _write_zipped(path, zones, shapes, crs, encoding, encoded, has_prj=has_prj)


def _projected(shapes: NDArray[np.object_], number: int) -> NDArray[np.object_]:
    pipeline = reference_systems._pipeline(number)  # noqa: SLF001 -- the pinned one, for arrays

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(pipeline.transform(xy[:, 0], xy[:, 1]))

    projected: NDArray[np.object_] = shapely.transform(shapes, moved)
    return projected


def _write_geojson(
    path: Path, zones: Sequence[MadeZone], shapes: NDArray[np.object_], number: int | None
) -> None:
    """Write with all digits, a feature a line; NaN is written as JavaScript would."""
    head: dict[str, Any] = {"type": "FeatureCollection"}
    if number is not None:
        name = f"urn:ogc:def:crs:EPSG::{number}"
        head["crs"] = {"type": "name", "properties": {"name": name}}
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head)[:-1] + ', "features": [\n')
        for place, (zone, shape) in enumerate(zip(zones, shapes, strict=True)):
            properties = json.dumps(_row(zone), ensure_ascii=False)
            geometry = "null" if shape is None else json.dumps(shapely.geometry.mapping(shape))
            file.write("," * bool(place))
            file.write(f'{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}')
            file.write("\n")
        file.write("]}\n")


def _row(zone: MadeZone) -> dict[str, Any]:
    return {"STT": zone.n, CODE_COLUMN: zone.code, LABEL_COLUMN: zone.label}


def _write_ogr(
    path: Path,
    zones: Sequence[MadeZone],
    shapes: NDArray[np.object_],
    driver: str,
    crs: str,
    encoding: str,
) -> None:
    rows = [_row(zone) for zone in zones]
    fields = [np.array([row[name] for row in rows], dtype=object) for name in list(rows[0])[1:]]
    numbers = np.array([zone.n for zone in zones], dtype=np.int32)
    is_shapefile = driver == "ESRI Shapefile"
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(shapes),
        field_data=[numbers, *fields],
        fields=np.array(list(rows[0]), dtype=object),
        layer=path.stem,
        driver=driver,
        geometry_type="Polygon" if is_shapefile else "Unknown",
        crs=crs,
        encoding=encoding if is_shapefile else None,
    )


def _write_zipped(
    path: Path,
    zones: Sequence[MadeZone],
    shapes: NDArray[np.object_],
    crs: str,
    encoding: str,
    encoded: Callable[[str], bytes] | None,
    *,
    has_prj: bool,
) -> None:
    if encoded is not None:  # every byte is a character of Latin 1, and back
        encoding = "iso-8859-1"
        zones = [
            MadeZone(zone.n, _as_latin(zone.code, encoded), _as_latin(zone.label, encoded), None)
            for zone in zones
        ]
    with tempfile.TemporaryDirectory() as folder:
        shapefile = Path(folder) / f"{path.stem}.shp"
        _write_ogr(shapefile, zones, shapes, "ESRI Shapefile", crs, encoding)
        left_out = {".prj"} if not has_prj else set()
        left_out |= {".cpg"} if encoded is not None else set()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for each in sorted(Path(folder).iterdir()):
                if each.suffix not in left_out:
                    packed.write(each, each.name)


def _as_latin(text: str | None, encoded: Callable[[str], bytes]) -> str | None:
    return None if text is None else encoded(text).decode("iso-8859-1")
