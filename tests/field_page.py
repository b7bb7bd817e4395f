"""An empty page of field collection with its policy and its modules; no database, no sign-in."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from addrsvc.web.assets import Assets
from addrsvc.web.rendering import FIELD_HEADERS

_PAGE = """<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Thử</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/vendor/leaflet/leaflet.css">
<link rel="stylesheet" href="/static/field/field.css">
<script src="/static/vendor/leaflet/leaflet.js" defer></script>
</head>
<body><main id="field"></main></body>
</html>
"""
_PATIENCE_S = 60


@contextlib.contextmanager
def field_page(tile: bytes = b"") -> Iterator[str]:
    """Serve the page at ``/field`` and ``tile`` for every tile; give the server's address."""
    libraries = os.environ.get("ADDRSVC_NPM_DIR")
    assets = Assets(Path(libraries) if libraries else None)

    async def page(_: Request) -> Response:
        return HTMLResponse(_PAGE, headers=dict(FIELD_HEADERS))

    async def static(request: Request) -> Response:
        return await assets.serve(request, request.path_params["name"])

    async def tiles(_: Request) -> Response:
        return Response(tile, media_type="image/png")

    routes = [
        Route("/field", page),
        Route("/static/{name:path}", static),
        Route("/v1/tiles/{rest:path}", tiles),
    ]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        deadline = time.monotonic() + _PATIENCE_S
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(_PATIENCE_S)
