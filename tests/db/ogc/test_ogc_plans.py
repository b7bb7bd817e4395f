"""Questions to collections are answered by indexes, and deep pages cost what the first one does.

The plans are those of the very statements that ran, as the server itself tells of them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import psycopg
import pytest
import shapely
from planning_world import insert_plan
from registry_fixtures import WEST

from addrsvc.auth.model import Principal, Scope
from addrsvc.ogc import reading
from addrsvc.ogc.collections import COLLECTIONS
from addrsvc.ogc.errors import AskingTooLong
from addrsvc.ogc.parameters import cursor_of, read_items

pytestmark = pytest.mark.anyio

ROWS = 12_000
BIG = {"address", "address_version_open", "address_current", "locality", "planning_zone"}
READER = Principal("key:1", frozenset({Scope.ADDRESSES_READ}))
OF_WEST = Principal("key:2", frozenset({Scope.ADDRESSES_READ}), frozenset({WEST}))
TODAY = date(2026, 1, 15)
FEW = "bbox=106.65,10.95,106.655,10.955"
"""One in four hundred."""
MANY = "bbox=106.6,10.9,106.7,11"
CORNER = "POLYGON((106.65 10.95,106.651 10.95,106.651 10.951,106.65 10.95))"

FILL = f"""
CREATE TEMP TABLE spot AS SELECT i, 106.6 + (i * 7919 % {ROWS}) * 0.1 / {ROWS} AS lon,
    10.9 + (i * 104729 % {ROWS}) * 0.1 / {ROWS} AS lat FROM generate_series(1, {ROWS}) AS i;
INSERT INTO address (address_id, code, issuer, created_at)
SELECT i, lpad(i::text, 10, '0'), 'test', now() FROM spot;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT i, 1, 'current', '2026-01-01', now(), 'import', 'test',
       jsonb_build_object('kind', 'dwelling', 'commune', '["25747", "2025-07-01"]'::jsonb,
           'position', jsonb_build_array(lon, lat, 5, 'gnss', 'entrance'), 'components',
           jsonb_build_object('house_number', i::text, 'thoroughfare', 'Đường Số ' || i % 20))
FROM spot;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from, position)
SELECT i, 1, 'current', 'dwelling', 'public', '25747', '2025-07-01',
       ST_SetSRID(ST_MakePoint(lon, lat), 4326) FROM spot;
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, centre,
                      source)
SELECT 'Khu phố ' || i, 'khu pho ' || i, 'khu_pho', 'official', '25747', '2025-07-01',
       ST_SetSRID(ST_MakePoint(lon, lat), 4326), 'test' FROM spot;
INSERT INTO planning_zone (plan_id, n, code, label, area_m2, shape)
SELECT plan_id, i + 1, 'ODT', 'Đất ở', 100,
       ST_Multi(ST_MakeEnvelope(lon, lat, lon + 0.0001, lat + 0.0001, 4326)) FROM spot, plan;
"""


@pytest.fixture(scope="module")
def filled_url(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        insert_plan(url, [("ODT", shapely.box(106.6, 10.9, 106.7, 11.0))], communes=[WEST])
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(FILL.encode())
            conn.execute("VACUUM ANALYZE")
        yield url


Told = list[dict[str, Any]]


@pytest.fixture
async def conn(filled_url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(filled_url, autocommit=True) as conn:
        yield conn


async def plan_of(
    conn: psycopg.AsyncConnection[Any],
    question: str,
    collection: str = "addresses",
    principal: Principal = READER,
) -> tuple[dict[str, Any], reading.Page]:
    """Ask a question; give the server's account of how it was answered, and the answer."""
    told: list[str] = []
    conn.add_notice_handler(lambda each: told.append(each.message_primary or ""))
    for setting in (
        "LOAD 'auto_explain'",
        "SET auto_explain.log_min_duration = 0",
        "SET auto_explain.log_analyze = on",
        "SET auto_explain.log_timing = off",
        "SET auto_explain.log_format = json",
        "SET client_min_messages = log",
        "SET max_parallel_workers_per_gather = 0",
    ):
        await conn.execute(setting.encode())
    told.clear()
    pairs = [(name, value) for name, _, value in (e.partition("=") for e in question.split("&"))]
    asked = read_items(pairs, COLLECTIONS[collection])
    page = await reading.list_features(conn, principal, COLLECTIONS[collection], asked, TODAY)
    plans = [json.loads(each[each.index("{") :])["Plan"] for each in told if "{" in each]
    return plans[-1], page  # those before are of functions the planner worked out


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", []):
        yield from nodes(each)


def visited(plan: dict[str, Any]) -> int:
    """Count rows of the large tables that were looked at."""
    return sum(
        (each["Actual Rows"] + each.get("Rows Removed by Filter", 0)) * each["Actual Loops"]
        for each in nodes(plan)
        if each.get("Relation Name") in BIG
    )


