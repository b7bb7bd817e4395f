"""Files of the pages, all from this machine: our own, and the few of the browser libraries.

Each is read and compressed once, when first asked for, and named by its content in links, so
that browsers keep it for good and never run an old script on a new page.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from addrsvc.problems import RouteUnknown

_HERE: Final = Path(__file__).parent
_STATIC: Final = _HERE / "static"

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

_COMPRESSED: Final = frozenset({".css", ".js", ".mjs", ".svg"})

_VENDOR: Final = {
    **{
        f"vendor/maplibre-gl/{name}": f"maplibre-gl/dist/{name}"
        for name in ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css")
    },
    "vendor/idb/index.js": "idb/build/index.js",
    "vendor/lean-qr/index.mjs": "lean-qr/index.mjs",
    "vendor/leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "vendor/leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    **{
        f"vendor/workbox/{name}.js": f"workbox-{name}/build/workbox-{name}.prod.js"
        for name in ("core", "precaching", "routing", "strategies")
    },
}
"""The only files of the libraries that are served; the rest stay where they are."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file ready to send, plain and (where it helps) compressed."""

    body: bytes
    compressed: bytes | None
    media_type: str
    digest: str


@cache
def _load(path: Path) -> Asset:
    body = path.read_bytes()
    compressed = gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else None
    digest = hashlib.blake2b(body, digest_size=9).hexdigest()
    return Asset(body, compressed, _MEDIA_TYPES[path.suffix], digest)


class Assets:
    """What may be asked for under ``/static/``, by name."""

    def __init__(self, npm_dir: Path | None) -> None:
        libraries = npm_dir if npm_dir is not None else _HERE / "node_modules"
        own = {
            path.relative_to(_STATIC).as_posix(): path
            for path in _STATIC.rglob("*")
            if path.suffix in _MEDIA_TYPES
        }
        vendor = {name: libraries / file for name, file in _VENDOR.items()}
        self.has_map = all(path.is_file() for path in vendor.values())
        """The map library is installed; without it pages say so and go on."""
        self._paths = {**own, **(vendor if self.has_map else {})}

    def url(self, name: str) -> str:
        """Give the link to a file, which changes whenever its content does.

        Raises:
            KeyError: no such file.
        """
        return f"/static/{name}?v={_load(self._paths[name]).digest}"

    def names(self, prefix: str) -> list[str]:
        """List the files whose names begin so."""
        return sorted(name for name in self._paths if name.startswith(prefix))

    def body(self, name: str) -> bytes:
        """Give a file as it is, uncompressed.

        Raises:
            KeyError: no such file.
        """
        return _load(self._paths[name]).body

    async def serve(
        self, request: Request, name: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Answer a request for one file; ``headers`` stand for ours of that name.

        Raises:
            RouteUnknown: no such file.
        """
        path = self._paths.get(name)
        if path is None:
            raise RouteUnknown
        asset = await run_in_threadpool(_load, path)
        compress = asset.compressed is not None and "gzip" in request.headers.get(
            "accept-encoding", ""
        )
        sent = {
            "ETag": f'"{asset.digest}{"-gzip" if compress else ""}"',
            "Cache-Control": _caching(request.query_params.get("v")),
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }
        if request.headers.get("if-none-match") == sent["ETag"]:
            return Response(status_code=304, headers=sent)
        if compress:
            sent["Content-Encoding"] = "gzip"
        body = asset.compressed if compress else asset.body
        return Response(body, headers=sent, media_type=asset.media_type)


def _caching(version: str | None) -> str:
    """Say for how long a browser may keep a file: for good only where the link names it."""
    return "no-cache" if version is None else "public, max-age=31536000, immutable"
