"""The browser the page tests rely on: draws maps, speaks to this machine alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from waiting import wait_until

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def test_it_shows_the_running_service_in_vietnamese(
    browser_page: OpenPage, live_server: str
) -> None:
    page = browser_page()
    answer = page.goto(f"{live_server}/healthz")
    assert answer is not None
    assert answer.ok
    assert page.evaluate("navigator.language") == "vi-VN"


def test_it_has_webgl_without_a_graphics_card(browser_page: OpenPage) -> None:
    page = browser_page()
    assert page.evaluate("document.createElement('canvas').getContext('webgl2') !== null")


def test_it_reaches_no_other_machine(browser_page: OpenPage) -> None:
    page = browser_page(expected_problems=("asked another machine", "Failed to load resource"))
    page.set_content("<img src='http://192.0.2.1/tracker.png'>")  # TEST-NET-1
    wait_until(page, "document.images[0].complete")
    assert page.evaluate("document.images[0].naturalWidth") == 0
