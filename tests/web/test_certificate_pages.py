"""Certificates, cards and plates in a real browser, without scripts and by keyboard.

All that is certified is invented.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.certificates.signing import new_seed
from addrsvc.clock import SystemClock
from addrsvc.codes.code import DigitalCode
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

SIZES = {"360px": {"width": 360, "height": 740}, "1280px": {"width": 1280, "height": 800}}


@dataclass(frozen=True)
class Site:
    """A running server with one address."""

    base: str
    code: str

    @property
    def plate(self) -> str:
        return DigitalCode.of(self.code).plate


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[Site]:
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            code = apart.submit(asyncio.run, _add_address(url)).result()
        settings = {"certificate_key": new_seed(), "certificate_issuer": "UBND Tỉnh Bịa"}
        with serve_app(url, demo="true", **settings) as base:
            yield Site(base, code)


async def _add_address(url: str) -> str:
    engine = make_engine(service_settings(url))
    position = Position(LonLat(106.65, 10.95), 4.5, Method.GNSS, Marks.ENTRANCE)
    components = Components(house_number="12/3", thoroughfare="Đường Nguyễn Hữu Ở (bịa)")
    wanted = AssignAddress(
        kind=Kind.DWELLING, source="test", components=components, position=position
    )
    async with transaction(engine) as conn:
        made = await service.assign_address(conn, command_line("test"), wanted, SystemClock())
    await engine.dispose()
    return str(made.code)


@pytest.mark.parametrize("size", SIZES)
def test_a_certificate_is_had_and_verified_without_scripts(
    site: Site, browser_page: OpenPage, size: str
) -> None:
    page = browser_page(
        viewport=SIZES[size], java_script_enabled=False, expected_problems=("409", "422")
    )
    page.goto(f"{site.base}/certificate")
    page.get_by_label("Mã địa chỉ số").focus()
    page.keyboard.type(site.plate)
    page.keyboard.press("Enter")
    page.wait_for_url("**/certificate/*")
    expect(page.get_by_role("heading", name="Địa chỉ vẫn đúng như trên giấy")).to_be_visible()
    expect(page.get_by_text("12/3 Đường Nguyễn Hữu Ở (bịa), Phường Tây")).to_be_visible()
    assert _overflow(page) <= 0
    serial = page.url.rsplit("/", 1)[-1]
    answer = page.request.get(f"{site.base}/v1/certificates/{serial}").json()

    page.get_by_role("link", name="Kiểm tra giấy khác").click()
    page.get_by_label("Nội dung mã QR lớn hoặc tệp JSON của giấy").fill(answer["text"])
    page.get_by_role("button", name="Kiểm tra", exact=True).click()
    expect(page.get_by_role("heading", name="Chữ ký đúng")).to_be_visible()
    assert _overflow(page) <= 0

    page.goto(f"{site.base}/certificate")
    forged = answer["text"].replace(answer["text"][-20:], "A" * 20)
    page.get_by_label("Nội dung mã QR lớn hoặc tệp JSON của giấy").fill(forged)
    page.get_by_role("button", name="Kiểm tra", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Chữ ký không đúng")
    assert _overflow(page) <= 0
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Get a certificate")).to_be_visible()


def test_plates_and_cards_scan_as_they_are_drawn(site: Site, browser_page: OpenPage) -> None:
    page = browser_page(viewport={"width": 800, "height": 800}, device_scale_factor=2)
    for path in ("plate?size=small", "plate?size=standard", "card?size=wallet", "card?size=a6"):
        page.goto(f"{site.base}/v1/addresses/{site.plate}/{path}&format=svg&lang=vi")
        assert "MÃ ĐỊA CHỈ SỐ" in (page.locator("svg").text_content() or "")
        picture = np.array(Image.open(io.BytesIO(page.screenshot())).convert("L"))
        (found,) = zxingcpp.read_barcodes(picture)
        assert found.text == f"{site.base}/a/{site.plate}"


def _overflow(page: Page) -> int:
    """Give by how much the page is wider than its window."""
    wide = page.locator("html").evaluate("it => it.scrollWidth - it.clientWidth")
    return int(wide)
