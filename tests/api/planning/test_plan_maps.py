"""Tiles and maps of plans over HTTP: who gets them, and how they are kept by who asks again."""

from __future__ import annotations

import gzip
from datetime import date

import httpx
import psycopg
import pytest
import shapely
from planning_world import insert_plan
from registry_fixtures import EAST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.planning.changes.repository import zones_mark
from addrsvc.planning.maps.preparing import prepare_tiles
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

ZONES = [
    ("ODT", shapely.box(106.60, 10.90, 106.61, 10.91)),
    ("XYZ", shapely.box(106.61, 10.90, 106.62, 10.91)),
]
TILE = "tiles/14/13043/7692"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


async def _prepare(url: str, *plan_ids: int) -> None:
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        for each in plan_ids:
            await prepare_tiles(conn, each)
    await engine.dispose()


async def test_tiles(registry_url: str, client: httpx.AsyncClient) -> None:
    published = insert_plan(registry_url, ZONES, communes=[WEST])
    await _prepare(registry_url, published)
    url = f"/v1/plans/{published}/{TILE}"

    plain = await client.get(url, headers={"Accept-Encoding": "identity"})
    assert plain.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert b"XYZ" in plain.content
    assert plain.headers["cache-control"] == "public, max-age=86400"
    assert plain.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in plain.headers

    async with client.stream("GET", f"{url}.mvt") as answer:
        raw = b"".join([each async for each in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert answer.headers["etag"] != plain.headers["etag"]
    assert answer.headers["vary"] == "Accept-Encoding"

    tag = answer.headers["etag"]
    again = await client.get(url, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE plan SET version = version + 1 WHERE plan_id = %s", [published])
    changed = await client.get(url, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.content) == (200, plain.content)

    empty = await client.get(f"/v1/plans/{published}/tiles/14/0/0")
    assert (empty.status_code, empty.content) == (200, b"")
    for wrong in ("4/0/0", "19/0/0", "14/16384/0", "14/0/999999999"):
        refused = await client.get(f"/v1/plans/{published}/tiles/{wrong}")
        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/tile-unknown")
    assert (await client.get(f"/v1/plans/{published}/tiles/14/a/b")).status_code == 422
    assert (await client.get(f"/v1/plans/999999/{TILE}")).status_code == 404


async def test_a_draft_is_shown_to_planners_of_its_communes_and_by_its_key(
    registry_url: str, client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    draft = insert_plan(registry_url, ZONES, status="draft", communes=[WEST])
    await _prepare(registry_url, draft)
    with psycopg.connect(registry_url) as conn:
        found = conn.execute("SELECT view_key FROM plan WHERE plan_id = %s", [draft]).fetchone()
    assert found is not None
    key = str(found[0])
    here = await issue_key(Scope.PLANS_WRITE, areas=[WEST])
    elsewhere = await issue_key(Scope.PLANS_WRITE, areas=[EAST])
    other = await issue_key(Scope.ADDRESSES_WRITE)
    url = f"/v1/plans/{draft}/{TILE}"
    for given in (None, elsewhere, other):
        headers = {} if given is None else {"Authorization": f"Bearer {given}"}
        for path in (url, f"{url}?key={draft}", f"{url}?key=%C4%90"):
            hidden = await client.get(path, headers=headers)
            assert (hidden.status_code, hidden.json()["type"]) == (404, "/problems/plan-unknown")
            # a map is told why there is no tile, though its frame is of no origin
            assert hidden.headers["access-control-allow-origin"] == "*"
    seen = await client.get(url, headers={"Authorization": f"Bearer {here}"})
    assert b"XYZ" in seen.content
    assert "access-control-allow-origin" not in seen.headers
    assert seen.headers["cache-control"] == "private, no-cache"
    by_key = await client.get(f"{url}?key={key}")
    assert by_key.content == seen.content
    assert by_key.headers["access-control-allow-origin"] == "*"
    assert by_key.headers["cache-control"] == "private, no-cache"


async def test_maps_and_changes(
    registry_url: str, client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    before = insert_plan(registry_url, ZONES, communes=[WEST], valid_to=date(2026, 1, 10))
    plan = insert_plan(registry_url, ZONES, communes=[WEST], replaces=[before])
    draft = insert_plan(registry_url, ZONES, status="draft", communes=[WEST])
    waiting = await client.get(f"/v1/plans/{plan}/changes/map")
    assert (waiting.status_code, waiting.json()["type"]) == (
        409,
        "/problems/plan-changes-not-ready",
    )
    nothing = await client.get(f"/v1/plans/{plan}/changes/{TILE}")
    assert (nothing.status_code, nothing.content) == (200, b"")
    with psycopg.connect(registry_url) as conn:
        mark = await _mark(registry_url, [plan, before])
        conn.execute(
            """WITH made AS (
                INSERT INTO plan_comparison (plan_id, before_ids, state, mark, found, asked_at,
                                             asked_by, done_at)
                VALUES (%s, ARRAY[%s]::bigint[], 'done', %s,
                        '{"rows": [], "before_m2": 1, "after_m2": 1}', now(), 'key:a', now())
                RETURNING comparison_id)
            INSERT INTO planning_change
            SELECT comparison_id, %s, 'LUC', 'ODT', 5000,
                   ST_MakeEnvelope(106.6, 10.9, 106.61, 10.91, 4326)
            FROM made""",
            [plan, before, mark, plan],
        )
    tile = await client.get(f"/v1/plans/{plan}/changes/{TILE}")
    assert b"LUC" in tile.content
    assert tile.headers["cache-control"] == "public, no-cache"
    tag = {"If-None-Match": tile.headers["etag"]}
    assert (await client.get(f"/v1/plans/{plan}/changes/{TILE}", headers=tag)).status_code == 304
    other = await client.get(f"/v1/plans/{plan}/changes/{TILE}?against=")
    assert other.content == b""
    # who may not see one of both, sees nothing of their difference
    hidden = await client.get(f"/v1/plans/{plan}/changes/{TILE}?against={draft}")
    assert hidden.status_code == 404
    assert (await client.get(f"/v1/plans/{plan}/changes/map?against={draft}")).status_code == 404

    for path in (f"/v1/plans/{plan}/map?lang=en", f"/v1/plans/{plan}/changes/map?lang=en"):
        answer = await client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'; sandbox allow-scripts" in policy
        assert "unsafe" not in policy
        assert "For reference only" in answer.text
        assert f"/v1/plans/{plan}/changes/tiles/{{tile}}?against={before}" in answer.text
        assert "key=" not in answer.text
        again = await client.get(path)
        assert again.headers["content-security-policy"] != policy
    assert (await client.get(f"/v1/plans/{draft}/map")).status_code == 404
    here = await issue_key(Scope.PLANS_WRITE, areas=[WEST])
    shown = await client.get(f"/v1/plans/{draft}/map", headers={"Authorization": f"Bearer {here}"})
    assert f"/v1/plans/{draft}/tiles/{{tile}}?key=" in shown.text
    assert shown.headers["cache-control"] == "no-store"


async def _mark(url: str, plan_ids: list[int]) -> str:
    """Give what a comparison of plans as they stand is marked with."""
    async with await psycopg.AsyncConnection.connect(url) as conn:
        return await zones_mark(conn, plan_ids)