@pytest.mark.parametrize(
    ("question", "collection", "index", "most"),
    [
        ("limit=100", "addresses", "address_current_pkey", 800),
        (f"limit=100&{FEW}", "addresses", "address_current_position_idx", 250),
        (f"limit=100&{MANY}", "addresses", "address_current_pkey", 800),
        ("limit=100&code=0000000777", "addresses", "address_code_key", 10),
        (
            f"limit=10&filter=S_INTERSECTS(geometry,{CORNER})",
            "addresses",
            "address_current_position_idx",
            60,
        ),
        (
            "limit=10&filter=accenti(casei(thoroughfare)) = accenti(casei('ĐUONG SO 7'))",
            "addresses",
            "address_version_pkey",
            1_500,
        ),
        ("limit=100&datetime=2026-01-10", "addresses", "address_version_pkey", 900),
        ("limit=100", "localities", "locality_pkey", 110),
        (f"limit=100&{FEW}", "localities", "locality_centre_idx", 60),
        ("limit=100", "zones", "planning_zone_pkey", 110),
        (f"limit=100&{FEW}", "zones", "planning_zone_shape_idx", 80),
    ],
)
async def test_indexes_answer(
    conn: psycopg.AsyncConnection[Any], question: str, collection: str, index: str, most: int
) -> None:
    plan, page = await plan_of(conn, question, collection)
    assert page.rows, question
    used = {each.get("Index Name") for each in nodes(plan)}
    assert index in used, used
    scanned = {each["Relation Name"] for each in nodes(plan) if each["Node Type"] == "Seq Scan"}
    assert not scanned & BIG
    assert visited(plan) <= most


@pytest.mark.parametrize("principal", [READER, OF_WEST])
async def test_a_deep_page_costs_what_the_first_does(
    conn: psycopg.AsyncConnection[Any], principal: Principal
) -> None:
    first, _ = await plan_of(conn, "limit=50", principal=principal)
    deep, page = await plan_of(conn, f"limit=50&cursor={cursor_of(ROWS - 60)}", principal=principal)
    assert [each["key"] for each in page.rows] == list(range(ROWS - 59, ROWS - 9))
    assert page.has_more
    assert visited(deep) <= 1.2 * visited(first)
    assert visited(first) <= 8 * 51


async def test_a_deep_page_does_not_join_from_the_beginning(
    conn: psycopg.AsyncConnection[Any],
) -> None:
    """A province's addresses are joined by merging, which would begin at the first of each."""
    for setting in ("enable_nestloop", "enable_hashjoin"):
        await conn.execute(f"SET {setting} = off".encode())
    for days in ("", "&datetime=2026-01-10"):
        deep, page = await plan_of(conn, f"limit=50{days}&cursor={cursor_of(ROWS - 60)}")
        assert len(page.rows) == 50
        assert visited(deep) <= 8 * 61


async def test_where_addresses_were_is_found(conn: psycopg.AsyncConnection[Any]) -> None:
    """One that lay in the window and has moved out, one that has moved in, many that stand."""
    today = await plan_of(conn, f"limit=100&{FEW}")
    stay, gone, come = (each["key"] for each in today[1].rows[:3])
    async with conn.transaction(force_rollback=True):
        for key, before, after in ((gone, "[106.6525, 10.9525]", 107.0), (come, "[107, 11]", None)):
            await conn.execute(
                "UPDATE address_version SET valid_to = '2026-01-12', document ="
                " document || jsonb_build_object('position', %s::jsonb || '[5]'::jsonb)"
                " WHERE address_id = %s",
                [before, key],
            )
            await conn.execute(
                "INSERT INTO address_version (address_id, version, status, valid_from,"
                " recorded_from, act, principal, document) SELECT address_id, 2, status,"
                " '2026-01-12', now(), 'position', 'test', document FROM address_version"
                " WHERE address_id = %s",
                [key],
            )
            await conn.execute(
                "UPDATE address_current SET version = 2, position = coalesce("
                "ST_SetSRID(ST_MakePoint(%s::float8, 11), 4326), position) WHERE address_id = %s",
                [after, key],
            )
        plan, then = await plan_of(conn, f"limit=100&datetime=2026-01-11&{FEW}")
        _, now = await plan_of(conn, f"limit=100&{FEW}")
    keys, present = ({each["key"] for each in page.rows} for page in (then, now))
    assert {stay, gone} <= keys
    assert come not in keys
    assert {stay, come} <= present
    assert gone not in present
    # versions are read once, for what has ended; all else by keys
    assert visited(plan) <= ROWS + 600


async def test_what_takes_too_long_is_refused_in_words(
    conn: psycopg.AsyncConnection[Any], filled_url: str
) -> None:
    asked = read_items([("limit", "5"), ("count", "exact")], COLLECTIONS["localities"])
    await conn.execute("SET statement_timeout = 200")
    async with await psycopg.AsyncConnection.connect(filled_url) as other:
        await other.execute("LOCK TABLE locality IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(AskingTooLong) as refused:
            await reading.list_features(conn, READER, COLLECTIONS["localities"], asked, TODAY)
        await other.rollback()
    assert "bbox" in refused.value.text("vi")
    await conn.execute("SET statement_timeout = 0")
    page = await reading.list_features(conn, READER, COLLECTIONS["localities"], asked, TODAY)
    assert page.matched == ROWS
