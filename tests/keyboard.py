"""A person who has a keyboard and nothing else, and sees where the focus is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect

_MOST: Final = 150
"""Steps to anything on a page; more is a trap, or as good as one."""

_STEP = Path(__file__).with_name("keyboard_step.js").read_text(encoding="utf-8")


class Keyboard:
    """Goes over a page by Tab; where it stands must be seen, and follow the order of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.press = page.keyboard.press

    def to(self, wanted: Locator) -> None:
        """Go on by Tab until something has the focus; from the end of the page to its top."""
        expect(wanted).to_be_visible()
        element = wanted.element_handle()
        # what a script gave the focus is where one goes on from
        self.page.evaluate("window.keyboardWas = document.activeElement")
        for _ in range(_MOST):
            if self.page.evaluate("(each) => each === document.activeElement", element):
                return
            self.press("Tab")
            fault = self.page.evaluate(_STEP)
            assert fault is None, f"{self.page.url}: {fault}"
        raise AssertionError(f"{self.page.url}: not reached: {wanted}")

    def choose(self, wanted: Locator, key: str = "Enter") -> None:
        """Go to a link or button, and press a key on it."""
        self.to(wanted)
        self.press(key)

    def write(self, wanted: Locator, text: str) -> None:
        """Go to a field, and put a text in place of what stands there."""
        self.to(wanted)
        self.press("Control+a")
        self.page.keyboard.type(text)
        expect(wanted).to_have_value(text)

    def write_day(self, wanted: Locator, day: str) -> None:
        """Go to a field for a day, and type one (``2026-01-31``) as the browser writes days."""
        self.to(wanted)
        year, month, of_month = day.split("-")
        for digits in (f"{month}{of_month}{year}", f"{of_month}{month}{year}"):
            self.page.keyboard.type(digits)
            if wanted.input_value() == day:
                return
            for _ in range(3):
                self.press("ArrowLeft")
        raise AssertionError(f"{wanted} holds {wanted.input_value()}, not {day}")
