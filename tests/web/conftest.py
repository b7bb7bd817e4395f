"""A running server and a real browser that may reach nothing else."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

_CHROMIUM_FLAGS = [
    "--no-sandbox",  # root cannot have one
    "--use-gl=angle",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",  # containers have 64 MB of it
]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _serve_app(database_url: str, **settings: str) -> Iterator[str]:
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "ADDRSVC_DATABASE_URL": database_url,
        **{f"ADDRSVC_{name.upper()}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "addrsvc.app:app_from_environment"]
    server = subprocess.Popen(  # noqa: S603 -- our own application
        [*command, "--host=127.0.0.1", f"--port={port}", "--no-access-log"],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
    )
    try:
        deadline = time.monotonic() + 30
        while not _is_ready(base):
            assert server.poll() is None, "the server ended while starting"
            assert time.monotonic() < deadline, "the server did not become ready in 30 s"
            time.sleep(0.05)
        yield base
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _is_ready(base: str) -> bool:
    try:
        return httpx.get(f"{base}/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def serve_app() -> ServeApp:
    """Give a maker of servers: ``with serve_app(database_url, demo="true") as base_url``."""
    return _serve_app


@pytest.fixture
def live_server(serve_app: ServeApp, database_url: str) -> Iterator[str]:
    """Give the base URL of a server of its own process on this test's own database."""
    with serve_app(database_url) as base:
        yield base


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give one Chromium, that of the system, for all tests of this worker."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is not installed: run scripts/test, which installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[OpenPage]:
    """Give a maker of pages, each in a new profile, that speaks Vietnamese unless told otherwise.

    Keywords go to Playwright's ``new_context`` (``locale``, ``viewport``, ``offline`` …). A
    request that leaves this machine is stopped; it, a script error and an error on the
    console fail the test at its end, but for those a test says it provokes:
    ``open_page(expected_problems=("404",))``, parts of the messages.
    """
    with contextlib.ExitStack() as contexts:
        problems: list[str] = []
        expected: list[str] = []

        def stay_here(route: Route) -> None:
            url = route.request.url
            if urlsplit(url).scheme in {"data", "blob"} or urlsplit(url).hostname == "127.0.0.1":
                route.fallback()
            else:
                problems.append(f"asked another machine: {url}")
                route.abort()

        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                problems.append(f"console: {message.text}")

        def open_page(*, expected_problems: tuple[str, ...] = (), **options: Any) -> Page:
            expected.extend(expected_problems)
            context = browser.new_context(**{"locale": "vi-VN", **options})
            contexts.callback(context.close)
            context.route("**/*", stay_here)
            page = context.new_page()
            page.on("console", note)
            page.on("pageerror", lambda error: problems.append(f"script: {error}"))
            return page

        yield open_page
    unexpected = [text for text in problems if not any(part in text for part in expected)]
    assert unexpected == []
