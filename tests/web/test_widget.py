"""The lookup widget in a page of somebody else's: another origin, and at times a hostile one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

import httpx
import pytest
from playwright.sync_api import FrameLocator, Page, expect
from waiting import wait_until

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
CheckAccess = Callable[[Page], None]
LABEL = "Địa chỉ, mã hoặc tọa độ"
USE = "Dùng địa chỉ này"
HOME = "123/45/6a le hong phong, phuong tay"


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


PORTAL = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Cổng thử</title>
<script>
window.told = [];
window.chosen = [];
addEventListener("message", ({ data }) => told.push(data?.type));
addEventListener("addrsvc:chosen", ({ detail }) => {
  chosen.push(detail);
  document.getElementById("label").textContent = detail.label;
});
</script>
<script src="BASE/widget.js" async></script></head>
<body style="margin: 0"><addrsvc-lookup QUERY></addrsvc-lookup><p id="label"></p>
<iframe id="sibling" src="/sibling"></iframe></body></html>"""

SIBLING = """<!doctype html><title>x</title><script>
window.told = [];
addEventListener("message", ({ data }) => told.push(data));
</script>"""

PLAIN = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Cổng thử</title>
<iframe title="Tra cứu" src="BASE/widget?lang=en" style="width: 280px; height: 600px"></iframe>"""

OTHERS = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Cổng thử</title>
<iframe src="BASE/"></iframe><iframe src="BASE/a/CODE"></iframe>
<iframe src="BASE/docs"></iframe><iframe src="BASE/sign-in"></iframe>"""


