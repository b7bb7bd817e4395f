"""Zones of a checked file, kept on the disk until they are stored, and repairs beside them.

Written and read in a folder of one file. The process that writes zones read a stranger's bytes:
what it left is judged again when it is read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from shapely.errors import GEOSException

from addrsvc.planning.files.checking import Checked
from addrsvc.planning.files.checking_shapes import REPAIRABLE, judge_shapes
from addrsvc.planning.files.errors import ChildEnded
from addrsvc.planning.files.model import MAX_ZONES, Fault, Repair

ZONES: Final = "zones.parquet"
REPAIRS: Final = "repairs.parquet"

_FAULTS: Final[dict[str | None, Fault | None]] = {None: None} | {
    fault.value: fault for fault in REPAIRABLE
}
_BLOCK: Final = 5_000
_MAX_TEXT: Final = 500
_MAX_ATTRIBUTES: Final = 100

_ZONES: Final = pa.schema(
    [
        pa.field("n", pa.int32(), nullable=False),
        pa.field("fault", pa.string()),
        pa.field("code", pa.string()),
        pa.field("label", pa.string()),
        pa.field("attributes", pa.string(), nullable=False),
        pa.field("area_m2", pa.float64()),
        pa.field("shape", pa.binary(), nullable=False),
    ]
)
_REPAIRS: Final = pa.schema(
    [
        pa.field("n", pa.int32(), nullable=False),
        pa.field("area_m2", pa.float64(), nullable=False),
        pa.field("shape", pa.binary(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """One zone to be stored."""

    n: int
    code: str
    label: str | None
    attributes: str
    """JSON of what the file says of it."""
    area_m2: float
    wkb: bytes
    """Valid polygon or multipolygon in degrees."""


@dataclass(frozen=True, slots=True)
class BrokenZone:
    """One zone whose shape is invalid."""

    n: int
    fault: Fault
    wkb: bytes


def write(folder: Path, checked: Checked) -> None:
    """Keep all zones that are sound or may be repaired, a code or not."""
    zones = checked.zones
    kept = [
        place for place, fault in enumerate(zones.faults) if fault is None or fault in REPAIRABLE
    ]
    with pq.ParquetWriter(folder / ZONES, _ZONES, compression="zstd") as writer:
        for start in range(0, len(kept), _BLOCK):
            places = kept[start : start + _BLOCK]
            faults = [zones.faults[place] for place in places]
            columns: dict[str, Sequence[Any]] = {
                "n": [place + 1 for place in places],
                "fault": [None if fault is None else fault.value for fault in faults],
                "code": [zones.codes[place] for place in places],
                "label": [zones.labels[place] for place in places],
                "attributes": [_attributes(zones.columns, place) for place in places],
                "area_m2": zones.area_m2[places].tolist(),
                "shape": np.asarray(shapely.to_wkb(zones.shapes[places])).tolist(),
            }
            writer.write_table(pa.table(columns, schema=_ZONES))


def _attributes(columns: Any, place: int) -> str:
    names = list(columns)[:_MAX_ATTRIBUTES]
    row = {name[:_MAX_TEXT]: _plain(columns[name][place]) for name in names}
    return json.dumps(
        {name: value for name, value in row.items() if value is not None}, ensure_ascii=False
    )


def _plain(value: object) -> str | int | float | bool | None:
    """Give a value of a file as JSON and the database can hold it."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return None if isinstance(value, bytes) else str(value).replace("\0", "")[:_MAX_TEXT]


def keep_repairs(folder: Path, repairs: Collection[Repair]) -> None:
    """Keep what zones would become."""
    made = [repair for repair in repairs if repair.shape is not None]
    columns = {
        "n": [repair.n for repair in made],
        "area_m2": [repair.after_m2 or 0.0 for repair in made],
        "shape": [repair.shape for repair in made],
    }
    pq.write_table(pa.table(columns, schema=_REPAIRS), folder / REPAIRS, compression="zstd")


