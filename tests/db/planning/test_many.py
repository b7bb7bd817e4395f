"""What plans say of many addresses at once: as of each by itself, by the indexes, for whom.

All plans and addresses are invented.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from planning_world import insert_plan
from service_settings import service_settings

from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import ANONYMOUS, Principal, Scope, command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.planning.asking import QUERIES, AskedPoint, ask_points
from addrsvc.planning.errors import PlanUnknown
from addrsvc.planning.many import Asked, plans_of, stream_uses, write_uses
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

ROWS = 3_000
SIDE = 40
DAY = date(2026, 1, 15)
CLOCK = FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
READER = Principal("key:1", frozenset({Scope.ADDRESSES_READ}))
PLANNER = Principal("key:2", frozenset({Scope.ADDRESSES_READ, Scope.PLANS_WRITE}))
OF_WEST = Principal("key:3", frozenset({Scope.ADDRESSES_READ}), frozenset({"25747"}))
CODES = ("ODT", "CLN", "DGT")

_ADDRESSES = """
INSERT INTO address (address_id, code, issuer, created_at)
SELECT i, lpad(i::text, 10, '0'), 'test', now() FROM place;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT i, 1, 'current', '2026-01-01', now(), 'import', 'test', '{}' FROM place;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from, position)
SELECT i, 1, CASE i % 7 WHEN 0 THEN 'retired' ELSE 'current' END, 'dwelling',
       CASE i % 10 WHEN 3 THEN 'secret' ELSE 'public' END,
       CASE i % 2 WHEN 0 THEN '25747' ELSE '25750' END, '2025-07-01',
       ST_SetSRID(ST_MakePoint(lon, lat), 4326)
FROM place
"""


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    west, south = 106.6 + x / 400, 10.9 + y / 400
    return shapely.box(west, south, west + width / 400, south + height / 400)


@pytest.fixture(scope="module")
def url(clone_database: Any, template_db: str) -> Iterator[str]:
    """Give addresses over a grid of zones with holes, some of them on its lines; and a draft."""
    places = np.random.default_rng(17).uniform((106.59, 10.89), (106.71, 11.01), (ROWS, 2))
    places[:100] = np.round(places[:100] * 400) / 400
    grid = [
        (CODES[(x + y) % 3], box(x, y, 1, 1))
        for x in range(SIDE)
        for y in range(SIDE)
        if (x * y) % 5 != 1
    ]
    with clone_database(template_db) as url:
        insert_plan(url, grid, name='=HYPERLINK("bịa")')
        insert_plan(url, [("XYZ", box(5, 5, 9, 9))], kind="detail", name="Chi tiết (bịa)")
        insert_plan(url, [("CAN", box(0, 0, 40, 40))], status="draft", communes=["25747"])
        with psycopg.connect(url, autocommit=True) as conn:
            with conn.transaction():
                conn.execute("CREATE TEMP TABLE place (i int, lon float8, lat float8)")
                with conn.cursor().copy("COPY place FROM STDIN") as copy:
                    for i, (lon, lat) in enumerate(places, start=1):
                        copy.write_row((i, float(lon), float(lat)))
                conn.execute(_ADDRESSES)
            conn.execute("VACUUM ANALYZE")
        yield url


async def told(url: str, principal: Principal, asked: Asked, chunk: int = 700) -> set[Any]:
    """Give address, plan and code; nothing comes twice."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        plans = sorted(await plans_of(conn, principal, asked))
        found = [
            (each["address_code"], each["plan_id"], each["code"])
            async for some in stream_uses(conn, principal, asked, plans, chunk=chunk)
            for each in some
        ]
    assert len(found) == len(set(found))
    return set(found)


def places_of(url: str, where: str) -> dict[str, LonLat]:
    with psycopg.connect(url) as conn:
        statement = (
            "SELECT code, ST_X(position), ST_Y(position) FROM address_current"
            f" JOIN address USING (address_id) WHERE {where}"
        )
        return {c: LonLat(x, y) for c, x, y in conn.execute(statement.encode()).fetchall()}


