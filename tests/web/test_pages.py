"""What a person meets, in a real browser, on a telephone and on a desk."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any, Protocol

import pytest
from playwright.sync_api import Page, expect
from waiting import wait_until

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
TELEPHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


class World(Protocol):
    base: str
    home: str
    school: str
    hostile: str
    retired: str

    def plate(self, name: str) -> str: ...


@pytest.fixture(params=[TELEPHONE, DESK], ids=["360px", "1280px"])
def viewport(request: pytest.FixtureRequest) -> dict[str, int]:
    size: dict[str, int] = request.param
    return size


@pytest.fixture
def open_home(
    browser_page: OpenPage, world: World, viewport: dict[str, int]
) -> Callable[..., Page]:
    """Give a maker of pages that stand at the one box."""

    def open_(path: str = "/", **options: Any) -> Page:
        page = browser_page(viewport=viewport, **options)
        page.goto(world.base + path)
        return page

    return open_


def look_up(page: Page, text: str) -> None:
    page.get_by_label("Địa chỉ, mã hoặc tọa độ", exact=True).fill(text)
    page.get_by_role("button", name="Tra cứu").click()


def expect_map(page: Page) -> None:
    page.locator("#map[data-state=drawn]").wait_for()


def expect_fits(page: Page) -> None:
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def pixels_of(page: Page, red: int, green: int, blue: int) -> int:
    """Count the pixels of the map that have a colour, give or take three."""
    picture = base64.b64encode(page.locator("#map").screenshot()).decode()
    counted: int = page.evaluate(
        """async ([picture, ...wanted]) => {
            const image = new Image();
            image.src = `data:image/png;base64,${picture}`;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            const { data } = context.getImageData(0, 0, image.width, image.height);
            let count = 0;
            for (let at = 0; at < data.length; at += 4) {
                const off = wanted.map((value, band) => Math.abs(data[at + band] - value));
                if (Math.max(...off) <= 3) count += 1;
            }
            return count;
        }""",
        [picture, red, green, blue],
    )
    return counted


def test_a_plate_finds_its_place(open_home: OpenPage, world: World) -> None:
    page = open_home()
    expect(page.get_by_text("Dữ liệu minh họa – địa chỉ không có thật")).to_be_visible()
    look_up(page, world.plate("home").replace("-", " "))
    expect(page.locator(".plate-heading .plate")).to_have_text(world.plate("home"))
    expect(page.get_by_text("123/45/6A Đường Lê Hồng Phong, Phường Tây")).to_be_visible()
    expect(page.get_by_text("khoảng 4,5 m")).to_be_visible()
    expect(page.locator("article.answer")).to_be_focused()
    expect_map(page)
    expect_fits(page)
    assert "Bịa" not in page.content()


def test_the_map_shows_place_accuracy_boundaries_and_names(
    open_home: OpenPage, world: World
) -> None:
    page = open_home(f"/a/{world.school}")
    expect_map(page)
    assert pixels_of(page, 0xC2, 0x27, 0x2D) > 80, "the point"
    assert pixels_of(page, 0xDC, 0xEB, 0xF8) > 5_000, "the commune it lies in"
    names = page.locator(".commune-name").all_text_contents()
    assert {"Phường Tây", "Xã Bắc", "Xã Nam"} <= set(names)
    expect(page.locator(".commune-here")).to_have_text("Phường Tây")
    expect(page.get_by_text("ranh giới ước lượng (indicative)")).to_be_visible()
    expect(page.get_by_text("ranh giới phường, xã", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Phóng to")).to_be_visible()


def test_a_bare_code_asks_first(open_home: OpenPage, world: World) -> None:
    page = open_home()
    look_up(page, world.home)
    expect(page.get_by_role("heading", name="Có phải địa chỉ này không?")).to_be_visible()
    expect_map(page)
    expect_fits(page)
    page.get_by_role("link", name="Không phải").click()
    expect(page.get_by_role("heading", name="Hãy nhập lại mã")).to_be_visible()
    look_up(page, world.home)
    page.get_by_role("link", name="Đúng, là địa chỉ này").click()
    expect(page).to_have_url(f"{world.base}/a/{world.home}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(world.plate("home"))


def test_a_slip_on_a_plate_is_caught_and_mended(open_home: OpenPage, world: World) -> None:
    page = open_home(expected_problems=("422",))
    plate = world.plate("home")
    slipped = f"{plate[:3]}{(int(plate[3]) + 1) % 10}{plate[4:]}"
    look_up(page, slipped)
    expect(page.get_by_role("heading", name="Sai số kiểm tra")).to_be_visible()
    box = page.get_by_label("Địa chỉ, mã hoặc tọa độ", exact=True)
    expect(box).to_have_value(slipped)
    expect(box).to_have_attribute("aria-invalid", "true")
    expect_fits(page)
    page.get_by_role("link", name=plate).click()
    expect(page.locator(".plate-heading .plate")).to_have_text(plate)
    expect_map(page)


def test_an_unknown_code_ends_in_next_steps(open_home: OpenPage, world: World) -> None:
    page = open_home(expected_problems=("404",))
    look_up(page, "75123-99999")
    expect(page.get_by_role("heading", name="Không tìm thấy địa chỉ")).to_be_visible()
    expect(page.locator(".steps li")).to_have_count(3)
    expect(page.locator(".notice")).to_be_focused()
    expect_fits(page)


def test_a_retired_address_leads_on(open_home: OpenPage, world: World) -> None:
    page = open_home(f"/a/{world.plate('retired')}")
    expect(page).to_have_url(f"{world.base}/a/{world.retired}")
    expect(page.get_by_text("Địa chỉ này không còn dùng từ ngày")).to_be_visible()
    expect_map(page)
    expect_fits(page)
    page.get_by_role("link", name=world.plate("school")).click()
    expect(page.get_by_text("Trường Mẫu")).to_be_visible()


def test_language_is_switched_and_stays(open_home: OpenPage, world: World) -> None:
    page = open_home(f"/a/{world.home}")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("about 4.5 m")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Copy coordinates")).to_be_visible()
    page.goto(world.base)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look up a digital address")
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tra cứu địa chỉ số")


def test_coordinates_are_copied(open_home: OpenPage, world: World) -> None:
    page = open_home(f"/a/{world.home}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Sao chép tọa độ").click()
    expect(page.locator("#copied")).to_have_text("Đã sao chép.")
    assert page.evaluate("navigator.clipboard.readText()") == "10.990000, 106.650000"
    page.get_by_role("button", name="Sao chép liên kết").click()
    wait_until(page, "navigator.clipboard.readText().then((text) => text.includes('/a/'))")
    assert page.evaluate("navigator.clipboard.readText()") == f"{world.base}/a/{world.home}"


NAMES = """() => {
  const boxes = [...document.querySelectorAll(".commune-name")]
    .filter((each) => each.style.visibility !== "hidden")
    .map((each) => each.getBoundingClientRect());
  const meet = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const met = boxes.filter((a, at) => boxes.slice(at + 1).some((b) => meet(a, b))).length;
  return { all: document.querySelectorAll(".commune-name").length, shown: boxes.length, met };
}"""


def test_names_of_communes_do_not_lie_upon_one_another(open_home: OpenPage, world: World) -> None:
    page = open_home(f"/a/{world.home}")
    expect_map(page)
    for _ in range(4):
        page.get_by_role("button", name="Thu nhỏ").click()
    wait_until(page, f"(({NAMES})().shown < ({NAMES})().all) && ({NAMES})().met === 0")
    expect(page.locator(".commune-here")).to_have_css("visibility", "visible")


def test_names_are_never_run(open_home: OpenPage, world: World, hostile_text: str) -> None:
    for path in (f"/a/{world.hostile}", f"/?q={world.plate('hostile')}", f"/?q={world.hostile}"):
        page = open_home(path)
        expect_map(page)
        assert page.evaluate("window.__xss") is None
        assert page.locator(".facts bdi").first.text_content() == hostile_text
        expect(page.locator(".commune-here")).to_have_text(hostile_text)
        assert page.locator("main img, main script").count() == 0
        expect_fits(page)


def test_typed_text_is_never_run(open_home: OpenPage, hostile_text: str) -> None:
    page = open_home(expected_problems=("422",))
    look_up(page, hostile_text)
    page.wait_for_url("**/?q=*")
    box = page.get_by_label("Địa chỉ, mã hoặc tọa độ", exact=True)
    expect(box).to_have_value(re.compile(re.escape(hostile_text[:40])))
    assert page.evaluate("window.__xss") is None


def test_without_scripts_all_but_the_map_is_there(open_home: OpenPage, world: World) -> None:
    page = open_home(java_script_enabled=False)
    look_up(page, world.plate("home"))
    expect(page.locator(".plate-heading .plate")).to_have_text(world.plate("home"))
    instead = page.locator("noscript p")
    expect(instead).to_contain_text("Hãy bật JavaScript để xem bản đồ")
    expect(instead).to_be_visible()
    expect(page.get_by_role("button", name="Sao chép tọa độ")).to_be_hidden()


def test_without_webgl_the_page_says_so(open_home: OpenPage, world: World) -> None:
    page = open_home(expected_problems=("webgl", "WebGL"))
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{world.base}/a/{world.home}")
    expect(page.locator("#map-status")).to_contain_text("Trình duyệt này không vẽ được bản đồ")
    expect(page.get_by_text("10.990000, 106.650000")).to_be_visible()


def test_without_boundaries_the_point_is_still_drawn(open_home: OpenPage, world: World) -> None:
    page = open_home(expected_problems=("503",))
    page.route("**/v1/admin-units.geojson?*", lambda route: route.fulfill(status=503, body=""))
    page.goto(f"{world.base}/a/{world.home}")
    expect_map(page)
    expect(page.locator("#map-status")).to_have_text("Chưa có ranh giới phường, xã ở khu vực này.")
    assert pixels_of(page, 0xC2, 0x27, 0x2D) > 80


def test_functions_can_be_read(open_home: OpenPage) -> None:
    page = open_home("/docs")
    page.get_by_text("Look up one address by its code").click()
    expect(page.get_by_text("retired ones with successors")).to_be_visible()
    expect_fits(page)
