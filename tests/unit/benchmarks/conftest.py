"""Two invented communes, so that the generator is tested without the real data."""

from __future__ import annotations

import pytest
import shapely
from benchmarks.synthetic.communes import Commune, Former, Unit
from benchmarks.synthetic.registry import Registry, small

PROVINCE = Unit("Thành phố", "Mẫu")
OLD_PROVINCE = Unit("Tỉnh", "Mẫu Cũ")
DISTRICT = Unit("Thị xã", "Mẫu Xã")


def former(code: str, name: str, *successors: str) -> Former:
    return Former(code, Unit("Phường", name), DISTRICT, OLD_PROVINCE, frozenset(successors))


@pytest.fixture(scope="session")
def communes() -> list[Commune]:
    """Give Mẫu Đông and Mẫu Tây, made of one whole commune each and one that was split."""
    split = former("90003", "Mẫu Giữa", "90001", "90002")
    streets = ["Trần Văn Mẫu", "Lê Thị Thử Nghiệm", "Đường số 5", "30/4", "Nguyễn Mẫu"]
    return [
        Commune(
            code,
            Unit("Phường", name),
            "99",
            PROVINCE,
            weight,
            shapely.box(west, 10.0, west + 0.05, 10.05),
            [former(f"{code[:4]}{number}", f"{name} Cũ", code), split],
            list(streets),
        )
        for code, name, weight, west, number in (
            ("90001", "Mẫu Đông", 3.0, 106.0, 4),
            ("90002", "Mẫu Tây", 1.0, 105.9, 5),
        )
    ]


@pytest.fixture(scope="session")
def registry(communes: list[Commune]) -> Registry:
    """Give a small registry on them."""
    return small(communes, rows=4_000, seed=3)
