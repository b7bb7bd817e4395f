"""Dossiers in numbers, in a real browser: totals, table, map in a frame, nothing from elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from dossiers_world import three_addresses
from playwright.sync_api import Page, expect
from service_settings import service_settings
from waiting import wait_until

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import SystemClock
from addrsvc.commune_maps.model import Shape
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.statistics.counting import count_dossiers
from addrsvc.dossiers.statistics.drawing import draw_map
from addrsvc.dossiers.statistics.model import Counts, Dimension, Statistics, Wanted

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

PASSWORD = "bốn con cá bơi ngược"
SIZES = {"360px": {"width": 360, "height": 740}, "1280px": {"width": 1280, "height": 800}}

_FILL = """
UPDATE admin_unit SET full_name = %(hostile)s WHERE code = '25750';
UPDATE admin_unit SET boundary = NULL, boundary_kind = NULL, boundary_source = NULL
WHERE code = '25942';
INSERT INTO personal.dossier (code, code_key, received_on, procedure_code, version, created_at,
                              created_by, changed_at, changed_by)
SELECT i, i, date '2026-01-01' + i %% 40, '1.01144' || i %% 3, 1, now(), 'key:a', now(), 'key:a'
FROM generate_series(1, 1200) AS i;
INSERT INTO personal.dossier_address (dossier_id, n, role, given, state, category, verdict,
                                      judged_at, recorded_at)
SELECT dossier_id, 1, CASE WHEN dossier_id %% 3 = 0 THEN 'object' ELSE 'residence_permanent' END,
       '{"text": "x"}',
       CASE WHEN dossier_id %% 5 = 0 THEN 'waiting' WHEN dossier_id %% 7 = 0 THEN 'corrected'
            ELSE 'linked' END,
       'A', '{"candidates": [], "communes": []}', now() - interval '9 days', now()
FROM personal.dossier;
INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by)
SELECT dossier_id, 1, CASE WHEN dossier_id %% 10 < 6 THEN 1 ELSE 2 + dossier_id %% 2 END, 'found',
       now(), 'key:a'
FROM personal.dossier_address WHERE state <> 'waiting' OR dossier_id %% 10 = 0;
"""


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase,
    registry_template: str,
    serve_app: ServeApp,
    hostile_text: str,
) -> Iterator[str]:
    """Give a server with a thousand dossiers, one commune of a hostile name, one of no boundary."""
    with clone_database(registry_template) as url:
        three_addresses(url)
        with psycopg.connect(url) as conn:
            for statement in _FILL.split(";\n"):
                conn.execute(statement.encode(), {"hostile": hostile_text})
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, _count(url)).result()
        with serve_app(url) as base:
            yield base


async def _count(url: str) -> None:
    engine, clock = make_engine(service_settings(url)), SystemClock()
    async with transaction(engine) as conn:
        for login in SIZES:
            await accounts.create_account(
                conn,
                command_line("test"),
                Passwords(),
                login=login,
                display_name="Nguyễn Thị Bịa",
                roles=[Role.REGISTRAR],
                areas=None,
                password=PASSWORD,
                at=clock.now(),
            )
        assert await count_dossiers(conn, clock) is not None
    await engine.dispose()


@pytest.mark.parametrize("login", SIZES)
def test_numbers_and_a_map_that_asks_nobody(
    login: str, site: str, browser_page: OpenPage, tmp_path: Path
) -> None:
    page = browser_page(
        viewport=SIZES[login],
        extra_http_headers={"X-Forwarded-For": f"192.0.2.7{len(login)}"},
    )
    page.goto(f"{site}/statistics")  # leads to sign in, and back
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Thống kê hồ sơ")).to_be_visible()
    totals = page.locator(".totals")
    expect(totals).to_contain_text("1.200")
    expect(totals.locator(".part-waiting")).to_contain_text("240 20,0 %")
    expect(totals.locator(".part-waiting")).to_contain_text("9 ngày trở lên")
    expect(page.get_by_role("row", name="Phường Tây")).to_be_visible()
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    frame = page.frame_locator("iframe")
    areas = frame.locator("path.leaflet-interactive")
    expect(areas).to_have_count(3)
    before = [areas.nth(at).get_attribute("fill") for at in range(3)]
    frame.get_by_label("Tỷ lệ đã liên kết").check()
    expect(frame.get_by_text("≥ 95 %")).to_be_visible()
    assert [areas.nth(at).get_attribute("fill") for at in range(3)] != before
    areas.nth(1).hover()
    expect(frame.locator(".leaflet-tooltip")).to_contain_text("</script>")  # said, not run
    assert page.frames[1].evaluate("window.__xss") is None

    page.get_by_role("link", name="Ngày tiếp nhận").click()
    expect(page.get_by_role("row", name="09/02/2026")).to_be_visible()
    expect(page.locator("rect.part-waiting")).to_have_count(8)

    with page.expect_download() as begun:
        page.get_by_role("link", name="Tải bản đồ").click()
    file = tmp_path / "map.html"
    begun.value.save_as(file)
    alone = browser_page(offline=True)
    alone.set_content(file.read_text(encoding="utf-8"))
    expect(alone.locator("path.leaflet-interactive")).to_have_count(3)


@pytest.mark.parametrize(("width", "height"), [(300, 8), (8, 300), (0, 0)])
def test_a_map_without_room_waits_for_it(width: int, height: int, browser_page: OpenPage) -> None:
    square = {
        "type": "Polygon",
        "coordinates": [[[106, 11], [106.1, 11], [106.1, 11.1], [106, 11]]],
    }
    shapes = [Shape("25747", "Phường Đông", square, is_indicative=False, centre=None)]
    counts = [({Dimension.COMMUNE: "25747"}, Counts(9, waiting=9))]
    found = Statistics(Wanted((Dimension.COMMUNE,)), None, 0, Counts(9), counts, {})
    page = browser_page(offline=True, viewport=SIZES["1280px"])
    page.set_content(f'<iframe style="border: 0; width: {width}px; height: {height}px"></iframe>')
    page.evaluate(
        "html => document.querySelector('iframe').srcdoc = html", draw_map(found, shapes, "vi")
    )
    areas = page.frame_locator("iframe").locator("path.leaflet-interactive")
    expect(areas).to_have_count(1)
    page.evaluate("document.querySelector('iframe').style = 'width: 900px; height: 700px'")
    wait_until(page, _IS_FITTED)


_IS_FITTED = """() => {
    const { document } = window.frames[0];
    return document.querySelector("path.leaflet-interactive").getBoundingClientRect().height > 100;
}"""
"""Tells whether the area takes up much of the frame, as it does once it is fitted into it."""
