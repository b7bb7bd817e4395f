"""Signing in and looking after one's account, in a real browser, on a telephone and on a desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

NAME = "Nguyễn Thị Thanh Phương Bịa"
PASSWORD = "bốn con cá bơi ngược"
SIZES = {"360px": {"width": 360, "height": 740}, "1280px": {"width": 1280, "height": 800}}


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[str]:
    """Give a server where somebody has an account for each width of window."""
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(asyncio.run, _open_accounts(url)).result()
        with serve_app(url) as base:
            yield base


async def _open_accounts(url: str) -> None:
    engine = make_engine(Settings.model_validate({"database_url": url}))
    async with transaction(engine) as conn:
        for login in SIZES:
            made, _ = await accounts.create_account(
                conn,
                command_line("test"),
                Passwords(),
                login=login,
                display_name=NAME,
                roles=[Role.REGISTRAR, Role.ADMIN],
                areas=["25747", "25750"],
                password=PASSWORD,
                at=SystemClock().now(),
            )
            assert made.login == login
    await engine.dispose()


def expect_fits(page: Page) -> None:
    page.wait_for_load_state()  # its styles are there
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("login", SIZES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_somebody_signs_in_and_out(
    login: str, site: str, browser_page: OpenPage, *, scripts: bool
) -> None:
    page = browser_page(
        viewport=SIZES[login],
        java_script_enabled=scripts,
        expected_problems=("401", "422"),
        # an address of its own: who signs in too often from one is held
        extra_http_headers={"X-Forwarded-For": f"192.0.2.{len(login)}{int(scripts)}"},
    )
    page.goto(f"{site}/findings")
    page.get_by_role("link", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    if scripts:
        expect_fits(page)
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu", exact=True).fill("một mật khẩu sai")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_contain_text("không đúng")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value(login)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{site}/findings")
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", name="Tài khoản của tôi")).to_be_visible()
    expect(page.get_by_text("Phường Tây (25747), Phường Đông (25750)")).to_be_visible()
    expect(page.get_by_text("Cán bộ quản lý sổ địa chỉ, Quản trị viên")).to_be_visible()
    if scripts:
        expect_fits(page)
    page.get_by_label("Mật khẩu hiện tại").fill(PASSWORD)
    page.get_by_label("Mật khẩu mới", exact=True).fill("123456789012")
    page.get_by_label("Nhập lại mật khẩu mới").fill("123456789012")
    page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(page.get_by_role("alert")).to_contain_text("dễ đoán")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/account")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
