"""The nearest addresses come by the spatial index, and are the nearest in metres."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import psycopg
import pytest

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.geo.measure import distance_m
from addrsvc.geocoding.reverse import QUERIES, nearest
from addrsvc.geocoding.reverse_many import Place, reverse_many
from addrsvc.types import LonLat

ROWS = 20_000
POINT = LonLat(106.65, 10.95)


@pytest.fixture(scope="module")
def scattered_url(clone_database: Any, template_db: str) -> Iterator[str]:
    """Give addresses scattered over ten kilometres; every third is not public or not in use."""
    random = np.random.default_rng(3)
    places = random.uniform((106.6, 10.9), (106.7, 11.0), (ROWS, 2))
    with clone_database(template_db) as url:
        with psycopg.connect(url, autocommit=True) as conn, conn.transaction():
            conn.execute("CREATE TEMP TABLE place (i int, lon float8, lat float8) ON COMMIT DROP")
            with conn.cursor().copy("COPY place FROM STDIN") as copy:
                for i, (lon, lat) in enumerate(places, start=1):
                    copy.write_row((i, float(lon), float(lat)))
            conn.execute(
                "INSERT INTO address (address_id, code, issuer, created_at)"
                " SELECT i, lpad(i::text, 10, '0'), 'test', now() FROM place"
            )
            conn.execute(
                "INSERT INTO address_version (address_id, version, status, valid_from,"
                " recorded_from, act, principal, document) SELECT i, 1, 'current', '2026-01-01',"
                " now(), 'import', 'test', jsonb_build_object('kind', 'dwelling', 'commune',"
                " '[\"25747\", \"2025-07-01\"]'::jsonb, 'source', 'synthetic', 'components',"
                " jsonb_build_object('house_number', i::text)) FROM place"
            )
            conn.execute(
                "INSERT INTO address_current (address_id, version, status, kind, visibility,"
                " commune_code, commune_valid_from, position) SELECT i, 1,"
                " CASE i % 6 WHEN 0 THEN 'retired' ELSE 'current' END, 'dwelling',"
                " CASE i % 6 WHEN 3 THEN 'secret' ELSE 'public' END, '25747', '2025-07-01',"
                " ST_SetSRID(ST_MakePoint(lon, lat), 4326) FROM place"
            )
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("VACUUM ANALYZE")
        yield url


def places_of(url: str) -> dict[str, LonLat]:
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "SELECT address_id::text, ST_X(position), ST_Y(position) FROM address_current"
            " WHERE status = 'current' AND visibility = 'public'"
        ).fetchall()
    return {number: LonLat(lon, lat) for number, lon, lat in found}


@pytest.mark.anyio
@pytest.mark.parametrize("radius_m", [50.0, 300.0, 20_000.0])
async def test_the_nearest_are_the_nearest(scattered_url: str, radius_m: float) -> None:
    places = places_of(scattered_url)
    random = np.random.default_rng(5)
    async with await psycopg.AsyncConnection.connect(scattered_url, autocommit=True) as conn:
        for lon, lat in random.uniform((106.59, 10.89), (106.71, 11.01), (25, 2)):
            point = LonLat(float(lon), float(lat))
            ranked = sorted((distance_m(point, place), number) for number, place in places.items())
            expected = [(number, away) for away, number in ranked[:20] if away <= radius_m]
            found = await nearest(conn, point, limit=20, radius_m=radius_m)
            assert [each.candidate.house_number for each in found] == [n for n, _ in expected]
            for each, (_, away) in zip(found, expected, strict=True):
                assert each.distance_m == pytest.approx(away, abs=0.01)


@pytest.mark.anyio
async def test_many_points_are_answered_as_one_by_one(scattered_url: str) -> None:
    random = np.random.default_rng(6)
    drawn = random.uniform((106.59, 10.89), (106.71, 11.01), (25, 2))
    places = [Place(LonLat(float(lon), float(lat)), date(2026, 1, 15)) for lon, lat in drawn]
    asked = {"limit": 5, "radius_m": 300.0}
    async with await psycopg.AsyncConnection.connect(scattered_url, autocommit=True) as conn:
        units = UnitsInMemory()
        today = date(2026, 1, 15)
        many = await reverse_many(conn, units, places, today=today, limit=5, radius_m=300.0)
        one_by_one = [await nearest(conn, each.point, **asked) for each in places]  # type: ignore[arg-type]  # as above
    assert [list(each.nearby) for each in many] == one_by_one
    assert {each.commune for each in many} == {None}  # no units are loaded


def test_the_plan_for_many_walks_the_spatial_index(scattered_url: str) -> None:
    params = {
        "lons": [POINT.lon] * 100,
        "lats": [POINT.lat] * 100,
        "half_lons": [0.01] * 100,
        "half_lat": 0.01,
        "radius_m": 1000.0,
        "limit": 5,
        "probes": 20,
    }
    with psycopg.connect(scattered_url) as conn:
        for plans in ("force_custom_plan", "force_generic_plan"):
            conn.execute(f"SET plan_cache_mode = {plans}".encode())
            statement = f"EXPLAIN (FORMAT JSON) {QUERIES['nearest_to_many']}"
            told = json.dumps(conn.execute(statement.encode(), params).fetchall())
            assert "address_current_position_idx" in told
            for table in ("address", "address_version", "address_current"):
                assert not re.search(rf'"Seq Scan"[^{{}}]*"Relation Name": "{table}"', told)


def test_the_plan_walks_the_spatial_index(scattered_url: str) -> None:
    params = {
        "lon": POINT.lon,
        "lat": POINT.lat,
        "half_lon": 0.01,
        "half_lat": 0.01,
        "radius_m": 1000.0,
        "limit": 5,
        "probes": 20,
    }
    with psycopg.connect(scattered_url) as conn:
        for plans in ("force_custom_plan", "force_generic_plan"):
            conn.execute(f"SET plan_cache_mode = {plans}".encode())
            statement = f"EXPLAIN (FORMAT JSON) {QUERIES['nearest_addresses']}"
            told = json.dumps(conn.execute(statement.encode(), params).fetchall())
            assert "address_current_position_idx" in told
            assert "Order By" in told  # nearest first by the index itself, no sort of all
            for table in ("address", "address_version", "address_current"):
                assert not re.search(rf'"Seq Scan"[^{{}}]*"Relation Name": "{table}"', told)