def read(folder: Path, accepted: Collection[int]) -> Iterator[ZoneRow]:
    """Give the zones to be stored, in order of the file.

    Args:
        folder: of the file.
        accepted: numbers of the features whose repair is taken; other invalid ones are left out,
            as are those without a code.

    Raises:
        ChildEnded: what was kept is not as it was written.
    """
    taken = frozenset(accepted)
    repaired = {n: (area, wkb) for n, area, wkb in _repairs(folder) if n in taken}
    for n, fault, code, label, attributes, area_m2, wkb in _rows(folder):
        if code is None or (fault is not None and n not in repaired):
            continue
        area, shape = (area_m2, wkb) if fault is None else repaired[n]
        yield ZoneRow(n, code, label, attributes, area, shape)


def read_broken(folder: Path) -> Iterator[BrokenZone]:
    """Give the zones whose shape is invalid, in order of the file.

    Raises:
        ChildEnded: what was kept is not as it was written.
    """
    for n, fault, _, _, _, _, wkb in _rows(folder):
        if fault is not None:
            yield BrokenZone(n, fault, wkb)


def read_sound(folder: Path) -> Iterator[tuple[int, bytes]]:
    """Give number and WKB of the zones whose shape is sound, a code or not, in order of the file.

    Raises:
        ChildEnded: what was kept is not as it was written.
    """
    return ((n, wkb) for n, fault, _, _, _, _, wkb in _rows(folder) if fault is None)


def read_repaired(folder: Path) -> Iterator[tuple[int, bytes]]:
    """Give number and WKB of what zones would become.

    Raises:
        ChildEnded: what was kept is not as it was written.
    """
    return ((n, wkb) for n, _, wkb in _repairs(folder))


def are_sound(shapes: Sequence[bytes]) -> list[bool]:
    """Tell which shapes are valid polygons or multipolygons on Earth.

    Raises:
        ChildEnded: one is no WKB at all.
    """
    try:
        found = np.asarray(shapely.from_wkb(np.array(shapes, dtype=object)))
    except GEOSException as error:
        raise ChildEnded("crashed") from error
    judged: list[bool] = judge_shapes(found).is_sound.tolist()
    return judged


_Row = tuple[int, Fault | None, str | None, str | None, str, float, bytes]


def _rows(folder: Path) -> Iterator[_Row]:
    last = 0
    for rows in _batches(folder / ZONES, _ZONES):
        sound = are_sound([row["shape"] for row in rows])
        for row, is_sound in zip(rows, sound, strict=True):
            fault = _FAULTS.get(row["fault"], Fault.NO_SHAPE)
            if (
                not last < row["n"] <= MAX_ZONES
                or (fault is None) != is_sound
                or fault is Fault.NO_SHAPE
                or not _is_object(row["attributes"])
            ):
                raise ChildEnded("crashed")
            last = row["n"]
            texts = row["code"], row["label"], row["attributes"]
            area_m2 = _area(row["area_m2"]) if fault is None else 0.0
            yield row["n"], fault, *texts, area_m2, row["shape"]


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _repairs(folder: Path) -> Iterator[tuple[int, float, bytes]]:
    if not (folder / REPAIRS).is_file():
        return
    for rows in _batches(folder / REPAIRS, _REPAIRS):
        if not all(are_sound([row["shape"] for row in rows])):
            raise ChildEnded("crashed")
        for row in rows:
            yield row["n"], _area(row["area_m2"]), row["shape"]


def _batches(path: Path, schema: pa.Schema) -> Iterator[list[dict[str, Any]]]:
    """Read rows of exactly these columns."""
    try:
        with pq.ParquetFile(path) as file:
            if not file.schema_arrow.equals(schema):
                raise ChildEnded("crashed")
            for batch in file.iter_batches(batch_size=_BLOCK):
                batch.validate(full=True)
                yield batch.to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ChildEnded("crashed") from error


def _area(area_m2: float | None) -> float:
    if area_m2 is None or not 0 <= area_m2 < math.inf:
        raise ChildEnded("crashed")
    return area_m2
