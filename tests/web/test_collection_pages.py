"""Pages of supervisors of field collection in a real browser. All addresses and people invented."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from collection_world import (
    COLLECTOR,
    PASSWORD,
    SUPERVISOR,
    apart,
    enrol,
    fields_of,
    open_accounts,
    photo_of,
    picture,
    position_of,
)
from collection_world import sign_in as sign_in_there
from playwright.sync_api import Page, expect
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.auth.service import create_device
from addrsvc.clock import SystemClock
from addrsvc.collection.model import Act
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Locality, Marks, Method, Position
from addrsvc.types import LonLat

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

TELEPHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
HOSTILE = "Đường <b>Bịa</b> ${1}"
SHOTS = os.environ.get("ADDRSVC_SHOTS")
"""A folder for pictures, for whoever wants to look."""


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        apart(_fill(url))
        with serve_app(url, demo="true") as base:
            yield base


async def _fill(url: str) -> None:
    await open_accounts(url, [SUPERVISOR, COLLECTOR], areas=["25747"])
    engine, someone, clock = make_engine(service_settings(url)), command_line("t"), SystemClock()
    codes = []
    async with transaction(engine) as conn:
        for number in range(24):
            wanted = AssignAddress(
                kind=Kind.DWELLING,
                source="thử",
                components=Components(
                    house_number=str(number + 1),
                    thoroughfare=HOSTILE if number % 2 else "Đường Lê Lợi",
                    localities=(Locality("khu_pho", str(1 + number // 12)),),
                ),
                position=Position(
                    LonLat(106.65 + number * 4e-4, 10.95 + number % 3 * 5e-4),
                    4.5,
                    Method.GNSS,
                    Marks.ENTRANCE,
                ),
            )
            codes.append((await service.assign_address(conn, someone, wanted, clock)).code)
        key = await create_device(
            conn,
            someone,
            name="Máy <i>một</i>",
            held_by=f"account:{COLLECTOR}",
            areas=["25747"],
            expires_at=clock.now() + timedelta(days=9),
            at=clock.now(),
        )
    await engine.dispose()
    with psycopg.connect(url) as conn_:
        task = uuid4()
        conn_.execute(
            "INSERT INTO collection_task (task_id, title, kind, commune_code, named, assigned_to,"
            " due_on, note, created_by, created_at, changed_at) VALUES (%s, %s, 'locality',"
            " '25747', '[\"khu_pho\", \"1\"]', %s, %s, 'Đi <b>cùng</b>', 'account:lan',"
            " now(), now())",
            [task, "Khu phố 1 <i>x</i>", f"account:{COLLECTOR}", datetime(2026, 1, 1, tzinfo=UTC)],
        )
        for number, (act, state) in enumerate(
            [("correct", "accepted")] * 5
            + [("nobody-home", "accepted"), ("gone", "received"), ("correct", "needs-you")]
            + [("add", "received"), ("add", "quarantined")]
        ):
            conn_.execute(
                "INSERT INTO submission (submission_id, device, task_id, act, revision, state,"
                " waits_for, commune_code, address_id, position, accuracy_m, made_at, received_at,"
                " note) VALUES (%s, %s, %s, %s, 1, %s, %s, '25747',"
                " (SELECT address_id FROM address WHERE code = %s),"
                " ST_SetSRID(ST_MakePoint(106.652 + %s * 0.0003, 10.9515), 4326), 4, now(), now(),"
                " %s)",
                [
                    (record := uuid4()),
                    key.split("_")[1],
                    task,
                    act,
                    state,
                    "review" if state == "received" else None,
                    None if act == "add" else codes[number],
                    number,
                    "Xem lại <b>số nhà</b>" if state == "needs-you" else None,
                ],
            )
            conn_.execute(
                "INSERT INTO submission_revision (submission_id, revision, payload, sha256,"
                " received_at) VALUES (%s, 1, '{}', %s, now())",
                [record, bytes(32)],
            )


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/collection")
    page.get_by_label("Tên đăng nhập").fill(SUPERVISOR)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Thu thập địa chỉ tại chỗ")).to_be_visible()


def expect_fits(page: Page) -> None:
    wide = page.locator("html").evaluate("it => it.scrollWidth - it.clientWidth")
    assert wide <= 0, page.url


def shoot(page: Page, name: str) -> None:
    expect_fits(page)
    if SHOTS:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)


def test_tasks_are_made_given_and_closed_without_scripts(site: str, browser_page: OpenPage) -> None:
    page = browser_page(
        viewport=TELEPHONE, java_script_enabled=False, expected_problems=("409", "412", "422")
    )
    sign_in(page, site)
    shoot(page, "list")
    first = page.locator("ul.tasks > li", has_text="Khu phố 1 <i>x</i>")
    expect(first).to_contain_text("8 trong 12 địa chỉ")
    expect(first).to_contain_text("Quá hạn")
    expect(first).to_contain_text("Nguyễn Văn Bịa")
    # by localities: one has a task already
    page.get_by_label("Khu phố 1").check()
    page.get_by_label("Khu phố 2").check()
    making = page.locator("#make")
    making.get_by_label("Người thu thập").select_option(label="Nguyễn Văn Bịa")
    making.get_by_label("Hạn").fill("2030-01-31")
    page.get_by_role("button", name="Tạo nhiệm vụ cho phần đã đánh dấu").first.click()
    expect(page.locator(".notice-good")).to_contain_text("Đã tạo 1 nhiệm vụ. 1 phần đã có")
    made = page.locator("ul.tasks > li", has_text="Khu phố 2")
    expect(made).to_contain_text("0 trong 12 địa chỉ")
    # a shape that was pasted, wrong and right
    page.get_by_text("Vẽ vùng").click()
    page.get_by_label("Hình GeoJSON").fill('{"type": "Polygon", "coordinates": [[[0, 0]]]}')
    page.get_by_role("button", name="Tạo nhiệm vụ cho vùng này").click()
    expect(page.get_by_role("alert")).to_be_visible()
    ring = "[[[106.649,10.949],[106.652,10.949],[106.652,10.952],[106.649,10.949]]]"
    page.get_by_label("Hình GeoJSON").fill(f'{{"type": "Polygon", "coordinates": {ring}}}')
    page.get_by_label("Tên (không bắt buộc)").fill("Góc <b>chợ</b>")
    page.get_by_role("button", name="Tạo nhiệm vụ cho vùng này").click()
    expect(page.locator(".notice-good")).to_contain_text("Đã tạo 1 nhiệm vụ.")
    page.get_by_role("link", name="Góc <b>chợ</b>").click()
    expect(page.get_by_role("heading", name="Góc <b>chợ</b>")).to_be_visible()
    page.get_by_label("Lời dặn").fill("Gặp tổ trưởng")
    page.get_by_label("Người thu thập").select_option(label="Nguyễn Văn Bịa")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator(".notice-good")).to_contain_text("Đã lưu")
    expect(page.get_by_label("Lời dặn")).to_have_value("Gặp tổ trưởng")
    page.get_by_role("button", name="Đóng nhiệm vụ").click()
    expect(page.get_by_role("button", name="Mở lại nhiệm vụ")).to_be_visible()
    page.get_by_role("button", name="Mở lại nhiệm vụ").click()
    expect(page.get_by_role("button", name="Đóng nhiệm vụ")).to_be_visible()
    # figures and phones
    page.goto(f"{site}/collection/quality")
    row = page.locator("table.figures tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Nguyễn Văn Bịa")
    shoot(page, "quality")
    page.goto(f"{site}/collection/devices")
    phone = page.locator("ul.devices > li")
    expect(phone).to_contain_text("Máy <i>một</i>")
    expect(phone).to_contain_text("Nguyễn Văn Bịa")
    shoot(page, "devices")
    phone.get_by_text("Báo mất").first.click()
    phone.get_by_role("button", name="Báo mất, khóa máy").click()
    expect(phone).to_contain_text("Đã khóa")


def test_an_area_is_drawn_and_progress_is_seen_on_maps(site: str, browser_page: OpenPage) -> None:
    page = browser_page(viewport=DESK)
    sign_in(page, site)
    page.get_by_text("Vẽ vùng").click()
    page.get_by_role("button", name="Vẽ trên bản đồ").click()
    page.locator("#map[data-state=drawn]").wait_for()
    canvas = page.locator("#map canvas")
    for x, y in ((500, 150), (640, 160), (620, 300), (10, 10)):
        canvas.click(position={"x": x, "y": y})
    page.get_by_role("button", name="Bỏ góc cuối").click()
    expect(page.locator("#map-status")).to_have_text("Số góc: 3")
    shape = page.get_by_label("Hình GeoJSON").input_value()
    assert shape.count("[106.6") == 4, shape
    shoot(page, "drawn")
    page.get_by_role("button", name="Tạo nhiệm vụ cho vùng này").click()
    expect(page.locator(".notice-good")).to_contain_text("Đã tạo 1 nhiệm vụ.")
    shoot(page, "list")
    page.get_by_role("link", name="Khu phố 1 <i>x</i>").click()
    page.locator("#map[data-state=drawn]").wait_for()
    expect(page.locator("table.records tbody tr")).to_have_count(10)
    expect(page.locator("table.records")).to_contain_text("Xem lại <b>số nhà</b>")
    shoot(page, "one")
    page.set_viewport_size(TELEPHONE)
    shoot(page, "one")
    page.goto(f"{site}/collection/quality")
    page.set_viewport_size(DESK)
    shoot(page, "quality")


async def _differ(site: str) -> None:
    """Have an address whose holder is not who a collector noted later."""
    async with httpx.AsyncClient(base_url=site) as client:
        phone = await enrol(client, await sign_in_there(client, COLLECTOR))
        await phone.take_block(2)
        new = phone.record_of(
            Act.ADD,
            fields=fields_of(house_number="200", thoroughfare="Đường Bịa"),
            position=position_of(106.63),
            photos=[photo_of(picture())],
            has_private=True,
        )
        address = (await phone.put(new))["address"]
        await phone.put_private(new)
        ref = {"ref": address["code"], "version": address["version"]}
        later = phone.record_of(Act.CORRECT, address=ref, position=None, has_private=True)
        later["fields"] = {**new["fields"], "house_number": "200A"}
        await phone.put(later)
        await phone.put_private(later, name=f"Người {HOSTILE}", phone="0900 000 333")


def test_two_people_are_seen_side_by_side_and_one_is_chosen(
    site: str, browser_page: OpenPage
) -> None:
    apart(_differ(site))
    page = browser_page(viewport=TELEPHONE)
    sign_in(page, site)
    page.get_by_role("link", name="Liên hệ chờ chọn (1)").click()
    expect(page.get_by_role("heading", name="Liên hệ chờ chọn")).to_be_visible()
    expect(page.locator("ul.contacts > li")).to_have_count(1)
    expect(page.locator("main")).not_to_contain_text("Đỗ Thị Bịa")
    shoot(page, "contacts")
    page.get_by_role("button", name="Xem hai người").click()
    expect(page.locator(".people")).to_contain_text(f"Người {HOSTILE}")
    expect(page.locator(".people")).to_contain_text("Đỗ Thị Bịa")
    expect(page.locator("footer")).not_to_contain_text("không hiển thị tên")
    for size in (DESK, TELEPHONE):
        page.set_viewport_size(size)
        shoot(page, "contacts-seen")
    page.get_by_role("button", name="Thay bằng người mới ghi").click()
    expect(page.locator(".notice-good")).to_contain_text("Đã thay bằng người mới ghi.")
    expect(page.locator("main")).to_contain_text("Không có liên hệ nào chờ chọn")
    shoot(page, "contacts-done")
