"""What a citizen does, from the one box to a report, with a keyboard and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import httpx
import pytest
from keyboard import Keyboard
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
TELEPHONE = {"width": 360, "height": 740}


class World(Protocol):
    base: str
    home: str

    def plate(self, name: str) -> str: ...


@pytest.fixture
def keyboard(browser_page: OpenPage, world: World) -> Keyboard:
    """Give a keyboard at a service whose geocoder has read its names."""
    with httpx.Client(base_url=world.base) as client:
        while client.get("/v1/geocode", params={"q": "Phường Tây"}).status_code != httpx.codes.OK:
            pass
    page = browser_page(viewport=TELEPHONE, permissions=["clipboard-read", "clipboard-write"])
    page.goto(world.base)
    return Keyboard(page)


def test_a_citizen_needs_no_pointer(keyboard: Keyboard, world: World) -> None:
    page, press = keyboard.page, keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    press("Enter")
    press("Tab")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("123/45/6a le hong phong, phuong t")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_be_focused()
    page.keyboard.type("ay")
    press("Enter")
    expect(page.locator("article.answer")).to_be_focused()
    keyboard.choose(page.get_by_role("link", name="Mở địa chỉ này"))
    page.wait_for_url(f"{world.base}/a/{world.home}")

    page.locator("#map[data-state=drawn]").wait_for()
    keyboard.choose(page.get_by_role("button", name="Sao chép mã"))
    expect(page.locator("#copied")).to_have_text("Đã sao chép.")
    assert page.evaluate("navigator.clipboard.readText()") == world.plate("home")
    keyboard.to(page.locator("#map canvas"))
    keyboard.to(page.locator(".papers a").first)  # the map lets go
    keyboard.choose(page.get_by_role("link", name="Quy hoạch tại đây").first)
    page.wait_for_url(f"{world.base}/planning?q=*")
    expect(page.get_by_role("heading", name="Chưa có quy hoạch nào")).to_be_visible()
    keyboard.write(page.get_by_label("Mã địa chỉ"), "10.98, 106.66")
    press("Enter")
    page.wait_for_url(f"{world.base}/planning?q=10.98*")

    page.goto(f"{world.base}/report")
    keyboard.choose(page.locator("li.card a").first)
    page.wait_for_url(f"{world.base}/report?kind=*")
    keyboard.write(page.locator("#place"), "10.98, 106.66")
    keyboard.write(page.locator("#text"), "Nhà bịa, cạnh trường mẫu")
    keyboard.choose(page.get_by_role("button", name="Gửi phản ánh"))
    page.wait_for_url(f"{world.base}/report/*")
    expect(page.locator(".report-number")).to_be_visible()
