"""Plans over HTTP: drafts described, a file sent and stored, published, read by everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely
from plan_files_world import BOW, SOUND, check_here, geojson_of
from registry_fixtures import EAST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.clock import Clock
from addrsvc.db.doors import make_engine
from addrsvc.planning import checking_task
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

SAID = {
    "name": "Quy hoạch thử (bịa)",
    "kind": "zoning",
    "level": "commune",
    "code_list": "land-use-2024",
    "decision_number": "1/QĐ-BỊA",
    "decision_date": "2026-01-05",
    "scale": 2000,
    "is_synthetic": True,
}


@pytest.fixture
def settings(registry_url: str, tmp_path: Path) -> Settings:
    return service_settings(
        registry_url, files_dir=tmp_path / "files", file_max_bytes=2_000_000, max_body_bytes=5_000
    )


@pytest.fixture
async def planner(issue_key: IssueKey) -> dict[str, str]:
    key = await issue_key(Scope.PLANS_WRITE, areas=[WEST])
    return {"Authorization": f"Bearer {key}", "Accept-Language": "en"}


@pytest.fixture
async def other(issue_key: IssueKey) -> dict[str, str]:
    key = await issue_key(Scope.PLANS_WRITE, areas=[EAST])
    return {"Authorization": f"Bearer {key}", "Accept-Language": "en"}


def version(answer: httpx.Response) -> dict[str, str]:
    return {"If-Match": answer.headers["etag"]}


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_a_plan_from_draft_to_withdrawn(
    client: httpx.AsyncClient,
    planner: dict[str, str],
    other: dict[str, str],
    settings: Settings,
    clock: Clock,
) -> None:
    once = {**planner, "Idempotency-Key": "a"}
    made = await client.post("/v1/plans", json=SAID, headers=once)
    assert made.status_code == 201, made.text
    again = await client.post("/v1/plans", json=SAID, headers=once)
    assert (again.json(), again.headers["idempotency-replayed"]) == (made.json(), "true")
    here = made.headers["location"]
    assert (made.json()["status_name"], made.headers["etag"]) == ("Draft", '"1"')
    for headers in (other, {}):
        for path in (here, f"{here}/history", f"{here}/zones"):
            assert slug(await client.get(path, headers=headers)) == (404, "plan-unknown")
        assert (await client.get("/v1/plans", headers=headers)).json()["items"] == []
    assert slug(await client.get(f"{here}/files", headers=other)) == (404, "plan-unknown")

    bare = await client.patch(here, json={"scale": 5000}, headers=planner)
    assert slug(bare) == (428, "if-match-missing")
    wrong = {"decision_date": "2030-01-01", "name": " "}
    answer = await client.patch(here, json=wrong, headers={**planner, **version(made)})
    assert slug(answer) == (422, "plan-invalid")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/name", "/decision_date"]
    gone = await client.patch(here, json={"kind": None}, headers={**planner, **version(made)})
    assert gone.status_code == 422
    said = await client.patch(here, json={"scale": 5000}, headers={**planner, **version(made)})
    assert (said.json()["scale"], said.headers["etag"]) == (5000, '"2"')
    stale = await client.patch(here, json={"scale": 1}, headers={**planner, **version(made)})
    assert stale.status_code == 422
    stale = await client.patch(here, json={"scale": 500}, headers={**planner, **version(made)})
    assert slug(stale) == (412, "plan-stale")

    sent = await _store(client, planner, here, settings, clock)
    plan = await client.get(here, headers=planner)
    assert plan.json()["file_id"] == sent["file_id"]
    assert plan.headers["cache-control"] == "private, no-store"
    assert (plan.json()["zones"], plan.json()["communes"]) == (2, [WEST])

    publish = {"valid_from": "2026-02-01"}
    headers = {**planner, **version(plan)}
    told = await client.post(f"{here}:publish?dry_run=true", json=publish, headers=headers)
    assert told.status_code == 200, told.text
    assert (told.json()["plan"]["status"], told.json()["superseded"]) == ("draft", [])
    assert told.json()["counts_state"] == "waiting"
    done = await client.post(f"{here}:publish", json=publish, headers=headers)
    assert (done.status_code, done.json()["status"]) == (200, "published")
    await _is_public(client, here, done)
    assert slug(await client.delete(here, headers={**planner, "If-Match": "*"})) == (
        409,
        "plan-not-draft",
    )
    withdraw = {"valid_to": "2026-03-01", "reason": "sai ranh giới"}
    refused = await client.post(
        f"{here}:withdraw", json=withdraw, headers={**other, "If-Match": "*"}
    )
    assert slug(refused) == (403, "area-forbidden")
    ended = await client.post(
        f"{here}:withdraw", json=withdraw, headers={**planner, **version(done)}
    )
    assert (ended.json()["status"], ended.json()["valid_to"]) == ("withdrawn", "2026-03-01")
    acts = (await client.get(f"{here}/history", headers=planner)).json()["items"]
    assert [each["act"] for each in acts] == [
        "create",
        "describe",
        "store",
        "publish",
        "withdraw",
    ]
    assert all(each["by"].startswith("key:") for each in acts)


async def _store(
    client: httpx.AsyncClient,
    planner: dict[str, str],
    here: str,
    settings: Settings,
    clock: Clock,
) -> Any:
    """Send a file with a fault, look at what is found, send a sound one and store it."""
    faulty = await client.post(
        f"{here}/files?name=a.geojson", content=geojson_of([BOW, *SOUND]), headers=planner
    )
    assert faulty.status_code == 201, faulty.text
    assert (faulty.json()["state"], "worker" in faulty.json()["notice"]) == ("waiting", True)
    assert faulty.headers["location"] == faulty.json()["links"]["self"]
    place = faulty.headers["location"]
    assert slug(await client.get(f"{place}/marks", headers=planner)) == (
        409,
        "plan-file-not-checked",
    )
    await _work(faulty.json()["file_id"], settings, clock)
    found = (await client.get(place, headers=planner)).json()
    report = found["report"]
    assert (found["state"], report["features"], report["invalid"]) == ("checked", 3, 1)
    assert not report["can_be_stored"]
    counted = {each["fault"]: each["count"] for each in report["counts"]}
    assert counted["self-crossing"] == 1
    marks = await client.get(f"{place}/marks", headers=planner)
    assert marks.headers["content-type"] == "application/geo+json"
    assert marks.json()["features"][0]["properties"]["n"] == 1
    refused = await client.post(f"{place}:store", json={"repairs": "none"}, headers=planner)
    assert (slug(refused), refused.json()["count"]) == ((409, "plan-file-has-errors"), 1)

    large = geojson_of([*SOUND, *([SOUND[0]] * 30)])
    assert len(large) > settings.max_body_bytes, "no body of another route"
    for content, name, refusal in (
        (b"", "a.zip", (422, "file-nothing-in")),
        (large, "a.dgn", (422, "plan-format-unknown")),
        (b"x" * 2_000_001, "a.zip", (413, "file-too-large")),
    ):
        answer = await client.post(f"{here}/files?name={name}", content=content, headers=planner)
        assert slug(answer) == refusal
    sent = await client.post(
        f"{here}/files?name=b.geojson&code_column=MaLoaiDat",
        content=geojson_of(SOUND),
        headers={**planner, "Idempotency-Key": "f"},
    )
    again = await client.post(
        f"{here}/files?name=b.geojson&code_column=MaLoaiDat",
        content=geojson_of(SOUND),
        headers={**planner, "Idempotency-Key": "f"},
    )
    assert again.json()["file_id"] == sent.json()["file_id"]
    await _work(sent.json()["file_id"], settings, clock)
    place = sent.headers["location"]
    asked = await client.post(f"{place}:store", json={}, headers=planner)
    assert (asked.status_code, asked.json()["state"]) == (202, "storing")
    await _work(sent.json()["file_id"], settings, clock)
    listed = (await client.get(f"{here}/files", headers=planner)).json()["items"]
    assert sorted(each["state"] for each in listed) == ["checked", "stored"]
    return sent.json()


async def _work(file_id: str, settings: Settings, clock: Clock) -> None:
    engine = make_engine(settings)
    try:
        await checking_task.run(engine, settings, clock, file_id=file_id, check=check_here)
    finally:
        await engine.dispose()


async def _is_public(client: httpx.AsyncClient, here: str, done: httpx.Response) -> None:
    """Everybody sees a published plan, and its drafts' past nobody."""
    seen = await client.get(here, headers={"Accept-Language": "vi"})
    assert seen.json()["status_name"] == "Đã công bố"
    assert seen.headers["etag"].startswith(done.headers["etag"].rstrip('"'))
    assert seen.json()["is_synthetic"]
    assert "tham khảo" in seen.json()["notice"]
    assert not {"created_by", "changed_by", "file_id"} & set(seen.json())
    assert seen.headers["cache-control"] == "no-cache"
    same = await client.get(here, headers={"If-None-Match": seen.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    acts = (await client.get(f"{here}/history")).json()["items"]
    assert [(each["act"], "by" in each) for each in acts] == [("publish", False)]
    first = await client.get(f"{here}/zones?limit=1", headers={"Accept-Language": "vi"})
    assert first.headers["content-type"] == "application/geo+json"
    (zone,) = first.json()["features"]
    assert (zone["properties"]["code"], zone["properties"]["name"]) == ("ODT", "Đất ở tại đô thị")
    assert shapely.from_geojson(str(zone["geometry"]).replace("'", '"')).equals(
        shapely.MultiPolygon([SOUND[0][1]])
    )
    assert (zone["properties"]["attributes"]["ten"], first.json()["next"]) == ("ODT 1", 1)
    rest = await client.get(f"{here}/zones?cursor=1")
    assert [each["id"] for each in rest.json()["features"]] == [2]
    assert rest.json()["next"] is None
    tag = {"If-None-Match": rest.headers["etag"]}
    assert (await client.get(f"{here}/zones?cursor=1", headers=tag)).status_code == 304
    number = seen.json()["plan_id"]
    for query, found in (
        ("", [number]),
        ("?status=published&kind=zoning&level=commune&commune=25747", [number]),
        ("?at=2026-02-01&bbox=106.6,10.9,106.7,11", [number]),
        ("?at=2026-01-31", []),
        ("?bbox=107,10,108,11", []),
    ):
        items = (await client.get(f"/v1/plans{query}")).json()["items"]
        assert [each["plan_id"] for each in items] == found, query


async def test_who_may_not_plan_is_refused(
    client: httpx.AsyncClient, planner: dict[str, str], issue_key: IssueKey
) -> None:
    reader = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    for headers, refusal in (({}, 401), (reader, 403)):
        assert (await client.post("/v1/plans", json=SAID, headers=headers)).status_code == refusal
        for method, path in (
            ("PATCH", "/v1/plans/1"),
            ("DELETE", "/v1/plans/1"),
            ("GET", "/v1/plans/1/files"),
            ("POST", "/v1/plans/1/files?name=a.gpkg"),
        ):
            sent = {**headers, "If-Match": "*", "Content-Type": "application/json"}
            content = None if method == "GET" else b"{}"
            answer = await client.request(method, path, headers=sent, content=content)
            assert answer.status_code == refusal, path
    made = await client.post("/v1/plans", json=SAID, headers=planner)
    here = made.headers["location"]
    unseen = "a\x00b"
    anyhow = {**planner, "If-Match": "*"}
    for method, path, body in (
        ("POST", "/v1/plans", {**SAID, "note": unseen}),
        ("PATCH", here, {"issuer": unseen}),
        ("POST", f"{here}:withdraw", {"valid_to": "2026-03-01", "reason": unseen}),
        ("POST", f"{here}/files?name=a.gpkg&layer=a%00b", None),
        ("POST", f"{here}/files?name=a.gpkg&code_column=a%00b", None),
        ("POST", f"{here}/files?name=a.gpkg&crs=a%00b", None),
    ):
        answer = await client.request(method, path, json=body, headers=anyhow)
        assert answer.status_code == 422, path
    gone = await client.delete(here, headers={**planner, **version(made)})
    assert (gone.status_code, gone.content) == (204, b"")
    assert slug(await client.get(here, headers=planner)) == (404, "plan-unknown")
    acts = (await client.get(f"{here}/history", headers=planner)).json()["items"]
    assert [each["act"] for each in acts] == ["create", "discard"]
