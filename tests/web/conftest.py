"""A running server and a real browser that may reach nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from forked_server import forked_server
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress, RetireAddress
from addrsvc.registry.model import Components, Holder, Kind, Marks, Method, Position
from addrsvc.registry.reading import AddressRef
from addrsvc.types import LonLat

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

_WEB = Path(__file__).resolve().parents[2] / "addrsvc" / "web"
_PATIENCE_S = 90
"""A machine with much else to do is slow; what never comes is waited for no longer than that."""

_CHROMIUM_FLAGS = [
    "--no-sandbox",  # root cannot have one
    "--use-gl=angle",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # pages are put together without WebGL, in less time
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",  # containers have 64 MB of it
    # what is not on this machine is asked of a port where nobody listens
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=127.0.0.1",
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
    with forked_server(port, environment) as server:
        deadline = time.monotonic() + _PATIENCE_S
        # one client: making one takes half the time between two questions
        with httpx.Client(limits=httpx.Limits(max_keepalive_connections=0)) as client:
            while not _is_ready(client, base):
                assert server.is_alive(), "the server ended while starting"
                assert time.monotonic() < deadline, "the server did not become ready"
                time.sleep(0.05)
        yield base


def _is_ready(client: httpx.Client, base: str) -> bool:
    try:
        return client.get(f"{base}/readyz").status_code == httpx.codes.OK
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give one Chromium, that of the system, for all tests of a module.

    Not longer: while it is open, Playwright's event loop occupies the thread, and the async
    tests of other modules could not run.
    """
    # the same engine without the windows of a browser, which nobody sees, in a third of the time
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "Chromium is not installed: run scripts/test, which installs it"
    with sync_playwright() as playwright:
        expect.set_options(timeout=_PATIENCE_S * 1000)
        browser = playwright.chromium.launch(
            executable_path=path, args=_CHROMIUM_FLAGS, timeout=_PATIENCE_S * 1000
        )
        yield browser
        browser.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[OpenPage]:
    """Give a maker of pages, each in a new profile, that speaks Vietnamese unless told otherwise.

    Keywords go to Playwright's ``new_context`` (``locale``, ``viewport``, ``offline`` …). A
    request never leaves this machine; one that would, a script error and an error on the
    console fail the test at its end, but for those a test says it provokes:
    ``open_page(expected_problems=("404",))``, parts of the messages.
    """
    with contextlib.ExitStack() as contexts:
        problems: list[str] = []
        expected: list[str] = []

        def notice(request: Request) -> None:  # to stop requests would keep them from the cache
            url = urlsplit(request.url)
            if url.scheme not in {"data", "blob"} and url.hostname != "127.0.0.1":
                problems.append(f"asked another machine: {request.url}")

        def note(message: ConsoleMessage) -> None:
            # of what is no page, browsers ask for an icon by themselves
            if message.type == "error" and "/favicon.ico" not in message.location["url"]:
                problems.append(f"console: {message.text}")

        def open_page(*, expected_problems: tuple[str, ...] = (), **options: Any) -> Page:
            expected.extend(expected_problems)
            context = browser.new_context(**{"locale": "vi-VN", **options})
            contexts.callback(context.close)
            context.set_default_timeout(_PATIENCE_S * 1000)
            context.on("request", notice)
            page = context.new_page()
            page.on("console", note)
            page.on("pageerror", lambda error: problems.append(f"script: {error}"))
            return page

        yield open_page
    unexpected = [text for text in problems if not any(part in text for part in expected)]
    assert unexpected == []


