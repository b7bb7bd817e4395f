"""A planner's draft from its description to a published plan, in a real browser."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
import shapely
from keyboard import Keyboard
from planning_world import insert_plan
from playwright.sync_api import Page, expect
from registry_fixtures import WEST
from service_settings import service_settings

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.types import LonLat

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

LOGIN, ELSEWHERE, PASSWORD = "bia", "dong", "bốn con cá bơi ngược"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
HOSTILE = ("${7*7}", "{{7*7}}", "<img src=x onerror=window.__xss=1>")
BOWTIE = [[106.62, 10.93], [106.63, 10.94], [106.63, 10.93], [106.62, 10.94], [106.62, 10.93]]


@pytest.fixture(scope="module")
def database(clone_database: CloneDatabase, registry_template: str) -> Iterator[str]:
    """Give a database with two planners, an address, and a plan that can be replaced."""
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, _fill(url)).result()
        before = shapely.box(106.61, 10.91, 106.66, 10.95)
        insert_plan(
            url,
            [("LUC", before)],
            name="Quy hoạch trước (bịa)",
            code_list="land-use-2024",
            communes=[WEST],
        )
        yield url


async def _fill(url: str) -> None:
    engine, clock = make_engine(service_settings(url)), SystemClock()
    async with transaction(engine) as conn:
        for login, areas in ((LOGIN, [WEST]), (ELSEWHERE, ["25750"])):
            await accounts.create_account(
                conn,
                command_line("test"),
                Passwords(),
                login=login,
                display_name="Trần Thị Bịa",
                roles=[Role.PLANNER],
                areas=areas,
                password=PASSWORD,
                at=clock.now(),
            )
        wanted = AssignAddress(
            kind=Kind.DWELLING,
            source="test",
            components=Components(house_number="12", thoroughfare="Đường Lê Lợi"),
            position=Position(LonLat(106.625, 10.925), 4.0, Method.GNSS, Marks.ENTRANCE),
        )
        await service.assign_address(conn, command_line("test"), wanted, clock)
    await engine.dispose()


@pytest.fixture(scope="module")
def site(
    database: str, tmp_path_factory: pytest.TempPathFactory, serve_app: ServeApp
) -> Iterator[str]:
    """Give a server, and a process that works on files."""
    files_dir = str(tmp_path_factory.mktemp("files"))
    environment = {
        **os.environ,
        "ADDRSVC_DATABASE_URL": database,
        "ADDRSVC_FILES_DIR": files_dir,
    }
    command = [sys.executable, "-m", "addrsvc", "worker", "--queues", "files"]
    worker = subprocess.Popen(command, env=environment)  # noqa: S603 -- our own
    try:
        with serve_app(database, files_dir=files_dir) as base:
            yield base
    finally:
        worker.terminate()
        try:
            worker.wait(10)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def dirty_file() -> bytes:
    """Write zones of which one crosses itself, two overlap, and texts are hostile."""

    def zone(code: str, label: str, ring: object) -> dict[str, object]:
        shape = {"type": "Polygon", "coordinates": [ring]}
        return {
            "type": "Feature",
            "properties": {"ma_dat": code, "ten": label},
            "geometry": shape,
        }

    def box(*bounds: float) -> object:
        return shapely.geometry.mapping(shapely.box(*bounds))["coordinates"][0]

    features = [
        zone("ODT", HOSTILE[0], box(106.62, 10.92, 106.63, 10.93)),
        zone("CLN", HOSTILE[1], box(106.63, 10.92, 106.64, 10.93)),
        zone("SKK", "tự cắt", BOWTIE),
        zone("LUC", "chồng", box(106.635, 10.925, 106.645, 10.935)),
        zone(HOSTILE[2], HOSTILE[2], box(106.645, 10.92, 106.65, 10.925)),
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def sign_in(page: Page, site: str, login: str, path: str = "/plans/new") -> None:
    page.goto(f"{site}/sign-in?next={path}")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{site}{path}")


def expect_fits(page: Page) -> None:
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def describe(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.write(page.get_by_label("Tên quy hoạch"), "Quy hoạch mới <i> (bịa)")
    keyboard.write(page.get_by_label("Tỷ lệ bản đồ"), "hai nghìn")
    keyboard.choose(page.get_by_role("button", name="Lập bản nháp"))
    expect(page.locator("#scale-problem")).to_have_text("Hãy ghi một số nguyên.")
    keyboard.write(page.get_by_label("Tỷ lệ bản đồ"), "1:2.000")
    keyboard.write_day(page.get_by_label("Ngày quyết định"), "2999-01-02")
    keyboard.press("Enter")
    expect(page.locator("#decision_date-problem")).to_contain_text("sau hôm nay")
    keyboard.write(page.get_by_label("Số quyết định"), "9/QĐ-BỊA")
    keyboard.write_day(page.get_by_label("Ngày quyết định"), "2026-01-02")
    expect_fits(page)
    keyboard.choose(page.get_by_role("button", name="Lập bản nháp"))
    page.wait_for_url(re.compile(r"/plans/\d+$"))
    expect(page.get_by_role("heading", name="Quy hoạch mới <i> (bịa)")).to_be_visible()
    expect(page.get_by_text("Đây là bản nháp.")).to_be_visible()
    expect_fits(page)


def send_and_store(keyboard: Keyboard) -> None:
    page = keyboard.page
    send = page.get_by_role("button", name="Gửi và kiểm tra")
    keyboard.choose(send)
    expect(page.get_by_role("alert")).to_have_text("Hãy chọn một tệp.")
    sent = {"name": "vùng <b>.geojson", "mimeType": "application/json", "buffer": dirty_file()}
    with page.expect_file_chooser() as chosen:
        keyboard.choose(page.get_by_label("Chọn tệp"))
    chosen.value.set_files([sent])  # type: ignore[list-item]
    keyboard.choose(send)
    page.wait_for_url(re.compile("/files/"))
    expect(page.get_by_role("heading", name="Lưu vào bản nháp")).to_be_visible()
    faults = page.locator(".faults tbody tr")
    expect(faults.nth(0)).to_contain_text("Đường biên tự cắt")
    expect(faults.nth(0)).to_contain_text("Lỗi")
    expect(page.locator(".faults")).to_contain_text("Vùng chồng lấn")
    expect(page.locator(".faults")).to_contain_text("Mã loại đất không có trong danh mục")
    keyboard.choose(page.locator("summary", has_text="Những chỗ lớn nhất"))
    expect(page.get_by_role("cell", name=HOSTILE[2])).to_be_visible()
    expect(page.frame_locator("iframe").locator(".leaflet-container")).to_be_visible()
    expect_fits(page)
    assert page.get_by_role("checkbox", checked=True).count() == 0
    keyboard.choose(page.get_by_role("button", name="Lưu với các sửa đã đánh dấu"))
    expect(page.get_by_role("alert")).to_contain_text("Còn 1 vùng lỗi")
    keyboard.choose(page.get_by_label("Vùng 3"), "Space")
    expect(page.get_by_label("Vùng 3")).to_be_checked()
    keyboard.choose(page.get_by_role("button", name="Lưu với các sửa đã đánh dấu"))
    expect(page.get_by_text("đã được lưu vào bản nháp")).to_be_visible()
    expect_fits(page)


def publish(keyboard: Keyboard, draft: str) -> None:
    page = keyboard.page
    keyboard.choose(page.get_by_role("link", name="Xem trước và công bố"))
    expect(page.get_by_label("Quy hoạch trước (bịa)")).to_be_checked()  # suggested
    keyboard.write_day(page.get_by_label("Có hiệu lực từ ngày"), "2026-01-01")
    keyboard.choose(page.get_by_role("button", name="Xem trước ảnh hưởng"))
    expect(page.locator("#day-problem")).to_contain_text("2026-01-02")
    keyboard.write_day(page.get_by_label("Có hiệu lực từ ngày"), "2026-03-01")
    keyboard.choose(page.get_by_role("button", name="Xem trước ảnh hưởng"))
    counts = page.locator(".outcomes")
    expect(counts).to_be_visible()
    expect(counts.locator("div", has_text="Địa chỉ có quy hoạch")).to_contain_text("1")
    expect(page.get_by_text("Thôi hiệu lực từ 01/03/2026:")).to_be_visible()
    expect_fits(page)
    keyboard.choose(page.get_by_role("button", name="Công bố", exact=True))
    page.wait_for_url(draft)
    expect(page.get_by_text("Đã công bố")).to_be_visible()
    expect(page.locator("dl").get_by_role("link", name="Quy hoạch trước (bịa)")).to_be_visible()
    expect(page.locator(".uses").first).to_contain_text(HOSTILE[2])
    frame = page.frame_locator("iframe").first
    expect(frame.locator(".leaflet-container")).to_be_visible()
    expect_fits(page)
    assert page.evaluate("window.__xss") is None
    # a frame below what is seen is not loaded, and nothing can be asked of it
    loaded = [each for each in page.frames[1:] if each.url]
    assert loaded
    assert all(each.evaluate("window.__xss") is None for each in loaded)


def withdraw(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.choose(page.locator("summary", has_text="Thu hồi quy hoạch"))
    keyboard.write_day(page.get_by_label("Thôi hiệu lực từ ngày"), "2026-02-01")
    keyboard.write(page.get_by_label("Lý do thu hồi"), "Thử <u>")
    keyboard.choose(page.get_by_role("button", name="Thu hồi", exact=True))
    expect(page.locator("#withdraw-day-problem")).to_be_visible()
    keyboard.write_day(page.get_by_label("Thôi hiệu lực từ ngày"), "2026-09-01")
    keyboard.choose(page.get_by_role("button", name="Thu hồi", exact=True))
    expect(page.get_by_text("Quy hoạch này đã bị thu hồi")).to_be_visible()
    expect(page.locator(".history")).to_contain_text("Thử <u>")


def test_a_plan_from_its_description_to_its_end_on_a_telephone_by_keyboard(
    site: str, browser_page: OpenPage
) -> None:
    page = browser_page(viewport=PHONE, expected_problems=("422", "409"))
    page.goto(f"{site}/sign-in?next=/plans/new")
    keyboard = Keyboard(page)
    keyboard.write(page.get_by_label("Tên đăng nhập"), LOGIN)
    keyboard.write(page.get_by_label("Mật khẩu", exact=True), PASSWORD)
    keyboard.press("Enter")
    page.wait_for_url(f"{site}/plans/new")
    describe(keyboard)
    draft = page.url
    send_and_store(keyboard)
    publish(keyboard, draft)
    anybody = browser_page(viewport=DESK, java_script_enabled=False)
    anybody.goto(f"{site}/planning?q=10.925,%20106.625")
    expect(anybody.locator("article .here")).to_contain_text("ODT")
    expect(anybody.get_by_text(HOSTILE[0])).to_have_count(0)  # the code list names it
    withdraw(keyboard)


def test_drafts_are_for_planners_of_their_area_and_say_what_is_wrong(
    site: str, database: str, browser_page: OpenPage
) -> None:
    zone = shapely.box(106.62, 10.92, 106.63, 10.93)
    draft = insert_plan(
        database, [("ODT", zone)], status="draft", name="Bản nháp (bịa)", communes=[WEST]
    )
    page = browser_page(viewport=DESK, expected_problems=("404", "403", "422"))
    page.goto(f"{site}/plans/{draft}")
    expect(page.get_by_text("Không tìm thấy đồ án quy hoạch")).to_be_visible()
    sign_in(page, site, ELSEWHERE, "/plans")
    page.get_by_text("Công việc", exact=True).click()
    expect(page.get_by_role("link", name="Lập quy hoạch")).to_be_visible()
    expect(page.get_by_role("link", name="Bản nháp (bịa)")).to_have_count(0)
    page.goto(f"{site}/plans/{draft}/publish")
    expect(page.get_by_text("Không tìm thấy đồ án quy hoạch")).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").click()
    sign_in(page, site, LOGIN, f"/plans/{draft}")
    broken = {"name": "hỏng.geojson", "mimeType": "application/json", "buffer": b'{"type": "Fea'}
    page.get_by_label("Chọn tệp").set_input_files(files=[broken])  # type: ignore[list-item]
    page.get_by_role("button", name="Gửi và kiểm tra").click()
    expect(page.get_by_text("Không dùng được")).to_be_visible()
    page.get_by_role("link", name="Sửa tệp rồi gửi lại").click()
    expect(page.get_by_role("link", name="hỏng.geojson")).to_be_visible()
    expect_fits(page)
    page.get_by_role("link", name="Sửa thông tin").click()
    page.get_by_label("Đến năm").fill("1")
    page.get_by_role("button", name="Lưu thông tin").click()
    expect(page.locator("#period_to-problem")).to_be_visible()
    page.get_by_role("link", name="Quay lại bản nháp").click()
    page.get_by_text("Hủy bản nháp", exact=True).click()
    page.get_by_role("button", name="Hủy bản nháp này").click()
    page.wait_for_url(f"{site}/plans")
    expect(page.get_by_role("link", name="Bản nháp (bịa)")).to_have_count(0)
