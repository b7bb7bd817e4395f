"""The demo fills its database once, through the doors of real data, and marks all as invented."""

from __future__ import annotations

import psycopg

from addrsvc.codes.code import parse_code
from addrsvc.registry import demo
from addrsvc.registry.demo_rows import COMMUNES, EXAMPLE_CODE


def test_demo_is_filled_once_and_marked(units_url: str) -> None:
    assert demo.ensure(units_url) == EXAMPLE_CODE
    with psycopg.connect(units_url) as conn:
        run = conn.execute("SELECT assigned, proposed, rejected FROM import_run").fetchone()
        events = conn.execute("SELECT count(*) FROM event").fetchone()
        assert run is not None
        assert run[0] > 3_000
        assert run[1] > 50
        assert run[2] == 0
        marked = conn.execute("SELECT count(*) FROM code_prefix WHERE is_demo").fetchone()
        assert marked == (len(COMMUNES),)
        unmarked = conn.execute(
            "SELECT count(*) FROM address_version WHERE document->>'source' NOT LIKE '%demo%'"
        ).fetchone()
        assert unmarked == (0,)
        rooms = conn.execute(
            "SELECT count(*) FROM address_current c JOIN address a ON a.address_id = c.parent_id"
            " WHERE a.code = %s",
            [parse_code(EXAMPLE_CODE).code.text],
        ).fetchone()
        assert rooms == (20,)
        assert demo.ensure(units_url) == EXAMPLE_CODE
        assert conn.execute("SELECT count(*) FROM event").fetchone() == events
