"""Noisy queries: the same from the same seed, noisy as their category says, and truly answered."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from benchmarks.synthetic import noise, queries
from benchmarks.synthetic.communes import Unit
from benchmarks.synthetic.folding import fold
from benchmarks.synthetic.noise import NOTHING, Written
from benchmarks.synthetic.queries import CATEGORIES, Query
from benchmarks.synthetic.registry import Registry, house_number


@pytest.fixture(scope="session")
def made(registry: Registry) -> list[Query]:
    return queries.make(registry)


def of(made: list[Query], category: str) -> list[Query]:
    return [query for query in made if query.category == category]


def test_the_same_seed_gives_the_same_queries(registry: Registry, made: list[Query]) -> None:
    assert queries.make(registry) == made
    assert queries.make(registry, seed=8) != made
    assert Counter(query.category for query in made) == CATEGORIES


def test_every_query_has_a_right_answer(registry: Registry, made: list[Query]) -> None:
    codes = {registry.code(row): row for row in range(len(registry))}
    for query in made:
        assert query.truth
        assert query.truth <= codes.keys()


def test_clean_queries_name_their_address_in_full(registry: Registry, made: list[Query]) -> None:
    codes = {registry.code(row): row for row in range(len(registry))}
    for query in of(made, "clean"):
        assert len(query.truth) == 1
        (row,) = (codes[code] for code in query.truth)
        folded = fold(query.text)
        assert fold(registry.bases[int(registry.base[row])].name) in folded
        assert fold(registry.communes[int(registry.commune[row])].unit.name) in folded
        parts = fold(house_number(int(registry.number[row]))).split()
        assert set(parts) <= set(folded.split())


def test_a_third_has_no_commas(made: list[Query]) -> None:
    noisy = [query for query in made if query.category != "clean"]
    assert 0.2 < sum("," not in query.text for query in noisy) / len(noisy) < 0.45


def test_queries_without_accents_have_none(made: list[Query]) -> None:
    assert all(query.text.isascii() for query in of(made, "no accents"))


def test_without_commune_every_address_of_that_number_is_right(
    registry: Registry, made: list[Query]
) -> None:
    codes = {registry.code(row): row for row in range(len(registry))}
    names = [fold(each.unit.name) for each in registry.communes]
    for query in of(made, "commune missing"):
        assert not any(name in fold(query.text) for name in names)
        row = codes[min(query.truth)]
        same = registry.rows_like(int(registry.base[row]), int(registry.number[row]))
        assert query.truth == {registry.code(int(other)) for other in same}


def test_a_split_commune_may_mean_each_of_its_successors(registry: Registry) -> None:
    # find a number that both communes have on a street of one name
    for row in np.flatnonzero(registry.number > 0).tolist():
        same = registry.rows_like(int(registry.base[row]), int(registry.number[row]))
        if len({int(registry.commune[other]) for other in same}) == 2:
            break
    else:
        pytest.fail("the two communes share no number")
    maker = queries._Maker(registry, {})
    drawn = queries._Drawn(
        Written("1", "x", "", Unit("Phường", "Mẫu Giữa"), NOTHING, NOTHING),
        row,
        frozenset({0, 1}),
    )
    assert maker._truth(drawn) == {registry.code(int(other)) for other in same}


def test_old_communes_are_named_with_their_old_district(made: list[Query]) -> None:
    for query in of(made, "old commune"):
        assert "Mẫu Xã" in query.text
        assert "Mẫu Cũ" in query.text


def test_the_province_can_be_left_out(made: list[Query]) -> None:
    for query in of(made, "clean"):
        assert "Thành phố Mẫu" not in query.stripped


def test_a_slip_is_no_name_of_another_commune(registry: Registry) -> None:
    slips = queries.make(registry)
    wrong = {fold(query.text) for query in slips if query.category == "typo"}
    taken = {"99": [name for seed in range(300) for name in _slips_of("Mẫu Đông", seed)]}
    assert not wrong <= {fold(query.text) for query in queries.make(registry, taken=taken)}


def _slips_of(name: str, seed: int) -> list[str]:
    return [noise.mistyped(name, random.Random(seed))]  # noqa: S311 -- no secret


@pytest.mark.parametrize("seed", range(40))
def test_a_slip_is_one_edit_and_changes_the_name(seed: int) -> None:
    name = "Nguyễn Thị Minh Khai"
    slipped = noise.mistyped(name, random.Random(seed))  # noqa: S311 -- no secret
    assert abs(len(slipped) - len(name)) <= 1
    words = [a for a, b in zip(slipped.split(), name.split(), strict=True) if a != b]
    assert len(words) <= 1


def test_names_are_shortened_as_people_do() -> None:
    draw = random.Random(5)  # noqa: S311 -- no secret
    shorts = {noise.short_street("Nguyễn Thị Minh Khai", draw) for _ in range(50)}
    assert "N.T.M.Khai" in shorts
    assert any(short.startswith("Ng.") for short in shorts)
    assert "CMT8" in {noise.short_street("Cách Mạng Tháng Tám", draw) for _ in range(50)}
    assert noise.short_street("D5", draw) == "D5"
    assert noise.initials("Nguyễn Thị Minh Khai") == ("n", "t", "m", "khai")
    assert "13" in noise.short_street("Quốc lộ 13", draw)


def test_parts_are_joined_as_they_stand() -> None:
    unit = Unit("Phường", "Mẫu")
    written = Written("1/2", "Lê Mẫu", "Khu phố 3", unit, NOTHING, NOTHING, street_word="Đường")
    assert noise.text(written) == "1/2 Đường Lê Mẫu, Khu phố 3, Phường Mẫu"
    plain = noise.without_accents(written)
    assert noise.text(plain) == "1/2 Duong Le Mau, Khu pho 3, Phuong Mau"
