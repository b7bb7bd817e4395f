"""Reports of citizens in a real browser: by phone, by keyboard, without scripts; then at the desk.

All names are invented.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

import psycopg
import pytest
from desk_world import PASSWORD, fill
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]
CheckAccess = Callable[[Page], None]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
NUMBER = re.compile(r"(?:[2-9A-HJKMNP-Z]{3}-){5}[2-9A-HJKMNP-Z]{3}")
NAME, TELEPHONE = "Trần Văn Canari", "0900 000 111"


@dataclass(frozen=True)
class Site:
    base: str
    url: str
    plate: str


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[Site]:
    """Give a server with addresses of two streets and two clerks."""
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, fill(url, 0)).result()
        with psycopg.connect(url) as conn:
            found = conn.execute("SELECT code FROM address ORDER BY address_id LIMIT 1").fetchone()
        assert found is not None
        with serve_app(url, anonymous_per_minute="10000") as base:
            yield Site(base, url, str(found[0]))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def number_of(page: Page) -> str:
    page.wait_for_url("**/report/*-*")
    shown = page.locator("#number")
    expect(shown).to_have_text(NUMBER)
    return shown.inner_text()


def test_a_phone_reports_where_it_stands_and_follows_it(
    site: Site, browser_page: OpenPage, axe: CheckAccess
) -> None:
    here = {"latitude": 10.95005, "longitude": 106.65005, "accuracy": 12}
    page = browser_page(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        bypass_csp=True,
        geolocation=here,
        permissions=["geolocation"],
        expected_problems=("422",),
    )
    page.goto(f"{site.base}/")
    page.get_by_role("link", name="Báo sai, báo thiếu").tap()
    expect(page.get_by_role("heading", name="Báo sai, báo thiếu địa chỉ")).to_be_visible()
    assert fits(page)
    axe(page)
    page.get_by_role("link", name="Báo nhà chưa có trong sổ").tap()
    expect(page.get_by_role("heading", name="Báo nhà chưa có trong sổ")).to_be_visible()
    axe(page)
    page.get_by_label("Nội dung").fill("Nhà cổng xanh")
    page.get_by_label("Họ và tên").fill(NAME)
    page.get_by_role("button", name="Gửi phản ánh").tap()
    wrong = page.get_by_role("alert")
    expect(wrong).to_be_focused()
    expect(wrong.get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("Nội dung")).to_have_value("Nhà cổng xanh")
    expect(page.get_by_label("Họ và tên")).to_have_value(NAME)
    assert fits(page)
    axe(page)
    page.get_by_role("button", name="Dùng vị trí tôi đang đứng").tap()
    expect(page.locator("#place")).to_have_value("10.950050, 106.650050")
    expect(page.locator("#place-status")).to_contain_text("12 m")
    page.get_by_label("Số điện thoại").fill(TELEPHONE)
    page.get_by_label("Tôi đồng ý").check()
    page.get_by_role("button", name="Gửi phản ánh").dblclick()  # an impatient thumb
    number = number_of(page)
    expect(page.locator("#state")).to_have_text("Đã tiếp nhận")
    assert number not in page.title()
    assert NAME not in page.content()
    assert fits(page)
    axe(page)
    page.goto(f"{site.base}/report")
    page.get_by_label("Mã theo dõi").fill(number.lower().replace("-", " "))
    page.get_by_role("button", name="Xem kết quả").tap()
    assert number_of(page) == number
    with psycopg.connect(site.url) as conn:
        found = conn.execute("SELECT count(*), min(accuracy_m) FROM ticket").fetchone()
    assert found == (1, 12.0)


def test_a_place_is_tapped_on_the_map(site: Site, browser_page: OpenPage) -> None:
    page = browser_page(viewport=DESK)
    page.goto(f"{site.base}/report?kind=no_number")
    page.get_by_role("button", name="Chọn trên bản đồ").click()
    expect(page.locator("#map[data-state=drawn]")).to_be_visible()
    page.locator("#map canvas").click(position={"x": 200, "y": 150})
    page.get_by_role("button", name="Dùng chỗ vừa chọn").click()
    expect(page.locator("#place")).to_have_value(re.compile(r"1[01]\.\d{6}, 106\.\d{6}"))
    expect(page.locator("#place")).to_be_focused()


def test_without_scripts_and_by_keyboard_alone(site: Site, browser_page: OpenPage) -> None:
    page = browser_page(viewport=DESK, java_script_enabled=False, expected_problems=("422",))
    page.goto(f"{site.base}/a/{site.plate}")
    page.get_by_role("link", name="Thông tin sai").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/report?kind=wrong*")
    field = page.get_by_label("Mã địa chỉ số có thông tin sai")
    assert field.input_value().replace("-", "").startswith(site.plate)
    field.focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Sai tên đường")
    for _ in range(4):  # name, telephone, e-mail, consent
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    number = number_of(page)
    page.goto(f"{site.base}/report")
    page.get_by_label("Mã theo dõi").focus()
    page.keyboard.type(number[:-1] + ("2" if number[-1] != "2" else "3"))
    page.keyboard.press("Enter")
    expect(page.locator("#number-problem")).to_contain_text("gõ nhầm")


def test_a_clerk_closes_reports_by_keyboard(
    site: Site, browser_page: OpenPage, axe: CheckAccess
) -> None:
    with psycopg.connect(site.url) as conn:
        waiting = conn.execute("SELECT count(*) FROM ticket WHERE closed_at IS NULL").fetchone()
    assert waiting == (2,)
    page = browser_page(viewport=DESK, bypass_csp=True)
    page.goto(f"{site.base}/sign-in?next=%2Fdesk%3Fkind%3Dtickets")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/desk?kind=tickets")
    title = page.locator("#desk-title")
    expect(title).to_contain_text("Nhà chưa có trong sổ")
    expect(page.locator("#desk-text")).to_have_text("Nhà cổng xanh")
    expect(page.locator("#desk-choices li").first).to_contain_text("Đường Lê Lợi")
    expect(page.locator("#desk-map .desk-marker-given")).to_be_visible()
    axe(page)
    assert NAME not in page.content()
    page.get_by_role("button", name="Xem liên hệ").click()
    expect(page.locator(".desk-contact")).to_have_text(f"{NAME} · {TELEPHONE}")
    page.locator("#desk-title").focus()
    page.keyboard.press("Enter")  # takes no neighbour for the house
    page.keyboard.press("r")
    expect(page.locator("#desk-words")).to_be_focused()
    expect(page.locator("#desk-said")).to_contain_text("Hãy viết câu trả lời")
    page.keyboard.type("Nhà đã có mã")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(title).to_contain_text("Thông tin địa chỉ sai")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-sending")).to_have_text("0")
    expect(page.locator("#desk-done")).to_have_text("2")
    page.keyboard.press("u")
    expect(title).to_contain_text("Thông tin địa chỉ sai")
    expect(page.locator("#desk-done")).to_have_text("1")
    expect(page.locator("#desk-sending")).to_have_text("0")
    with psycopg.connect(site.url) as conn:
        states = conn.execute(
            "SELECT kind, state, answer, result_address_id IS NOT NULL FROM ticket ORDER BY 1"
        ).fetchall()
        read = conn.execute(
            "SELECT principal FROM audit_entry WHERE action = 'ticket.read_contact'"
        ).fetchall()
    assert states == [("missing", "done", "Nhà đã có mã", True), ("wrong", "looking", None, False)]
    assert read == [("account:lan",)]