async def test_many_are_told_as_each_by_itself(url: str) -> None:
    places = places_of(url, "status = 'current' AND visibility = 'public'")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        points = [AskedPoint(each) for each in places.values()]
        alone = await ask_points(conn, points, DAY, "vi")
    expected = {
        (code, says.plan.plan_id, share.code)
        for code, planned in zip(places, alone, strict=True)
        for says in planned.plans
        for share in says.shares
    }
    assert await told(url, READER, Asked(DAY)) == expected
    assert len({plan for _, plan, _ in expected}) == 2
    # on lines of the grid there are several
    assert len(expected) > len({(code, plan) for code, plan, _ in expected})
    some = sorted(places)[:50]
    listed = await told(url, READER, Asked(DAY, codes=[*some, "9999999999"]), chunk=7)
    assert listed == {each for each in expected if each[0] in some}


async def test_whose_addresses_and_which_plans(url: str) -> None:
    everybody = await told(url, READER, Asked(DAY))
    west = places_of(url, "commune_code = '25747'")
    assert await told(url, OF_WEST, Asked(DAY)) == {e for e in everybody if e[0] in west}
    secret = places_of(url, "visibility = 'secret'")
    operator = command_line("test")
    assert await told(url, operator, Asked(DAY)) == everybody
    with_secret = await told(url, operator, Asked(DAY, with_secret=True))
    assert {each[0] for each in with_secret - everybody} <= set(secret)
    assert with_secret > everybody
    assert await told(url, READER, Asked(DAY, with_secret=True)) == everybody
    assert await told(url, READER, Asked(date(2025, 1, 1))) == set()
    (detail,) = {plan for _, plan, code in everybody if code == "XYZ"}
    only = await told(url, READER, Asked(date(2025, 1, 1), plan_id=detail))
    assert only == {each for each in everybody if each[1] == detail}
    with psycopg.connect(url) as conn:
        found = conn.execute("SELECT plan_id FROM plan WHERE status = 'draft'").fetchone()
    assert found is not None
    draft = Asked(DAY, plan_id=found[0])
    with pytest.raises(PlanUnknown):
        await told(url, READER, draft)
    assert {code for _, _, code in await told(url, PLANNER, draft)} == {"CAN"}
    with pytest.raises(NotSignedIn):
        await told(url, ANONYMOUS, Asked(DAY))


async def test_a_file_of_them_is_no_spreadsheet_program(url: str, tmp_path: Path) -> None:
    file = tmp_path / "quy-hoach.csv"
    engine = make_engine(service_settings(url))
    try:
        async with transaction(engine) as conn:
            count = await write_uses(conn, READER, Asked(DAY), file, "vi", CLOCK)
    finally:
        await engine.dispose()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        written = list(csv.DictReader(lines))
    assert len(written) == count == len(await told(url, READER, Asked(DAY)))
    names = {each["plan"] for each in written}
    assert names == {'\'=HYPERLINK("bịa")', "Chi tiết (bịa)"}
    assert {each["name"] for each in written if each["code"] == "ODT"} == {"Đất ở tại đô thị"}
    assert {each["name"] for each in written if each["code"] == "XYZ"} == {"XYZ 1"}
    assert {each["is_synthetic"] for each in written} == {"true"}
    with psycopg.connect(url) as conn:
        (detail,) = conn.execute(
            "SELECT detail FROM audit_entry WHERE action = 'addresses.export'"
        ).fetchone() or ({},)
    assert detail["rows"] == count


def test_a_chunk_walks_the_spatial_index(url: str) -> None:
    params: dict[str, Any] = {
        "after": 0,
        "last": 1_000,
        "plan_ids": [1, 2],
        "edge_deg": 9e-8,
        "areas": None,
        "visibilities": ["public"],
        "codes": [f"{n:010}" for n in range(1, 500)],
    }
    with psycopg.connect(url) as conn:
        for name in ("uses_of_chunk", "uses_of_codes"):
            for plans in ("force_custom_plan", "force_generic_plan"):
                conn.execute(f"SET plan_cache_mode = {plans}".encode())
                statement = f"EXPLAIN (FORMAT JSON) {QUERIES[name]}"
                found = json.dumps(conn.execute(statement.encode(), params).fetchall())
                assert "planning_piece_piece_idx" in found
                seq = r'"Seq Scan"[^{}]*"Relation Name": "planning_piece"'
                assert not re.search(seq, found)
