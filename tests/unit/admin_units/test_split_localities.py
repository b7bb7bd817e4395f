from __future__ import annotations

import csv
from collections import Counter

import pytest

from addrsvc.admin_units import bundled
from addrsvc.admin_units.split_localities import (
    REST,
    SplitLocalities,
    SplitLocality,
    read_split_localities,
)


def row(name: str, new_code: str, *, old_code: str = "1", kind: str = "khu_pho") -> SplitLocality:
    return SplitLocality(old_code, kind, name, new_code, "proposal", "a source")


TABLE = SplitLocalities(
    [
        row("Bình Phú", "7"),
        row("3", "7"),
        row(REST, "8"),
        row("Bình Phú", "9", old_code="2"),
        row("Đông", "9", old_code="2", kind="ap"),
        row("Đông", "9", old_code="3", kind="ap"),
    ],
    known=[("1", "khu_pho:binh quoi"), ("2", "ap:tay")],
)


@pytest.mark.parametrize(
    ("old_code", "key", "new_code"),
    [
        ("1", "khu_pho:binh phu", "7"),
        ("1", "ap:binh phu", "7"),  # the commune became a ward
        ("1", "place:binh phu", "7"),
        ("1", "khu_pho:3", "7"),
        ("1", "place:3", None),  # a number alone is no khu phố
        ("1", "to:3", None),
        ("1", "residential_area:binh phu", None),
        ("1", "khu_pho:binh quoi", "8"),  # known, so among the others
        ("1", "khu_pho:hoa lan", None),  # perhaps no locality of it at all
        ("2", "ap:tay", None),  # known, but nothing is said of the others
        ("2", "khu_pho:", None),
    ],
)
def test_where_a_locality_went(old_code: str, key: str, new_code: str | None) -> None:
    found = TABLE.successor(old_code, key)
    assert (found.new_code if found else None) == new_code


def test_where_a_locality_came_from() -> None:
    found = TABLE.predecessor("7", "khu_pho:binh phu")
    assert found is not None
    assert found.old_code == "1"
    assert TABLE.predecessor("7", "khu_pho:3") is None
    assert TABLE.predecessor("9", "ap:dong") is None  # of two old communes
    assert TABLE.predecessor("9", "to:dong") is None
    assert TABLE.open_codes() == ["1"]


def test_the_bundled_table_names_split_communes_and_their_successors_only() -> None:
    with (bundled.FOLDER / "commune_links_2025-07.csv").open(encoding="utf-8") as lines:
        links = list(csv.DictReader(lines))
    parts = {(each["from_code"], each["to_code"]) for each in links if each["kind"] == "part"}
    rows = read_split_localities()
    assert all((each.old_code, each.new_code) in parts for each in rows)
    assert all(each.source and each.stage in {"proposal", "in_use"} for each in rows)
    names = Counter((each.old_code, each.name) for each in rows)
    assert max(names.values()) == 1
    assert len({each.old_code for each in rows}) == 9
