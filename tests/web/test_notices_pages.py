"""Notices and plates in a real browser: on a telephone, by keyboard, with and without scripts.

All addresses and people are invented.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect
from service_settings import service_settings

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.types import LonLat

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]
CheckAccess = Callable[[Page], None]

PASSWORD = "bốn con cá bơi ngược"
PEOPLE = {"tay": ["25747"], "dong": ["25750"]}
TELEPHONE = {"width": 360, "height": 740}
HOSTILE = "Đường <b>Bịa</b> ${1}"


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, _fill(url)).result()
        with serve_app(url, demo="true") as base:
            yield base


async def _fill(url: str) -> None:
    engine, someone, clock = make_engine(service_settings(url)), command_line("t"), SystemClock()
    async with transaction(engine) as conn:
        for login, areas in PEOPLE.items():
            await accounts.create_account(
                conn, someone, Passwords(), login=login, display_name=f"Cán bộ {login}",
                roles=[Role.FIELD], areas=areas, password=PASSWORD, at=clock.now(),
            )  # fmt: skip
        for number in (1, 2, 3):
            wanted = AssignAddress(
                kind=Kind.DWELLING,
                source="test",
                components=Components(house_number=str(number), thoroughfare=HOSTILE),
                position=Position(
                    LonLat(106.65 + number * 1e-3, 10.95), 4.5, Method.GNSS, Marks.ENTRANCE
                ),
            )
            await service.assign_address(conn, someone, wanted, clock)
    await engine.dispose()


def sign_in(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/notices")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Chuẩn bị đợt in mới")).to_be_visible()


def expect_fits(page: Page) -> None:
    wide = page.locator("html").evaluate("it => it.scrollWidth - it.clientWidth")
    assert wide <= 0, page.url


def house(page: Page, number: int) -> str:
    """Give the selector of a house, by the place it has on the page."""
    return f"ol.houses > li:nth-child({number})"


def test_a_batch_is_printed_and_marked_without_scripts(site: str, browser_page: OpenPage) -> None:
    page = browser_page(
        viewport=TELEPHONE, java_script_enabled=False, expected_problems=("403", "409", "422")
    )
    sign_in(page, site, "tay")
    expect_fits(page)
    page.get_by_role("button", name="Chuẩn bị", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa rõ in cho địa chỉ nào")
    page.get_by_label("Hoặc danh sách mã").fill("75123-00000-0\r\nx")
    page.get_by_role("button", name="Chuẩn bị", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("2 mã trong danh sách")
    expect(page.get_by_label("Hoặc danh sách mã")).to_have_value("75123-00000-0\nx")
    page.get_by_label("Hoặc danh sách mã").fill("")
    page.get_by_label("Phường, xã", exact=True).select_option(label="Phường Tây (3)")
    page.get_by_label("Ghi chú").fill("đợt <i>1</i>")
    page.get_by_role("button", name="Chuẩn bị", exact=True).click()
    expect(page.get_by_role("heading", name="Đợt in số 1", exact=True)).to_be_visible()
    expect(page.locator("#tally")).to_contain_text("3")
    expect(page.locator(".lead")).to_contain_text("đợt <i>1</i>")
    expect(page.locator(house(page, 1))).to_contain_text(f"1 {HOSTILE}, Phường Tây")
    expect_fits(page)

    page.get_by_label("Cách thông báo").select_option("visit")
    first = page.locator(house(page, 1))
    first.get_by_role("button", name="Đã thông báo").click()
    expect(first.locator(".done")).to_contain_text("(Đến tận nơi)")
    assert "#c" in page.url, "it leads back to the house"
    second = page.locator(house(page, 2))
    second.get_by_text("Chưa gặp").click()
    second.get_by_role("button", name="Không có ai ở nhà").click()
    expect(second.locator(".done")).to_contain_text("Chưa gặp")
    page.get_by_role("group", name="Ghi cho tất cả").get_by_role(
        "button", name="Đã thông báo"
    ).click()
    said = page.get_by_role("status").filter(has_text="Đã ghi")
    expect(said).to_contain_text("Đã ghi 2 địa chỉ: đã thông báo mã. 1 địa chỉ đã ghi từ trước")
    page.get_by_role("button", name="Bỏ ghi 2 địa chỉ vừa ghi").click()
    expect(page.get_by_text("Đã bỏ ghi 2 địa chỉ")).to_be_visible()
    expect(page.locator(house(page, 1)).locator(".done")).to_have_count(1)
    expect(page.locator(house(page, 3)).locator(".done")).to_have_count(0)
    page.locator(house(page, 1)).get_by_role("button", name="Bỏ ghi").click()
    expect(page.locator(house(page, 1)).locator(".done")).to_have_count(0)

    for what, path in (("%PDF", "letters?part=1"), ("%PDF", "plates?part=1&size=large")):
        answer = page.request.get(f"{site}/v1/notices/batches/1/{path}")
        assert (answer.status, answer.body()[:4].decode()) == (200, what)
    table = page.request.get(f"{site}/notices/counts.csv")
    assert table.body().decode("utf-8-sig").splitlines()[1:] == ["25747,Phường Tây,3,0,0,1"]

    other = browser_page(viewport=TELEPHONE, java_script_enabled=False)
    sign_in(other, site, "dong")
    expect(other.get_by_text("Chưa có đợt in nào.")).to_be_visible()
    assert other.request.get(f"{site}/notices/1").status == 404
    assert other.request.get(f"{site}/notices/x").status == 404


def test_a_house_is_marked_by_keyboard_and_keeps_its_place(
    site: str, browser_page: OpenPage, axe: CheckAccess
) -> None:
    page = browser_page(viewport=TELEPHONE, bypass_csp=True)
    sign_in(page, site, "tay")
    axe(page)
    page.get_by_label("Phường, xã", exact=True).select_option("25747")
    page.get_by_role("button", name="Chuẩn bị", exact=True).click()
    expect(page.get_by_role("heading", name="Địa chỉ trong phần này")).to_be_visible()
    page.wait_for_load_state("networkidle")
    third = page.locator(house(page, 3))
    third.get_by_role("button", name="Đã gắn biển").focus()
    before = third.bounding_box()
    page.keyboard.press("Enter")
    expect(third.locator(".done")).to_contain_text("Đã gắn biển")
    expect(page.locator("#marks-said")).to_contain_text("Đã gắn biển")
    expect(third).to_be_focused()
    after = third.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 100, "nobody has to look for it again"
    assert "#" not in page.url
    expect(page.locator("#tally")).to_contain_text("1")
    page.keyboard.press("Tab")  # its code
    page.keyboard.press("Tab")
    expect(third.get_by_role("button", name="Bỏ ghi")).to_be_focused()
    page.keyboard.press("Enter")
    expect(third.locator(".done")).to_have_count(0)
    third.get_by_text("Chưa gặp").click()
    axe(page)
    expect_fits(page)
    page.get_by_role("group", name="Ghi cho tất cả").get_by_role(
        "button", name="Đã gắn biển"
    ).click()
    expect(page.get_by_role("status").filter(has_text="Đã ghi 3")).to_be_focused()
    axe(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Note what was done")).to_be_visible()
    expect_fits(page)