CheckAccess = Callable[[Page], None]

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def axe_source() -> str:
    """Give axe-core as a script."""
    libraries = os.environ.get("ADDRSVC_NPM_DIR") or str(_WEB / "node_modules")
    return (Path(libraries) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def axe() -> CheckAccess:
    """Give a check of a page against WCAG 2.2 AA: no serious finding of axe-core.

    The page is of ``open_page(bypass_csp=True)``: the checker is put into it as a script, which
    our policy refuses.
    """
    libraries = os.environ.get("ADDRSVC_NPM_DIR") or str(_WEB / "node_modules")
    script = Path(libraries) / "axe-core" / "axe.min.js"

    def check(page: Page) -> None:
        page.add_script_tag(path=script)
        found = page.evaluate("(tags) => axe.run(document, { runOnly: tags })", _RULES)
        serious = [
            (each["id"], [node["target"] for node in each["nodes"]])
            for each in found["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
        assert serious == [], page.url

    return check


@dataclass(frozen=True)
class World:
    """A running server with a few invented addresses; the values are their codes."""

    base: str
    home: str
    """A dwelling in Phường Tây, close to the indicative cell of Xã Bắc."""
    school: str
    """A facility with a name and a poor position."""
    hostile: str
    """An enterprise with ``HOSTILE`` as name and street, in a commune called so."""
    retired: str
    """Split into ``home`` and ``school``."""

    def plate(self, name: str) -> str:
        """Give the plate of one of the addresses."""
        return DigitalCode.of(getattr(self, name)).plate


HOSTILE = (
    "</script><script>window.__xss=1</script>"
    '<img src=x onerror="window.__xss=2">'
    "${window.__xss=3}`${window.__xss=4}`"
    '" onfocus="window.__xss=5" autofocus x="'
    "\u202eslliks\u2066{{window.__xss=6}}"
)


@pytest.fixture(scope="session")
def hostile_text() -> str:
    """Give text that runs as script wherever it is taken for anything but text."""
    return HOSTILE


@pytest.fixture(scope="session")
def world(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[World]:
    """Give a server for all browser tests of this worker; nobody writes to it."""
    with clone_database(registry_template) as url:
        with psycopg.connect(url) as conn:
            conn.execute("UPDATE admin_unit SET full_name = %s WHERE code = '25750'", [HOSTILE])
        # the browser's own event loop runs in this thread
        with ThreadPoolExecutor(1) as apart:
            codes = apart.submit(asyncio.run, _fill(url)).result()
        many = {"anonymous_per_minute": "100000", "anonymous_misses_per_minute": "100000"}
        with serve_app(url, demo="true", **many) as base:
            yield World(base, *codes)


async def _fill(url: str) -> list[str]:
    engine = make_engine(service_settings(url))
    someone, clock = command_line("test"), SystemClock()

    def at(lon: float, lat: float, accuracy_m: float = 4.5) -> Position:
        return Position(LonLat(lon, lat), accuracy_m, Method.GNSS, Marks.ENTRANCE)

    wanted = [
        AssignAddress(
            kind=Kind.DWELLING,
            source="test",
            components=Components(house_number="123/45/6A", thoroughfare="Đường Lê Hồng Phong"),
            position=at(106.65, 10.99),
            name="Hộ bà Trần Thị Bịa",
            holder=Holder("Trần Thị Bịa", "0900000000"),
        ),
        AssignAddress(
            kind=Kind.PUBLIC_FACILITY,
            source="test",
            position=at(106.66, 10.98, 650),
            name="Trường Mẫu",
        ),
        AssignAddress(
            kind=Kind.ENTERPRISE,
            source="test",
            components=Components(house_number="1", thoroughfare=HOSTILE),
            position=at(106.75, 10.95),
            name=HOSTILE,
        ),
        AssignAddress(kind=Kind.DWELLING, source="test", position=at(106.64, 10.97)),
    ]
    async with transaction(engine) as conn:
        made = [await service.assign_address(conn, someone, each, clock) for each in wanted]
        codes = [str(each.code) for each in made]
        split = RetireAddress("invented", (codes[0], codes[1]), "split")
        last = AddressRef.parse(codes[-1])
        await service.retire_address(conn, someone, last, None, split, clock)
    await engine.dispose()
    return codes
