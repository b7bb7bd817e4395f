"""A list sent, its columns said, followed and taken, in a real browser; a broken one refused."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

LOGIN, PASSWORD = "bia", "bốn con cá bơi ngược"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
ROWS = [
    ["1", "Đường Lê Lợi, Phường Tây", "=1+1", "dấu phẩy, và “ngoặc”"],
    ["2", "12 Đường Không Có, Xã Không Có", "", ""],
    ["3", "", "ô trống", "<b>đậm</b>"],
] * 700
BROKEN = b"""{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"dia_chi": "1 B\xe1\xbb\x8ba"}, "geometry": null},
{"type": "Feature", "properties": {"dia_chi": "2 B\xe1\xbb\x8b"""
HEADER = ["STT", "Nơi ở (bịa)", "Ghi chú", "Ghi chú"]


@pytest.fixture(scope="module")
def database(clone_database: CloneDatabase, registry_template: str) -> Iterator[str]:
    """Give a database where somebody may send files."""
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, _open_account(url)).result()
        yield url


@pytest.fixture(scope="module")
def files_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def site(database: str, files_dir: Path, serve_app: ServeApp) -> Iterator[str]:
    with serve_app(database, files_dir=str(files_dir)) as base:
        yield base


async def _open_account(url: str) -> None:
    engine = make_engine(Settings.model_validate({"database_url": url}))
    async with transaction(engine) as conn:
        await accounts.create_account(
            conn,
            command_line("test"),
            Passwords(),
            login=LOGIN,
            display_name="Trần Thị Bịa",
            roles=[Role.REGISTRAR],
            password=PASSWORD,
            at=SystemClock().now(),
        )
    await engine.dispose()


@pytest.fixture(scope="module")
def start_worker(database: str, files_dir: Path) -> Iterator[Callable[[], None]]:
    """Give a way to have a process that does jobs over files, from then to the end."""
    environment = {
        **os.environ,
        "ADDRSVC_DATABASE_URL": database,
        "ADDRSVC_FILES_DIR": str(files_dir),
    }
    command = [sys.executable, "-m", "addrsvc", "worker", "--queues", "files"]
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        if not running:
            running.append(subprocess.Popen(command, env=environment))  # noqa: S603 -- our own

    yield start
    for worker in running:
        worker.terminate()
        try:
            worker.wait(10)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/jobs")
    page.get_by_label("Tên đăng nhập").fill(LOGIN)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{site}/jobs")


def expect_fits(page: Page) -> None:
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def written(header: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue().encode("utf-8-sig")


def choose(page: Page, name: str, body: bytes) -> None:
    sent = {"name": name, "mimeType": "text/csv", "buffer": body}
    page.get_by_label("Chọn tệp").set_input_files(files=[sent])  # type: ignore[list-item]


def test_a_list_is_sent_followed_and_taken_on_a_telephone(
    files_dir: Path, site: str, start_worker: Callable[[], None], browser_page: OpenPage
) -> None:
    page = browser_page(viewport=PHONE)
    sign_in(page, site)
    expect(page.get_by_text("Bạn chưa gửi tệp nào.")).to_be_visible()
    expect_fits(page)
    page.get_by_role("button", name="Gửi tệp").click()
    expect(page.get_by_role("alert")).to_have_text("Hãy chọn một tệp.")
    choose(page, "nhà bịa <i>.csv", written(HEADER, ROWS))
    page.get_by_role("button", name="Gửi tệp").click()
    expect(page.get_by_role("heading", name="Chưa có tiến trình xử lý tệp")).to_be_visible()
    expect_fits(page)
    start_worker()
    expect(page.get_by_role("heading", name="Cột nào là gì?")).to_be_visible()
    expect_fits(page)
    expect(page.get_by_role("cell", name="<b>đậm</b>").first).to_be_visible()
    page.get_by_label("Địa chỉ (cả dòng)").select_option(label="Nơi ở (bịa)")
    page.get_by_role("button", name="Bắt đầu xử lý").click()
    result_link = page.get_by_role("link", name="Tải kết quả")
    expect(result_link).to_be_visible()
    with page.expect_download() as download:
        result_link.click()
    expect_fits(page)
    expect(page.get_by_text("Địa chỉ (cả dòng): Nơi ở (bịa)")).to_be_visible()
    result = download.value.path().read_bytes().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(result, newline=""), delimiter=";")
    assert header[:4] == HEADER
    neutralised = [[each.replace("=1+1", "'=1+1") for each in row] for row in ROWS]
    assert [row[:4] for row in rows] == neutralised
    statuses = {row[4] for row in rows[2::3]}
    assert statuses == {"empty"}
    expect(page.locator(".outcomes div", has_text="Ô trống")).to_contain_text("700 33,3%")
    page.get_by_role("link", name="Xem những gì đã thay đổi").click()
    expect(page.get_by_text("Chưa có địa chỉ nào trong tệp thay đổi.")).to_be_visible()
    page.go_back()
    page.get_by_text("Xóa tệp và kết quả ngay").click()
    page.get_by_role("button", name="Xóa", exact=True).click()
    expect(page.get_by_text("biên nhận vẫn còn dưới đây")).to_be_visible()
    assert [each for each in files_dir.iterdir() if each.is_dir()] == []
    page.get_by_text("Công việc", exact=True).click()
    page.get_by_role("link", name="Xử lý tệp", exact=True).click()
    expect(page.get_by_text("đã xóa")).to_be_visible()
    expect_fits(page)


def test_a_broken_file_is_refused_by_its_line_and_a_job_cancelled_without_scripts(
    site: str, start_worker: Callable[[], None], browser_page: OpenPage
) -> None:
    page = browser_page(viewport=DESK)
    sign_in(page, site)
    choose(page, "nhà hỏng.geojson", BROKEN)
    page.get_by_role("button", name="Gửi tệp").click()
    page.wait_for_url(f"{site}/jobs/*")
    start_worker()
    expect(page.get_by_text("Tệp không dùng được")).to_be_visible()
    expect(page.locator(".bad-line")).to_have_text("Dòng 3")
    expect(page.get_by_text("“nhà hỏng.geojson” hỏng ở dòng 3")).to_be_visible()
    page.goto(f"{site}/jobs")
    choose(page, "nhà.csv", written(HEADER, ROWS[:3]))
    page.get_by_role("button", name="Gửi tệp").click()
    page.wait_for_url(f"{site}/jobs/*")
    # until then the other page renews itself, and would close what was opened on it
    expect(page.get_by_role("heading", name="Cột nào là gì?")).to_be_visible()
    state = page.context.storage_state()
    plain = browser_page(viewport=DESK, java_script_enabled=False, storage_state=state)
    plain.goto(f"{site}/jobs")
    expect(plain.get_by_role("button", name="Gửi tệp")).to_be_disabled()
    plain.get_by_role("link", name="nhà.csv").click()
    plain.get_by_text("Hủy xử lý").click()
    plain.get_by_role("button", name="Hủy và xóa tệp").click()
    expect(plain.get_by_text("Bạn đã hủy lần xử lý này")).to_be_visible()
