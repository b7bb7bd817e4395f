"""Chromium takes the certificate of tests as one to be trusted: workers for pages run."""

from __future__ import annotations

import shutil
from pathlib import Path

from local_tls import make_local_tls
from playwright.sync_api import sync_playwright

from addrsvc.cli.web_server import WebServer, free_port

PAGES = """
SENT = {"/": ("text/html", b"<title>page</title>"),
        "/sw.js": ("text/javascript", b"addEventListener('fetch', () => {})")}

def make():
    async def app(scope, receive, send):
        if scope["type"] == "http":
            kind, body = SENT.get(scope["path"], ("text/plain", b""))
            headers = [(b"content-type", kind.encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
    return app
"""


def test_a_page_over_https_may_have_a_worker(tmp_path: Path) -> None:
    (tmp_path / "pages_app.py").write_text(PAGES)
    tls = make_local_tls(tmp_path / "tls")
    server = WebServer(
        "127.0.0.1",
        free_port(),
        1,
        {"PYTHONPATH": str(tmp_path)},
        trusted_proxies="",
        factory="pages_app:make",
        tls=tls.made,
    )
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    try:
        server.wait_ready()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium,
                args=["--no-sandbox", "--disable-dev-shm-usage", tls.chromium_flag],
            )
            page = browser.new_page()
            page.goto(server.url)
            assert page.evaluate("isSecureContext")
            state = page.evaluate(
                "navigator.serviceWorker.register('/sw.js')"
                ".then(() => navigator.serviceWorker.ready).then((ready) => ready.active.scriptURL)"
            )
            assert state == f"{server.url}/sw.js"
            browser.close()
    finally:
        server.stop(lambda: True)