@contextmanager
def _serve(pages: dict[str, str]) -> Iterator[str]:
    """Serve pages by their paths from an origin of their own."""

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = pages.get(self.path.partition("?")[0], "")
            self.send_response(200 if text else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if self.path == "/nobody":  # a page of no origin
                self.send_header("Content-Security-Policy", "sandbox allow-scripts")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def portal(site: World) -> Iterator[str]:
    def page(template: str, query: str = 'lang="vi"') -> str:
        text = template.replace("BASE", site.base).replace("CODE", site.home)
        return text.replace("QUERY", query)

    pages = {
        "/": page(PORTAL),
        "/hostile": page(PORTAL, f'lang="vi" q="{site.plate("hostile")}"'),
        "/nobody": page(PLAIN),
        "/sibling": SIBLING,
        "/plain": page(PLAIN),
        "/others": page(OTHERS),
    }
    with _serve(pages) as base:
        yield base


def widget_of(page: Page) -> FrameLocator:
    return page.frame_locator("addrsvc-lookup iframe")


def test_a_portal_takes_over_the_address_somebody_chose(
    browser_page: OpenPage, site: World, portal: str
) -> None:
    page = browser_page(viewport={"width": 360, "height": 740})
    page.goto(f"{portal}/")
    widget = widget_of(page)
    expect(widget.get_by_label(LABEL, exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    expect(widget.get_by_label(LABEL, exact=True)).to_be_focused()
    before = page.evaluate("history.length")
    page.keyboard.type(HOME)
    page.keyboard.press("Enter")
    expect(widget.get_by_role("heading", name="Khớp với sổ địa chỉ")).to_be_visible()
    expect(widget.locator(".widget-found")).to_be_focused()  # whoever worked in there goes on
    expect(widget.locator(".plate")).to_have_text(site.plate("home"))
    use = widget.get_by_role("button", name=USE)
    expect(use).to_be_visible()
    _is_as_high_as_its_page(page)
    assert page.evaluate("history.length") == before
    assert page.evaluate("chosen") == []
    assert set(page.evaluate("told")) == {"addrsvc:height"}

    page.keyboard.press("Tab")
    expect(use).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.get_by_role("status").filter(has_text="Đã điền")).to_be_visible()
    wait_until(page, "chosen.length === 1")
    chosen = page.evaluate("chosen[0]")
    assert set(chosen) == {"code", "plate", "label"}
    assert (chosen["code"], chosen["plate"]) == (site.home, site.plate("home"))
    expect(page.locator("#label")).to_contain_text("123/45/6A Đường Lê Hồng Phong")

    # it goes on without being loaded anew, and a place that was suggested opens inside
    box = widget.get_by_label(LABEL, exact=True)
    box.fill("")
    box.press_sequentially("truong ma")
    option = widget.get_by_role("option").filter(has_text="Trường Mẫu")
    expect(option).to_be_visible()
    _is_as_high_as_its_page(page)
    option.click()
    expect(widget.locator(".plate")).to_have_text(site.plate("school"))
    expect(widget.get_by_text("không lộ chỗ gõ nhầm")).to_be_hidden()
    full = widget.get_by_role("link", name="Mở trang đầy đủ")
    expect(full).to_have_attribute("href", f"/a/{site.school}?lang=vi")
    widget.get_by_role("button", name="Xem bản đồ").click()
    widget.locator("#map[data-state=drawn]").wait_for()
    _is_as_high_as_its_page(page)
    page.evaluate("document.querySelector('addrsvc-lookup').remove()")
    expect(page.locator("addrsvc-lookup")).to_have_count(0)


def _is_as_high_as_its_page(page: Page) -> None:
    """The frame has no scroll bar of its own, at whatever it shows."""
    inside = page.frames[1] if "/widget" in page.frames[1].url else page.frames[2]
    wait_until(
        page,
        "high => document.querySelector('addrsvc-lookup iframe').offsetHeight === high",
        arg=inside.evaluate("Math.ceil(document.body.getBoundingClientRect().height)"),
    )
    assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_messages_and_names_come_to_nothing(
    browser_page: OpenPage, site: World, portal: str, hostile_text: str
) -> None:
    page = browser_page(viewport={"width": 400, "height": 740})
    page.goto(f"{portal}/hostile")
    widget, frame = widget_of(page), "document.querySelector('addrsvc-lookup iframe')"
    use = widget.get_by_role("button", name=USE)
    expect(use).to_be_visible()
    expect(widget.locator("body")).not_to_be_focused()
    assert page.evaluate("document.activeElement === document.body")  # nothing took the focus

    fake = (
        "{ type: 'addrsvc:chosen', code: '7512304827', plate: 'x', label: 'x', height: 9999 },"
        "{ type: 'addrsvc:height', height: 9999 }, { type: 'addrsvc:height', height: '1e9px' },"
        "{ type: 'addrsvc:hello' }, 'addrsvc:chosen', null, [], 7"
    )
    height = page.evaluate(f"{frame}.offsetHeight")
    # from the page itself, and from a frame beside, into the page and into the widget
    page.evaluate(f"for (const each of [{fake}]) postMessage(each, '*')")
    page.evaluate(f"for (const each of [{fake}]) {frame}.contentWindow.postMessage(each, '*')")
    sibling = next(each for each in page.frames if each.url.endswith("/sibling"))
    sibling.evaluate(
        f"for (const each of [{fake}]) {{ parent.postMessage(each, '*');"
        " for (const at of [0, 1]) parent.frames[at].postMessage(each, '*') }"
    )
    page.evaluate("postMessage({ type: 'last' }, '*')")
    wait_until(page, "told.includes('last')")
    assert page.evaluate("chosen") == []
    assert page.evaluate(f"{frame}.offsetHeight") == height
    assert {each["type"] for each in sibling.evaluate("told") if isinstance(each, dict)} <= {
        "addrsvc:chosen",
        "addrsvc:height",
        "addrsvc:hello",
    }
    assert all(each.get("code") != site.hostile for each in _dicts(sibling.evaluate("told")))
    use.evaluate("button => button.click()")  # no person presses this way
    page.evaluate("postMessage({ type: 'later' }, '*')")
    wait_until(page, "told.includes('later')")
    assert page.evaluate("chosen") == []

    use.click()
    wait_until(page, "chosen.length === 1")
    assert hostile_text.partition("\u202e")[0] in page.evaluate("chosen[0].label")
    for each in page.frames:
        assert each.evaluate("window.__xss") is None


def _dicts(heard: list[Any]) -> list[dict[str, Any]]:
    return [each for each in heard if isinstance(each, dict)]


def test_it_works_as_a_plain_frame_without_scripts(
    browser_page: OpenPage, site: World, portal: str
) -> None:
    page = browser_page(java_script_enabled=False)
    page.goto(f"{portal}/plain")
    widget = page.frame_locator("iframe")
    widget.get_by_label("Address, code or coordinates").fill(HOME)
    widget.get_by_role("button", name="Look up").click()
    expect(widget.locator(".plate")).to_have_text(site.plate("home"))
    expect(widget.locator(".status").first).to_be_visible()
    expect(widget.get_by_role("button", name="Use this address")).to_be_hidden()
    widget.get_by_label("Address, code or coordinates").fill("phuong tay")
    widget.get_by_role("button", name="Look up").click()
    expect(widget.get_by_role("heading", name="How it was understood")).to_be_visible()
    assert page.context.cookies() == []


def test_other_pages_and_pages_of_no_origin_are_refused(
    browser_page: OpenPage, portal: str
) -> None:
    page = browser_page(expected_problems=("frame-ancestors", "X-Frame-Options", "frame"))
    for path, framed in {"/others": 4, "/nobody": 1}.items():
        page.goto(portal + path)
        page.wait_for_load_state()
        assert len(page.frames) == framed + 1
        for frame in page.frames[1:]:
            assert frame.url.startswith("chrome-error:"), frame.url


def test_it_is_accessible_and_fits_at_every_width(
    browser_page: OpenPage, site: World, axe: CheckAccess
) -> None:
    page = browser_page(bypass_csp=True, expected_problems=("422", "404"))
    for asked in ("", f"q={HOME}", f"q={site.retired}", "q=10.99,106.65", "q=75123-99999"):
        page.set_viewport_size({"width": 280, "height": 640})
        page.goto(f"{site.base}/widget?lang=vi&{asked}")
        page.wait_for_load_state()
        for width in (280, 360, 600):
            page.set_viewport_size({"width": width, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), asked
            if width != 600:
                axe(page)
