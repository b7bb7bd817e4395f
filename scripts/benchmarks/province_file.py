"""Make a province-size file of synthetic addresses: OUT.csv --rows 286947 --seed 1.

Points lie inside the 36 communes of former Bình Dương; street names are those each old district
really has; house numbers, names and all else are drawn by the seed. Half of the numbers are
alley numbers (123/45/6A), about three rows in ten have only a locality, as real lists do. Every
row is marked synthetic in its source. The same seed gives the same file.

Without the real data beside the repository (``../shared/data``) points are scattered around the
bundled centres of the communes and streets are numbered.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data"
BUNDLED = ROOT / "geodata" / "admin_units"

SOURCE = "dữ liệu tổng hợp (synthetic)"
COLUMNS = (
    "ma_nguon",
    "loai",
    "so_nha",
    "duong",
    "to",
    "khu_pho",
    "ma_phuong_xa",
    "lon",
    "lat",
    "do_chinh_xac_m",
    "phuong_phap",
    "nguon",
)
LOCALITY_ONLY = 0.3
ALLEY = 0.5
BLOCK = 4096
USUAL = 30_000.0
"""Population taken for a commune whose own is not known."""
KINDS = ("dwelling", "boarding_room", "enterprise", "production_site", "public_facility")
KIND_SHARES = (0.86, 0.06, 0.05, 0.02, 0.01)
OLD_PROVINCE = "74"
"""Code of the old province whose communes are taken."""


@dataclass
class Commune:
    """One commune to fill: where, how much, and which street names."""

    code: str
    shape: shapely.Geometry
    weight: float
    streets: list[str]


def main() -> None:
    """Read the arguments and write the file."""
    parser = argparse.ArgumentParser(description="Make a file of synthetic addresses.")
    parser.add_argument("out", type=Path, help="CSV file to write")
    parser.add_argument("--rows", type=int, default=286_947)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    communes = real_communes() if (REAL / "new_communes.geojson").is_file() else bundled_communes()
    rng = np.random.default_rng(arguments.seed)
    with arguments.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        number = 0
        for commune, count in zip(communes, shares(communes, arguments.rows), strict=True):
            writer.writerows(rows(rng, commune, count, number))
            number += count
    print(f"{arguments.out}: {number:,} synthetic rows in {len(communes)} communes")


def real_communes() -> list[Commune]:
    """Take the communes with their boundaries and their old districts' street names."""
    population = {
        row["code"]: float(row["population_2025"]) if row["population_2025"].isdigit() else USUAL
        for row in read(REAL / "vn_communes_new.csv")
    }
    districts: dict[str, set[str]] = defaultdict(set)
    for row in read(REAL / "old_to_new.csv"):
        districts[row["new_code"]].add(row["old_district_code"])
    streets: dict[str, list[str]] = defaultdict(list)
    for row in read(REAL / "streets.csv"):
        streets[row["district_code"]].append(" ".join(row["name"].split()))
    features = json.loads((REAL / "binhduong_new_communes.geojson").read_text(encoding="utf-8"))
    communes = []
    for feature in features["features"]:
        code = feature["properties"]["code"]
        names = [name for each in sorted(districts[code]) for name in streets[each]]
        shape = shapely.geometry.shape(feature["geometry"])
        communes.append(Commune(code, shape, population[code], names or numbered_streets()))
    return sorted(communes, key=lambda each: each.code)


def bundled_communes() -> list[Commune]:
    """Take the bundled centres, with a disc a little smaller than each commune around them."""
    former = old_communes()
    links = read(BUNDLED / "commune_links_2025-07.csv")
    old = {row["to_code"] for row in links if row["from_code"] in former}
    communes = []
    for row in read(BUNDLED / "communes_2025-07.csv"):
        if row["code"] in old and row["lon"]:
            radius_deg = math.sqrt(float(row["area_km2"]) / math.pi) / 111.32 * 0.8
            shape = shapely.Point(float(row["lon"]), float(row["lat"])).buffer(radius_deg)
            communes.append(Commune(row["code"], shape, USUAL, numbered_streets()))
    return sorted(communes, key=lambda each: each.code)


def old_communes() -> set[str]:
    """Give the codes of the communes of the old province."""
    districts = {
        row["code"]
        for row in read(BUNDLED / "districts_2025-06.csv")
        if row["parent_code"] == OLD_PROVINCE
    }
    return {
        row["code"]
        for row in read(BUNDLED / "communes_2025-06.csv")
        if row["parent_code"] in districts
    }


def numbered_streets() -> list[str]:
    """Give names such as new estates have."""
    return [f"Đường số {number}" for number in range(1, 41)]


def commune_code(properties: dict[str, str]) -> str:
    """Give the code of a feature under whichever name the file has it."""
    return next(
        str(properties[name]) for name in ("code", "new_code", "ma_xa") if name in properties
    )


def read(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shares(communes: list[Commune], total: int) -> list[int]:
    """Divide the rows by population, the rest to the largest remainders."""
    weights = np.array([commune.weight for commune in communes])
    exact = weights / weights.sum() * total
    counts = np.floor(exact).astype(int)
    for index in np.argsort(counts - exact)[: total - counts.sum()]:
        counts[index] += 1
    return [int(count) for count in counts]


def points(rng: np.random.Generator, shape: shapely.Geometry, count: int) -> np.ndarray:
    """Draw points inside a shape."""
    shapely.prepare(shape)
    west, south, east, north = shapely.bounds(shape)
    found: list[np.ndarray] = []
    have = 0
    while have < count:
        some = rng.uniform((west, south), (east, north), (BLOCK, 2)).round(7)
        some = some[shapely.contains_xy(shape, some[:, 0], some[:, 1])]
        found.append(some)
        have += len(some)
    return np.concatenate(found)[:count] if found else np.empty((0, 2))


def rows(rng: np.random.Generator, commune: Commune, count: int, start: int) -> list[list[str]]:
    """Make the rows of one commune."""
    where = points(rng, commune.shape, count)
    kinds = rng.choice(len(KINDS), count, p=KIND_SHARES)
    bare = rng.random(count) < LOCALITY_ONLY
    alleys = rng.random(count) < ALLEY
    numbers = rng.integers(1, 900, (count, 4))
    streets = rng.integers(0, len(commune.streets), count)
    accuracies = rng.choice((3, 5, 8, 12), count)
    made = []
    for at in range(count):
        a, b, c, d = numbers[at]
        street = "" if bare[at] else commune.streets[streets[at]]
        made.append(
            [
                f"SYN-{start + at + 1:07d}",
                KINDS[kinds[at]],
                "" if bare[at] else house_number(a, b, c, alley=alleys[at]),
                street,
                f"Tổ {d % 30 + 1}",
                f"Khu phố {d % 9 + 1}",
                commune.code,
                repr(float(where[at, 0])),
                repr(float(where[at, 1])),
                str(accuracies[at]),
                "gnss",
                SOURCE,
            ]
        )
    return made


def house_number(a: int, b: int, c: int, *, alley: bool) -> str:
    """Write a house number: 123, 45B, or of an alley 123/45/6A."""
    suffix = "ABC"[c % 3] if c % 7 == 0 else ""
    if not alley:
        return f"{a}{suffix}"
    deep = f"/{b % 90 + 1}" if c % 3 == 0 else ""
    return f"{a}/{b % 60 + 1}{deep}{suffix}"


if __name__ == "__main__":
    main()
