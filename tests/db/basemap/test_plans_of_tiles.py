"""Tiles read by their indexes, however many addresses and units there are."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from basemap_world import NEAR

from addrsvc.basemap.drawing import params_of
from addrsvc.basemap.model import TileOf
from addrsvc.basemap.preparing import QUERIES

EXPECTED = {
    "house_numbers": "address_current_position_idx",
    "commune_names": "basemap_area_label_idx",
    "boundaries": "basemap_edge_shape_idx",
    "streets": "thoroughfare_line_idx",
    "localities": "locality_centre_idx",
}


@pytest.mark.parametrize("layer", EXPECTED)
def test_a_layer_is_read_by_its_index(registry_url: str, layer: str) -> None:
    params: dict[str, Any] = {**params_of(TileOf(*NEAR), date(2026, 1, 1)), "is_far": False}
    with psycopg.connect(registry_url) as conn:
        conn.execute("SET enable_seqscan = off")
        told = conn.execute(f"EXPLAIN {QUERIES[layer]}".encode(), params).fetchall()
    assert EXPECTED[layer] in "\n".join(line for (line,) in told)
