"""What a derived plan is said to change is what laying both over each other finds."""

from __future__ import annotations

import pytest
import shapely
from benchmarks.plan_changing import change, sums_of
from benchmarks.plan_maker import MadeZone

from addrsvc.planning.changes.computing import Pieces, left_over, overlay, summed


def pieces(zones: list[MadeZone]) -> Pieces:
    return Pieces.of([(each.code or "", each.shape) for each in zones if each.shape is not None])


def test_changes_are_those_that_are_found() -> None:
    zones = [
        MadeZone(n + 1, ("ODT", "CLN", "LUC")[n % 3], None, shapely.box(x, y, x + 1e-3, y + 1e-3))
        for n in range(100)
        for x, y in [(106.6 + n % 10 / 1e3, 11 + n // 10 / 1e3)]
    ]
    before, after, changed = change(zones, 5, seed=1)
    assert (len(before), len(after), len(changed)) == (95, 100, 20)
    assert [each.n for each in after] == list(range(1, 101))
    found = summed(
        [*overlay(pieces(after), pieces(before)), *left_over(pieces(before), pieces(after))]
    )
    differing = {pair: area for pair, (area, _) in found.items() if pair[0] != pair[1]}
    assert differing == pytest.approx(sums_of(changed), rel=1e-9)
