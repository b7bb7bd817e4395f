"""Waiting for what a page comes to."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Error, Page

_PATIENCE_S = 90
_PAUSE_MS = 50


def wait_until(page: Page, expression: str, arg: Any = None) -> None:
    """Wait until a JavaScript expression, or a function of `arg`, holds on a page.

    It is asked from outside, time and again: Playwright's own `wait_for_function` evaluates text
    within the page from the second time on, which the policy of our pages forbids, so that it
    works for what holds at once and fails for what has to be waited for.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while not _holds(page, expression, arg):
        assert time.monotonic() < deadline, f"this never held: {expression}"
        page.wait_for_timeout(_PAUSE_MS)


def _holds(page: Page, expression: str, arg: Any) -> bool:
    try:
        return bool(page.evaluate(expression, arg))
    except Error as error:
        if "Execution context was destroyed" in error.message:
            return False  # the page was left meanwhile; the next one is asked
        raise
