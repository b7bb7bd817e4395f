"""The communes that synthetic addresses stand in: real names and former names, read in place."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import shapely

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
"""The real data stand beside the repository; nothing of them is copied."""

LARGE_PROVINCES = (
    "01", "31", "44", "46", "48", "51", "56", "66", "68", "75", "79", "80", "82", "86", "91", "92",
    "96",
)  # fmt: skip
"""Seventeen provinces from north to south, about 1,700 communes."""

_SHAPES = "vn_communes_new_simplified.geojson.gz"
_USUAL = 30_000.0
"""Population taken for a commune whose own is not known."""
_UNSETTLED = frozenset({"", "00556", "18796"})
_SLIPS = {("01615", "Xã Mỹ Hưng"): "01651", ("02485", "Xã Phú Thịnh"): "02482"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as printed, kind and name apart: ``Phường``, ``Phú Lợi``."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Former:
    """A commune until June 2025."""

    code: str
    commune: Unit
    district: Unit
    province: Unit
    successors: frozenset[str]
    """Codes of the communes its ground lies in today."""


@dataclass(slots=True)
class Commune:
    """A commune of today with those it was made of."""

    code: str
    unit: Unit
    province_code: str
    province: Unit
    weight: float
    shape: shapely.Geometry
    formers: list[Former] = field(default_factory=list)
    streets: list[str] = field(default_factory=list)
    """Real street names at hand; empty but in former Bình Dương."""


def unit(full_name: str) -> Unit:
    """Part the full name of a unit.

    >>> unit("Thành phố Thủ Dầu Một"), unit("Phường 12")
    (Unit(kind='Thành phố', name='Thủ Dầu Một'), Unit(kind='Phường', name='12'))
    """
    words = full_name.split()
    two = " ".join(words[:2])
    kinds = {"Thành phố", "Thị xã", "Thị trấn", "Đặc khu"}
    length = 2 if two in kinds else 1
    return Unit(" ".join(words[:length]), " ".join(words[length:]))


def binh_duong() -> list[Commune]:
    """Give the 36 communes of former Bình Dương with the street names of their old districts."""
    codes = {row["new_code"] for row in read("old_to_new.csv")}
    communes = [each for each in _all() if each.code in codes]
    districts: dict[str, set[str]] = defaultdict(set)
    for row in read("old_to_new.csv"):
        districts[row["old_district_code"]].add(row["new_code"])
    by_code = {each.code: each for each in communes}
    draw = np.random.default_rng(36)
    for row in read("streets.csv"):
        name = " ".join(row["name"].split())
        stated = row["new_commune_code"]
        if stated in by_code:
            by_code[stated].streets.append(name)
            continue
        # the list says no more than the district: a street runs through one or two communes
        somewhere = sorted(districts[row["district_code"]])
        many = min(len(somewhere), int(draw.choice((1, 1, 1, 2))))
        for code in draw.choice(somewhere, many, replace=False):
            by_code[str(code)].streets.append(name)
    return communes


def large() -> list[Commune]:
    """Give the communes of seventeen provinces."""
    return [each for each in _all() if each.province_code in LARGE_PROVINCES]


def names_in(province_code: str) -> list[str]:
    """Give the names of all communes of a province, today's and those they were made of."""
    names = [unit(row["full_name"]).name for row in _rows_of(province_code)]
    codes = {row["code"] for row in _rows_of(province_code)}
    formers = former_communes().values()
    return names + [each.commune.name for each in formers if each.successors & codes]


def _rows_of(province_code: str) -> list[dict[str, str]]:
    return [row for row in read("vn_communes_new.csv") if row["province_code"] == province_code]


def read(name: str) -> list[dict[str, str]]:
    """Read one of the real tables."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def conversion_rows() -> list[dict[str, str]]:
    """Read the national table of old and new communes, the slips its description names put right.

    Left out: six islands and shores that had no commune before, and two communes whose rows
    contradict each other.
    """
    rows = []
    for row in read("vn_old_to_new.csv"):
        if row["old_code"] in _UNSETTLED:
            continue
        written = (row["old_code"], row["old_name"])
        rows.append({**row, "old_code": _SLIPS.get(written, row["old_code"])})
    return rows


def _all() -> list[Commune]:
    """Make today's communes anew: callers give them streets of their own."""
    shapes = _shapes()
    formers = former_communes()
    provinces = {row["code"]: unit(row["full_name"]) for row in read("vn_provinces_new.csv")}
    communes = []
    for row in read("vn_communes_new.csv"):
        code, population = row["code"], row["population_2025"]
        communes.append(
            Commune(
                code,
                unit(row["full_name"]),
                row["province_code"],
                provinces[row["province_code"]],
                float(population) if population.isdigit() else _USUAL,
                shapes[code],
                [each for each in formers.values() if code in each.successors],
            )
        )
    return sorted(communes, key=lambda each: each.code)


@cache
def former_communes() -> dict[str, Former]:
    """Give the communes until June 2025 that became something known, by code."""
    provinces = {row["code"]: unit(row["full_name"]) for row in read("vn_provinces_old.csv")}
    districts = {row["code"]: unit(row["full_name"]) for row in read("vn_districts_old.csv")}
    successors: dict[str, set[str]] = defaultdict(set)
    for row in conversion_rows():
        successors[row["old_code"]].add(row["new_code"])
    return {
        row["code"]: Former(
            row["code"],
            unit(row["full_name"]),
            districts[row["district_code"]],
            provinces[row["province_code"]],
            frozenset(successors[row["code"]]),
        )
        for row in read("vn_communes_old.csv")
        if row["code"] in successors
    }


@cache
def _shapes() -> dict[str, shapely.Geometry]:
    with gzip.open(DATA / _SHAPES, "rt", encoding="utf-8") as file:
        features = json.load(file)["features"]
    return {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in features
    }
