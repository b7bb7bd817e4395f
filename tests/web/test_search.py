"""The one box as people use it: typing, choosing, tapping, asking where they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
TELEPHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
LABEL = "Địa chỉ, mã hoặc tọa độ"
BYTES_BEFORE_MAP = 300_000


class World(Protocol):
    base: str
    home: str
    school: str
    hostile: str
    retired: str

    def plate(self, name: str) -> str: ...


@pytest.fixture(scope="module")
def site(world: World) -> World:
    """Give the world once its geocoder has read its names."""
    with httpx.Client(base_url=world.base) as client:
        while client.get("/v1/geocode", params={"q": "Phường Tây"}).status_code != httpx.codes.OK:
            pass
    return world


def box_of(page: Page) -> Any:
    return page.get_by_label(LABEL, exact=True)


def look_up(page: Page, text: str) -> None:
    box_of(page).fill(text)
    page.get_by_role("button", name="Tra cứu").click()


def expect_fits(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", [TELEPHONE, DESK], ids=["360px", "1280px"])
def test_an_address_is_found_without_scripts(
    browser_page: OpenPage, site: World, size: dict[str, int]
) -> None:
    page = browser_page(viewport=size, java_script_enabled=False, expected_problems=("404",))
    page.goto(site.base)
    expect(page.get_by_role("button", name="Vị trí của tôi")).to_be_hidden()
    look_up(page, "123/45/6a le hong phong, phuong tay 0911222333")
    expect(page.get_by_role("heading", name="Khớp với sổ địa chỉ")).to_be_visible()
    expect(page.locator(".answer .plate")).to_have_text(site.plate("home"))
    expect(page.locator(".facts").first).to_contain_text("đúng số nhà")
    expect(page.locator(".facts").first).to_contain_text("khoảng 4,5 m")
    expect(page.locator(".parts")).to_contain_text("Đường Lê Hồng Phong đúng như sổ")
    expect(page.get_by_text("có phần không phải địa chỉ")).to_be_visible()
    assert "0911222333" not in page.title()
    assert "0911222333" not in page.locator("main article").inner_text()
    expect_fits(page)
    page.get_by_role("link", name="Mở địa chỉ này").click()
    expect(page).to_have_url(f"{site.base}/a/{site.home}")
    expect(page.get_by_text("Chưa có quy hoạch nào trong hệ thống")).to_be_visible()

    page.goto(site.base)
    look_up(page, "không có đâu xyzw")
    expect(page.get_by_role("heading", name="Không tìm thấy nơi nào")).to_be_visible()
    head, rest = (page.locator(f".answer-{part}").bounding_box() for part in ("head", "rest"))
    assert head is not None
    assert rest is not None
    assert head["y"] + head["height"] <= rest["y"]  # nothing is set upon anything
    for step in ("Nhà tôi chưa có số", "Nhà tôi không có ở đây", "Thông tin sai"):
        expect(page.get_by_text(step)).to_be_visible()
    expect_fits(page)


def test_a_point_is_answered_however_it_is_written(browser_page: OpenPage, site: World) -> None:
    page = browser_page(viewport=TELEPHONE, java_script_enabled=False, expected_problems=("422",))
    for text in ("10.9905 106.65", "106,65; 10,9905", "10°59'25.8\"B 106°39'0\"Đ"):
        page.goto(f"{site.base}/?q={quote(text)}")
        expect(page.locator(".label")).to_have_text("Phường Tây, Thành phố Mẫu")
        expect(page.locator(".coordinates")).to_have_text("10.990500, 106.650000")
        nearest = page.locator(".places li").first
        expect(nearest.get_by_role("link")).to_have_attribute("href", f"/a/{site.home}")
        expect(nearest).to_contain_text("cách 55 m")
    page.goto(f"{site.base}/?q=X%3D1500000%20Y%3D598371")
    page.get_by_label("Tỉnh ghi trên giấy chứng nhận").select_option("9210")
    expect(page.get_by_text("X, Y theo mét cần múi chiếu")).to_be_visible()
    page.goto(f"{site.base}/?q=51.5,%20-0.12")
    expect(page.get_by_text("không nằm ở Việt Nam")).to_be_visible()
    expect(box_of(page)).to_have_attribute("aria-invalid", "true")


def test_suggestions_by_keyboard(browser_page: OpenPage, site: World) -> None:
    page = browser_page(viewport=DESK)
    page.goto(site.base)
    box = page.get_by_role("combobox", name=LABEL)
    expect(box).to_have_attribute("aria-expanded", "false")
    box.focus()
    page.keyboard.type("le hong")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Lê Hồng Phong")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_have_attribute("aria-controls", "q-options")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "q-option-0")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("le hong")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", "q-option-0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Đường Lê Hồng Phong, Phường Tây")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("article.answer")).to_be_focused()


def test_suggestions_by_touch(browser_page: OpenPage, site: World) -> None:
    page = browser_page(viewport=TELEPHONE, has_touch=True, is_mobile=True)
    page.goto(site.base)
    box = page.get_by_role("combobox", name=LABEL)
    box.tap()
    box.press_sequentially("123/45/6A le hong ph")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("123/45/6A")
    assert option.evaluate("(element) => element.getBoundingClientRect().height") >= 44
    expect_fits(page)
    option.tap()
    expect(box).to_have_value("123/45/6A Đường Lê Hồng Phong, Phường Tây")
    expect(box).to_be_focused()
    page.get_by_role("button", name="Tra cứu").tap()
    expect(page.locator(".answer .plate")).to_have_text(site.plate("home"))


def test_a_busy_service_does_not_disturb_typing(browser_page: OpenPage, site: World) -> None:
    page = browser_page(expected_problems=("429",))
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=429, headers={"Retry-After": "60"}, body="")

    page.route("**/v1/autocomplete?*", refuse)
    page.goto(site.base)
    box = page.get_by_role("combobox", name=LABEL)
    box.focus()
    with page.expect_response("**/v1/autocomplete?*"):
        page.keyboard.type("le")
    page.keyboard.type(" hong phong")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("article.answer")).to_be_focused()
    assert len(asked) == 1


def test_numbers_are_not_sent_while_typed(browser_page: OpenPage, site: World) -> None:
    page = browser_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.base)
    box = page.get_by_role("combobox", name=LABEL)
    box.press_sequentially("0911 222 333 ")
    with page.expect_response("**/v1/autocomplete?*"):
        box.press_sequentially("le h")
    assert [url for url in asked if "autocomplete" in url and "le" not in url] == []


def test_where_i_am(browser_page: OpenPage, site: World) -> None:
    here = {"longitude": 106.65, "latitude": 10.9905, "accuracy": 12}
    page = browser_page(viewport=TELEPHONE, geolocation=here, permissions=["geolocation"])
    page.goto(site.base)
    page.get_by_role("button", name="Vị trí của tôi").click()
    expect(page.locator(".label")).to_have_text("Phường Tây, Thành phố Mẫu")
    expect(page).to_have_url(f"{site.base}/here")
    expect(page.locator(".facts")).to_contain_text("khoảng 12 m")
    expect(page.get_by_text("không được lưu lại").first).to_be_visible()
    expect_fits(page)


def test_a_refusal_to_tell_the_position_is_said(browser_page: OpenPage, site: World) -> None:
    page = browser_page(permissions=[])
    page.goto(site.base)
    page.get_by_role("button", name="Vị trí của tôi").click()
    expect(page.locator("#here-status")).to_contain_text("Hãy cho phép, hoặc chấm trên bản đồ")


def test_a_tap_on_the_map_asks_about_the_place(browser_page: OpenPage, site: World) -> None:
    page = browser_page(viewport=TELEPHONE)
    page.goto(site.base)
    page.get_by_role("button", name="Mở bản đồ").click()
    page.locator("#map[data-state=drawn]").wait_for(timeout=30_000)
    page.locator("#map canvas").click()
    page.get_by_role("button", name="Xem nơi vừa chấm").click()
    expect(page).to_have_url(f"{site.base}/here")
    expect(page.get_by_role("heading", name="Tại điểm này")).to_be_visible()
    expect(page.locator(".label")).to_contain_text("Thành phố Mẫu")
    page.locator("#map[data-state=drawn]").wait_for(timeout=30_000)
    expect_fits(page)


def test_the_page_of_an_address_reads_its_code_aloud(browser_page: OpenPage, site: World) -> None:
    page = browser_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{site.base}/a/{site.home}")
    plate = page.locator(".plate-heading .plate")
    names = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
    groups = [" ".join(names[int(sign)] for sign in part) for part in site.plate("home").split("-")]
    spoken = f"{groups[0]}, {groups[1]}, số kiểm tra {groups[2]}"
    expect(plate).to_have_attribute("aria-label", spoken)
    expect(page.get_by_text(spoken)).to_be_visible()
    expect(page.get_by_text("Mã cộng (Plus Code)")).to_be_visible()
    page.get_by_role("button", name="Sao chép mã").click()
    expect(page.locator("#copied")).to_have_text("Đã sao chép.")
    assert page.evaluate("navigator.clipboard.readText()") == site.plate("home")


def test_lists_of_places_and_suggestions_stand_in_nobodys_way(
    browser_page: OpenPage, site: World, axe: Callable[[Page], None]
) -> None:
    """Other states of the page are looked at with all others: see ``test_every_page``."""
    page = browser_page(viewport=TELEPHONE, bypass_csp=True)
    page.goto(f"{site.base}/?q=le hong phong")
    axe(page)
    page.goto(f"{site.base}/?lang=en")
    page.get_by_role("combobox").press_sequentially("le hong")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    axe(page)
    expect_fits(page)


def test_pages_are_small_before_the_map(browser_page: OpenPage, site: World) -> None:
    """What a slow telephone must fetch until a page can be used; the map comes after."""
    page = browser_page(viewport=TELEPHONE, expected_problems=("ERR_FAILED", "Failed to fetch"))
    page.route("**/maplibre-gl*.mjs*", lambda route: route.abort())
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sent: list[float] = []
    session.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    for path in ("/", f"/a/{site.home}", "/?q=le%20hong%20phong", "/report?kind=missing"):
        sent.clear()
        session.send("Network.clearBrowserCache")
        page.route("**/v1/admin-units.geojson*", lambda route: route.abort())
        page.goto(site.base + path, wait_until="load")
        expect(page.get_by_role("combobox").or_(page.locator("h1")).first).to_be_visible()
        assert 5_000 < sum(sent) <= BYTES_BEFORE_MAP, (path, sum(sent))


PAYLOADS = (
    "</title><script>window.__xss=1</script>",
    "\"><img src=x onerror='window.__xss=1'>",
    "${window.__xss=1}`${window.__xss=1}`",
    "{{constructor.constructor('window.__xss=1')()}}",
    "'-window.__xss=1-'",
    "\u202e<svg/onload=window.__xss=1>",
)


def test_suggestions_are_shown_as_text(browser_page: OpenPage, site: World) -> None:
    page = browser_page()
    suggestions = [
        {"type": "street", "text": text, "caret": 1, "commune_code": "1", "commune_name": text}
        for text in PAYLOADS
    ]
    suggestions[-1]["code"] = "//evil.example"
    body = json.dumps({"suggestions": suggestions})
    page.route("**/v1/autocomplete?*", lambda route: route.fulfill(status=200, body=body))
    page.goto(site.base)
    page.get_by_role("combobox", name=LABEL).press_sequentially("le")
    expect(page.get_by_role("option")).to_have_count(len(PAYLOADS))
    expect(page.get_by_role("option").first).to_have_text(PAYLOADS[0])
    page.get_by_role("option").last.click()
    expect(page).to_have_url(f"{site.base}/")
    assert page.evaluate("window.__xss") is None
