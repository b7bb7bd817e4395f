"""The map of a plan in a real browser: official colours, legend, slider, hostile texts as text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import shapely
from planning_world import insert_plan
from playwright.sync_api import Page, expect
from service_settings import service_settings

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.planning.code_lists import use_of
from addrsvc.planning.files.model import Fault, Mark, Report
from addrsvc.planning.files.report_json import marks_geojson
from addrsvc.planning.maps.preparing import prepare_tiles
from addrsvc.planning.maps.report_drawing import draw_report_map

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

SIZES = {"360px": {"width": 360, "height": 740}, "1280px": {"width": 1280, "height": 800}}
WEST, SOUTH, SIDE = 106.640, 10.960, 0.0025
CODES = ("ODT", "CLN", "DGT", "constructor", "RSX", "ODT+CLN", "__proto__", "TMD", "NTS")
HOSTILE = "{{7*7}}${7*7}</script><script>window.__xss=1</script><img src=x onerror=window.__xss=2>"


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[str]:
    """Give a server with one plan of nine zones side by side; texts of the file are hostile."""
    zones = [
        (
            code,
            shapely.box(
                WEST + at % 3 * SIDE,
                SOUTH + at // 3 * SIDE,
                WEST + (at % 3 + 1) * SIDE,
                SOUTH + (at // 3 + 1) * SIDE,
            ),
        )
        for at, code in enumerate(CODES)
    ]
    with clone_database(registry_template) as url:
        plan_id = insert_plan(url, zones, name=f"Quy hoạch bịa {HOSTILE}", communes=["25747"])
        with psycopg.connect(url) as conn:
            conn.execute("UPDATE planning_zone SET label = %s", [HOSTILE])
            conn.execute("UPDATE admin_unit SET full_name = %s WHERE code = '25747'", [HOSTILE])
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, _prepare(url, plan_id)).result()
        with serve_app(url) as base:
            yield f"{base}/v1/plans/{plan_id}"


async def _prepare(url: str, plan_id: int) -> None:
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        await prepare_tiles(conn, plan_id)
    await engine.dispose()


_MIDDLE = """
// red, green, blue and opacity of the tile drawn in the middle of the map
window.middle = () => {
  const map = document.querySelector(".folium-map").getBoundingClientRect();
  const [x, y] = [map.x + map.width / 2, map.y + map.height / 2];
  for (const tile of document.querySelectorAll("canvas.leaflet-tile-loaded")) {
    const box = tile.getBoundingClientRect();
    if (box.x <= x && x < box.right && box.y <= y && y < box.bottom) {
      const at = (each) => (each * tile.width) / 256;
      return [...tile.getContext("2d").getImageData(at(x - box.x), at(y - box.y), 1, 1).data];
    }
  }
  return [];
};
"""


_TOO_SMALL = """() => [
  ...document.querySelectorAll(".panel label, .panel button, .panel summary, .leaflet-control a"),
  ...document.querySelectorAll(".leaflet-popup-close-button"),
].filter((each) => each.getClientRects().length && each.getBoundingClientRect().height < 44)
  .map((each) => each.outerHTML)"""
"""What fingers miss."""


def _wait_for_middle(page: Page) -> None:
    """Wait until something is drawn there; a page's policy lets no function be waited for."""
    until = time.monotonic() + 20
    while not (_middle(page) or [0])[-1]:
        assert time.monotonic() < until, "nothing is drawn in the middle of the map"
        page.wait_for_timeout(50)


def _middle(page: Page) -> list[int]:
    found: list[int] = page.evaluate("middle()")
    return found


