"""Synthetic addresses: the same from the same seed, valid, and used as in life."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import shapely
from benchmarks.synthetic import communes as real
from benchmarks.synthetic import loading
from benchmarks.synthetic.communes import Commune
from benchmarks.synthetic.folding import street_group
from benchmarks.synthetic.registry import Registry, house_number, large, small
from benchmarks.synthetic.vocabulary import NameMaker

from addrsvc.parsing.keys import search_keys


def test_the_same_seed_gives_the_same_rows(communes: list[Commune], registry: Registry) -> None:
    again = small(communes, rows=4_000, seed=3)
    other = small(communes, rows=4_000, seed=4)
    assert np.array_equal(again.number, registry.number)
    assert np.array_equal(again.lon, registry.lon)
    assert not np.array_equal(other.number, registry.number)


def test_rows_are_shared_by_weight_and_lie_in_their_commune(registry: Registry) -> None:
    assert np.bincount(registry.commune).tolist() == [3_000, 1_000]
    for index, commune in enumerate(registry.communes):
        here = registry.commune == index
        assert shapely.contains_xy(commune.shape, registry.lon[here], registry.lat[here]).all()


def test_no_two_addresses_of_a_street_share_a_number(registry: Registry) -> None:
    numbered = registry.number > 0
    keys = list(
        zip(
            registry.commune[numbered].tolist(),
            registry.base[numbered].tolist(),
            registry.number[numbered].tolist(),
            strict=True,
        )
    )
    assert len(keys) == len(set(keys))


def test_half_of_the_numbers_are_of_alleys_and_some_addresses_have_none(
    registry: Registry,
) -> None:
    written = [house_number(number) for number in registry.number.tolist()]
    alleys = ["/" in number for number in written if number]
    assert 0.4 < sum(alleys) / len(alleys) < 0.6
    assert 0.08 < written.count("") / len(written) < 0.16
    assert (registry.firm > 0).any()


def test_streets_are_used_unevenly(registry: Registry) -> None:
    kinds = [registry.bases[base].kind for base in registry.base.tolist()]
    used = Counter(
        b for b, kind in zip(registry.base.tolist(), kinds, strict=True) if kind == "street"
    )
    first, *_, last = [count for _, count in used.most_common()]
    assert first > 1.5 * last


def test_codes_are_unique_and_ten_digits(registry: Registry) -> None:
    codes = [registry.code(row) for row in range(0, len(registry), 7)]
    assert all(len(code) == 10 and code.isdigit() for code in codes)
    assert len(set(codes)) == len(codes)


def test_rows_like_finds_the_number_in_every_commune(registry: Registry) -> None:
    row = int(np.flatnonzero(registry.number > 0)[0])
    base, number = int(registry.base[row]), int(registry.number[row])
    group = registry.bases[base].group
    expected = [
        other
        for other in range(len(registry))
        if registry.number[other] == number
        and registry.bases[int(registry.base[other])].group == group
    ]
    assert sorted(registry.rows_like(base, number).tolist()) == expected


def test_a_country_has_many_names_and_few_common_ones(communes: list[Commune]) -> None:
    made = large(communes, rows=2_000)
    names = Counter(base.name for base in made.bases if base.kind == "street")
    assert len(names) > 100
    assert NameMaker(1).streets(500) == NameMaker(1).streets(500)


def test_lines_to_copy_are_rows_of_the_three_tables(registry: Registry) -> None:
    identities = list(loading._identities(registry, 0, 50))
    versions = list(loading._versions(registry, 0, 50))
    projections = list(loading._projections(registry, 0, 50))
    for row, (identity, version, projection) in enumerate(
        zip(identities, versions, projections, strict=True)
    ):
        assert identity.split("\t")[:3] == [str(row + 1), registry.code(row), "synthetic"]
        cells = version.rstrip("\n").split("\t")
        document = json.loads(cells[-1])
        assert cells[:3] == [str(row + 1), "1", "current"]
        assert "synthetic" in document["source"]
        parts = document["components"]
        localities = [tuple(pair) for pair in parts.get("localities", [])]
        base_key, number_key = search_keys(
            parts.get("house_number"), parts.get("thoroughfare"), localities
        )
        stored = projection.rstrip("\n").split("\t")
        assert stored[7:9] == [base_key or r"\N", number_key or r"\N"]
        assert bytes.fromhex(stored[9])[:5] == bytes([1]) + (0x20000001).to_bytes(4, "little")


def test_serial_numbers_go_on_where_a_part_begins_within_a_commune(registry: Registry) -> None:
    whole = list(loading._identities(registry, 0, len(registry)))
    cut = len(registry) // 2
    assert whole == [
        line
        for low, high in pairwise((0, cut, len(registry)))
        for line in loading._identities(registry, low, high)
    ]


@pytest.mark.realdata
def test_the_real_communes_are_read_in_place() -> None:
    if not real.DATA.is_dir():
        pytest.skip("the real data are not beside the repository")
    communes = real.binh_duong()
    assert len(communes) == 36
    assert all(each.streets and each.formers for each in communes)
    assert len(real.large()) > 1_600
    assert len({each.province_code for each in real.large()}) >= 17
    groups = {street_group(name) for each in communes for name in each.streets}
    assert len(groups) > 1_000
