from __future__ import annotations

import psycopg
import pytest

from addrsvc.admin_units import bundled


def count(conn: psycopg.Connection[tuple[int]], condition: str) -> int:
    row = conn.execute(f"SELECT count(*) FROM admin_unit WHERE {condition}".encode()).fetchone()
    assert row is not None
    return row[0]


def test_every_unit_and_link_is_there(units_template: str, units_url: str) -> None:
    del units_template
    with psycopg.connect(units_url) as conn:
        for level, old, new in (
            ("province", 63, 34),
            ("district", 696, 0),
            ("commune", 10_035, 3_321),
        ):
            assert count(conn, f"level = '{level}' AND valid_to = '2025-07-01'") == old
            assert count(conn, f"level = '{level}' AND valid_to IS NULL") == new
        links = conn.execute(
            "SELECT length(to_code), count(*), count(instrument) FROM admin_unit_link "
            "GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert links == [(2, 63, 63), (5, 10_571, 10_571)]


def test_old_units_have_no_place_and_new_communes_are_marked_indicative(units_url: str) -> None:
    with psycopg.connect(units_url) as conn:
        assert count(conn, "valid_to IS NOT NULL AND centre IS NOT NULL") == 0
        assert count(conn, "boundary IS NOT NULL AND boundary_kind <> 'indicative'") == 0
        assert count(conn, "level = 'commune' AND boundary_kind = 'indicative'") == 3_307
        invalid = count(conn, "boundary IS NOT NULL AND NOT ST_IsValid(boundary)")
        assert invalid == 0


def test_every_parent_is_in_force_with_its_children(units_url: str) -> None:
    with psycopg.connect(units_url) as conn:
        orphans = count(
            conn,
            "parent_code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM admin_unit p "
            "WHERE p.code = admin_unit.parent_code AND p.valid_from = admin_unit.valid_from)",
        )
    assert orphans == 0


def test_loading_again_is_a_no_op(units_url: str) -> None:
    assert bundled.load(units_url) == bundled.LoadReport(already_loaded=True)


def test_a_newer_bundle_leaves_an_operators_boundary_alone(units_url: str) -> None:
    with psycopg.connect(units_url) as conn:
        conn.execute(
            "UPDATE admin_unit SET boundary_kind = 'official', boundary_source = 'operator' "
            "WHERE code = '25747' AND valid_to IS NULL"
        )
        conn.execute("UPDATE admin_unit_piece SET indicative = false WHERE code = '25747'")
        conn.execute("DELETE FROM admin_unit_bundle")
    report = bundled.load(units_url)
    assert (report.units, report.links, report.cells) == (14_149, 10_634, 3_306)
    with psycopg.connect(units_url) as conn:
        assert count(conn, "code = '25747' AND boundary_source = 'operator'") == 1
        pieces = conn.execute(
            "SELECT indicative, count(*) FROM admin_unit_piece WHERE code = '25747' GROUP BY 1"
        ).fetchall()
    assert pieces == [(False, 1)]


@pytest.mark.parametrize(
    ("columns", "values", "constraint"),
    [
        ("code, valid_from", "'25747', '2025-08-01'", "period_excl"),
        ("code, valid_from, valid_to", "'99998', '2026-01-01', '2026-01-01'", "period_check"),
        ("code, valid_from", "'9998', '2026-01-01'", "code_check"),
        ("code, valid_from, boundary_kind", "'99998', '2026-01-01', 'official'", "boundary_check"),
    ],
)
def test_the_schema_refuses(units_url: str, columns: str, values: str, constraint: str) -> None:
    statement = (
        f"INSERT INTO admin_unit ({columns}, level, kind, name, full_name, name_key, parent_code, "
        f"source) VALUES ({values}, 'commune', 'xa', 'A', 'Xã A', 'a', '79', 'test')"
    )
    with psycopg.connect(units_url) as conn, pytest.raises(psycopg.IntegrityError) as refused:
        conn.execute(statement.encode())
    assert refused.value.diag.constraint_name == f"admin_unit_{constraint}"
