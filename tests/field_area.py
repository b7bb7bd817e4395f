"""An area package of streets, alleys and houses that are nowhere: names and places are invented."""

from __future__ import annotations

import math
import random
from typing import Any

COLUMNS = (
    "ref", "version", "status", "kind", "house_number", "thoroughfare", "localities", "unit",
    "floor", "building", "name", "lon", "lat", "accuracy_m", "in_task", "visited",
)  # fmt: skip
TASK = "5c5d8d8e-0000-4000-8000-000000000001"
LON, LAT = 106.65, 10.98
_NAMES = (
    "Bịa Một", "Thử Nghiệm", "Không Đâu", "Hồ Tưởng Tượng", "Trần Giả Định", "Lê Ví Dụ",
    "Nguyễn Nháp", "Số 5", "ĐX 999", "Phạm Minh Họa",
)  # fmt: skip
_M_PER_DEG = 111_000.0


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """Give longitude and latitude so many metres from the corner; good enough to draw."""
    return (
        LON + east_m / (_M_PER_DEG * math.cos(math.radians(LAT))),
        LAT + north_m / _M_PER_DEG,
    )


def ring(*corners: tuple[float, float]) -> list[list[float]]:
    """Give a closed ring from corners in metres."""
    return [list(place(*corner)) for corner in (*corners, corners[0])]


def invented_area(count: int, *, side_m: float = 1000.0, tiles: bool = False) -> dict[str, Any]:
    """Give a package of about so many addresses in a square, its task the lower three quarters."""
    pick = random.Random(19)  # noqa: S311 - the same area every time
    rows: list[list[Any]] = []

    def add(number: str, street: str, east: float, north: float) -> None:
        lon, lat = place(east + pick.gauss(0, 1), north + pick.gauss(0, 1))
        is_in = north < side_m * 0.75
        said = {
            "ref": str(7512300000 + len(rows)), "version": 1, "status": "current",
            "kind": "dwelling", "house_number": number, "thoroughfare": street,
            "localities": [["khu_pho", "Khu phố 3"]], "lon": round(lon, 7), "lat": round(lat, 7),
            "accuracy_m": 4.5, "in_task": is_in,
            "visited": "accepted" if is_in and pick.random() < 0.3 else None,
        }  # fmt: skip
        rows.append([said.get(name) for name in COLUMNS])

    streets = max(2, round(math.sqrt(count / 20)))
    houses = count // (streets * 2)
    gap = side_m / houses
    for index in range(streets):
        street = f"Đường {_NAMES[index % len(_NAMES)]}"
        if index >= len(_NAMES):
            street += f" {index}"
        across = side_m * (index + 0.5) / streets
        for house in range(houses):
            along = (house + 0.5) * gap
            bend = 25 * math.sin(along / 180)
            for number, away in ((2 * house + 1, -7), (2 * house + 2, 7)):
                is_alley = house % 9 == 4 and away > 0
                text = f"{number}/{1 + house % 7}" if is_alley else str(number)
                add(text, street, along, across + bend + (away + 12 if is_alley else away))
    edge = ring((0, 0), (side_m, 0), (side_m, side_m * 0.75), (0, side_m * 0.75))
    commune = ring((-200, -200), (side_m + 300, -100), (side_m + 100, side_m + 200), (-100, side_m))
    west, south = place(-40, -40)
    east, north = place(side_m + 40, side_m + 40)
    return {
        "schema": 1,
        "task": {"task_id": TASK, "title": "Khu phố Bịa", "commune_code": "25747", "version": 1},
        "made_at": "2026-11-23T08:00:00+07:00",
        "commune": {"code": "25747", "name": "Phường Bịa", "province": "Tỉnh Bịa"},
        "area": {"type": "MultiPolygon", "coordinates": [[edge]]},
        "commune_boundary": {"type": "Polygon", "coordinates": [commune]},
        "bbox": [west, south, east, north],
        "streets": sorted({str(row[5]) for row in rows}),
        "localities": [["khu_pho", "Khu phố 3"]],
        "columns": list(COLUMNS),
        "addresses": rows,
        "neighbours": [],
        "tiles": {
            "template": "/v1/tiles/photo/{z}/{x}/{y}",
            "minzoom": 14,
            "maxzoom": 17,
            "attribution": "© <b>Người bịa</b>",
            "urls": [],
        }
        if tiles
        else None,
    }
