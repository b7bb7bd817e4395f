"""The web server beside us is asked by ourselves, whatever the way to the outside is."""

from __future__ import annotations

from pathlib import Path

import pytest

from addrsvc.cli import web_server
from addrsvc.cli.web_server import WebServer, free_port

READY = """
def make():
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})
    return app
"""


def test_it_is_not_asked_through_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ready_app.py").write_text(READY)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setattr(web_server, "_READY_S", 8.0)
    environment = {"PYTHONPATH": str(tmp_path)}
    server = WebServer(
        "127.0.0.1", free_port(), 1, environment, trusted_proxies="", factory="ready_app:make"
    )
    try:
        server.wait_ready()
    finally:
        server.stop(lambda: True)
