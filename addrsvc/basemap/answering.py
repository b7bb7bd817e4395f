"""Send tiles: compressed where that is taken, not again where the asker has them."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from addrsvc.basemap.model import LAST_ZOOM
from addrsvc.planning.maps.cache import Tile

NEAR_S: Final = 10
FAR_S: Final = 300
"""So long a browser shows a tile without asking, with house numbers in it and without."""
DAY_S: Final = 86_400


def kept_s(z: int) -> int:
    """Give for how many seconds a tile of the basemap may be shown without asking.

    >>> kept_s(16), kept_s(15)
    (10, 300)
    """
    return NEAR_S if z >= LAST_ZOOM else FAR_S


def tile_answer(request: Request, tile: Tile, media_type: str, max_age_s: int) -> Response:
    """Answer with a tile, or that the asker has it; pages from anywhere may read it.

    Its entity tag is of what it holds: drawn anew and the same, it is not sent again.
    """
    is_small = bool(tile.compressed) and bool(tile.body)
    takes_gzip = is_small and "gzip" in request.headers.get("accept-encoding", "")
    digest = blake2b(tile.body, digest_size=9).hexdigest()
    headers = {
        "ETag": f'"{digest}{"-gzip" if takes_gzip else ""}"',
        "Cache-Control": f"public, max-age={max_age_s}",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
    }
    given = request.headers.get("if-none-match", "").split(",")
    if headers["ETag"] in {each.strip().removeprefix("W/") for each in given}:
        return Response(status_code=304, headers=headers)
    if not takes_gzip:
        return Response(tile.body, headers=headers, media_type=media_type)
    headers["Content-Encoding"] = "gzip"
    return Response(tile.compressed, headers=headers, media_type=media_type)
