"""Pages of planning over HTTP: what anybody asks, and a planner's forms from draft to withdrawn."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import shapely
from argon2 import PasswordHasher
from fastapi import FastAPI
from plan_files_world import BOW, SOUND, check_here, geojson_of
from planning_world import insert_plan
from registry_fixtures import EAST, WEST
from service_settings import service_settings

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import Clock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.planning import checking_task
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

ORIGIN = {"Origin": "http://test"}
PASSWORD = "bốn con cá bơi ngược"
SAID = {
    "name": "Quy hoạch <i> (bịa)",
    "kind": "land_use",
    "level": "commune",
    "code_list": "land-use-2024",
    "decision_number": "1/QĐ-BỊA",
    "decision_date": "2026-01-05",
    "scale": "1:2.000",
}
CORNERS = "1 1211058.35 598071.18\n2 1211078.35 598071.18\n3 1211078.35 598081.18"


@pytest.fixture
def settings(registry_url: str, tmp_path: Path) -> Settings:
    return service_settings(registry_url, files_dir=tmp_path / "files")


@pytest.fixture
async def signed_in(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings, clock: Clock
) -> httpx.AsyncClient:
    """Give a client with the session of an invented planner of WEST; ``dong`` is one of EAST."""
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    app.state.passwords = quick
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        for login, role, area in (
            ("tay", Role.PLANNER, WEST),
            ("dong", Role.PLANNER, EAST),
            ("lan", Role.REGISTRAR, WEST),
        ):
            await accounts.create_account(
                conn,
                command_line("test"),
                quick,
                login=login,
                display_name="Trần Thị Bịa",
                at=clock.now(),
                roles=[role],
                areas=[area],
                password=PASSWORD,
            )
    await engine.dispose()
    await sign_in(client, "tay")
    return client


async def sign_in(client: httpx.AsyncClient, login: str) -> None:
    client.cookies.clear()
    form = {"login": login, "password": PASSWORD}
    assert (await client.post("/sign-in", data=form, headers=ORIGIN)).status_code == 303


async def press(client: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/plans")).text)
    assert found is not None
    return await client.post(path, data={"csrf": found[1], **form}, headers=ORIGIN)


async def test_what_is_planned_is_asked_on_one_page(
    client: httpx.AsyncClient, registry_url: str
) -> None:
    zones = [("ODT", shapely.box(106.64, 10.94, 106.66, 10.96))]
    plan_id = insert_plan(registry_url, zones, communes=[WEST])

    async def ask(q: str, **more: str) -> httpx.Response:
        return await client.get("/planning", params={"q": q, **more})

    assert "X-Robots-Tag" not in (await client.get("/planning")).headers
    answer = await ask("10.95, 106.65")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    assert "Đất ở tại đô thị" in answer.text
    assert "/v1/planning/print?lat=10.9500000" in answer.text
    assert "noindex" in answer.headers["x-robots-tag"]
    metres = await ask("1211058.35 598071.18", zone="9210")
    assert "Đã đọc X là Bắc" in metres.text
    for q, more, status, said in (
        ("51.5, 0.1", {}, 422, "không nằm ở Việt Nam"),
        ("1500000 598371", {}, 422, "hãy chọn tỉnh"),
        ("10.95, 106.65", {"day": "x"}, 422, "không phải một ngày"),
        ("7512300000", {}, 404, "q-problem"),
        ("75123-00000-0", {}, 422, "q-problem"),
    ):
        refused = await ask(q, **more)
        assert (q, refused.status_code) == (q, status)
        assert said in refused.text
    plot = await client.post("/planning", data={"corners": CORNERS})
    assert "3 đỉnh, rộng 100 m²" in plot.text
    assert plot.headers["cache-control"] == "private, no-store"
    printed = await client.post("/planning/print", data={"corners": CORNERS})
    assert printed.content.startswith(b"%PDF")
    for path, sent, status, said in (
        ("/planning", "x", 422, "Chỉ đọc được 0 đỉnh"),
        ("/planning", "1" * 50_000, 413, "Nhiều chữ quá"),
        ("/planning", CORNERS.replace("12110", "20110"), 422, "hãy chọn tỉnh"),
        ("/planning/print", "x", 422, "Chỉ đọc được 0 đỉnh"),
    ):
        refused = await client.post(path, data={"corners": sent})
        assert (refused.status_code, said in refused.text) == (status, True)
    assert (await client.post("/planning", json={})).status_code == 422
    late = await client.post("/planning", data={"corners": CORNERS, "day": "x"})
    assert "corners-day-problem" in late.text

    filters = {"kind": "land_use", "level": "x", "commune": WEST, "day": "2026-02-01"}
    listed = await client.get("/plans", params=filters)
    assert f'href="/plans/{plan_id}"' in listed.text
    nothing = await client.get("/plans", params={"status": "withdrawn", "day": "y"})
    assert "Không có quy hoạch nào" in nothing.text
    page = await client.get(f"/plans/{plan_id}")
    assert f'src="/v1/plans/{plan_id}/map?lang=vi"' in page.text
    assert "Việc của người lập quy hoạch" not in page.text
    assert [(await client.get(path)).status_code for path in ("/plans/x", "/plans/99")] == [404] * 2


async def test_a_planner_works_by_forms_alone(
    signed_in: httpx.AsyncClient, settings: Settings, clock: Clock, registry_url: str
) -> None:
    client = signed_in
    before = insert_plan(registry_url, SOUND, code_list="land-use-2024", communes=[WEST])
    here = await describe(client)
    file_id = await send_and_store(client, here, settings, clock)
    await keep_from_others(client, here, file_id)
    page = await publish(client, here, before)
    await withdraw(client, here, page)


async def describe(client: httpx.AsyncClient) -> str:
    assert "Lập bản nháp quy hoạch" in (await client.get("/plans/new")).text
    wrong = await press(client, "/plans/new", **{**SAID, "scale": "x", "kind": "y"})
    assert (wrong.status_code, "scale-problem" in wrong.text) == (422, True)
    wrong = await press(client, "/plans/new", **{**SAID, "decision_date": "2999-01-01"})
    assert "decision_date-problem" in wrong.text
    made = await press(client, "/plans/new", **SAID)
    here = made.headers["location"]
    assert "Quy hoạch &lt;i&gt; (bịa)" in (await client.get(here)).text
    assert 'value="2000"' in (await client.get(f"{here}/edit")).text
    wrong = await press(client, f"{here}/describe", **{**SAID, "period_to": "1"}, version="1")
    assert "period_to-problem" in wrong.text
    stale = await press(client, f"{here}/describe", **SAID, version="9")
    assert stale.status_code == 412
    assert (await press(client, f"{here}/describe", **SAID, version="1")).status_code == 303
    early = await client.get(f"{here}/publish")
    assert "Chưa lưu vùng quy hoạch nào" in early.text
    return str(here)


async def send_and_store(
    client: httpx.AsyncClient, here: str, settings: Settings, clock: Clock
) -> str:
    body = geojson_of([*SOUND, BOW])
    token = re.search(r'data-csrf="([^"]+)"', (await client.get(here)).text)
    assert token is not None
    sent = await client.post(
        f"/v1{here}/files?name={quote('vùng <b>.geojson')}",
        content=body,
        headers={**ORIGIN, "X-CSRF-Token": token[1]},
    )
    file_id = sent.json()["file_id"]
    file = f"{here}/files/{file_id}"
    assert "addrsvc worker --queues files" in (await client.get(file)).text
    await work(settings, clock, file_id)
    report = (await client.get(file)).text
    assert "vùng &lt;b&gt;.geojson" in report
    assert "Đường biên tự cắt" in report
    left = await press(client, f"{file}/store", **{"accept.3": "1"})
    assert (left.status_code, "Còn 1 vùng lỗi" in left.text) == (409, True)
    assert (await press(client, f"{file}/store", leave_out="1")).headers["location"] == file
    await work(settings, clock, file_id)
    assert "đã được lưu vào bản nháp" in (await client.get(file)).text
    return str(file_id)


async def keep_from_others(client: httpx.AsyncClient, here: str, file_id: str) -> None:
    await sign_in(client, "dong")
    for path in ("", "/edit", "/publish", f"/files/{file_id}"):
        assert (await client.get(f"{here}{path}")).status_code == 404
    assert (await press(client, f"{here}/discard", version="1")).status_code == 404
    await sign_in(client, "tay")


async def publish(client: httpx.AsyncClient, here: str, before: int) -> str:

    assert (
        f'name="replaces.{before}" value="1" checked' in (await client.get(f"{here}/publish")).text
    )
    for day, said in (("x", "day-problem"), ("2026-01-01", "day-problem")):
        assert said in (await client.get(f"{here}/publish?day={day}")).text
    chosen = {"day": "2026-03-01", f"replaces.{before}": "1"}
    ahead = await client.get(f"{here}/publish", params=chosen)
    assert "Đang đếm địa chỉ và hồ sơ" in ahead.text
    version = re.search(r'name="version" value="(\d+)"', ahead.text)
    assert version is not None
    bad = await press(client, f"{here}/publish", version=version[1], day="2026-01-01")
    assert (bad.status_code, "day-problem" in bad.text) == (422, True)
    done = await press(client, f"{here}/publish", version=version[1], **chosen)
    assert done.headers["location"] == here
    page = (await client.get(here)).text
    assert "Đã công bố" in page
    assert f'href="/plans/{before}"' in page
    assert (await client.get(f"{here}/edit")).status_code == 409
    return page


async def withdraw(client: httpx.AsyncClient, here: str, page: str) -> None:
    assert (await press(client, f"{here}/nothing")).status_code == 404
    current = re.search(r'name="version" value="(\d+)"', page)
    assert current is not None
    wrong = await press(client, f"{here}/withdraw", version=current[1], day="x")
    assert wrong.text.count("withdraw-day-problem") == 2
    early = await press(
        client, f"{here}/withdraw", version=current[1], day="2026-01-01", reason="Bịa"
    )
    assert "withdraw-day-problem" in early.text
    gone = await press(
        client, f"{here}/withdraw", version=current[1], day="2026-09-01", reason="Bịa <u>"
    )
    assert gone.headers["location"] == here
    assert "Bịa &lt;u&gt;" in (await client.get(here)).text


async def work(settings: Settings, clock: Clock, file_id: str) -> None:
    engine = make_engine(settings)
    await checking_task.run(engine, settings, clock, file_id=file_id, check=check_here)
    await engine.dispose()


async def test_pages_of_planners_are_for_them(signed_in: httpx.AsyncClient) -> None:
    client = signed_in
    made = await press(client, "/plans/new", **SAID)
    here = made.headers["location"]
    assert (await press(client, f"{here}/discard", version="1")).headers["location"] == "/plans"
    assert (await client.get(here)).status_code == 404
    assert (await client.get(f"{here}/files/x")).status_code == 404
    assert (await client.post("/plans/new", data=SAID, headers=ORIGIN)).status_code == 403
    await sign_in(client, "lan")
    for path in ("/plans/new", "/plans/1/edit", "/plans/1/publish"):
        assert (await client.get(path)).status_code == 403
    assert "/plans/new" not in (await client.get("/plans")).text
    client.cookies.clear()
    for path in ("/plans/new", "/plans/1/edit", "/plans/1/publish", "/plans/1/files/x"):
        assert (await client.get(path)).headers["location"].startswith("/sign-in?next=")
