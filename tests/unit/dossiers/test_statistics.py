"""Drawing and wording of statistics, without a database; texts of others never run."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.commune_maps.classes import SHARE_LIMITS, breaks_of, class_of
from addrsvc.commune_maps.drawing import has_library, policy_of
from addrsvc.commune_maps.errors import MapLibraryMissing
from addrsvc.commune_maps.model import Shape
from addrsvc.dossiers.model import AddressRole
from addrsvc.dossiers.statistics.drawing import Measure, draw_map
from addrsvc.dossiers.statistics.model import Counts, Dimension, Statistics, Wanted
from addrsvc.dossiers.statistics.tables import lines_of

HOSTILE = "</script><b>{{ 7 * 7 }}{% raw %}${1}`"
SQUARE = {"type": "Polygon", "coordinates": [[[106, 11], [107, 11], [107, 12], [106, 11]]]}
FOUND = Statistics(
    Wanted((Dimension.COMMUNE,)),
    datetime(2026, 1, 15, 3, tzinfo=UTC),
    7,
    Counts(100, 50, 20, 10, 15, 5, 3, 90),
    [
        ({Dimension.COMMUNE: ""}, Counts(10, waiting=10, waiting_days=3, dossiers=9)),
        ({Dimension.COMMUNE: "25747"}, Counts(90, 50, 20, 10, 5, 5, 1, 81)),
        ({Dimension.COMMUNE: "25750"}, Counts(dossiers=1)),
    ],
    {"25747": HOSTILE},
)
SHAPES = [
    Shape("25747", HOSTILE, SQUARE, is_indicative=True, centre=(106.6, 11.0)),
    Shape("25750", "Phường Đông", None, is_indicative=False, centre=(106.7, 11.0)),
]


@pytest.mark.parametrize("show", Measure)
def test_a_map_holds_texts_as_data_and_asks_nobody(show: Measure) -> None:
    html = draw_map(FOUND, SHAPES, "vi", show)
    assert "49" not in html[html.index("const communes") :][:2000]
    told = re.search(r"const communes = (.*?);</script>", html)
    assert told is not None
    communes = json.loads(told[1])
    assert [each["name"] for each in communes] == [HOSTILE, "Phường Đông"]
    assert communes[0]["lines"][0] == "Số địa chỉ: 90"
    assert "Chờ người xem: 5 (6 %)" in communes[0]["lines"]
    assert communes[0]["styles"]["quality"]["fillColor"] == "#80cdc1"  # 88.9 %
    assert communes[1]["styles"]["count"]["fillColor"] == "#ffffff"
    assert f'value="{show}" checked' in html
    assert "bản đồ: 10." in html
    assert not re.search(r"<(script|link|img|iframe)[^>]*(src|href)", html)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1] == policy_of(html)


def test_without_communes_or_library_it_says_so(tmp_path: Path) -> None:
    nothing = Statistics(Wanted((Dimension.COMMUNE,)), None, 0, Counts(), [], {})
    assert "not counted yet" in draw_map(nothing, [], "en")
    assert not has_library(tmp_path)
    with pytest.raises(MapLibraryMissing):
        draw_map(nothing, [], "en", npm_dir=tmp_path)


@given(st.lists(st.integers(0, 10**7), max_size=60))
def test_every_count_has_one_class_and_larger_ones_no_lower(values: list[int]) -> None:
    limits = breaks_of(values)
    assert list(limits) == sorted(set(limits))
    assert 1 <= len(limits) <= 5
    classes = [class_of(value, limits) for value in sorted(values) if value]
    assert None not in classes
    assert classes == sorted(each for each in classes if each is not None)


def test_none_is_no_class_but_a_share_of_nothing_is_the_lowest() -> None:
    assert class_of(0, (1, 5)) is None
    assert class_of(0, SHARE_LIMITS, zero_counts=True) == 0
    assert class_of(-1, SHARE_LIMITS, zero_counts=True) is None
    assert class_of(100, SHARE_LIMITS, zero_counts=True) == 4


def test_dossiers_are_told_where_they_can_be() -> None:
    assert Wanted((Dimension.COMMUNE, Dimension.MONTH)).tells_dossiers
    assert not Wanted((Dimension.ROLE,)).tells_dossiers
    assert not Wanted(role=AddressRole.OBJECT).tells_dossiers


def test_words_for_values_and_for_none() -> None:
    assert FOUND.name_of(Dimension.COMMUNE, "", "vi") == "Chưa rõ nơi"
    assert FOUND.name_of(Dimension.DAY, date(2026, 1, 2), "vi") == "2026-01-02"
    assert FOUND.name_of(Dimension.CATEGORY, "B", "en") == "B – matches once corrected"
    assert FOUND.name_of(Dimension.STATE, "no_match", "vi") == "Chưa có trong sổ"
    assert lines_of(FOUND, "vi")[0] == "Chưa rõ nơi: Số hồ sơ 9, Số địa chỉ 10, Chờ người xem 10"
    assert lines_of(FOUND, "en")[-1].startswith(
        "Total: Dossiers 90, Addresses 100, Linked by itself"
    )
