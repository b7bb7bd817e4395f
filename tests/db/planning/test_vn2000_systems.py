"""The database and the service project every point of the country to the same place."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location

import numpy as np
import psycopg
import pyproj
import pytest

from addrsvc.db.migrate import MIGRATIONS
from addrsvc.geo import crs

POINTS = 10_000


def test_postgis_agrees_with_the_pinned_pipelines(database_url: str) -> None:
    rng = np.random.default_rng(7)
    zones = sorted(crs.ZONES.values(), key=lambda zone: zone.epsg)
    of_zone = np.arange(POINTS) % len(zones)
    lons = np.clip(
        np.array([zones[at].meridian_deg for at in of_zone]) + rng.uniform(-1.5, 1.5, POINTS),
        102.14,
        111.5,
    )
    lats = rng.uniform(8.3, 23.4, POINTS)
    srids = [crs.OWN_SRID + zones[at].epsg for at in of_zone]
    with psycopg.connect(database_url) as conn:
        rows = conn.execute(
            "SELECT ST_X(there), ST_Y(there), ST_X(back), ST_Y(back)"
            " FROM unnest(%s::integer[], %s::float8[], %s::float8[]) WITH ORDINALITY"
            "   AS point (srid, lon, lat, place),"
            " ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), srid) AS there,"
            " ST_Transform(there, 4326) AS back ORDER BY place",
            [srids, lons.tolist(), lats.tolist()],
        ).fetchall()
    theirs = np.array(rows)
    ours = np.empty((POINTS, 2))
    for at, zone in enumerate(zones):
        mine = of_zone == at
        ours[mine] = np.column_stack(crs._pipeline(zone.epsg).transform(lons[mine], lats[mine]))
    off_m = np.hypot(*(theirs[:, :2] - ours).T)
    assert off_m.max() < 1e-4
    assert np.abs(theirs[:, 2:] - np.column_stack([lons, lats])).max() < 1e-7


def test_the_numbers_of_the_library_jump_and_ours_do_not(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        rows = conn.execute(
            "SELECT ST_Distance(ST_SetSRID(ST_Transform(point, 'EPSG:4326', 'EPSG:9210'), 909210),"
            "  ST_Transform(point, 909210))"
            " FROM (VALUES (11.039), (11.041)) AS place (lat),"
            " ST_SetSRID(ST_MakePoint(106.65, lat), 4326) AS point ORDER BY lat"
        ).fetchall()
        shifted = conn.execute(
            "SELECT ST_X(there), ST_Y(there) FROM ST_Transform(ST_SetSRID("
            "ST_MakePoint(106.65, 10.98), 4326), 904756) AS there"
        ).fetchone()
    assert rows[0][0] == pytest.approx(0.795, abs=0.005)
    assert rows[1][0] < 1e-3
    expected = crs._pipeline(crs.VN2000).transform(106.65, 10.98)
    assert shifted == pytest.approx(expected, abs=1e-9)


def test_every_zone_is_there_once_and_recognised_when_read_back(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        again = conn.execute("SELECT add_vn2000_systems()").fetchone()
        rows = conn.execute(
            "SELECT srid, srtext, proj4text FROM spatial_ref_sys WHERE auth_name = 'addrsvc'"
        ).fetchall()
    assert again == (0,)
    assert {srid - crs.OWN_SRID for srid, *_ in rows} == {*crs.ZONES, crs.VN2000}
    for srid, wkt, proj4 in rows:
        assert crs.TOWGS84 in wkt
        assert crs.TOWGS84 in proj4
        epsg = srid - crs.OWN_SRID
        assert crs.vn2000_of(crs.parse(wkt)) == epsg
        if epsg in crs.ZONES and crs.ZONES[epsg].scale == 0.9999:
            assert crs.vn2000_of(pyproj.CRS(f"{proj4} +type=crs")) == epsg


def test_where_the_table_may_not_be_added_to_the_rest_is_migrated(database_url: str) -> None:
    """As on a server of somebody else, whose superuser made the extension."""
    found = spec_from_file_location("vn2000", MIGRATIONS / "versions/20261123_0011_vn2000.py")
    assert found is not None
    assert found.loader is not None
    migration = module_from_spec(found)
    found.loader.exec_module(migration)
    told: list[str | None] = []
    with psycopg.connect(database_url) as conn:
        conn.add_notice_handler(lambda notice: told.append(notice.message_primary))
        conn.execute(migration.BACK)
        assert _added(conn) == 0
        conn.execute("CREATE ROLE vn2000_owner; GRANT CREATE ON SCHEMA public TO vn2000_owner")
        conn.execute("SET ROLE vn2000_owner")
        conn.execute(migration.DDL)
        assert _added(conn) == 0
        assert ["vn2000_owner may not add" in str(each) for each in told] == [True]
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute("SELECT add_vn2000_systems()")
        conn.execute("RESET ROLE")
        conn.execute("SELECT add_vn2000_systems()")
        assert _added(conn) == len(crs.ZONES) + 1
        conn.rollback()


def _added(conn: psycopg.Connection[tuple[object, ...]]) -> object:
    found = conn.execute("SELECT count(*) FROM spatial_ref_sys WHERE auth_name = 'addrsvc'")
    return found.fetchone()[0]  # type: ignore[index]
