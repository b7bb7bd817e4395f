"""Pure: a report as JSON and back, and its marks as GeoJSON for a map.

What comes back may have been written by a process that read a stranger's bytes: it is judged.
"""

from __future__ import annotations

import dataclasses
import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn, TypeVar

import numpy as np
import orjson
import shapely
from shapely.errors import GEOSException

from addrsvc.planning.files.model import (
    FAULTS,
    MARKS_EACH,
    MAX_VERTICES,
    MAX_ZONES,
    OVERLAPS_EACH,
    Fault,
    Mark,
    Repair,
    Report,
)

_MAX_TEXT: Final = 4_000
_MAX_COUNT: Final = 10**12
_REASONS: Final = frozenset({"crashed", "too-long", "too-large", "nothing-left"})
_SHAPES: Final = frozenset({"shape"})

T = TypeVar("T")


class ReportDamaged(ValueError):
    """The JSON is no report."""


def as_json(report: Report, *, with_shapes: bool = False) -> dict[str, Any]:
    """Give a report as JSON can hold it; shapes, to be drawn, in base64 or not at all."""
    document = {
        field.name: getattr(report, field.name)
        for field in dataclasses.fields(Report)
        if field.name not in {"counts", "marks", "repairs"}
    }
    document["counts"] = {fault.value: count for fault, count in report.counts.items()}
    document["marks"] = [_row(mark, with_shapes=with_shapes) for mark in report.marks]
    document["repairs"] = [_row(repair, with_shapes=with_shapes) for repair in report.repairs]
    found: dict[str, Any] = orjson.loads(orjson.dumps(document))
    return found


def _row(told: Mark | Repair, *, with_shapes: bool) -> dict[str, Any]:
    row = {
        field.name: getattr(told, field.name)
        for field in dataclasses.fields(told)
        if getattr(told, field.name) is not None
    }
    overlaps = row.pop("overlaps", ())
    if overlaps:
        row["overlaps"] = [{"n": n, "area_m2": area_m2} for n, area_m2 in overlaps]
    shape = row.pop("shape", None)
    if with_shapes and shape is not None:
        row["shape"] = b64encode(shape).decode("ascii")
    return row


def from_json(document: Any) -> Report:
    """Read a report.

    Raises:
        ReportDamaged: it is none.
    """
    try:
        return _Reader(document).report()
    except (KeyError, TypeError, ValueError, GEOSException) as error:
        raise ReportDamaged(str(error)[:200]) from error


def repair_of(document: Any) -> Repair:
    """Read one repair.

    Raises:
        ReportDamaged: it is none.
    """
    try:
        return _Reader(document).repair()
    except (KeyError, TypeError, ValueError, GEOSException) as error:
        raise ReportDamaged(str(error)[:200]) from error


def _wrong(name: str) -> NoReturn:
    raise ReportDamaged(name)


