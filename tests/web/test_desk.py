"""The desk in a real browser: by keyboard alone, beside another clerk, and by touch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from desk_world import CLERKS, PASSWORD, fill
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

_DECIDE = """async (body) => {
  const { csrf } = document.getElementById("desk").dataset;
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  const sent = { method: "POST", headers, body: JSON.stringify(body) };
  return (await fetch("/desk/dossiers/decisions", sent)).status;
}"""


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[str]:
    """Give a server with thirty addresses that wait, and two clerks."""
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, fill(url, 30)).result()
        with serve_app(url) as base:
            yield base


def sign_in(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/sign-in?next=%2Fdesk")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{site}/desk")
    expect(page.get_by_text(CLERKS[login])).to_be_visible()
    expect(page.locator("#desk-item")).to_be_visible()


def count(page: Page, name: str) -> str:
    return page.locator(f"#desk-{name}").inner_text()


def test_a_clerk_works_by_keyboard_and_another_is_quicker_once(
    site: str, browser_page: OpenPage
) -> None:
    page = browser_page(viewport={"width": 1280, "height": 800}, expected_problems=("412",))
    sign_in(page, site, "lan")
    title, choices = page.locator("#desk-title"), page.locator("#desk-choices li")
    seen = []

    def press(key: str) -> None:
        before = title.inner_text()
        seen.append(before.split()[0])
        page.keyboard.press(key)
        expect(title).not_to_have_text(before)

    for _ in range(3):  # texts without a place come first: nothing is found for them
        expect(choices).to_have_text(
            "Không có địa chỉ nào để chọn. Hãy tìm địa chỉ khác, hoặc ghi là chưa có trong sổ."
        )
        press("n")
    expect(page.locator("#desk-text mark")).to_have_count(4)
    expect(page.locator(".part-commune .part-name")).to_have_text("Phường, xã")
    expect(choices.first).to_contain_text("Phường Tây, Thành phố Mẫu")
    expect(page.locator("#desk-map .desk-marker").first).to_be_visible()
    press("1")
    press("r")
    assert len(set(seen)) == 5
    expect(page.locator("#desk-sending")).to_have_text("0")
    assert (count(page, "done"), count(page, "left")) == ("5", "25")
    # two steps back, then otherwise: the same text was linked a moment ago
    press("u")
    press("u")
    expect(title).to_contain_text(seen[3])
    press("Enter")
    press("j")
    press("k")
    expect(page.locator("#desk-sending")).to_have_text("0")
    assert (count(page, "done"), count(page, "left")) == ("4", "26")

    other = browser_page(viewport={"width": 1280, "height": 800})
    sign_in(other, site, "minh")
    code = title.inner_text().split()[0]
    assert other.locator("#desk-title").inner_text().split()[0] not in {code, *seen}
    # two versions on by lan's own hand: decided, taken back
    decided = {"item": f"{code}#1", "act": "reject", "version": 3}
    assert other.evaluate(_DECIDE, decided) == 200
    press("1")
    alert = page.get_by_role("alert").filter(has_text="Chưa ghi được")
    expect(alert).to_contain_text(code)
    expect(alert).to_contain_text("đã ở phiên bản 4")
    alert.get_by_role("button", name="Xem lại").click()
    expect(title).to_contain_text(f"{code} Không liên kết")
    expect(page.get_by_text("Địa chỉ này đã được quyết định.")).to_be_visible()
    expect(page.locator("#desk-facts")).to_contain_text("account:minh")
    expect(alert).to_be_hidden()
    press("1")
    expect(page.locator("#desk-sending")).to_have_text("0")
    expect(alert).to_be_hidden()


def test_a_clerk_works_by_touch_and_looks_another_address_up(
    site: str, browser_page: OpenPage
) -> None:
    page = browser_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    sign_in(page, site, "minh")
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    title = page.locator("#desk-title")
    before = title.inner_text()
    page.get_by_label("Tìm địa chỉ khác").fill("14 Nguyễn Trãi, Phường Tây")
    page.get_by_role("button", name="Tìm", exact=True).tap()
    first = page.locator("#desk-choices li").first
    expect(first).to_contain_text("14 Đường Nguyễn Trãi")
    first.get_by_role("button").tap()
    expect(title).not_to_have_text(before)
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi")
    page.get_by_role("button", name="Hoàn tác").tap()
    expect(title).to_have_text(before)
    expect(page.locator("#desk-sending")).to_have_text("0")
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="English").tap()
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()
    expect(page.get_by_role("button", name="Not in the register yet")).to_be_visible()