@pytest.mark.parametrize("size", SIZES)
def test_a_plan_is_drawn_and_told(size: str, site: str, browser_page: OpenPage) -> None:
    page = browser_page(viewport=SIZES[size])
    page.add_init_script(_MIDDLE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(f"{site}/map?lang=vi")
    assert answer is not None
    assert "sandbox allow-scripts" in answer.headers["content-security-policy"]
    assert page.evaluate("window.origin") == "null"  # it could not read what is signed in
    expect(page.locator("canvas.leaflet-tile-loaded").first).to_be_visible()
    _wait_for_middle(page)
    assert _middle(page) == [*bytes.fromhex(use_of("land-use-2018", CODES[4]).colour[1:]), 255]

    legend = page.locator(".panel details")
    if size == "360px":
        expect(legend.get_by_text("DGT")).to_be_hidden()
        legend.get_by_text("Chú giải").click()
    expect(legend.locator("li")).to_have_count(len(CODES))
    expect(legend.get_by_text("Đất giao thông")).to_be_visible()
    expect(page.get_by_text("Dữ liệu giả lập")).to_be_visible()
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    opacity = "getComputedStyle(document.querySelector('.leaflet-layer')).opacity"
    page.get_by_label("Độ đậm").fill("30")
    assert float(page.evaluate(opacity)) == pytest.approx(0.3)
    page.get_by_label("Vùng quy hoạch").uncheck()
    expect(page.locator("canvas")).to_have_count(0)
    page.get_by_label("Vùng quy hoạch").check()
    _wait_for_middle(page)

    page.get_by_role("button", name="Phóng to").click()
    _wait_for_middle(page)
    page.get_by_role("button", name="Xem vùng ở giữa bản đồ").click()
    told = page.locator(".leaflet-popup-content")
    expect(told).to_contain_text("Đất rừng sản xuất (RSX)")
    expect(told).to_contain_text(f"{HOSTILE[:60]}")
    expect(told).to_contain_text("Vùng số 5: 7,6")
    assert page.evaluate(_TOO_SMALL) == []
    expect(page.locator(".commune").first).to_contain_text("</script>")
    expect(page.locator("h1")).to_contain_text("{{7*7}}${7*7}")  # said, not computed
    assert page.evaluate("window.__xss") is None
    assert {urlsplit(each).path.split("/")[3] for each in asked} == {site.rpartition("/")[2]}


@pytest.mark.parametrize(("width", "height"), [(300, 8), (8, 300)])
def test_a_map_without_room_is_drawn_once_it_has_some(
    width: int, height: int, site: str, browser_page: OpenPage
) -> None:
    page = browser_page(viewport={"width": width, "height": height})
    page.add_init_script(_MIDDLE)
    page.goto(f"{site}/map")
    expect(page.locator(".leaflet-control-scale")).to_have_count(1)
    page.set_viewport_size(SIZES["1280px"])
    _wait_for_middle(page)


def test_a_report_opens_from_a_disk(browser_page: OpenPage, tmp_path: Path) -> None:
    ring = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
    marks = (
        Mark(Fault.OVERLAP, 3, 4, area_m2=10.5, shape=shapely.to_wkb(ring)),
        Mark(Fault.UNKNOWN_CODE, 7, lon=WEST - SIDE, lat=SOUTH - SIDE, said=HOSTILE),
    )
    report = Report(
        features=9,
        zones=7,
        vertices=50,
        area_m2=1.0,
        extent=(WEST - SIDE, SOUTH - SIDE, WEST + SIDE, SOUTH + SIDE),
        crs="EPSG:9210",
        crs_from="file",
        encoding="utf-8",
        encoding_from="file",
        layer="vung",
        layers=("vung",),
        columns=("MA",),
        code_column="MA",
        label_column=None,
        code_list="land-use-2018",
        codes=(),
        counts={Fault.OVERLAP: 1, Fault.UNKNOWN_CODE: 1},
        marks=marks,
        repairs=(),
    )
    file = tmp_path / "report.html"
    file.write_text(draw_report_map(report, marks_geojson(report), "vi"), encoding="utf-8")
    page = browser_page(viewport=SIZES["360px"], offline=True)
    page.set_content(file.read_text(encoding="utf-8"))
    expect(page.get_by_label("Vùng chồng lấn: 1")).to_be_checked()
    told = page.locator(".leaflet-popup-content")
    page.get_by_role("button", name="Xem lỗi ở gần").click()
    expect(told).to_contain_text("Vùng số 3, 4")
    page.get_by_label("Vùng chồng lấn: 1").uncheck()
    page.get_by_role("button", name="Xem lỗi ở gần").click()
    expect(told).to_contain_text(HOSTILE[:60])
    assert page.evaluate("window.__xss") is None
