"""Pure: find everything wrong with a file of zones. Nothing is mended here.

Invalid shapes are told, and left out of what zones are to each other: where they lie is no gap.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.geo.areas import areas_m2
from addrsvc.planning.files import checking_marks
from addrsvc.planning.files.checking_codes import codes_of, find_columns, find_label, text_of
from addrsvc.planning.files.checking_cover import cover_of
from addrsvc.planning.files.checking_shapes import (
    REPAIRABLE,
    drawn,
    judge_shapes,
    same_shapes,
)
from addrsvc.planning.files.errors import ColumnUnknown
from addrsvc.planning.files.model import MARKS_EACH, Fault, Mark, RawZones, Report

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Codes = Sequence[tuple[str | None, bool]]

DRAWN_WHOLE: Final = REPAIRABLE | {Fault.NOT_AREAL, Fault.SAME_SHAPE}
"""Faults whose mark shows the whole shape."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a file is held against."""

    code_list: str
    territory_wkb: bytes | None = None
    """EPSG:4326, what is known here; None: zones may lie anywhere."""
    code_column: str | None = None
    """None: it is guessed."""
    label_column: str | None = None


@dataclass(frozen=True, slots=True)
class CheckedZones:
    """All features as checked, in order of the file: the n-th stands at place n - 1."""

    shapes: Shapes
    area_m2: Floats
    """NaN: the shape is not sound."""
    faults: Sequence[Fault | None]
    """What is wrong with the shape; None: it is sound."""
    codes: Sequence[str | None]
    labels: Sequence[str | None]
    columns: Mapping[str, Sequence[object]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds and what is wrong with it; repairs are not made yet."""

    report: Report
    zones: CheckedZones


def check(raw: RawZones, terms: Terms) -> Checked:
    """Find what is wrong with zones, each by itself and all together.

    Raises:
        ColumnUnknown: a chosen column is not in the file.
    """
    shapes = shapely.force_2d(np.asarray(raw.shapes, dtype=object))
    code_column, label_column, share = _columns(raw.columns, terms)
    codes = codes_of(_values(raw, code_column), terms.code_list)
    found = _look(shapes, codes, terms.territory_wkb)
    faults, area = found.faults, found.area_m2
    said = [code for code, _ in codes]
    is_zone = [fault is None and code is not None for fault, code in zip(faults, said, strict=True)]
    report = Report(
        features=len(shapes),
        zones=sum(is_zone),
        vertices=int(shapely.get_num_coordinates(shapes).sum()),
        area_m2=float(np.nansum(area)),
        extent=found.extent,
        crs=raw.crs,
        crs_from=raw.crs_from,
        encoding=raw.encoding,
        encoding_from=raw.encoding_from,
        layer=raw.layer,
        layers=tuple(raw.layers),
        columns=tuple(raw.columns),
        code_column=code_column,
        label_column=label_column,
        code_list=terms.code_list,
        codes=_by_code(codes, area),
        counts=dict(Counter(mark.fault for mark in found.marks)),
        marks=_largest(found.marks, shapes),
        repairs=(),
        overlap_m2=found.overlap_m2,
        gap_m2=_total(found.marks, Fault.GAP),
        outside_m2=_total(found.marks, Fault.OUTSIDE_PROVINCE),
        is_exchanged=raw.is_exchanged,
        guessed={"codes_known": share, "gaps_at_invalid": found.gaps_at_invalid},
    )
    labels = [text_of(each) for each in _values(raw, label_column)]
    return Checked(report, CheckedZones(shapes, area, faults, said, labels, raw.columns))


@dataclass(frozen=True, slots=True)
class _Found:
    marks: list[Mark]
    faults: list[Fault | None]
    area_m2: Floats
    overlap_m2: float
    gaps_at_invalid: int
    extent: tuple[float, float, float, float] | None


def _look(shapes: Shapes, codes: Codes, territory_wkb: bytes | None) -> _Found:
    """Look at each shape, then at the sound ones together."""
    judged = judge_shapes(shapes)
    faults: list[Fault | None] = [None] * len(shapes)
    for mark in judged.marks:
        faults[(mark.n or 0) - 1] = mark.fault
    sound = np.flatnonzero(judged.is_sound)
    zones, ns = shapes[sound], sound + 1
    area = areas_m2(zones)
    same = same_shapes(zones)
    cover = cover_of(zones, same.keys())
    invalid = shapes[[place for place, fault in enumerate(faults) if fault in REPAIRABLE]]
    gaps, gaps_at_invalid = checking_marks.gap_marks(cover, invalid)
    marks = [
        *judged.marks,
        *checking_marks.code_marks(codes, shapes),
        *checking_marks.repeated_marks(zones, ns),
        *checking_marks.same_marks(same, zones, ns, area),
        *checking_marks.overlap_marks(cover, ns),
        *gaps,
        *checking_marks.sliver_marks(zones, ns),
        *checking_marks.outside_marks(zones, ns, area, territory_wkb),
    ]
    every = np.full(len(shapes), np.nan)
    every[sound] = area
    return _Found(marks, faults, every, cover.overlap_m2, gaps_at_invalid, _extent(zones))


def _extent(zones: Shapes) -> tuple[float, float, float, float] | None:
    if not len(zones):
        return None
    west, south, east, north = shapely.total_bounds(zones).tolist()
    return west, south, east, north


def _columns(
    columns: Mapping[str, Sequence[object]], terms: Terms
) -> tuple[str | None, str | None, float]:
    """Give the columns of codes and labels, chosen or guessed, and the share of known codes."""
    for chosen in (terms.code_column, terms.label_column):
        if chosen is not None and chosen not in columns:
            raise ColumnUnknown(column=chosen[:100], columns=", ".join(columns)[:500])
    if terms.code_column is not None:
        own = {terms.code_column: columns[terms.code_column]}
        share = find_columns(own, terms.code_list)[2]
        others = {name: values for name, values in columns.items() if name != terms.code_column}
        return terms.code_column, terms.label_column or find_label(others), share
    code, label, share = find_columns(columns, terms.code_list)
    return code, terms.label_column or label, share


def _values(raw: RawZones, column: str | None) -> Sequence[object]:
    return [None] * len(raw.shapes) if column is None else raw.columns[column]


def _by_code(codes: Codes, area: Floats) -> tuple[tuple[str, int, float], ...]:
    """Give zones and m² of each code among sound zones, the largest first."""
    zones: Counter[str] = Counter()
    total: defaultdict[str, float] = defaultdict(float)
    for (code, _), area_m2 in zip(codes, area.tolist(), strict=True):
        if code is not None and not math.isnan(area_m2):
            zones[code] += 1
            total[code] += area_m2
    order = sorted(total, key=lambda code: (-total[code], code))
    return tuple((code, zones[code], total[code]) for code in order)


def _largest(marks: Iterable[Mark], shapes: Shapes) -> tuple[Mark, ...]:
    """Give the largest marks of each fault, no more than ``MARKS_EACH``, in order of the faults."""
    by_fault: defaultdict[Fault, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_fault[mark.fault].append(mark)
    for own in by_fault.values():
        own.sort(key=lambda mark: (-(mark.area_m2 or 0.0), mark.n or 0))
    return tuple(
        replace(mark, shape=drawn(shapes[mark.n - 1])) if fault in DRAWN_WHOLE and mark.n else mark
        for fault in Fault
        for mark in by_fault[fault][:MARKS_EACH]
    )


def _total(marks: Iterable[Mark], fault: Fault) -> float:
    return sum(mark.area_m2 or 0.0 for mark in marks if mark.fault is fault)
