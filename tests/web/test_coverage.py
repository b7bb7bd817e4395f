"""The page of coverage in a real browser: numbers, map, keyboard, both widths, without scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date

import psycopg
import pytest
from coverage_world import fill
from playwright.sync_api import Page, expect
from registry_fixtures import EAST, NORTH, WEST
from service_settings import service_settings

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import SystemClock
from addrsvc.coverage.counting import count_addresses
from addrsvc.coverage.expected import take_expected
from addrsvc.coverage.expected_rows import ExpectedRow
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.statistics.counting import count_dossiers

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]
CheckAccess = Callable[[Page], None]

PASSWORD = "bốn con cá bơi ngược"
LOGIN = "giam.sat"


_AUDIT = """
WITH run AS (INSERT INTO quality_run (principal, started_at, finished_at)
             VALUES ('test', now(), now()) RETURNING run_id)
INSERT INTO quality_count (run_id, commune_code, visibility, kind, is_settled, count)
SELECT run_id, '25747', 'public', 'outside-commune', false, 4 FROM run
"""


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase,
    registry_template: str,
    serve_app: ServeApp,
    hostile_text: str,
) -> Iterator[str]:
    """Give a server with addresses in three communes, one of a hostile name."""
    with clone_database(registry_template) as url:
        with psycopg.connect(url) as conn:
            fill(conn)
            conn.execute(_AUDIT)
            conn.execute(
                "UPDATE admin_unit SET full_name = %s WHERE code = %s", [hostile_text, EAST]
            )
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, _prepare(url)).result()
        with serve_app(url) as base:
            yield base


async def _prepare(url: str) -> None:
    engine, clock, someone = make_engine(service_settings(url)), SystemClock(), command_line("test")
    async with transaction(engine) as conn:
        await accounts.create_account(
            conn,
            someone,
            Passwords(),
            login=LOGIN,
            display_name="Nguyễn Thị Bịa",
            roles=[Role.REGISTRAR],
            areas=None,
            password=PASSWORD,
            at=clock.now(),
        )
        rows = [ExpectedRow(WEST, "2000"), ExpectedRow(EAST, "100")]
        await take_expected(
            conn, someone, rows, as_of=date(2025, 12, 31), source="bịa", clock=clock
        )
        assert await count_addresses(conn, clock)
        assert await count_dossiers(conn, clock)
    await engine.dispose()


@pytest.fixture(scope="module")
def cookies(site: str, browser: object) -> list[object]:
    """Give what being signed in leaves in a browser."""
    context = browser.new_context(locale="vi-VN")  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(f"{site}/coverage")  # leads to sign in, and back
    page.get_by_label("Tên đăng nhập").fill(LOGIN)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Tiến độ địa chỉ số")).to_be_visible()
    found: list[object] = context.cookies()
    context.close()
    return found


def test_numbers_map_and_keyboard_at_both_widths(
    site: str, browser_page: OpenPage, cookies: list[object], axe: CheckAccess
) -> None:
    for width in (360, 1280):
        page = browser_page(
            viewport={"width": width, "height": 800},
            bypass_csp=True,
            storage_state={"cookies": cookies, "origins": []},
        )
        page.goto(f"{site}/coverage")
        west = page.locator(f"tr[data-commune='{WEST}'] td")
        assert west.all_inner_texts() == [
            "2.000",
            "1.500",
            "75,0 %",
            "1.600",
            "800",
            "0",
            "0",
            "4",
            "0",
            "0",
        ]
        east = page.locator(f"tr[data-commune='{EAST}']")
        expect(east).to_contain_text("150,0 % vượt dự kiến")
        expect(east).to_contain_text("</script>")  # said, not run
        north = page.locator(f"tr[data-commune='{NORTH}'] td")
        assert north.all_inner_texts()[:4] == ["–", "7", "–", "7"]
        expect(page.locator("td", has_text="Phải sửa")).to_be_visible()
        expect(page.locator("[data-count=in_use]")).to_contain_text("1.757")
        expect(page.get_by_text("78,6 %")).to_be_visible()  # 1,650 of 2,100
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.evaluate("window.__xss") is None

        frame = page.frame_locator("iframe")
        areas = frame.locator("path.leaflet-interactive")
        expect(areas).to_have_count(4)
        expect(frame.get_by_text("> 100 % (cần xem lại)")).to_be_visible()
        before = [areas.nth(at).get_attribute("fill") for at in range(4)]
        assert before[:3] == ["#80cdc1", "#542788", "#b4bcc4"]  # 75 %, above 100 %, not known
        frame.get_by_label("Hộ đã thu thập / dự kiến").focus()
        page.keyboard.press("ArrowRight")
        expect(frame.locator("[data-legend=collected]")).to_be_visible()
        assert [areas.nth(at).get_attribute("fill") for at in range(4)] != before
        axe(page)

        # by keys alone: another order, and the table of communes can be moved
        page.get_by_role("link", name="Tỷ lệ thấp nhất").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**order=share**")
        assert page.locator("tr[data-commune]").first.get_attribute("data-commune") == WEST
        page.get_by_role("link", name="Tháng", exact=True).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**by=month**")
        assert page.locator(".growth tbody tr").count() == 13


def test_without_scripts_all_numbers_and_files_are_there(
    site: str, browser_page: OpenPage, cookies: list[object]
) -> None:
    page = browser_page(
        java_script_enabled=False, storage_state={"cookies": cookies, "origins": []}
    )
    page.goto(f"{site}/coverage?lang=en&by=month&from=2026-01-01&to=2026-03-15")
    expect(page.get_by_role("row", name="Phường Tây")).to_contain_text("75.0 %")
    rows = page.locator("tr[data-commune]")
    expect(rows).to_have_count(3)
    page.get_by_role("link", name="Show them too").click()  # those nothing is known of
    expect(rows).to_have_count(4)
    expect(page.get_by_text("are left out")).to_have_count(0)
    expect(page.get_by_text("The map needs JavaScript")).to_be_visible()
    expect(page.get_by_role("row", name="02/2026")).to_contain_text("1,757")
    with page.expect_download() as begun:
        page.get_by_role("link", name="This table as CSV").first.click()
    text = begun.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("commune_code,commune_name,expected_households")
    assert f"{WEST},Phường Tây,2000,2025-12-31,1600,1500,100,1600,800," in text
    with page.expect_download() as begun:
        page.get_by_role("link", name="This table as CSV").nth(1).click()
    assert "2026-02-01,2026-02-28,1757,857,0" in begun.value.path().read_text("utf-8-sig")
