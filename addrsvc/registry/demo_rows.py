"""The rows of the demo: drawn by a fixed seed around the centres of communes."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from addrsvc.admin_units.model import AdminUnit
from addrsvc.geo.measure import moved
from addrsvc.registry.locating import equal_area_radius_m

SOURCE: Final = "Dữ liệu trình diễn (demo)"
ISSUER: Final = "Trình diễn (demo)"

_BINH_DUONG: Final = (
    "25747", "25750", "25760", "25768", "25771", "25777", "25780", "25792", "25807", "25813",
    "25819", "25822", "25837", "25840", "25843", "25846", "25849", "25858", "25864", "25867",
    "25882", "25888", "25891", "25906", "25909", "25912", "25915", "25920", "25942", "25945",
    "25951", "25966", "25969", "25975", "25978", "25987",
)  # fmt: skip
"""The 36 communes on the ground of former Bình Dương (NQ 1685/NQ-UBTVQH15)."""

_ELSEWHERE: Final = ("00070", "20242", "26740", "31135")
"""Hoàn Kiếm, Hải Châu, Sài Gòn, Ninh Kiều: to show that a country fits in."""

COMMUNES: Final = (*_BINH_DUONG, *_ELSEWHERE)

_PREFIX_BASE: Final = 99_000
"""Invented prefixes are 99 and a serial number: postal numbers of no province begin with 99."""

EXAMPLE_PREFIX: Final = f"{_PREFIX_BASE + 1}"
EXAMPLE_CODE: Final = f"{EXAMPLE_PREFIX}00001"

_SEED: Final = 2026
_PER_COMMUNE: Final = 90
_ROOMS: Final = 20
_STREETS: Final = (
    "Lê Lợi", "Nguyễn Trãi", "Trần Hưng Đạo", "Lý Thường Kiệt", "Hai Bà Trưng", "Quang Trung",
    "Phan Bội Châu", "30 Tháng 4", "Đường số 5", "Đường số 12", "D1", "N3", "ĐX 043", "ĐT 743",
)  # fmt: skip
_WORKS: Final = (
    ("enterprise", "Cửa hàng mẫu"),
    ("production_site", "Xưởng mẫu"),
    ("public_facility", "Trường học mẫu"),
    ("state_office", "Văn phòng khu phố mẫu"),
    ("place", "Công viên mẫu"),
)
_COLUMNS: Final = (
    "ext_id", "code", "kind", "name", "unit", "building", "house_number", "thoroughfare", "khu_pho",
    "to", "commune_code", "lon", "lat", "accuracy_m", "method", "marks", "parent",
)  # fmt: skip
_Row = dict[str, str]


def prefix_of(commune_code: str) -> str:
    """Give the invented prefix of a commune of the demo."""
    return f"{_PREFIX_BASE + COMMUNES.index(commune_code) + 1}"


def write_file(path: Path, units: Sequence[AdminUnit]) -> None:
    """Write the demo's file; the same units give the same file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS, restval="")
        writer.writeheader()
        for number, unit in enumerate(units):
            draw = random.Random(f"{_SEED}/{unit.code}")  # noqa: S311 -- scattering, no secret
            for serial, row in enumerate(_rows(draw, unit, first=number == 0), start=1):
                writer.writerow({**row, "ext_id": f"DEMO-{unit.code}-{serial:03d}"})


def _rows(draw: random.Random, unit: AdminUnit, *, first: bool) -> Iterator[_Row]:
    if first:
        yield from _example(draw, unit)
    doors: set[tuple[str, str]] = set()
    for serial in range(_PER_COMMUNE):
        row = _place(draw, unit, spread=0.8)
        fate = draw.random()
        if fate < 0.04:  # nobody has been there yet: proposed
            row = {"commune_code": unit.code}
        row |= {"kind": "dwelling", "khu_pho": str(draw.randint(1, 9)), "to": str(serial % 30 + 1)}
        if fate < 0.75:
            number, street = _number(draw), draw.choice(_STREETS)
            while (number.casefold(), street) in doors:
                number = _number(draw)
            doors.add((number.casefold(), street))
            row |= {"house_number": number, "thoroughfare": street}
        if fate > 0.85:
            kind, name = draw.choice(_WORKS)
            row |= {"kind": kind, "name": f"{name} số {serial + 1} (demo)"}
        yield row


def _example(draw: random.Random, unit: AdminUnit) -> Iterator[_Row]:
    """Give the example, a building of rented rooms, each an address of its own."""
    building = _place(draw, unit, spread=0.1) | {
        "code": EXAMPLE_CODE,
        "kind": "enterprise",
        "name": "Dãy trọ mẫu An Bình (demo)",
        "building": "Dãy trọ mẫu An Bình (demo)",
        "house_number": "123/45/6A",
        "thoroughfare": "Lê Lợi",
        "khu_pho": "3",
        "to": "5",
        "accuracy_m": "4",
        "marks": "entrance",
    }
    yield building
    for room in range(1, _ROOMS + 1):
        inside = {k: v for k, v in building.items() if k not in {"code", "name"}}
        parts = {"kind": "boarding_room", "unit": f"Phòng {room}", "parent": EXAMPLE_CODE}
        yield inside | parts


def _place(draw: random.Random, unit: AdminUnit, *, spread: float) -> _Row:
    """Give a point within a part of the commune's radius, with how it was taken."""
    if unit.centre is None or unit.area_km2 is None:
        raise ValueError(f"commune {unit.code} has no centre")
    reach = equal_area_radius_m(unit.area_km2) * spread * math.sqrt(draw.random())
    point = moved(unit.centre, draw.uniform(0, 360), reach)
    return {
        "commune_code": unit.code,
        "lon": f"{point.lon:.7f}",
        "lat": f"{point.lat:.7f}",
        "accuracy_m": str(draw.choice((3, 5, 8, 15))),
        "method": "gnss",
        "marks": draw.choice(("entrance", "building")),
    }


def _number(draw: random.Random) -> str:
    number = str(draw.randint(1, 650))
    while draw.random() < 0.4 and number.count("/") < 4:
        number += f"/{draw.randint(1, 60)}"
    return number + draw.choice(("", "", "", "A", "B"))
