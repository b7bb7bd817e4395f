"""What a plan changes, over HTTP: who asks, who sees it, and how it is told; all invented."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
import shapely
from bulk_acts_world import house
from planning_world import insert_plan
from registry_fixtures import EAST, WEST, IssueKey
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Scope, command_line
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.proposals.counting import count_linked
from addrsvc.planning.changes.comparing import work_out
from addrsvc.planning.changes.mending import mend_lost
from addrsvc.registry import service as registry
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

LEFT, RIGHT = shapely.box(106.60, 10.94, 106.65, 10.96), shapely.box(106.65, 10.94, 106.70, 10.96)
HOSTILE = "=HYPERLINK(1)"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


async def work(engine: AsyncEngine, settings: Settings, answer: httpx.Response) -> None:
    number = answer.json()["comparison"]
    await work_out(engine, settings, SystemClock(), comparison_id=number, count_linked=count_linked)


async def test_planners_have_changes_worked_out_and_everybody_sees_them(
    registry_url: str,
    client: httpx.AsyncClient,
    issue_key: IssueKey,
    engine: AsyncEngine,
    settings: Settings,
) -> None:
    old = insert_plan(registry_url, [("CLN", LEFT), (HOSTILE, RIGHT)], status="superseded")
    new = insert_plan(registry_url, [("ODT", LEFT)], replaces=[old], communes=[WEST])
    async with transaction(engine) as conn:
        who = command_line("test")
        await registry.assign_address(conn, who, house(106.62, number="1"), SystemClock())
    url = f"/v1/plans/{new}/changes"
    planner = {"Authorization": f"Bearer {await issue_key(Scope.PLANS_WRITE)}"}

    nothing = (await client.get(url)).json()
    assert (nothing["state"], nothing["changes"]) == ("none", None)
    assert "counts" not in nothing
    early = await client.get(url, params={"format": "csv"})
    assert (early.status_code, early.json()["type"]) == (409, "/problems/plan-changes-not-ready")
    assert (await client.post(url, json={})).status_code == 401
    asked = await client.post(url, json={}, headers=planner)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    await work(engine, settings, asked)

    found = (await client.get(url, headers={"Accept-Language": "vi"})).json()
    assert (found["state"], found["is_synthetic"]) == ("done", True)
    assert [each["plan_id"] for each in found["against"]] == [old]
    assert {"name", "kind", "level", "decision_number", "scale", "valid_from"} <= found[
        "plan"
    ].keys()
    assert found["notice"].startswith("Thông tin chỉ để tham khảo")
    first, second = sorted(found["changes"]["rows"], key=lambda row: row["after"] is None)
    assert first["before"]["code"] == "CLN"
    assert first["after"]["name"] == "Đất ở tại đô thị"
    assert first["percent"] == pytest.approx(100)
    assert (second["before"]["code"], second["after"], second["percent"]) == (HOSTILE, None, None)
    assert "counts" not in found

    told = (await client.get(url, headers=planner)).json()
    assert told["counts"] == {
        "addresses": 1,
        "dossiers": 0,
        "proposals": 0,
        "communes": [{"commune": WEST, "addresses": 1, "dossiers": 0}],
    }
    assert told["told"] == []

    file = await client.get(url, headers={"Accept": "text/csv"}, params={"lang": "vi"})
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert not any(cell.startswith("=") for line in lines for cell in line), "no formula"
    assert [line[0].endswith(HOSTILE) for line in lines[1:3]].count(True) == 1
    texts = "\n".join(line[0] for line in lines)
    assert "12/QĐ-BỊA" in texts
    assert "giả lập" in texts
    assert "Thông tin chỉ để tham khảo" in texts


async def test_drafts_are_compared_by_planners_of_their_communes_only(
    registry_url: str, client: httpx.AsyncClient, issue_key: IssueKey, engine: AsyncEngine
) -> None:
    old = insert_plan(registry_url, [("CLN", LEFT)])
    draft = insert_plan(registry_url, [("ODT", LEFT)], status="draft", communes=[WEST])
    keys = [await issue_key(Scope.PLANS_WRITE, areas=[each]) for each in (WEST, EAST)]
    here, elsewhere = ({"Authorization": f"Bearer {key}"} for key in keys)
    url, back = f"/v1/plans/{draft}/changes", f"/v1/plans/{old}/changes"

    for headers in ({}, elsewhere):
        assert (await client.get(url, headers=headers)).status_code == 404
        behind = await client.get(back, headers=headers, params={"against": f"{draft}"})
        assert (behind.status_code, behind.json()["type"]) == (404, "/problems/plan-unknown")
    assert (await client.post(url, json={}, headers=elsewhere)).status_code == 404
    asked = await client.post(url, json={"against": [old, old]}, headers=here)
    assert [each["plan_id"] for each in asked.json()["against"]] == [old]
    assert (await client.get(url, headers=here)).json()["state"] == "none", "against nothing"
    known = await client.get(url, headers=here, params={"against": f"{old}"})
    assert known.json()["state"] == "waiting"

    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE queue.procrastinate_jobs SET status = 'failed', queueing_lock = NULL")
    await mend_lost(engine)
    failed = (await client.get(url, headers=here, params={"against": f"{old}"})).json()
    assert (failed["state"], failed["problem"]["type"]) == (
        "failed",
        "/problems/plan-comparison-given-up",
    )
    again = (await client.post(url, json={"against": [old]}, headers=here)).json()
    assert (again["state"], again["problem"]) == ("waiting", None)

    for against, slug in (
        (f"{draft}", "plan-compared-with-itself"),
        ("a,b", "plan-against-unreadable"),
        (",".join(map(str, range(100, 160))), "plan-compared-with-too-many"),
    ):
        refused = await client.get(url, headers=here, params={"against": against})
        assert (refused.status_code, refused.json()["type"]) == (422, f"/problems/{slug}")
    assert (await client.post(url, json={"against": "1"}, headers=here)).status_code == 422
