"""Former communes to present ones, against the official table: names, khu phố, points."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely

from addrsvc.types import LonLat
from benchmarks.figures import Figure
from benchmarks.product import Product
from benchmarks.scoring import share
from benchmarks.synthetic.communes import DATA, Former, former_communes

_PIECES = "binhduong_old_new_parts.geojson"
_POINTS_EACH = 20
_INSIDE_DEG = 0.0015
"""Points keep about 160 m from the edges of their piece: those of former communes are derived."""
_DOUBTFUL = frozenset({"Hòa Phú", "Hoà Phú", "Phú Mỹ", "Phú Tân", "Phú Chánh"})
"""Former communes whose outlines are approximate: nothing is asserted there."""
_CANDIDATE = "candidate"

KHU_PHO = {
    ("Hiệp Thành", "25747"): ("1", "2", "3", "4"),
    ("Chánh Mỹ", "25747"): ("Chánh Lộc 1", "Chánh Lộc 2", "Chánh Lộc 7"),
    ("Vĩnh Phú", "25966"): ("Hòa Long", "Tây"),
    ("Tân Đông Hiệp", "25942"): (
        "Chiêu Liêu",
        "Chiêu Liêu A",
        "Đông Chiêu",
        "Đông Chiêu A",
        "Tân Long",
        "Đông Tác",
    ),
    ("Tân Đông Hiệp", "25945"): ("Đông Thành", "Đông An", "Tân An"),
    ("Thái Hòa", "25945"): ("Ba Đình", "Tân Ba", "Mỹ Hiệp", "Tân Mỹ"),
    ("Bình Chuẩn", "25969"): ("Bình Quới A", "Bình Quới B", "Bình Phú"),
}
"""Khu phố of split communes of Bình Dương by the commune they went to (proposals of 2025)."""


async def score_conversion(product: Product, *, misses: list[str] | None) -> list[Figure]:
    """Convert every former commune of the country, then the split ones of Bình Dương."""
    by_code: list[bool] = []
    unsplit: list[bool] = []
    split: list[bool] = []
    wrong = 0
    for former in former_communes().values():
        for told, results in (
            (await product.convert_code(former.code), by_code),
            (await product.convert(_text(former)), unsplit if _is_whole(former) else split),
        ):
            right = _is_right(former, told)
            results.append(right)
            wrong += len(told) == 1 and not right
            if misses is not None and not right:
                misses.append(f"{former.code} {_text(former)}: {former.successors}, told {told}")
    by_locality = await _by_locality(product, misses)
    by_point, points_wrong = await _by_point(product, misses)
    return [
        Figure("conversion: former communes", len(by_code), "communes"),
        Figure("conversion: by code, right", share(by_code), "", 1.0),
        Figure("conversion: unsplit communes", len(unsplit), "communes"),
        Figure("conversion: unsplit, one and right", share(unsplit), "", 1.0),
        Figure("conversion: split communes", len(split), "communes"),
        Figure("conversion: split, nothing more: all candidates", share(split), "", 1.0),
        Figure("conversion: one answer, and wrong", wrong, "communes", 0, "lower"),
        Figure("conversion: split with khu phố", len(by_locality), "texts"),
        Figure("conversion: split with khu phố, one and right", share(by_locality), "", 0.95),
        Figure("conversion: split with point", len(by_point), "points"),
        Figure("conversion: split with point, one and right", share(by_point), "", 0.95),
        Figure("conversion: split with point, one and wrong", points_wrong, "points", 0, "lower"),
    ]


def _is_whole(former: Former) -> bool:
    return len(former.successors) == 1


def _is_right(former: Former, told: list[tuple[str, str]]) -> bool:
    """One certain answer for an undivided commune, all candidates and no default for others."""
    candidates = [how == _CANDIDATE for _, how in told]
    codes_right = {code for code, _ in told} == former.successors
    return codes_right and (not any(candidates) if _is_whole(former) else all(candidates))


async def _by_locality(product: Product, misses: list[str] | None) -> list[bool]:
    by_name = {each.commune.name: each for each in _split_of_binh_duong().values()}
    results = []
    for (name, target), localities in KHU_PHO.items():
        former = by_name[name]
        for locality in localities:
            text = f"Khu phố {locality}, {_text(former)}"
            told = await product.present(text)
            results.append(told == [target])
            if misses is not None and told != [target]:
                misses.append(f"{text}: {target}, told {told}")
    return results


async def _by_point(product: Product, misses: list[str] | None) -> tuple[list[bool], int]:
    split = _split_of_binh_duong()
    results, wrong = [], 0
    for (code, target), points in _points().items():
        former = split.get(code)
        if former is None or former.commune.name in _DOUBTFUL:
            continue
        for point in points:
            told = await product.convert(_text(former), point=point)
            right = [each for each, _ in told] == [target]
            results.append(right)
            wrong += len(told) == 1 and not right
            if misses is not None and not right:
                misses.append(f"{_text(former)} at {point.lon},{point.lat}: {target}, told {told}")
    return results, wrong


def _split_of_binh_duong() -> dict[str, Former]:
    return {
        code: former
        for code, former in former_communes().items()
        if former.province.name == "Bình Dương" and len(former.successors) > 1
    }


def _points() -> dict[tuple[str, str], Sequence[LonLat]]:
    """Draw points well inside each piece of former and present commune."""
    draw = np.random.default_rng(91)
    features = json.loads((DATA / _PIECES).read_text(encoding="utf-8"))["features"]
    found: dict[tuple[str, str], Sequence[LonLat]] = defaultdict(list)
    for feature in features:
        piece = shapely.geometry.shape(feature["geometry"]).buffer(-_INSIDE_DEG)
        if piece.is_empty:
            continue
        west, south, east, north = piece.bounds
        some = draw.uniform((west, south), (east, north), (2000, 2))
        inside = some[shapely.contains_xy(piece, some[:, 0], some[:, 1])][:_POINTS_EACH]
        key = (feature["properties"]["old_code"], feature["properties"]["new_code"])
        found[key] = [LonLat(round(float(lon), 7), round(float(lat), 7)) for lon, lat in inside]
    return found


def _text(former: Former) -> str:
    names = (former.commune, former.district, former.province)
    return ", ".join(f"{each.kind} {each.name}" for each in names)