class _Reader:
    """Reads values of one object, each for what it has to be."""

    def __init__(self, row: Any) -> None:
        self.row: Mapping[str, Any] = row if isinstance(row, dict) else _wrong("object")

    def whole(self, name: str, most: int = _MAX_COUNT) -> int:
        value = self.row[name]
        return value if type(value) is int and 0 <= value <= most else _wrong(name)

    def number(self, name: str, least: float = -math.inf, most: float = math.inf) -> float:
        value = self.row[name]
        is_number = type(value) in {int, float} and math.isfinite(value)
        return float(value) if is_number and least <= value <= most else _wrong(name)

    def text(self, name: str) -> str:
        value = self.row[name]
        return value if isinstance(value, str) and len(value) <= _MAX_TEXT else _wrong(name)

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.row[name]
        if not isinstance(values, list) or len(values) > _MAX_TEXT:
            _wrong(name)
        return tuple(_Reader({name: value}).text(name) for value in values)

    def flag(self, name: str) -> bool:
        value = self.row[name]
        return value if isinstance(value, bool) else _wrong(name)

    def maybe(self, name: str, read: Callable[[str], T]) -> T | None:
        return None if self.row.get(name) is None else read(name)

    def area(self, name: str) -> float:
        return self.number(name, 0)

    def shape(self, name: str) -> bytes:
        wkb = b64decode(self.text_of_any_length(name), validate=True)
        xy = shapely.get_coordinates(shapely.from_wkb(wkb))
        return wkb if (np.abs(xy) <= (180, 90)).all() else _wrong(name)

    def text_of_any_length(self, name: str) -> str:
        value = self.row[name]
        return value if isinstance(value, str) else _wrong(name)

    def rows(self, name: str, most: int) -> list[_Reader]:
        values = self.row[name]
        if not isinstance(values, list) or len(values) > most:
            _wrong(name)
        return [_Reader(value) for value in values]

    def mark(self) -> Mark:
        return Mark(
            Fault(self.text("fault")),
            self.maybe("n", lambda name: self.whole(name, MAX_ZONES)),
            self.maybe("other_n", lambda name: self.whole(name, MAX_ZONES)),
            self.maybe("lon", lambda name: self.number(name, -180, 180)),
            self.maybe("lat", lambda name: self.number(name, -90, 90)),
            self.maybe("area_m2", self.area),
            self.maybe("said", self.text),
            self.maybe("shape", self.shape),
        )

    def repair(self) -> Repair:
        reason = self.maybe("reason", self.text)
        return Repair(
            self.whole("n", MAX_ZONES),
            Fault(self.text("fault")),
            self.maybe("before_m2", self.area),
            self.maybe("after_m2", self.area),
            self.maybe("lost_m2", self.area),
            self.maybe("gained_m2", self.area),
            self.maybe("shape", self.shape),
            self.maybe("overlap_m2", self.area),
            tuple(row.overlap() for row in self.rows("overlaps", OVERLAPS_EACH))
            if "overlaps" in self.row
            else (),
            reason if reason is None or reason in _REASONS else _wrong("reason"),
        )

    def overlap(self) -> tuple[int, float]:
        return self.whole("n", MAX_ZONES), self.area("area_m2")

    def code(self) -> tuple[str, int, float]:
        values = {str(place): value for place, value in enumerate(self.row["code"])}
        row = _Reader(values)
        return row.text("0"), row.whole("1", MAX_ZONES), row.area("2")

    def extent(self, name: str) -> tuple[float, float, float, float]:
        values = _Reader({str(place): value for place, value in enumerate(self.row[name])})
        west, south, east, north = (values.number(str(place), -180, 180) for place in range(4))
        return west, south, east, north

    def report(self) -> Report:
        counts = _Reader(self.row["counts"])
        codes = self.row["codes"]
        if not isinstance(codes, list) or len(codes) > MAX_ZONES:
            _wrong("codes")
        guessed = _Reader(self.row["guessed"])
        return Report(
            features=self.whole("features", MAX_ZONES),
            zones=self.whole("zones", MAX_ZONES),
            vertices=self.whole("vertices", MAX_VERTICES),
            area_m2=self.area("area_m2"),
            extent=self.maybe("extent", self.extent),
            crs=self.text("crs"),
            crs_from=self.text("crs_from"),
            encoding=self.text("encoding"),
            encoding_from=self.text("encoding_from"),
            layer=self.text("layer"),
            layers=self.texts("layers"),
            columns=self.texts("columns"),
            code_column=self.maybe("code_column", self.text),
            label_column=self.maybe("label_column", self.text),
            code_list=self.text("code_list"),
            codes=tuple(_Reader({"code": code}).code() for code in codes),
            counts={Fault(name): counts.whole(name) for name in counts.row},
            marks=tuple(row.mark() for row in self.rows("marks", MARKS_EACH * len(Fault))),
            repairs=tuple(row.repair() for row in self.rows("repairs", MAX_ZONES)),
            overlap_m2=self.area("overlap_m2"),
            gap_m2=self.area("gap_m2"),
            outside_m2=self.area("outside_m2"),
            is_exchanged=self.flag("is_exchanged"),
            guessed={str(name)[:100]: guessed.number(name) for name in guessed.row},
        )


def marks_geojson(report: Report) -> dict[str, Any]:
    """Give marks and repairs that have a place as GeoJSON; texts of the file are left as they are.

    A feature is the shape of a mark, or its point; properties say the fault, its weight and title
    in both languages, the features' numbers and square metres. A repair has ``repair: true``.
    """
    features = [each for each in map(_mark_feature, report.marks) if each is not None]
    features += [each for each in map(_repair_feature, report.repairs) if each is not None]
    return {"type": "FeatureCollection", "features": features}


def _mark_feature(mark: Mark) -> dict[str, Any] | None:
    geometry = _geometry(mark.shape)
    if geometry is None and (mark.lon is None or mark.lat is None):
        return None
    geometry = geometry or {"type": "Point", "coordinates": [mark.lon, mark.lat]}
    row = _row(mark, with_shapes=False)
    return _feature(geometry, mark.fault, row)


def _repair_feature(repair: Repair) -> dict[str, Any] | None:
    geometry = _geometry(repair.shape)
    if geometry is None:
        return None
    return _feature(geometry, repair.fault, _row(repair, with_shapes=False) | {"repair": True})


def _feature(geometry: dict[str, Any], fault: Fault, row: dict[str, Any]) -> dict[str, Any]:
    weight, title = FAULTS[fault]
    properties = row | {
        "fault": fault.value,
        "weight": weight.value,
        "title_vi": title.vi,
        "title_en": title.en,
    }
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _geometry(wkb: bytes | None) -> dict[str, Any] | None:
    if wkb is None:
        return None
    found: dict[str, Any] = orjson.loads(shapely.to_geojson(shapely.from_wkb(wkb)))
    return found
