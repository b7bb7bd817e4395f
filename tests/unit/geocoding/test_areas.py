"""Communes and provinces as answers show them."""

from __future__ import annotations

from datetime import date

import pytest

from addrsvc.admin_units.model import AdminUnit
from addrsvc.geocoding.areas import make_areas
from addrsvc.types import Level, LonLat


def _unit(
    code: str, level: Level, parent: str | None, area_km2: float | None, centre: LonLat | None
) -> AdminUnit:
    return AdminUnit(
        code=code,
        valid_from=date(2025, 7, 1),
        valid_to=None,
        level=level,
        kind="phuong",
        name=code,
        full_name=f"Phường {code}",
        full_name_en=None,
        parent_code=parent,
        centre=centre,
        area_km2=area_km2,
        population=None,
        boundary_kind=None,
        boundary_source=None,
        source="test",
    )


def test_a_province_lies_in_the_middle_of_its_communes() -> None:
    areas = make_areas(
        [_unit("79", Level.PROVINCE, None, None, None), _unit("01", Level.PROVINCE, None, 9, None)],
        [
            _unit("00001", Level.COMMUNE, "79", 3.0, LonLat(106.0, 10.0)),
            _unit("00002", Level.COMMUNE, "79", 1.0, LonLat(107.0, 11.0)),
            _unit("00003", Level.COMMUNE, "79", None, None),
        ],
    )
    assert areas.provinces["79"].centre == LonLat(106.25, 10.25)
    assert areas.provinces["79"].radius_m == pytest.approx(1_128.4, abs=0.1)
    assert areas.provinces["01"].centre is None
    assert areas.communes["00001"].province == areas.provinces["79"]
    assert areas.communes["00001"].radius_m == pytest.approx(977.2, abs=0.1)
    assert areas.communes["00003"].radius_m is None
