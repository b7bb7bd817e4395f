"""What is planned here, in a real browser: asked without scripts, shown with a map."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import pytest
import shapely
from planning_world import insert_plan
from playwright.sync_api import Locator, Page, expect
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.geo.crs import to_vn2000
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.types import LonLat

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

SIZES = {"360px": {"width": 360, "height": 740}, "1280px": {"width": 1280, "height": 800}}
EDGE = 106.65005
"""Between two land uses: 5.5 m east of the address."""


@dataclass(frozen=True)
class Site:
    """A running server with one address and a few plans around it."""

    base: str
    code: str
    hostile_plan: int

    @property
    def plate(self) -> str:
        return DigitalCode.of(self.code).plate


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp, hostile_text: str
) -> Iterator[Site]:
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            code = apart.submit(asyncio.run, _add_address(url)).result()
        box = shapely.box
        before = insert_plan(
            url,
            [("LUC", box(106.6, 10.9, 106.7, 11.0))],
            name="Quy hoạch cũ (bịa)",
            status="superseded",
            valid_from=date(2024, 1, 1),
            valid_to=date(2026, 1, 5),
        )
        insert_plan(
            url,
            [
                ("ODT", box(106.64, 10.94, EDGE, 10.96)),
                ("CLN", box(EDGE, 10.94, 106.655, 10.96)),
                ("DGT", box(106.6545, 10.94, 106.655, 10.96)),
            ],
            name="Quy hoạch sử dụng đất Phường Tây (bịa)",
            replaces=[before],
        )
        insert_plan(
            url,
            [("LUC", box(106.649, 10.949, 106.651, 10.951))],
            name="Quy hoạch sử dụng đất khác (bịa)",
            scale=10_000,
        )
        hostile = insert_plan(
            url,
            [(hostile_text, box(106.68, 10.98, 106.69, 10.99))],
            name=f"Bịa {hostile_text}",
            kind="zoning",
        )
        many = {"anonymous_per_minute": "100000"}
        with serve_app(url, **many) as base:
            yield Site(base, code, hostile)


async def _add_address(url: str) -> str:
    engine = make_engine(service_settings(url))
    wanted = AssignAddress(
        kind=Kind.DWELLING,
        source="test",
        components=Components(house_number="12", thoroughfare="Đường Lê Lợi"),
        position=Position(LonLat(106.65, 10.95), 8.0, Method.GNSS, Marks.ENTRANCE),
    )
    async with transaction(engine) as conn:
        made = await service.assign_address(conn, command_line("test"), wanted, SystemClock())
    await engine.dispose()
    return str(made.code)


def corners_of(west: float, south: float, east: float, north: float) -> str:
    """Write a plot as certificates do: number, X to the north, Y to the east."""
    places = [(west, south), (west, north), (east, north), (east, south)]
    lines = []
    for number, (lon, lat) in enumerate(places, start=1):
        easting, northing = to_vn2000(LonLat(lon, lat), 9210)
        lines.append(f"{number}\t{northing:.2f}\t{easting:.2f}".replace(".", ","))
    return "\n".join(lines)


def expect_fits(page: Page) -> None:
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def plan_card(page: Page, name: str) -> Locator:
    return page.locator("article", has=page.get_by_role("heading", name=name))


@pytest.mark.parametrize("size", SIZES)
def test_a_citizen_asks_without_scripts(size: str, site: Site, browser_page: OpenPage) -> None:
    page = browser_page(
        viewport=SIZES[size], java_script_enabled=False, expected_problems=("422", "404")
    )
    page.goto(f"{site.base}/a/{site.code}")
    page.get_by_role("link", name="Quy hoạch tại đây").click()
    expect(page.get_by_role("link", name=f"{site.plate} – 12 Đường Lê Lợi")).to_be_visible()
    card = plan_card(page, "Quy hoạch sử dụng đất Phường Tây (bịa)")
    expect(card).to_contain_text("12/QĐ-BỊA ngày 30/12/2025")
    expect(card).to_contain_text("1:2.000")
    expect(card.locator(".here li")).to_have_text(["Đất ở tại đô thị ODT"])
    expect(card.locator(".near li")).to_have_text(["Đất trồng cây lâu năm CLN cách 5,5 m"])
    expect(page.get_by_text("ghi Đất ở tại đô thị (ODT), “Quy hoạch sử")).to_be_visible()
    expect(page.get_by_text("chỉ để tham khảo")).to_be_visible()
    expect(page.get_by_text("Dữ liệu giả lập: có quy hoạch")).to_be_visible()
    printed = page.request.get(
        site.base + str(page.get_by_role("link", name="Tải bản in").get_attribute("href"))
    )
    assert printed.body().startswith(b"%PDF")

    page.get_by_text("Xem theo ngày khác").click()
    page.get_by_label("Theo quy hoạch có hiệu lực vào ngày").first.fill("2025-06-01")
    page.get_by_role("button", name="Xem quy hoạch", exact=True).click()
    expect(page.get_by_text("01/06/2025")).to_be_visible()
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator("article")).to_contain_text("Đã được thay thế")

    page.goto(f"{site.base}/planning")
    page.get_by_text("Nhập tọa độ các đỉnh").click()
    page.get_by_label("Bảng tọa độ các đỉnh").fill("1 1211058,35 598071,18")
    page.get_by_role("button", name="Xem quy hoạch của thửa đất").click()
    expect(page.get_by_role("alert")).to_contain_text("Chỉ đọc được 1 đỉnh")
    corners = corners_of(106.654, 10.945, 106.656, 10.946)
    page.get_by_label("Bảng tọa độ các đỉnh").fill(corners)
    page.get_by_role("button", name="Xem quy hoạch của thửa đất").click()
    assert page.url == f"{site.base}/planning"  # corners stand in no link
    expect(page.get_by_text("4 đỉnh, rộng 24.18")).to_be_visible()
    expect(page.get_by_text("Đã đọc X là Bắc, Y là Đông")).to_be_visible()
    expect(page.get_by_text("(tự nhận ra)")).to_be_visible()
    rows = page.locator("article .uses tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("50%")
    expect(rows.nth(1)).to_contain_text("25%")
    expect(page.get_by_text("(50%) bản đồ quy hoạch này không nói đến")).to_be_visible()
    expect(page.get_by_text("(25%) nằm trong hai vùng chồng lên nhau")).to_be_visible()
    expect(page.get_by_role("button", name="Tải bản in")).to_be_visible()
    assert page.url == f"{site.base}/planning"


def test_what_cannot_be_answered_says_what_to_do(site: Site, browser_page: OpenPage) -> None:
    page = browser_page(
        viewport=SIZES["360px"], java_script_enabled=False, expected_problems=("422", "404")
    )

    def ask(text: str, more: str = "") -> None:
        page.goto(f"{site.base}/planning?q={quote(text)}{more}")

    ask("10.5, 107.9")
    expect(page.get_by_role("heading", name="Chưa có quy hoạch nào")).to_be_visible()
    ask("51.5, -0.12")
    expect(page.get_by_role("alert")).to_contain_text("không nằm ở Việt Nam")
    expect(page.get_by_label("Mã địa chỉ")).to_have_attribute("aria-invalid", "true")
    ask("X=1500000 Y=598371")
    expect(page.get_by_role("alert")).to_contain_text("hãy chọn tỉnh")
    ask("10.95 106.65", "&day=5/1/2026")
    expect(page.get_by_role("alert")).to_contain_text("không phải một ngày")
    ask("Phường Tây")
    expect(page.get_by_role("alert")).to_contain_text("chỉ tìm thấy “Phường Tây, Thành phố Mẫu”")
    ask("12 Đường Lê Lợi, Phường Tây, Thành phố Mẫu")
    expect(page.get_by_role("link", name=f"{site.plate} – 12 Đường Lê Lợi")).to_be_visible()
    easting, northing = to_vn2000(LonLat(106.65, 10.95), 9210)
    ask(f"{easting:.2f} {northing:.2f}", "&lang=en")
    expect(page.get_by_text("Read with X as easting and Y as northing")).to_be_visible()
    expect(page.get_by_text("Urban residential land", exact=True)).to_be_visible()
    expect_no_vietnamese_words(page)


def expect_no_vietnamese_words(page: Page) -> None:
    for said in ("Diện tích", "Quyết định:", "Hiệu lực", "Đã đọc"):
        expect(page.get_by_text(said)).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_the_map_is_drawn_from_here_and_hostile_texts_stay_texts(
    size: str, site: Site, browser_page: OpenPage
) -> None:
    page = browser_page(viewport=SIZES[size])
    page.goto(f"{site.base}/planning?q=10.95,%20106.65")
    expect(page.locator("#map")).to_have_attribute("data-state", "drawn")
    expect_fits(page)
    page.get_by_label("Quy hoạch trên bản đồ").select_option("1")
    page.goto(f"{site.base}/planning?q=10.985,%20106.685")
    expect(page.locator("#map")).to_have_attribute("data-state", "drawn")
    expect(page.locator("article")).to_contain_text("</script><script>window.__xss=1</script>")
    expect_fits(page)
    page.goto(f"{site.base}/plans?kind=zoning")
    page.get_by_role("link", name="</script>").click()
    page.wait_for_url(f"{site.base}/plans/{site.hostile_plan}")
    expect(page.get_by_role("row", name="121 ha")).to_contain_text("</script>")
    expect_fits(page)
    frame = page.frame_locator("iframe")
    expect(frame.locator(".leaflet-container")).to_be_visible()
    assert page.evaluate("window.__xss") is None
    assert page.frames[1].evaluate("window.__xss") is None
